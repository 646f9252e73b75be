"""What Telegram shows of the bot: the menus of private chats, groups and organisers, and its descriptions.

Invariant: nothing here is needed to talk; what cannot be set now is tried again by the next look.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.errors import says
from bot.channels.telegram.wording import Menu, Wording

log = logging.getLogger(__name__)


@dataclass
class Menus:
    """Sets what is not set yet. organisers: asked for the user ids of those who get the long menu."""

    bot: Bot
    wording: Wording
    organisers: Callable[[], Awaitable[Sequence[str]]]
    everywhere: bool = False  # whether the common menus and texts are set
    given: set[str] = field(default_factory=set)  # organisers who have theirs
    strangers: set[str] = field(default_factory=set)  # organisers who have not talked to the bot yet

    async def look(self) -> None:
        """Set what is missing. Raises InvalidToken, and nothing else."""
        try:
            if not self.everywhere:
                await self._common()
                self.everywhere = True
            wanted = {each for each in await self.organisers() if each.isdigit()}
            for user in sorted(wanted - self.given - self.strangers):
                await self._organiser(user)
            for user in sorted(self.given - wanted):
                await self.bot.delete_my_commands(scope=BotCommandScopeChat(int(user)))
                self.given.discard(user)
        except InvalidToken:
            raise
        except TelegramError as error:
            log.info("menus not set yet: %s", type(error).__name__)

    def met(self, user: str) -> None:
        """This person has just talked to the bot, so a menu can be set for him."""
        self.strangers.discard(user)

    async def _common(self) -> None:
        wording = self.wording
        await self._menu(wording.private, BotCommandScopeAllPrivateChats())
        await self._menu(wording.group, BotCommandScopeAllGroupChats())
        if wording.description:
            await self.bot.set_my_description(wording.description)
        if wording.short_description:
            await self.bot.set_my_short_description(wording.short_description)

    async def _organiser(self, user: str) -> None:
        try:
            await self._menu(self.wording.organiser, BotCommandScopeChat(int(user)))
        except TelegramError as error:
            if not says(error, "chat not found"):
                raise
            self.strangers.add(user)
        else:
            self.given.add(user)

    async def _menu(self, menu: Menu, scope: BotCommandScope) -> None:
        if menu:
            await self.bot.set_my_commands([BotCommand(name, text) for name, text in menu], scope=scope)
