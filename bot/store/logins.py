"""Whose the browsers are: the secret that signs links and cookies, windows onto members, links used up.

Invariant: a window belongs to one member and a personal link to the browser that used it first.
"""

import secrets
from datetime import UTC, datetime

from bot.store.database import Store
from bot.store.housekeeping import fact

KEY = "web secret"


def secret(store: Store) -> bytes:
    """What links and cookies are signed with; made once, kept with the data."""
    if not fact(store, KEY):
        store.do("INSERT INTO facts (key, value) VALUES (?,?) ON CONFLICT DO NOTHING", KEY, new_secret())
    return bytes.fromhex(fact(store, KEY))


def new_secret() -> str:
    return secrets.token_hex(32)


def window(store: Store, member: int, now: datetime) -> str:
    """The page's name for a member who lives on another channel; always the same one."""
    row = store.row("SELECT user FROM windows WHERE member = ?", member)
    if row:
        return str(row["user"])
    user = f"w-{secrets.token_hex(8)}"
    store.do("INSERT INTO windows (user, member, at) VALUES (?,?,?)", user, member, now.isoformat())
    return user


def is_window(store: Store, user: str) -> bool:
    return store.row("SELECT 1 FROM windows WHERE user = ?", user) is not None


def use(store: Store, nonce: str, browser: str, expires: datetime, now: datetime) -> bool:
    """Note that a browser came by a link; False when another one did before. Old notes are dropped."""
    with store.writing():
        store.do("DELETE FROM entries WHERE expires < ?", now.astimezone(UTC).isoformat())
        store.do(
            "INSERT INTO entries (nonce, browser, expires) VALUES (?,?,?) ON CONFLICT DO NOTHING",
            *(nonce, browser, expires.astimezone(UTC).isoformat()),
        )
        row = store.row("SELECT browser FROM entries WHERE nonce = ?", nonce)
    return row is not None and row["browser"] == browser
