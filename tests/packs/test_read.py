"""Reading packs: the shipped one, a small one, and every way in which a teacher's file can be wrong."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from conftest import FILES, SHIPPED, Write
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.packs.files import fingerprint
from bot.packs.find import find_packs
from bot.packs.read import read_pack

QUIZ = FILES["quiz.md"]
CARDS = FILES["cards.md"]
ARTICLE = FILES["articles/01-tu.md"]


def test_the_shipped_pack_is_clean_and_whole() -> None:
    pack, problems = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert problems == ()
    assert pack is not None
    assert [len(pack.articles), len(pack.cards), len(pack.terms), len(pack.questions)] == [5, 30, 30, 72]
    assert Counter(card.article for card in pack.cards) == {"a1": 4, "a2": 8, "a3": 7, "a4": 5, "a5": 6}
    assert min(Counter(question.kind for question in pack.questions).values()) >= 10
    assert min(Counter(question.article for question in pack.questions).values()) >= 12
    assert all(card.anchor >= 0 for card in pack.cards)


def test_a_small_pack(write_pack: Write) -> None:
    pack, problems = read_pack(write_pack())
    assert problems == ()
    assert pack is not None
    assert pack.articles[0].by == "老周"
    assert [block.kind for block in pack.articles[0].blocks] == ["head", "para", "head", "para"]
    assert (pack.cards[0].anchor, pack.cards[0].section) == (1, "翻土")
    assert pack.terms[0].aliases == ("基肥",)
    assert [(q.kind, q.right) for q in pack.questions] == [("single", (1,)), ("bool", (0,))]


def test_what_teachers_type_is_forgiven(write_pack: Write) -> None:
    typed = (
        QUIZ.replace("卡片: c01", "卡片：“ｃ０１”")
        .replace("- [x]", "- ［Ｘ］".replace("Ｘ", "×"))
        .replace("答: 对", "答：√")
    )
    pack, problems = read_pack(
        write_pack({"quiz.md": b"\xef\xbb\xbf" + typed.replace("\n", "\r\n").encode()})
    )
    assert problems == ()
    assert pack is not None
    assert [(q.card, q.right) for q in pack.questions] == [("c01", (1,)), ("", (0,))]


BROKEN = [
    ("quiz.md", QUIZ.replace("文章: a1", "文章: a9"), 10, "没有编号为“a9”的文章"),
    ("quiz.md", QUIZ.replace("## q002", "## q001"), 9, "题号“q001”在第 1 行用过了"),
    ("quiz.md", QUIZ.replace("[x]", "[ ]"), 3, "没有正确选项"),
    (
        "quiz.md",
        QUIZ.replace("题: 翻土", "题型: 单选\n题: 翻土").replace("[ ]", "[x]"),
        3,
        "题型写的是“单选”",
    ),
    ("quiz.md", QUIZ.replace("依据: 雨后两三天\n", ""), 1, "没有依据"),
    ("quiz.md", QUIZ.replace("依据: 雨后两三天", "依据: 雪后三四天"), 7, "依据不在文章 a1 里"),
    (
        "quiz.md",
        QUIZ.replace("追肥要少量多次。", "追肥要____，____。").replace("答: 对", "答: 少量"),
        12,
        "有 2 个空，答案有 1 个",
    ),
    ("quiz.md", QUIZ.replace("答: 对", "排序:\n1. 翻土\n2. 施肥"), 11, "排序有 2 项"),
    ("quiz.md", QUIZ.replace("雨刚停", "雨后 两三天"), 3, "有两个选项一样"),
    ("quiz.md", QUIZ.replace("卡片: c01", "卡片: c77"), 2, "没有编号为“c77”的卡片"),
    ("cards.md", CARDS.replace("文章: a1", "文章: a7"), 2, "没有编号为“a7”的文章"),
    ("cards.md", CARDS.replace("文章: a1", "文章: a1\n小标题: 浇水"), 3, "没有小标题“浇水”"),
    ("cards.md", CARDS + CARDS, CARDS.count("\n") + 1, "卡片编号“c01”用过了"),
    ("cards.md", "开头的话\n" + CARDS, 1, "第一个“## ”标题前面有文字"),
    ("glossary.md", "## 底肥\n文章: a5\n\n肥。\n", 2, "没有编号为“a5”的文章"),
    ("glossary.md", "## 底肥\n", 1, "没有解释"),
    ("articles/01-tu.md", ARTICLE.replace("作者", "作着"), 4, "不认识的键“作着”，是不是想写“作者”？"),
    ("articles/01-tu.md", ARTICLE.replace("---\n\n", "\n", 1), 1, "没有结束"),
    ("articles/01-tu.md", ARTICLE.replace("编号: a1\n", ""), 1, "没有编号"),
    ("articles/01-tu.md", "", 0, "文件是空的"),
    ("articles/01-tu.md", ARTICLE.encode("gbk"), 0, "不是 UTF-8"),
    ("articles/01-tu.md", ARTICLE + "\0", 0, "二进制"),
    ("articles/01-tu.md", ARTICLE + "字" * 1_000_000, 0, "超过 2 MB"),
    ("pack.md", "语言: zh\n", 1, "没有标题"),
    ("pack.md", "# 种菜\n版木: 2\n", 2, "是不是想写“版本”？"),
]


@pytest.mark.parametrize(("file", "text", "line", "sentence"), BROKEN, ids=[row[3] for row in BROKEN])
def test_broken_packs_are_refused_with_file_and_line(
    write_pack: Write, file: str, text: str | bytes, line: int, sentence: str
) -> None:
    pack, problems = read_pack(write_pack({file: text}))
    assert pack is None
    assert any((p.file, p.line) == (file, line) and sentence in p.text for p in problems), problems


def test_all_mistakes_come_at_once(write_pack: Write) -> None:
    _, problems = read_pack(write_pack({"quiz.md": BROKEN[0][1], "cards.md": BROKEN[13][1], "pack.md": "x"}))
    assert {problem.file for problem in problems} >= {"quiz.md", "cards.md", "pack.md"}


def test_a_link_out_of_the_pack_is_not_followed(write_pack: Write, tmp_path: Path) -> None:
    folder = write_pack()
    (tmp_path / "secret.md").write_text("## t 外面\n\n别处的文字。\n")
    (folder / "glossary.md").unlink()
    (folder / "glossary.md").symlink_to(tmp_path / "secret.md")
    pack, problems = read_pack(folder)
    assert pack is None
    assert "指到内容目录外面" in problems[0].text


def test_short_cards_are_a_warning_only(write_pack: Write) -> None:
    pack, problems = read_pack(write_pack({"cards.md": "## c01 短\n文章: a1\n\n太短了。\n"}))
    assert pack is not None
    assert [problem.error for problem in problems] == [False]


def test_finding_packs(write_pack: Write) -> None:
    first = write_pack()
    second = write_pack(name="Bad_Name")
    found, problems = find_packs(first.parent, first.parent)
    assert found == {"zhongcai": first}
    assert [problem.file for problem in problems] == [second.name, second.name, "zhongcai"]


def test_the_fingerprint_changes_with_an_edit(write_pack: Write) -> None:
    folder = write_pack()
    before = fingerprint(folder)
    (folder / "cards.md").write_text(CARDS + "\n再一行。\n")
    assert fingerprint(folder) != before


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_no_content_makes_the_reader_raise(file: str, text: str | bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "any"
        for path, good in {**FILES, file: text}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            data = good if isinstance(good, bytes) else good.encode("utf-8", "replace")
            (folder / path).write_bytes(data)
        pack, problems = read_pack(folder)
        assert pack is not None or any(problem.error for problem in problems)
