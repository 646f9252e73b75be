"""Open pages: each is told that there is something new, and reads it from the history itself.

Invariant: nothing is queued for a page but the one bit that something is there; a slow one holds up nobody and
finds everything in the history when it comes round.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
OF_ONE = 8  # open pages of one person
OF_ALL = 1000
READS = 2  # pages that read at once: who writes need not queue behind all of them
SEEN = 5  # conversations noted as seen in one transaction
GATHER = 0.1  # seconds in which those who saw a push are collected


class TooMany(Exception):
    """No page more; the text says for whom: "one" or "all"."""


@dataclass(eq=False)
class Page:
    """One open page."""

    chat: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Hub:
    """All open pages. `seen` is told, a bounded number at once, whose pushes were shown."""

    seen: Callable[[Sequence[str]], Awaitable[None]]
    pages: dict[str, set[Page]] = field(default_factory=dict)
    count: int = 0
    closing: bool = False
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READS))
    _seen: dict[str, None] = field(default_factory=dict)
    _any: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, chat: str) -> Page:
        """A new page. Raises TooMany."""
        of_one = self.pages.setdefault(chat, set())
        if len(of_one) >= OF_ONE:
            raise TooMany("one")
        if self.count >= OF_ALL:
            if not of_one:
                del self.pages[chat]
            raise TooMany("all")
        page = Page(chat)
        of_one.add(page)
        self.count += 1
        return page

    def close(self, page: Page) -> None:
        of_one = self.pages.get(page.chat, set())
        if page in of_one:
            of_one.remove(page)
            self.count -= 1
        if not of_one:
            self.pages.pop(page.chat, None)

    def arrived(self, chat: str) -> None:
        """Something was stored in this conversation."""
        for page in self.pages.get(chat, ()):
            page.wake.set()

    def close_all(self) -> None:
        """The server stops: every page ends its stream and comes back by itself later."""
        self.closing = True
        for of_one in self.pages.values():
            for page in of_one:
                page.wake.set()

    def note_seen(self, chat: str) -> None:
        self._seen[chat] = None
        self._any.set()

    async def keep_seen(self) -> None:
        """Tell who saw his pushes, until cancelled."""
        while True:
            await self._any.wait()
            await asyncio.sleep(GATHER)
            self._any.clear()
            chats, self._seen = list(self._seen), {}
            for n in range(0, len(chats), SEEN):
                try:
                    await self.seen(chats[n : n + SEEN])
                except Exception:
                    log.exception("what was seen could not be noted; the next visit notes it")
