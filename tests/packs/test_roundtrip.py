"""What is written reads back the same, whatever the texts look like."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SHIPPED
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.model import Article, Block, Card, Complaint, Pack, Question, Term
from bot.packs.header import quote, unquote
from bot.packs.markdown import blocks, to_lines
from bot.packs.read import read_pack
from bot.packs.skeleton import skeleton
from bot.packs.write import write_pack

# Pieces that mean something to some reader, put together in every order.
PIECES = st.sampled_from(
    [
        "#",
        "##",
        "###",
        ">",
        "-",
        "*",
        "1.",
        "2、",
        "1.x",
        "![图](a.png)",
        "<!--",
        "-->",
        "---",
        "***",
        "|",
        "\\",
        "\\#",
        "____",
        "[x]",
        "【√】",
        "文章:",
        "标签：",
        "想一想:",
        "想想:",
        "例:",
        "编号:a1",
        "答:",
        "题:",
        "“三新”",
        "‘’",
        '"',
        "'",
        "「」",
        "《书》",
        "=",
        "→",
        "——",
        "（一）",
        "①",
        "c01",
        "a1",
        "TFP",
        "2024",
        "２０２４",
        "是",
        "无",
        "。",
        "，",
        "：",
        "质优是关键",
        "习近平",
        "新质生产力",
        "https://a.example",
        "x",
    ]
)
LINE = st.lists(PIECES, min_size=1, max_size=6).map(" ".join).map(str.strip)
ANY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1, max_size=30
)
WORD = st.one_of(LINE, ANY).map(lambda text: " ".join(text.split())).filter(bool)
SURE = WORD.map(lambda text: f"甲{text}乙")  # where the value itself must be more than marks
MAYBE = st.one_of(st.just(""), SURE)
PART = SURE.map(lambda text: "".join(c for c in text if c not in ",，、;；|｜=＝—→"))
ROW = st.lists(PART.map(lambda text: text.replace("\\", "")), min_size=1, max_size=3).map(" | ".join)
BLOCK = st.one_of(
    st.builds(Block, st.sampled_from(["para", "quote"]), WORD.filter(lambda t: t.strip("*-_ >"))),
    st.builds(Block, st.just("head"), SURE),
    st.builds(Block, st.just("list"), st.lists(SURE, min_size=1, max_size=3).map("\n".join)),
    st.builds(Block, st.just("table"), st.lists(ROW, min_size=1, max_size=3).map("\n".join)),
)


def same_but_digest(pack: Pack) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / pack.id
        write_pack(pack, folder)
        again, problems = read_pack(folder)
        assert [str(problem) for problem in problems if problem.error] == []
        assert again is not None
        assert replace(again, digest="") == replace(pack, digest="")


@settings(max_examples=300, deadline=None)
@given(WORD)
@example("“三新”")
@example("“甲”和“乙”")
@example('"')
def test_values_survive_their_quotes(text: str) -> None:
    if all(mark in text for mark in "\"'「『“‘＂"):
        return  # every kind of quote is used up
    assert unquote(quote(text)) == text


@settings(max_examples=400, deadline=None)
@given(st.lists(BLOCK, min_size=1, max_size=5))
@example(
    [
        Block("para", "1. 不是列表"),
        Block("para", "1\\. 斜线"),
        Block("para", "\\# 斜线"),
        Block("quote", "> 双重"),
    ]
)
@example(
    [
        Block("list", "- 甲\n1. 乙"),
        Block("list", "丙"),
        Block("table", "甲 | 乙"),
        Block("table", "--- | ---\na | b"),
    ]
)
def test_blocks_survive(found: list[Block]) -> None:
    assert blocks(to_lines(found)) == tuple(found)


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    bodies = draw(st.lists(st.lists(BLOCK, max_size=5), min_size=1, max_size=2))
    articles = tuple(
        Article(
            id=f"a{n}",
            number=n,
            title=draw(SURE),
            blocks=(Block("para", "这一段供依据使用。"), *body),
            subtitle=draw(MAYBE),
            source=draw(MAYBE),
            author=draw(MAYBE),
            date=draw(MAYBE),
            original=draw(MAYBE),
        )
        for n, body in enumerate(bodies, 1)
    )
    cards = []
    for n in range(1, 1 + draw(st.integers(0, 3))):
        article = draw(st.sampled_from(articles))
        heads = [block.text for block in article.blocks if block.kind == "head"]
        places = [i for i, block in enumerate(article.blocks) if block.kind != "head"]
        cards.append(
            Card(
                id=f"c{n:02}",
                rank=n,
                title=draw(SURE),
                text="\n".join(draw(st.lists(WORD.filter(lambda t: t != "\\"), min_size=1, max_size=3))),
                article=article.id,
                section=draw(st.sampled_from(["", *heads])),
                anchor=draw(st.sampled_from([-1, *places])),
                tags=tuple(draw(st.lists(PART, max_size=2))),
                date_note=draw(MAYBE),
                think=draw(MAYBE),
                damaged=draw(st.booleans()),
            )
        )
    terms = tuple(
        Term(
            id=f"t{n}",
            rank=n,
            name=f"{n}{draw(SURE)}",
            text="\n".join(draw(st.lists(WORD.filter(lambda t: t != "\\"), min_size=1, max_size=2))),
            aliases=tuple(draw(st.lists(PART, max_size=2))),
            category=draw(MAYBE),
            article=draw(st.sampled_from(["", *(a.id for a in articles)])),
            card=draw(st.sampled_from(["", *(c.id for c in cards)])),
            example=draw(MAYBE),
            confusable=draw(MAYBE),
        )
        for n in range(1, 1 + draw(st.integers(0, 2)))
    )
    kinds = draw(st.lists(st.sampled_from(["single", "multi", "bool", "fill", "order", "match"]), max_size=3))
    questions = tuple(
        _question(draw, n, kind, draw(st.sampled_from(articles)).id) for n, kind in enumerate(kinds, 1)
    )
    return Pack(
        id="any-pack",
        title=draw(SURE),
        articles=articles,
        cards=tuple(cards),
        terms=terms,
        questions=questions,
        version=draw(MAYBE),
        rhythm=draw(MAYBE),
        about=draw(MAYBE),
    )


def _question(draw: st.DrawFn, n: int, kind: str, article: str) -> Question:
    stem = draw(SURE).replace("_", "")
    question = Question(f"q{n:03}", n, "single", stem, article, "这一段供依据使用。", draw(MAYBE))
    items = tuple(f"{i}{draw(SURE)}" for i in range(3))
    if kind == "bool":
        return replace(question, kind="bool", options=("对", "错"), right=(draw(st.integers(0, 1)),))
    if kind == "fill":
        blanks = draw(st.lists(st.lists(PART, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2))
        return replace(question, kind="fill", stem=stem + "____，" * len(blanks), blanks=tuple(blanks))
    if kind == "order":
        return replace(question, kind="order", options=items)
    if kind == "match":
        sides = [f"{i}{draw(PART)}" for i in range(6)]
        return replace(question, kind="match", pairs=tuple(zip(sides[::2], sides[1::2], strict=True)))
    right = (draw(st.integers(0, 2)),) if kind == "single" else (0, 2)
    return replace(question, kind="single" if kind == "single" else "multi", options=items, right=right)


@settings(max_examples=150, deadline=None)
@given(packs())
def test_any_pack_survives(pack: Pack) -> None:
    same_but_digest(pack)


def test_the_shipped_pack_survives() -> None:
    pack, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert pack is not None
    same_but_digest(pack)


def test_answers_with_the_sign_that_parts_answers() -> None:
    article = Article("a1", 1, "甲", (Block("para", "打通堵点、卡点。"),))
    for blanks in ((("堵点、卡点", "卡点"),), (("堵点、卡点",), ("二",)), (("“堵点”",),)):
        stem = "打通" + "____" * 1 + "____".join("，" for _ in blanks)
        question = Question("q1", 1, "fill", stem, "a1", "打通", blanks=blanks)
        same_but_digest(Pack("any-pack", "甲", (article,), (), (), (question,)))


def test_nothing_is_written_over_and_nothing_is_left_behind(tmp_path: Path) -> None:
    pack = Pack("any-pack", "甲", (Article("a1", 1, "甲", (Block("para", "正文。"),)),), ())
    (tmp_path / "taken").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("taken", "link"):
        with pytest.raises(Complaint, match=f"“{name}”已经有了"):
            write_pack(pack, tmp_path / name)
    (tmp_path / "file").write_text("")
    with pytest.raises(Complaint, match="写不进"):
        write_pack(pack, tmp_path / "file" / "any-pack")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "taken"]
    assert list((tmp_path / "taken").iterdir()) == []


def test_the_skeleton_is_clean_and_has_every_kind(tmp_path: Path) -> None:
    folder = skeleton(tmp_path, "my-course", "入门 三十天")
    pack, problems = read_pack(folder)
    assert problems == ()
    assert pack is not None
    assert (folder, pack.id, pack.title) == (tmp_path / "my-course", "my-course", "入门 三十天")
    assert {q.kind for q in pack.questions} == {"single", "multi", "bool", "fill", "order", "match"}
    assert [len(pack.articles), len(pack.cards), len(pack.terms)] == [1, 2, 1]
    same_but_digest(pack)


@pytest.mark.parametrize(
    ("pack_id", "title", "sentence"),
    [
        ("My", "甲", "不能作内容的名字"),
        ("../x", "甲", "不能作内容的名字"),
        ("ok", "  ", "标题是空的"),
        ("old", "甲", "已经有了"),
    ],
)
def test_a_skeleton_that_cannot_be(tmp_path: Path, pack_id: str, title: str, sentence: str) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(Complaint, match=sentence):
        skeleton(tmp_path, pack_id, title)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
