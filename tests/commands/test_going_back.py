"""算了 after any question of the bot: what holds now is said, and nothing was done."""

import pytest
from conftest import NOW, SHIPPED, Talk, Write

from bot.messages import bare
from bot.store import members, subscriptions
from bot.study import shelf

NOTHING = "现在没有要取消的。不想再收推送，请发：退订"


def text(talk: Talk, says: str) -> str:
    return bare(talk.replies(says)[0].text)


def labels(talk: Talk, says: str) -> list[str]:
    return [b.label for b in talk.replies(says)[0].buttons]


@pytest.mark.parametrize("said", ["算了", "取消", "不用了。", "先算了", "没事"])
@pytest.mark.parametrize(
    ("asked", "question", "answer"),
    [
        ("订阅 8", "“8”是几点？", "好，没有改。"),
        ("订阅 25:61", "“25:61”不是一天里的时间。", "好，没有改。"),
        ("时间 隔天", "没看懂“隔天”是什么时候。", "好，没有改。"),
        ("9点半", "要改成每天 09:30（Asia/Shanghai）吗？", "好，没有改。"),
        ("停两周吧", "要停两周吗？", "好，照常推送。"),
        ("暂停 900", "暂停最长 365 天。", "好，照常推送。"),
        ("我想退订", "不想再收推送，请发：退订", "好，照常推送。"),
        ("搜索", "请写要找的词", "好，先不找。"),
        ("推送太早了", "没找到相关内容。", "好，没有改。"),
        ("文章 99", "没有第 99 篇，一共 5 篇。", "好，先不做。"),
    ],
)
def test_a_question_can_be_left(xiaolin: Talk, asked: str, question: str, answer: str, said: str) -> None:
    before = subscriptions.all_active(xiaolin.store)
    assert text(xiaolin, asked).startswith(question)
    assert text(xiaolin, said) == answer
    assert subscriptions.all_active(xiaolin.store) == before
    assert text(xiaolin, said) == NOTHING  # it is closed


@pytest.mark.parametrize("asked", ["订阅 8", "9点半", "怎么订阅"])
def test_who_has_not_subscribed_stays_so(talk: Talk, asked: str) -> None:
    talk.says("今日")
    talk.says(asked)
    assert text(talk, "算了") == "好，没有订阅。"
    assert labels(talk, asked)[0] != "算了"
    assert subscriptions.all_active(talk.store) == []


def test_a_report_can_be_left_and_the_question_stays(xiaolin: Talk) -> None:
    xiaolin.says("答题")
    xiaolin.says("不知道")
    assert text(xiaolin, "题目有误") == "这题哪里不对？"
    assert text(xiaolin, "取消") == "好，没有报。"
    assert labels(xiaolin, "题目有误") == ["答案不对", "题意不清", "与原文不符", "别的问题"]
    assert text(xiaolin, "别的问题").startswith("请用一句话说哪里不对")
    assert text(xiaolin, "算了") == "好，没有报。"
    assert text(xiaolin, "题目有误") == "这题哪里不对？"  # nobody was told


def test_the_last_question_is_left_first(xiaolin: Talk) -> None:
    xiaolin.says("答题")
    asked = text(xiaolin, "9点半")
    assert asked.startswith("要改成")
    assert text(xiaolin, "算了") == "好，没有改。"  # the last question, not the one before
    assert text(xiaolin, "算了").endswith("不答了，请发：结束")


def test_an_announcement_can_be_left_at_every_step(xiaolin: Talk) -> None:
    members.put_code(xiaolin.store, "claim", "AAAA-AAAA", 0, NOW.replace(year=2030))
    xiaolin.says("/claim AAAA-AAAA")
    assert text(xiaolin, "公告").startswith("请写公告内容")
    assert text(xiaolin, "取消") == "好，没有发。"
    assert text(xiaolin, "公告 明晚讨论").startswith("预览：")
    assert text(xiaolin, "取消") == "已取消，没有发出。"
    assert text(xiaolin, "取消") == NOTHING
    assert text(xiaolin, "导入").startswith("这里收不到文件")
    assert text(xiaolin, "算了") == "好，先不导入。"


def test_a_prompt_that_is_over_was_asked_all_the_same(xiaolin: Talk) -> None:
    xiaolin.says("改时间")
    xiaolin.later(minutes=7)
    assert text(xiaolin, "算了") == "好，没有改。"


def test_after_half_an_hour_nothing_is_asked_any_more(xiaolin: Talk) -> None:
    xiaolin.says("9点半")
    xiaolin.later(minutes=31)
    assert text(xiaolin, "算了") == NOTHING


def test_what_was_answered_is_not_asked_any_more(xiaolin: Talk) -> None:
    xiaolin.says("9点半")
    assert text(xiaolin, "改到 09:30").startswith("已改为：每天 09:30")
    assert text(xiaolin, "算了") == NOTHING


def test_what_is_said_holds_whatever_was_set(xiaolin: Talk) -> None:
    xiaolin.says("暂停 7")
    for asked in ("我想退订", "暂停 900", "还在暂停中吗"):
        xiaolin.says(asked)
        assert text(xiaolin, "算了") == "好，还停着。", asked
    xiaolin.says("恢复")
    xiaolin.says("继续推送啊")
    assert text(xiaolin, "算了") == "好，照常推送。"
    xiaolin.says("退订")
    xiaolin.says("我想退订")
    assert text(xiaolin, "算了") == "现在没有要取消的。"
    xiaolin.says("改时间")
    assert text(xiaolin, "算了") == "好，没有改。"


def test_a_link_to_another_pack_can_be_left(xiaolin: Talk, write_pack: Write) -> None:
    shelf.refresh(xiaolin.store, SHIPPED, write_pack().parent)
    assert text(xiaolin, "/start zhongcai").startswith("你正在学")
    assert text(xiaolin, "算了") == "好，没有换。"
