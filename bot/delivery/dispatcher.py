"""The sends of one channel: refilled on acknowledgement, settled in groups.

Invariant: what came back is kept until it is in the ledger, however long the database takes nothing.
"""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.delivery.faults import Damaged, LeaseLost, Trouble
from bot.delivery.sending import CONDEMNED, Outcome, patience, send
from bot.messages import Address, Channel, Reply
from bot.store import StoreError, damaged, housekeeping, outbox
from bot.store.outbox import DAILY, Delivery

if TYPE_CHECKING:
    from bot.delivery.engine import Engine

log = logging.getLogger("bot.delivery")
GATHER = 0.03  # seconds in which what is acknowledged is settled together
AT_ONCE = 32  # rows made ready in one transaction, each about a millisecond
AGAIN = 5.0  # seconds after which a database that takes nothing is tried again
LAST_WAIT = 10.0  # seconds that what is in the air is waited for at the end
SAY = 10.0  # seconds between two lines on how a broadcast goes
TROUBLE = 60.0  # the longest pause, in seconds, while the platform does not answer at all

Taken = tuple[Delivery, Address, Reply]


@dataclass
class Exchange:
    """What one turn on the database thread brought. again: there is more to take at once; soon: seconds until
    something may be taken, None: nothing is queued."""

    ready: list[Taken] = field(default_factory=list)
    again: bool = False
    soon: float | None = None


@dataclass
class Progress:
    """How a broadcast goes, said in the log now and then."""

    began: float
    said: float
    sent: int = 0
    other: int = 0
    sent_then: int = 0


@dataclass
class Dispatcher:
    engine: "Engine"
    channel: Channel
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    running: set[asyncio.Task[Outcome]] = field(default_factory=set)
    back: list[Outcome] = field(default_factory=list)  # not in the ledger yet
    silent: int = 0  # sends in a row to which nobody answered
    run_: Progress | None = None
    trouble: Trouble = field(default_factory=Trouble)

    async def run(self) -> None:
        """Until cancelled. Raises LeaseLost or Damaged when nothing may be sent any more."""
        try:
            while True:
                self.wake.clear()
                done = await self._exchanged(self.engine.settings.in_flight - len(self.running))
                self._send(done.ready)
                if self.running:
                    await asyncio.wait(self.running, return_when=asyncio.FIRST_COMPLETED)
                    await asyncio.wait(self.running, timeout=GATHER)
                    self._collect()
                elif not done.again:
                    await self._rest(done.soon)
        finally:
            await self._finish()

    async def _exchanged(self, free: int) -> Exchange:
        """One turn on the database thread; while it takes nothing, what came back is kept."""
        work = asyncio.ensure_future(
            self.engine.call(self._exchange, tuple(self.back), max(0, min(free, AT_ONCE)))
        )
        try:
            done = await asyncio.shield(work)
        except asyncio.CancelledError:
            done = await work  # it goes on without us: what it took must not stay `sending`
            self.back = [
                Outcome(found, to, "queued", error=found.error, wait=0.0, counts=False)
                for found, to, _ in done.ready
            ]
            raise
        except StoreError as error:
            if damaged(error):
                raise Damaged(str(error)) from error
            self.trouble.met(error)
            return Exchange(soon=AGAIN)
        self.trouble.over()
        self.back = []
        return done

    def _send(self, ready: list[Taken]) -> None:
        for found, address, reply in ready:
            self.running.add(asyncio.create_task(send(self.channel, found, address, reply)))

    def _collect(self) -> None:
        done = {task for task in self.running if task.done()}
        self.running -= done
        for task in done:
            if not task.cancelled():
                self.back.append(self._judged(task.result()))

    def _judged(self, outcome: Outcome) -> Outcome:
        """Where nobody answers at all, the channel rests between tries instead of spending everybody's."""
        self.silent = 0 if outcome.answered else self.silent + 1
        most = max(3, self.engine.settings.in_flight)
        if self.silent < most:
            return outcome
        return replace(outcome, pause=min(patience(self.silent // most), TROUBLE))

    async def _rest(self, soon: float | None) -> None:
        """Until the next tick, or until something may be taken."""
        try:
            await asyncio.wait_for(self.wake.wait(), soon)
        except TimeoutError:
            return

    async def _finish(self) -> None:
        """What is in the air is waited for, and what is known is written down."""
        if self.running:
            await asyncio.wait(self.running, timeout=LAST_WAIT)
            self._collect()
            for task in self.running:
                task.cancel()
        if self.back:
            try:
                await self.engine.call(self._exchange, tuple(self.back), 0)
            except (LeaseLost, StoreError) as error:
                log.warning("%s outcomes could not be written down (%s)", len(self.back), error)

    # ---- on the database thread

    def _exchange(self, back: tuple[Outcome, ...], free: int) -> Exchange:
        """Settle what came back and take the next ones, in one transaction."""
        engine, store, kind = self.engine, self.engine.store, self.channel.kind
        now = engine.clock()
        at = now.timestamp()
        done = Exchange()
        with store.writing():
            for outcome in back:
                engine.settler.settle(outcome, engine.calendar, now)
            held = engine.keep_lease(at)
            pause = housekeeping.paused_until(store, kind)
            if held and free and pause <= at:
                self._take(done, free, now)
            if held and not done.ready and not done.again:
                first = outbox.next_try(store, kind)
                done.soon = None if first is None else max(pause - at, first - at, 0.05)
            self._count(back, done, at)
        if not held:
            raise LeaseLost
        return done

    def _take(self, done: Exchange, free: int, now: datetime) -> None:
        engine, store = self.engine, self.engine.store
        taken = outbox.claim(store, self.channel.kind, now.timestamp(), free)
        condemned = engine.settler.condemned() if taken else ()
        for found, address in taken:
            if found.kind == DAILY and (found.pack, found.card) in condemned:
                engine.settler.drop(found, CONDEMNED)
                done.again = True
            elif (reply := engine.rendered(found, address, now)) is None:
                engine.settler.drop(found, "nothing to send")
                done.again = True
            else:
                done.ready.append((found, address, reply))

    def _count(self, back: tuple[Outcome, ...], done: Exchange, at: float) -> None:
        """The line in the log: every ten seconds, and at the end of a broadcast that was long enough."""
        if self.run_ is None:
            if done.ready:
                self.run_ = Progress(at, at)
            return
        run = self.run_
        run.sent += sum(each.state == "sent" for each in back)
        run.other += sum(each.state in {"failed", "unknown"} for each in back)
        over = not done.ready and not done.again and not self.running
        if at - run.said < SAY and not over:
            return
        kind = self.channel.kind
        left, _ = outbox.queue(self.engine.store, kind)
        span = at - (run.began if over else run.said)
        pace = (run.sent if over else run.sent - run.sent_then) / span if span > 0 else 0.0
        wrong = f", {run.other} not" if run.other else ""
        if over and (run.sent > 1 or run.other):
            log.info("%s: %s sent%s in %.0f s, %s left", kind, run.sent, wrong, span, left)
        elif not over:
            ahead = f", about {left / pace / 60:.0f} min" if pace > 0 else ""
            log.info("%s: %s sent%s, %.1f/s, %s left%s", kind, run.sent, wrong, pace, left, ahead)
        if span >= 1:
            housekeeping.put_pace(self.engine.store, kind, pace, at)
        run.said, run.sent_then = at, run.sent
        if over:
            self.run_ = None
