"""Yes and no to what the last reply asks: 好 presses its first button, 不用 leaves everything as it was."""

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Talk, Write
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import consent, desk
from bot.messages import Incoming, Reply, ask, bare
from bot.store import members, subscriptions
from bot.study import shelf


def text(talk: Talk, says: str) -> str:
    return bare(talk.replies(says)[0].text)


YES = [
    "好",
    "好的",
    "好的。",
    "要",
    "是",
    "是的",
    "嗯",
    "嗯嗯",
    "行",
    "可以",
    "OK",
    "ｙｅｓ",
    "對",
    "好，谢谢",
    "嗯，好的！",
    "改吧",
]
NO = [
    "不",
    "不用",
    "不用了，谢谢",
    "不要",
    "不了",
    "算了",
    "算了吧",
    "取消",
    "no",
    "先不改",
    "还是不用了",
    "不需要",
    "別",
    "不改了",
]


@pytest.mark.parametrize("said", YES)
def test_a_typed_yes_presses_the_button_that_says_so(talk: Talk, said: str) -> None:
    talk.says("早上八点")
    assert text(talk, said).startswith("已订阅：每天 08:00")
    talk.says("晚上9点")
    assert text(talk, said).startswith("已改为：每天 21:00")


@pytest.mark.parametrize("said", NO)
def test_a_typed_no_changes_nothing(talk: Talk, said: str) -> None:
    talk.says("早上八点")
    assert text(talk, said) == "好，没有订阅。"
    assert subscriptions.all_active(talk.store) == []
    talk.says("订阅 07:52")
    talk.says("晚上9点")
    assert text(talk, said) == "好，没有改。"
    assert not text(talk, "好").startswith("已改为")  # what was refused is not asked any more
    assert subscriptions.all_active(talk.store)[0].minute == 7 * 60 + 52


@pytest.mark.parametrize(
    ("begun", "done"),
    [
        ("我想订阅", "已订阅：每天 07:52"),
        ("请帮我订阅早上八点", "已订阅：每天 08:00"),
        ("订阅吧", "已订阅：每天 07:52"),
    ],
)
def test_every_way_of_asking_takes_a_yes(talk: Talk, begun: str, done: str) -> None:
    talk.says(begun)
    assert text(talk, "好").startswith(done)


def test_what_was_offered_in_other_words_takes_a_yes_too(xiaolin: Talk) -> None:
    xiaolin.says("停两周吧")
    assert text(xiaolin, "嗯").startswith("已暂停 14 天")
    xiaolin.says("帮我恢复吧")
    assert text(xiaolin, "要").startswith("已恢复")


def test_the_question_of_a_while_ago_is_not_answered(talk: Talk) -> None:
    talk.says("早上八点")
    talk.says("目录")
    for said in ("好", "要", "是", "不要"):
        assert "订阅" not in talk.says(said).split("\n")[0], said
    talk.says("早上八点")
    talk.later(minutes=31).says("好")
    assert subscriptions.all_active(talk.store) == []


def test_other_words_leave_the_question_open(talk: Talk) -> None:
    talk.says("早上八点")
    assert text(talk, "谢谢") == "不客气，随时来。"
    assert text(talk, "好").startswith("已订阅：每天 08:00")


@pytest.mark.parametrize(
    "said", ["好不好", "好像", "要点", "是什么", "对了", "不同", "不断", "可以吗", "行业", "要不"]
)
def test_words_that_only_begin_like_it_are_searched(talk: Talk, said: str) -> None:
    found = talk.says(said)
    talk.says("早上八点")
    assert talk.says(said) == found
    assert subscriptions.all_active(talk.store) == []


PARTS = st.sampled_from([*YES, *NO, "谢谢", "吧", "了", "，", "好", "不", "先", "吗", "再说"])


@given(st.lists(PARTS, min_size=1, max_size=4).map("".join))
def test_nothing_is_both_yes_and_no(said: str) -> None:
    assert not (consent.agrees(said) and consent.refuses(said))
    if "吗" in said:
        assert not consent.agrees(said)


@pytest.mark.parametrize("said", ["好", "行吧", "可以", "OK的", "嗯，好的", "是", "要", "没问题", "好的谢谢"])
def test_a_nod_where_nothing_is_asked_is_a_nod(xiaolin: Talk, said: str) -> None:
    xiaolin.says("今日")
    assert text(xiaolin, said) == "好，随时来。"


def test_a_bare_yes_or_no_is_not_looked_up_and_other_words_are(talk: Talk) -> None:
    """“良好的国际环境” stands in a text."""
    assert "好的”：1 处" in talk.says("搜索 好的")
    talk.says("今日")
    for said in ("好的", "好的。", "嗯，好的", "是", "要的", "可以"):
        assert text(talk, said) == "好，随时来。", said
    for said in ("不要", "不", "不用了"):
        assert text(talk, said) == "现在没有要取消的。", said
    for said in ("不同", "不断", "取得", "好转"):
        assert "没有要取消" not in talk.says(said), said


@pytest.mark.parametrize(
    "said", ["不用", "不要", "不", "不用了，谢谢", "先不了", "别", "算了", "不了", "取消"]
)
def test_a_no_where_nothing_is_asked_is_no_search(talk: Talk, said: str) -> None:
    talk.says("今日")
    assert text(talk, said) == "现在没有要取消的。"  # who has not subscribed has no push to end
    talk.says("订阅")
    assert text(talk, said) == "现在没有要取消的。不想再收推送，请发：退订"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("停吧", "停几天？"),
        ("订阅吧", "已经订阅了："),
        ("不订阅了", "没找到相关内容。不想再收推送，请发：退订"),
        ("别发了", "停几天？"),
        ("我不想再收推送了", "没找到相关内容。不想再收推送，请发：退订"),
    ],
)
def test_what_names_something_is_more_than_yes_or_no(xiaolin: Talk, said: str, answer: str) -> None:
    xiaolin.says("今日")
    assert text(xiaolin, said).startswith(answer)


# ---------------------------------------------------------------- what takes more than a nod


@pytest.mark.parametrize("said", ["嗯", "好", "好的", "要", "是"])
def test_a_nod_erases_nothing_and_leaves_nothing(xiaolin: Talk, said: str) -> None:
    xiaolin.says("清除数据")
    assert text(xiaolin, said) == "这一步要写全才算。要做，请发：全部删除；不做，请发：取消"
    assert text(xiaolin, said) == "这一步要写全才算。要做，请发：全部删除；不做，请发：取消"
    assert text(xiaolin, "不要") == "好，什么都没删。"
    xiaolin.says("退订吧")
    assert text(xiaolin, said) == "这一步要写全才算。要做，请发：退订；不做，请发：取消"
    assert text(xiaolin, "不用") == "好，照常推送。"
    assert len(subscriptions.all_active(xiaolin.store)) == 1
    xiaolin.says("清除数据")
    xiaolin.says(said)
    assert text(xiaolin, "全部删除").startswith("已全部删除")


def test_an_announcement_goes_out_by_its_own_words_only(xiaolin: Talk) -> None:
    teacher = Talk(xiaolin.store, xiaolin.now, "王老师")
    members.put_code(teacher.store, "claim", "4F7Q-92KD", 0, teacher.now + timedelta(hours=24))
    teacher.says("/claim 4F7Q-92KD")
    teacher.says("公告 明晚七点讨论")
    assert text(teacher, "好的") == "这一步要写全才算。要做，请发：发给 1 人；不做，请发：取消"
    assert text(teacher, "不用了") == "已取消，没有发出。"
    teacher.says("公告 明晚七点讨论")
    teacher.says("嗯")
    assert text(teacher, "发给 1 人") == "正在发：0/1"


@pytest.mark.parametrize(
    "says", ["/forgetme ok abcdef", "/announce ok 1 abcdef", "/unsubscribe", "/forgetme"]
)
def test_whatever_asks_no_nod_reaches_a_costly_button(xiaolin: Talk, says: str) -> None:
    object.__setattr__(xiaolin.settings, "organisers", ("terminal:小林",))
    turn = xiaolin.bot._turn(Incoming("terminal", "小林", "小林", ""), xiaolin.now)
    (reply,) = desk().offered(turn, [ask("要做吗？", ("做", says))])
    assert reply.yes
    for said in YES:
        assert text(xiaolin, said) == "这一步要写全才算。要做，请发：做；不做，请发：取消", said
    assert len(subscriptions.all_active(xiaolin.store)) == 1


def test_a_question_whose_yes_is_not_built_is_none(talk: Talk) -> None:
    turn = talk.bot._turn(Incoming("terminal", "小林", "小林", ""), talk.now)
    desk().offered(turn, [ask("要做吗？", ("做", "/nowhere 1"), ("订阅", "/subscribe"))])
    assert "订阅" not in talk.says("嗯")
    assert subscriptions.all_active(talk.store) == []


@pytest.mark.parametrize(
    ("begun", "answer"), [("改时间", "好，没有改。"), ("暂停", "好，照常推送。"), ("时区", "好，没有改。")]
)
def test_what_waits_for_a_text_takes_a_no_as_well(xiaolin: Talk, begun: str, answer: str) -> None:
    for said in ("不用", "不改", "先不了", "不用了，谢谢"):
        xiaolin.says(begun)
        assert text(xiaolin, said) == answer, said


@pytest.mark.parametrize(
    ("begun", "said", "answer"),
    [
        ("暂停", "好", "没看懂“好”是几天。请写 1 到 365，例如：/pause 7"),
        ("改时间", "行吧", "没看懂“行吧”是什么时候。请写日子或几点，例如：/time 工作日 07:52"),
        ("时区", "嗯", "没找到时区“嗯”。请写大城市或标准名，例如：/time Asia/Tokyo"),
    ],
)
def test_a_nod_to_what_waits_for_a_text_is_asked_back(
    xiaolin: Talk, begun: str, said: str, answer: str
) -> None:
    """好 alone would sound as if it were done."""
    xiaolin.says(begun)
    assert text(xiaolin, said) == answer
    assert text(xiaolin, "谢谢") == "不客气，随时来。"
    assert text(xiaolin, "算了") in {"好，照常推送。", "好，没有改。"}


def test_an_open_question_of_a_quiz_keeps_its_own_yes_and_no(talk: Talk) -> None:
    for said, verdict in (
        ("是", "✅ 回答正确：对"),
        ("不是", "❌ 正确答案：对（你选错）"),
        ("否", "❌ 正确答案：对"),
    ):
        talk.says("/quiz q005")
        assert text(talk, said).startswith(verdict), said


# ---------------------------------------------------------------- groups, packs


def in_group(talk: Talk, says: str, to: Reply | None, admin: bool = True) -> list[Reply]:
    more = {"reply_to": "5", "offered": to.rows} if to else {}
    return talk.in_group(says, admin=admin, **more)


def test_in_a_group_a_yes_is_a_reply_to_the_question(talk: Talk) -> None:
    (question,) = in_group(talk, "早上八点", None)
    assert bare(question.text).startswith("要订阅吗？")
    other = Talk(talk.store, talk.now, "小张")
    assert not bare(in_group(other, "好", question, admin=False)[0].text).startswith("本群已订阅")
    assert bare(in_group(talk, "好", question)[0].text).startswith("本群已订阅：每天 08:00")


def test_a_link_to_another_pack_can_be_left(xiaolin: Talk, write_pack: Write) -> None:
    shelf.refresh(xiaolin.store, write_pack().parent)
    xiaolin.says("/start zhongcai")
    assert text(xiaolin, "不换").startswith("新质生产力：五篇材料三十天")
    xiaolin.says("/start zhongcai")
    assert text(xiaolin, "好").startswith("已换成《种菜三课》")


def test_every_question_with_a_yes_is_marked_as_one(talk: Talk) -> None:
    """Whatever ends in 吗？ and has buttons takes 好."""
    turn = talk.bot._turn(Incoming("terminal", "小林", "小林", ""), talk.now)
    seen = 0
    for said in ("早上八点", "我想订阅", "请帮我订阅早上八点", "07:52", "能不能订阅"):
        for reply in talk.replies(said):
            if "吗？" in bare(reply.text):
                seen += 1
                assert reply.yes, said
    assert seen == 5
    folder = Path(consent.__file__).parent
    written = [path.name for path in folder.glob("*.py") if "吗？" in path.read_text(encoding="utf-8")]
    assert written == ["everyday.py"], "a new question: let it be made by `ask`, and try it above"
    assert turn.private
