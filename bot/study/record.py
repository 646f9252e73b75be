"""What studying earns: points, the streak, the lines that are said once.

Invariant: everything goes by the study day of the moment it was earned, in the member's zone; a day is credited
once, and its points have one key each, so that nothing can be earned twice.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.days import Calendar, slot, study_day
from bot.store import Store, record
from bot.store.members import Member
from bot.store.record import Credit, Rhythm
from bot.study.streaks import Streak, streak

READ, FINISHED, PERFECT = 1, 2, 3  # levels of a credited day
MILESTONES = (7, 30, 100, 200, 365)
RIGHT_AT_MOST = 5
POINTS = {"read": 1, "right": 1, "finished": 2, "perfect": 2}
LEAST = 3  # questions of a session from which finishing it earns points


@dataclass(frozen=True, slots=True)
class Gain:
    """What a credit came to, on the study day `day`. points: of this moment; milestone: 0 = none; restarted: after a longer streak."""

    streak: Streak
    day: date
    points: int = 0
    milestone: int = 0
    freeze: bool = False
    restarted: bool = False


def current(store: Store, who: Member, calendar: Calendar, now: datetime) -> Streak:
    """The member's streak as it stands."""
    earned = record.credits(store, who.id)
    return _streak(store, who, earned, calendar, study_day(now, who.zone))


def _streak(store: Store, who: Member, earned: Sequence[Credit], calendar: Calendar, day: date) -> Streak:
    return streak((each.day for each in earned), neutral(store, who, earned, calendar), day)


def neutral(
    store: Store, who: Member, earned: Sequence[Credit], calendar: Calendar
) -> Callable[[date], bool]:
    """Whether a day costs nothing: paused or no push day, by the member's own subscription or by that of the
    chat (a group) where he earned his last credit before it; or a date his zone left out."""
    rhythms: dict[int, list[Rhythm]] = {}
    own = record.own_subscriptions(store, who.id)
    days = [each.day for each in earned]

    def rests(sub: int, day: date) -> bool:
        if sub not in rhythms:
            rhythms[sub] = record.rhythms(store, sub)
        held = [each for each in rhythms[sub] if each.since is None or each.since <= day]
        if not held or not held[-1].active:
            return False
        last = held[-1]
        return (last.paused_until is not None and day < last.paused_until) or not calendar.is_push_day(
            last.days, day
        )

    def free(day: date) -> bool:
        at = bisect_right(days, day)
        there = [earned[at - 1].subscription] if at else []
        return any(rests(sub, day) for sub in {*own, *there}) or slot(day, 12 * 60, who.zone) is None

    return free


def credit(store: Store, who: Member, sub: int, level: int, calendar: Calendar, now: datetime) -> Gain:
    """Something counted for the study day. Runs inside the write transaction of what it was earned with."""
    day = study_day(now, who.zone)
    earned = record.credits(store, who.id)
    before = _streak(store, who, earned, calendar, day)
    if not record.credit(store, who.id, day, level, sub, now):
        return Gain(before, day)
    after = _streak(store, who, record.credits(store, who.id), calendar, day)
    said = (
        after.length in MILESTONES
        and after.length > before.length
        and after.began is not None
        and record.once(store, who.id, f"days-{after.length}", after.began, now)
    )
    return Gain(
        after,
        day,
        milestone=after.length if said else 0,
        freeze=after.freezes > before.freezes,
        restarted=after.length == 1 and not before.length and before.longest > 1,
    )


def read(store: Store, who: Member, sub: int, calendar: Calendar, now: datetime, quiz: int = 0) -> Gain:
    """A card was read: one point a study day, whichever card."""
    gain = credit(store, who, sub, READ, calendar, now)
    day = study_day(now, who.zone)
    new = record.add_points(store, who.id, day, "read", POINTS["read"], now, quiz)
    return replace(gain, points=POINTS["read"] if new else 0)


def right(store: Store, who: Member, quiz: int, now: datetime) -> None:
    """A right answer: a point, five a study day at most."""
    day = study_day(now, who.zone)
    n = record.entries(store, who.id, day, "right") + 1
    if n <= RIGHT_AT_MOST:
        record.add_points(store, who.id, day, "right", POINTS["right"], now, quiz, n)


def finished(
    store: Store,
    who: Member,
    sub: int,
    quiz: int,
    count: int,
    rights: int,
    scored: bool,
    calendar: Calendar,
    now: datetime,
) -> Gain:
    """A session was answered to its end: `rights` of `count`."""
    day = study_day(now, who.zone)
    perfect = rights == count >= LEAST
    if scored and count >= LEAST:
        record.add_points(store, who.id, day, "finished", POINTS["finished"], now, quiz)
        if perfect:
            record.add_points(store, who.id, day, "perfect", POINTS["perfect"], now, quiz)
    return credit(store, who, sub, PERFECT if perfect else FINISHED, calendar, now)


def week(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.isoweekday() - 1)
