"""Announcements: one text to all who subscribe, through the same ledger as the daily push."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.store.database import Store

LASTS = timedelta(hours=24)  # an announcement that could not be sent for so long is not sent any more


@dataclass(frozen=True, slots=True)
class Announcement:
    id: int
    by: int
    chat: int  # the subscription whose chat hears of the outcome
    text: str
    count: int
    made: datetime
    sent: bool


def make(store: Store, by: int, chat: int, text: str, count: int, now: datetime) -> int:
    made = store.db.execute(
        "INSERT INTO announcements (\"by\", chat, text, count, made, sent) VALUES (?,?,?,?,?,'')",
        (by, chat, text, count, now.isoformat()),
    )
    return made.lastrowid or 0


def get(store: Store, number: int) -> Announcement | None:
    row = store.row("SELECT * FROM announcements WHERE id = ?", number)
    if row is None:
        return None
    return Announcement(
        row["id"],
        row["by"],
        row["chat"],
        row["text"],
        row["count"],
        datetime.fromisoformat(row["made"]),
        bool(row["sent"]),
    )


def drop(store: Store, by: int) -> None:
    """Forget those of an organiser that were never sent."""
    store.do("DELETE FROM announcements WHERE \"by\" = ? AND sent = ''", by)


def reach(store: Store, day: date) -> tuple[dict[str, int], int]:
    """How many chats of each channel would get one now, and how many are paused or have left."""
    rows = store.rows(
        "SELECT channel, sum(active AND paused_until <= ?) AS n,"
        " sum((active AND paused_until > ?) OR ended = 'left') AS idle FROM subscriptions GROUP BY channel",
        *(day.isoformat(), day.isoformat()),
    )
    return {row["channel"]: row["n"] for row in rows if row["n"]}, sum(row["idle"] or 0 for row in rows)


def send(store: Store, which: Announcement, day: date, now: datetime) -> int:
    """Queue it for everybody within reach; how many."""
    at = now.timestamp()
    store.do("UPDATE announcements SET sent = ? WHERE id = ?", now.isoformat(), which.id)
    return store.do(
        "INSERT INTO deliveries (subscription, day, kind, channel, body, state, due, expires, not_before)"
        " SELECT id, ?, ?, channel, ?, 'queued', ?, ?, ? FROM subscriptions"
        " WHERE active = 1 AND paused_until <= ? ON CONFLICT DO NOTHING",
        *(day.isoformat(), f"announce-{which.id}", which.text, at, at + LASTS.total_seconds(), at),
        day.isoformat(),
    )


def withdraw(store: Store, sub: int, why: str) -> None:
    """One who left gets those that have not gone yet no more. Their rows stay, as failures: everybody who was
    counted when it was confirmed is counted when its outcome is told. What may have left stays a doubt."""
    store.do(
        "UPDATE deliveries SET state = CASE WHEN doubts THEN 'unknown' ELSE 'failed' END,"
        " error = CASE WHEN doubts THEN error ELSE ? END"
        " WHERE subscription = ? AND state = 'queued' AND kind GLOB 'announce-[0-9]*'",
        *(why, sub),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: how many got it, who did not and why, when the last was settled (Unix seconds)."""

    sent: int
    failed: tuple[tuple[str, str], ...]  # (name, why)
    until: float


def open_ones(store: Store) -> list[Announcement]:
    """Those sent whose outcome nobody has been told."""
    rows = store.rows("SELECT id FROM announcements WHERE sent <> '' AND sent NOT LIKE '% told'")
    return [found for row in rows if (found := get(store, row["id"]))]


def outcome(store: Store, which: int) -> Outcome | None:
    """None while it is still going out."""
    kind = f"announce-{which}"
    for state in ("queued", "sending"):
        if store.row(
            "SELECT 1 AS n FROM deliveries WHERE kind <> 'daily' AND kind = ? AND state = ? LIMIT 1",
            kind,
            state,
        ):
            return None
    rows = store.rows(
        "SELECT d.state, d.sent, d.error, coalesce(m.name, s.title) AS name FROM deliveries d"
        " JOIN subscriptions s ON s.id = d.subscription LEFT JOIN members m ON m.id = s.member"
        " WHERE d.kind <> 'daily' AND d.kind = ?",
        kind,
    )
    failed = tuple((row["name"] or "一个群", row["error"]) for row in rows if row["state"] != "sent")
    return Outcome(
        sum(row["state"] == "sent" for row in rows),
        failed,
        max((row["sent"] or 0.0 for row in rows), default=0.0),
    )


def told(store: Store, which: int) -> None:
    store.do("UPDATE announcements SET sent = sent || ' told' WHERE id = ?", which)
