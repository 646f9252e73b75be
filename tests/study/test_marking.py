"""Answers as people write them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Question
from bot.study import marking
from bot.study.marking import Misread

FOUR = Question("q1", 1, "single", "?", "a1", "x", options=("甲", "乙方案", "丙", "丁"), right=(1,))
MANY = replace(FOUR, kind="multi", right=(0, 2))
TRUE = Question("q2", 1, "bool", "?", "a1", "x", options=("对", "错"), right=(0,))
TWO = Question("q3", 1, "fill", "____，____", "a1", "x", blanks=(("改革", "改 革"), ("1 到 100",)))
ONE = replace(TWO, blanks=(("碳中和",),))
ORDER = Question("q4", 1, "order", "?", "a1", "x", options=("一", "二", "三"))
MATCH = Question("q5", 1, "match", "?", "a1", "x", pairs=(("a", "1"), ("b", "2"), ("c", "3")))


def read(question: Question, text: str) -> str | None:
    count = len(question.pairs) or len(question.options)
    return marking.read(question, tuple(range(count)), text)


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "Ｂ",
        "2",
        "２",
        "选B",
        "B。",
        "第二个",
        "第2个",
        "我选B",
        "答案是B",
        "B吧",
        "乙方案",
        "选乙方案",
        "b，",
        *(
            "B 乙方案",
            " B ",
            "選Ｂ",
            "第二",
            "应该是乙方案吧",
            "答案是乙方案",
            "是不是乙方案？",
            "我選乙方案",
        ),
    ],
)
def test_single(text: str) -> None:
    assert read(FOUR, text) == "B"


@pytest.mark.parametrize(
    "text",
    [
        "AC",
        "a，c",
        "选A和C",
        "13",
        "A C",
        "AC。",
        "ＡＣ",
        "CA",
        "A、C",
        "A，C。",
        "我选 a 跟 c",
        "1、3",
        "甲、丙",
        "第一个和第三个",
    ],
)
def test_multi(text: str) -> None:
    assert read(MANY, text) == "AC"


@pytest.mark.parametrize(
    ("question", "text", "why"),
    [
        (FOUR, "F", "range"),
        (FOUR, "8", "range"),
        (FOUR, "9", "range"),
        (FOUR, "AC", "one"),
        (FOUR, "第五个", "range"),
        (MANY, "AF", "range"),
        (TRUE, "C", "bool"),
        (ORDER, "12", "order"),
        (ORDER, "1233", "order"),
        (ORDER, "4", "order"),
        (MATCH, "A1 B2", "match"),
        (MATCH, "A1 B1 C2", "match"),
        (MATCH, "D", "match"),
        (TWO, "改革", "count"),
        (ONE, "碳中和、碳达峰", "count"),
        (ONE, "甲，乙", "count"),
        (ONE, "甲; 乙；丙", "count"),
        (ONE, "字" * 201, "long"),
    ],
)
def test_the_wrong_form(question: Question, text: str, why: str) -> None:
    with pytest.raises(Misread) as raised:
        read(question, text)
    assert raised.value.why == why


@pytest.mark.parametrize(
    "text", ["核心标志", "今天天气怎么样", "AI", "", "选", "A 还是 B", "😀", "B计划怎么样"]
)
def test_what_is_no_answer(text: str) -> None:
    assert read(FOUR, text) is None
    assert read(TRUE, text) is None


def test_true_and_false() -> None:
    for text in ["对", "√", "是", "A", "1", "对。", "正确", "✓"]:
        assert read(TRUE, text) == "A", text
    for text in ["错", "×", "否", "B", "2", "错误", "不对", "✗", "选错"]:
        assert read(TRUE, text) == "B", text


def test_order_and_match() -> None:
    for text in ("213", "2 1 3", "2，1，3", "2>1>3", "二一三", "2 › 1 › 3", "bac"):
        assert read(ORDER, text) == "213", text
    for text in (
        "A2 B1 C3",
        "a2b1c3",
        "A-2，B-1，C-3",
        "B1 A2 C3",
        "213",
        "A：2 B：1 C：3",
        "A配2 B配1 C配3",
    ):
        assert read(MATCH, text) == "A2B1C3", text


def test_blanks() -> None:
    order = ()
    for text in ("改革、1 到 100", "改革，１到１００", "改革 1到100", "“改革”、1—到—100。"):
        token = read(TWO, text)
        assert token is not None
        assert marking.is_right(TWO, order, token), text
    assert not marking.is_right(TWO, order, "改革、1 到 10")
    assert marking.is_right(ONE, order, "碳 中和。")
    assert read(ONE, "不知道") == "?"
    for text in ("碳中和、", "、碳中和", "碳 中和", "碳中和，", "1,000", "甲/乙", "甲 乙"):
        assert read(ONE, text) == text  # one word, whatever else is wrong with it
    assert (
        read(replace(ONE, blanks=(("堵点卡点",),)), "堵点、卡点") == "堵点、卡点"
    )  # the whole is the answer
    listed = replace(ONE, blanks=(("教育、科技、人才", "三位一体"),))
    for text in ("教育、科技、人才", "教育，科技，人才", "科技、教育"):  # an answer that is a list itself
        assert read(listed, text) == text
    assert marking.is_right(listed, (), "教育，科技，人才")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for question in (FOUR, MANY, TRUE, TWO, ONE, ORDER, MATCH):
        try:
            token = read(question, text)
        except Misread:
            continue
        assert token is None or isinstance(marking.is_right(question, (0, 1, 2), token), bool)


@given(
    st.sampled_from(["single", "multi", "order", "match"]),
    st.integers(2, 8),
    st.integers(0, 5),
    st.text(max_size=4),
)
def test_the_key_is_right_and_the_example_never(kind: str, count: int, times: int, id_: str) -> None:
    count = min(count, 6) if kind in {"order", "match"} else count
    count = max(count, 3)
    names = tuple(map(str, range(count)))
    right = (0,) if kind == "single" else (0, count - 1)
    question = Question(
        id_, 1, kind, "?", "a1", "x", options=names, right=right, pairs=tuple(zip(names, names, strict=True))
    )  # type: ignore[arg-type]
    order = marking.shuffle(question, times)
    assert sorted(order) == list(range(count))
    key = marking.key(question, order)
    assert marking.is_right(question, order, key)
    if kind != "single":
        example = marking.example(question, order).replace(" ", "")
        assert example != key
        assert marking.read(question, order, example) == example
    if kind in {"order", "match"}:
        assert order != tuple(range(count))
    assert order == marking.shuffle(question, times)


@given(st.text(alphabet="ABCDEF123456-", max_size=9))
def test_picks_stay_picks(token: str) -> None:
    for question in (MANY, ORDER, MATCH):
        order = tuple(range(3))
        found = marking.picked(question, order, token)
        if found is None:
            continue
        again = marking.picked(
            question, order, (found.token or "-") + found.left if found.token else found.left or "-"
        )
        assert again == found
        if found.whole and question.kind != "multi":
            assert marking.read(question, order, found.token) == found.token
