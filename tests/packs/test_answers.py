"""A changed answer needs a new id: people's memory and their record hang on it. Checked against a real store."""

from pathlib import Path

import pytest
from conftest import FILES, Write
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Problem, Question
from bot.packs.answers import answer_key, answer_keys, same_answer
from bot.packs.read import read_pack
from bot.packs.rhythm import rhythm
from bot.store import Store
from bot.study import shelf

QUIZ = FILES["quiz.md"]
ALL = (
    "## q001\n文章: a1\n题: 什么时候？\n- [ ] 雨刚停\n- [x] 雨后两三天\n- [ ] 雨前\n依据: 雨后两三天\n\n"
    "## q002\n文章: a1\n题: 追肥要少量多次。\n答: 对\n依据: 追肥少量多次\n\n"
    "## q003\n文章: a1\n题: 追肥要____，底肥要____。\n答: 少量多次|少量 多次、一次给足\n依据: 追肥少量多次\n\n"
    "## q004\n文章: a1\n题: 排一排。\n排序:\n1. 下雨\n2. 等两三天\n3. 翻土\n依据: 雨后两三天\n\n"
    "## q005\n文章: a1\n题: 连一连。\n配对:\n- 底肥 = 一次给足\n- 追肥 = 少量多次\n- 翻土 = 雨后两三天\n依据: 底肥一次给足\n\n"
    "## q006\n文章: a1\n题: 哪几样？\n- [x] 底肥\n- [x] 追肥\n- [ ] 秧苗\n依据: 底肥一次给足\n"
)


def against(write_pack: Write, old: str, new: str) -> tuple[Problem, ...]:
    pack, problems = read_pack(write_pack({"quiz.md": old}))
    assert pack is not None
    assert problems == ()
    return read_pack(write_pack({"quiz.md": new}), answer_keys(pack))[1]


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("- [ ] 雨刚停\n- [x] 雨后两三天", "- [x] 雨刚停\n- [ ] 雨后两三天", 3, "题 q001 的答案改了，原来有“雨后两三天”。"),
        ("[x] 雨后两三天", "[x] 雨后三四天", 3, "题 q001 的答案改了，原来有“雨后两三天”。"),
        ("[ ] 雨前", "[x] 雨前", 3, "题 q001 的题型从单选改成了多选。"),
        ("答: 对", "答: 错", 12, "题 q002 的答案从“对”改成了“错”。"),
        ("、一次给足", "、两次给足", 18, "题 q003 的答案改了，原来有“一次给足”。"),
        ("，底肥要____。\n答: 少量多次|少量 多次、一次给足", "。\n答: 少量多次|少量 多次", 18, "题 q003 的答案改了，原来有“一次给足”。"),
        ("1. 下雨\n2. 等两三天", "1. 等两三天\n2. 下雨", 24, "题 q004 的答案改了。"),
        ("- 底肥 = 一次给足\n- 追肥 = 少量多次", "- 底肥 = 少量多次\n- 追肥 = 一次给足", 33, "题 q005 的答案改了，原来有“底肥=一次给足”。"),
        ("[x] 追肥", "[ ] 追肥", 41, "题 q006 的题型从多选改成了单选。"),
        ("- [x] 追肥\n- [ ] 秧苗", "- [ ] 追肥\n- [x] 秧苗", 41, "题 q006 的答案改了，原来有“追肥”。"),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_changed_answer_is_an_error(
    write_pack: Write, old: str, new: str, line: int, sentence: str
) -> None:
    assert old in ALL
    rest = "大家的记录记在题号上，请换一个新题号，例如：## q007"
    assert against(write_pack, ALL, ALL.replace(old, new)) == (Problem("quiz.md", line, sentence + rest),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- [ ] 雨刚停\n- [x] 雨后两三天", "- [x] 雨后 两三天\n- [ ] 雨刚停"),  # options in another order
        ("[ ] 雨刚停", "[ ] 雨还没停"),  # a wrong option
        ("什么时候？", "翻土挑什么时候？"),
        ("少量多次|少量 多次、", "多次少量|少量多次、"),  # one more spelling, even as the first
        ("- 底肥 = 一次给足\n- 追肥 = 少量多次", "- 追肥 = “少量多次”\n- 底肥 = 一次给足"),
        ("- [x] 底肥\n- [x] 追肥", "- [x] 追肥\n- [x] 底肥。"),
        ("## q002", "## q009"),  # a new id for a changed question, as it should be
        ("答: 对\n", "答: 错\n停用: 是\n"),
    ],
    ids=range(8),
)
def test_what_is_no_changed_answer(write_pack: Write, old: str, new: str) -> None:
    assert old in ALL
    assert against(write_pack, ALL, ALL.replace(old, new)) == ()


def refreshed(store: Store, root: Path) -> list[str]:
    return [str(problem) for problem in shelf.refresh(store, root).get("zhongcai", ())]


def test_the_shelf_keeps_the_old_pack_and_says_why(store: Store, write_pack: Write) -> None:
    root = write_pack().parent
    assert refreshed(store, root) == []
    before = shelf.packs(store)
    write_pack({"quiz.md": QUIZ.replace("答: 对", "答: 错")})
    assert refreshed(store, root) == [
        "quiz.md:12: 错误：题 q002 的答案从“对”改成了“错”。大家的记录记在题号上，请换一个新题号，例如：## q003"
    ]
    assert shelf.packs(store) == before
    write_pack({"quiz.md": QUIZ.replace("答: 对", "答: 错").replace("q002", "q003")})
    assert refreshed(store, root) == []
    assert [q.id for q in shelf.packs(store)["zhongcai"].questions] == ["q001", "q003"]


def test_the_id_of_a_retired_question_is_not_given_to_another(store: Store, write_pack: Write) -> None:
    root = write_pack().parent
    refreshed(store, root)
    write_pack({"quiz.md": QUIZ[: QUIZ.index("## q002")]})
    assert refreshed(store, root) == []
    write_pack({"quiz.md": QUIZ.replace("答: 对", "答: 错")})
    assert "题 q002 的答案从“对”改成了“错”" in refreshed(store, root)[0]
    write_pack()
    assert refreshed(store, root) == []


# ---------------------------------------------------------------- whatever is written

TEXT = st.text(st.sampled_from("甲乙“”，。 　ＡaＢb1-=、"), min_size=1, max_size=6)
QUESTIONS = st.one_of(
    st.builds(
        lambda options, right: Question(
            "q1", 1, "single", "？", "a1", "依", options=options, right=(right % len(options),)
        ),
        st.lists(TEXT, min_size=2, max_size=4).map(tuple),
        st.integers(0, 3),
    ),
    st.builds(
        lambda blanks: Question("q1", 1, "fill", "？", "a1", "依", blanks=blanks),
        st.lists(st.lists(TEXT, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        lambda pairs: Question("q1", 1, "match", "？", "a1", "依", pairs=pairs),
        st.lists(st.tuples(TEXT, TEXT), min_size=3, max_size=4).map(tuple),
    ),
    st.builds(
        lambda options: Question("q1", 1, "order", "？", "a1", "依", options=options),
        st.lists(TEXT, min_size=3, max_size=4).map(tuple),
    ),
)


@given(QUESTIONS)
def test_a_question_has_the_answer_it_has(question: Question) -> None:
    assert same_answer(answer_key(question), question)


@given(st.text(st.sampled_from("每天日工作周一二三到、至末 星期和每隔7"), max_size=8))
def test_days_are_understood_or_not_but_never_a_fault(text: str) -> None:
    days = rhythm(text)
    assert days is None or days.weekdays
