"""Trouble on demand: refusals, cut connections, slow answers, rate limits.

Invariant: trouble is decided before a method runs, by counting down written-out orders; nothing is random.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ApiError, too_many
from .world import Bell

if TYPE_CHECKING:
    from .records import Call

MASS = frozenset(
    {"sendMessage", "sendPhoto", "sendDocument", "sendPoll", "copyMessage", "forwardMessage"}
)  # what Telegram's limits count


@dataclass(eq=False)
class Order:
    """One order: what happens to the next `times` calls that match (None: to all until `stop`).

    kind: refuse (an error answer, the method does not run), cut (connection closed before the method runs),
    swallow (the method runs, then the connection is closed), slow (runs, answered `seconds` later),
    hold (runs, answered when `release` is called).
    """

    kind: str
    methods: frozenset[str] | None = None
    chat: int | None = None
    when: Callable[[Call], bool] | None = None
    times: int | None = 1
    error: ApiError | None = None
    raw: bytes | None = None
    seconds: float = 0.0
    calls: list[Call] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, call: Call) -> bool:
        """Whether this order is meant for the call."""
        return (
            (self.times is None or self.times > 0)
            and (self.methods is None or call.method in self.methods)
            and (self.chat is None or call.chat == self.chat)
            and (self.when is None or self.when(call))
        )

    def take(self, call: Call) -> None:
        """Count one call."""
        if self.times is not None:
            self.times -= 1
        self.calls.append(call)
        self.bell.ring()

    async def hit(self, n: int = 1, timeout: float = 5.0) -> None:
        """Return once `n` calls have met this order."""
        await self.bell.until(lambda: len(self.calls) >= n, timeout, f"{self.kind} to be met {n} times")

    def release(self) -> None:
        """Let held answers go, and hold no more."""
        self.times = 0
        self.gate.set()

    def stop(self) -> None:
        """Meet no more calls."""
        self.times = 0


class Limit:
    """A rate limit. `check` returns None to let a call through (and counts it) or the seconds to wait."""

    methods: frozenset[str] = MASS

    def check(self, call: Call, now: float) -> float | None:
        """`now` in monotonic seconds. A refused call is not counted."""
        raise NotImplementedError


class SlidingWindow(Limit):
    """Never more than `count` calls in any `seconds`; per chat with `key`, e.g. `by_chat`."""

    def __init__(
        self, count: int = 30, seconds: float = 1.0, key: Callable[[Call], Any] | None = None
    ) -> None:
        self.count, self.seconds, self.key = count, seconds, key or (lambda _call: 0)
        self._seen: dict[Any, deque[float]] = defaultdict(deque)

    def check(self, call: Call, now: float) -> float | None:
        key = self.key(call)
        if key is None:
            return None
        seen = self._seen[key]
        while seen and seen[0] <= now - self.seconds:
            seen.popleft()
        if len(seen) >= self.count:
            return seen[0] + self.seconds - now
        seen.append(now)
        return None


class TokenBucket(Limit):
    """`rate` calls per second on average with bursts of `burst`."""

    def __init__(self, rate: float = 30.0, burst: float = 30.0) -> None:
        self.rate, self.burst, self._level, self._at = rate, burst, burst, -math.inf

    def check(self, call: Call, now: float) -> float | None:
        if self._at > -math.inf:
            self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1 - 1e-9:  # refilling by fractions must not fail by a rounding error
            return (1 - self._level) / self.rate
        self._level -= 1
        return None


def by_chat(call: Call) -> Any:
    """Key for a limit per chat."""
    return call.chat


def by_group(call: Call) -> Any:
    """Key for a limit per group; private chats are not limited."""
    return call.chat if isinstance(call.chat, str) or (call.chat is not None and call.chat < 0) else None


def per_chat() -> SlidingWindow:
    """One message per second and chat."""
    return SlidingWindow(1, 1.0, by_chat)


def per_group() -> SlidingWindow:
    """20 messages per minute and group."""
    return SlidingWindow(20, 60.0, by_group)


class Trouble:
    """All orders and limits of a server. `latency`: seconds added to every answer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.orders: list[Order] = []
        self.limits: list[Limit] = []
        self.latency = 0.0
        self.clock = clock

    def _add(
        self,
        kind: str,
        method: str | Iterable[str] | None,
        chat: Any,
        times: int | None,
        when: Any,
        **more: Any,
    ) -> Order:
        methods = None if method is None else frozenset([method] if isinstance(method, str) else method)
        number = chat if chat is None or isinstance(chat, int) else chat.id
        order = Order(kind, methods, number, when, times, **more)
        self.orders.append(order)
        return order

    def refuse(
        self,
        code: int,
        text: str = "",
        method: str | Iterable[str] | None = None,
        *,
        chat: Any = None,
        times: int | None = 1,
        when: Callable[[Call], bool] | None = None,
        retry_after: int | None = None,
        raw: bytes | None = None,
    ) -> Order:
        """Answer matching calls with an error. `raw`: this body instead of JSON (a proxy's error page)."""
        standard = {
            400: "Bad Request", 401: "Unauthorized", 403: "Forbidden: bot was blocked by the user",
            404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
            503: "Service Unavailable", 504: "Gateway Timeout",
        }  # fmt: skip
        error = ApiError(code, text or standard.get(code, "Error"))
        if retry_after is not None:
            error = ApiError(
                code, text or f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
            )
        return self._add("refuse", method, chat, times, when, error=error, raw=raw)

    def cut(
        self,
        method: str | Iterable[str] | None = None,
        *,
        accepted: bool = False,
        chat: Any = None,
        times: int | None = 1,
        when: Callable[[Call], bool] | None = None,
    ) -> Order:
        """Close the connection without an answer; with `accepted` only after the method has run."""
        return self._add("swallow" if accepted else "cut", method, chat, times, when)

    def slow(
        self,
        seconds: float,
        method: str | Iterable[str] | None = None,
        *,
        chat: Any = None,
        times: int | None = 1,
        when: Callable[[Call], bool] | None = None,
    ) -> Order:
        """Run at once, answer `seconds` later."""
        return self._add("slow", method, chat, times, when, seconds=seconds)

    def hold(
        self,
        method: str | Iterable[str] | None = None,
        *,
        chat: Any = None,
        times: int | None = 1,
        when: Callable[[Call], bool] | None = None,
    ) -> Order:
        """Run at once, answer when the order is released: a slow reply without a clock."""
        return self._add("hold", method, chat, times, when)

    def find(self, call: Call) -> Order | None:
        """The first order for this call, counted; finished orders are dropped."""
        if not self.orders:
            return None
        for order in self.orders:
            if order.matches(call):
                order.take(call)
                return order
        self.orders = [order for order in self.orders if order.times != 0]
        return None

    def limit(self, call: Call) -> ApiError | None:
        """429 if a limit is exceeded. Whole seconds, at least 1, as Telegram says them."""
        now = self.clock()
        for limit in self.limits:
            if call.method in limit.methods and (wait := limit.check(call, now)) is not None:
                return too_many(max(1, math.ceil(wait)))
        return None
