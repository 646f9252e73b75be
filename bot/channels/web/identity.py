"""Who is asking: a signed cookie, given out freely only where nobody but the owner of the machine can come.

Invariant: an anonymous cookie counts only for a request that is local by every sign (bound to loopback, asked
for by a loopback name, no proxy in between, no public address); a link's cookie names one person everywhere. A
cookie is no right: who is an organiser is not the page's business.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.web.ports import Place

ANONYMOUS = "anon-"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXIES = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"via")  # what a proxy adds
DAYS = 180  # a cookie's life; renewed in its second half

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Session:
    """user: "" for a browser that nobody has entered with yet. expires: Unix seconds."""

    user: str
    browser: str
    expires: int


def sealed(session: Session, secret: bytes) -> str:
    """The cookie's value."""
    said = "|".join((session.user, session.browser, str(session.expires))).encode()
    return f"{_text(said)}.{_text(_signed(secret, b'cookie|' + said))}"


def unsealed(value: str, secret: bytes, now: float) -> Session | None:
    """The session of a cookie; None for a forged, broken or old one."""
    payload, _, signature = value.partition(".")
    try:
        said = _bytes(payload)
        if not hmac.compare_digest(_signed(secret, b"cookie|" + said), _bytes(signature)):
            return None
        user, browser, expires = said.decode().split("|")
        session = Session(user, browser, int(expires))
    except (ValueError, binascii.Error):
        return None
    return session if session.expires > now else None


def fresh(now: float, anonymous: bool, browser: str = "") -> Session:
    """A new browser's; with a name of its own where it needs no link."""
    user = f"{ANONYMOUS}{secrets.token_hex(8)}" if anonymous else ""
    return Session(user, browser or secrets.token_hex(12), int(now) + DAYS * 86_400)


def cookie_name(secret: bytes) -> str:
    """One for each bot: cookies do not tell ports apart, so that two on one machine would take each other's."""
    return f"study-{hashlib.sha256(b'name|' + secret).hexdigest()[:8]}"


def renewed(session: Session, now: float) -> Session:
    """The same person in the same browser, for another while."""
    return Session(session.user, session.browser, int(now) + DAYS * 86_400)


def csrf(session: Session, secret: bytes) -> str:
    """What a page must send along to change anything; another site cannot read it."""
    return _text(_signed(secret, f"csrf|{session.user}|{session.browser}".encode()))


def is_local(place: Place, host: str, headers: Headers) -> bool:
    """Whether this request comes from the machine itself by every sign there is."""
    direct = not any(name.startswith(PROXIES) for name, _ in headers)
    return place.loopback and not place.public_url and host in LOOPBACK and direct


def counts(session: Session | None, local: bool) -> bool:
    """Whether a session says who is asking, for this request."""
    return bool(session and session.user and (local or not session.user.startswith(ANONYMOUS)))


def host_of(header: str) -> str:
    """The name of a Host header, lower case, without its port; "" for one that is none.

    >>> host_of("LocalHost:8765"), host_of("[::1]:1"), host_of("a@b"), host_of("x:y")
    ('localhost', '[::1]', '', '')
    """
    name, colon, port = header.strip().lower().rpartition(":")
    if not colon or header.endswith("]"):
        name, port = header.strip().lower(), ""
    if port and not (port.isascii() and port.isdigit()):
        return ""
    good = name and all(
        c.isascii() and (c.isalnum() or c in ".-_") for c in name.strip("[]").replace(":", "")
    )
    return name if good and (":" not in name or (name[0] == "[" and name[-1] == "]")) else ""


def is_known(place: Place, host: str, server: str) -> bool:
    """Whether the page may be asked for by this name: one of its own, or the very address that was connected to.

    A name that merely resolves to this machine is not enough: another site's name may be made to.
    """
    if host in place.names:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")) == ipaddress.ip_address(server)
    except ValueError:
        return False


def _signed(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, said, hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
