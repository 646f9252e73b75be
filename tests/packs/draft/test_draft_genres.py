"""Documents of seven genres in four styles, and without any marks: how much of their structure comes back."""

from collections import Counter
from collections.abc import Callable

import pytest
from making.genres import HELD_OUT, WORKS, Work, as_docx, as_pdf, as_text

from bot.packs.draft import Draft
from bot.packs.draft.reading import read_bytes

STYLES: dict[str, Callable[[Work], Draft]] = {
    "contents and direct formatting": lambda work: read_bytes(as_docx(work, "direct"), "a.docx").draft,
    "heading styles": lambda work: read_bytes(as_docx(work, "styles"), "a.docx").draft,
    "bold titles": lambda work: read_bytes(as_docx(work, "bold"), "a.docx").draft,
    "pdf": lambda work: read_bytes(as_pdf(work), "a.pdf").draft,
}
UNMARKED = "unmarked text"


def f1(found: Counter, gold: Counter) -> float:
    same = (found & gold).total()
    return 2 * same / (found.total() + gold.total()) if found or gold else 1.0


def scores(draft: Draft, work: Work) -> tuple[float, float, float]:
    """F1 of article boundaries, paragraphs, heads. A boundary is a title; a paragraph counts in its article only."""
    boundary = f1(Counter(a.title for a in draft.articles), Counter(piece.title for piece in work.pieces))
    found = Counter((a.title, b.text) for a in draft.articles for b in a.blocks if b.kind != "head")
    gold = Counter((p.title, text) for p in work.pieces for kind, text in p.blocks if kind != "head")
    heads = Counter((a.title, b.text) for a in draft.articles for b in a.blocks if b.kind == "head")
    wanted = Counter((p.title, text) for p in work.pieces for kind, text in p.blocks if kind == "head")
    return boundary, f1(found, gold), f1(heads, wanted)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("style", STYLES)
def test_structure_comes_back(style: str) -> None:
    rated = {work.genre: scores(STYLES[style](work), work) for work in (*WORKS, *HELD_OUT)}
    print(style, {genre: tuple(round(value, 3) for value in each) for genre, each in rated.items()})
    boundary, paragraphs, heads = (mean([each[n] for each in rated.values()]) for n in range(3))
    assert boundary >= 0.98, rated
    assert paragraphs >= 0.97, rated
    assert heads >= 0.97, rated


@pytest.mark.parametrize("style", STYLES)
def test_fields_come_back(style: str) -> None:
    for work in WORKS:
        for article, piece in zip(STYLES[style](work).articles, work.pieces, strict=True):
            assert (article.subtitle, article.source, article.date) == (
                piece.subtitle,
                piece.source,
                piece.date,
            )


def test_nothing_of_the_marks_is_left_the_preview_says_that_it_guessed() -> None:
    rated = {}
    for work in (*WORKS, *HELD_OUT):
        draft = read_bytes(as_text(work).encode(), "a.txt").draft
        rated[work.genre] = scores(draft, work)
        assert draft.guessed, work.genre
    print(UNMARKED, {genre: tuple(round(value, 3) for value in each) for genre, each in rated.items()})
    assert mean([each[0] for each in rated.values()]) >= 0.6, rated


@pytest.mark.parametrize("style", STYLES)
def test_excerpts_pass_the_independent_checker(style: str, check_cards: Callable[[Draft], list[str]]) -> None:
    """docs/excerpts.md holds a person's reading of them."""
    cards = faults = 0
    for work in (*WORKS, *HELD_OUT):
        draft = STYLES[style](work)
        cards += len(draft.cards)
        faults += len(check_cards(draft))
    assert cards > 30
    assert faults <= 0.05 * cards
