"""What a teacher types: new, check, preview; and the page that tells him how to write, example by example."""

import json
import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import FILES, SHIPPED, Talk, Write

from bot.cli import main
from bot.cli.preview import push_days, summary
from bot.days import Calendar
from bot.model import Card, Pack
from bot.packs.read import read_pack
from bot.packs.rhythm import rhythm as rhythm_of
from bot.packs.write import write_files

QUIZ = FILES["quiz.md"]
PAGE = (SHIPPED / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words])


# ---------------------------------------------------------------- new


def test_a_new_pack_passes_the_check_and_is_live_at_once(tmp_path: Path) -> None:
    made = run(tmp_path, "new", "my-course", "--title", "值班三课")
    folder = tmp_path / "packs" / "my-course"
    assert (made.exit_code, made.output) == (
        0,
        f"写好了：{folder}（1 篇，2 张，6 题，都是例子）。\n"
        "接着用任何文字编辑器改里面的文件；注释说明每样怎么写。\n"
        f"改完检查，例如：python -m bot --data {tmp_path} check my-course\n",
    )
    checked = run(tmp_path, "check", "my-course")
    assert (checked.exit_code, checked.output) == (
        0,
        "《值班三课》可用：1 篇，2 张，6 题，1 条术语；提醒 0 处。\n",
    )
    assert "《交接班怎样不漏事》" in run(tmp_path, "search", "--pack", "my-course", "复述").output


@pytest.mark.parametrize(
    ("pack", "sentence"),
    [
        ("my-course", "“my-course”已经有了。请换一个名字，或先把旧的移走。"),
        ("xinzhi-shengchanli", "“xinzhi-shengchanli”已经有了，是自带的内容。请换一个编号，例如：xinzhi-shengchanli-2"),
        ("../out", "“../out”不能作内容的名字。请用小写字母开头，只含小写字母、数字和连字符，例如：my-course"),
        ("三课", "“三课”不能作内容的名字。请用小写字母开头，只含小写字母、数字和连字符，例如：my-course"),
    ],
)  # fmt: skip
def test_new_refuses_with_a_sentence_and_writes_nothing(tmp_path: Path, pack: str, sentence: str) -> None:
    run(tmp_path, "new", "my-course")
    before = sorted(tmp_path.rglob("*"))
    ran = run(tmp_path, "new", pack)
    assert (ran.exit_code, ran.output) == (2, sentence + "\n")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("title", ["# 甲", "<!-- 甲", "甲\n乙", "{title}", "“甲”"])
def test_any_title_will_do(tmp_path: Path, title: str) -> None:
    run(tmp_path, "new", "my-course", "--title", title)
    assert run(tmp_path, "check", "my-course").exit_code == 0


# ---------------------------------------------------------------- check


def test_errors_come_before_warnings_and_all_at_once(write_pack: Write, tmp_path: Path) -> None:
    folder = write_pack(
        {"quiz.md": QUIZ.replace("[x]", "[ ]"), "cards.md": "## c01 短\n文章: a1\n\n太短了。\n"}
    )
    ran = run(tmp_path, "check", "zhongcai")
    assert (ran.exit_code, ran.output.splitlines()) == (
        1,
        [
            f"{folder}/quiz.md:3: 错误：题 q001 没有正确选项。请在对的那一项写“- [x]”。",
            f"{folder}/cards.md:1: 提醒：卡片 c01 有 3 字，60 到 220 字最好读。",
            "zhongcai 不能用：错误 1 处，提醒 1 处。改好错误再检查一次；提醒可以以后改。",
        ],
    )


def test_warnings_alone_are_no_failure(write_pack: Write, tmp_path: Path) -> None:
    write_pack({"cards.md": "## c01 短\n文章: a1\n\n太短了。\n"})
    ran = run(tmp_path, "check", "zhongcai")
    assert ran.exit_code == 0
    assert ran.output.endswith("《种菜三课》可用：1 篇，1 张，2 题，1 条术语；提醒 1 处。\n")


def test_check_as_json(write_pack: Write, tmp_path: Path) -> None:
    folder = write_pack({"quiz.md": QUIZ.replace("[x]", "[ ]")})
    (folder.parent / "Bad_Name").mkdir()
    (folder.parent / "Bad_Name" / "pack.md").write_text("# 甲\n", encoding="utf-8")
    ran = run(tmp_path, "check", "--json")
    found = json.loads(ran.output)
    assert ran.exit_code == 1
    assert {key: found[key] for key in ("ok", "errors", "warnings")} == {
        "ok": False,
        "errors": 2,
        "warnings": 0,
    }
    assert [problem["file"] for problem in found["problems"]] == ["Bad_Name"]
    shipped, small = found["packs"]
    assert (shipped["id"], shipped["ok"], shipped["cards"], shipped["problems"]) == (
        "xinzhi-shengchanli",
        True,
        30,
        [],
    )
    assert small == {
        "id": "zhongcai",
        "folder": str(folder),
        "ok": False,
        "title": "",
        "articles": 0,
        "cards": 0,
        "terms": 0,
        "questions": 0,
        "problems": [
            {
                "file": "quiz.md",
                "line": 3,
                "level": "error",
                "text": "题 q001 没有正确选项。请在对的那一项写“- [x]”。",
            }
        ],
    }


def test_check_by_folder(write_pack: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pack(name="Bad_Name")
    ran = run(tmp_path / "d", "check", str(folder))
    assert (ran.exit_code, ran.output) == (
        1,
        "Bad_Name: 错误：内容的目录名只能用小写字母、数字和连字符，例如：my-course\n"
        "《种菜三课》可用：1 篇，1 张，2 题，1 条术语；提醒 0 处。\n",
    )
    folder.rename(folder.with_name("good"))
    (folder.with_name("good") / "card.md").write_text("x", encoding="utf-8")
    monkeypatch.chdir(folder.parent)
    ran = run(tmp_path / "d", "check", "good")
    assert (ran.exit_code, ran.output.splitlines()[0]) == (
        0,
        "good/card.md: 提醒：不认识这个文件，没有读。是不是想写“cards.md”？",
    )


def test_check_what_is_not_there(tmp_path: Path) -> None:
    ran = run(tmp_path, "check", "nosuch")
    assert (ran.exit_code, ran.output) == (
        2,
        "没有编号为“nosuch”的内容，也没有这个目录。现有：xinzhi-shengchanli\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_check_knows_what_people_were_asked(write_pack: Write, tmp_path: Path) -> None:
    write_pack()
    assert run(tmp_path, "search", "土").exit_code == 0  # reads the pack into the database
    write_pack({"quiz.md": QUIZ.replace("答: 对", "答: 错")})
    ran = run(tmp_path, "check", "zhongcai")
    assert ran.exit_code == 1
    assert "quiz.md:12: 错误：题 q002 的答案从“对”改成了“错”" in ran.output


def test_check_goes_on_without_a_database_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"no database at all, whatever it is called" * 100)
    ran = run(tmp_path, "check", "--json")
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["ok"] is True
    assert "没有对照数据库：" in ran.stderr


def test_a_name_in_another_encoding_is_no_trace(write_pack: Write, tmp_path: Path) -> None:
    folder = write_pack()
    (folder / "articles" / b"\xb5\xda\xd2\xbb\xc6\xaa.txt".decode("utf-8", "surrogateescape")).write_text("x")
    (folder.parent / b"\xb5\xda".decode("utf-8", "surrogateescape")).mkdir()
    for words in (("check",), ("check", "--json")):
        ran = run(tmp_path, *words)
        assert (ran.exit_code, ran.exception) == (0, None), ran.output
        assert re.search(r"articles/\?\S*\.txt", ran.output)


# ---------------------------------------------------------------- preview


def test_preview_shows_each_day_as_it_will_be_sent(tmp_path: Path, talk: Talk) -> None:
    ran = run(tmp_path / "none", "preview", "xinzhi-shengchanli")
    assert ran.exit_code == 0, ran.output
    head, *days = re.split(r"\n── (?=.*07:52 ──\n)", ran.output)
    assert head.startswith("《新质生产力：五篇材料三十天》：5 篇 → 30 天；工作日推送，")
    assert "在 terminal 上一共 30 条消息。" in head
    assert len(days) == 30
    sent = talk.says("今日").split("\n\n还没有订阅")[0]
    assert days[0].split(" ──\n", 1)[1].startswith(sent)
    assert ["这是最后一张。" in day for day in days] == [False] * 29 + [True]
    assert not (tmp_path / "none").exists(), "a look leaves nothing behind"


def test_preview_for_telegram_is_html_with_lengths(write_pack: Write, tmp_path: Path) -> None:
    cards = (
        FILES["cards.md"].replace("土不粘锹", "土 <不> & 粘锹")
        + "\n## c02 很长\n文章: a1\n\n"
        + "土要松。" * 1100
    )
    write_pack({"cards.md": cards})
    ran = run(tmp_path, "preview", "zhongcai", "--channel", "telegram")
    assert ran.exit_code == 0, ran.output
    assert "《种菜三课》：1 篇 → 2 天；每天推送，" in ran.output
    assert "在 telegram 上一共 3 条消息。" in ran.output
    assert "<b>什么时候翻土</b>\n翻土要在雨后两三天，土 &lt;不&gt; &amp; 粘锹的时候。" in ran.output
    assert "<i>出处：《土要松》" in ran.output
    lengths = [int(n) for n in re.findall(r"^（(\d+)/4096 字）$", ran.output, re.MULTILINE)]
    assert len(lengths) == 3
    assert max(lengths) <= 4096
    assert ran.output.count("[✅ 已读] [📖 读全文] / [📝 答一题] [⭐ 收藏]") == 2


def test_preview_of_what_cannot_be_shown(write_pack: Write, tmp_path: Path) -> None:
    folder = write_pack({"quiz.md": QUIZ.replace("[x]", "[ ]")})
    ran = run(tmp_path, "preview", "zhongcai")
    assert (ran.exit_code, ran.output) == (
        1,
        f"{folder}/quiz.md:3: 错误：题 q001 没有正确选项。请在对的那一项写“- [x]”。\n"
        "现在不能预览。请先改好上面的错误。\n",
    )
    write_pack({"cards.md": "<!-- 还没写 -->\n", "quiz.md": "<!-- 还没写 -->\n"})
    ran = run(tmp_path, "preview", "zhongcai")
    assert (ran.exit_code, ran.output) == (
        1,
        "《种菜三课》里还没有卡片。请在 cards.md 里写上，例如：## c01 开头的话\n",
    )
    assert run(tmp_path, "preview", "nosuch").exit_code == 2


@pytest.mark.parametrize(
    ("rhythm", "count", "after", "lines"),
    [
        # 45 workdays from 24 November 2026: 1 January is one as long as nobody knows the year's table
        (
            "工作日",
            45,
            date(2026, 11, 23),
            [
                "《课》：0 篇 → 45 天；工作日推送，明天（11 月 24 日 周二）到 2027-01-25。",
                "2027 年放假安排还没有，先按周一到周五估算。",
            ],
        ),
        # 国庆 2026: rest from 1 to 7 October, work on Saturday the 10th
        ("工作日", 2, date(2026, 9, 29), ["《课》：0 篇 → 2 天；工作日推送，明天（9 月 30 日 周三）到 10 月 8 日（周四）。"]),
        ("工作日", 4, date(2026, 9, 29), ["《课》：0 篇 → 4 天；工作日推送，明天（9 月 30 日 周三）到 10 月 10 日（周六）。"]),
        ("", 3, date(2026, 9, 30), ["《课》：0 篇 → 3 天；每天推送，明天（10 月 1 日 周四）到 10 月 3 日（周六）。"]),
        ("周二周四", 2, date(2026, 9, 30), ["《课》：0 篇 → 2 天；周二、周四推送，明天（10 月 1 日 周四）到 10 月 6 日（周二）。"]),
    ],
)  # fmt: skip
def test_how_many_days_a_pack_takes(rhythm: str, count: int, after: date, lines: list[str]) -> None:
    days = rhythm_of(rhythm)
    assert days is not None
    pack = Pack("k", "课", (), tuple(Card(f"c{n}", n, "", "", "a1") for n in range(count)))
    dates = push_days(Calendar(), days, after, count)
    assert summary(pack, days, Calendar(), dates, after) == lines


def test_a_calendar_without_push_days() -> None:
    rest = Calendar({date(2026, 1, 1) + timedelta(n): False for n in range(500)})
    pack = Pack("k", "课", (), (Card("c1", 1, "", "", "a1"),))
    days = rhythm_of("工作日")
    assert days is not None
    assert push_days(rest, days, date(2026, 1, 1), 1) == []
    assert summary(pack, days, rest, [], date(2026, 1, 1)) == [
        "《课》：0 篇 → 1 天；工作日推送，但 400 天里没有推送日。请看看 holidays.txt。"
    ]


# ---------------------------------------------------------------- the page for teachers


def test_every_example_of_the_page_is_read_without_a_word(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for name, text in BLOCKS:
        if name != "shell":
            files[name] = files.get(name, "") + ("\n" if name in files else "") + text
    assert set(files) == {"pack.md", "articles/01-jiaojie.md", "cards.md", "glossary.md", "quiz.md"}
    write_files(tmp_path / "jiaojie", files)
    pack, problems = read_pack(tmp_path / "jiaojie")
    assert problems == ()
    assert pack is not None
    kinds = [question.kind for question in pack.questions]
    assert kinds == ["single", "multi", "bool", "fill", "order", "match", "single"]
    assert pack.questions[3].blanks == (("复述", "重复"), ("一件事", "事"))
    assert (pack.questions[6].id, pack.questions[6].right) == ("q007", (0,))
    assert pack.terms[0].aliases == ("交班单", "交接單")
    assert PAGE.count("\n") <= 180, "one page, no book"


def test_every_command_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [line for name, text in BLOCKS if name == "shell" for line in text.splitlines()]
    assert [shlex.split(line)[3] for line in commands] == ["new", "check", "preview"]
    for line in commands:
        words = shlex.split(line)
        assert words[:3] == ["python", "-m", "bot"]
        ran = CliRunner().invoke(main, words[3:])
        assert (ran.exit_code, ran.exception) == (0, None), ran.output
