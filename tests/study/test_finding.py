"""Finding: what a member types leads to the sentence, and nothing he types can break it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NOW, SHIPPED
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fold import letters
from bot.model import Pack
from bot.store import Store, open_store
from bot.study import finding, shelf

LOOKUPS = Path(__file__).resolve().parent.parent / "content" / "lookup_words.txt"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Pack]]]:
    store = open_store(tmp_path_factory.mktemp("data"), NOW)
    shelf.refresh(store, SHIPPED)
    yield store, shelf.packs(store)
    store.close()


def marked(found: finding.Found) -> list[str]:
    return [hit.text[begin:end] for hit in found.hits for begin, end in hit.spans]


def test_the_sample_search(shipped: tuple[Store, dict[str, Pack]]) -> None:
    found = finding.find(*shipped, "科技自立自强")
    assert (found.mode, found.total, found.articles) == ("exact", 3, 2)
    assert found.hits[0].in_title
    assert marked(found) == ["科技自立自强"] * 3


@pytest.mark.parametrize("same", ["0 到 1", "0到1", "０到１", "“0 到 1”"])
def test_spacing_and_width_make_no_difference(shipped: tuple[Store, dict[str, Pack]], same: str) -> None:
    assert finding.find(*shipped, same).hits == finding.find(*shipped, "0 到 1").hits != ()


def test_traditional_is_simplified(shipped: tuple[Store, dict[str, Pack]]) -> None:
    assert finding.find(*shipped, "全要素生產率").hits == finding.find(*shipped, "全要素生产率").hits != ()


def test_several_words_must_all_stand_there(shipped: tuple[Store, dict[str, Pack]]) -> None:
    assert set(marked(finding.find(*shipped, "跟跑 并跑"))) == {"跟跑", "并跑"}
    assert finding.find(*shipped, "跟跑 河钢").mode == "none"


def test_every_substring_is_found_and_nothing_else(shipped: tuple[Store, dict[str, Pack]]) -> None:
    store, packs = shipped
    texts = [
        block.text
        for pack in packs.values()
        for a in pack.articles
        for block in a.blocks
        if block.kind != "head"
    ]
    plain = ["".join(c if c.isalnum() else " " for c, _ in letters(text)) for text in texts]
    words = {
        plain[n][at : at + size]
        for n in range(0, len(plain), 5)
        for size in (1, 2, 4, 9)
        for at in (0, 7, 20)
    }
    for word in sorted(word for word in words if word.isalnum()):
        expected = sum(word in text for text in plain)
        hits = [hit for hit in finding.find(store, packs, word).hits if not hit.in_title]
        assert len(hits) == expected, word


def test_the_words_a_reader_looks_up_lead_somewhere(shipped: tuple[Store, dict[str, Pack]]) -> None:
    words = [line.split("\t")[0] for line in LOOKUPS.read_text(encoding="utf-8").splitlines() if line]
    names = {
        name for pack in shipped[1].values() for term in pack.terms for name in (term.name, *term.aliases)
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
    "-" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_find_nothing_and_break_nothing(
    shipped: tuple[Store, dict[str, Pack]], text: str
) -> None:
    assert finding.find(*shipped, text).mode == "none"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=30))
def test_any_text_is_answered(shipped: tuple[Store, dict[str, Pack]], text: str) -> None:
    for hit in finding.find(*shipped, text).hits:
        assert re.sub(r"\s", "", hit.text)
        assert all(0 <= begin < end <= len(hit.text) for begin, end in hit.spans)
