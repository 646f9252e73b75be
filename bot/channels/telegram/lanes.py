"""One lane a chat: what comes from it is handled in order, while other chats go on beside it.

Invariant: within a chat nothing overtakes; a fault in handling one thing is logged and ends only that.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Lanes(Generic[T]):
    """`handle` is given each thing and a future that it sets as soon as the effect is kept. One that is cancelled was
    given up."""

    def __init__(self, handle: "Callable[[T, asyncio.Future[None]], Awaitable[None]]") -> None:
        self._handle = handle
        self._waiting: dict[str, deque[tuple[T, asyncio.Future[None]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, lane: str, thing: T) -> "asyncio.Future[None]":
        """Line it up; what is returned is done when its effect is kept, or when it is given up."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if lane in self._waiting:
            self._waiting[lane].append((thing, kept))
            return kept
        self._waiting[lane] = deque([(thing, kept)])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return kept

    async def _run(self, lane: str) -> None:
        waiting = self._waiting[lane]
        try:
            while waiting:
                thing, kept = waiting.popleft()
                try:
                    await self._handle(thing, kept)
                except Exception:  # one that we cannot handle must not come again and again
                    log.exception("an update could not be handled")
                except BaseException:
                    kept.cancel()
                    raise
                if not kept.done():
                    kept.set_result(None)
        finally:
            del self._waiting[lane]
            for _, kept in waiting:
                kept.cancel()

    async def idle(self) -> None:
        """Return once nothing is being handled."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def end(self, seconds: float) -> None:
        """Let what is begun come to its end, for so long; then give it up."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
