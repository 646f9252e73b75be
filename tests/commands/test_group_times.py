"""A group's new time that is past already: the push brings its card, once, or tomorrow."""

from conftest import Talk, engine

from bot.messages import Reply, bare
from bot.store import housekeeping, outbox

DOOR = "https://t.me/daily_study_bot?start="


def text(replies: list[Reply]) -> str:
    return bare(replies[0].text)


def with_door(talk: Talk) -> Talk:
    talk.settings.doors["telegram"] = DOOR
    return talk


def posted(talk: Talk) -> list[Reply]:
    """What one beat of the push sends into groups."""
    beat = engine(talk.bot, talk.now)
    beat.start("test")
    beat._note()
    return [
        card
        for found, address in outbox.claim(talk.store, "telegram", talk.now.timestamp(), 8)
        if (card := talk.bot.push(found, address, talk.now))
    ]


def test_a_time_that_is_past_still_brings_the_group_its_card_today(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 20:52", admin=True)
    (moved,) = talk.at("2026-11-24", "09:10").in_group("/time 08:00", admin=True)
    assert bare(moved.text) == "已改为：每天 08:00（Asia/Shanghai）。今天的马上补上，明天起按新时间。"
    housekeeping.take_lease(talk.store, "run", talk.now.timestamp(), 60)
    assert text(talk.in_group("/why")) == "今天 08:00（Asia/Shanghai）的马上就送。还没看到就点“今日学习”。"
    (again,) = talk.in_group("/time 08:30", admin=True)  # before it went: still one card, at once
    assert bare(again.text) == "已改为：每天 08:30（Asia/Shanghai）。今天的马上补上，明天起按新时间。"
    (card,) = posted(talk.later(seconds=10))
    assert bare(card.text).startswith("新质生产力：五篇材料三十天 › 第 1/30 天\n")
    assert [b.says for b in card.buttons] == ["/read c01", DOOR + "a1-c01", DOOR + "q-c01", "/fav c01"]
    assert posted(talk.later(minutes=1)) == []
    (tomorrow,) = posted(talk.at("2026-11-25", "08:30"))
    assert "› 第 2/30 天" in bare(tomorrow.text)


def test_a_pause_before_the_card_that_was_due_begins_today(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 20:52", admin=True)
    talk.at("2026-11-24", "09:10").in_group("/time 08:00", admin=True)
    assert "11 月 24 日到 26 日不推送" in text(talk.in_group("/pause 3", admin=True))
    assert posted(talk.later(seconds=10)) == []


def test_too_late_in_the_evening_the_group_waits_for_tomorrow(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 23:30", admin=True)
    (moved,) = talk.at("2026-11-24", "22:30").in_group("/time 08:00", admin=True)
    assert bare(moved.text) == "已改为：每天 08:00（Asia/Shanghai）。明天（11 月 25 日 周三）起按新时间送达。"
    assert posted(talk.later(seconds=10)) == []
