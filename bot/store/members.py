"""Members: who talks to us, what each may do, and all that is known of one, to be shown or erased.

Invariant: every table with a member in it stands in PERSONAL, so that what /mydata shows is what /forgetme
erases (a test compares the list with the schema).
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import logins
from bot.store.database import Row, Store

CLAIMS = 5  # codes for becoming organiser that are good at a time: run and doctor each show their own
MISSES_KEPT = timedelta(minutes=10)  # for so long too many wrong codes shut the door

# table → the column that names the member; what is erased with him
PERSONAL: dict[str, str] = {
    "members": "id",
    "reads": "member",
    "places": "member",
    "follows": "member",
    "favourites": "member",
    "quizzes": "member",
    "asked": "member",
    "answers": "member",
    "memories": "member",
    "points": "member",
    "credits": "member",
    "milestones": "member",
    "flags": "member",
    "organisers": "member",
    "offers": "member",
    "codes": "by",
    "announcements": "by",
    "windows": "member",
}
# Conversations that are kept: of his private chats, and of his window onto the page.
OF_MEMBER = (
    "EXISTS (SELECT 1 FROM subscriptions s WHERE s.member = ? AND s.channel = history.channel"
    " AND s.chat = history.chat AND s.thread = history.thread)"
    " OR (channel = 'web' AND chat IN (SELECT user FROM windows WHERE member = ?))"
)


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    name: str
    zone: str
    channel: str = ""
    user: str = ""
    admitted: bool = False


def member(store: Store, channel: str, user: str, name: str, zone: str, now: datetime) -> tuple[Member, bool]:
    """The member behind a platform's user, and whether he is new. Must run inside a write transaction."""
    row = _behind(store, channel, user)
    if row:
        if name and name != row["name"]:
            store.do("UPDATE members SET name = ? WHERE id = ?", name, row["id"])
        return _member({**row, "name": name or row["name"]}), False
    made = store.rows(
        "INSERT INTO members (name, channel, user, zone, created) VALUES (?,?,?,?,?)"
        " RETURNING id, name, zone, channel, user, admitted",
        *(name, channel, user, zone, now.isoformat()),
    )
    return _member(made[0]), True


def _member(row: Row) -> Member:
    return Member(row["id"], row["name"], row["zone"], row["channel"], row["user"], bool(row["admitted"]))


def get(store: Store, who: int) -> Member | None:
    row = store.row("SELECT id, name, zone, channel, user, admitted FROM members WHERE id = ?", who)
    return _member(row) if row else None


def known(store: Store, channel: str, user: str) -> Member | None:
    """The member behind a platform's user; None for a stranger."""
    row = _behind(store, channel, user)
    return _member(row) if row else None


def _behind(store: Store, channel: str, user: str) -> Row | None:
    """His own row, or that of the member onto whom this user of the page is a window."""
    columns = "m.id, m.name, m.zone, m.channel, m.user, m.admitted"
    row = store.row(f"SELECT {columns} FROM members m WHERE channel = ? AND user = ?", channel, user)
    if row is None and channel == "web":
        row = store.row(
            f"SELECT {columns} FROM members m JOIN windows w ON w.member = m.id WHERE w.user = ?", user
        )
    return row


def private_chats(store: Store, who: Member) -> list[int]:
    """Subscriptions of a member's private chats, the one of his own channel first."""
    rows = store.rows(
        "SELECT id FROM subscriptions WHERE member = ? AND is_group = 0 ORDER BY channel <> ?, id",
        *(who.id, who.channel),
    )
    return [row["id"] for row in rows]


def move(store: Store, who: int, zone: str) -> None:
    """The member's zone, by which his study day turns."""
    store.do("UPDATE members SET zone = ? WHERE id = ?", zone, who)


def admit(store: Store, who: int) -> None:
    store.do("UPDATE members SET admitted = 1 WHERE id = ?", who)


# ---------------------------------------------------------------- organisers


def is_organiser(store: Store, who: Member, named: Sequence[str]) -> bool:
    """By the configuration (`named`, "channel:user") or by a code he claimed."""
    if f"{who.channel}:{who.user}" in named:
        return True
    return store.row("SELECT 1 FROM organisers WHERE member = ?", who.id) is not None


def organisers(store: Store, named: Sequence[str]) -> list[Member]:
    """All organisers that have ever spoken to us."""
    some = [each.partition(":")[::2] for each in named]
    rows = store.rows(
        "SELECT m.id, m.name, m.zone, m.channel, m.user, m.admitted FROM members m"
        " WHERE m.id IN (SELECT member FROM organisers)"
        + " OR (m.channel = ? AND m.user = ?)" * len(some)
        + " ORDER BY m.id",
        *(part for pair in some for part in pair),
    )
    return [_member(row) for row in rows]


def make_organiser(store: Store, who: int, now: datetime) -> None:
    store.do("INSERT INTO organisers (member, at) VALUES (?,?) ON CONFLICT DO NOTHING", who, now.isoformat())


# ---------------------------------------------------------------- codes


def _kept(kind: str, code: str) -> str:
    """A claim is kept as a hash: who reads a backup must not become organiser by it."""
    return hashlib.sha256(code.encode()).hexdigest() if kind == "claim" else code


def put_code(store: Store, kind: str, code: str, by: int, expires: datetime) -> None:
    """A code that is good until `expires`. kind "claim": beside the newest CLAIMS others are void."""
    with store.writing():
        store.do(
            'INSERT INTO codes (code, kind, "by", expires) VALUES (?,?,?,?)',
            *(_kept(kind, code), kind, by, expires.isoformat()),
        )
        if kind == "claim":
            store.do(
                "DELETE FROM codes WHERE kind = 'claim' AND rowid NOT IN (SELECT rowid FROM codes"
                " WHERE kind = 'claim' ORDER BY expires DESC, rowid DESC LIMIT ?)",
                CLAIMS,
            )


def has_code(store: Store, kind: str, code: str, now: datetime) -> bool:
    return (
        store.row(
            "SELECT 1 FROM codes WHERE code = ? AND kind = ? AND expires > ?",
            *(_kept(kind, code), kind, now.isoformat()),
        )
        is not None
    )


def drop_claims(store: Store) -> None:
    """Once there is an organiser no code makes another."""
    store.do("DELETE FROM codes WHERE kind = 'claim'")


def drop_code(store: Store, kind: str, code: str) -> None:
    store.do("DELETE FROM codes WHERE code = ? AND kind = ?", _kept(kind, code), kind)


def misses(store: Store, who: Member, now: datetime) -> int:
    """Wrong codes that somebody tried lately; they count though he erased himself meanwhile."""
    since = (now - MISSES_KEPT).isoformat()
    row = store.row("SELECT count(*) AS n FROM misses WHERE who = ? AND at > ?", _nameless(store, who), since)
    return int(row["n"]) if row else 0


def miss(store: Store, who: Member, now: datetime) -> None:
    forget_misses(store, now)
    store.do("INSERT INTO misses (who, at) VALUES (?,?)", _nameless(store, who), now.isoformat())


def forget_misses(store: Store, now: datetime) -> int:
    return store.do("DELETE FROM misses WHERE at <= ?", (now - MISSES_KEPT).isoformat())


def _nameless(store: Store, who: Member) -> str:
    """Somebody, for as long as it has to be remembered, without saying who it is."""
    said = f"miss|{who.channel}:{who.user}".encode("utf-8", "surrogatepass")
    return hmac.digest(logins.secret(store), said, hashlib.sha256).hex()


# ---------------------------------------------------------------- shown and erased


def everything(store: Store, who: Member) -> dict[str, list[Row]]:
    """All rows that belong to a member, by table: what /mydata hands out. Works on a read-only store."""
    found = {
        table: store.rows(f'SELECT * FROM {table} WHERE "{column}" = ?', who.id)
        for table, column in PERSONAL.items()
        if table not in {"offers", "codes"}
    }
    mine = "SELECT id FROM subscriptions WHERE member = ?"
    found["subscriptions"] = store.rows("SELECT * FROM subscriptions WHERE member = ?", who.id)
    for table in ("assigned", "deliveries", "rhythms"):
        found[table] = store.rows(f"SELECT * FROM {table} WHERE subscription IN ({mine})", who.id)
    found["history"] = store.rows(f"SELECT * FROM history WHERE {OF_MEMBER} ORDER BY id", who.id, who.id)
    return found


def erase(store: Store, who: Member) -> None:
    """Everything of `everything`, and what stands behind it. Groups he spoke in stay subscribed."""
    with store.writing():
        mine = "SELECT id FROM subscriptions WHERE member = ?"
        for table in ("assigned", "deliveries", "rhythms"):
            store.do(f"DELETE FROM {table} WHERE subscription IN ({mine})", who.id)
        store.do(f"DELETE FROM history WHERE {OF_MEMBER}", who.id, who.id)
        store.do("DELETE FROM subscriptions WHERE member = ?", who.id)
        for table, column in reversed(PERSONAL.items()):
            store.do(f'DELETE FROM {table} WHERE "{column}" = ?', who.id)
