"""Finding: what a member types leads to the sentence, and nothing he types can break it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SHIPPED
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.fold import RUN, aligned, changing, flat, loose, standing
from bot.model import Article, Block, Card, Pack, Term
from bot.store import Store, library, lookup, open_store, passages, upkeep
from bot.study import finding, guessing, shelf
from bot.study.finding import First, Found, Search

LOOKUPS = Path(__file__).resolve().parent.parent / "content" / "lookup_words.txt"
Shelf = tuple[Store, Search]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    store = open_store(tmp_path_factory.mktemp("data"), NOW)
    shelf.refresh(store, SHIPPED)
    upkeep.catch_up(store, 60)
    yield store, Search(shelf.packs(store))
    store.close()


def marked(found: Found) -> list[str]:
    return [hit.text[begin:end] for hit in found.hits for begin, end in hit.spans]


def pack_of(*texts: str, id_: str = "p", per: int = 2, cards: tuple[Card, ...] = ()) -> Pack:
    """A pack of these paragraphs, some to an article, with the titles 甲1, 甲2, …"""
    articles = tuple(
        Article(
            f"a{n}", n, f"甲{n}", tuple(Block("para", t) for t in texts[i : i + per]), author="丁某 · 农技员"
        )
        for n, i in enumerate(range(0, len(texts), per), 1)
    )
    return Pack(id_, "一组", articles, cards, digest=str(hash(texts)))


def shelved(store: Store, *packs: Pack) -> Shelf:
    for pack in packs:
        library.put(store, pack, "")
    return store, Search({pack.id: pack for pack in packs})


def test_the_sample_search(shipped: Shelf) -> None:
    found = finding.find(*shipped, "科技自立自强")
    assert (found.mode, found.total, found.articles) == ("exact", 3, 2)
    assert found.hits[0].in_title
    assert marked(found) == ["科技自立自强"] * 3


@pytest.mark.parametrize(
    ("plain", "same"),
    [
        *(("0 到 1", other) for other in ("0到1", "０到１", "“0 到 1”", "０ 到 １")),
        *(
            ("全要素生产率", other)
            for other in ("全要素生產率", "全要素\u200b生产率", "全 要 素 生 产 率", "《全要素生产率》")
        ),
        ("3月5日", "3 月 5 日"),
        ("ai", "ＡＩ"),
    ],
)
def test_spelling_makes_no_difference(shipped: Shelf, plain: str, same: str) -> None:
    assert finding.find(*shipped, same).hits == finding.find(*shipped, plain).hits != ()


def test_latin_words_are_found_with_and_without_the_space(store: Store) -> None:
    here = shelved(store, pack_of("人工智能 AI 赋能百业", "AI赋能千行", "AI 来了，教育先变", per=3))
    assert finding.find(*here, "AI赋能").total == finding.find(*here, "ai 赋能").total == 2
    assert finding.find(*here, "AI 教育").total == 1  # no phrase, but both words


def test_a_latin_word_stands_before_a_part_of_one(store: Store) -> None:
    here = shelved(store, pack_of("he said so", "AI 来了", per=1))
    assert [hit.text for hit in finding.find(*here, "ai").hits] == ["AI 来了", "he said so"]


def test_by_lines_and_heads_are_found(shipped: Shelf) -> None:
    by = finding.find(*shipped, "丁奎岭")
    assert by.hits[0].in_title
    head = finding.find(*shipped, "青年的机会")
    assert (head.total, head.hits[0].text) == (1, "青年的机会")
    assert (
        "【" not in finding.find(*shipped, "跟跑").hits[0].text
    )  # a paragraph has it, so the head keeps silent


def test_several_words_must_all_stand_there(shipped: Shelf) -> None:
    assert set(marked(finding.find(*shipped, "跟跑 并跑"))) == {"跟跑", "并跑"}
    assert finding.find(*shipped, "跟跑 河钢").mode == "none"
    mixed = finding.find(*shipped, "跟跑 高")  # one of one character
    assert (mixed.total, set(marked(mixed))) == (1, {"跟跑", "高"})


def test_words_close_together_come_first(store: Store) -> None:
    here = shelved(store, pack_of("深翻以后再施肥。", "深翻，然后才施肥料", "先深翻施肥后浇水", per=1))
    assert finding.find(*here, "深翻 施肥").hits[0].number == 3


def test_articles_stay_together_where_titles_and_paragraphs_weigh_the_same(store: Store) -> None:
    pack = pack_of("ai bc", "深翻", "ai bc", "施肥")
    second = replace(pack.articles[1], title="xaix xbcx")
    here = shelved(store, replace(pack, articles=(pack.articles[0], second)))
    assert [(hit.number, hit.block) for hit in finding.find(*here, "ai bc").hits] == [(1, 0), (2, -1), (2, 0)]


def test_one_article_and_the_first_card(shipped: Shelf) -> None:
    store, everywhere = shipped
    narrow = Search(everywhere.packs, article=5)
    assert finding.find(store, narrow, "跟跑").hits[0].card == "c26"
    assert {hit.number for hit in finding.find(store, narrow, "新质生产力").hits} == {5}
    assert finding.find(store, Search(everywhere.packs, article=99), "跟跑").mode == "none"
    first = Search(everywhere.packs, first=First("xinzhi-shengchanli", "c30"))
    found = finding.find(store, first, "生产力")
    assert (found.hits[0].card, found.hits[0].first, found.hits[1].first) == ("c30", True, False)
    assert found.total == finding.find(store, everywhere, "生产力").total


def test_the_first_card_comes_first_even_from_far_behind(store: Store) -> None:
    card = Card("c1", 1, "题", "好土不粘锹", "a80", anchor=1)
    store, everywhere = shelved(store, pack_of(*["好土"] * 199, cards=(card,)))
    found = finding.find(store, Search(everywhere.packs, first=First("p", "c1")), "好土")
    assert (found.total, found.hits[0].number, found.hits[0].block) == (200, 80, 1)


def test_the_first_card_is_found_by_its_title_too(shipped: Shelf) -> None:
    store, everywhere = shipped
    first = Search(everywhere.packs, first=First("xinzhi-shengchanli", "c01"))
    found = finding.find(store, first, "因地制宜")
    assert (found.total, found.hits[0].card, found.hits[0].first) == (2, "c01", True)
    assert found.hits[0].text == "因地制宜与传统产业"
    elsewhere = Search(everywhere.packs, article=5, first=first.first)
    assert finding.find(store, elsewhere, "因地制宜").mode == "none"
    assert finding.find(store, everywhere, "因地制宜与传统产业").hits[0].card == "c01"


def test_all_hits_can_be_paged_through_once(store: Store) -> None:
    store, everywhere = shelved(store, pack_of(*["好土"] * 150), pack_of("好土", "坏土", id_="q"))
    seen = []
    for start in range(0, 200, 7):
        found = finding.find(store, Search(everywhere.packs, start=start, count=7), "好土")
        seen += [(hit.pack, hit.number, hit.block) for hit in found.hits]
        assert found.total == 151
    assert len(seen) == len(set(seen)) == 151


def test_counting_ends_at_a_thousand(store: Store) -> None:
    found = finding.find(*shelved(store, pack_of(*["好土"] * 1_200, per=100)), "好土")
    assert (found.total, found.more, len(found.hits)) == (1000, True, finding.HITS_AT_MOST)
    assert all(hit.text == "好土" for hit in found.hits)


def test_a_pack_switched_in_the_middle_of_a_guess_changes_nothing_in_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = pack_of("深翻以后")
    head = replace(pack.articles[0], blocks=(Block("head", "施肥浇水"), *pack.articles[0].blocks))
    here = shelved(store, replace(pack, articles=(head,)))
    other, titles = open_store(store.folder, NOW), lookup.titles

    def switched(*asked: Any, **more: Any) -> list[int]:
        found = titles(*asked, **more)
        library.put(other, pack_of("坏土"), "")
        return found

    monkeypatch.setattr(lookup, "titles", switched)
    for text, term in (("追肥", Term("t", 1, "施肥浇水", "", ("追肥",))), ("施肥浇氺", None)):
        guessed = guessing.guess(*here, text, (term,) if term else ())
        assert [hit.text for hit in guessed.hits] == ["施肥浇水"]
        shelved(store, replace(pack, articles=(head,), digest=text))
    other.close()


def test_only_the_packs_he_sees_are_searched(store: Store) -> None:
    store, everywhere = shelved(store, pack_of("好土"), pack_of("好土，也好", id_="q"))
    only = Search({"q": everywhere.packs["q"]})
    assert [hit.pack for hit in finding.find(store, only, "好土").hits] == ["q"]
    library.put(store, pack_of("坏土"), "")
    assert finding.find(store, Search({"p": pack_of("坏土")}), "好土").mode == "none"


def test_every_piece_is_found_and_nothing_else(shipped: Shelf) -> None:
    store, what = shipped
    texts = [b.text for p in what.packs.values() for a in p.articles for b in a.blocks if b.kind != "head"]
    plain = [re.sub(r"[\W_]", " ", flat(text)) for text in texts]
    words = {
        plain[n][at : at + size]
        for n in range(0, len(plain), 5)
        for size in (1, 2, 3, 4, 9)
        for at in (0, 7, 20)
    }
    for word in sorted(word for word in words if word.isalnum()):
        hits = [hit for hit in finding.find(store, what, word).hits if not hit.in_title]
        assert len(hits) == sum(word in text for text in plain), word


ODD = st.text(
    st.one_of(
        st.sampled_from("ＡＢａ０１國产產率①ﬁßİ𫠠𠀀😀·—，_"),
        st.characters(codec="utf-8", categories=("L", "N", "P", "M", "Z", "C")),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ODD, min_size=1, max_size=6), st.data())
def test_the_index_agrees_with_a_scan_for_all_characters(texts: list[str], data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), NOW)
        library.put(store, pack_of(*texts), "")
        (scope,) = passages.scopes(store, ["p"])
        plain = [passages.RUN.findall(flat(text)) for text in texts]
        for run in {run for runs in plain for run in runs}:
            size = data.draw(st.integers(1, len(run)))
            at = data.draw(st.integers(0, len(run) - size))
            word = run[at : at + size]
            expected = [
                scope.passage(i // 2 + 1, i % 2)
                for i, runs in enumerate(plain)
                if any(word in r for r in runs)
            ]
            words = lookup.words_of([word])
            assert lookup.ids(store, words, scope) == expected, word
            if len(word) > 1:  # any sieve leads to the same
                sieve = (word[:2], word[-2:])
                assert lookup.ids(store, words._replace(sieve=sieve), scope) == expected, word
        store.close()


@settings(max_examples=300, deadline=None)
@given(ODD | st.text("科技發展ＡａA1１㈱ 　，.…①\u200b\n", max_size=8))
def test_each_letter_of_the_flat_text_knows_where_it_came_from(text: str) -> None:
    folded, origin = aligned(text)
    assert folded == flat(text)
    assert list(origin) == sorted(origin)
    assert all(character in flat(text[at]) for character, at in zip(folded, origin, strict=True))
    for run in RUN.findall(folded):
        assert all(standing(run[at:])(text) for at in range(len(run)))
    assert [run for run in ("科", "发展", "a1", "株") if standing(run)(text)] == [
        run for run in ("科", "发展", "a1", "株") if run in folded
    ]
    if changing(text):
        assert set(text) - set("科技aA1，.")  # it is not just always changing
        return
    assert all(c == text[at].lower() for c, at in zip(folded, origin, strict=True) if c.isalnum())
    for run in RUN.findall(folded):  # and then what is loosely found is what folding finds
        for at in range(len(run)):
            every = re.finditer(f"(?={re.escape(run[at : at + 2])})", folded)
            loosely = re.finditer(f"(?={loose(run[at : at + 2]).pattern})", text)
            assert [origin[m.start()] for m in every] == [m.start() for m in loosely]


def test_what_folding_leaves_apart_is_not_marked_as_one() -> None:
    assert finding.spans_of("① 月，1月", ["1月"]) == [(4, 6)]
    assert finding.spans_of("㈱ 1，株1、株 １", ["株1"]) == [(4, 6), (7, 10)]


def test_what_has_all_pairs_of_a_long_word_but_not_the_word_is_not_found(tmp_path: Path) -> None:
    store = open_store(tmp_path, NOW)
    library.put(
        store, pack_of("甲乙丙丁，丙丁戊己庚辛。", "甲乙丙丁戊己庚辛。", "甲乙丙丁戊己 庚辛，丁戊"), ""
    )
    (scope,) = passages.scopes(store, ["p"])
    words = lookup.words_of(["甲乙丙丁戊己庚辛"])
    for sieve in ((), ("甲乙",), ("丙丁", "庚辛"), ("甲乙", "丁戊", "庚辛")):
        assert lookup.ids(store, words._replace(sieve=sieve), scope) == [scope.passage(1, 1)]
    store.close()


def test_long_words_by_their_rare_pairs_or_by_phrase_are_the_same(
    shipped: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, what = shipped
    (scope,) = what.scopes(store)[:1]
    runs = [
        run
        for article in what.packs[scope.pack].articles
        for block in article.blocks
        for run in passages.RUN.findall(flat(block.text))
        if len(run) >= lookup.LONG
    ]
    asked = [lookup.words_of([run[at : at + 14]]) for run in runs for at in (0, len(run) // 3)]
    by_phrase = [lookup.ids(store, words, scope) for words in asked]
    assert sum(map(len, by_phrase)) >= len(runs)
    assert not any(lookup.sieved(store, words).sieve for words in asked)  # in a small library that is slower
    monkeypatch.setattr(lookup, "WALKED", 8)
    sieved = [lookup.sieved(store, words) for words in asked]
    assert sum(bool(words.sieve) for words in sieved) > len(asked) / 3
    for most in (lookup.SIFTED, 2, 1):  # the phrase goes on where the sieve stopped
        monkeypatch.setattr(lookup, "SIFTED", most)
        assert [lookup.ids(store, words, scope) for words in sieved] == by_phrase


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 1001])
def test_the_first_passages_come_with_their_texts(
    shipped: Shelf, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, what = shipped
    (scope,) = what.scopes(store)[:1]
    monkeypatch.setattr(lookup, "READ", 2)
    monkeypatch.setattr(lookup, "READ_TITLES", 1)
    texts = ["新质", "新质生产力", "质", "科技 创新", "2024", "全要素生产率的提升", "中央经济工作会议", "龘"]
    asked = [lookup.words_of([text]) for text in texts]
    sieved = [words._replace(sieve=(words.runs[0][-2:],)) for words in asked if words.runs]
    for words in [*asked, *sieved]:
        for look, first in ((lookup.ids, 2), (partial(lookup.titles, column="head"), 1)):
            read: dict[int, lookup.Passage] = {}
            found = look(store, words, scope, limit=limit, read=read)
            assert found == look(store, words, scope)[:limit]
            assert list(read) == look(store, words, scope)[: len(read)]
            assert list(read.values()) == lookup.get(store, read)
            assert len(read) >= min(first, len(found))


@pytest.mark.parametrize("words", ["新质", "生产", "创新"])
def test_pages_beyond_what_was_counted_go_on_in_file_order(
    shipped: Shelf, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, what = shipped
    whole = finding.find(store, replace(what, count=200), words)
    for module, name, value in (
        (lookup, "COUNTED", 12),
        (lookup, "READ", 2),
        (finding, "BODIES", 3),
        (finding, "TITLES", 1),
    ):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(finding, "COUNTED", 11)
    seen = [
        hit
        for at in range(0, 11, 3)
        for hit in finding.find(store, replace(what, start=at, count=3), words).hits
    ]
    assert len(seen) == len({(hit.pack, hit.article, hit.block, hit.text) for hit in seen}) >= 11
    assert set(seen) <= set(whole.hits)


def test_the_words_a_reader_looks_up_lead_somewhere(shipped: Shelf) -> None:
    words = [line.split("\t")[0] for line in LOOKUPS.read_text(encoding="utf-8").splitlines() if line]
    names = {
        name for p in shipped[1].packs.values() for term in p.terms for name in (term.name, *term.aliases)
    }
    lost = [word for word in words if word not in names and finding.find(*shipped, word).mode == "none"]
    assert len(words) == 40
    assert lost == []


HOSTILE = [
    "",
    " ",
    "*",
    "😀***",
    '"',
    "a AND (",
    "NEAR(",
    "' OR 1=1 --",
    "<b>",
    "\0",
    "\ud800",
    "^x:",
    "\u200b",
]
HOSTILE += ["-" * 10_000, "𫠠", "title:", "\ue000\ue001", "_"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_find_nothing_and_break_nothing(shipped: Shelf, text: str) -> None:
    assert finding.find(*shipped, text).mode == "none"
    assert guessing.guess(*shipped, text).mode == "none"


SYNTAX = [
    "*",
    "-",
    "(",
    ")",
    "NEAR",
    " AND ",
    " OR ",
    " NOT ",
    ":",
    "^",
    '"',
    "'",
    "`",
    "<b>",
    "</b>",
    "**",
    "_",
    "\0",
]
SYNTAX += [
    "\ud83d",
    "\u200b",
    "\ufeff",
    "; DROP TABLE passages --",
    "新质",
    "生產力",
    "zili",
    "kj",
    " ",
    "１",
    "?",
    "😀",
    "@文章3",
]
ANYTHING = st.one_of(
    st.text(alphabet=st.characters(), max_size=30),
    st.lists(st.one_of(st.sampled_from(SYNTAX), st.text(max_size=3)), max_size=12).map("".join),
    st.sampled_from(["新", "a", "-", "😀", "\ud800", "x "]).map(lambda c: c * 10_000),
)


def answer(shipped: Shelf, text: str) -> None:
    found = finding.find(*shipped, text)
    if not found.total:
        found = guessing.guess(*shipped, text)
        assert found.mode != "exact"
    for hit in found.hits:
        assert hit.text.strip()
        assert all(0 <= begin < end <= len(hit.text) for begin, end in hit.spans)
        assert list(hit.spans) == sorted(hit.spans)


@settings(max_examples=300, deadline=None)
@example("x " * 5_000)
@given(ANYTHING)
def test_any_text_is_answered(shipped: Shelf, text: str) -> None:
    answer(shipped, text)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None)
@given(ANYTHING)
def test_any_of_five_thousand_texts_is_answered(shipped: Shelf, text: str) -> None:
    answer(shipped, text)
