"""People's data: exported whole, erased whole, and a confirmation that cannot be forged."""

import json
from pathlib import Path

import pytest
from conftest import SHIPPED, Talk

from bot.commands.base import Settings
from bot.messages import bare
from bot.store import Store, members
from bot.store.members import PERSONAL
from bot.study import shelf


@pytest.fixture
def full(store: Store, tmp_path: Path) -> Talk:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    talk.settings = Settings(data=tmp_path)
    talk.says("订阅")
    talk.says("已读")
    talk.says("/fav c01")
    talk.says("文章 2")
    talk.says("/claim 1111-1111")
    return talk


def test_everything_is_exported(full: Talk, tmp_path: Path) -> None:
    (reply,) = full.replies("我的数据")
    assert bare(reply.text) == (
        "这是你在这里的全部数据：设置、1 张卡片的送达和已读、1 张收藏。\n"
        "聊天原文不进日志；网页为了刷新后还能看，另存最近的对话。"
    )
    as_json, as_html = map(Path, reply.documents)
    assert (as_json.name, as_html.name) == ("小林.json", "小林.html")
    kept = json.loads(as_json.read_text("utf-8"))
    assert kept["favourites"][0]["card"] == "c01"
    assert kept["deliveries"][0]["state"] == "sent"
    assert "c01" in as_html.read_text("utf-8")


def test_names_do_no_harm(store: Store, tmp_path: Path) -> None:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store, name="../<script>alert(1)</script>")
    talk.settings = Settings(data=tmp_path)
    (reply,) = talk.replies("/mydata")
    page = Path(reply.documents[1])
    assert page.resolve().is_relative_to(tmp_path)
    assert "<script>" not in page.read_text("utf-8")


def test_everything_is_erased(full: Talk, tmp_path: Path) -> None:
    full.replies("我的数据")
    who = members.known(full.store, "terminal", "小林")
    assert who is not None
    (ask,) = full.replies("清除数据")
    assert [b.label for b in ask.buttons] == ["全部删除", "先导出", "不删"]
    (done,) = full.replies(ask.buttons[0].says)
    assert bare(done.text) == "已全部删除。想重新开始，请发：开始"
    for table, column in PERSONAL.items():
        assert full.store.rows(f'SELECT 1 FROM {table} WHERE "{column}" = ?', who.id) == [], table
    for table in ("subscriptions", "assigned", "deliveries", "history"):
        assert full.store.rows(f"SELECT 1 FROM {table}") == [], table
    assert list((tmp_path / "exports").iterdir()) == []
    assert full.says("开始").startswith("你好，我是每日一学")


def test_erasing_cannot_be_forged(full: Talk) -> None:
    (ask,) = full.replies("清除数据")
    other = Talk(full.store, name="小张")
    assert bare(other.replies(ask.buttons[0].says)[0].text).startswith("这个按钮过期了。")
    assert bare(full.replies("/forgetme ok zzzzzz")[0].text).startswith("这个按钮过期了。")
    assert bare(full.later(minutes=31).replies(ask.buttons[0].says)[0].text).startswith("这个按钮过期了。")
    assert full.says("收藏").startswith("我的收藏：1 张")


def test_every_table_with_a_member_is_in_the_list(store: Store) -> None:
    for table in store.db.table_names():
        columns = {column.name for column in store.db.table(table).columns}
        if "member" in columns and table != "subscriptions":
            assert PERSONAL.get(table) == "member", table
