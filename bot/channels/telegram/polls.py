"""Quiz polls: asked, and their ids told to whoever has to know them when the votes come.

Invariant: the id of a poll is told before a vote in it goes on, unless telling takes longer than a vote waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram import Message
from telegram.ext import ExtBot

from bot.channels.telegram.writing import clean
from bot.messages import Poll

if TYPE_CHECKING:
    from bot.channels.telegram.mouth import Place

VOTE_WAITS = 5.0  # seconds, for the answers to polls that are just being sent


async def to_nobody(_key: str, _id: str) -> None:
    pass


@dataclass
class Polls:
    """Sends polls through one bot. tell: gets a poll's key and the id that Telegram gave it."""

    bot: "ExtBot[Any]"
    tell: Callable[[str, str], Awaitable[None]] = to_nobody
    _under_way: "set[asyncio.Future[None]]" = field(default_factory=set)

    async def ask(self, place: "Place", poll: Poll) -> Message:
        """Send a poll. Raises PTB's errors."""
        with self._on_its_way():
            message = await self.bot.send_poll(
                place.chat,
                clean(poll.question),
                [clean(option) for option in poll.options],
                is_anonymous=False,
                type="quiz",
                allows_multiple_answers=poll.several,
                correct_option_ids=poll.right,  # type: ignore[arg-type]  # typed as the numbers 0 to 11
                explanation=clean(poll.explanation) or None,
                message_thread_id=place.thread,
                reply_parameters=place.quoting,
            )
            if message.poll:
                await self.tell(poll.key, message.poll.id)
            return message

    @contextmanager
    def _on_its_way(self) -> Iterator[None]:
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.add(told)
        try:
            yield
        finally:
            self._under_way.discard(told)
            told.set_result(None)

    async def told(self) -> None:
        """Return once the ids of all polls that are being sent now are told: a vote can be quicker than the
        answer that names its poll."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=VOTE_WAITS)
