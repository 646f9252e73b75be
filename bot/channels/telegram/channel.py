"""The channel's life: listening, answering, and being sent through.

Invariant: the client outlives a restart of `run`, so pushes go on while listening is started again; it is
closed only at the end, after everything in the air has come down.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import httpx
from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.channels.telegram.admins import Admins
from bot.channels.telegram.ears import Listening, Patience, Polling, Webhook
from bot.channels.telegram.errors import meaning
from bot.channels.telegram.files import LARGEST, TooLarge, fetched, safe
from bot.channels.telegram.lanes import Lanes
from bot.channels.telegram.menus import Menus
from bot.channels.telegram.mouth import Mouth, NotEditable, Place
from bot.channels.telegram.polls import Polls
from bot.channels.telegram.reading import Heard, read
from bot.channels.telegram.wording import KIND, LIMITS, TOAST, Wording
from bot.channels.telegram.writing import cut, visible
from bot.messages import (
    Address,
    Answer,
    Doubtful,
    Gone,
    Incoming,
    Later,
    Limits,
    Moved,
    Rejected,
    Reply,
    Stopped,
    Unsent,
    say,
)

log = logging.getLogger(__name__)
POOL = 64  # connections; what waits longer than that for a free one has not been sent
CONNECT, READ, WRITE, FREE = 10.0, 20.0, 20.0, 30.0  # seconds; the last: for a free connection
LOOK = 60.0  # seconds between looks at who is organiser
TYPING_AFTER, TYPING_LASTS = 0.7, 4.5  # seconds
PRESS_WAITS = 2.5  # seconds until a press is answered without a notice, so that its button does not hang
LANDING = 10.0  # seconds that what is in the air may take when the program ends
ANSWERED = 1000  # presses remembered as answered


async def nobody() -> Sequence[str]:
    return ()


async def no_one(_: str) -> bool:
    return False


@cache
def certificates() -> ssl.SSLContext:
    """Read once: it takes 50 ms, and there are two clients."""
    return httpx.create_ssl_context()


@dataclass
class Telegram:
    """A bot on Telegram. Everything but the token has a default that works.

    base_url: the Bot API's address without "/bot". doors: gets the link that opens a private chat, once the bot
    knows its name. organisers: user ids for the organisers' menu. brings: whether a user's files are fetched.
    webhook: None means long polling.
    """

    token: str = field(repr=False)
    base_url: str = "https://api.telegram.org"
    proxy: str = field(default="", repr=False)
    webhook: Webhook | None = None
    wording: Wording = field(default_factory=Wording)
    doors: MutableMapping[str, str] = field(default_factory=dict)
    organisers: Callable[[], Awaitable[Sequence[str]]] = nobody
    brings: Callable[[str], Awaitable[bool]] = no_one
    rate_limiter: "BaseRateLimiter[Any] | None" = None
    patience: Patience = field(default_factory=Patience)
    typing_after: float = TYPING_AFTER
    press_waits: float = PRESS_WAITS
    largest: int = LARGEST
    kind: str = KIND
    limits: Limits = LIMITS

    def __post_init__(self) -> None:
        common: dict[str, Any] = {
            "connect_timeout": CONNECT,
            "read_timeout": READ,
            "write_timeout": WRITE,
            "pool_timeout": FREE,
            "proxy": self.proxy or None,
            "httpx_kwargs": {"verify": certificates()},
        }
        root = self.base_url.rstrip("/")
        self.bot: ExtBot[Any] = ExtBot(
            self.token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=HTTPXRequest(POOL, media_write_timeout=60, **common),
            get_updates_request=HTTPXRequest(1, **common),
            rate_limiter=self.rate_limiter,
        )
        self.polls = Polls(self.bot, self._polled)
        self.mouth = Mouth(self.bot, self.patience.waits, self.polls)
        self.admins = Admins(self.bot)
        self.menus = Menus(self.bot, self.wording, self.organisers)
        self.lanes: Lanes[Heard] = Lanes(self._handle)
        self._ears = (
            Listening(self.bot, self.patience, self.webhook)
            if self.webhook
            else Polling(self.bot, self.patience)
        )
        self._answer: Answer | None = None
        self._presses: dict[str, None] = {}  # answered ones, oldest first
        self._flying = 0
        self._landed = asyncio.Event()
        self._stopped: asyncio.Future[Stopped] | None = None
        self._why = ""  # why the channel has stopped for good
        self._closed = False

    # ---- listening

    async def run(self, answer: Answer) -> None:
        """Listen until cancelled. Raises Stopped when Telegram does not know the token (any more)."""
        self._answer, self._closed = answer, False
        self._stopped = asyncio.get_running_loop().create_future()
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._begin()
            tasks = [asyncio.create_task(self._ears.run(self._take)), asyncio.create_task(self._look())]
            ends: set[asyncio.Future[Any]] = {*tasks, self._stopped}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self._stopped.done():
                raise self._stopped.result()
            for task in tasks:
                if task.done():
                    task.result()
        except Stopped as stopped:
            self._why = str(stopped)
            await self._end(tasks)
            raise
        except asyncio.CancelledError:
            await self._end(tasks)
            raise
        except BaseException:
            await _cancelled(tasks)  # started again in a moment; the client stays for the pushes
            await self.lanes.end(LANDING)
            raise

    async def _begin(self) -> None:
        """Learn who we are, however long that takes."""
        await self.patience.insist(self.bot.initialize)
        self.doors[KIND] = f"{self.bot.link}?start="
        log.info("Telegram：@%s 在听", self.bot.username)

    async def _look(self) -> None:
        while True:
            try:
                await self.menus.look()
            except InvalidToken as error:
                raise meaning(error) from None
            await asyncio.sleep(LOOK)

    async def _end(self, tasks: "list[asyncio.Task[None]]") -> None:
        """Stop listening, let everything come down, close the client."""
        await _cancelled(tasks)
        await self.lanes.end(LANDING)
        await self._ears.confirm()
        try:
            async with asyncio.timeout(LANDING):
                while self._flying:
                    self._landed.clear()
                    await self._landed.wait()
        except TimeoutError:
            log.warning("Telegram：%s 条消息还没有回执", self._flying)
        self._closed = True
        await self.bot.shutdown()

    def _take(self, update: Update) -> "asyncio.Future[None]":
        try:
            heard = read(update, self.bot.bot, self.wording)
        except Exception:  # one that we cannot read must not come again and again
            log.exception("update %s could not be read", update.update_id)
            heard = None
        if heard is None:
            kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            kept.set_result(None)
            return kept
        return self.lanes.put(heard.incoming.chat, heard)

    async def idle(self) -> None:
        """Return once everything that came has been answered."""
        await self.lanes.idle()

    # ---- sending

    async def send(self, address: Address, reply: Reply) -> str:
        """Send one message; the id of its last part. Raises what bot.messages lists."""
        if self._why:
            raise Stopped(self._why)
        if self._closed:
            raise Unsent("the channel is closed")
        place = Place(int(address.chat), int(address.thread) if address.thread else None)
        with self._in_the_air():
            try:
                return await self.mouth.say(place, reply, patient=False)
            except Stopped as stopped:
                self._stop(stopped)
                raise

    @contextmanager
    def _in_the_air(self) -> Iterator[None]:
        """Count a send while it is under way."""
        self._flying += 1
        try:
            yield
        finally:
            self._flying -= 1
            self._landed.set()

    def _stop(self, stopped: Stopped) -> None:
        if self._stopped and not self._stopped.done():
            self._stopped.set_result(stopped)

    # ---- answering

    async def _handle(self, heard: Heard, kept: "asyncio.Future[None]") -> None:
        assert self._answer
        incoming = heard.incoming
        if not incoming.group and not incoming.event:
            self.menus.met(incoming.user)
        if incoming.event in {"gone", "added", "back"}:
            self.admins.forget(incoming.chat)
        if incoming.event == "voted":
            await self.polls.told()
        if heard.asks_rights:
            incoming = replace(incoming, admin=await self.admins.may(incoming.chat, incoming.user))

        def is_kept() -> None:
            if not kept.done():
                kept.set_result(None)

        incoming = replace(incoming, kept=is_kept)
        place = Place(
            *(int(incoming.chat), int(incoming.thread) if incoming.thread else None),
            heard.message if incoming.group else None,
        )
        try:
            async with AsyncExitStack() as open_files:
                if heard.document and not await self.brings(incoming.user):
                    incoming = replace(incoming, event="" if incoming.text else "other")  # nobody reads it
                elif heard.document and incoming.group:
                    incoming = replace(incoming, files=(safe(heard.document.file_name or ""),))
                elif heard.document:
                    try:
                        path = await open_files.enter_async_context(self._fetched(heard, place))
                    except TooLarge:
                        await self._say(place, say(self.wording.too_large))
                        return
                    except (TelegramError, OSError) as error:
                        log.warning("a file could not be fetched: %s", type(error).__name__)
                        await self._say(place, say(self.wording.not_fetched))
                        return
                    incoming = replace(incoming, files=(str(path),))
                replies = await self._answered(heard, incoming, place)
                is_kept()
                await self._respond(heard, incoming, replies, place)
        except Gone as gone:
            log.info("an answer had nobody to go to: %s", gone)
        except Stopped as stopped:
            self._stop(stopped)
        except (Later, Unsent, Doubtful, Rejected, Moved) as lost:
            log.warning("an answer was not delivered: %s: %s", type(lost).__name__, lost)
        finally:
            if heard.press:
                await self._answer_press(heard.press)

    @asynccontextmanager
    async def _fetched(self, heard: Heard, place: Place) -> AsyncIterator[Any]:
        assert heard.document
        async with self._typing(place), fetched(self.bot, heard.document, self.largest) as path:
            yield path

    async def _answered(self, heard: Heard, incoming: Incoming, place: Place) -> list[Reply]:
        """The replies; while they take long the chat shows that we type, and a pressed button is let go."""
        assert self._answer
        answering = asyncio.ensure_future(self._answer(incoming))
        try:
            if (await asyncio.wait({answering}, timeout=self.typing_after))[0]:
                return answering.result()
            async with self._typing(place):
                if heard.press and not (await asyncio.wait({answering}, timeout=self.press_waits))[0]:
                    await self._answer_press(heard.press)
                return await answering
        finally:
            answering.cancel()

    @asynccontextmanager
    async def _typing(self, place: Place) -> AsyncIterator[None]:
        async def show() -> None:
            while True:
                try:
                    await self.bot.send_chat_action(
                        place.chat, ChatAction.TYPING, message_thread_id=place.thread
                    )
                except TelegramError:
                    return  # it only decorates
                await asyncio.sleep(TYPING_LASTS)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            await _cancelled([showing])

    async def _respond(self, heard: Heard, incoming: Incoming, replies: list[Reply], place: Place) -> None:
        notice = "；".join(reply.toast for reply in replies if reply.toast)
        shown = heard.press is not None and await self._answer_press(heard.press, notice) and bool(notice)
        edited = False
        for reply in replies:
            if reply.edits and incoming.pressed and not edited:
                edited = True
                await self._edit(heard, incoming, reply, place)
            elif reply.toast and shown and not reply.edits:
                continue  # the notice has said it
            elif reply.private and incoming.group:
                await self._in_private(heard, incoming, reply, place)
            else:
                await self._say(place, reply)

    async def _say(self, place: Place, reply: Reply) -> None:
        if not visible(reply.text) and not (reply.images or reply.documents):
            return
        with self._in_the_air():
            try:
                await self.mouth.say(place, reply, patient=True)
            except Moved as moved:
                assert self._answer
                event = Incoming(
                    KIND, str(place.chat), str(place.chat), moved.chat, group=True, event="moved"
                )
                await self._answer(event)
                await self.mouth.say(replace(place, chat=int(moved.chat), answers=None), reply, patient=True)

    async def _polled(self, key: str, poll: str) -> None:
        """Tell which poll of Telegram's is the one with that key."""
        assert self._answer
        await self._answer(Incoming(KIND, "", "", key, poll=poll, event="polled"))

    async def _edit(self, heard: Heard, incoming: Incoming, reply: Reply, place: Place) -> None:
        """Change the pressed message in place; where that cannot be, say it anew."""
        text = reply.text if reply.edited is None else reply.edited
        rows = reply.rows if reply.edited_rows is None else reply.edited_rows
        message = heard.press.message if heard.press else None
        caption = isinstance(message, Message) and message.text is None
        try:
            with self._in_the_air():
                await self.mouth.edit(place, int(incoming.pressed), text, rows, caption)
        except NotEditable:
            await self._say(place, replace(reply, text=text, rows=rows))

    async def _in_private(self, heard: Heard, incoming: Incoming, reply: Reply, place: Place) -> None:
        """For his eyes only: into the private chat, or a hint into the group."""
        try:
            if not heard.private_chat:
                raise Gone("no private chat")
            await self._say(Place(int(incoming.user)), reply)
        except Gone:
            if self.wording.only_private:
                await self._say(place, say(self.wording.only_private))

    async def _answer_press(self, press: CallbackQuery, notice: str = "") -> bool:
        """Answer a press, unless it was answered before. Whether the notice was shown."""
        if press.id in self._presses:
            return False
        self._presses[press.id] = None
        while len(self._presses) > ANSWERED:
            del self._presses[next(iter(self._presses))]

        async def once() -> bool:
            try:
                return await self.bot.answer_callback_query(press.id, cut(notice, TOAST) or None)
            except BadRequest:
                return False  # too old: its button has stopped waiting by itself
            except TelegramError as error:
                raise meaning(error) from None

        try:
            return await self.mouth.patiently(once)
        except Stopped as stopped:
            self._stop(stopped)
        except (Gone, Later, Unsent, Doubtful, Moved) as lost:
            log.info("a press was not answered: %s", type(lost).__name__)
        return False


async def _cancelled(tasks: "Sequence[asyncio.Task[Any]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
