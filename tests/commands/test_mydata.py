"""People's data: exported whole, erased whole, and a confirmation that cannot be forged."""

import json
from pathlib import Path

import pytest
from conftest import SHIPPED, Talk

from bot.commands import COMMANDS
from bot.commands.base import Settings
from bot.messages import bare
from bot.store import Store, members
from bot.store.members import PERSONAL
from bot.study import drafts, shelf
from bot.study.drafts import Waiting


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
        "聊天原文不进日志；网页和终端为了下次还能看，另存最近 90 天的对话。"
    )
    assert bare(reply.text).split("\n")[1] in full.says("隐私").split("\n")
    as_json, as_html = map(Path, reply.documents)
    assert (as_json.name, as_html.name) == ("小林.json", "小林.html")
    kept = json.loads(as_json.read_text("utf-8"))
    assert kept["favourites"][0]["card"] == "c01"
    assert kept["deliveries"][0]["state"] == "sent"
    assert "c01" in as_html.read_text("utf-8")


def test_cards_read_in_a_group_are_ones_own_data(store: Store, tmp_path: Path) -> None:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    talk.settings = Settings(data=tmp_path)
    for day in ("2026-11-23", "2026-11-24"):
        talk.at(day).in_group("/today")
        talk.in_group("/read c01" if day.endswith("23") else "/read c02", pressed="1")
    private = {"channel": "telegram", "chat": "小林"}
    told = bare(talk.replies("我的数据", **private)[0].text)
    assert told.startswith("这是你在这里的全部数据：设置、2 张卡片的送达和已读、0 张收藏。\n")


def test_a_card_that_came_and_was_read_on_two_days_is_one(xiaolin: Talk, tmp_path: Path) -> None:
    xiaolin.settings = Settings(data=tmp_path)
    xiaolin.says("已读")
    xiaolin.at("2026-11-24").says("/read c07")
    xiaolin.says("/read c30")  # never delivered
    assert "设置、8 张卡片的送达和已读、" in bare(xiaolin.replies("我的数据")[0].text)


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


def test_an_organisers_waiting_drafts_go_with_him_and_nobody_elses(full: Talk, tmp_path: Path) -> None:
    who = members.known(full.store, "terminal", "小林")
    assert who is not None
    members.make_organiser(full.store, who.id, full.now)
    drafts.keep(tmp_path, Waiting("abc234", who.id, "讲义.docx"))
    drafts.keep(tmp_path, Waiting("def567", who.id + 1, "别人的.docx"))
    (tmp_path / "imports" / "broken").mkdir()
    (ask,) = full.replies("清除数据")
    assert bare(ask.text) == (
        "会立刻删除：订阅、学习记录、答题、收藏、称呼、没采用的导入。不能恢复。\n"
        "你导出过的文件和服务器上的备份，我收不回。"
    )
    assert drafts.waiting(tmp_path, "abc234", who.id)
    full.says("全部删除")
    assert sorted(path.name for path in (tmp_path / "imports").iterdir()) == ["broken", "def567"]


def test_what_is_said_about_data_is_true_today(full: Talk) -> None:
    assert full.says("清除数据").startswith(
        "会立刻删除：订阅、学习记录、答题、收藏、称呼。不能恢复。\n你导出过的文件和服务器上的备份，我收不回。\n"
    )
    told = full.says("隐私")
    assert told.startswith("我存这些：你的编号和称呼、推送设置、看过和读过的卡片、答题、报过的题、收藏。\n")
    assert "组织者看得到几个人订阅、公告没送到谁；看不到你学了什么、收藏了什么。" in told
    assert "群里的投票题不匿名：谁选了什么，同群的人都看得到。" in told
    assert "report" not in {each.name for each in COMMANDS}  # once it is built, say who sees what
