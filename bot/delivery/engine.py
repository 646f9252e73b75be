"""The tick: the lease, the clock, what is due, what is too late, what is doubtful.

Invariant: every step is a transaction of its own, under 100 ms, and can be the last one before a crash.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from bot.config import DeliverySettings
from bot.days import Calendar
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.faults import Damaged, LeaseLost, Trouble
from bot.delivery.sending import CONDEMNED, Outcome
from bot.delivery.settling import Settler
from bot.messages import Address, Channel, Reply
from bot.model import Pack
from bot.store import Store, StoreError, damaged, history, housekeeping, outbox, passing
from bot.store.outbox import DAILY, Delivery
from bot.study import pushing

log = logging.getLogger("bot.delivery")
T = TypeVar("T")
LEASE = 60.0  # seconds; renewed by every tick
LOCAL = 20  # rows of a kept conversation delivered in one transaction


class Call(Protocol):
    """Runs a function on the database thread."""

    async def __call__(self, work: Callable[..., T], *args: object) -> T: ...


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
    dispatchers: dict[str, Dispatcher] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settler = Settler(self.store)
        self.trouble = Trouble()

    def start(self, holder: str) -> None:
        """On the database thread, before the first tick: take the lease, settle what a crash left open."""
        self.epoch = housekeeping.take_lease(self.store, holder, self.clock().timestamp(), LEASE)
        left = 0
        while more := outbox.recover(self.store):
            left += more
        if left:
            log.warning("%s sends were in the air when the last run ended; they may have arrived", left)
        if self.settings.guarantee == "at-most-once":
            outbox.never_resend(self.store)
        pushing.look_at_rules(self.store)

    async def dispatch(self, channel: Channel) -> None:
        """Send what is queued for one channel until cancelled; what is in the air then is settled."""
        self.dispatchers[channel.kind] = Dispatcher(self, channel)
        await self.dispatchers[channel.kind].run()

    async def tick(self) -> None:
        """Note what is due, drop what is too late, queue doubtful ones once more; then wake the dispatchers.

        Raises LeaseLost or Damaged when nothing may be sent any more. While the database takes nothing, the
        next tick tries again.
        """
        try:
            await self._tick()
        except StoreError as error:
            if damaged(error):
                raise Damaged(str(error)) from error
            self.trouble.met(error)
        else:
            self.trouble.over()

    async def _tick(self) -> None:
        await self.call(self._begin)
        while await self.call(pushing.expire, self.store, self.clock()):
            pass
        if self.settings.guarantee == "at-least-once":
            while await self.call(self._resend):
                pass
        while await self.call(self._note) == pushing.CHUNK:
            self._wake()  # the first of many need not wait for the last
        while await self.call(pushing.work_out, self.store, self.calendar, self.clock()):
            pass
        for channel in history.CHANNELS:
            while await self.call(self._local, channel) == LOCAL:
                pass
        self._wake()

    def _wake(self) -> None:
        for each in self.dispatchers.values():
            each.wake.set()

    # ---- on the database thread

    def keep_lease(self, at: float) -> bool:
        return housekeeping.keep_lease(self.store, self.epoch, at, LEASE)

    def _begin(self) -> None:
        now = self.clock()
        if not self.keep_lease(now.timestamp()):
            raise LeaseLost
        pushing.look_at_clock(self.store, now)

    def _resend(self) -> int:
        at = self.clock().timestamp()
        return outbox.resend(self.store, at, at - self.settings.resend_minutes * 60)

    def _note(self) -> int:
        return pushing.note_due(
            *(self.store, self.packs(), self.calendar, self.clock(), self.settings.catch_up_until),
            stopped=self.settler.condemned(),
        )

    def _local(self, channel: str) -> int:
        """Kept conversations: stored is delivered, in one transaction, so none is lost or doubled."""
        now = self.clock()
        with self.store.writing():
            taken = outbox.claim(self.store, channel, now.timestamp(), LOCAL)
            condemned = self.settler.condemned() if taken else ()
            for found, address in taken:
                if found.kind == DAILY and (found.pack, found.card) in condemned:
                    self.settler.drop(found, CONDEMNED)
                elif (reply := self.rendered(found, address, now)) is None:
                    self.settler.drop(found, "nothing to send")
                else:
                    ref = history.add(self.store, address, None, [reply], now, seen=False)
                    self.settler.settle(Outcome(found, address, "sent", ref=str(ref)), self.calendar, now)
        for _, address in taken:
            self.arrived(address)
        return len(taken)

    def rendered(self, found: Delivery, address: Address, now: datetime) -> Reply | None:
        """A fault in making one message must not hold up the others; one of the database holds up all."""
        try:
            return self.render(found, address, now)
        except Exception as error:
            if passing(error) or damaged(error):
                raise
            log.exception("delivery %s cannot be made", found.id)
            return None
