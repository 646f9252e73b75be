"""Conversations kept: what reaches a terminal or the page is stored here first and shown from here.

Invariant: a push to such a channel is delivered by the same transaction that stores it; its next visit shows
it once. What other channels say is not kept (their platform keeps it).
"""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Address, Reply, from_plain, to_plain
from bot.store.database import Row, Store

COLUMNS = 'id, at, said, replies, pressed, "update"'
CHANNELS = ("terminal", "web")  # those whose messages lie here until they are fetched


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange. said: None where the bot spoke of itself (a push). pressed: the message whose button was
    pressed. update: the channel's id of what was said, by which it knows its own again."""

    id: int
    at: datetime
    said: str | None
    replies: tuple[Reply, ...]
    pressed: str = ""
    update: str = ""


def add(
    store: Store,
    to: Address,
    said: str | None,
    replies: list[Reply],
    now: datetime,
    seen: bool,
    pressed: str = "",
    update: str = "",
) -> int:
    """Keep an exchange; its id grows with time. seen: the person has it before his eyes already."""
    made = store.db.execute(
        'INSERT INTO history (channel, chat, thread, at, said, replies, seen, pressed, "update")'
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (
            *(to.channel, to.chat, to.thread, now.isoformat(), said),
            json.dumps([to_plain(reply) for reply in replies], ensure_ascii=False),
            *(int(seen), pressed, update),
        ),
    )
    return made.lastrowid or 0


def waiting(store: Store, to: Address) -> list[Entry]:
    """What has not been seen yet, oldest first."""
    return _entries(
        store.rows(
            f"SELECT {COLUMNS} FROM history WHERE channel = ? AND chat = ? AND thread = ?"
            " AND seen = 0 ORDER BY id",
            *(to.channel, to.chat, to.thread),
        )
    )


def mark_seen(store: Store, to: Address, up_to: int) -> None:
    store.do(
        "UPDATE history SET seen = 1 WHERE channel = ? AND chat = ? AND thread = ? AND id <= ? AND seen = 0",
        *(to.channel, to.chat, to.thread, up_to),
    )


def after(store: Store, to: Address, last: int, most: int = 200) -> list[Entry]:
    """Exchanges with an id above `last`, oldest first, at most `most`."""
    return _entries(
        store.rows(
            f"SELECT {COLUMNS} FROM history WHERE channel = ? AND chat = ? AND thread = ?"
            " AND id > ? ORDER BY id LIMIT ?",
            *(to.channel, to.chat, to.thread, last, most),
        )
    )


def latest(store: Store, to: Address, before: int | None = None, most: int = 50) -> list[Entry]:
    """The last exchanges (those before an id), oldest first."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM history WHERE channel = ? AND chat = ? AND thread = ?"
        " AND id < ? ORDER BY id DESC LIMIT ?",
        *(to.channel, to.chat, to.thread, before or 2**62, most),
    )
    return _entries(rows[::-1])


def drop_before(store: Store, at: datetime, most: int = 500) -> int:
    """Forget what is older and seen, a bounded number at once; how many that were."""
    return store.do(
        "DELETE FROM history WHERE id IN (SELECT id FROM history WHERE at < ? AND seen = 1 LIMIT ?)",
        at.isoformat(),
        most,
    )


def _entries(rows: list[Row]) -> list[Entry]:
    return [
        Entry(
            row["id"],
            datetime.fromisoformat(row["at"]),
            row["said"],
            tuple(from_plain(each) for each in json.loads(row["replies"])),
            row["pressed"],
            row["update"],
        )
        for row in rows
    ]
