"""Importing as an organiser does it: look, adopt, edit by hand, import again; and what a kill leaves behind."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import NOW, SHIPPED, Talk
from making.docx import docx, p

from bot.cli import main
from bot.days import WORKDAYS, Calendar
from bot.model import Article, Block, Pack
from bot.packs.draft import placing
from bot.packs.find import find_packs
from bot.packs.read import read_pack
from bot.store import open_store, subscriptions
from bot.study import importing, originals, shelf

A = "翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块。"
B = "浇水看天，也看土。早上浇一遍，中午不浇，傍晚再看叶子。叶子打卷了才补一次，补的时候浇根不浇叶，水要慢慢渗下去，才到得了根。"
C = "底肥一次给足，追肥少量多次。给多了叶子疯长，果子反而小；给少了苗黄，秋后补也来不及。看叶色下手，比照着日历下手稳当得多。"
D = "苗出齐以后要间苗，留壮的，去弱的，株距一个巴掌。间下来的苗可以补缺，也可以当菜吃，不算糟蹋，下手晚了苗挤苗，谁也长不好。"


def write(folder: Path, *articles: tuple[str, str]) -> Path:
    file = folder / "种菜.md"
    file.write_text("".join(f"# {title}\n\n{text}\n\n" for title, text in articles), encoding="utf-8")
    return file


def run(folder: Path, *words: str, said: str = "") -> str:
    ran = CliRunner().invoke(main, ["--data", str(folder / "data"), "import", *words], input=said)
    return f"{ran.exit_code}\n{ran.output}"


def cards(folder: Path) -> dict[str, str]:
    pack, _ = read_pack(folder / "data" / "packs" / "cai")
    assert pack
    return {card.id: card.text for card in pack.cards}


def test_the_preview_asks_and_no_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, ("土", A), ("水", B))
    for answer in ("n\n", ""):
        said = run(tmp_path, str(file), said=answer)
        assert said.startswith("0\n读完了：2 篇 → 2 天；工作日推送，到 20")
        assert "采用吗？编号 zhong-cai" in said
        assert said.endswith("已取消，什么都没写。\n")
    assert not (tmp_path / "data").exists()


def test_json_prints_the_structure_and_writes_nothing(tmp_path: Path) -> None:
    said = run(tmp_path, str(write(tmp_path, ("土", f"## 翻\n\n{A}"), ("水", B))), "--json", "--title", "菜")
    found = json.loads(said.partition("\n")[2])
    assert found == {
        "title": "菜",
        "articles": [
            {"title": "土", "subtitle": "", "group": "", "source": "", "author": "", "date": "",
             "blocks": [{"kind": "head", "text": "翻"}, {"kind": "para", "text": A}]},
            {"title": "水", "subtitle": "", "group": "", "source": "", "author": "", "date": "",
             "blocks": [{"kind": "para", "text": B}]},
        ],
        "cards": [
            {"article": 1, "section": "翻", "text": A, "damaged": False},
            {"article": 2, "section": "", "text": B, "damaged": False},
        ],
        "left_out": [],
    }  # fmt: skip
    assert not (tmp_path / "data").exists()


def test_importing_again_shows_the_difference_and_keeps_what_was_edited_by_hand(tmp_path: Path) -> None:
    file = write(tmp_path, ("土", A), ("水", B), ("肥", C))
    run(tmp_path, str(file), "--pack", "cai", "--yes")
    assert cards(tmp_path) == {"c001": A, "c002": B, "c003": C}
    hand = tmp_path / "data" / "packs" / "cai" / "cards.md"
    mine = B.replace("浇水看天", "浇水先看天")
    hand.write_text(hand.read_text().replace(B, mine) + "\n## c900 我加的\n文章: a2\n\n" + D + "\n")
    article = next((hand.parent / "articles").glob("*a1.md"))
    article.write_text(article.read_text().replace("标题: 土", "标题: 土要松"))

    file = write(
        tmp_path, ("苗", D.replace("一个巴掌", "两个巴掌")), ("土", A + "急不得。"), ("水", B + "这是老话。")
    )
    said = run(tmp_path, str(file), "--pack", "cai", said="y\n")
    assert "与上次比：改 1 张，增 1 张，删 1 张。每个人的进度不变。\n你改过的 1 张留着：c002。\n" in said
    assert cards(tmp_path) == {
        "c901": D.replace("一个巴掌", "两个巴掌"),
        "c001": A + "急不得。",
        "c002": mine,
        "c900": D,
    }
    pack, _ = read_pack(hand.parent)
    assert pack
    assert [(a.id, a.title) for a in pack.articles] == [("a4", "苗"), ("a1", "土要松"), ("a2", "水")]
    assert next(c for c in pack.cards if c.id == "c901").article == "a4"

    again = run(tmp_path, str(file), "--pack", "cai", "--yes")
    assert "与上次比：改 0 张，增 0 张，删 0 张。" in again
    assert cards(tmp_path)["c002"] == mine


def test_a_card_taken_out_by_hand_does_not_come_back_and_its_number_is_not_used_again(tmp_path: Path) -> None:
    file = write(tmp_path, ("土", A), ("水", B))
    run(tmp_path, str(file), "--pack", "cai", "--yes")
    hand = tmp_path / "data" / "packs" / "cai" / "cards.md"
    text = hand.read_text()
    hand.write_text(text[: text.index("## c002")])
    run(tmp_path, str(write(tmp_path, ("土", A), ("水", B), ("肥", C))), "--pack", "cai", "--yes")
    assert cards(tmp_path) == {"c001": A, "c003": C}


def test_what_questions_lean_on_stays(tmp_path: Path) -> None:
    run(tmp_path, str(write(tmp_path, ("土", A), ("水", B))), "--pack", "cai", "--yes")
    quiz = tmp_path / "data" / "packs" / "cai" / "quiz.md"
    quiz.write_text("## q001\n卡片: c002\n题: 中午浇水吗？\n答: 错\n依据: 中午不浇\n")
    said = run(tmp_path, str(write(tmp_path, ("土", A))), "--pack", "cai", "--yes")
    assert "删 0 张" in said
    assert cards(tmp_path) == {"c001": A, "c002": B}
    assert quiz.is_file()


def test_a_pack_that_was_not_imported_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "packs" / "cai"
    run(tmp_path, str(write(tmp_path, ("土", A))), "--pack", "cai", "--yes")
    (folder / ".import.json").unlink()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    said = run(tmp_path, str(write(tmp_path, ("水", B))), "--pack", "cai", "--yes")
    assert said == "2\n“cai”已经有了。请换一个编号，例如：--pack cai-2\n"
    (folder / ".import.json").write_text("{")
    assert "上次导入的记录读不出来" in run(
        tmp_path, str(write(tmp_path, ("水", B))), "--pack", "cai", "--yes"
    )
    (folder / ".import.json").unlink()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_pictures_lie_beside_the_text(tmp_path: Path) -> None:
    body = (
        p("土", "<w:outlineLvl w:val='0'/>")
        + p(A)
        + "<w:p><w:r><w:drawing><a:blip r:embed='m1'/></w:drawing></w:r></w:p>"
    )
    (tmp_path / "a.docx").write_bytes(docx(body, media={"x.png": b"\x89PNG"}))
    assert "图片 1 张，存在 images/，没有放进卡片。" in run(
        tmp_path, str(tmp_path / "a.docx"), "--pack", "cai", "--yes"
    )
    assert (tmp_path / "data" / "packs" / "cai" / "images" / "01.png").read_bytes() == b"\x89PNG"


@pytest.mark.parametrize("when", ["write", "rename"])
def test_a_failure_while_writing_leaves_the_old_pack(
    tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packs" / "cai"
    placing.place(folder, {"pack.md": b"old", "articles/01.md": b"old"})

    def broken(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(*((os, "fsync", broken) if when == "write" else (placing, "_swap", broken)))
    with pytest.raises(Exception, match="写不进"):
        placing.place(folder, {"pack.md": b"new"})
    assert (folder / "pack.md").read_bytes() == b"old"
    assert [path.name for path in folder.parent.iterdir()] == ["cai"]


def test_placing_without_the_system_s_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing.ctypes, "CDLL", lambda *_a, **_k: object())
    folder = tmp_path / "cai"
    placing.place(folder, {"pack.md": b"old", "a.md": b""})
    placing.place(folder, {"pack.md": b"new"})
    assert [path.name for path in tmp_path.rglob("*")] == ["cai", "pack.md"]
    assert (folder / "pack.md").read_bytes() == b"new"


def test_an_import_killed_while_reading_leaves_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    command = [
        sys.executable,
        "-m",
        "bot",
        "--data",
        str(tmp_path / "data"),
        "import",
        str(tmp_path / "a.txt"),
        "--yes",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(tmp_path / "a.txt", "wb"):  # returns when the child has opened the other end
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (tmp_path / "data" / "packs").exists()


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_a_whole_pack_or_none(tmp_path: Path) -> None:
    file = write(tmp_path, *((f"土{n}", A) for n in range(300)))
    seen = set()
    for delay in (*range(2, 40, 2), 600):  # tenths of a second; the last one is let through
        command = [
            sys.executable,
            "-m",
            "bot",
            "--data",
            str(tmp_path / "data"),
            "import",
            str(file),
            "--pack",
            "cai",
            "--yes",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(delay / 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        found, wrong = find_packs(tmp_path / "data" / "packs")
        assert not wrong
        seen.add(len(found))
        for folder in found.values():
            pack, problems = read_pack(folder)
            assert pack, problems
            assert len(pack.articles) == 300
    assert seen == {0, 1}


def test_days_by_the_calendar() -> None:
    assert importing.last_day(45, Calendar(), WORKDAYS, date(2026, 11, 24)) == (date(2027, 1, 25), (2027,))
    assert importing.last_day(5, Calendar(), WORKDAYS, date(2026, 11, 24)) == (date(2026, 11, 30), ())
    assert importing.last_day(0, Calendar(), WORKDAYS, date(2026, 11, 24)) == (None, ())


@pytest.mark.parametrize("title", ["水从哪里来", "《水从哪里来》", "水从哪里来——一次访问"])
def test_the_original_of_a_digest(title: str) -> None:
    text = (Block("para", "水。"),)
    digest = Article("a1", 1, "水", text, original=title)
    shipped = Pack("shui", "水", (digest,), ())
    whole = Article("a7", 1, "水从哪里来", text, subtitle="一次访问")
    mine = Pack("yuan", "原件", (whole,), ())
    assert originals.original_of([shipped, mine], digest, shipped) == (mine, whole)
    assert originals.original_of([shipped], digest, shipped) is None
    assert originals.original_of([mine], Article("a2", 2, "土", text), shipped) is None


def test_another_document_of_the_same_name_gets_another_id(tmp_path: Path) -> None:
    run(tmp_path, str(write(tmp_path, ("土", A))), "--yes")
    assert "与上次比" in run(tmp_path, str(write(tmp_path, ("土", A + "急不得。"))), "--yes")
    said = run(tmp_path, str(write(tmp_path, ("水", B))), "--yes")
    assert "与上次比" not in said
    assert sorted(path.name for path in (tmp_path / "data" / "packs").iterdir()) == [
        "zhong-cai",
        "zhong-cai-2",
    ]


def test_a_new_pack_may_become_the_default_and_be_given_to_all(tmp_path: Path) -> None:
    def packs() -> list[str]:
        with closing(open_store(tmp_path / "data", NOW)) as store:
            return [sub.pack for sub in subscriptions.all_active(store)]

    with closing(open_store(tmp_path / "data", NOW)) as store:
        shelf.refresh(store, SHIPPED)
        Talk(store).says("订阅 07:52")
    assert packs() == ["xinzhi-shengchanli"]
    file = str(write(tmp_path, ("土", A), ("水", B)))
    said = run(tmp_path, file, "--pack", "cai", said="y\ny\nn\n")
    assert "设为默认？新订阅就学它" in said
    assert packs() == ["xinzhi-shengchanli"]
    said = run(tmp_path, file, "--pack", "cai-b", said="y\ny\ny\n")
    assert "改了 1 个订阅，从下一张卡片起换新的。" in said
    assert packs() == ["cai-b"]
    assert "设为默认" not in run(tmp_path, file, "--pack", "cai-c", "--yes")
