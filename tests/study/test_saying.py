"""What people say around an answer: taken off where it stands around one, and never taken for one."""

import re

import pytest
from conftest import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from bot.fold import fold
from bot.model import Question
from bot.packs.read import read_pack
from bot.study import marking, saying
from bot.study.marking import LETTERS, Misread

LEADS = ["", "我觉得", "我觉得是", "我选", "选", "答", "答案是", "应该是", "是不是", "我猜是", "可能是", "我想选", "就选", "我認為是", "應該選", "我的答案是", "选项"]  # fmt: skip
TAILS = ["", "吧", "？", "。", "对吗", " 对吗？", "吗?", "吧！", "啊", "对吧？", "呀", "對不對？"]
FOUR = Question("q1", 1, "single", "?", "a1", "x", options=("甲", "乙", "丙", "丁"), right=(1,))
MANY = Question("q1", 1, "multi", "?", "a1", "x", options=("甲", "乙", "丙", "丁"), right=(1, 2))
ORDER = Question("q1", 1, "order", "?", "a1", "x", options=("甲", "乙", "丙", "丁"))
IN_TURN = [
    ("", "", ""),
    ("、", "、", "、"),
    ("先", "再", "然后"),
    ("首先", "，然后", "，最后"),
    ("", "再", "再"),
    ("最先", "后", "最后"),
]
PACK, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
TEXTS = [block.text for article in PACK.articles for block in article.blocks] if PACK else []
WORDS = sorted({word for text in TEXTS for word in re.findall("[一-鿿]{2,6}", text)})


def blank(*right: str) -> Question:
    return Question("q3", 1, "fill", "____", "a1", "x", blanks=(right,))


@given(st.sampled_from(LEADS), st.sampled_from(LETTERS[:4]), st.sampled_from(TAILS), st.booleans())
def test_a_letter_is_the_same_whatever_is_said_around_it(
    lead: str, letter: str, tail: str, low: bool
) -> None:
    said = f"{lead}{letter.lower() if low else letter}{tail}"
    assert marking.read(FOUR, (0, 1, 2, 3), said) == letter
    assert saying.lone(said) == letter


@given(
    st.sampled_from(LEADS),
    st.sampled_from(["", "和", "、", " 跟 "]),
    st.sampled_from(["", "都对", "都是对的", *TAILS]),
)
def test_so_are_several(lead: str, between: str, tail: str) -> None:
    assert marking.read(MANY, (0, 1, 2, 3), f"{lead}B{between}C{tail}") == "BC"


@given(st.permutations("1234"), st.sampled_from(IN_TURN), st.sampled_from(["", "吧", "？", "。", "对吗"]))
def test_an_order_is_the_same_however_it_is_told(
    order: list[str], words: tuple[str, str, str], tail: str
) -> None:
    a, b, c, d = order
    said = f"{words[0]}{a}{words[1]}{b}{words[1]}{c}{words[2]}{d}{tail}"
    assert marking.read(ORDER, (0, 1, 2, 3), said) == "".join(order)


@given(
    st.sampled_from(LEADS[:-1]),
    st.sampled_from(WORDS),
    st.sampled_from(TAILS),
)
def test_a_word_is_right_whatever_is_said_around_it(lead: str, word: str, tail: str) -> None:
    question = blank(word)
    token = marking.read(question, (), f"{lead}{word}{tail}")
    assert token is not None
    assert marking.is_right(question, (), token)


@given(st.sampled_from(WORDS), st.sampled_from(LEADS), st.sampled_from(WORDS), st.sampled_from(TAILS))
def test_no_text_becomes_right_that_lacks_the_answer(word: str, lead: str, other: str, tail: str) -> None:
    question = blank(word)
    try:
        token = marking.read(question, (), f"{lead}{other}{tail}")
    except Misread:
        return
    if token is not None and token != marking.UNKNOWN and marking.is_right(question, (), token):
        assert word in fold(f"{lead}{other}{tail}")


@given(
    st.lists(st.sampled_from(WORDS), min_size=4, max_size=4, unique=True),
    st.sampled_from(LEADS[:-1]),
    st.sampled_from(TAILS),
    st.integers(0, 3),
)
def test_an_option_may_be_told_by_its_words(words: list[str], lead: str, tail: str, n: int) -> None:
    question = Question("q1", 1, "single", "?", "a1", "x", options=tuple(words), right=(0,))
    assert marking.read(question, (0, 1, 2, 3), f"{lead}{words[n]}{tail}") == LETTERS[n]


@given(st.sampled_from(TEXTS), st.integers(0, 400), st.integers(2, 9))
def test_no_piece_of_the_texts_is_taken_for_a_letter(block: str, at: int, size: int) -> None:
    piece = block[at % len(block) :][:size].strip()
    assert not saying.lone(piece) or len(piece) == 1
    assert not saying.another(piece)


@given(st.sampled_from(WORDS))
def test_a_word_of_the_texts_is_no_sigh(word: str) -> None:
    assert not saying.at_a_loss(word)
    assert not saying.unready(word)


@pytest.mark.parametrize(
    "said", ["不会吧", "难题", "答案集", "不过", "过去", "忘我", "跳过程序", "不知道的事", "看答案的人"]
)
def test_what_only_begins_like_a_sigh(said: str) -> None:
    assert not saying.at_a_loss(said)


@pytest.mark.parametrize(
    "said", ["我" * 5000, "真的" * 3000 + "x", "吗" * 4000 + "x", "对吗" * 3000, "我觉得应该" * 900]
)
def test_a_long_text_costs_nothing(said: str) -> None:
    assert marking.read(FOUR, (0, 1, 2, 3), said) is None
    assert not saying.at_a_loss(said)
    assert saying.words(said) == ([said], said)
