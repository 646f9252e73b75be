"""The real document: five articles, every paragraph, head and quotation where it should be.

The gold holds no text of the document: hashes of titles and names, and of each block its kind, its first four
characters and its length. It was written after reading the document line by line beside the result.
"""

import hashlib
from typing import NamedTuple

import pytest

from bot.packs.draft import Draft, decode, read_text, to_pack


class Gold(NamedTuple):
    title: str
    subtitle: str
    group: str
    source: str
    author: str
    blocks: tuple[tuple[str, str, int], ...]


GOLD = (
    Gold(
        "76e263280d824c77",
        "908e4fd2536dea3d",
        "",
        "b8be4ac9af6400fc",
        "",
        (
            ("para", "习近平总", 154),
            ("para", "发展新质", 27),
            ("quote", "“‘发展", 80),
            ("quote", "“因地制", 36),
            ("quote", "“面对全", 120),
            ("quote", "“面对新", 146),
            ("quote", "“习近平", 64),
        ),
    ),
    Gold(
        "904692a346667b0d",
        "",
        "",
        "b8be4ac9af6400fc",
        "",
        (
            ("para", "中共中央", 105),
            ("para", "2023", 74),
            ("para", "此次集体", 33),
            ("head", "为什么要", 12),
            ("para", "当前，高", 33),
            ("para", "高质量发", 78),
            ("head", "什么是新", 9),
            ("para", "总体定义", 75),
            ("para", "基本内涵", 28),
            ("para", "核心标志", 16),
            ("para", "“特点是", 29),
            ("head", "怎样加快", 12),
            ("para", "首先，要", 30),
            ("para", "习近平总", 45),
            ("para", "这次集体", 79),
            ("para", "其次，要", 29),
            ("para", "加快形成", 24),
            ("para", "要深化经", 63),
            ("para", "通过全面", 45),
            ("para", "再次，要", 43),
            ("para", "可以说，", 67),
        ),
    ),
    Gold(
        "b43dc1fb0a0dc7c2",
        "",
        "",
        "b8be4ac9af6400fc",
        "",
        (
            ("para", "习近平总", 42),
            ("para", "总书记指", 42),
            ("para", "在此期间", 86),
            ("para", "“新兴产", 80),
            ("para", "新质生产", 38),
            ("para", "从经济学", 128),
            ("para", "今年7月", 51),
            ("para", "新质生产", 52),
            ("para", "形成新质", 19),
            ("para", "从人工智", 116),
            ("para", "新一轮科", 100),
            ("para", "形成新质", 19),
            ("para", "经济发展", 103),
            ("para", "当前，我", 129),
            ("para", "近年来，", 81),
            ("para", "正如习近", 74),
            ("para", "发挥科技", 65),
        ),
    ),
    Gold(
        "0c21bc783dd38457",
        "",
        "fe7777ccadc977fd",
        "",
        "7ae8bc87a27ec4c0",
        (
            ("para", "当前，新", 112),
            ("para", "加快发展", 108),
            ("para", "加快发展", 150),
            ("para", "加快发展", 165),
            ("para", "加快发展", 116),
            ("para", "习近平总", 125),
            ("para", "当前全球", 196),
            ("para", "作为科技", 90),
            ("para", "力；应营", 126),
        ),
    ),
    Gold(
        "464baf305c6e5f69",
        "",
        "fe7777ccadc977fd",
        "",
        "b1b1f1b08278c3da",
        (
            ("head", "创新是新", 13),
            ("para", "新质生产", 89),
            ("para", "丁奎岭认", 105),
            ("para", "新春伊始", 101),
            ("para", "丁奎岭此", 240),
            ("para", "“发展新", 47),
            ("head", "提升高水", 17),
            ("para", "“加快发", 178),
            ("para", "有效提升", 58),
            ("para", "丁奎岭说", 57),
            ("para", "“长期以", 98),
            ("para", "然而，过", 155),
            ("para", "丁奎岭说", 202),
            ("para", "“我认为", 206),
            ("head", "给青年发", 12),
            ("para", "提升高水", 165),
            ("para", "与此同时", 143),
            ("para", "“当下，", 160),
        ),
    ),
)


def mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def f1(found: list, gold: list) -> float:
    same = len(set(found) & set(gold))
    return 2 * same / (len(found) + len(gold))


def test_five_articles_with_exact_headings(source_draft: Draft) -> None:
    assert len(source_draft.articles) == 5
    for article, gold in zip(source_draft.articles, GOLD, strict=True):
        found = (article.title, article.subtitle, article.group, article.source, article.author)
        assert tuple(map(mark, found)) == gold[:5]
    assert not source_draft.guessed


def test_boundaries_paragraphs_and_heads_f1_is_one(source_draft: Draft) -> None:
    found = [[(b.kind, b.text[:4], len(b.text)) for b in article.blocks] for article in source_draft.articles]
    assert found == [list(gold.blocks) for gold in GOLD]
    numbered = [(a, n, *block) for a, blocks in enumerate(found) for n, block in enumerate(blocks)]
    wanted = [(a, n, *block) for a, gold in enumerate(GOLD) for n, block in enumerate(gold.blocks)]
    assert f1(numbered, wanted) == 1.0
    heads = [row for row in numbered if row[2] == "head"]
    assert f1(heads, [row for row in wanted if row[2] == "head"]) == 1.0
    assert [sum(kind == "head" for kind, _, _ in blocks) for blocks in found] == [0, 3, 0, 0, 3]


def test_no_date_is_inherited_from_the_cover(source_draft: Draft) -> None:
    assert [article.date for article in source_draft.articles] == [""] * 5


def test_cover_and_contents_are_left_out_with_reasons(source_draft: Draft) -> None:
    assert [(out.why, out.text.count("\n") + 1) for out in source_draft.left_out] == [
        ("封面", 4),
        ("导读", 8),
    ]


def test_the_orphan_is_kept_in_the_article_listed_and_on_no_card(source_draft: Draft) -> None:
    assert source_draft.damage == ("第 4 篇末段以“力；”开头，像是缺了字。留在文章里，不做卡片。",)
    fourth = source_draft.articles[3]
    assert fourth.damaged == (len(fourth.blocks) - 1,)
    assert not any(fourth.blocks[-1].text[4:20] in card.text for card in source_draft.cards)
    assert [out.why for out in source_draft.no_card] == ["缺字"]


def test_every_character_is_accounted_for(source_text: str, source_draft: Draft, account) -> None:
    document, draft = account(source_text, source_draft)
    assert draft == document


def test_cards_pass_the_independent_checker(source_draft: Draft, check_cards) -> None:
    cards = source_draft.cards
    assert 40 <= len(cards) <= 50
    found = check_cards(source_draft)
    assert len(found) <= 0.05 * len(cards), found
    assert all(card.title and len(card.title) <= 28 for card in cards)
    places = [(card.article, card.block) for card in cards]
    assert places == sorted(places)


def test_pack(source_draft: Draft) -> None:
    pack = to_pack(source_draft, "dang-ke", "")
    assert [article.id for article in pack.articles] == ["a1", "a2", "a3", "a4", "a5"]
    assert [card.id for card in pack.cards][:2] == ["c001", "c002"]
    assert [card.rank for card in pack.cards] == list(range(1, len(pack.cards) + 1))
    blocks = {article.id: article.blocks for article in pack.articles}
    for card in pack.cards:
        assert blocks[card.article][card.anchor].text[:9] in card.text or card.text[:9] in (
            blocks[card.article][card.anchor].text
        )
    titles = [card.title for card in pack.cards]
    assert len(set(titles)) >= 0.9 * len(titles)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_makes_no_difference(source_text: str, source_draft: Draft, encoding: str) -> None:
    assert read_text(decode(source_text.encode(encoding))) == source_draft


def test_line_ends_and_blank_lines_make_no_difference(source_text: str, source_draft: Draft) -> None:
    assert read_text(source_text.replace("\n", "\r\n")).articles == source_draft.articles
    assert read_text(source_text.replace("\n", "\n\n\n")).articles == source_draft.articles


def test_without_the_contents_list_the_source_lines_and_speakers_are_enough(
    source_text: str, source_draft: Draft
) -> None:
    lines = source_text.split("\n")
    first = next(i for i, line in enumerate(lines) if line.strip() == "导读")
    last = next(i for i, line in enumerate(lines) if line.strip().endswith("如下："))
    draft = read_text("\n".join(lines[:first] + lines[last + 1 :]))
    assert [a.title for a in draft.articles][:3] == [a.title for a in source_draft.articles][:3]
    assert [a.blocks for a in draft.articles] == [a.blocks for a in source_draft.articles]
    assert [a.author for a in draft.articles] == [a.author for a in source_draft.articles]
