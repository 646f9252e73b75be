"""Sending: one message of ours, in as many of Telegram's as it takes.

Invariant: every way a request can end is one of bot.messages' exceptions; a message that may have arrived is
not sent again; text that Telegram cannot parse goes once more as plain text.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.channels.telegram.errors import NOT_EDITABLE, UNCHANGED, UNPARSED, meaning, says
from bot.channels.telegram.polls import Polls
from bot.channels.telegram.wording import CAPTION, LIMITS
from bot.channels.telegram.writing import html, keyboard, unmarked, visible
from bot.fit import fit, measure
from bot.messages import Doubtful, Later, Poll, Reply, Rows, Text, Unsent, bare

T = TypeVar("T")
log = logging.getLogger(__name__)
PLAIN = LinkPreviewOptions(is_disabled=True)
LONGEST_WAIT = 60.0  # seconds that somebody who talks to us, or the rest of a long message, may wait


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes. answers: the person's message that it is an answer to, in groups."""

    chat: int
    thread: int | None = None
    answers: int | None = None

    @property
    def quoting(self) -> ReplyParameters | None:
        return ReplyParameters(self.answers, allow_sending_without_reply=True) if self.answers else None


class NotEditable(Exception):
    """That message cannot be changed (any more); a new one is needed."""


@dataclass
class Mouth:
    """Sends through one bot. waits: seconds before the second, third … try of what did not leave."""

    bot: "ExtBot[Any]"
    waits: Sequence[float] = (0.5, 1, 2, 4, 8)
    polls: Polls | None = None  # None: a poll is sent in words

    async def say(self, place: Place, reply: Reply, patient: bool) -> str:
        """Send a reply; the id of its last message, "" if there was nothing to send.

        patient: wait and try again while nothing left the machine. Without, only the parts behind the first
        are waited for, since whoever sends the whole again would repeat the first.
        """
        ref = ""
        for n, send in enumerate(self._steps(place, reply)):
            try:
                message = await (self.patiently(send) if patient or n else send())
            except (Later, Unsent) as error:
                if n:
                    raise Doubtful("only a part was sent") from error
                raise
            ref = str(message.message_id)
        return ref

    async def edit(self, place: Place, message: int, text: Text, rows: Rows, caption: bool) -> None:
        """Give a message of ours another text and other buttons. Raises NotEditable.

        caption: it is a picture or a document with a text below.
        """
        reply = Reply(text, rows)
        first, *rest = fit(reply, CAPTION if caption else LIMITS)
        if rest and caption:
            raise NotEditable

        async def change(text_: str, mode: str | None) -> object:
            common: dict[str, Any] = {"chat_id": place.chat, "message_id": message, "parse_mode": mode}
            markup = keyboard(first.rows)
            if caption:
                return await self.bot.edit_message_caption(caption=text_, reply_markup=markup, **common)
            return await self.bot.edit_message_text(
                text_, reply_markup=markup, link_preview_options=PLAIN, **common
            )

        async def once() -> None:
            try:
                await self._parsed(change, first.text)
            except TelegramError as error:
                if says(error, *NOT_EDITABLE):
                    raise NotEditable from None
                if not says(error, UNCHANGED):
                    raise meaning(error) from None

        try:
            await self.patiently(once)
        except Doubtful:
            await self.patiently(once)  # doing it twice changes nothing more
        for part in rest:
            await self.say(place, part, patient=True)

    async def patiently(self, send: Callable[[], Awaitable[T]]) -> T:
        """Try, and try again while it certainly was not taken."""
        for wait in self.waits:
            try:
                return await send()
            except Later as later:
                if (later.seconds or wait) > LONGEST_WAIT:
                    raise
                await asyncio.sleep(later.seconds or wait)
            except Unsent:
                await asyncio.sleep(wait)
        return await send()

    # ---- one request each

    def _steps(self, place: Place, reply: Reply) -> list[Callable[[], Awaitable[Message]]]:
        """The requests that a reply takes: pictures, documents, texts; the buttons stand on the last."""
        files = [(path, True) for path in reply.images] + [(path, False) for path in reply.documents]
        files = [(path, picture) for path, picture in files if _there(path)]
        if reply.poll and self.polls:
            words = self._steps(place, replace(reply, poll=None))
            return [self._poll(place, self.polls, reply.poll, words)]
        parts = [part for part in fit(replace(reply, images=(), documents=()), LIMITS) if visible(part.text)]
        if not parts and reply.rows and not files:
            log.error("a reply has buttons and no text")
        steps: list[Callable[[], Awaitable[Message]]] = []
        below = parts.pop() if files and len(parts) == 1 and _fits_below(parts[0]) else None
        for n, (path, picture) in enumerate(files, 1):
            last = n == len(files) and not parts
            text = below.text if below and last else ()
            steps.append(self._file(place, path, picture, text, keyboard(reply.rows) if last else None))
        steps += [self._text(place, part.text, keyboard(part.rows)) for part in parts]
        return steps

    def _text(
        self, place: Place, text: Text, markup: InlineKeyboardMarkup | None
    ) -> Callable[[], Awaitable[Message]]:
        async def send(text_: str, mode: str | None) -> Message:
            return await self.bot.send_message(
                place.chat,
                text_,
                parse_mode=mode,
                reply_markup=markup,
                message_thread_id=place.thread,
                reply_parameters=place.quoting,
                link_preview_options=PLAIN,
            )

        return lambda: self._meant(send, text)

    @staticmethod
    def _poll(
        place: Place, polls: Polls, poll: Poll, words: Sequence[Callable[[], Awaitable[Message]]]
    ) -> Callable[[], Awaitable[Message]]:
        """A poll; in words where this chat takes no polls (not allowed here, a channel)."""

        async def send() -> Message:
            try:
                return await polls.ask(place, poll)
            except BadRequest as error:
                if not says(error, "poll", "quiz"):
                    raise meaning(error) from None
                log.info("a poll goes in words: %s", error)
            except TelegramError as error:
                raise meaning(error) from None
            *before, last = words
            for each in before:
                await each()
            return await last()

        return send

    def _file(
        self, place: Place, path: str, picture: bool, text: Text, markup: InlineKeyboardMarkup | None
    ) -> Callable[[], Awaitable[Message]]:
        async def send(text_: str, mode: str | None) -> Message:
            common: dict[str, Any] = {
                "caption": text_ or None,
                "parse_mode": mode,
                "reply_markup": markup,
                "message_thread_id": place.thread,
                "reply_parameters": place.quoting,
            }
            content = await asyncio.to_thread(Path(path).read_bytes)
            name = Path(path).name
            if picture:
                try:
                    return await self.bot.send_photo(place.chat, content, filename=name, **common)
                except BadRequest as error:
                    if not says(error, "photo_", "image_process", "too big"):
                        raise
            return await self.bot.send_document(place.chat, content, filename=name, **common)

        return lambda: self._meant(send, text)

    async def _meant(self, send: Callable[[str, str | None], Awaitable[T]], text: Text) -> T:
        try:
            return await self._parsed(send, text)
        except TelegramError as error:
            raise meaning(error) from None  # PTB's chain may name addresses, and they carry the token

    @staticmethod
    async def _parsed(send: Callable[[str, str | None], Awaitable[T]], text: Text) -> T:
        """With our marks; once more without them if Telegram cannot read them."""
        try:
            return await send(html(text), ParseMode.HTML)
        except BadRequest as error:
            if not says(error, UNPARSED):
                raise
        log.warning("Telegram could not parse a message; it goes as plain text")
        return await send(unmarked(text), None)


def _there(path: str) -> bool:
    if Path(path).is_file() and Path(path).stat().st_size:
        return True
    log.error("a file to send is not there: %s", Path(path).name)
    return False


def _fits_below(part: Reply) -> bool:
    return measure(bare(part.text), CAPTION) <= CAPTION.length
