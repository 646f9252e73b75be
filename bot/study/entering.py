"""Coming to the page by a personal link: made for a member or a name, signed, short-lived, for one browser.

Invariant: a link says who one is and nothing about what one may do; it is good for the first browser only. What
signs it stays in the database, so that a link survives a restart.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.store import Store, logins, members
from bot.store.members import Member

ASKED_FOR = timedelta(minutes=10)  # a link that a member asked the bot for
HANDED_OUT = timedelta(days=7)  # one that the operator made for somebody
LONGEST = 1000  # characters of a link's secret part
NAME = re.compile(r"(?!anon-|w-)[^\s\x00-\x1f\x7f|/:]{1,30}")  # the page's own names begin like that

Why = Literal["broken", "expired", "taken"]


class Denied(Exception):
    """The link does not open the door."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def for_member(store: Store, who: Member, now: datetime) -> str:
    """The secret part of a link for a member, whatever channel he lives on."""
    user = who.user if who.channel == "web" else logins.window(store, who.id, now)
    return made(store, user, now + ASKED_FOR)


def for_name(store: Store, name: str, zone: str, now: datetime) -> str:
    """The same for a name that the operator chose; who has it is let in, also where one needs an invitation."""
    with store.writing():
        who, _ = members.member(store, "web", name, name, zone, now)
        members.admit(store, who.id)
        return made(store, name, now + HANDED_OUT)


def made(store: Store, user: str, expires: datetime) -> str:
    said = "|".join((user, str(int(expires.timestamp())), secrets.token_hex(8)))
    return f"{_text(said.encode())}.{_text(_signature(store, said))}"


def enter(store: Store, token: str, browser: str, now: datetime) -> str:
    """The page's name of who comes by this link in this browser. Raises Denied."""
    payload, _, signature = token.partition(".")
    try:
        if len(token) > LONGEST:
            raise ValueError
        said = _bytes(payload).decode()
        user, until, nonce = said.split("|")
        good = hmac.compare_digest(_signature(store, said), _bytes(signature))
    except (ValueError, binascii.Error):
        raise Denied("broken") from None
    if not good:
        raise Denied("broken")
    expires = datetime.fromtimestamp(int(until), UTC)
    if expires < now:
        raise Denied("expired")
    if user.startswith("w-") and not logins.is_window(store, user):
        raise Denied("expired")  # who erased his data has no window any more
    if not logins.use(store, nonce, browser, expires, now):
        raise Denied("taken")
    return user


def _signature(store: Store, said: str) -> bytes:
    return hmac.digest(logins.secret(store), b"link|" + said.encode(), hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
