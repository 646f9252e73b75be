"""Who has never been welcomed is: whatever he said before, and again after everything was erased."""

import pytest
from conftest import Talk

from bot.messages import bare

HELLO = "你好，我是每日一学：每天送一段，两分钟读完。\n"
AGAIN = "欢迎回来。"


@pytest.mark.parametrize("before", ["今天天气怎么样", "今日", "目录", "/search 质", "帮助", "/start abc"])
def test_another_word_first_is_no_welcome(talk: Talk, before: str) -> None:
    talk.says(before)
    assert talk.says("你好").startswith(HELLO)
    assert talk.says("你好").startswith(AGAIN)


def test_who_was_only_met_in_a_group(talk: Talk) -> None:
    talk.in_group("/today")
    talk.in_group("/read c01", pressed="1")
    start = {"channel": "telegram", "chat": "小林"}
    assert bare(talk.replies("/start", **start)[0].text).startswith(HELLO)
    assert bare(talk.replies("/start", **start)[0].text).startswith(AGAIN)


def test_who_subscribed_without_a_greeting_is_no_newcomer(talk: Talk) -> None:
    talk.says("订阅")
    assert talk.says("你好").startswith(AGAIN)
    talk.says("退订")
    assert talk.says("你好").startswith(AGAIN)


def test_after_erasing_one_is_new(talk: Talk) -> None:
    talk.says("你好")
    talk.says("订阅")
    talk.says("清除数据")
    assert talk.says("全部删除").startswith("已全部删除。")
    assert talk.says("真的删了？")
    assert talk.says("开始").startswith(HELLO)
    assert talk.says("开始").startswith(AGAIN)


def test_a_link_is_a_welcome_too(talk: Talk) -> None:
    talk.says("今日")
    assert talk.says("/start xinzhi-shengchanli").startswith("你好，我是每日一学。这个链接对应")
    assert talk.says("你好").startswith(AGAIN)
