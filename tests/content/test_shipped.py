"""The shipped pack, counted: what the reader of the sources would miss if a number here went down."""

import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import SHIPPED, Talk

from bot.fold import fold
from bot.model import Pack
from bot.packs.anchor import bare
from bot.packs.find import find_packs
from bot.packs.read import read_pack
from bot.store import Store
from bot.study import finding, shelf
from bot.study.reading import size

LOOKUPS = [
    line.split("\t") for line in (Path(__file__).parent / "lookup_words.txt").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def pack() -> Pack:
    found, problems = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert problems == ()
    assert found is not None
    return found


def test_nothing_else_is_shipped_by_mistake() -> None:
    assert find_packs(SHIPPED) == ({"xinzhi-shengchanli": SHIPPED / "xinzhi-shengchanli"}, ())


def test_five_digests_of_500_to_900_characters_with_heads(pack: Pack) -> None:
    sizes = {a.id: sum(size(b.text) for b in a.blocks if b.kind != "head") for a in pack.articles}
    assert list(sizes) == ["a1", "a2", "a3", "a4", "a5"]
    assert all(500 <= count <= 900 for count in sizes.values()), sizes
    assert min(sum(b.kind == "head" for b in a.blocks) for a in pack.articles) >= 3


def test_each_digest_has_its_own_date_and_says_whose_words_it_reports(pack: Pack) -> None:
    assert [(a.date, a.by) for a in pack.articles] == [
        ("2024 年 3 月", "新华社"),
        ("记 2024 年 1 月", "新华社"),
        ("约 2023 年 9 月", "新华社"),
        ("2024 年 3 月", "杨振斌"),
        ("2024 年 3 月", "丁奎岭"),
    ]
    assert all(article.original for article in pack.articles)
    texts = [block.text for article in pack.articles for block in article.blocks]
    assert not [text for text in texts if re.search("今年|去年|近日|日前|此次|2024 年 2 月", text)]


def test_thirty_cards_of_60_to_220_characters_each_with_something_to_think_about(pack: Pack) -> None:
    assert [card.id for card in pack.cards] == [f"c{n:02}" for n in range(1, 31)]
    assert Counter(card.article for card in pack.cards) == {"a1": 4, "a2": 8, "a3": 7, "a4": 5, "a5": 6}
    assert [card.id for card in pack.cards if not 60 <= size(card.text) <= 220] == []
    assert [card.id for card in pack.cards if not card.think.endswith("？")] == []
    texts = {a.id: bare("".join(b.text for b in a.blocks)) for a in pack.articles}
    assert [card.id for card in pack.cards if bare(card.text) not in texts[card.article]] == []
    assert [card.id for card in pack.cards if card.anchor < 0] == []


def test_a_card_begins_by_itself(pack: Pack) -> None:
    assert [
        card.id for card in pack.cards if re.match("此|这(?!篇)|他|她|其|但|因此|所以|而", card.text)
    ] == []


def test_thirty_terms_with_all_that_belongs_to_one(pack: Pack) -> None:
    assert len(pack.terms) == 30
    assert Counter(term.category for term in pack.terms) == {"指标": 6, "产业": 9, "改革": 7, "高校": 8}
    for term in pack.terms:
        assert term.aliases, term.id
        assert term.article, term.id
        assert term.card, term.id
        assert term.text and term.example and term.confusable, term.id  # noqa: PT018
    old = [t.id for t in pack.terms if any(fold(a) != fold(a, simplify=False) for a in t.aliases)]
    english = [t.id for t in pack.terms if any(re.search("[A-Za-z]{3}", a) for a in t.aliases)]
    assert (len(old), len(english)) == (28, 19)


def test_seventy_two_questions_of_six_kinds_over_five_articles(pack: Pack) -> None:
    assert len(pack.questions) == 72
    kinds = Counter(question.kind for question in pack.questions)
    assert set(kinds) == {"single", "multi", "bool", "fill", "order", "match"}
    assert min(kinds.values()) >= 10, kinds
    articles = Counter(question.article for question in pack.questions)
    assert len(articles) == 5
    assert min(articles.values()) >= 12, articles
    texts = {a.id: [b.text for b in a.blocks if b.kind != "head"] for a in pack.articles}
    for question in pack.questions:
        assert question.explanation, question.id
        assert any(question.quote in text for text in texts[question.article]), question.id


def test_the_record_of_the_blind_reading_knows_every_question(pack: Pack) -> None:
    record = (SHIPPED.parent / "docs" / "quiz-check.md").read_text("utf-8")
    assert [
        question.id for question in pack.questions if f"| {question.id} | {question.article} |" not in record
    ] == []


def test_forty_words_a_reader_looks_up_lead_somewhere(pack: Pack, store: Store) -> None:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    names = {term.id: f"{term.name} · {term.category}" for term in pack.terms}
    cards = {card.id: card for card in pack.cards}
    assert len(LOOKUPS) >= 40
    for word, target in LOOKUPS:
        found = finding.find(store, finding.Search({pack.id: pack}), word)
        assert found.mode == "exact", word
        if target in names:
            assert talk.says(f"术语 {word}").split("\n")[0] == names[target], word
        article = cards[target].article if target in cards else target
        assert target in names or article in {hit.article for hit in found.hits}, word
