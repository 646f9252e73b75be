"""Questions put to a whole group: which poll of a platform is which of them, and who voted.

Invariant: a member has at most one vote in a poll, whatever happens at the same moment elsewhere; it is an asked
question of his own, so that his answer is kept, shown and erased like any other.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.store import quizzes
from bot.store.database import Row, Store
from bot.store.quizzes import Asked

KEPT = timedelta(days=30)  # so long a vote counts
AT_ONCE = timedelta(minutes=1)  # a vote is answered in the transaction that asks


@dataclass(frozen=True, slots=True)
class Posed:
    """One question as a group was asked it. n: 第 n 题, 0 = by a link; shuffle: the order of its options."""

    id: int
    subscription: int
    n: int
    pack: str
    question: str
    digest: str
    shuffle: tuple[int, ...]
    at: datetime


COLUMNS = "id, subscription, n, pack, question, digest, shuffle, at"


def pose(store: Store, new: Posed, channel: str) -> Posed:
    """Note a question that is about to be put to a group; its id is filled in."""
    (row,) = store.rows(
        "INSERT INTO posed (subscription, channel, ref, n, pack, question, digest, shuffle, at)"
        f" VALUES (?,?,'',?,?,?,?,?,?) RETURNING {COLUMNS}",
        *(new.subscription, channel, new.n, new.pack, new.question, new.digest),
        *(json.dumps(new.shuffle), new.at.isoformat()),
    )
    return _posed(row)


def name(store: Store, posed: int, ref: str) -> None:
    """The poll stands in the group; `ref` is the platform's id of it."""
    store.do("UPDATE OR IGNORE posed SET ref = ? WHERE id = ?", ref, posed)


def named(store: Store, channel: str, ref: str) -> Posed | None:
    """The question behind a poll; None: it is none of ours, or too old to count."""
    row = store.row(f"SELECT {COLUMNS} FROM posed WHERE channel = ? AND ref = ? AND ref <> ''", channel, ref)
    return _posed(row) if row else None


def newest(store: Store, sub: int) -> Posed | None:
    """The last poll that stands in a group."""
    row = store.row(
        f"SELECT {COLUMNS} FROM posed WHERE subscription = ? AND ref <> '' ORDER BY id DESC LIMIT 1", sub
    )
    return _posed(row) if row else None


def last_number(store: Store, sub: int) -> int:
    """The n of the last question of a group that was no link; 0: it has had none."""
    row = store.row("SELECT max(n) AS n FROM posed WHERE subscription = ?", sub)
    return int(row["n"] or 0) if row else 0


def of_group(store: Store, sub: int, pack: str) -> list[Posed]:
    """What a group was asked from a pack of late, the latest last."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM posed WHERE subscription = ? AND pack = ? ORDER BY id", sub, pack
    )
    return [_posed(row) for row in rows]


def ask(
    store: Store, posed: Posed, who: int, where: tuple[str, str], day: date, now: datetime
) -> Asked | None:
    """The question as this member is asked it by his vote; None: he has voted before.

    where: channel and chat of the group. Runs inside the write transaction that takes his answer.
    """
    if store.row("SELECT 1 FROM asked WHERE posed = ? AND member = ?", posed.id, who):
        return None
    (quiz,) = store.rows(
        "INSERT INTO quizzes (channel, chat, member, pack, kind, scored, began, day, state)"
        " VALUES (?,?,?,?,'poll',1,?,?,'done') RETURNING id",
        *(*where, who, posed.pack, now.isoformat(), day.isoformat()),
    )
    (row,) = store.rows(
        "INSERT INTO asked (quiz, n, member, pack, question, state, digest, shuffle, expires, posed)"
        " VALUES (?,1,?,?,?,'open',?,?,?,?) RETURNING id",
        *(quiz["id"], who, posed.pack, posed.question, posed.digest, json.dumps(posed.shuffle)),
        *((now + AT_ONCE).isoformat(), posed.id),
    )
    return quizzes.asked(store, row["id"], who)


def forget(store: Store, now: datetime) -> int:
    """Drop what is too old to be voted on, but for a group's last rows: its numbers go on, and no id comes again."""
    return store.do(
        "DELETE FROM posed WHERE at < ? AND id NOT IN (SELECT max(id) FROM posed GROUP BY subscription)"
        " AND id NOT IN (SELECT max(id) FROM posed WHERE n > 0 GROUP BY subscription)",
        (now - KEPT).isoformat(),
    )


def _posed(row: Row) -> Posed:
    return Posed(
        *(row["id"], row["subscription"], row["n"], row["pack"], row["question"], row["digest"]),
        *(tuple(json.loads(row["shuffle"])), datetime.fromisoformat(row["at"])),
    )
