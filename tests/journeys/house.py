"""The whole program in a thread of its own, with a clock that only moves when told.

Invariant: nothing here replaces a part of the program: a real database file, the real service, engine and
commands; only the time is passed in.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.app.service import Service
from bot.config import Config
from bot.messages import Listener

T = TypeVar("T")
NEVER = 10_000_000.0  # seconds between the scheduler's own ticks: the test gives the beat
PATIENCE = 20  # seconds until a hang is called one


@dataclass
class House:
    """`channels` builds the channels of the service, as bot.cli.running does."""

    config: Config
    channels: Callable[[Service], Sequence[Listener]]
    now: datetime = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)
    service: Service = field(init=False)
    code: int | None = None

    def start(self) -> None:
        ready: Future[Service] = Future()
        self._loop = asyncio.new_event_loop()

        async def live() -> None:
            try:
                service = Service(
                    *(self.config, self.channels),
                    clock=lambda: self.now,
                    tick_seconds=NEVER,
                    handle_signals=False,
                )
                running = asyncio.create_task(service.run())
                waiting = asyncio.create_task(service.ready.wait())
                await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if not service.ready.is_set():
                    self.code = running.result()  # raises what kept it from starting
                    ready.set_result(service)
                    return
                ready.set_result(service)
                self.code = await running
            except BaseException as fault:
                if not ready.done():
                    ready.set_exception(fault)
                raise

        def target() -> None:
            try:
                self._loop.run_until_complete(live())
            except Exception:
                if not ready.done() or ready.exception() is None:
                    raise
            finally:
                self._loop.close()

        self._thread = threading.Thread(target=target, name="house")
        self._thread.start()
        self.service = ready.result(PATIENCE)

    def stop(self) -> None:
        """As SIGTERM does."""
        self._loop.call_soon_threadsafe(self.service.stop.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the service does not stop"

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the service's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def tick(self) -> None:
        """One beat of the push, and everything it sends sent."""
        self.do(self.service.tick())
