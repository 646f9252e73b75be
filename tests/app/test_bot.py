"""A fault of ours: an apology with a number, the trace in the log only, and nothing half written."""

import logging

import pytest
from conftest import NOW, Talk

from bot.app import Bot
from bot.commands.base import Command, Replies, Turn
from bot.commands.desk import Desk
from bot.messages import Incoming, bare
from bot.model import Complaint
from bot.store import Store, housekeeping, offers


def test_a_fault_is_an_apology_and_leaves_nothing(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.db.execute("DROP TABLE subscriptions")
    with caplog.at_level(logging.ERROR):
        (reply,) = Bot(store).answer(Incoming("terminal", "me", "me", "秘密的话", name="me"), NOW)
    number = bare(reply.text).split("编号 ")[1][:4]
    assert bare(reply.text).startswith("抱歉，这一步没办成，是我这边的问题，已记下（编号 ")
    assert number in caplog.text
    assert "秘密的话" not in caplog.text
    assert store.rows("SELECT * FROM members") == []


def test_without_a_pack_it_says_so(store: Store) -> None:
    (reply,) = Bot(store).answer(Incoming("terminal", "me", "me", "今日", name="me"), NOW)
    assert bare(reply.text) == "现在没有可学的内容，组织者正在准备。过些时候再来看，例如：/today"


def test_a_command_that_complains_leaves_nothing_written_but_its_offer(talk: Talk) -> None:
    def half(turn: Turn) -> Replies:
        housekeeping.put_fact(turn.store, "half", "written")
        raise Complaint("这一步做不了。请先看今天的，例如：今日", ("今日学习", "/half again"))

    bot = talk.bot
    bot.desk = Desk([Command("half", "", (), half)], lambda *_: [])
    (reply,) = bot.answer(Incoming("terminal", "小林", "小林", "/half", name="小林"), NOW)
    assert bare(reply.text) == "这一步做不了。请先看今天的，例如：今日"
    assert housekeeping.fact(talk.store, "half") == ""
    (who,) = talk.store.rows("SELECT id FROM members")
    assert offers.is_offered(talk.store, "terminal", "小林", who["id"], "/half again", NOW)
