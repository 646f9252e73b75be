"""The page's addresses: what each takes, refuses and gives.

Invariant: whoever is not known gets nothing of a conversation and changes nothing; what changes something comes
from our own page, with its cookie and its csrf word. All state is in the history: a page that was away asks for
what lies above the last id it has.
"""

import asyncio
import json
import logging
import mimetypes
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web import identity, safety
from bot.channels.web.hub import Hub, Page, TooMany
from bot.channels.web.identity import Session
from bot.channels.web.metrics import TYPE, Metrics
from bot.channels.web.ports import AT_FIRST, AT_ONCE, KIND, Kept, Place, Ports
from bot.channels.web.safety import Buckets, Receive, Scope, Send
from bot.channels.web.static import load
from bot.channels.web.view import reply_of, shown
from bot.messages import Answer, Incoming

log = logging.getLogger(__name__)
BEAT = 20.0  # seconds between signs of life of a stream, by which both sides find out that the other is gone
PATIENCE = 10.0  # seconds in which a request's body must have come
TEXT = 20_000  # characters of a message
FILE = 20 * 1024 * 1024  # bytes
KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
MESSAGE = re.compile(r"(\d{1,15}\.\d{1,3})?")
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}

NO_DOOR = "这里要用你自己的链接进来。请在别的渠道发“网页”，或向组织者要一个链接。"
DENIED = {
    "broken": "这个链接不完整，或者改动过。请再要一个，例如：在别的渠道发“网页”",
    "expired": "这个链接过期了。请再要一个，例如：在别的渠道发“网页”",
    "taken": "这个链接已经在另一个浏览器里用过了。请再要一个，例如：在别的渠道发“网页”",
}
NOT_OURS = "这个请求不是从本页发出的，没有处理。请刷新页面再试。"
TOO_LONG = "这条太长，没有发出。请分成几条发，每条 2 万字以内。"
UNREADABLE = "这个请求读不懂，没有处理。请刷新页面再试。"
TOO_FAST = "请求太多了。请等几秒再试。"
TOO_MANY_PAGES = "开着的页面太多了。请关掉几个，再刷新这一页。"
NO_FILE = "这个文件已经不在了。请重新要一份，例如：我的数据"


class Refusal(Exception):
    """What is answered instead."""

    def __init__(self, status: int, sentence: str, why: str) -> None:
        super().__init__(why)
        self.status, self.sentence, self.why = status, sentence, why


@dataclass
class Server:
    """One page for everybody. `app` is the whole ASGI application."""

    place: Place
    ports: Ports
    secret: bytes
    answer: Answer
    hub: Hub
    metrics: Metrics | None = None
    buckets: Buckets = field(default_factory=Buckets)
    strangers: Buckets = field(
        default_factory=lambda: Buckets(rate=200, burst=1000)
    )  # by address: a whole office

    def __post_init__(self) -> None:
        self.static = load()
        self.cookie = identity.cookie_name(self.secret)
        routes = [
            Route("/", self.page),
            Route("/static/{name}", self.page),
            Route("/favicon.ico", self.page),
            Route("/api/start", self.start),
            Route("/api/history", self.history),
            Route("/api/stream", self.stream),
            Route("/api/file/{entry:int}/{reply:int}/{kind}/{n:int}", self.file),
            Route("/api/say", self.say, methods=["POST"]),
            Route("/api/enter", self.enter, methods=["POST"]),
            Route("/healthz", self.healthz),
            *([Route("/metrics", self.figures)] if self.metrics else []),
        ]
        handlers: dict[Any, Any] = {Refusal: self._refused, 404: self._nothing, 405: self._nothing}
        self.app = safety.Guard(Starlette(routes=routes, exception_handlers=handlers), self.place)

    # ---- who asks

    def session(self, request: Request) -> Session | None:
        value = request.cookies.get(self.cookie, "")
        return identity.unsealed(value, self.secret, self.now) if len(value) < 1000 else None

    def local(self, request: Request) -> bool:
        host = identity.host_of(request.headers.get("host", ""))
        return identity.is_local(self.place, host, request.scope["headers"])

    @property
    def now(self) -> float:
        return self.ports.clock().timestamp()

    def known(self, request: Request) -> Session:
        """Who asks. Raises Refusal for one who is not known or asks too much."""
        session = self.session(request)
        self._pace(request, session)
        if session is None or not identity.counts(session, self.local(request)):
            raise Refusal(401, NO_DOOR, "unknown")
        return session

    def _pace(self, request: Request, session: Session | None) -> None:
        buckets = self.buckets if session else self.strangers
        who = session.browser if session else (request.client.host if request.client else "")
        if not buckets.take(who, time.monotonic()):
            raise Refusal(429, TOO_FAST, "fast")

    async def changing(self, request: Request, session: Session | None) -> dict[str, Any]:
        """The body of a request that changes something. Raises Refusal for what is not our own page's."""
        ours = safety.is_same_origin(self.place, request.scope)
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            async with asyncio.timeout(PATIENCE):
                body = await safety.body_of(request.receive)
        except safety.TooLong:
            raise Refusal(413, TOO_LONG, "long") from None
        except (ValueError, RecursionError, TimeoutError):
            body = None
        word = request.headers.get("x-csrf", "")
        if not ours or session is None or not _same(word, identity.csrf(session, self.secret)):
            raise Refusal(403, NOT_OURS, "foreign")
        if kind != "application/json" or not isinstance(body, dict):
            raise Refusal(400, UNREADABLE, "unreadable")
        return body

    # ---- the page

    async def page(self, request: Request) -> Response:
        """The page itself and its parts, from memory: no path of a request ever reaches the disk."""
        name = request.path_params.get("name") or (
            "icon.svg" if request.url.path == "/favicon.ico" else "index.html"
        )
        found = self.static.get(name)
        if found is None:
            return self._nothing(request, None)
        headers = {"etag": found.tag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == found.tag:
            return Response(status_code=304, headers=headers)
        return Response(found.body, media_type=found.type, headers=headers)

    async def start(self, request: Request) -> Response:
        """What a page needs to begin: its csrf word, the menu and the end of the conversation."""
        session, local = self.session(request), self.local(request)
        self._pace(request, session)
        given = session
        if not identity.counts(session, local):
            if local or session is None or session.user:
                given = identity.fresh(self.now, anonymous=local)
        elif session and session.expires - self.now < identity.DAYS * 43_200:
            given = identity.renewed(session, self.now)
        assert given is not None
        word = identity.csrf(given, self.secret)
        if identity.counts(given, local):
            entries = await self.ports.latest(given.user, None)
            made = _json({"csrf": word, "menu": self.ports.menu, **conversation(entries)})
            if entries:
                self.hub.note_seen(given.user)
        else:
            made = _json({"csrf": word, "error": NO_DOOR}, 401)
        if given != session:
            self._give(made, given)
        return made

    async def enter(self, request: Request) -> Response:
        """By a personal link: this browser is that person from now on."""
        session = self.session(request)
        self._pace(request, session)
        body = await self.changing(request, session)
        token = body.get("token")
        if not isinstance(token, str):
            raise Refusal(400, UNREADABLE, "unreadable")
        assert session is not None
        user, why = await self.ports.enter(token, session.browser)
        if why:
            raise Refusal(403, DENIED[why], f"link {why}")
        made = _json({})
        self._give(made, identity.renewed(Session(user, session.browser, 0), self.now))
        return made

    def _give(self, response: Response, session: Session) -> None:
        response.set_cookie(
            self.cookie,
            identity.sealed(session, self.secret),
            max_age=identity.DAYS * 86_400,
            httponly=True,
            samesite="lax",  # strict would leave it out when one comes by a link from another channel
            secure=self.place.public_url.startswith("https://"),
        )

    # ---- the conversation

    async def history(self, request: Request) -> Response:
        session = self.known(request)
        before = _number(request.query_params.get("before"))
        if not before:
            raise Refusal(400, UNREADABLE, "unreadable")
        return _json(conversation(await self.ports.latest(session.user, before)))

    async def say(self, request: Request) -> Response:
        """One message or pressed button; what the conversation holds above `after` once it is answered.

        The same `key` again (a page that got no answer) changes nothing and gives the same.
        """
        session = self.known(request)
        body = await self.changing(request, session)
        text, key, pressed, label, after = (body.get(n) for n in ("text", "key", "pressed", "label", "after"))
        good = (
            *(isinstance(text, str), isinstance(key, str), isinstance(pressed, str), isinstance(label, str)),
            isinstance(after, int) and not isinstance(after, bool) and 0 <= after < 2**53,
        )
        if not all(good) or not KEY.fullmatch(str(key)) or not MESSAGE.fullmatch(str(pressed)):
            raise Refusal(400, UNREADABLE, "unreadable")
        said = str(text).encode("utf-8", "replace").decode()  # a lone half of a surrogate pair is no text
        if len(said) > TEXT or len(str(label)) > 100:
            raise Refusal(413, TOO_LONG, "long")
        if not said.strip():
            raise Refusal(400, "这条是空的，没有发出。", "empty")
        update = f"{session.user}/{key}"
        incoming = Incoming(
            *(KIND, session.user, session.user, said, name_of(session.user)),
            admin=True,
            pressed=str(pressed),
            label=str(label).encode("utf-8", "replace").decode(),
            update=update,
        )
        began = time.perf_counter()
        replies = await self.answer(incoming)
        if self.metrics:
            self.metrics.answers.observe(time.perf_counter() - began)
        self.hub.arrived(session.user)
        assert isinstance(after, int)
        entries: list[Kept] = []
        while more := await self.ports.after(session.user, entries[-1].id if entries else after):
            entries += more
            if len(more) < AT_ONCE:
                break
        kept = any(each.update == update for each in entries)
        loose = [] if kept else [reply_of(reply, 0, n) for n, reply in enumerate(replies)]
        left = bool(entries) or bool(await self.ports.latest(session.user, None)) if loose else True
        return _json({"entries": [shown(each) for each in entries], "loose": loose, "empty": not left})

    async def stream(self, request: Request) -> Response:
        """Everything above the last id, and then as it comes."""
        session = self.known(request)
        after = _number(request.headers.get("last-event-id") or request.query_params.get("after"))
        try:
            page = self.hub.open(session.user)
        except TooMany as many:
            raise Refusal(429 if str(many) == "one" else 503, TOO_MANY_PAGES, "pages") from None
        return Stream(self.hub, page, self.ports, after)

    async def file(self, request: Request) -> Response:
        """A picture or document of a message in one's own conversation, by its place there."""
        session = self.known(request)
        where = request.path_params
        if where["entry"] >= 10**15:
            raise Refusal(404, NO_FILE, "file")
        entries = await self.ports.latest(session.user, where["entry"] + 1)
        entry = next((each for each in entries if each.id == where["entry"]), None)
        replies = entry.replies if entry else ()
        reply = replies[where["reply"]] if where["reply"] < len(replies) else None
        lists = {"images": reply.images, "documents": reply.documents} if reply else {}
        paths = lists.get(where["kind"], ())
        if where["n"] >= len(paths):
            raise Refusal(404, NO_FILE, "file")
        path = Path(paths[where["n"]])
        try:
            content = await asyncio.to_thread(_content, path)
        except OSError:
            raise Refusal(404, NO_FILE, "file") from None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"cache-control": "private, max-age=3600"}
        if where["kind"] == "images" and kind in PICTURES:
            return Response(content, media_type=kind, headers=headers)
        name = re.sub(r"[^\w.-]", "_", path.name, flags=re.ASCII)
        headers["content-disposition"] = f'attachment; filename="{name}"'
        return Response(content, media_type="application/octet-stream", headers=headers)

    # ---- for who looks after it

    async def healthz(self, _: Request) -> Response:
        wrong = await self.ports.health()
        return Response(
            f"{wrong or 'ok'}\n", 503 if wrong else 200, {"cache-control": "no-store"}, "text/plain"
        )

    async def figures(self, _: Request) -> Response:
        assert self.metrics is not None
        healthy = not await self.ports.health()
        made = self.metrics.text(self.hub, await self.ports.figures(), healthy)
        return Response(made, headers={"content-type": TYPE, "cache-control": "no-store"})

    # ---- what is refused

    async def _refused(self, _: Request, refusal: Refusal) -> Response:
        if self.metrics:
            self.metrics.refused.labels(refusal.why).inc()
        more = {"retry-after": "5"} if refusal.status in {429, 503} else None
        return _json({"error": refusal.sentence, "why": refusal.why}, refusal.status, more)

    def _nothing(self, _: Request, __: object) -> Response:
        return Response("没有这一页。\n", 404, media_type="text/plain")


class Stream(Response):
    """A page's stream of events. Ends when either side goes."""

    def __init__(self, hub: Hub, page: Page, ports: Ports, last: int) -> None:
        super().__init__()
        self.hub, self.page, self.ports, self.last = hub, page, ports, last

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_gone(receive))
        try:
            headers = [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
            ]
            headers.append((b"x-accel-buffering", b"no"))  # a proxy that gathers would hold back what is live
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(_part(b"retry: 2000\n\n"))
            news = True
            while not gone.done() and not self.hub.closing:
                self.page.wake.clear()
                async with self.hub.reading:
                    entries = await self.ports.after(self.page.chat, self.last)
                if entries:
                    self.last = entries[-1].id
                    await send(_part(b"".join(map(event, entries))))
                    if any(each.said is None for each in entries):
                        self.hub.note_seen(self.page.chat)
                if len(entries) >= AT_ONCE:
                    continue
                if news or entries:
                    news = False
                    await send(_part(b": now\n\n"))  # all that there is has been said
                waiting = asyncio.create_task(self.page.wake.wait())
                done, __ = await asyncio.wait(
                    {waiting, gone}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED
                )
                waiting.cancel()
                if not done:
                    await send(_part(b":\n\n"))
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self.hub.close(self.page)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def event(entry: Kept) -> bytes:
    """One exchange as a server-sent event; JSON has no line break of its own."""
    return f"id: {entry.id}\ndata: {_dumped(shown(entry))}\n\n".encode()


def conversation(entries: Sequence[Kept]) -> dict[str, Any]:
    """A stretch of history; more: whether there is some before it."""
    return {
        "entries": [shown(each) for each in entries],
        "last": entries[-1].id if entries else 0,
        "more": len(entries) >= AT_FIRST,
    }


def name_of(user: str) -> str:
    """How the bot knows the one who writes: a link's own name; a window's name is known elsewhere."""
    if user.startswith("w-"):
        return ""
    return f"网页 {user[-4:]}" if user.startswith(identity.ANONYMOUS) else user


def _part(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


def _content(path: Path) -> bytes:
    if not path.is_file() or path.stat().st_size > FILE:
        raise FileNotFoundError(path.name)
    return path.read_bytes()


def _number(text: str | None) -> int:
    """A number of at most 15 digits; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _same(a: str, b: str) -> bool:
    import hmac

    return hmac.compare_digest(a.encode("utf-8", "replace"), b.encode())


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json(value: object, status: int = 200, more: dict[str, str] | None = None) -> Response:
    headers = {"cache-control": "no-store", **(more or {})}
    return Response(_dumped(value), status, headers, "application/json")
