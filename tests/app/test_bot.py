"""A fault of ours: an apology with a number, the trace in the log only, and nothing half written."""

import logging

import pytest
from conftest import NOW

from bot.app import Bot
from bot.messages import Incoming, bare
from bot.store import Store


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
    assert bare(reply.text) == "现在没有可学的内容，组织者正在准备。上好后会按 07:52（Asia/Shanghai）推送。"
