"""Who may send when: one pacer under all sends of a token, whatever the platform.

Invariant: replies go before bulk; the whole token keeps its rate, each chat one message a second and each group
20 a minute; what the platform refuses of bulk slows bulk only. Instants are seconds of a monotonic clock.

A send says which lane it is in by a context variable, so that a channel need not know: replies are the default,
and whoever sends in bulk does it inside `with bulk():`.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

Lane = Literal["reply", "bulk"]
lane: ContextVar[Lane] = ContextVar("lane", default="reply")

GUARD = (
    1.05  # the platform's seconds are counted where messages arrive, which is never exactly when they leave
)
PER_CHAT = 1.0 * GUARD  # seconds between two messages into one chat
STALL = 0.02  # seconds by which a timer is late when the program, or the machine, stood still
LEAVES = 0.05  # seconds within which a send leaves the machine once it was let go
LATE, LATEST = 0.03, 0.3  # an answer later than usual by this much tells that its send arrived later, too
FORGETS = 1.01  # what is usual grows by this with every answer, so that a swift hour does not bind the next
PER_GROUP, MINUTE = 20, 60.0 * GUARD  # messages into one group in so many seconds
EVEN = 0.97  # bulk sends keep at least this share of an even distance, so that a reply never finds a closed second
SLOWER, SLOWEST, FASTER, CALM = 0.75, 0.1, 1.1, 30.0  # after a refusal; and again faster after calm seconds


@contextmanager
def bulk() -> Iterator[None]:
    """What is sent inside waits behind every reply."""
    token = lane.set("bulk")
    try:
        yield
    finally:
        lane.reset(token)


class Held(Exception):
    """Bulk is held back for so many seconds; the message has not left."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"bulk is held for {seconds:.1f} s")
        self.seconds = seconds


@dataclass(eq=False, slots=True)
class Wish:
    """One send that waits for its turn. group: its chat has the limit of groups; light: an edit, which counts
    for the token and the group but is no message of its own."""

    chat: str
    group: bool = False
    bulk: bool = False
    light: bool = False
    turn: "asyncio.Future[None] | None" = None
    went: float = -1e9  # when it was let go


@dataclass(slots=True)
class _Chat:
    last: float = -1e9  # when the last message went
    held: float = -1e9  # nothing before this instant
    minute: deque[float] = field(default_factory=deque)  # groups: the sends of the last minute


class Timetable:
    """The rules without any waiting: from when a send may go, and that it went."""

    def __init__(self, rate: float = 30.0, guard: bool = True, per_chat: float = PER_CHAT) -> None:
        self.rate = rate
        self.per_chat = per_chat
        self.guard = guard
        self.count = max(1, int(rate))
        self.window = GUARD * self.count / rate
        self.even = self.window / self.count if guard else 1.0 / rate  # seconds between bulk sends
        self.factor = 1.0  # of the rate, for bulk
        self._sent: deque[float] = deque(maxlen=self.count)
        self._level, self._level_at = self.burst, -1e9
        self._bulk_due = -1e9
        self._bulk_from = -1e9
        self._changed = -1e9  # when `factor` was last changed
        self._usual = 1e9  # seconds from letting go to the answer, at the swiftest lately
        self._chats: OrderedDict[str, _Chat] = OrderedDict()

    @property
    def burst(self) -> float:
        """Without the guard: as many may go at once after a rest. Half of what platforms are known to allow."""
        return max(1.0, self.rate / 2)

    def open(self, now: float) -> float:
        """From when the token may send at all."""
        if self.guard:
            return self._sent[0] + self.window if len(self._sent) == self.count else now
        level = min(self.burst, self._level + (now - self._level_at) * self.rate)
        return now if level >= 1 else now + (1 - level) / self.rate

    def ready(self, wish: Wish, now: float) -> float:
        """From when this send may go, the token's own rate apart."""
        at = now
        if wish.bulk:
            at = max(at, self._bulk_from, self._bulk_due)
        chat = self._chats.get(wish.chat)
        if chat:
            at = max(at, chat.held)
            if not wish.light:
                at = max(at, chat.last + self.per_chat)
            if wish.group and len(chat.minute) >= PER_GROUP:
                at = max(at, chat.minute[-PER_GROUP] + MINUTE)
        return at

    def went(self, wish: Wish, now: float) -> None:
        """Count a send."""
        wish.went = now
        if self.guard:
            self._sent.append(now)
        else:
            self._level = min(self.burst, self._level + (now - self._level_at) * self.rate) - 1
            self._level_at = now
        if wish.bulk:
            if self.factor < 1 and now - self._changed > CALM:
                self.factor, self._changed = min(1.0, self.factor * FASTER), now
            self._bulk_due = now + (self.even * EVEN if self.factor == 1 else self.even / self.factor)
        chat = self._chat(wish.chat)
        if not wish.light:
            chat.last = now
        if wish.group:
            chat.minute.append(now)
            while len(chat.minute) > PER_GROUP:
                chat.minute.popleft()
        self._forget(now)

    def answered(self, wish: Wish, now: float) -> None:
        """The platform has taken a send. Where that took longer than usual it is counted as sent by so much later,
        for it may have been on its way: the platform's seconds are those in which messages arrive."""
        took = now - wish.went
        self._usual = min(took, self._usual * FORGETS)
        late = min(took - self._usual, LATEST)
        if late <= LATE or not self.guard:
            return
        for n in range(len(self._sent) - 1, -1, -1):
            if self._sent[n] == wish.went:
                self._sent[n] = wish.went + late
                return

    def stalled(self, now: float, late: float) -> None:
        """The program stood still until now, `late` seconds or more: what was let go shortly before leaves only now."""
        after = now - late - LEAVES
        for n in range(len(self._sent) - 1, -1, -1):
            if self._sent[n] <= after:
                return
            self._sent[n] = now

    def refused(self, wish: Wish, seconds: float, now: float) -> None:
        """The platform wants us to wait. Bulk: all of bulk waits and then goes slower; a reply: its chat waits."""
        if now - self._changed > 1.0:  # those in the air together are one refusal
            self.factor, self._changed = max(SLOWEST, self.factor * SLOWER), now
        if wish.bulk:
            self._bulk_from = max(self._bulk_from, now + seconds)
        else:
            chat = self._chat(wish.chat)
            chat.held = max(chat.held, now + seconds)

    def held(self, now: float) -> float:
        """Seconds for which bulk is held back."""
        return max(0.0, self._bulk_from - now)

    def _chat(self, name: str) -> _Chat:
        chat = self._chats.get(name)
        if chat is None:
            chat = self._chats[name] = _Chat()
        self._chats.move_to_end(name)
        return chat

    def _forget(self, now: float) -> None:
        """Chats that no rule can hold back any more, so that a million of them are not kept."""
        for name, chat in list(self._first(2)):
            last = chat.minute[-1] + MINUTE if chat.minute else chat.last + self.per_chat
            if last > now:
                return
            if chat.held > now:
                self._chats.move_to_end(name)
            else:
                del self._chats[name]

    def _first(self, most: int) -> Iterator[tuple[str, _Chat]]:
        for number, item in enumerate(self._chats.items()):
            if number == most:
                return
            yield item


class Pacer:
    """The timetable with those who wait. Belongs to one event loop."""

    def __init__(
        self,
        rate: float = 30.0,
        guard: bool = True,
        per_chat: float = PER_CHAT,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.times = Timetable(rate, guard, per_chat)
        self._clock = clock
        self._lanes: dict[bool, deque[Wish]] = {False: deque(), True: deque()}
        self._timer: asyncio.TimerHandle | None = None
        self._meant = 0.0  # when the timer should ring

    def now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()

    async def turn(self, chat: str, group: bool = False, light: bool = False) -> Wish:
        """Wait until this send may go. Raises Held at once where bulk is to wait for seconds."""
        wish = Wish(chat, group, lane.get() == "bulk", light)
        if wish.bulk and (seconds := self.times.held(self.now())):
            raise Held(seconds)
        wish.turn = asyncio.get_running_loop().create_future()
        self._lanes[wish.bulk].append(wish)
        self._pump()
        try:
            await wish.turn
        except asyncio.CancelledError:
            self._pump()
            raise
        return wish

    def refused(self, wish: Wish, seconds: float) -> None:
        """The platform answered that this one came too soon."""
        now = self.now()
        self.times.refused(wish, seconds, now)
        if wish.bulk:
            waiting, self._lanes[True] = self._lanes[True], deque()
            for each in waiting:
                if each.turn and not each.turn.done():
                    each.turn.set_exception(Held(self.times.held(now)))
        self._pump()

    def answered(self, wish: Wish) -> None:
        """The platform has taken it."""
        self.times.answered(wish, self.now())

    def _pump(self) -> None:
        """Let go whoever may; come back when the next one may. A timer that is late tells of a standstill."""
        now = self.now()
        if self._timer:
            if now - self._meant > STALL:
                self.times.stalled(now, now - self._meant)
            self._timer.cancel()
            self._timer = None
        soonest: float | None = None
        for which in (False, True):
            left: deque[Wish] = deque()
            waiting = self._lanes[which]
            while waiting:
                at = self.times.open(now)
                if at > now:
                    soonest = at
                    break
                wish = waiting.popleft()
                if wish.turn is None or wish.turn.done():
                    continue
                at = self.times.ready(wish, now)
                if at > now:
                    left.append(wish)
                    soonest = at if soonest is None else min(soonest, at)
                else:
                    self.times.went(wish, now)
                    wish.turn.set_result(None)
            left.extend(waiting)
            self._lanes[which] = left
            if soonest is not None and self.times.open(now) > now:
                break
        if soonest is not None:
            loop = asyncio.get_running_loop()
            at = max(soonest - now, 0.0005)
            self._timer = loop.call_later(at, self._pump)
            self._meant = now + at
