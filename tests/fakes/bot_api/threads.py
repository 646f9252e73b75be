"""The server in a thread with a loop of its own, for synchronous tests and for benchmarks.

Invariant: the world is touched on the server's loop only; `run` and `do` carry work there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .server import FakeBotApi

T = TypeVar("T")


class Threaded:
    """`with Threaded(check=False) as box:`; box.server is the server, box.run(coroutine) its result."""

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.server = FakeBotApi(**options)
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="fake-bot-api", daemon=True)

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self.server.start(self._port))
        except BaseException as error:
            self._failed = error
            self._ready.set()
            self._loop.close()
            return
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self.server.stop())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def __enter__(self) -> Threaded:
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            raise self._failed
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def run(self, work: Coroutine[Any, Any, T], timeout: float = 30.0) -> T:
        """Result of a coroutine run on the server's loop, e.g. box.run(lin.says("/today"))."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def do(self, work: Callable[[], T], timeout: float = 30.0) -> T:
        """Result of a plain function run on the server's loop, e.g. box.do(lin.blocks)."""

        async def one() -> T:
            return work()

        return self.run(one(), timeout)
