"""The push: what is due is noted, taken, sent and settled; each channel has a dispatcher of its own.

Invariant: a row is committed as `sending` before its request leaves, and settled only by what the platform
said; what nobody knows is `unknown`, never silently sent again. All database work goes through `call`, on the
one thread that owns the writing connection.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from bot.config import DeliverySettings
from bot.days import Calendar
from bot.messages import Address, Channel, Doubtful, Gone, Later, Moved, Rejected, Reply, Stopped, Unsent
from bot.model import Pack
from bot.store import Store, history, housekeeping, outbox, progress, subscriptions
from bot.store.outbox import DAILY, Delivery, State
from bot.study import joining, pushing

log = logging.getLogger(__name__)
T = TypeVar("T")
LEASE = 60.0  # seconds; renewed by every tick
BREAKER = 3  # chats that refuse one card before it is stopped
FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0  # seconds between attempts, doubled each time
GATHER = 0.03  # seconds in which what was acknowledged is settled together
LOCAL = 20  # rows of a kept conversation delivered in one transaction


class Call(Protocol):
    """Runs a function on the database thread."""

    async def __call__(self, work: Callable[..., T], *args: object) -> T: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a send came to."""

    delivery: Delivery
    address: Address
    state: State
    ref: str = ""
    error: str = ""
    wait: float | None = None  # seconds until the next try
    counts: bool = True
    pause: float | None = None  # seconds the whole channel waits with its pushes
    gone: str = ""
    moved: str = ""


@dataclass
class Engine:
    """One process's push. `render` makes the message of a row (None: nothing to send any more).

    `arrived` is told of every kept conversation that got a push.
    """

    store: Store
    call: Call
    channels: Mapping[str, Channel]
    settings: DeliverySettings
    calendar: Calendar
    packs: Callable[[], Mapping[str, Pack]]
    render: Callable[[Delivery, Address, datetime], Reply | None]
    clock: Callable[[], datetime]
    arrived: Callable[[Address], None] = lambda _: None
    epoch: int = 0
    wake: dict[str, asyncio.Event] = field(default_factory=dict)

    # ---- the tick

    def start(self, holder: str) -> None:
        """On the database thread, before the first tick: take the lease, settle what a crash left open."""
        now = self.clock().timestamp()
        self.epoch = housekeeping.take_lease(self.store, holder, now, LEASE)
        while outbox.recover(self.store):
            pass

    async def tick(self) -> None:
        """Note what is due, drop what is too late, queue doubtful ones once more; then wake the dispatchers."""
        if await self.call(self._housekeep):
            after = 0
            while after := await self.call(pushing.work_out, self.store, self.calendar, self.clock(), after):
                pass
        while await self.call(self._note) == pushing.CHUNK:
            self._wake()  # the first of many need not wait for the last
        for channel in history.CHANNELS:
            while await self.call(self._local, channel) == LOCAL:
                pass  # who writes meanwhile is answered in between
        self._wake()

    def _wake(self) -> None:
        for event in self.wake.values():
            event.set()

    def _housekeep(self) -> bool:
        """Lease, lateness, doubts. True when the clock was set back and every slot is to be worked out anew."""
        now = self.clock()
        at = now.timestamp()
        if not housekeeping.keep_lease(self.store, self.epoch, at, LEASE):
            raise LeaseLost
        pushing.expire(self.store, now)
        if self.settings.guarantee == "at-least-once":
            outbox.resend(self.store, at, at - self.settings.resend_minutes * 60)
        return pushing.clock_set_back(self.store, now)

    def _note(self) -> int:
        return pushing.note_due(
            self.store, self.packs(), self.calendar, self.clock(), self.settings.catch_up_until
        )

    def _local(self, channel: str) -> int:
        """Kept conversations: stored is delivered, in one transaction, so none is lost or doubled. How many."""
        now = self.clock()
        with self.store.writing():
            taken = outbox.claim(self.store, channel, now.timestamp(), LOCAL)
            for found, address in taken:
                reply = self._rendered(found, address, now)
                if reply is None:
                    self._settle(Outcome(found, address, "failed", error="nothing to send"), now)
                    continue
                ref = history.add(self.store, address, None, [reply], now, seen=False)
                self._settle(Outcome(found, address, "sent", ref=str(ref)), now)
        for _, address in taken:
            self.arrived(address)
        return len(taken)

    # ---- dispatching

    async def dispatch(self, channel: Channel) -> None:
        """Send what is queued for one channel, `in_flight` at a time, until cancelled.

        On cancellation what is in the air is waited for and settled.
        """
        event = self.wake.setdefault(channel.kind, asyncio.Event())
        running: set[asyncio.Task[Outcome]] = set()
        outcomes: list[Outcome] = []
        try:
            while True:
                event.clear()
                free = self.settings.in_flight - len(running)
                taken = await self.call(self._exchange, channel.kind, outcomes, free)
                outcomes = []
                running |= {
                    asyncio.create_task(self._send(channel, found, address, reply))
                    for found, address, reply in taken
                }
                if not running:
                    await event.wait()
                    continue
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(GATHER)
                outcomes = [task.result() for task in running if task.done()]
                running = {task for task in running if not task.done()}
        finally:
            if running:
                done, late = await asyncio.wait(running, timeout=10)
                outcomes += [task.result() for task in done]
                for task in late:
                    task.cancel()
            if outcomes:
                await self.call(self._exchange, channel.kind, outcomes, 0)

    def _exchange(
        self, channel: str, outcomes: list[Outcome], free: int
    ) -> list[tuple[Delivery, Address, Reply]]:
        """Settle what came back and take the next ones, in one transaction."""
        now = self.clock()
        at = now.timestamp()
        ready = []
        with self.store.writing():
            for outcome in outcomes:
                self._settle(outcome, now)
            if not housekeeping.keep_lease(self.store, self.epoch, at, LEASE):
                raise LeaseLost
            if free and housekeeping.paused_until(self.store, channel) <= at:
                for found, address in outbox.claim(self.store, channel, at, free):
                    reply = self._rendered(found, address, now)
                    if reply is None:
                        self._settle(Outcome(found, address, "failed", error="nothing to send"), now)
                    else:
                        ready.append((found, address, reply))
        return ready

    def _rendered(self, found: Delivery, address: Address, now: datetime) -> Reply | None:
        """A fault in making one message must not hold up the others."""
        try:
            return self.render(found, address, now)
        except Exception:
            log.exception("delivery %s cannot be made", found.id)
            return None

    async def _send(self, channel: Channel, found: Delivery, address: Address, reply: Reply) -> Outcome:
        def outcome(state: State, error: str = "", **more: object) -> Outcome:
            return Outcome(found, address, state, error=error, **more)  # type: ignore[arg-type]

        try:
            return outcome("sent", ref=await channel.send(address, reply))
        except Later as later:
            wait = later.seconds or patience(found.attempts)
            return outcome("queued", "429", wait=wait, counts=later.seconds is None, pause=wait)
        except Gone as gone:
            return outcome("failed", "gone", gone=str(gone) or "gone")
        except Moved as moved:
            return outcome("queued", "moved", wait=0.0, counts=False, moved=moved.chat)
        except Rejected as rejected:
            return outcome("failed", f"rejected: {rejected}"[:200])
        except Unsent as unsent:
            return outcome("queued", f"unsent: {unsent}"[:200], wait=patience(found.attempts))
        except Stopped:
            return outcome("queued", "stopped", wait=60.0, counts=False, pause=60.0)
        except Doubtful as doubt:
            return outcome("unknown", f"doubt: {doubt}"[:200])
        except Exception as fault:
            log.exception("delivery %s: a fault in the channel %s", found.id, channel.kind)
            return outcome("unknown", f"doubt: {type(fault).__name__}")

    # ---- settling

    def _settle(self, outcome: Outcome, now: datetime) -> None:
        """Write down what became of one send, and what follows from it."""
        found, at = outcome.delivery, now.timestamp()
        outbox.settle(
            *(self.store, found.id, outcome.state),
            at=at,
            ref=outcome.ref,
            error=outcome.error,
            not_before=None if outcome.wait is None else at + outcome.wait,
            counts=outcome.counts,
        )
        daily = found.kind == DAILY
        if daily and outcome.state == "sent":
            progress.show(self.store, found.subscription, found.day, now)
        if daily and outcome.state == "failed":
            progress.take_back(self.store, found.subscription, found.day)
        if outcome.pause:
            housekeeping.pause_channel(self.store, found.channel, at + outcome.pause, outcome.error)
        if outcome.moved:
            subscriptions.move_chat(self.store, found.channel, outcome.address.chat, outcome.moved)
        sub = subscriptions.get(self.store, found.subscription) if outcome.gone else None
        if sub:
            joining.gone(self.store, sub, self.calendar, now, outcome.gone)
            log.info("subscription %s switched off: %s", sub.id, outcome.gone)
        if daily and outcome.error.startswith("rejected"):
            self._refused(found, outcome.error)

    def _refused(self, found: Delivery, why: str) -> None:
        """One card that several chats refuse is the card's fault: stop it, switch nobody off."""
        refused = outbox.refusals(self.store, found.pack, found.card, found.due)
        if refused < BREAKER:
            return
        if housekeeping.stop_card(self.store, found.pack, found.card, found.day.isoformat(), why):
            stopped = outbox.stop_card(self.store, found.pack, found.card, why)
            log.error("card %s/%s stopped after %s refusals: %s", found.pack, found.card, refused, why)
            for each in stopped:
                progress.take_back(self.store, each.subscription, each.day)


class LeaseLost(Exception):
    """Another process pushes from this database now."""


def patience(attempts: int) -> float:
    """Seconds until the next try: doubled each time, with jitter so that not all come back at once."""
    wait = min(FIRST_WAIT * 2.0 ** max(attempts - 1, 0), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
