"""The ledger: what goes to whom on which local day, and what became of it.

Invariant: UNIQUE (subscription, day, kind); `sending` is committed before a request leaves, so that after a
crash every send that may have arrived is known. States: queued → sending → sent | failed | unknown; missed is a
slot that was too late. All instants are Unix seconds.
"""

from collections.abc import Iterable, Sequence
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


_INSERT = (
    "INSERT INTO deliveries (subscription, day, kind, channel, pack, card, body, state, due, expires,"
    " not_before, sending, sent, ref, error) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
    " ON CONFLICT (subscription, day, kind) DO NOTHING"
)


def note(store: Store, new: Delivery) -> bool:
    """Put a row into the ledger; False when this subscription, day and kind have one already."""
    return bool(store.do(_INSERT, *_columns(new)))


def note_many(store: Store, new: Iterable[Delivery]) -> None:
    """Put many rows in at once; those that are there already stay as they are."""
    store.db.conn.executemany(_INSERT, [_columns(each) for each in new])


def _columns(new: Delivery) -> tuple[object, ...]:
    return (
        *(new.subscription, new.day.isoformat(), new.kind, new.channel, new.pack, new.card, new.body),
        *(new.state, new.due, new.expires, new.not_before, new.sending, new.sent, new.ref, new.error),
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
    """Take back the daily rows that are queued and have never left; what may have left stays doubtful.

    Announcements and notices have nothing to do with the time of a daily push: they go on.
    """
    rows = store.rows(
        "DELETE FROM deliveries WHERE subscription = ? AND kind = ? AND state = 'queued' AND doubts = 0"
        f" RETURNING {COLUMNS}",
        *(sub, DAILY),
    )
    store.do(
        "UPDATE deliveries SET state = 'unknown' WHERE subscription = ? AND kind = ? AND state = 'queued'",
        *(sub, DAILY),
    )
    return [_value(row) for row in rows]


def expire(store: Store, now: float, most: int = 500) -> list[Delivery]:
    """Queued rows whose time is over become `missed` (or `unknown`, if they may have arrived); their error says
    that they stood in the queue, unless it says more already."""
    rows = store.rows(
        "UPDATE deliveries SET state = CASE WHEN doubts THEN 'unknown' ELSE 'missed' END,"
        " error = coalesce(nullif(error, ''), 'queue')"
        " WHERE id IN (SELECT id FROM deliveries WHERE state = 'queued' AND expires < ? LIMIT ?)"
        f" RETURNING {COLUMNS}",
        now,
        most,
    )
    return [_value(row) for row in rows]


def claim(store: Store, channel: str, now: float, most: int) -> list[tuple[Delivery, Address]]:
    """Take up to `most` queued rows of a channel: they are `sending` from now on. Earliest first.

    One that is too late is left to `expire`; one whose chat was erased fails.
    """
    taken = store.rows(
        "UPDATE deliveries SET state = 'sending', sending = ?, attempts = attempts + 1 WHERE id IN ("
        " SELECT id FROM deliveries INDEXED BY deliveries_queued WHERE state = 'queued' AND channel = ?"
        " AND not_before <= ? AND expires >= ? ORDER BY not_before, id LIMIT ?)"
        f" RETURNING {COLUMNS}",
        *(now, channel, now, now, most),
    )
    found = sorted((_value(row) for row in taken), key=lambda each: (each.not_before, each.id))
    if not found:
        return []
    addresses = {
        row["id"]: Address(row["channel"], row["chat"], row["thread"])
        for row in store.rows(
            f"SELECT id, channel, chat, thread FROM subscriptions WHERE id IN ({','.join('?' * len(found))})",
            *(each.subscription for each in found),
        )
    }
    for each in found:
        if each.subscription not in addresses:
            store.do("UPDATE deliveries SET state = 'failed', error = 'erased' WHERE id = ?", each.id)
    return [(each, addresses[each.subscription]) for each in found if each.subscription in addresses]


def next_try(store: Store, channel: str) -> float | None:
    """When the earliest queued row of a channel may be taken; None: there is none."""
    row = store.row(
        "SELECT min(not_before) AS at FROM deliveries INDEXED BY deliveries_queued"
        " WHERE state = 'queued' AND channel = ?",
        channel,
    )
    return row["at"] if row else None


def settle(
    store: Store,
    found: Delivery,
    state: State,
    *,
    at: float,
    ref: str = "",
    error: str = "",
    not_before: float | None = None,
    counts: bool = True,
) -> bool:
    """What became of a send that was taken as `found`. queued: again at `not_before`; counts: the attempt was one.

    unknown adds a doubt. False: it is somebody else's by now (another process has taken over, or the person
    has erased himself), and only a `sent` is still written down, since it is true whoever says so.
    """
    return bool(
        store.do(
            "UPDATE deliveries SET state = ?, sent = CASE WHEN ? = 'sent' THEN ? ELSE sent END, ref = ?, error = ?,"
            " not_before = coalesce(?, not_before), attempts = attempts - ?, doubts = doubts + ? WHERE id = ?"
            " AND (? = 'sent' OR (state = 'sending' AND attempts = ?))",
            *(state, state, at, ref, error, not_before, int(not counts), int(state == "unknown"), found.id),
            *(state, found.attempts),
        )
    )


def recover(store: Store, most: int = 1000) -> int:
    """After a start: every `sending` row is one of a process that is gone; nobody knows if it arrived."""
    return store.do(
        "UPDATE deliveries SET state = 'unknown', doubts = doubts + 1, error = 'interrupted' WHERE id IN"
        " (SELECT id FROM deliveries INDEXED BY deliveries_doubtful WHERE state IN ('sending', 'unknown')"
        " AND state = 'sending' LIMIT ?)",
        most,
    )


def resend(store: Store, now: float, since: float, most: int = 200) -> int:
    """Queue again what is doubtful for the first time and was being sent after `since`; how many."""
    return store.do(
        "UPDATE deliveries SET state = 'queued', not_before = ? WHERE id IN (SELECT id FROM deliveries"
        " INDEXED BY deliveries_doubtful WHERE state IN ('sending', 'unknown') AND state = 'unknown'"
        " AND doubts = 1 AND sending >= ? AND expires >= ? LIMIT ?)",
        *(now, since, now, most),
    )


def never_resend(store: Store) -> int:
    """At most once: what waits to be sent a second time stays a doubt. How many."""
    return store.do("UPDATE deliveries SET state = 'unknown' WHERE state = 'queued' AND doubts > 0")


def set_back(store: Store, by: float, now: float) -> None:
    """The clock was set back by `by` seconds: what waits does not wait for that much longer."""
    store.do(
        "UPDATE deliveries SET not_before = max(?, not_before - ?) WHERE state = 'queued' AND not_before > ?",
        *(now, by, now),
    )


def unwrite(store: Store, subs: Sequence[int], now: float) -> list[tuple[int, date]]:
    """Forget daily slots that lie ahead of the clock and of which nothing has left (it ran ahead and was set
    back); (subscription, day) of each."""
    rows = store.rows(
        f"DELETE FROM deliveries WHERE subscription IN ({','.join('?' * len(subs))}) AND kind = ? AND due > ?"
        " AND state IN ('queued', 'missed') AND doubts = 0 RETURNING subscription, day",
        *(*subs, DAILY, now),
    )
    return [(row["subscription"], date.fromisoformat(row["day"])) for row in rows]


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


def ahead(store: Store, found: Delivery, most: int = 100_000) -> int:
    """How many queued rows of its channel go before this one, counted up to `most`."""
    row = store.row(
        "SELECT count(*) AS n FROM (SELECT 1 FROM deliveries INDEXED BY deliveries_queued WHERE state = 'queued'"
        " AND channel = ? AND (not_before, id) < (?, ?) LIMIT ?)",
        *(found.channel, found.not_before, found.id, most),
    )
    return int(row["n"]) if row else 0


def doubtful(store: Store, since: float) -> int:
    """How many daily rows of slots since then have no receipt and are not sent again."""
    row = store.row(
        "SELECT count(*) AS n FROM deliveries WHERE state IN ('failed', 'unknown') AND state = 'unknown'"
        " AND due >= ?",
        since,
    )
    return int(row["n"]) if row else 0


@dataclass(frozen=True, slots=True)
class Slot:
    """What became of all rows of one slot. gone: of the failed, those who take no messages any more; main: the
    commonest error; stopped: the card the platform refuses."""

    due: float
    total: int
    sent: int
    failed: int
    main: str
    stopped: str
    unknown: int = 0
    gone: int = 0


def failed_slots(store: Store, since: float, few: int) -> list[Slot]:
    """Slots of daily rows since an instant that are over (nothing queued or in the air) and went wrong.

    Wrong: at least `few` failed or have no receipt, or at least `few` and half of all take no messages any
    more. A chat here and there that blocks the bot is no alarm.
    """
    wrong = store.rows(
        "SELECT due, count(*) AS n FROM deliveries WHERE state IN ('failed', 'unknown') AND kind = ? AND due >= ?"
        " GROUP BY due HAVING n >= ?",
        *(DAILY, since, few),
    )
    return [slot for row in wrong if (slot := _slot(store, row["due"])) and _alarming(slot, few)]


def _alarming(slot: Slot, few: int) -> bool:
    bad = slot.failed - slot.gone + slot.unknown
    return bad >= few or (slot.gone >= few and slot.gone * 2 >= slot.total)


def _slot(store: Store, due: float) -> Slot | None:
    """None while it is still going out."""
    for state in ("queued", "sending"):
        if store.row(
            "SELECT 1 AS n FROM deliveries WHERE kind = 'daily' AND due = ? AND state = ? LIMIT 1", due, state
        ):
            return None
    states = {
        row["state"]: row["n"]
        for row in store.rows(
            "SELECT state, count(*) AS n FROM deliveries WHERE kind = 'daily' AND due = ? GROUP BY state", due
        )
    }
    errors = store.rows(
        "SELECT error, max(card) AS card, count(*) AS n FROM deliveries WHERE state IN ('failed', 'unknown')"
        " AND state = 'failed' AND kind = 'daily' AND due = ? GROUP BY substr(error, 1, 8) ORDER BY n DESC",
        due,
    )
    main = next((row for row in errors if row["error"] != "gone"), errors[0] if errors else None)
    return Slot(
        due,
        sum(states.values()),
        states.get("sent", 0),
        states.get("failed", 0),
        main["error"] if main else "doubt",
        main["card"] if main and main["error"].startswith("rejected") else "",
        states.get("unknown", 0),
        sum(row["n"] for row in errors if row["error"] == "gone"),
    )
