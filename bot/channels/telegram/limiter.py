"""The pacer as python-telegram-bot wants it: every request of a token that makes or changes a message waits here.

Invariant: a reply that came too soon is tried again in its turn, a bulk send never: that is for the ledger to do.
"""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.pacing import Held, Pacer

TRIES = 3  # of a reply
LONGEST = 15.0  # seconds that a person is kept waiting for one
FREE = frozenset({"sendChatAction", "sendChatJoinRequestWebApp"})  # "send" in name only
COUNTED = ("send", "copy", "forward")
LIGHT = ("edit", "stop")

Result = bool | dict[str, Any] | list[dict[str, Any]]


class Limiter(BaseRateLimiter[None]):
    """For `ApplicationBuilder().rate_limiter(…)`. The lane comes from bot.pacing.lane."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002 - the interface
    ) -> Result:
        """Wait for the turn of a message, then make the request. Raises RetryAfter as the platform does, and
        also where bulk is held back because the platform said so a moment ago."""
        chat = str(data.get("chat_id") or "")
        light = endpoint.startswith(LIGHT)
        if not chat or endpoint in FREE or not (light or endpoint.startswith(COUNTED)):
            return await callback(*args, **kwargs)
        for tried in range(TRIES):
            try:
                wish = await self.pacer.turn(chat, group=chat[0] in "-@", light=light)
            except Held as held:
                raise RetryAfter(timedelta(seconds=held.seconds)) from None
            try:
                result = await callback(*args, **kwargs)
            except RetryAfter as error:
                asked = error._retry_after.total_seconds()
                # Without a time from the platform: the ledger has a patience of its own for bulk.
                self.pacer.refused(wish, asked or (0.0 if wish.bulk else 2.0**tried))
                if wish.bulk or asked > LONGEST or tried + 1 == TRIES:
                    raise
            else:
                self.pacer.answered(wish)
                return result
        raise AssertionError("unreachable")
