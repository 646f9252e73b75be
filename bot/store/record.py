"""A member's record: points, the days he studied, and what made days neutral.

Invariant: points are only ever added, each under its own key; a credited day stays the day it was written with.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.days import Days
from bot.store.database import Store


@dataclass(frozen=True, slots=True)
class Credit:
    """A study day on which something counted. level: 1 read, 2 a finished session, 3 one all right."""

    day: date
    level: int
    subscription: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a subscription's days were like from `since` on (None: from the beginning)."""

    since: date | None
    active: bool
    days: Days
    paused_until: date | None


def credit(store: Store, who: int, day: date, level: int, sub: int, now: datetime) -> bool:
    """Note that something counted on a study day; False when the day was credited before."""
    new = store.do(
        'INSERT INTO credits (member, day, level, "subscription", at) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING',
        *(who, day.isoformat(), level, sub, now.isoformat()),
    )
    if not new:
        store.do(
            "UPDATE credits SET level = ? WHERE member = ? AND day = ? AND level < ?",
            *(level, who, day.isoformat(), level),
        )
    return bool(new)


def credits(store: Store, who: int) -> list[Credit]:
    """All credited days of a member, by day."""
    rows = store.rows(
        'SELECT day, level, "subscription" AS sub FROM credits WHERE member = ? ORDER BY day', who
    )
    return [Credit(date.fromisoformat(row["day"]), row["level"], row["sub"]) for row in rows]


def add_points(
    store: Store, who: int, day: date, reason: str, points: int, now: datetime, quiz: int = 0, n: int = 1
) -> bool:
    """One entry of the ledger; False when that key has one already."""
    return bool(
        store.do(
            "INSERT INTO points (member, day, reason, n, points, quiz, at) VALUES (?,?,?,?,?,?,?)"
            " ON CONFLICT DO NOTHING",
            *(who, day.isoformat(), reason, n, points, quiz, now.isoformat()),
        )
    )


def entries(store: Store, who: int, day: date, reason: str) -> int:
    """How many entries of a reason a day has."""
    row = store.row(
        "SELECT count(*) AS n FROM points WHERE member = ? AND day = ? AND reason = ?",
        *(who, day.isoformat(), reason),
    )
    return int(row["n"]) if row else 0


def points(store: Store, who: int, first: date, last: date) -> int:
    """Points of the study days from `first` to `last`, both included."""
    row = store.row(
        "SELECT coalesce(sum(points), 0) AS n FROM points WHERE member = ? AND day BETWEEN ? AND ?",
        *(who, first.isoformat(), last.isoformat()),
    )
    return int(row["n"]) if row else 0


def of_quiz(store: Store, who: int, quiz: int) -> dict[str, int]:
    """Reason → points that a session earned."""
    rows = store.rows(
        "SELECT reason, sum(points) AS n FROM points WHERE member = ? AND quiz = ? GROUP BY reason",
        *(who, quiz),
    )
    return {row["reason"]: row["n"] for row in rows}


def reads(store: Store, who: int) -> int:
    """Different cards a member has read, of all packs."""
    row = store.row("SELECT count(*) AS n FROM (SELECT DISTINCT pack, card FROM reads WHERE member = ?)", who)
    return int(row["n"]) if row else 0


def read_since(store: Store, who: int, pack: str, day: date) -> list[str]:
    """Cards of a pack read on that study day or later, the latest first."""
    rows = store.rows(
        "SELECT card FROM reads WHERE member = ? AND pack = ? AND study_day >= ?"
        " GROUP BY card ORDER BY max(at) DESC",
        *(who, pack, day.isoformat()),
    )
    return [row["card"] for row in rows]


def once(store: Store, who: int, what: str, began: date | None, now: datetime) -> bool:
    """True the first time that something is said, about the streak that began then or (None) at all."""
    return bool(
        store.do(
            "INSERT INTO milestones (member, what, began, at) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
            *(who, what, began.isoformat() if began else "", now.isoformat()),
        )
    )


# ---------------------------------------------------------------- what the days were like


def note_rhythm(store: Store, sub: int, rhythm: Rhythm) -> None:
    """From `since` on the subscription's days are these. Written only when they differ from the last ones."""
    new = (
        int(rhythm.active),
        rhythm.days.key,
        rhythm.paused_until.isoformat() if rhythm.paused_until else "",
    )
    last = store.row(
        'SELECT active, days, paused_until FROM rhythms WHERE "subscription" = ? ORDER BY since DESC LIMIT 1',
        sub,
    )
    if last and tuple(last.values()) == new:
        return
    store.do(
        'INSERT INTO rhythms ("subscription", since, active, days, paused_until) VALUES (?,?,?,?,?)'
        ' ON CONFLICT ("subscription", since) DO UPDATE SET active = excluded.active, days = excluded.days,'
        " paused_until = excluded.paused_until",
        *(sub, rhythm.since.isoformat() if rhythm.since else "", *new),
    )


def rhythms(store: Store, sub: int) -> list[Rhythm]:
    """All that a subscription had, the earliest first."""
    rows = store.rows('SELECT * FROM rhythms WHERE "subscription" = ? ORDER BY since', sub)
    return [
        Rhythm(
            date.fromisoformat(row["since"]) if row["since"] else None,
            bool(row["active"]),
            Days.parse_key(row["days"]),
            date.fromisoformat(row["paused_until"]) if row["paused_until"] else None,
        )
        for row in rows
    ]


def own_subscriptions(store: Store, who: int) -> list[int]:
    """Ids of the subscriptions of a member's private chats."""
    return [row["id"] for row in store.rows("SELECT id FROM subscriptions WHERE member = ?", who)]
