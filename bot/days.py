"""Which day it is for a person, which days are push days, and at which instant a wall-clock minute falls.

Invariant: days come from an aware instant and an IANA zone, never from the machine's own date; a local date
has at most one slot, and a slot's wall clock is never earlier than the minute asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from types import MappingProxyType
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from bot.model import Problem

ROLL_OVER = 4  # the study day begins at 04:00, so that a late reader keeps his day
CATCH_UP_UNTIL = 22 * 60  # minute of day up to which a late push still goes out
CATCH_UP_AT_LEAST = timedelta(minutes=60)
MINUTES = 24 * 60
HORIZON = 400  # days looked ahead for a push day: more than a year of rest means "never"

EVERY = (1, 2, 3, 4, 5, 6, 7)  # ISO weekdays, Monday is 1
NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
FESTIVALS = (
    7  # 元旦 春节 清明 劳动节 端午 中秋 国庆: with as many rest days the organiser has given a year's table
)

_LINE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))[\s,，:：]*(\S+)")
_WORDS = {"休": False, "休息": False, "放假": False, "班": True, "上班": True, "补班": True}


# ---------------------------------------------------------------- which days


@dataclass(frozen=True, slots=True)
class Days:
    """Which days are push days: 每天, chosen ISO weekdays, or 工作日 (with 调休).

    `weekdays` is sorted, without doubles and never empty; for 工作日 it is all seven and means nothing.

    >>> Days((5, 1)).label, Days((1, 2, 3, 4, 5)).label, Days().label, WORKDAYS.label
    ('周一、周五', '周一到周五', '每天', '工作日')
    """

    weekdays: tuple[int, ...] = EVERY
    workdays: bool = False

    def __post_init__(self) -> None:
        chosen = EVERY if self.workdays else tuple(sorted(set(self.weekdays)))
        if not chosen or not set(chosen) <= set(EVERY):
            raise ValueError(f"weekdays must be 1 to 7, at least one: {self.weekdays!r}")
        object.__setattr__(self, "weekdays", chosen)

    @property
    def key(self) -> str:
        """As stored: "daily", "workdays" or "weekdays:1,3,5"."""
        if self.workdays:
            return "workdays"
        return "daily" if self.weekdays == EVERY else "weekdays:" + ",".join(map(str, self.weekdays))

    @classmethod
    def parse_key(cls, key: str) -> "Days":
        """The value of a stored key; ValueError for anything `key` does not write.

        >>> Days.parse_key("weekdays:1,3,5").key
        'weekdays:1,3,5'
        """
        if key == "workdays":
            return WORKDAYS
        if key == "daily":
            return DAILY
        if not re.fullmatch(r"weekdays:[1-7](,[1-7])*", key):
            raise ValueError(f"not a key of days: {key!r}")
        return cls(tuple(int(digit) for digit in key.removeprefix("weekdays:").split(",")))

    @property
    def label(self) -> str:
        """As people read it."""
        if self.workdays:
            return "工作日"
        if self.weekdays == EVERY:
            return "每天"
        if self.weekdays == (1, 2, 3, 4, 5):
            return "周一到周五"
        return "、".join(NAMES[day - 1] for day in self.weekdays)


DAILY = Days()
WORKDAYS = Days(workdays=True)


# ---------------------------------------------------------------- 调休


@dataclass(frozen=True, slots=True)
class _Table:
    rest: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]


@cache
def _table() -> _Table:
    from chinese_calendar.constants import holidays, workdays  # 40 ms: only for those who ask for 工作日

    # A year counts only with several entries: the last day of a 元旦 holiday alone would be no table.
    many = [day.year for day in holidays]
    years = frozenset(year for year in set(many) if many.count(year) >= FESTIVALS)
    return _Table(frozenset(holidays), frozenset(workdays), years)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Workdays of mainland China with 调休. `corrections`: date → True for 班, False for 休; they win."""

    corrections: Mapping[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "corrections", MappingProxyType(dict(self.corrections)))

    def is_workday(self, day: date) -> bool:
        """Correction, else the table, else Monday to Friday."""
        if day in self.corrections:
            return self.corrections[day]
        table = _table()
        if day.year not in table.years:
            return day.isoweekday() <= 5
        return day in table.work or (day.isoweekday() <= 5 and day not in table.rest)

    def has_table(self, year: int) -> bool:
        """True when the year's 放假安排 is known, from the library or written out by the organiser."""
        if year in _table().years:
            return True
        return sum(not works for day, works in self.corrections.items() if day.year == year) >= FESTIVALS

    def is_push_day(self, days: Days, day: date) -> bool:
        return self.is_workday(day) if days.workdays else day.isoweekday() in days.weekdays

    def next_push_day(self, days: Days, after: date) -> date | None:
        """The first push day strictly after `after`; None when there is none within 400 days."""
        day = after
        for _ in range(HORIZON):
            if day == date.max:
                return None
            day += timedelta(days=1)
            if self.is_push_day(days, day):
                return day
        return None


def load_calendar(path: Path) -> tuple[Calendar, tuple[Problem, ...]]:
    """The organiser's corrections: one date and 休 or 班 a line, # begins a comment.

    No file is no corrections. A line that is not understood is left out and named; the others count.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Calendar(), ()
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Calendar(), (Problem(path.name, 0, f"读不了这个文件（{why}），调休先按程序自带的表。"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")  # what older Windows editors write
    corrections: dict[date, bool] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        content = re.split("[#＃]", line)[0].strip()
        if not content:
            continue
        understood = _correction(content)
        if isinstance(understood, str):
            problems.append(Problem(path.name, number, understood))
            continue
        day, works = understood
        if corrections.get(day, works) != works:
            problems.append(Problem(path.name, number, f"{day} 写了两次，不一样，按这一行算。", error=False))
        corrections[day] = works
    return Calendar(corrections), tuple(problems)


def _correction(content: str) -> tuple[date, bool] | str:
    """The date and whether it is a workday, or what is wrong."""
    found = _LINE.fullmatch(content)
    if found is None or found[6] not in _WORDS:
        return f"“{content[:20]}”看不懂。请写日期和休或班，例如：2027-01-04 班"
    year, month, day = int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])
    try:
        return date(year, month, day), _WORDS[found[6]]
    except ValueError:
        return f"没有“{content[:20]}”这个日期。请写日期和休或班，例如：2027-01-04 班"


# ---------------------------------------------------------------- zones and instants


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name the program accepts, in its own spelling."""
    try:
        names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    except (ModuleNotFoundError, OSError):
        names = list(available_timezones())
    return frozenset(names) - {"Factory", "localtime"}


def zone_rules() -> str:
    """Which rules of zones and holidays this machine has: equal text, equal rules."""
    versions = []
    for package in ("tzdata", "chinesecalendar"):
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    for place in TZPATH:
        for name in ("+VERSION", "tzdata.zi"):
            try:
                with (Path(place) / name).open("rb") as file:
                    versions.append(f"{place} {file.readline(40).decode('ascii', 'replace').strip()}")
            except OSError:
                continue
    return ", ".join(versions)


def valid_zone(name: str) -> bool:
    """Whether `name` is an IANA name in its exact spelling.

    >>> valid_zone("Asia/Shanghai"), valid_zone("asia/shanghai"), valid_zone("../etc/passwd")
    (True, False, False)
    """
    return name in zone_names()


def local_day(now: datetime, zone: str) -> date:
    """The calendar date of `now` (aware) in the zone, from 00:00.

    >>> local_day(datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-11-23'
    """
    return now.astimezone(ZoneInfo(zone)).date()


def study_day(now: datetime, zone: str) -> date:
    """The day a credit counts for: until 03:59 on the wall clock it is still the day before.

    >>> study_day(datetime(2026, 11, 22, 19, 59, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-11-22'
    """
    there = now.astimezone(ZoneInfo(zone))
    if there.hour >= ROLL_OVER:
        return there.date()
    before = there.date() - timedelta(days=1)
    # a date the zone left out (Samoa had no 30 December 2011) is nobody's day
    return before if slot(before, 0, zone) else before - timedelta(days=1)


def slot(day: date, minute: int, zone: str) -> datetime | None:
    """The UTC instant at which the wall clock of `zone` shows `minute` (0–1439) of `day`.

    In the fold: the first occurrence. In a gap: the first valid minute after it. None where that is another
    date: a day the zone left out has no slot.

    >>> slot(date(2026, 3, 8), 2 * 60 + 30, "America/New_York").isoformat()
    '2026-03-08T07:00:00+00:00'
    >>> slot(date(2011, 12, 30), 452, "Pacific/Apia") is None
    True
    """
    if not 0 <= minute < MINUTES:
        raise ValueError(f"minute of day out of range: {minute}")
    place = ZoneInfo(zone)
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    early = wall.replace(tzinfo=place).astimezone(UTC)
    if _wall(early, place) == wall:
        return early
    # In a gap fold=0 gives an instant after the jump and fold=1 one before it; the jump lies between.
    before, after = wall.replace(tzinfo=place, fold=1).astimezone(UTC), early
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if _wall(middle, place) < wall:
            before = middle
        else:
            after = middle
    jump = after.replace(microsecond=0)
    return jump if _wall(jump, place).date() == day else None


def _wall(instant: datetime, place: ZoneInfo) -> datetime:
    return instant.astimezone(place).replace(tzinfo=None)


def end_of_day(day: date, zone: str) -> datetime:
    """The instant (UTC) at which the next local date begins; for a date left out, when it would have begun."""
    for ahead in (1, 2):
        begin = slot(day + timedelta(days=ahead), 0, zone)
        if begin:
            return begin
    raise ValueError(f"no day after {day} in {zone}")


def catch_up_end(day: date, minute: int, zone: str, until_minute: int = CATCH_UP_UNTIL) -> datetime:
    """The last instant (UTC) at which this day's slot may still be sent.

    The later of `until_minute` on the wall clock and one hour after the slot, never past the local date.

    >>> catch_up_end(date(2026, 11, 23), 23 * 60 + 30, "Asia/Shanghai").isoformat()
    '2026-11-23T16:00:00+00:00'
    """
    end = end_of_day(day, zone)
    at = slot(day, minute, zone)
    if at is None:
        return end
    until = slot(day, until_minute, zone) or end
    return min(max(until, at + CATCH_UP_AT_LEAST), end)


def next_due(after: datetime, minute: int, zone: str, days: Days, calendar: Calendar) -> datetime | None:
    """The first slot strictly after `after` (aware), UTC; None when there is no push day within 400 days."""
    day: date | None = local_day(after, zone)
    if day is not None and not calendar.is_push_day(days, day):
        day = calendar.next_push_day(days, day)
    while day is not None:
        at = slot(day, minute, zone)
        if at is not None and at > after:
            return at
        day = calendar.next_push_day(days, day)
    return None


# ---------------------------------------------------------------- in words


def clock(now: datetime, zone: str) -> str:
    """The wall clock of an instant, as 07:52."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def clock_on(at: datetime, zone: str, now: datetime) -> str:
    """The wall clock of an instant, with its date where that is not today's.

    >>> clock_on(datetime(2026, 11, 22, 23, 52, tzinfo=UTC), "UTC", datetime(2026, 11, 23, tzinfo=UTC))
    '11 月 22 日 23:52'
    """
    day, today = local_day(at, zone), local_day(now, zone)
    return clock(at, zone) if day == today else f"{in_words(day, today).rstrip()} {clock(at, zone)}"


def in_words(day: date, today: date | None = None) -> str:
    """A date as people write it. today: a date of another year is written out, with the space before 汉字.

    >>> in_words(date(2026, 11, 3)), in_words(date(2027, 1, 3), date(2026, 11, 3))
    ('11 月 3 日', '2027-01-03 ')
    """
    if today is not None and day.year != today.year:
        return f"{day.isoformat()} "
    return f"{day.month} 月 {day.day} 日"
