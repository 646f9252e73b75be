"""The ledger: what goes to whom on which local day, and what became of it.

Invariant: UNIQUE (subscription, day, kind); `sending` is committed before a request leaves, so that after a
crash every send that may have arrived is known. States: queued → sending → sent | failed | unknown; missed is a
slot that was too late. All instants are Unix seconds.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.messages import Address
from bot.store.database import Row, Store

State = Literal["queued", "sending", "sent", "failed", "unknown", "missed"]
DAILY = "daily"
COLUMNS = (
    "id, subscription, day, kind, channel, pack, card, body, state, due, expires, not_before, attempts, doubts,"
    " sending, sent, ref, error"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row. kind: DAILY, or a notice's own ("announce-7"), whose text is `body`."""

    id: int
    subscription: int
    day: date
    kind: str
    channel: str
    state: State
    due: float
    expires: float
    not_before: float
    pack: str = ""
    card: str = ""
    body: str = ""
    attempts: int = 0
    doubts: int = 0
    sending: float | None = None
    sent: float | None = None
    ref: str = ""
    error: str = ""


def note(store: Store, new: Delivery) -> bool:
    """Put a row into the ledger; False when this subscription, day and kind have one already."""
    return bool(
        store.do(
            "INSERT INTO deliveries (subscription, day, kind, channel, pack, card, body, state, due, expires,"
            " not_before, sending, sent, ref, error) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (subscription, day, kind) DO NOTHING",
            *(new.subscription, new.day.isoformat(), new.kind, new.channel, new.pack, new.card, new.body),
            *(new.state, new.due, new.expires, new.not_before, new.sending, new.sent, new.ref, new.error),
        )
    )


def on_day(store: Store, sub: int, day: date, kind: str = DAILY) -> Delivery | None:
    row = store.row(
        f"SELECT {COLUMNS} FROM deliveries WHERE subscription = ? AND day = ? AND kind = ?",
        *(sub, day.isoformat(), kind),
    )
    return _value(row) if row else None


def days_taken(store: Store, sub: int, since: date) -> set[date]:
    """Local dates from `since` on that have their daily row already."""
    rows = store.rows(
        "SELECT day FROM deliveries WHERE subscription = ? AND kind = ? AND day >= ?",
        *(sub, DAILY, since.isoformat()),
    )
    return {date.fromisoformat(row["day"]) for row in rows}


def cancel(store: Store, sub: int) -> list[Delivery]:
    """Take back what is queued for a subscription and has never left; what may have left stays doubtful."""
    rows = store.rows(
        "DELETE FROM deliveries WHERE subscription = ? AND state = 'queued' AND doubts = 0"
        f" RETURNING {COLUMNS}",
        sub,
    )
    store.do("UPDATE deliveries SET state = 'unknown' WHERE subscription = ? AND state = 'queued'", sub)
    return [_value(row) for row in rows]


def expire(store: Store, now: float, most: int = 500) -> list[Delivery]:
    """Queued rows whose time is over become `missed` (or `unknown`, if they may have arrived)."""
    rows = store.rows(
        "UPDATE deliveries SET state = CASE WHEN doubts THEN 'unknown' ELSE 'missed' END"
        " WHERE id IN (SELECT id FROM deliveries WHERE state = 'queued' AND expires < ? LIMIT ?)"
        f" RETURNING {COLUMNS}",
        now,
        most,
    )
    return [_value(row) for row in rows]


def claim(store: Store, channel: str, now: float, most: int) -> list[tuple[Delivery, Address]]:
    """Take up to `most` queued rows of a channel: they are `sending` from now on. Earliest first."""
    taken = store.rows(
        "UPDATE deliveries SET state = 'sending', sending = ?, attempts = attempts + 1 WHERE id IN ("
        " SELECT id FROM deliveries INDEXED BY deliveries_queued WHERE state = 'queued' AND channel = ?"
        " AND not_before <= ? ORDER BY not_before, id LIMIT ?)"
        f" RETURNING {COLUMNS}",
        *(now, channel, now, most),
    )
    found = sorted((_value(row) for row in taken), key=lambda each: (each.not_before, each.id))
    addresses = {
        row["id"]: Address(row["channel"], row["chat"], row["thread"])
        for row in store.rows(
            f"SELECT id, channel, chat, thread FROM subscriptions WHERE id IN ({','.join('?' * len(found))})",
            *(each.subscription for each in found),
        )
    }
    return [(each, addresses[each.subscription]) for each in found if each.subscription in addresses]


def settle(
    store: Store,
    delivery: int,
    state: State,
    *,
    at: float,
    ref: str = "",
    error: str = "",
    not_before: float | None = None,
    counts: bool = True,
) -> None:
    """What became of a send. queued: again at `not_before`; counts: the attempt was one.

    unknown adds a doubt.
    """
    store.do(
        "UPDATE deliveries SET state = ?, sent = CASE WHEN ? = 'sent' THEN ? ELSE sent END, ref = ?, error = ?,"
        " not_before = coalesce(?, not_before), attempts = attempts - ?, doubts = doubts + ? WHERE id = ?",
        *(state, state, at, ref, error, not_before, int(not counts), int(state == "unknown"), delivery),
    )


def recover(store: Store, most: int = 1000) -> int:
    """After a start: every `sending` row is one of a process that is gone; nobody knows if it arrived."""
    return store.do(
        "UPDATE deliveries SET state = 'unknown', doubts = doubts + 1, error = 'interrupted' WHERE id IN"
        " (SELECT id FROM deliveries WHERE state = 'sending' LIMIT ?)",
        most,
    )


def resend(store: Store, now: float, since: float, most: int = 500) -> int:
    """Queue again what is doubtful for the first time and was being sent after `since`; how many."""
    return store.do(
        "UPDATE deliveries SET state = 'queued', not_before = ? WHERE id IN (SELECT id FROM deliveries"
        " WHERE state = 'unknown' AND doubts = 1 AND sending >= ? AND expires >= ? LIMIT ?)",
        *(now, since, now, most),
    )


def refusals(store: Store, pack: str, card: str, due: float) -> int:
    """How many chats the platform refused this card for in a slot, where none has got it; 0 if one has."""
    row = store.row(
        "SELECT sum(state = 'failed' AND error LIKE 'rejected%') AS bad, sum(state = 'sent') AS good"
        " FROM deliveries WHERE due = ? AND pack = ? AND card = ? AND kind = ?",
        *(due, pack, card, DAILY),
    )
    return 0 if row is None or row["good"] else row["bad"] or 0


def stop_card(store: Store, pack: str, card: str, why: str) -> list[Delivery]:
    """A card that the platform refuses: what is queued of it fails. Those rows."""
    rows = store.rows(
        "UPDATE deliveries SET state = 'failed', error = ? WHERE state = 'queued' AND pack = ? AND card = ?"
        f" AND kind = ? RETURNING {COLUMNS}",
        *(why, pack, card, DAILY),
    )
    return [_value(row) for row in rows]


def summary(store: Store, due: float, kind: str = DAILY) -> dict[str, int]:
    """State → count of the rows of one slot."""
    rows = store.rows(
        "SELECT state, count(*) AS n FROM deliveries WHERE due = ? AND kind = ? GROUP BY state", due, kind
    )
    return {row["state"]: row["n"] for row in rows}


def queue(store: Store, channel: str = "") -> tuple[int, float | None]:
    """How many are queued (of a channel), and the slot of the oldest."""
    row = store.row(
        "SELECT count(*) AS n, min(due) AS oldest FROM deliveries WHERE state = 'queued'"
        " AND (? = '' OR channel = ?)",
        channel,
        channel,
    )
    return (row["n"], row["oldest"]) if row else (0, None)


def _value(row: Row) -> Delivery:
    return Delivery(**{**row, "day": date.fromisoformat(row["day"])})


@dataclass(frozen=True, slots=True)
class Slot:
    """What became of all rows of one slot. main: the commonest error; stopped: the card the platform refuses."""

    due: float
    total: int
    sent: int
    failed: int
    main: str
    stopped: str


def failed_slots(store: Store, since: float, few: int) -> list[Slot]:
    """Slots of daily rows since an instant that are over (nothing queued or in the air) and failed for `few`."""
    rows = store.rows(
        "SELECT due, count(*) AS total, sum(state = 'sent') AS sent, sum(state = 'failed') AS failed,"
        " sum(state IN ('queued', 'sending')) AS open FROM deliveries WHERE due IN (SELECT DISTINCT due FROM"
        " deliveries WHERE state = 'failed' AND kind = ? AND due >= ?) AND kind = ? GROUP BY due"
        " HAVING failed >= ? AND open = 0",
        *(DAILY, since, DAILY, few),
    )
    found = []
    for row in rows:
        main = store.row(
            "SELECT error, card, count(*) AS n FROM deliveries WHERE due = ? AND kind = ? AND state = 'failed'"
            " GROUP BY substr(error, 1, 8) ORDER BY n DESC LIMIT 1",
            row["due"],
            DAILY,
        )
        assert main is not None
        stopped = main["card"] if main["error"].startswith("rejected") else ""
        found.append(Slot(row["due"], row["total"], row["sent"], row["failed"], main["error"], stopped))
    return found
