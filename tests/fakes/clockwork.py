"""An event loop whose time jumps to the next timer instead of waiting for it: hours pass at once.

Only for code that waits on timers alone; with sockets or threads the real time is needed.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Never(selectors.SelectSelector):
    """Waiting moves the loop's clock."""

    loop: Clockwork

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everything waits, and no timer is set: nothing will ever happen")
        self.loop.now += timeout
        return super().select(0)


class Clockwork(asyncio.SelectorEventLoop):
    """`now` is what time() says, in seconds from 0."""

    def __init__(self) -> None:
        self.now = 0.0
        selector = _Never()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """asyncio.run on such a loop."""
    with asyncio.Runner(loop_factory=Clockwork) as runner:
        return runner.run(main)
