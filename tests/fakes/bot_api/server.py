"""The fake Bot API: HTTP in front, the world behind, and a written-out table of methods between.

Invariant: every request is recorded; one that breaks the specification is answered 400 *and* listed in
`rejected`, one that the fake cannot judge is listed in `unchecked`, misconduct over time in `faults`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from . import about, media, polls, sending
from .decode import decode
from .errors import ApiError, Rejected
from .groups import Group
from .hub import Hub
from .people import Person, Press
from .records import Call
from .trouble import Order, Trouble
from .wire import Connection, Request, Response
from .world import Bell, Chat, Json, Member, Message, User, World

Method = Callable[["FakeBotApi", Json, dict[str, Any]], Any]

METHODS: dict[str, Method] = {
    "getMe": about.get_me,
    "logOut": about.log_out,
    "close": about.close,
    "setWebhook": lambda api, params, files: api.hub.set_webhook(params),
    "deleteWebhook": lambda api, params, files: api.hub.delete_webhook(params),
    "getWebhookInfo": lambda api, params, files: api.hub.webhook_info(),
    "sendMessage": sending.send_message,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "deleteMessages": sending.delete_messages,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "sendChatAction": sending.send_chat_action,
    "answerCallbackQuery": sending.answer_callback_query,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "getFile": media.get_file,
    "sendPoll": polls.send_poll,
    "stopPoll": polls.stop_poll,
    "setMyCommands": about.set_my_commands,
    "getMyCommands": about.get_my_commands,
    "deleteMyCommands": about.delete_my_commands,
    "setMyName": about.set_my_name,
    "getMyName": about.get_my_name,
    "setMyDescription": about.set_my_description,
    "getMyDescription": about.get_my_description,
    "setMyShortDescription": about.set_my_short_description,
    "getMyShortDescription": about.get_my_short_description,
    "getChat": about.get_chat,
    "getChatMember": about.get_chat_member,
    "getChatAdministrators": about.get_chat_administrators,
    "getChatMemberCount": about.get_chat_member_count,
    "leaveChat": about.leave_chat,
}
NAMES = {name.lower(): name for name in [*METHODS, "getUpdates"]}


class FakeBotApi:
    """One bot's Telegram. `async with FakeBotApi() as server:`; `server.base_url` is PTB's base_url.

    check: hold every request against the specification (off for benchmarks only).
    privacy: group privacy mode. clock: Unix seconds for message dates.
    """

    def __init__(
        self,
        token: str = "1234567:TEST-fake-token_for-the-loopback-api",
        *,
        name: str = "每日一学",
        username: str = "daily_study_bot",
        check: bool = True,
        privacy: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.check = check
        if check:
            # Here and not above: building the models takes seconds, which a benchmark need not pay.
            from .checks import complaints

            self._complaints = complaints
        self.privacy = privacy
        bot = User(int(token.partition(":")[0]), name, username, is_bot=True)
        self.world = World(bot, clock)
        self.hub: Hub = Hub()
        self.trouble = Trouble()
        self.calls: list[Call] = []
        self.rejected: list[str] = []
        self.unchecked: list[str] = []
        self.faults: list[str] = []
        self.presses: dict[str, Press] = {}
        self.menu: about.Menu = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.bell = Bell()
        self.revoked = False
        self.port = 0
        self._server: asyncio.Server | None = None
        self._alive: set[Connection] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._ids = itertools.count(4_382_000_000_000_001)
        self._counts: dict[str, int] = {}

    # -- life ---------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> FakeBotApi:
        """Listen on loopback; port 0 picks a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._handle, self._alive), "127.0.0.1", port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Stop listening, drop connections, deliveries and timers."""
        await self.offline()
        for timer in self._timers:
            timer.cancel()
        await self.hub.close()

    async def offline(self) -> None:
        """The network is gone: nobody listens, open connections break. `online` brings it back."""
        if self._server is not None:
            self._server.close()
        tasks = [connection.task for connection in self._alive if connection.task is not None]
        for connection in list(self._alive):
            if connection.transport is not None:
                connection.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None
        await asyncio.sleep(0)

    async def online(self) -> None:
        """Listen again on the same port."""
        await self.start(self.port)

    async def __aenter__(self) -> FakeBotApi:
        return await self.start()

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Root address, what aiogram and self-hosted servers are named by."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """python-telegram-bot's `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """python-telegram-bot's `base_file_url`."""
        return f"{self.url}/file/bot"

    def revoke(self) -> None:
        """From now on the token answers 401."""
        self.revoked = True

    # -- people and chats ---------------------------------------------------------------------------------

    def person(
        self, name: str, *, language_code: str | None = "zh-hans", opened: bool = False, **more: Any
    ) -> Person:
        """A new account to script. `opened`: has already started the bot."""
        user = self.world.new_user(name, language_code=language_code, opened=opened, known=opened, **more)
        return Person(self, user)

    def group(self, title: str, *, owner: Person | None = None, members: Any = (), bot: bool = True) -> Group:
        """A basic group with these people, the owner its creator, the bot a member unless bot=False."""
        return Group.found(self, "group", title, owner, members, bot)

    def supergroup(
        self,
        title: str,
        *,
        owner: Person | None = None,
        members: Any = (),
        bot: bool = True,
        topics: bool = False,
    ) -> Group:
        """A supergroup; `topics` makes it a forum."""
        return Group.found(self, "supergroup", title, owner, members, bot, topics)

    def channel(
        self, title: str, *, owner: Person | None = None, members: Any = (), bot: bool = False
    ) -> Group:
        """A channel; the bot is its administrator with bot=True."""
        return Group.found(self, "channel", title, owner, members, bot)

    def change_member(self, chat: Chat, user: User, new: Member, by: User) -> None:
        """Change a membership and tell the bot about it (my_chat_member, chat_member)."""
        old = chat.member(user)
        chat.members[user.id] = new
        in_channel = chat.type == "channel"
        update: Json = {
            "chat": chat.json(), "from": by.json(), "date": self.world.now(),
            "old_chat_member": old.json(in_channel), "new_chat_member": new.json(in_channel),
        }  # fmt: skip
        if user is self.world.bot:
            by.known = True
            self.hub.put("my_chat_member", update)
        elif chat.member(self.world.bot).rules:
            self.hub.put("chat_member", update)
        chat.tell("member", None, new.status)

    def next_id(self, prefix: str = "") -> str:
        """A fresh id for polls and callback queries."""
        return f"{prefix}{next(self._ids)}"

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Run something after real seconds, unless the server stops first."""
        self._timers.add(asyncio.get_running_loop().call_later(max(0.0, seconds), what))

    # -- looking back -------------------------------------------------------------------------------------

    def made(self, method: str, chat: Any = None) -> list[Call]:
        """Recorded calls of one method, of one chat if given."""
        number = chat if chat is None or isinstance(chat, int) else chat.id
        return [c for c in self.calls if c.method == method and (number is None or c.chat == number)]

    async def called(self, method: str, n: int = 1, timeout: float = 5.0) -> list[Call]:
        """Wait until there have been `n` answered calls of a method in all; returns them."""
        await self.bell.until(lambda: self._counts.get(method, 0) >= n, timeout, f"{n} calls of {method}")
        return [c for c in self.calls if c.method == method and c.done is not None]

    def sent(self, chat: Any = None) -> list[Message]:
        """Messages of the bot that arrived (also those whose answer was lost), oldest first."""
        chats = (
            [self.world.chats[chat if isinstance(chat, int) else chat.id]]
            if chat
            else self.world.chats.values()
        )
        return [e.message for c in chats for e in c.news if e.kind == "sent" and e.message is not None]

    def unanswered(self) -> list[str]:
        """Labels of pressed buttons whose callback query was never answered."""
        return [press.label for press in self.presses.values() if press.answer is None and not press.expired]

    def assert_clean(self) -> None:
        """AssertionError unless the bot behaved: nothing rejected, unchecked, misused or left unanswered."""
        found = {
            "rejected": self.rejected, "unchecked": self.unchecked, "faults": self.faults,
            "unanswered": self.unanswered(),
        }  # fmt: skip
        assert not any(found.values()), f"the bot misbehaved: { {k: v for k, v in found.items() if v} }"

    # -- one request --------------------------------------------------------------------------------------

    def _handle(self, request: Request) -> Response | Awaitable[Response]:
        parts = request.path.split("/")
        if len(parts) >= 4 and parts[1] == "file" and parts[2].startswith("bot"):
            return self._file(parts[2][3:], "/".join(parts[3:]))
        if len(parts) != 3 or not parts[1].startswith("bot"):
            return _answer(ApiError(404, "Not Found"))
        name = NAMES.get(parts[2].lower())
        call = Call(name or parts[2], {}, time.monotonic())
        self.calls.append(call)
        try:
            fields, files = request.form()
            call.params, call.files = decode(fields), files
        except ApiError as error:
            return self._finish(call, error)
        except (ValueError, UnicodeDecodeError) as error:
            return self._finish(call, Rejected(400, f"Bad Request: unreadable body: {error}"))
        order = self.trouble.find(call)
        if order is not None:
            call.trouble = order.kind
        if order is not None and order.kind in {"cut", "refuse"}:
            return self._refuse(call, order)
        refusal = self._door(call, parts[1][3:], name) or self.trouble.limit(call)
        if refusal is not None:
            return self._later(order, self._finish(call, refusal))
        if name == "getUpdates":
            return self._poll(call, order)
        return self._later(order, self._run(call))

    def _door(self, call: Call, token: str, name: str | None) -> ApiError | None:
        if token != self.token or self.revoked:
            return ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
        if name is None:
            self.unchecked.append(f"unknown method {call.method}")
            return ApiError(404, "Not Found: method not found")
        if self.check and (wrong := self._complaints(call.method, call.params, set(call.files))):
            self.rejected.extend(f"{call.method}: {text}" for text in wrong[1:])
            return Rejected(400, f"Bad Request: {wrong[0]}")
        return None

    def _run(self, call: Call) -> Response:
        try:
            return self._finish(call, None, METHODS[call.method](self, call.params, call.files))
        except ApiError as error:
            return self._finish(call, error)

    async def _poll(self, call: Call, order: Order | None) -> Response:
        try:
            response = self._finish(call, None, await self.hub.get_updates(call.params))
        except ApiError as error:
            response = self._finish(call, error)
        later = self._later(order, response)
        return later if isinstance(later, Response) else await later

    def _finish(self, call: Call, error: ApiError | None, result: Any = None) -> Response:
        call.done, call.ok = time.monotonic(), error is None
        if error is not None:
            call.code, call.error = error.code, error.description
            if isinstance(error, Rejected):
                self.rejected.append(f"{call.method}: {error.description}")
            response = _answer(error)
        else:
            call.code, call.result = 200, result
            response = Response(200, b'{"ok":true,"result":' + _dump(result) + b"}")
        self._counts[call.method] = self._counts.get(call.method, 0) + 1
        self.bell.ring()
        return response

    def _refuse(self, call: Call, order: Order) -> Response | Awaitable[Response]:
        if order.kind == "cut":
            self._finish(call, ApiError(0, "connection cut"))
            return Response(cut=True)
        assert order.error is not None
        response = self._finish(
            call, ApiError(order.error.code, order.error.description, **order.error.parameters)
        )
        if order.raw is not None:
            response = Response(order.error.code, order.raw, "text/html")
        return self._later(None, response)

    def _later(self, order: Order | None, response: Response) -> Response | Awaitable[Response]:
        """The answer now, or after what an order and the latency ask for. The method has run already."""
        if order is not None and order.kind == "swallow":
            return Response(cut=True)
        if order is None and not self.trouble.latency:
            return response
        return self._wait(order, response)

    async def _wait(self, order: Order | None, response: Response) -> Response:
        if order is not None and order.kind == "hold":
            await order.gate.wait()
        await asyncio.sleep(self.trouble.latency + (order.seconds if order is not None else 0.0))
        return response

    def _file(self, token: str, path: str) -> Response:
        data = media.download(self, path) if token == self.token and not self.revoked else None
        if data is None:
            return _answer(ApiError(404, "Not Found"))
        return Response(200, data, "application/octet-stream")


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(error: ApiError) -> Response:
    return Response(error.code or 500, _dump(error.payload()))
