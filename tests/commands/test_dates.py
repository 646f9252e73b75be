"""Dates and times as they are told: another year written out, another day named, a pause not hidden."""

from datetime import date

import pytest
from conftest import Talk

from bot.app import Bot
from bot.commands.cards import card_reply
from bot.commands.events import event_lines
from bot.messages import bare
from bot.study import shelf
from bot.study.daily import Today
from bot.study.record import Gain
from bot.study.streaks import Streak


@pytest.fixture
def paused(talk: Talk) -> Talk:
    """On workdays; 39 days from Tuesday lead to Saturday, 2 January 2027."""
    talk.says("订阅 工作日 07:52")
    return talk


# ---------------------------------------------------------------- another year (and the space that it wants)


def test_a_pause_into_another_year(paused: Talk) -> None:
    assert paused.says("暂停 39").startswith(
        "已暂停 39 天：11 月 24 日到 2027-01-01 不推送。"
        "2027-01-02 恢复，下一次 2027-01-04 07:52（Asia/Shanghai）。\n"
    )
    assert "\n状态：暂停，2027-01-02 恢复" in paused.says("设置")
    assert "\n暂停中，2027-01-02 恢复；今天的照样可以看。\n" in paused.says("今日")


def test_a_pause_within_the_year(paused: Talk) -> None:
    assert paused.says("暂停 4").startswith(
        "已暂停 4 天：11 月 24 日到 27 日不推送。"
        "11 月 28 日（周六）恢复，下一次 11 月 30 日（周一）07:52（Asia/Shanghai）。\n"
    )
    assert paused.says("没收到").startswith(
        "暂停中：11 月 28 日（周六）恢复，下一次 11 月 30 日（周一）07:52（Asia/Shanghai）。\n"
    )
    assert "\n暂停中，11 月 28 日恢复；今天的照样可以看。\n" in paused.says("今日")


def test_a_first_push_in_another_year(talk: Talk) -> None:
    talk.at("2026-12-30").says("订阅 07:52")
    said = talk.says("订阅 周一 08:00")
    assert said.startswith("已改为：周一 08:00（Asia/Shanghai）。2027-01-04 起按新时间送达。\n")
    talk.says("退订")
    assert talk.says("订阅").startswith(
        "已订阅：周一 08:00（Asia/Shanghai）。2027-01-04 起送达，现在先看今天的一段。\n"
    )


def test_what_was_seen_last_year(talk: Talk) -> None:
    pack = Bot(talk.store).packs or shelf.packs(talk.store)
    shown = next(iter(pack.values()))
    review = Today(shown.cards[0], shown, 1, True, seen=date(2025, 11, 17), day=date(2026, 11, 23))
    assert "你在 2025-11-17 读过" in bare(card_reply(review, read=True).text)
    assert " · 2025-11-17 送过" in bare(card_reply(review).text)  # it was never marked read


def test_a_streak_that_began_last_year() -> None:
    streak = Streak(365, date(2025, 11, 24), 365)
    assert event_lines(Gain(streak, date(2026, 11, 23), milestone=365)) == [
        "连续学习 365 天，从 2025-11-24 开始。"
    ]


# ---------------------------------------------------------------- what comes after a pause


def test_why_names_the_next_push_of_a_pause(paused: Talk) -> None:
    paused.says("暂停 39")
    assert paused.says("没收到") == (
        "暂停中：2027-01-02 恢复，下一次 2027-01-04 07:52（Asia/Shanghai）。\n"
        "1 现在恢复　2 今日学习　3 推送设置"
    )


def test_a_returning_person_is_told_of_the_pause(xiaolin: Talk) -> None:
    xiaolin.says("暂停 365")
    (back,) = xiaolin.replies("/start")
    assert bare(back.text) == "欢迎回来。今天是第 7/30 天，卡片还没读。\n暂停中，2027-11-24 恢复。"
    assert [b.label for b in back.buttons] == ["现在恢复", "今日学习", "推送设置", "使用帮助"]
    assert xiaolin.says("现在恢复").startswith("已恢复：每天 07:52（Asia/Shanghai）。")
    assert "推送：每天 07:52（Asia/Shanghai）。" in xiaolin.says("你好")


# ---------------------------------------------------------------- another day, after a journey


def test_a_push_of_yesterday_evening_is_told_with_its_date(xiaolin: Talk) -> None:
    """08:31 in Shanghai on the 29th is the evening of the 28th in New York, where the 29th has had its card."""
    xiaolin.says("时间 08:31")
    for day in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"):
        xiaolin.at(day, "08:31").beat()
    assert "今天的已送达：08:31（Asia/Shanghai）" in xiaolin.says("没收到")
    xiaolin.at("2026-11-30", "08:30").says("时区 纽约")
    assert xiaolin.says("没收到").startswith(
        "今天的已送达：11 月 28 日 19:31（America/New_York），第 13 天。"
    )
    assert "。今天的已在 11 月 28 日 19:31 送达，明天起按新时间。" in xiaolin.says("时间 21:00")


def test_a_push_that_was_missed_before_the_journey(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "22:30").beat()
    xiaolin.at("2026-11-25", "06:00").says("时区 洛杉矶")
    assert xiaolin.says("没收到").startswith("11 月 23 日 15:52（America/Los_Angeles）的错过了：")


# ---------------------------------------------------------------- a time without a subscription


def test_a_time_is_no_push_as_long_as_one_has_not_subscribed(talk: Talk) -> None:
    (ask,) = talk.replies("改时间")
    assert bare(ask.text) == (
        "还没有订阅；订阅后每天 07:52（Asia/Shanghai）送达。直接发新时间，例如：晚上9点"
    )
    assert [b.label for b in ask.buttons] == ["07:22", "12:22", "20:52", "只在工作日"]
    assert talk.says("晚上9点").startswith("已记下：每天 21:00（Asia/Shanghai）。现在没有订阅，不会有推送。")
    talk.says("订阅")
    assert talk.says("改时间").startswith("现在是每天 21:00（Asia/Shanghai）。直接发新时间，")
    talk.says("退订")
    assert talk.says("改时间").startswith("现在没有订阅；订阅后每天 21:00（Asia/Shanghai）送达。")
