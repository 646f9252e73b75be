"""Who may manage a group. Invariant: an answer is at most five minutes old; a question that fails means no."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import TelegramError

log = logging.getLogger(__name__)
FRESH = 300.0  # seconds


@dataclass
class Admins:
    """The administrators of the groups, as far as somebody asked. `clock` gives monotonic seconds."""

    bot: Bot
    clock: Callable[[], float] = time.monotonic
    known: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)

    async def may(self, chat: str, user: str) -> bool:
        """Whether this person is an administrator there (anonymous ones are listed, too)."""
        until, ids = self.known.get(chat, (0.0, frozenset()))
        if self.clock() >= until:
            try:
                found = await self.bot.get_chat_administrators(int(chat))
            except TelegramError as error:
                log.info("administrators of a group not known: %s", type(error).__name__)
                return False
            ids = frozenset(str(each.user.id) for each in found)
            self.known = {each: kept for each, kept in self.known.items() if kept[0] > self.clock()}
            self.known[chat] = (self.clock() + FRESH, ids)
        return user in ids

    def forget(self, chat: str) -> None:
        self.known.pop(chat, None)
