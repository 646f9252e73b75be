"""Days, slots and due times, against a clock that is read minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.days import (
    DAILY,
    WORKDAYS,
    Calendar,
    Days,
    catch_up_end,
    end_of_day,
    load_calendar,
    local_day,
    next_due,
    slot,
    study_day,
    valid_zone,
)

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
    "Europe/London",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "America/Havana",
    "Africa/Cairo",
)
MINUTE = timedelta(minutes=1)

# ---------------------------------------------------------------- an independent reckoning


def wall_clock(day: date, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Every UTC minute that could belong to the date, with what the wall clock shows then."""
    at = datetime.combine(day, time(), UTC) - timedelta(hours=40)
    place = ZoneInfo(zone)
    for _ in range(4 * 24 * 60):
        yield at, at.astimezone(place).replace(tzinfo=None)
        at += MINUTE


def slow_slot(day: date, minute: int, zone: str) -> datetime | None:
    """The first minute that shows the wanted time; where none does, the first later one of that date after a jump."""
    wanted = datetime.combine(day, time(minute // 60, minute % 60))
    later = None
    before = None
    for at, shown in wall_clock(day, zone):
        if shown == wanted:
            return at
        jumped = before is not None and before < wanted < shown
        if later is None and jumped and shown.date() == day:
            later = at
        before = shown
    return later


def slow_end(day: date, zone: str) -> datetime | None:
    """When a later date is first shown; None for a date that is never shown."""
    inside = False
    for at, shown in wall_clock(day, zone):
        if inside and shown.date() > day:
            return at
        inside = inside or shown.date() == day
    return None


def transitions(zone: str, first: int, last: int) -> list[date]:
    """Local dates around which the clock of a zone was changed."""
    place = ZoneInfo(zone)
    at = datetime(first, 1, 1, tzinfo=UTC)
    found = []
    while at.year <= last:
        if at.astimezone(place).utcoffset() != (at + timedelta(days=1)).astimezone(place).utcoffset():
            found += [at.date() + timedelta(days=shift) for shift in (-1, 0, 1, 2)]
        at += timedelta(days=1)
    return found


CHANGES = [(zone, day) for zone in ZONES for day in transitions(zone, 2005, 2030)]
PLAIN = st.tuples(st.sampled_from(ZONES), st.dates(date(1994, 1, 1), date(2036, 12, 31)))
PLACES = st.one_of(st.sampled_from(CHANGES), PLAIN)
MINUTES = st.one_of(
    st.integers(0, 1439),
    st.integers(0, 180),
    st.sampled_from([0, 1, 59, 60, 61, 90, 119, 120, 179, 1320, 1439]),
)

# ---------------------------------------------------------------- slots


@settings(max_examples=200, deadline=None)
@given(PLACES, MINUTES)
@example(("Pacific/Apia", date(2011, 12, 30)), 452)
@example(("Pacific/Kiritimati", date(1994, 12, 31)), 0)
@example(("Australia/Lord_Howe", date(2026, 10, 4)), 2 * 60 + 10)
@example(("Australia/Lord_Howe", date(2026, 4, 5)), 60 + 45)
@example(("America/St_Johns", date(2010, 11, 7)), 0)
@example(("America/St_Johns", date(2010, 11, 6)), 23 * 60 + 30)
@example(("America/St_Johns", date(2010, 11, 7)), 0)
@example(("America/Havana", date(2026, 3, 8)), 30)
@example(("Asia/Shanghai", date(2028, 2, 29)), 452)
def test_a_slot_is_what_the_wall_clock_says(place: tuple[str, date], minute: int) -> None:
    zone, day = place
    assert slot(day, minute, zone) == slow_slot(day, minute, zone)


@settings(max_examples=100, deadline=None)
@given(PLACES, MINUTES)
@example(("Pacific/Apia", date(2011, 12, 29)), 23 * 60 + 30)
@example(("America/St_Johns", date(2010, 11, 6)), 23 * 60 + 30)
@example(("Africa/Casablanca", date(2026, 2, 14)), 23 * 60 + 59)
def test_catch_up_ends_at_ten_or_an_hour_later_but_on_that_day(place: tuple[str, date], minute: int) -> None:
    zone, day = place
    end = slow_end(day, zone)
    at = slow_slot(day, minute, zone)
    if end is None or at is None:
        assert catch_up_end(day, minute, zone) == end_of_day(day, zone)
        return
    assert end_of_day(day, zone) == end
    ten = slow_slot(day, 22 * 60, zone)
    assert ten is not None
    expected = min(max(ten, at + timedelta(hours=1)), end)
    assert catch_up_end(day, minute, zone) == expected
    assert at < expected


def test_catch_up_in_shanghai() -> None:
    day = date(2026, 11, 23)
    assert catch_up_end(day, 472, "Asia/Shanghai") == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert catch_up_end(day, 21 * 60 + 30, "Asia/Shanghai") == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    assert catch_up_end(day, 23 * 60 + 30, "Asia/Shanghai") == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert catch_up_end(day, 472, "Asia/Shanghai", 12 * 60) == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_gap_fold_and_a_day_left_out() -> None:
    new_york = "America/New_York"
    assert slot(date(2026, 3, 8), 150, new_york) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)  # 02:30 → 03:00
    assert slot(date(2026, 11, 1), 90, new_york) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )  # the first 01:30
    assert slot(date(2026, 10, 4), 130, "Australia/Lord_Howe") == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    assert slot(date(2011, 12, 30), 452, "Pacific/Apia") is None
    assert slot(date(2011, 12, 31), 0, "Pacific/Apia") == end_of_day(date(2011, 12, 29), "Pacific/Apia")


@pytest.mark.parametrize("minute", [-1, 1440])
def test_a_minute_that_no_day_has(minute: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        slot(date(2026, 1, 1), minute, "UTC")


# ---------------------------------------------------------------- due times

SOME_DAYS = st.one_of(
    st.just(DAILY),
    st.just(WORKDAYS),
    st.sets(st.integers(1, 7), min_size=1).map(lambda chosen: Days(tuple(chosen))),
)


def slow_due(after: datetime, minute: int, zone: str, days: Days, calendar: Calendar) -> datetime | None:
    start = after.astimezone(ZoneInfo(zone)).date() - timedelta(days=2)
    for ahead in range(30):
        day = start + timedelta(days=ahead)
        works = calendar.is_workday(day) if days.workdays else day.isoweekday() in days.weekdays
        at = slow_slot(day, minute, zone) if works else None
        if at is not None and at > after:
            return at
    return None


@settings(max_examples=60, deadline=None)
@given(PLACES, MINUTES, SOME_DAYS, st.integers(0, 3 * 24 * 60), st.booleans())
@example(("Pacific/Apia", date(2011, 12, 28)), 452, DAILY, 24 * 60, False)
@example(("Asia/Shanghai", date(2028, 2, 28)), 452, DAILY, 24 * 60, True)
@example(("America/St_Johns", date(2010, 11, 6)), 23 * 60 + 30, DAILY, 27 * 60, True)
def test_the_next_due_time_is_the_first_slot_after(
    place: tuple[str, date], minute: int, days: Days, shift: int, exactly: bool
) -> None:
    zone, day = place
    after = datetime.combine(day, time(), UTC) + shift * MINUTE
    if exactly and (at := slot(day, minute, zone)):
        after = at
    calendar = Calendar()
    due = next_due(after, minute, zone, days, calendar)
    assert due == slow_due(after, minute, zone, days, calendar)
    assert due is not None
    assert due > after


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CHANGES), MINUTES)
def test_a_walk_along_due_times_meets_every_date_once(place: tuple[str, date], minute: int) -> None:
    zone, day = place
    at: datetime | None = datetime.combine(day, time(), UTC) - timedelta(days=5)
    met = []
    for _ in range(9):
        assert at is not None
        at = next_due(at, minute, zone, DAILY, Calendar())
        assert at is not None
        met.append(local_day(at, zone))
    assert len(set(met)) == len(met)
    existing = [met[0] + timedelta(days=n) for n in range((met[-1] - met[0]).days + 1)]
    assert met == [each for each in existing if slow_slot(each, minute, zone)]


def test_no_push_day_is_no_due_time() -> None:
    rest = Calendar({date(2026, 1, 1) + timedelta(days=n): False for n in range(900)})
    assert next_due(datetime(2026, 1, 1, tzinfo=UTC), 452, "Asia/Shanghai", WORKDAYS, rest) is None
    assert Calendar().next_push_day(DAILY, date.max) is None


# ---------------------------------------------------------------- local and study day


def test_the_card_turns_at_midnight_and_the_credit_at_four() -> None:
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 01:00 in Shanghai
    assert local_day(late, "Asia/Shanghai") == date(2026, 11, 23)
    assert study_day(late, "Asia/Shanghai") == date(2026, 11, 22)
    assert study_day(late + timedelta(hours=3), "Asia/Shanghai") == date(2026, 11, 23)
    assert study_day(late + timedelta(hours=3) - timedelta(seconds=1), "Asia/Shanghai") == date(2026, 11, 22)


def test_a_study_day_exists_in_its_zone() -> None:
    two_at_night = datetime(
        2011, 12, 30, 12, 0, tzinfo=UTC
    )  # 31 December 02:00 in Apia, where there was no 30th
    assert local_day(two_at_night, "Pacific/Apia") == date(2011, 12, 31)
    assert study_day(two_at_night, "Pacific/Apia") == date(2011, 12, 29)


@given(PLAIN, st.integers(0, 1439))
def test_the_study_day_by_the_wall_clock(place: tuple[str, date], minute: int) -> None:
    zone, day = place
    now = datetime.combine(day, time(minute // 60, minute % 60), UTC)
    shown = now.astimezone(ZoneInfo(zone))
    assert study_day(now, zone) in {shown.date(), shown.date() - timedelta(days=1)}
    assert (study_day(now, zone) == shown.date()) == (shown.hour >= 4)


def test_zones() -> None:
    for name in ("Asia/Shanghai", "UTC", "America/Argentina/Buenos_Aires"):
        assert valid_zone(name)
    for name in (
        "",
        "Asia",
        "asia/shanghai",
        "../zone",
        "/etc/passwd",
        "Mars",
        "posix/UTC",
        "Factory",
        "x" * 300,
        "a\0",
    ):
        assert not valid_zone(name)


# ---------------------------------------------------------------- push days and 调休


@pytest.mark.parametrize(
    ("days", "key", "label"),
    [
        (DAILY, "daily", "每天"),
        (Days((7, 6, 5, 4, 3, 2, 1)), "daily", "每天"),
        (WORKDAYS, "workdays", "工作日"),
        (Days((5, 1, 3, 3)), "weekdays:1,3,5", "周一、周三、周五"),
        (Days((1, 2, 3, 4, 5)), "weekdays:1,2,3,4,5", "周一到周五"),
        (Days((6, 7)), "weekdays:6,7", "周六、周日"),
    ],
)
def test_days_are_kept_and_shown(days: Days, key: str, label: str) -> None:
    assert (days.key, days.label) == (key, label)
    assert Days.parse_key(key) == days


@pytest.mark.parametrize(
    "key", ["", "weekly", "weekdays:", "weekdays:0", "weekdays:8", "weekdays:1,,2", "weekdays:12"]
)
def test_a_key_nobody_wrote_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        Days.parse_key(key)


@pytest.mark.parametrize("weekdays", [(), (0,), (8,)])
def test_days_without_a_day_do_not_exist(weekdays: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="1 to 7"):
        Days(weekdays)


def test_workdays_follow_the_table() -> None:
    calendar = Calendar()
    assert not calendar.is_workday(date(2026, 10, 1))  # 国庆, a Thursday
    assert calendar.is_workday(date(2026, 10, 10))  # a Saturday worked in exchange
    assert not calendar.is_workday(date(2026, 11, 22))
    assert calendar.next_push_day(WORKDAYS, date(2026, 9, 30)) == date(2026, 10, 8)
    assert calendar.next_push_day(Days((1, 2, 3, 4, 5)), date(2026, 9, 30)) == date(2026, 10, 1)
    assert calendar.next_push_day(DAILY, date(2028, 2, 28)) == date(2028, 2, 29)
    assert calendar.has_table(2026)


def test_a_year_without_table_is_monday_to_friday() -> None:
    calendar = Calendar()
    assert not calendar.has_table(2099)
    assert not calendar.has_table(1999)
    first = date(2099, 1, 1)
    for day in (first + timedelta(days=n) for n in range(365)):
        assert calendar.is_push_day(WORKDAYS, day) == (day.isoweekday() <= 5)


def test_the_organiser_corrects_the_table() -> None:
    calendar = Calendar({date(2026, 11, 24): False, date(2026, 11, 28): True})
    assert not calendar.is_push_day(WORKDAYS, date(2026, 11, 24))
    assert calendar.is_push_day(WORKDAYS, date(2026, 11, 28))
    assert calendar.is_push_day(DAILY, date(2026, 11, 24))
    assert not calendar.has_table(2099)
    whole_year = Calendar({date(2099, month, 1): False for month in range(1, 8)})
    assert whole_year.has_table(2099)


def test_a_calendar_keeps_what_it_was_given() -> None:
    given_days = {date(2026, 11, 24): False}
    calendar = Calendar(given_days)
    given_days.clear()
    assert not calendar.is_workday(date(2026, 11, 24))


def test_corrections_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "holidays.txt"
    path.write_text(
        "# 2027 年\n2027-01-01 休\n2027/1/2　休  # 周六\n\n2027年1月3日：班\n20270104 班＃补\n2027.2.30 休\n明天 休\n2027-01-05\n"
        "2027-01-01 班\n",
        "utf-8-sig",
    )
    calendar, problems = load_calendar(path)
    assert calendar.corrections == {
        date(2027, 1, 1): True,
        date(2027, 1, 2): False,
        date(2027, 1, 3): True,
        date(2027, 1, 4): True,
    }
    assert [str(problem) for problem in problems] == [
        "holidays.txt:7: 错误：没有“2027.2.30 休”这个日期。请写日期和休或班，例如：2027-01-04 班",
        "holidays.txt:8: 错误：“明天 休”看不懂。请写日期和休或班，例如：2027-01-04 班",
        "holidays.txt:9: 错误：“2027-01-05”看不懂。请写日期和休或班，例如：2027-01-04 班",
        "holidays.txt:10: 提醒：2027-01-01 写了两次，不一样，按这一行算。",
    ]


def test_corrections_in_the_encoding_of_an_old_editor(tmp_path: Path) -> None:
    path = tmp_path / "holidays.txt"
    path.write_bytes("2027-01-04 班\r\n".encode("gb18030"))
    calendar, problems = load_calendar(path)
    assert (dict(calendar.corrections), problems) == ({date(2027, 1, 4): True}, ())


def test_no_file_is_no_correction_and_an_unreadable_one_is_named(tmp_path: Path) -> None:
    assert load_calendar(tmp_path / "holidays.txt") == (Calendar(), ())
    calendar, problems = load_calendar(tmp_path)  # a folder of that name
    assert calendar == Calendar()
    assert problems[0].line == 0


@settings(max_examples=300)
@given(
    data=st.one_of(
        st.binary(max_size=80), st.text("0123456789-/.年月日休班# \n：", max_size=60).map(str.encode)
    )
)
def test_no_file_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    calendar, problems = load_calendar(path)
    assert all(problem.text for problem in problems)
    assert all(isinstance(works, bool) for works in calendar.corrections.values())
