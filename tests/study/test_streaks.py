"""Streaks against a calculation of another kind: day by day, with the rest days known beforehand."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from bot.days import DAILY, WORKDAYS, Calendar, Days, local_day
from bot.messages import Address
from bot.store import Store, members, subscriptions
from bot.store import record as kept
from bot.store.members import Member
from bot.store.subscriptions import Subscription
from bot.study import joining, record
from bot.study.streaks import Streak, streak

CALENDAR = Calendar()
ZONES = (
    *("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia"),
    *("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu", "UTC"),
)
STARTS = (
    *(date(2026, 3, 1), date(2026, 10, 20), date(2024, 2, 20), date(2028, 2, 22), date(2011, 12, 18)),
    *(date(2026, 1, 20), date(2025, 12, 20), date(2026, 9, 20)),
)
CLOCKS = (
    time(3, 59),
    time(4, 0),
    time(0, 0),
    time(23, 59),
    time(2, 30),
    time(1, 30),
    time(7, 52),
    time(12, 0),
)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def run(*days: str, today: str, rest: tuple[str, ...] = ()) -> Streak:
    return streak(map(day, days), {day(each) for each in rest}.__contains__, day(today))


def span(first: str, count: int) -> list[str]:
    return [f"{day(first) + timedelta(days=n):%m-%d}" for n in range(count)]


def test_today_is_not_over() -> None:
    assert run("11-21", "11-22", today="11-23").length == 2
    assert run("11-21", "11-22", today="11-24").length == 0
    assert run("11-21", "11-22", "11-23", today="11-23") == Streak(3, day("11-21"), 3)
    assert run(today="11-23") == Streak()


def test_every_seventh_day_earns_a_freeze_and_two_are_held() -> None:
    assert run(*span("11-01", 6), today="11-06").freezes == 0
    assert run(*span("11-01", 7), today="11-07").freezes == 1
    assert run(*span("11-01", 28), today="11-28").freezes == 2


def test_a_freeze_is_used_by_itself() -> None:
    week = span("11-01", 7)
    assert run(*week, today="11-09") == Streak(7, day("11-01"), 7, 0, (day("11-08"),))
    assert run(*week, "11-09", today="11-09") == Streak(8, day("11-01"), 8, 0, (day("11-08"),))
    assert run(*week, "11-10", today="11-10") == Streak(1, day("11-10"), 7, 0, (day("11-08"),))


def test_rest_days_cost_nothing() -> None:
    assert run("11-20", "11-23", today="11-23", rest=("11-21", "11-22")).length == 2
    assert run("11-20", today="11-23", rest=("11-21", "11-22")).length == 1
    assert run("11-20", today="11-24", rest=("11-21", "11-22")).length == 0


# ---------------------------------------------------------------- the other calculation


@cache
def exists(zone: str, wanted: date) -> bool:
    """Whether a date ever was in a zone: looked for hour by hour."""
    begin = datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC) - timedelta(hours=15)
    return any((begin + timedelta(hours=h)).astimezone(ZoneInfo(zone)).date() == wanted for h in range(55))


def study_date(at: datetime, zone: str) -> date:
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(hours=4)
    found = wall.date()
    while not exists(zone, found):
        found -= timedelta(days=1)
    return found


def naive(credited: set[date], rests: set[date], last: date) -> tuple[int, int, int, list[date]]:
    """(length, longest, freezes, frozen): one day after the other."""
    n = best = ice = 0
    frozen: list[date] = []
    each = min(credited, default=last)
    while each <= last:
        if each in credited:
            n += 1
            best = max(best, n)
            ice = min(2, ice + (n % 7 == 0))
        elif each != last and each not in rests and n:
            if ice:
                ice -= 1
                frozen.append(each)
            else:
                n = 0
        each += timedelta(days=1)
    return n, best, ice, frozen


def histories(store: Store, count: int, seed: int) -> Iterator[None]:
    """Random members with random lives, each compared with `naive` at three moments."""
    dice = random.Random(seed)
    for n in range(count):
        zone, begin = dice.choice(ZONES), dice.choice(STARTS)
        mode: Days = dice.choice((DAILY, DAILY, WORKDAYS, Days((1, 3, 5))))
        noon = datetime.combine(begin, time(12), ZoneInfo(zone)).astimezone(UTC)
        who, _ = members.member(store, "terminal", f"m{seed}-{n}", "某人", zone, noon)
        fresh = Subscription(
            0, "p", 472, zone, False, address=Address("terminal", f"m{seed}-{n}"), member=who.id
        )
        sub = joining.subscribe(store, subscriptions.make(store, fresh), CALENDAR, noon, mode).sub
        yield from life(store, dice, replace(who, zone=zone), sub, begin)


def life(store: Store, dice: random.Random, who: Member, sub: Subscription, begin: date) -> Iterator[None]:
    length = dice.randint(15, 70)
    often = dice.choice((0.6, 0.85, 0.95, 0.98))
    credited: set[date] = set()
    spans: list[tuple[date, Days, date | None]] = [
        (begin, sub.days, None)
    ]  # from which date the plan, and until when it is paused
    moves = dice.random() < 0.15
    moments = {length - 1, dice.randrange(length), dice.randrange(length)}
    for n in range(length):
        today = begin + timedelta(days=n)
        if moves and n == length // 2:
            zone = dice.choice(ZONES)
            members.move(store, who.id, zone)
            who, sub = replace(who, zone=zone), replace(sub, zone=zone)
        at = datetime.combine(today, dice.choice(CLOCKS), ZoneInfo(who.zone)).astimezone(UTC)
        if dice.random() < 0.03:
            sub = joining.pause(store, sub, CALENDAR, at, dice.choice((1, 3, 7))).sub
            spans.append((local_day(at, sub.zone), sub.days, sub.paused_until))
        elif dice.random() < 0.02:
            sub = joining.resume(store, sub, CALENDAR, at).sub
            spans.append((local_day(at, sub.zone), sub.days, None))
        elif dice.random() < 0.02:
            sub = joining.change(store, sub, CALENDAR, at, dice.choice((DAILY, WORKDAYS))).sub
            spans.append((local_day(at, sub.zone), sub.days, sub.paused_until))
        if dice.random() < often:
            kept.credit(store, who.id, study_date(at, who.zone), 1, sub.id, at)
            credited.add(study_date(at, who.zone))
        if n in moments:
            last = study_date(at, who.zone)
            found = record.current(store, who, CALENDAR, at)
            known = {each for each in credited if each <= last}
            expected = naive(known, resting(spans, who.zone, min(known, default=last), last), last)
            assert (found.length, found.longest, found.freezes, list(found.frozen)) == expected
            yield


def resting(spans: list[tuple[date, Days, date | None]], zone: str, first: date, last: date) -> set[date]:
    found = set()
    each = first
    while each <= last:
        plan = [span for span in spans if span[0] <= each]
        if not exists(zone, each):
            found.add(each)
        elif plan:
            _, days, paused = plan[-1]
            if (paused and each < paused) or not CALENDAR.is_push_day(days, each):
                found.add(each)
        each += timedelta(days=1)
    return found


def test_random_histories(store: Store) -> None:
    with store.writing():
        assert sum(1 for _ in histories(store, 150, 1)) > 150


@pytest.mark.slow
def test_ten_thousand_random_histories(store: Store) -> None:
    for seed in range(100):
        with store.writing():
            assert sum(1 for _ in histories(store, 100, 1000 + seed)) > 100
