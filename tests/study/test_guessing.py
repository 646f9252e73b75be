"""Guesses: what was meant is found, labelled as a guess, and never in the way of an exact hit."""

from collections.abc import Iterator

import pytest
from conftest import NOW, SHIPPED

from bot.model import Article, Block, Pack, Term
from bot.store import Store, library, open_reader, open_store, upkeep, vocabulary
from bot.study import finding, guessing, shelf
from bot.study.finding import Found, Search

Shelf = tuple[Store, Search]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The shipped packs through the read-only connection that guesses are made on."""
    folder = tmp_path_factory.mktemp("data")
    store = open_store(folder, NOW)
    shelf.refresh(store, SHIPPED)
    upkeep.catch_up(store, 60)
    reader = open_reader(folder)
    yield reader, Search(shelf.packs(store))
    reader.close()
    store.close()


def asked(shipped: Shelf, text: str) -> Found:
    store, what = shipped
    assert finding.find(store, what, text).mode == "none"
    return guessing.guess(store, what, text, [t for p in what.packs.values() for t in p.terms])


@pytest.mark.parametrize(
    ("text", "how", "guess"),
    [
        ("keji zili", "pinyin", "科技自立"),
        ("kejizili", "pinyin", "科技自立"),
        ("KEJIZILI", "pinyin", "科技自立"),
        ("kējì zìlì", "pinyin", "科技自立"),
        ("keji'zili", "pinyin", "科技自立"),
        ("科技zili", "pinyin", "科技自立"),
        ("lvse", "pinyin", "绿色"),
        ("kjzlzq", "initials", "科技自立自强"),
        ("科技自力自强", "sound", "科技自立自强"),
        ("科技自力自彊", "sound", "科技自立自强"),
        ("头燕", "sound", "头雁"),
        ("新制", "sound", "新质"),
        ("生产里", "sound", "生产力"),
        ("全要素生产力", "near", "全要素生产率"),
        ("全要素生率", "near", "全要素生产率"),
        ("全要素的生产率", "near", "全要素生产率"),
        ("新质生产力的核心标志是什么", "words", "核心标志"),
        ("请问什么是打通堵点卡点？", "words", "打通堵点卡点"),
        ("B 江苏代表团", "words", "江苏代表团"),
        ("b江苏代表团", "words", "江苏代表团"),
        ("科技自立 目强", "near", "科技自立自强"),
        ("TFP", "term", "全要素生产率"),
        ("全要素生产力 核心标志", "near", "全要素生产率 核心标志"),
    ],
)
def test_what_was_meant(shipped: Shelf, text: str, how: str, guess: str) -> None:
    found = asked(shipped, text)
    assert (found.mode, found.how, found.guess) == ("guess", how, guess)
    assert found.total
    assert found.hits[0].spans


def test_words_that_only_an_article_unites(shipped: Shelf) -> None:
    found = asked(shipped, "跟跑 青年")
    assert (found.how, found.guess, found.articles) == ("article", None, 1)
    assert {hit.text[b:e] for hit in found.hits for b, e in hit.spans} == {"跟跑", "青年"}
    store, what = shipped
    second = guessing.guess(store, Search(what.packs, start=1, count=1), "跟跑 青年")
    assert second.hits == found.hits[1:2]
    assert second.total == found.total


@pytest.mark.parametrize("text", ["断开", "第一次", "大集体", "盥洗室", "行李车"])
def test_what_cuts_through_words_or_shares_no_character_is_no_guess(shipped: Shelf, text: str) -> None:
    assert asked(shipped, text).mode == "none"


@pytest.mark.parametrize(
    "text", ["微信", "火星", "不要", "手机", "继续", "不行", "语音", "提交", "登录", "再见", "北京", "原因"]
)
def test_two_characters_are_not_misheard_by_rare_readings_or_pieces_of_words(
    shipped: Shelf, text: str
) -> None:
    assert asked(shipped, text).mode == "none"


@pytest.mark.parametrize(
    "text",
    [
        "碳中和",
        "你能做什么",
        "那该怎么办",
        "今天天气怎么样",
        "hello",
        "abc",
        "/foo",
        "q",
        "龘龘",
        "你好吗",
        "12345",
        "zzzzzz",
        "x" * 200,
    ],
)
def test_what_means_nothing_here(shipped: Shelf, text: str) -> None:
    assert asked(shipped, text).mode == "none"


def test_pinyin_has_several_meanings_the_most_frequent_first(store: Store) -> None:
    texts = ("实力强。", "实力够。", "势力大。", "事例多。")
    library.put(
        store, Pack("p", "组", (Article("a1", 1, "甲", tuple(Block("para", t) for t in texts)),), ()), ""
    )
    upkeep.catch_up(store, 60)
    found = guessing.guess(store, Search(shelf.packs(store)), "shili")
    assert (found.guess, set(found.others)) == ("实力", {"势力", "事例"})


def test_the_vocabulary_follows_the_library(store: Store) -> None:
    def put(text: str) -> None:
        library.put(
            store, Pack("p", "组", (Article("a1", 1, "甲", (Block("para", text),)),), (), digest=text), ""
        )

    put("深翻")
    assert vocabulary.behind(store)
    guessing.prepare(store, 60)
    assert not vocabulary.behind(store)
    assert [pair.text for pair in vocabulary.sounding(store, ["shen fan"])] == ["深翻"]
    put("浇水")
    guessing.prepare(store, 60)
    assert vocabulary.sounding(store, ["shen fan"]) == []
    assert [pair.text for pair in vocabulary.beginning(store, "js")] == ["浇水"]
    assert vocabulary.size(store) == 1


def test_a_name_of_a_term_that_stands_nowhere_is_no_guess(shipped: Shelf) -> None:
    store, what = shipped
    assert guessing.guess(store, what, "甲乙", [Term("t1", 1, "丙丁戊己", "…", ("甲乙",))]).mode == "none"
