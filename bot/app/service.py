"""The running program: database thread, clock, channels, and how each lives, fails and ends.

Invariant: one thread owns the writing connection; a channel that dies is started again without the others
noticing; on SIGTERM what is in the air is settled before the database is closed.
"""

import asyncio
import logging
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import lock
from bot.app.bot import Bot, worked
from bot.app.notices import Notices
from bot.app.setting import calendar_of, content_roots, settings_of
from bot.commands.desk import flooded
from bot.commands.mydata import EXPORTS
from bot.config import Config
from bot.days import Calendar
from bot.delivery import Damaged, Engine, LeaseLost
from bot.limiter import Limiter
from bot.messages import Address, Channel, Incoming, Listener, Reply, Stopped
from bot.model import Problem, Refused
from bot.store import Store, history, housekeeping, library, open_reader, open_store, posed, trust, upkeep
from bot.store.database import broken
from bot.study import pushing, shelf

log = logging.getLogger(__name__)
T = TypeVar("T")
TICK = 10  # seconds; a push is at most this late
LOOK = 60  # seconds between looks at the packs' files
GATHER = 1.0  # seconds in which the messages of a flood are counted before it is told
HEALTH_SECONDS = 2  # a database that does not answer within them is not well
RESTARTS = (1, 2, 4, 8, 15, 30, 60)  # seconds before a channel that died is started again
KEPT = timedelta(days=90)  # of a kept conversation
EXPORTED = timedelta(days=1)  # of the files that /mydata made


@dataclass
class Service:
    """Everything of one `run`. `channels` makes the channels once the ports below are there."""

    config: Config
    channels: "Callable[[Service], Sequence[Listener]]"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    tick_seconds: float = TICK
    handle_signals: bool = True
    watchers: list[Callable[[Address], None]] = field(default_factory=list)
    doors: dict[str, str] = field(default_factory=dict)  # filled in by channels, read by commands
    limiter: Limiter | None = None  # None: everybody may write as fast as he can
    tell: Callable[[str], None] = lambda _: None  # what the operator should read at once, beside the log
    gathered: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(GATHER)  # the messages of a flood counted
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    failed: bool = False  # it stops because it cannot go on

    def __post_init__(self) -> None:
        self._main = asyncio.get_running_loop()
        self._shelving = asyncio.Lock()  # one at a time reads the packs' files
        self.ticked = self._main.time()  # when the push last looked, by the loop's clock

    # ---- ports, for channels

    async def call(self, work: Callable[..., T], *args: object) -> T:
        """Run something on the database thread."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work, *args)

    async def read(self, work: Callable[..., T], *args: object) -> T:
        """Run something on the reading thread, which must not write."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work, *args)

    async def answer(self, incoming: Incoming) -> list[Reply]:
        """The replies to one message; none for what a flood is made of, but for one notice of it."""
        if self.limiter and not incoming.event:
            who = f"{incoming.channel}:{incoming.user}"
            verdict = self.limiter.check(who, asyncio.get_running_loop().time())
            if verdict != "go":
                if verdict == "held":
                    return []
                await self.gathered()  # so that the notice counts what came at once
                return [flooded(self.limiter.dropped(who), round(self.limiter.rest))]
        replies = await self.call(self.bot.begin, incoming, self.clock())
        if incoming.kept:
            incoming.kept()
        if not any(reply.work for reply in replies):
            return replies
        done: list[Reply] = []
        for reply in replies:
            if reply.work and reply.slow:
                await self._meanwhile(incoming, reply)
                done += await asyncio.to_thread(worked, reply, self.reader, incoming.group)
            else:
                done += await self.read(worked, reply, self.reader, incoming.group) if reply.work else [reply]
        if any(reply.new_pack for reply in done):
            await self._shelve()
        return await self.call(self.bot.end, incoming, done, self.clock())

    async def _meanwhile(self, incoming: Incoming, reply: Reply) -> None:
        """Say that it takes a while. Where that cannot be said the answer comes all the same."""
        to_self = incoming.group and reply.private
        where = Address(
            *(incoming.channel, incoming.user, "")
            if to_self
            else (incoming.channel, incoming.chat, incoming.thread)
        )
        said = Reply(reply.text)
        if incoming.channel in history.CHANNELS:
            await self.call(history.add, self.store, where, None, [said], self.clock(), False)
            for watcher in self.watchers:
                watcher(where)
        elif sender := self.senders.get(incoming.channel):
            try:
                await sender.send(where, said)
            except Exception as fault:
                log.info(
                    "what is being done could not be said on %s: %s", incoming.channel, type(fault).__name__
                )

    async def waiting(self, address: Address) -> list[Reply]:
        """What was pushed to a kept conversation and not seen yet; it is seen now."""
        return await self.call(self.bot.waiting, address, self.clock())

    async def health(self) -> str:
        """What is wrong with the running program, for whoever watches it; "" when all is well."""
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                stopped = await self.call(housekeeping.stopped, self.store)
        except TimeoutError:
            return f"数据库 {HEALTH_SECONDS} 秒没有应答"
        except Exception as fault:
            return f"数据库读不了：{fault}"
        still = asyncio.get_running_loop().time() - self.ticked
        if still > max(6 * self.tick_seconds, LOOK):
            return f"推送停了：{round(still)} 秒没有动静"
        return "；".join(f"渠道 {name} 停了：{why}" for name, why in stopped.items())

    # ---- life

    async def run(self) -> int:
        """Until stopped (0) or until no channel is left (1). Raises Refused when it must not start."""
        held = lock.take(self.config.bot.data)
        self._writer = ThreadPoolExecutor(1, "database")
        self._reading = ThreadPoolExecutor(1, "reading")
        try:
            self.store: Store = await self.call(open_store, self.config.bot.data, self.clock())
            try:
                await self.call(trust, self.store)
                return await self._run()
            finally:
                await self.call(self.store.close)
        finally:
            self._writer.shutdown()
            self._reading.shutdown()
            held.close()

    async def _run(self) -> int:
        self.reader: Store = await self.read(open_reader, self.config.bot.data)
        calendar, problems = calendar_of(self.config)
        _log_problems("holidays", problems)
        self.bot = Bot(self.store, settings_of(self.config, calendar, self.doors))
        await self._refresh()
        listeners = list(self.channels(self))
        if not listeners:
            await self.read(self.reader.close)
            return 1
        self.senders: dict[str, Channel] = {each.kind: each for each in listeners if hasattr(each, "send")}  # type: ignore[misc]
        self.engine = Engine(
            *(self.store, self.call, self.senders, self.config.delivery, calendar),
            packs=lambda: self.bot.packs,
            render=self.bot.push,
            clock=self.clock,
            arrived=self._arrived,
        )
        self.notices = Notices(self.store, self.config.organisers.members)
        await self.call(self.engine.start, lock.identity())
        await self.call(_clear_stops, self.store)
        scheduler = self._scheduler()
        sending = [asyncio.create_task(self.engine.dispatch(each)) for each in self.senders.values()]
        for dispatcher in sending:
            dispatcher.add_done_callback(self._ended)
        living = [asyncio.create_task(self._live(each)) for each in listeners]
        checking = asyncio.create_task(self._check())
        if self.handle_signals:
            for each in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(each, self.stop.set)
        scheduler.start()
        tending = asyncio.create_task(self._upkeep())
        self.ready.set()
        log.info("running: %s", ", ".join(each.kind for each in listeners) or "no channel")
        ended = asyncio.create_task(self.stop.wait())
        try:
            left = set(living)
            while left and not self.stop.is_set():
                done, _ = await asyncio.wait({*left, ended}, return_when=asyncio.FIRST_COMPLETED)
                left -= done
            return 0 if self.stop.is_set() and not self.failed else 1
        finally:
            scheduler.shutdown(wait=False)
            for task in (*living, *sending, ended, tending, checking):
                task.cancel()
            await asyncio.gather(*living, *sending, ended, tending, checking, return_exceptions=True)
            await self.read(self.reader.close)
            log.info("stopped")

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone=UTC)
        # The database decides what is due: a tick that comes late, or only once after a sleep, misses nothing.
        always = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        soon = datetime.now(UTC)
        scheduler.add_job(self.tick, "interval", seconds=self.tick_seconds, next_run_time=soon, **always)
        scheduler.add_job(
            self._look, "interval", seconds=LOOK, next_run_time=soon + timedelta(seconds=LOOK), **always
        )
        return scheduler

    async def tick(self) -> None:
        """One beat of the push."""
        try:
            await self.engine.tick()
            await self.call(self.notices.look, self.clock())
            self.ticked = asyncio.get_running_loop().time()
        except (LeaseLost, Damaged) as fault:
            self._give_up(fault)
        except asyncio.CancelledError:
            return  # the program ends; the scheduler would log it as a fault
        except Exception:
            log.exception("a tick failed; the next one tries again")

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A dispatcher ends only when it is told to, or when nothing may be sent any more."""
        if not task.cancelled() and (fault := task.exception()):
            self._give_up(fault)

    def _give_up(self, fault: BaseException) -> None:
        if isinstance(fault, LeaseLost):
            log.critical("another process pushes from this database now; this one stops")
        elif isinstance(fault, Damaged):
            log.critical("%s", broken(self.config.bot.data, fault))
        else:
            log.critical("the push has ended", exc_info=fault)
        self.failed = True
        self.stop.set()

    async def _check(self) -> None:
        """A large database is read whole beside the work, since that takes longer than a start may."""
        try:
            await self.read(trust, self.reader, True)
        except Refused as refused:
            log.critical("%s", refused)
            self.failed = True
            self.stop.set()
        except Exception:
            log.exception("the database could not be checked")

    async def _look(self) -> None:
        """Packs and holidays as they are on disk now; what is old is forgotten."""
        try:
            await self._refresh()
            await self._upkeep()
            calendar, problems = await asyncio.to_thread(calendar_of, self.config)
            if calendar != self.engine.calendar:
                _log_problems("holidays", problems)
                self.engine.calendar = calendar
                await self.call(self._take_calendar, calendar)
                while await self.call(pushing.work_out, self.store, calendar, self.clock()):
                    pass
            await self.call(self._forget)
            await asyncio.to_thread(_clear_exports, self.config.bot.data / EXPORTS, self.clock() - EXPORTED)
        except asyncio.CancelledError:
            return
        except Exception:
            log.exception("looking at the files failed; the next look tries again")

    def _take_calendar(self, calendar: Calendar) -> None:
        self.bot.settings = replace(self.bot.settings, calendar=calendar)
        pushing.rework(self.store)

    def _forget(self) -> None:
        housekeeping.forget_updates(self.store, self.clock())
        history.drop_before(self.store, self.clock() - KEPT)
        posed.forget(self.store, self.clock())

    async def _refresh(self) -> None:
        """Read what changed on disk, beside the database thread; only the writing goes there."""
        async with self._shelving:
            known = await self.call(library.known, self.store)
            changed, wrong = await asyncio.to_thread(shelf.changed, known, *content_roots(self.config))
            for pack, print_ in changed:
                await self._steps(shelf.putting(self.store, pack, print_))
                log.info("pack %s is live", pack.id)
            for name, problems in wrong.items():
                _log_problems(name, problems)
            await self.call(self._broken, wrong)

    async def _shelve(self) -> None:
        """A pack was put in place just now; where it cannot be read yet, the next look does it."""
        try:
            await self._refresh()
        except Exception:
            log.exception("a new pack could not be read; the next look tries again")

    async def _steps(self, steps: Iterator[object]) -> None:
        """Work that is cut into short transactions: messages are answered between them."""
        while await self.call(next, steps, None) is not None:
            pass

    async def _upkeep(self) -> None:
        """An index that fell behind (killed in mid-import, an older program) is made good while we answer."""
        try:
            await self._steps(upkeep.catching_up(self.store))
        except Exception:
            log.exception("the index could not be brought up to date; the next look tries again")

    def _broken(self, wrong: "dict[str, tuple[Problem, ...]]") -> None:
        if hasattr(self, "notices"):
            self.notices.broken(wrong, self.clock())

    def _arrived(self, address: Address) -> None:
        """From the database thread: tell those who show kept conversations."""
        for watcher in self.watchers:
            self._main.call_soon_threadsafe(watcher, address)

    async def _live(self, listener: Listener) -> None:
        """Run one channel; start it again after a fault, more slowly each time."""
        faults = 0
        while True:
            began = self.clock()
            try:
                await listener.run(self.answer)
                return
            except Stopped as stopped:
                log.error("channel %s stopped: %s", listener.kind, stopped)
                self.tell(str(stopped))
                await self.call(housekeeping.stop_channel, self.store, listener.kind, str(stopped))
                return
            except Exception:
                if self.clock() - began > timedelta(minutes=10):
                    faults = 0
                wait = RESTARTS[min(faults, len(RESTARTS) - 1)]
                faults += 1
                log.exception("channel %s died; again in %s s", listener.kind, wait)
                await asyncio.sleep(wait)


def _clear_exports(folder: Path, before: datetime) -> None:
    """Files that people asked for are theirs: what they had time to fetch is not kept here."""
    for each in folder.glob("*/"):
        if datetime.fromtimestamp(each.stat().st_mtime, UTC) < before:
            shutil.rmtree(each, ignore_errors=True)


def _clear_stops(store: Store) -> None:
    for channel in housekeeping.stopped(store):
        housekeeping.stop_channel(store, channel, "")


def _log_problems(name: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        log.log(logging.ERROR if problem.error else logging.WARNING, "%s/%s", name, problem)
