"""A member's record as it is looked at: what /streak tells and the calendar shows. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.days import Calendar, study_day
from bot.store import Store, memories, quizzes
from bot.store import record as kept
from bot.store.members import Member
from bot.study import record
from bot.study.streaks import Streak, streak

WEEKS = 12  # what the calendar shows


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar. level: 0 nothing, 1 read, 2 a finished session, 3 all right; rest: cost nothing."""

    day: date
    level: int = 0
    frozen: bool = False
    rest: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """All that /streak tells. right and answered: answers; due: questions that come back tomorrow."""

    streak: Streak
    today: int
    this_week: int
    read: int
    right: int
    answered: int
    due: int
    day: date
    weeks: tuple[tuple[Day, ...], ...]


def looked_up(store: Store, who: Member, calendar: Calendar, now: datetime) -> Record:
    """A member's record as it stands. Reads only."""
    day = study_day(now, who.zone)
    earned = kept.credits(store, who.id)
    free = record.neutral(store, who, earned, calendar)
    at = streak((each.day for each in earned), free, day)
    levels = {each.day: each.level for each in earned}
    first = min(levels, default=day)
    frozen = set(at.frozen)

    def shown(each: date) -> Day:
        level = levels.get(each, 0)
        rest = not level and first < each <= day and each not in frozen and free(each)
        return Day(each, level, each in frozen, rest, each > day)

    begin = record.week(day) - timedelta(weeks=WEEKS - 1)
    weeks = tuple(
        tuple(shown(begin + timedelta(days=7 * n + weekday)) for weekday in range(7)) for n in range(WEEKS)
    )
    right, answered = quizzes.score(store, who.id)
    return Record(
        at,
        kept.points(store, who.id, day, day),
        kept.points(store, who.id, record.week(day), day),
        kept.reads(store, who.id),
        right,
        answered,
        memories.due_on(store, who.id, day + timedelta(days=1)),
        day,
        weeks,
    )
