"""Where updates come from: long polling, or a webhook served here.

Invariant: an update is confirmed to Telegram (the next offset; the answer 200) only after its effect is kept, or
after it was seen that we cannot handle it. Until then Telegram tells it again: here what is being handled is known by
its id, and the store knows what was kept before a crash.
"""

import asyncio
import hmac
import json
import logging
import secrets
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, TelegramError

from bot.channels.telegram.errors import meaning
from bot.channels.telegram.reading import UPDATES
from bot.messages import Later, Stopped

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

T = TypeVar("T")
log = logging.getLogger(__name__)
LONG_POLL = 30  # seconds
PATIENCE = 0.5  # seconds between two looks for news while something is still being handled
HOOK = 25.0  # seconds that an update's answer by webhook waits; then Telegram comes again
GOODBYE = 1.0  # seconds for the last confirmation
LARGEST = 1_000_000  # bytes of an update by webhook
LOOK = 300.0  # seconds between looks whether Telegram reaches the webhook
CONNECTIONS = 40
OTHER_COPY = "另一个副本在运行：同一个令牌正在别处收消息。请停掉其中一个，这里会自己接着收。"

Take = Callable[[Update], "asyncio.Future[None]"]


@dataclass
class Patience:
    """How long to wait after a failure, a little longer each time; one line in the log when it begins and ends."""

    waits: tuple[float, ...] = (1, 2, 4, 8, 15, 30)
    failures: int = 0
    said: str = ""

    async def after(self, error: TelegramError) -> None:
        """Say what is the matter, if it is something new, and wait. Raises Stopped where waiting does not help."""
        meant = meaning(error)
        if isinstance(meant, Stopped):
            raise meant from None
        said = (
            OTHER_COPY
            if isinstance(error, Conflict)
            else f"连不上（{type(meant).__name__}: {meant}），会一直重试。"
        )
        if said != self.said:
            log.warning("Telegram：%s", said)
            self.said = said
        wait = self.waits[min(self.failures, len(self.waits) - 1)]
        self.failures += 1
        await asyncio.sleep(max(wait, meant.seconds or 0) if isinstance(meant, Later) else wait)

    def over(self) -> None:
        """It works."""
        if self.said:
            log.info("Telegram：又连上了。")
        self.failures, self.said = 0, ""

    async def insist(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Until it works. BadRequest is raised: asking again would not help."""
        while True:
            try:
                found = await ask()
            except BadRequest:
                raise
            except TelegramError as error:
                await self.after(error)
            else:
                self.over()
                return found


@dataclass
class Polling:
    """getUpdates, one after the other."""

    bot: Bot
    patience: Patience
    _next: int = 0  # after the last update that was taken; outlives a restart of the channel
    _open: dict[int, "asyncio.Future[None]"] = field(
        default_factory=dict
    )  # from the first one that is not kept
    _confirmed: int = 0

    async def run(self, take: Take) -> None:
        """Until cancelled; raises Stopped."""
        await self.patience.insist(self.bot.delete_webhook)
        while True:
            offset = self._offset()
            try:
                updates = await self.bot.get_updates(
                    offset or None, timeout=timedelta(seconds=LONG_POLL), allowed_updates=UPDATES
                )
            except TelegramError as error:
                await self.patience.after(error)
                if isinstance(error, Conflict) and "webhook" in str(error).lower():
                    await self.patience.insist(self.bot.delete_webhook)
                continue
            self.patience.over()
            self._confirmed = offset
            for update in updates:
                if update.update_id not in self._open or self._open[update.update_id].cancelled():
                    self._open[update.update_id] = take(update)
                    self._next = max(self._next, update.update_id + 1)
            if open_ := [each for each in self._open.values() if not each.done()]:
                # What came is told again at once as long as the first of it is not confirmed.
                await asyncio.wait(open_, timeout=PATIENCE)

    async def confirm(self) -> None:
        """At the end: what was handled since the last request need not come again."""
        offset = self._offset()
        if offset != self._confirmed:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    await self.bot.get_updates(offset, limit=1, allowed_updates=UPDATES)
                self._confirmed = offset

    def _offset(self) -> int:
        """The first update that is not kept: all before it are confirmed."""
        for number in sorted(self._open):
            if not _is_kept(self._open[number]):
                return number
            del self._open[number]
        return self._next


@dataclass(frozen=True, slots=True)
class Webhook:
    """How Telegram reaches us. url: what Telegram calls; listen: host:port here; path: what is served there.

    A url without a path gets `path`. Without a secret one is made up at every start.
    """

    url: str
    listen: str = "127.0.0.1:8443"
    path: str = "/telegram"
    secret: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        return self.url if urlsplit(self.url).path.strip("/") else self.url.rstrip("/") + self.path

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


@dataclass
class Listening:
    """The webhook: registers it and serves it."""

    bot: Bot
    patience: Patience
    hook: Webhook
    _open: dict[int, "asyncio.Future[None]"] = field(default_factory=dict)

    async def run(self, take: Take) -> None:
        """Until cancelled; raises Stopped."""
        hook, secret = self.hook, self.hook.secret or secrets.token_urlsafe(32)
        try:
            family = socket.AF_INET6 if ":" in hook.host else socket.AF_INET
            port = socket.create_server((hook.host, hook.port), family=family)
        except OSError as error:
            raise Stopped(
                f"Telegram 的 webhook 在 {hook.listen} 听不了（{error.strerror}）。"
                "请换 [telegram] webhook_listen，或停掉占着它的程序。"
            ) from None
        with port:
            serving = asyncio.create_task(_serve(self._app(take, secret), port))
            watching = asyncio.create_task(self._watch(secret))
            try:
                done, _ = await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                watching.cancel()
                serving.cancel()
                await asyncio.gather(serving, watching, return_exceptions=True)

    async def confirm(self) -> None:
        """Every update was confirmed by its own answer."""

    async def _watch(self, secret: str) -> None:
        """Register, then ask from time to time whether Telegram gets through."""
        hook = self.hook
        try:
            await self.patience.insist(
                lambda: self.bot.set_webhook(
                    hook.address,
                    secret_token=secret,
                    allowed_updates=UPDATES,
                    max_connections=CONNECTIONS,
                )
            )
        except BadRequest as error:
            raise Stopped(
                f"Telegram 不接受这个 webhook 地址（{error}）。"
                "请检查 [telegram] webhook_url：要 https，端口 443、80、88 或 8443。"
            ) from None
        last = None
        while True:
            await asyncio.sleep(LOOK)
            info = await self.patience.insist(self.bot.get_webhook_info)
            if info.url != hook.address:
                log.warning("Telegram：%s", OTHER_COPY)
                await self.patience.insist(
                    lambda: self.bot.set_webhook(hook.address, secret_token=secret, allowed_updates=UPDATES)
                )
            elif info.last_error_date != last:
                last = info.last_error_date
                log.warning("Telegram 打不开 webhook：%s", info.last_error_message)

    def _app(self, take: Take, secret: str) -> Any:
        from starlette.applications import Starlette
        from starlette.responses import Response
        from starlette.routing import Route

        async def update(request: "Request") -> "Response":
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(given.encode(), secret.encode()):
                return Response(status_code=403)
            try:
                if int(request.headers.get("Content-Length", "-1")) not in range(LARGEST):
                    return Response(status_code=413)
                found = Update.de_json(json.loads(await request.body()), self.bot)
            except (ValueError, TypeError, KeyError, AttributeError):
                return Response(status_code=400)
            kept = self._open.get(found.update_id)
            if kept is None:
                kept = self._open[found.update_id] = take(found)
                kept.add_done_callback(lambda _: self._open.pop(found.update_id))
            await asyncio.wait({kept}, timeout=HOOK)
            return Response(status_code=200 if _is_kept(kept) else 503)

        return Starlette(routes=[Route(self.hook.path, update, methods=["POST"])])


def _is_kept(kept: "asyncio.Future[None]") -> bool:
    return kept.done() and not kept.cancelled()


async def _serve(app: Any, port: socket.socket) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # signals are the program's own

    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve([port]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
