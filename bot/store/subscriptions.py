"""Subscriptions: one chat (a person's or a group's) following one pack at a minute of day in a zone.

Invariant: one row a chat, active or not, whatever topic of a group its pushes go to; `next_due` is the next slot of an active one, in Unix seconds, and
what is due is found by the partial index over it alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.days import DAILY, Days
from bot.messages import Address
from bot.store.database import Row, Store

COLUMNS = (
    "id, channel, chat, thread, pack, minute, zone, days, active, active_since, ended, ended_why, ended_at,"
    " paused_until, next_due, is_group, title, admitted, member"
)
NOWHERE = Address("", "")


@dataclass(frozen=True, slots=True)
class Subscription:
    """Inactive: it has a position, but gets no push. minute: of the local day; paused_until: the first
    local date with pushes again; ended: "left" (退订), "gone" (switched off by the platform) or ""."""

    id: int
    pack: str
    minute: int
    zone: str
    active: bool
    days: Days = DAILY
    address: Address = NOWHERE
    active_since: date | None = None
    ended: str = ""
    ended_why: str = ""
    ended_at: date | None = None
    paused_until: date | None = None
    next_due: int | None = None
    group: bool = False
    title: str = ""
    admitted: bool = False
    member: int | None = None

    def paused(self, day: date) -> bool:
        return self.paused_until is not None and day < self.paused_until


def of_chat(store: Store, address: Address) -> Subscription | None:
    """The subscription of a chat, whichever of its topics this address is in; None: it has none."""
    row = store.row(
        f"SELECT {COLUMNS} FROM subscriptions WHERE channel = ? AND chat = ?", address.channel, address.chat
    )
    return _value(row) if row else None


def get(store: Store, sub: int) -> Subscription | None:
    row = store.row(f"SELECT {COLUMNS} FROM subscriptions WHERE id = ?", sub)
    return _value(row) if row else None


def make(store: Store, new: Subscription) -> Subscription:
    """A new row with these values; its id is filled in."""
    row = store.rows(
        "INSERT INTO subscriptions (channel, chat, thread, pack, minute, zone, days, active, is_group, title,"
        f" member) VALUES (?,?,?,?,?,?,?,?,?,?,?) RETURNING {COLUMNS}",
        *(new.address.channel, new.address.chat, new.address.thread, new.pack, new.minute, new.zone),
        *(new.days.key, int(new.active), int(new.group), new.title, new.member),
    )[0]
    return _value(row)


def save(store: Store, sub: Subscription) -> None:
    """Everything of a row that can change, but for its address."""
    store.do(
        "UPDATE subscriptions SET pack = ?, minute = ?, zone = ?, days = ?, active = ?, active_since = ?,"
        " ended = ?, ended_why = ?, ended_at = ?, paused_until = ?, next_due = ?, is_group = ?, title = ?,"
        " admitted = ?, member = ? WHERE id = ?",
        *(sub.pack, sub.minute, sub.zone, sub.days.key, int(sub.active), _text(sub.active_since)),
        *(sub.ended, sub.ended_why, _text(sub.ended_at), _text(sub.paused_until), sub.next_due),
        *(int(sub.group), sub.title, int(sub.admitted), sub.member, sub.id),
    )


def move_thread(store: Store, sub: Subscription, thread: str) -> Subscription:
    """Its pushes go to another topic of the group from now on."""
    store.do("UPDATE subscriptions SET thread = ? WHERE id = ?", thread, sub.id)
    return replace(sub, address=replace(sub.address, thread=thread))


def give_pack(store: Store, pack: str) -> int:
    """Those made while there was no pack at all follow this one; how many."""
    return store.do("UPDATE subscriptions SET pack = ? WHERE pack = ''", pack)


def set_due(store: Store, dues: Iterable[tuple[int | None, int]]) -> None:
    """(next_due, id) for many rows at once."""
    store.db.conn.executemany("UPDATE subscriptions SET next_due = ? WHERE id = ?", list(dues))


@dataclass(frozen=True, slots=True)
class Due:
    """What a slot that has come needs to know of its subscription. days: their stored key; paused_until: as
    stored, "" for none."""

    id: int
    channel: str
    pack: str
    minute: int
    zone: str
    days: str
    paused_until: str
    next_due: int


def due(store: Store, now: float, most: int) -> list[Due]:
    """Active ones whose slot has come, earliest first."""
    rows = store.db.conn.execute(
        "SELECT id, channel, pack, minute, zone, days, paused_until, next_due FROM subscriptions"
        " INDEXED BY subscriptions_due WHERE active = 1 AND next_due IS NOT NULL AND next_due <= ?"
        " ORDER BY next_due, id LIMIT ?",
        (now, most),
    )
    return [Due(*row) for row in rows]


def all_active(store: Store, after: int = 0, most: int = 500) -> list[Subscription]:
    """Active ones by id, a chunk at a time."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM subscriptions WHERE active = 1 AND id > ? ORDER BY id LIMIT ?", after, most
    )
    return [_value(row) for row in rows]


def counts(store: Store) -> dict[str, tuple[int, int]]:
    """Channel → (active, all)."""
    rows = store.rows("SELECT channel, sum(active) AS a, count(*) AS n FROM subscriptions GROUP BY channel")
    return {row["channel"]: (row["a"] or 0, row["n"]) for row in rows}


def next_due(store: Store) -> int | None:
    """The earliest slot of all, Unix seconds."""
    row = store.row("SELECT min(next_due) AS at FROM subscriptions WHERE active = 1 AND next_due IS NOT NULL")
    return row["at"] if row else None


def move_chat(store: Store, channel: str, old: str, new: str) -> None:
    """The platform gave a chat another id. Where the new one is known already, the old row gives way to it."""
    store.do("UPDATE OR IGNORE subscriptions SET chat = ? WHERE channel = ? AND chat = ?", new, channel, old)
    store.do(
        "UPDATE subscriptions SET active = 0, next_due = NULL, ended = 'gone', ended_why = 'moved'"
        " WHERE channel = ? AND chat = ?",
        channel,
        old,
    )
    store.do("UPDATE OR IGNORE offers SET chat = ? WHERE channel = ? AND chat = ?", new, channel, old)


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _value(row: Row) -> Subscription:
    return Subscription(
        id=row["id"],
        pack=row["pack"],
        minute=row["minute"],
        zone=row["zone"],
        active=bool(row["active"]),
        days=Days.parse_key(row["days"]),
        address=Address(row["channel"], row["chat"], row["thread"]),
        active_since=_date(row["active_since"]),
        ended=row["ended"],
        ended_why=row["ended_why"],
        ended_at=_date(row["ended_at"]),
        paused_until=_date(row["paused_until"]),
        next_due=row["next_due"],
        group=bool(row["is_group"]),
        title=row["title"],
        admitted=bool(row["admitted"]),
        member=row["member"],
    )


def on_workdays(store: Store) -> int:
    """How many active ones push on 工作日."""
    row = store.row("SELECT count(*) AS n FROM subscriptions WHERE active = 1 AND days = 'workdays'")
    return int(row["n"]) if row else 0
