"""Pausing for some days, and coming back before its time."""

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.commands.base import NOTHING, Command, Replies, Turn
from bot.commands.cards import goes_on, sends
from bot.commands.clockface import number
from bot.commands.subscribe import SETTINGS, TODAY, begins, coming, nothing_to_stop
from bot.commands.today import clock_of
from bot.commands.when import after_han, before_han, date_words, describe
from bot.days import local_day
from bot.fold import fold
from bot.messages import Reply, row, say
from bot.model import Complaint
from bot.store import outbox
from bot.store.subscriptions import Subscription
from bot.study import daily, joining
from bot.study.daily import Today

LONGEST = 365  # days of a pause
SPAN = re.compile(r"([0-9]{1,4}|[零一二两三四五六七八九十]{1,3})\s*(天|日|周|星期|礼拜|个月)?$")


def pause(turn: Turn) -> Replies:
    if not turn.sub.active:
        return [nothing_to_stop(turn)]
    if not turn.arg:
        text = f"停几天？到期自动恢复，{goes_on(_after_pause(turn))}，暂停的日子不影响连续学习。"
        choices = row(
            ("3 天", "/pause 3"), ("7 天", "/pause 7"), ("30 天", "/pause 30"), ("退订", "/unsubscribe")
        )
        return [Reply(say(text).text, (choices,), prompt="/pause", own_numbers=True)]
    days = _span(turn.arg)
    if days is None:
        raise Complaint(
            f"没看懂“{turn.arg[:20]}”是几天。请写 1 到 {LONGEST}，例如：/pause 7",
            ("7 天", "/pause 7"),
            ("退订", "/unsubscribe"),
        )
    if days == 0:
        return resume(turn)
    if days > LONGEST:
        raise Complaint(
            f"暂停最长 {LONGEST} 天。请写 1 到 {LONGEST}，例如：/pause 7",
            ("7 天", "/pause 7"),
            ("退订", "/unsubscribe"),
        )
    until_minute = turn.settings.catch_up_until
    done = joining.pause(turn.store, turn.sub, turn.settings.calendar, turn.now, days, until_minute)
    until = done.sub.paused_until or done.day
    begin = until - timedelta(days=days)
    end = comes_back(done.sub, until, done.next_day, done.day)
    text = f"已暂停 {days} 天：{_range(begin, until - timedelta(days=1), done.day)}不推送。{end}"
    return [say(text, rows=(row(("现在恢复", "/pause 0"), TODAY),))]


def comes_back(sub: Subscription, until: date, next_day: date | None, today: date) -> str:
    """When a pause is over, and where that is another day the first push after it."""
    again = before_han(date_words(until, today))
    at = f"{clock_of(sub.minute)}（{sub.zone}）"
    if next_day == until:
        return f"{again}{at}恢复。"
    nxt = f"，下一次{after_han(before_han(date_words(next_day, today)))}{at}" if next_day else ""
    return f"{again}恢复{nxt}。"


def _span(text: str) -> int | None:
    """Days of a pause: 7, 7 天, 两周, 一个月; None for what is none."""
    found = SPAN.match(fold(text).removesuffix("。"))
    count = number(found[1]) if found and not found[1].isdigit() else int(found[1]) if found else None
    if found is None or count is None:
        return None
    return count * {"周": 7, "星期": 7, "礼拜": 7, "个月": 30}.get(found[2] or "", 1)


def _range(first: date, last: date, today: date) -> str:
    """The days of a pause in words.

    >>> _range(date(2026, 11, 24), date(2026, 11, 30), date(2026, 11, 23))
    '11 月 24 日到 30 日'
    """

    def words(day: date) -> str:
        return f"{day.month} 月 {day.day} 日" if day.year == today.year else f"{day.isoformat()} "

    if first == last:
        return words(first)
    if (first.year, first.month) == (last.year, last.month) == (today.year, first.month):
        return f"{words(first)}到 {last.day} 日"
    return f"{words(first)}到 {words(last)}"


def resume(turn: Turn) -> Replies:
    if not turn.sub.active:
        return [nothing_to_stop(turn)]
    what = describe(turn.sub.days, turn.sub.minute, turn.sub.zone)
    if not turn.sub.paused(turn.day):
        at = joining.awaited(
            turn.store, turn.sub, turn.settings.calendar, turn.now, turn.settings.catch_up_until
        )
        day = local_day(at, turn.sub.zone) if at else None
        nxt = f"下一次{after_han(date_words(day, turn.day))}。" if day else ""
        return [say(f"现在没有暂停：{what}。{nxt}", rows=(row(("暂停", "/pause"), SETTINGS),))]
    done = joining.resume(turn.store, turn.sub, turn.settings.calendar, turn.now)
    turn = replace(turn, sub=done.sub)
    when = f"今天 {clock_of(done.sub.minute)} " if done.today == "ahead" else begins(done)
    nxt = NOTHING if turn.empty else f"{when}{sends(coming(turn, done))}。"
    return [say(f"已恢复：{what}。{nxt if done.next else ''}", rows=(row(TODAY, SETTINGS),))]


def _after_pause(turn: Turn) -> Today | None:
    """The card that a pause beginning now goes on with: one that waits to be pushed is given back."""
    found = outbox.on_day(turn.store, turn.sub.id, turn.day)
    waits = found is not None and found.state == "queued" and not found.doubts
    day = turn.day if waits else turn.day + timedelta(days=1)
    if turn.empty:
        return None
    return daily.upcoming(turn.store, turn.packs, turn.sub, turn.pack, day)


PAUSE = Command(
    "pause",
    "暂停",
    ("暂停",),
    pause,
    heads=("暂停",),
    loose=("暂停", "停", "停推送"),
    takes=lambda text: bool(_span(text)),
    manages=True,
    in_groups=False,
)
RESUME = Command("resume", "恢复", ("恢复", "恢复推送", "现在恢复"), resume, manages=True, in_groups=False)
