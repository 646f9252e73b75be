"""Due times against a calculation that only counts minutes: no arithmetic with zones, no search for a gap.

And the engine on a clock that sleeps, jumps and runs backwards: one push a local date at most, none lost.
"""

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import at_once
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import Bot
from bot.config import DeliverySettings
from bot.days import Calendar, Days, next_due
from bot.delivery import Engine
from bot.store import Store, open_store, progress, subscriptions
from bot.study import daily, joining, pushing, shelf
from delivery.house import PACK, SHIPPED, fill

# A stretch of days around a change of the clock, for zones whose changes are unlike each other.
STRETCHES = [
    ("Asia/Shanghai", date(2026, 11, 20)),
    ("America/New_York", date(2026, 3, 6)),
    ("America/New_York", date(2026, 10, 30)),
    ("Europe/Berlin", date(2026, 3, 27)),
    ("Europe/Berlin", date(2026, 10, 23)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),  # half an hour back
    ("Australia/Lord_Howe", date(2026, 10, 2)),  # half an hour ahead
    ("Pacific/Apia", date(2011, 12, 28)),  # has no 30 December
    ("Africa/Cairo", date(2026, 4, 22)),  # a gap at midnight
    ("Asia/Tehran", date(2022, 3, 20)),
    ("Pacific/Kiritimati", date(1994, 12, 29)),  # skips a day at New Year
    ("Asia/Kolkata", date(2028, 2, 27)),  # a leap day
    ("America/Havana", date(2026, 10, 30)),
    ("Pacific/Chatham", date(2026, 4, 3)),
    ("Antarctica/Troll", date(2026, 3, 27)),  # two hours
]
SPAN = 6


@cache
def minutes(zone: str, begin: date) -> list[tuple[datetime, datetime]]:
    """Every minute from two days before `begin` to after its stretch: (UTC, what the wall shows)."""
    at = datetime(begin.year, begin.month, begin.day, tzinfo=UTC) - timedelta(days=2)
    place = ZoneInfo(zone)
    steps = (at + timedelta(minutes=n) for n in range((SPAN + 5) * 1440))
    return [(step, step.astimezone(place).replace(tzinfo=None)) for step in steps]


@cache
def slots(zone: str, begin: date, minute: int) -> dict[date, datetime]:
    """Local date → the first minute at which its wall showed `minute` or later."""
    found: dict[date, datetime] = {}
    for at, wall in minutes(zone, begin):
        if wall.hour * 60 + wall.minute >= minute:
            found.setdefault(wall.date(), at)
    return found


def opening(zone: str, begin: date) -> datetime:
    """Where the days are whole."""
    return minutes(zone, begin)[2 * 1440][0]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(STRETCHES),
    st.one_of(st.integers(0, 1439), st.sampled_from([0, 30, 60, 90, 119, 120, 135, 150, 165, 179, 180])),
    st.sets(st.integers(1, 7), min_size=1).map(lambda found: Days(tuple(found))),
    st.integers(0, SPAN * 1440),
)
def test_the_next_slot_is_the_one_that_counting_finds(
    stretch: tuple[str, date], minute: int, days: Days, offset: int
) -> None:
    zone, begin = stretch
    after = minutes(zone, begin)[2 * 1440 + offset][0] + timedelta(seconds=17)
    wanted = sorted(
        at
        for day, at in slots(zone, begin, minute).items()
        if day.isoweekday() in days.weekdays and at > after
    )
    found = next_due(after, minute, zone, days, Calendar())
    horizon = minutes(zone, begin)[-1440][0]  # the last day of the counting is cut off
    if wanted and wanted[0] < horizon:
        assert found == wanted[0]
    else:
        assert found is None or found >= horizon


@pytest.fixture
def here(tmp_path: Path) -> Store:
    store = open_store(tmp_path / "data", datetime(2026, 1, 1, tzinfo=UTC))
    shelf.refresh(store, SHIPPED)
    return store


class Life:
    """The engine with kept conversations only, on a clock that does as it is told."""

    def __init__(self, store: Store) -> None:
        self.store, self.bot = store, Bot(store)
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.engine = Engine(
            *(store, at_once, {}, DeliverySettings(), Calendar()),
            packs=lambda: self.bot.packs,
            render=self.bot.push,
            clock=lambda: self.now,
        )

    def begin(self, zone: str, minute: int, now: datetime) -> None:
        self.now = now
        fill(self.store, 1, minute, zone, channel="web", due=now)
        sub = subscriptions.get(self.store, 1)
        assert sub
        joining.saved(self.store, sub, Calendar(), now)
        self.engine.start("test")

    def tick(self, now: datetime) -> None:
        self.now = now
        with pytest.raises(StopIteration):
            self.engine.tick().send(None)

    def rows(self) -> list[tuple[str, str]]:
        return [
            (r["day"], r["state"]) for r in self.store.rows("SELECT day, state FROM deliveries ORDER BY day")
        ]


@settings(deadline=None, max_examples=15)
@given(
    st.sampled_from(STRETCHES),
    st.integers(0, 1439),
    st.lists(st.one_of(st.integers(1, 90), st.integers(1, 3000)), min_size=3, max_size=25),
    st.integers(0, 2**32),
)
def test_a_clock_that_stands_and_jumps_makes_one_row_a_date(
    tmp_path_factory: pytest.TempPathFactory,
    stretch: tuple[str, date],
    minute: int,
    steps: list[int],
    seed: int,
) -> None:
    """Sleep of any length, jumps back included: every date that came has one row, sent at most once, in time."""
    zone, first = stretch
    store = open_store(tmp_path_factory.mktemp("life"), datetime(2026, 1, 1, tzinfo=UTC))
    shelf.refresh(store, SHIPPED)
    life, dice = Life(store), random.Random(seed)
    begun = latest = now = opening(zone, first)
    life.begin(zone, minute, now)
    for step in steps:
        back = dice.random() < 0.15
        now = max(now + timedelta(minutes=-min(step, 600) if back else step), begun)
        if now > minutes(zone, first)[-2 * 1440][0]:
            break
        life.tick(now)
        latest = max(latest, now)
    rows = life.rows()
    assert len({day for day, _ in rows}) == len(rows)
    assert {state for _, state in rows} <= {"sent", "missed"}
    counted = slots(zone, first, minute)
    due = {day.isoformat() for day, at in counted.items() if begun < at <= life.now}
    noted = {day for day, _ in rows}
    assert due <= noted  # nothing that has come by this clock is forgotten
    assert noted <= {day.isoformat() for day, at in counted.items() if at <= latest}
    for sent in store.rows("SELECT day, sent FROM deliveries WHERE state = 'sent'"):
        wall = datetime.fromtimestamp(sent["sent"], ZoneInfo(zone))
        assert wall.date().isoformat() == sent["day"] or wall.hour == wall.minute == 0
        assert sent["sent"] >= counted[date.fromisoformat(sent["day"])].timestamp()
    store.close()


def test_asleep_through_the_push_time(here: Store) -> None:
    life = Life(here)
    life.begin("Asia/Shanghai", 472, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    life.tick(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))  # noon
    life.tick(datetime(2026, 11, 25, 14, 1, tzinfo=UTC))  # after 22:00 of the next day
    life.tick(datetime(2026, 11, 28, 0, 0, tzinfo=UTC))  # two days later, at eight
    assert life.rows() == [
        ("2026-11-24", "sent"), ("2026-11-25", "missed"), ("2026-11-26", "missed"), ("2026-11-27", "missed"),
        ("2026-11-28", "sent"),
    ]  # fmt: skip
    cards = [row["card"] for row in here.rows("SELECT card FROM assigned ORDER BY day")]
    assert cards == ["c01", "c02"]  # what was missed took no card


def test_a_clock_that_ran_ahead_and_was_put_right(here: Store) -> None:
    life = Life(here)
    life.begin("Asia/Shanghai", 472, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    life.tick(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    life.tick(datetime(2026, 11, 29, 0, 0, tzinfo=UTC))  # five days ahead
    life.tick(datetime(2026, 11, 24, 0, 5, tzinfo=UTC))
    assert life.rows() == [("2026-11-24", "sent"), ("2026-11-29", "sent")]
    for day in range(24, 31):
        for hour in (0, 6):
            life.tick(datetime(2026, 11, day, hour, 0, tzinfo=UTC))
    assert life.rows() == [(f"2026-11-{day}", "sent") for day in range(24, 31)]


def test_from_kiritimati_to_honolulu_and_back(here: Store) -> None:
    """A day apart: whoever flies over the date line gets one push a local date, and none twice."""
    life = Life(here)
    life.begin("Pacific/Kiritimati", 472, datetime(2026, 11, 22, 0, 0, tzinfo=UTC))
    dice = random.Random(5)
    zones = ["Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Shanghai", "America/New_York"]
    now = life.now
    for n in range(250):
        now += timedelta(minutes=dice.randint(1, 90))
        life.tick(now)
        if n % 9 == 0:
            sub = subscriptions.get(here, 1)
            assert sub
            with here.writing():
                joining.change(
                    here, sub, Calendar(), now, zone=dice.choice(zones), minute=dice.randint(0, 1439)
                )
    days = [day for day, _ in life.rows()]
    assert len(days) == len(set(days))
    assert len(days) >= 8


def test_working_out_goes_on_after_a_crash(here: Store) -> None:
    fill(here, 30, channel="web", due=datetime(2027, 5, 1, tzinfo=UTC))  # left by a clock that was ahead
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    pushing.rework(here)
    while pushing.work_out(here, Calendar(), now, most=7):
        pass  # each step is one transaction, and any process goes on from the stored place
    assert dues(here) == {int(datetime(2026, 11, 24, 23, 52, tzinfo=UTC).timestamp())}
    assert not pushing.work_out(here, Calendar(), now)


def test_other_rules_move_slots_that_were_worked_out(here: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    right = int(datetime(2026, 11, 24, 23, 52, tzinfo=UTC).timestamp())
    fill(here, 3, channel="web", due=datetime(2026, 11, 25, 1, 0, tzinfo=UTC))
    pushing.look_at_rules(here)
    while pushing.work_out(here, Calendar(), now):
        pass
    assert dues(here) == {right}
    here.do("UPDATE subscriptions SET next_due = next_due + 3600")
    pushing.look_at_rules(here)  # the same rules: nothing to do
    assert not pushing.work_out(here, Calendar(), now)
    monkeypatch.setattr(pushing, "zone_rules", lambda: "those of next year")
    pushing.look_at_rules(here)
    while pushing.work_out(here, Calendar(), now):
        pass
    assert dues(here) == {right}


def dues(store: Store) -> set[int]:
    return {row["next_due"] for row in store.rows("SELECT next_due FROM subscriptions")}


def test_review_goes_on_by_the_batch_as_it_does_one_by_one(here: Store) -> None:
    """The batch that assigns cards agrees with the card of the day, through 温故 and past a stopped card."""
    packs = shelf.packs(here)
    fill(here, 2, channel="web", due=datetime(2026, 11, 25, tzinfo=UTC))
    day = date(2026, 11, 25)
    for n in range(75):
        then = day + timedelta(days=n)
        wanted = daily.following(progress.given(here, 1, PACK), packs[PACK], then)
        assert daily.put_aside(here, packs, [(1, then, PACK)]) == [(PACK, wanted.card)]
        given = progress.given_on(here, 1, then)
        assert given == progress.Given(then, wanted.card, wanted.rank, wanted.review, PACK, False)
    stopped = {(PACK, packs[PACK].cards[0].id)}
    assert daily.put_aside(here, packs, [(2, day, PACK)], stopped) == [(PACK, packs[PACK].cards[1].id)]


def test_no_beat_reads_the_whole_ledger(here: Store) -> None:
    """Every statement of a beat, with doubts, failures and an announcement about, finds its rows by an index."""
    from bot.app.notices import Notices
    from bot.store import announcements

    fill(here, 3, channel="telegram", due=datetime(2026, 11, 24, 23, 52, tzinfo=UTC))
    life = Life(here)
    life.engine.start("test")
    now = datetime(2026, 11, 25, tzinfo=UTC)
    life.tick(now)
    here.do("UPDATE deliveries SET state = 'failed', error = 'rejected: x' WHERE id < 3")
    number = announcements.make(here, 1, 1, "明晚七点", 3, now)
    found = announcements.get(here, number)
    assert found
    announcements.send(here, found, date(2026, 11, 25), now)
    said: list[str] = []
    here.db.conn.set_trace_callback(said.append)
    life.tick(now + timedelta(minutes=1))
    Notices(here, ("telegram:1",)).look(life.now)
    life.engine.start("again")
    here.db.conn.set_trace_callback(None)
    large = {"deliveries", "subscriptions", "assigned", "history", "members"}
    asked = [
        each
        for each in said
        if each.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT"))
    ]
    assert len(asked) > 10
    for statement in asked:
        for row in here.db.conn.execute(f"EXPLAIN QUERY PLAN {statement}"):
            words = row[3].split()
            assert not (words[0] == "SCAN" and words[1] in large and "INDEX" not in words), (
                statement,
                row[3],
            )
