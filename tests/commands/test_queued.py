"""What waits in the ledger while somebody changes his mind: only what the change is about is taken back."""

from datetime import timedelta

import pytest
from conftest import NOW, Talk, engine

from bot.app.notices import Notices
from bot.messages import bare
from bot.store import members, outbox, subscriptions

TEXT = "明晚七点在 301 讨论第二篇，请先读完。"


def announced(talk: Talk) -> Talk:
    """The organiser, whose announcement to 小林 is confirmed and has not left yet."""
    teacher = Talk(talk.store, talk.now, "王老师")
    members.put_code(talk.store, "claim", "4F7Q-92KD", 0, NOW + timedelta(days=9))
    teacher.says("/claim 4F7Q-92KD")
    (preview,) = teacher.replies(f"公告 {TEXT}")
    assert bare(teacher.replies(preview.buttons[0].says)[0].text) == "正在发：0/1"
    return teacher


def told(teacher: Talk) -> list[str]:
    Notices(teacher.store, ()).look(teacher.now)
    return [bare(reply.text) for reply in teacher.beat()]


@pytest.mark.parametrize("said", ["时间 08:30", "时区 东京", "时间 工作日", "/pause 3", "/subscribe 20:52"])
def test_a_change_of_the_daily_push_leaves_announcements_alone(xiaolin: Talk, said: str) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    teacher = announced(xiaolin)
    xiaolin.says(said)
    assert TEXT in [bare(reply.text) for reply in xiaolin.beat()]
    assert told(teacher) == ["发完了：送达 1。用时 1 秒。"]


def test_who_leaves_gets_nothing_more_and_the_outcome_still_counts_him(xiaolin: Talk) -> None:
    teacher = announced(xiaolin)
    xiaolin.says("退订")
    assert xiaolin.beat() == []
    assert told(teacher) == ["发完了：送达 0，失败 1（小林，已退订）。"]


def test_one_whom_the_platform_does_not_reach_is_counted_too(xiaolin: Talk) -> None:
    teacher = announced(xiaolin)
    xiaolin.replies("blocked", event="gone")
    assert told(teacher) == ["发完了：送达 0，失败 1（小林，收不到消息）。"]


def test_one_that_may_have_arrived_stays_a_doubt(xiaolin: Talk) -> None:
    teacher = announced(xiaolin)
    xiaolin.store.do("UPDATE deliveries SET doubts = 1, error = 'doubt' WHERE kind LIKE 'announce-%'")
    xiaolin.says("退订")
    assert told(teacher) == ["发完了：送达 0，失败 1（小林，没有回执）。"]


def test_an_organiser_who_leaves_still_hears_what_became_of_his_announcement(xiaolin: Talk) -> None:
    teacher = announced(xiaolin)
    teacher.says("订阅")
    xiaolin.beat()
    Notices(teacher.store, ()).look(teacher.now)
    teacher.says("退订")
    assert [bare(reply.text) for reply in teacher.beat()] == ["发完了：送达 1。用时 1 秒。"]
    sub = subscriptions.all_active(teacher.store)[0]
    assert outbox.on_day(teacher.store, sub.id, NOW.date()) is not None
