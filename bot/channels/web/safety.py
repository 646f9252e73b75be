"""What every request goes through before anything looks at it: its Host, its speed, and the headers of the answer.

Invariant: nothing is answered for a Host that is not ours; every answer forbids inline script, framing, sniffing
and requests to anywhere else.
"""

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.channels.web import identity
from bot.channels.web.ports import Place

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY = 64 * 1024  # bytes of a request; 20,000 汉字 fit
DRAINED = 4 * 1024 * 1024  # bytes of a too long one that are read and thrown away, so that the answer arrives
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), interest-cohort=()"),
)


class TooLong(Exception):
    """A body over the limit."""


@dataclass
class Buckets:
    """Requests by who sends them: `rate` a second, `burst` at once. Memory is bounded."""

    rate: float = 40.0
    burst: float = 160.0
    people: int = 10_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, who: str, now: float) -> bool:
        """One request more; False when it is too many.

        >>> buckets = Buckets(rate=1, burst=2)
        >>> [buckets.take("a", at) for at in (0.0, 0.0, 0.0, 1.0)]
        [True, True, False, True]
        """
        left, since = self._left.pop(who, (self.burst, now))
        left = min(left + (now - since) * self.rate, self.burst)
        self._left[who] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > self.people:
            self._left.popitem(last=False)
        return left >= 1


@dataclass
class Guard:
    """Around the whole application."""

    app: App
    place: Place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        host = identity.host_of(header(scope, b"host"))
        server = (scope.get("server") or ("", 0))[0]
        if not host or not identity.is_known(self.place, host, server):
            await plain(send, 421, "这个网址不归我管。请用 config.toml 里 [web] public_url 写的地址打开。\n")
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, guarded)


async def plain(send: Send, status: int, text: str) -> None:
    """A bare text answer, for before there is an application."""
    body = text.encode()
    kind = (b"content-type", b"text/plain; charset=utf-8")
    headers = [kind, (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> str:
    """The value of a header; "" where it is missing or sent twice."""
    found = [value for each, value in scope["headers"] if each == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def is_same_origin(place: Place, scope: Scope) -> bool:
    """Whether a request that changes something was made by our own page."""
    origin = header(scope, b"origin").lower()
    if (
        not origin
    ):  # every browser sends it with a POST; without it only an explicit word of the browser counts
        return header(scope, b"sec-fetch-site") == "same-origin"
    host = header(scope, b"host").lower()
    public = urlsplit(place.public_url.lower())
    ours = {f"{public.scheme}://{public.netloc}"} if place.public_url else set()
    if host and host != public.netloc:
        ours.add(f"http://{host}")
    return origin in ours


async def body_of(receive: Receive) -> Any:
    """The JSON value of a request. Raises TooLong, or ValueError for what is no JSON."""
    read = b""
    thrown = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ValueError
        read += message.get("body", b"")
        if len(read) > BODY:
            thrown += len(read)
            read = b""
        if thrown > DRAINED:
            raise TooLong
        if not message.get("more_body"):
            break
    if thrown:
        raise TooLong
    return json.loads(read.decode())
