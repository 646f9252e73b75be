"""The operator's commands, as another program would call them."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import FILES, Write

from bot.cli import COMMANDS, main


def test_check_says_what_is_good_and_what_is_not(write_pack: Write, tmp_path: Path) -> None:
    good = CliRunner().invoke(main, ["--data", str(tmp_path), "check"])
    assert (good.exit_code, good.output) == (
        0,
        "《新质生产力：五篇材料三十天》可用：5 篇，30 张，72 题，30 条术语；提醒 0 处。\n",
    )
    folder = write_pack({"quiz.md": FILES["quiz.md"].replace("[x]", "[ ]")})
    bad = CliRunner().invoke(main, ["--data", str(tmp_path), "check", str(folder)])
    assert bad.exit_code == 1
    assert "zhongcai/quiz.md:3: 错误：题 q001 没有正确选项" in bad.output


def test_search_json(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "search", "--json", "--", "科技自立自强"])
    found = json.loads(ran.output)
    assert (found["mode"], found["guess"], found["total"]) == ("exact", None, 3)
    hit = found["hits"][2]
    begin, end = hit["spans"][0]
    assert (hit["article"], hit["text"][begin:end]) == ("壮大新质生产力的超强机遇", "科技自立自强")


def test_search_in_an_unknown_pack(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "search", "--pack", "abc", "新"])
    assert ran.exit_code == 2
    assert "没有编号为“abc”的内容" in ran.output


def test_chat_speaks_json_and_goes_on_in_the_next_run(tmp_path: Path) -> None:
    said = b"\n\xe4\xbb\x8a\xe6\x97\xa5\n\xff\xfe\n"
    first = CliRunner().invoke(main, ["--data", str(tmp_path), "chat", "--json"], input=said)
    lines = [json.loads(line) for line in first.output.splitlines()]
    assert first.exit_code == 0
    assert [sorted(line) for line in lines] == [["buttons", "documents", "edits", "images", "in", "text"]] * 2
    assert lines[0]["in"] == "今日"
    assert lines[0]["buttons"] == [
        {"label": "✅ 已读", "says": "/read c01"},
        {"label": "📖 读全文", "says": "/article 1 c01"},
        {"label": "📝 答一题", "says": "/quiz c01"},
        {"label": "订阅 07:52", "says": "/subscribe 07:52"},
    ]
    assert "1 ✅" not in lines[0]["text"]
    second = CliRunner().invoke(
        main, ["--data", str(tmp_path), "chat", "--json"], input="今日\n已读\n".encode()
    )
    assert json.loads(second.output.splitlines()[0])["text"] == lines[0]["text"]


def test_every_line_that_is_not_empty_gets_an_object(tmp_path: Path) -> None:
    said = ["", "  ", "\t", "", "\u3000", "\u200b", "今日", "\r", " ", "\x00"]
    given = "\n".join(said).encode()  # no line feed at the end
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "chat", "--json"], input=given)
    heard = [json.loads(line) for line in ran.output.split("\n") if line]
    assert [each["in"] for each in heard] == ["  ", "\t", "\u3000", "\u200b", "今日", " ", "\x00"]
    assert all(each["text"] for each in heard)
    assert ran.exit_code == 0


def test_a_data_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = CliRunner().invoke(main, ["--data", str(tmp_path / "file"), "chat", "--json"], input="今日\n")
    assert ran.exit_code == 2
    assert "数据目录不能写" in ran.output


DOCUMENT = """种菜讲义

目录

1. 《土要松》1
2. 《水要匀》2

土要松

【来源：农技站】

翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块。

水要匀

【来源：农技站】

浇水看天，也看土。早上浇一遍，中午不浇，傍晚再看叶子。叶子打卷了才补一次，补的时候浇根不浇叶。
"""


def test_a_text_file_becomes_a_pack_that_chat_and_search_know(tmp_path: Path) -> None:
    (tmp_path / "讲义.txt").write_text(DOCUMENT, encoding="utf-8")
    here = ["--data", str(tmp_path / "data")]
    no = CliRunner().invoke(main, [*here, "import", str(tmp_path / "讲义.txt"), "--pack", "cai"], input="n\n")
    assert "已取消，什么都没写。" in no.output
    assert not (tmp_path / "data").exists()
    yes = CliRunner().invoke(main, [*here, "import", str(tmp_path / "讲义.txt"), "--pack", "cai", "--yes"])
    assert yes.exit_code == 0, yes.output
    assert "读完了：2 篇" in yes.output
    assert "1 土要松 · 农技站 · 无日期" in yes.output
    found = CliRunner().invoke(main, [*here, "search", "--json", "--pack", "cai", "浇根不浇叶"])
    assert json.loads(found.stdout)["hits"][0]["article"] == "水要匀"
    again = CliRunner().invoke(main, [*here, "import", str(tmp_path / "讲义.txt"), "--pack", "cai", "--yes"])
    assert again.exit_code == 0
    assert "与上次比：改 0 张，增 0 张，删 0 张。每个人的进度不变。" in again.output
    shipped = [*here, "import", str(tmp_path / "讲义.txt"), "--pack", "xinzhi-shengchanli", "--yes"]
    assert CliRunner().invoke(main, shipped).exit_code == 2
    assert not (tmp_path / "data" / "packs" / "xinzhi-shengchanli").exists()


def test_what_lacks_letters_is_named_once(tmp_path: Path) -> None:
    text = DOCUMENT.replace("浇水看天", "力；浇水看天")
    (tmp_path / "讲义.txt").write_text(text, encoding="utf-8")
    ran = CliRunner().invoke(
        main, ["--data", str(tmp_path), "import", str(tmp_path / "讲义.txt")], input="n\n"
    )
    assert "存疑 1 处：第 2 篇" in ran.output
    assert "缺字" not in ran.output


def test_what_makes_no_card_is_not_adopted(tmp_path: Path) -> None:
    (tmp_path / "短.txt").write_text("很短", encoding="utf-8")
    ran = CliRunner().invoke(
        main, ["--data", str(tmp_path / "data"), "import", str(tmp_path / "短.txt"), "--yes"]
    )
    assert ran.exit_code == 2
    assert "没有一段能做成卡片，所以不能采用。" in ran.output
    assert not (tmp_path / "data").exists()


def test_import_into_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DOCUMENT, encoding="utf-8")
    ran = CliRunner().invoke(
        main, ["--data", str(tmp_path / "a.txt"), "import", str(tmp_path / "a.txt"), "--yes"]
    )
    assert ran.exit_code == 2
    assert "写不进" in ran.output


def test_a_file_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "b.txt").write_bytes(b"")
    for file, sentence in (
        ("a.docx", "《a.docx》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx"),
        ("b.txt", "。"),
        ("c.pdf", "没有“"),
    ):
        ran = CliRunner().invoke(
            main, ["--data", str(tmp_path / "d"), "import", str(tmp_path / file), "--yes"]
        )
        assert ran.exit_code == 2
        assert sentence in ran.output
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("foo", "没有“foo”这个命令。请看有哪些，例如：python -m bot --help"),
        ("--foo", "没有“--foo”这个选项。请看有哪些，例如：python -m bot --help"),
        ("search --foo x", "没有“--foo”这个选项。请看有哪些，例如：python -m bot search --help"),
        ("search", "少写了 词。请看怎么写，例如：python -m bot search --help"),
        ("import", "少写了 文件|网址|文件夹。请看怎么写，例如：python -m bot import --help"),
        ("chat --as", "选项 --as 后面少了一项。请看怎么写，例如：python -m bot --help"),
        ("doctor x", "多写了“x”。请看怎么写，例如：python -m bot doctor --help"),
        (
            "restore /nope",
            "“/nope”不能用：没有这个文件，或写得不对。请看怎么写，例如：python -m bot restore --help",
        ),
        ("search '' ' '", "请写要找的词，例如：python -m bot search 核心标志"),
        ("search --json \u200b", "请写要找的词，例如：python -m bot search 核心标志"),
        ("chat --as ' '", "名字不能是空的，例如：python -m bot chat --as 小林"),
    ],
)
def test_wrong_usage_is_told_in_chinese(tmp_path: Path, typed: str, said: str) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path / "d"), *shlex.split(typed)])
    assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", said + "\n")
    assert not (tmp_path / "d").exists()


def test_help_is_no_mistake() -> None:
    ran = CliRunner().invoke(main, ["search", "--help"])
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "在文章和卡片里找词" in ran.stdout


@pytest.mark.parametrize("name", ["", *(command.name or "" for command in COMMANDS)])
def test_help_is_in_chinese(name: str) -> None:
    ran = CliRunner().invoke(main, [*filter(None, [name]), "--help"])
    assert ran.exit_code == 0
    assert ran.stdout.startswith("用法：")
    for line in ran.stdout.splitlines():
        known = re.sub(r"--[a-z-]+|main [a-z-]+|[./]+[a-z.]+|my-course|terminal\|telegram", "", line)
        assert not re.search(r"[A-Z]{3,}|[A-Za-z]{2,} [a-z]{2,}", known.replace("JSON", "")), line


def test_the_example_of_a_search_is_found(tmp_path: Path, write_pack: Write) -> None:
    folder = write_pack()
    (tmp_path / "config.toml").write_text(
        f'[bot]\ncontent = "{folder.parent}"\ndata = "{tmp_path / "d"}"\n', encoding="utf-8"
    )

    def ran(*typed: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(tmp_path / "config.toml"), *typed])

    assert ran("search", " ").stderr == "请写要找的词，例如：python -m bot search 底肥\n"
    assert ran("search", "核心标志").stdout.endswith("请换个词，例如：底肥\n")
    assert "「底肥」" in ran("search", "底肥").stdout


def test_a_search_where_there_is_nothing_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[bot]\ncontent = "{tmp_path / "none"}"\ndata = "{tmp_path / "d"}"\n', encoding="utf-8"
    )
    ran = CliRunner().invoke(main, ["--config", str(config), "search", "底肥"])
    assert ran.stdout == "还没有内容可查。请先导入一份，例如：python -m bot import 讲义.docx\n"
