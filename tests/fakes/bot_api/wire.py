"""HTTP/1.1 on a loopback socket, by hand: speed, and connections that can be cut in any place.

Invariant: requests of one connection are answered in the order they came; whatever cannot be parsed is
answered 400 and the connection closed. Nothing in here knows Telegram.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, unquote

REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
    413: "Request Entity Too Large", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
MAX_BODY = 64 * 1024 * 1024


@dataclass(slots=True)
class Upload:
    """One file of a multipart body."""

    name: str
    data: bytes
    mime: str


@dataclass(slots=True)
class Request:
    """What came in: method, path without the query, headers (lower-case names), raw body."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    connection: Connection | None = None

    def form(self) -> tuple[dict[str, Any], dict[str, Upload]]:
        """Query and body as (fields, files). Raises ValueError for a body that cannot be read."""
        fields: dict[str, Any] = dict(parse_qsl(self.query, keep_blank_values=True)) if self.query else {}
        files: dict[str, Upload] = {}
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not self.body:
            return fields, files
        if kind == "application/json":
            fields.update(json.loads(self.body))
        elif kind == "application/x-www-form-urlencoded":
            fields.update(urlencoded(self.body))
        elif kind == "multipart/form-data":
            _multipart(self.headers["content-type"], self.body, fields, files)
        else:
            raise ValueError(f"unsupported content type {kind!r}")
        return fields, files


_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def urlencoded(body: bytes) -> dict[str, str]:
    """Fields of a form body. A run of escapes is decoded at once: Chinese text is all escapes, and the
    standard library's way, one escape at a time, would take most of the server's time.

    >>> urlencoded(b"text=%E5%AD%A6+1%2B1&empty=")
    {'text': '学 1+1', 'empty': ''}
    """

    def plain(piece: bytes) -> str:
        piece = piece.replace(b"+", b" ")
        if b"%" in piece:
            piece = _ESCAPES.sub(lambda run: bytes.fromhex(run.group().replace(b"%", b"").decode()), piece)
        return piece.decode()

    pairs = (piece.partition(b"=") for piece in body.split(b"&") if piece)
    return {plain(name): plain(value) for name, _, value in pairs}


def _multipart(kind: str, body: bytes, fields: dict[str, Any], files: dict[str, Upload]) -> None:
    marker = [p.strip()[9:].strip('"') for p in kind.split(";") if p.strip().lower().startswith("boundary=")]
    if not marker:
        raise ValueError("multipart without boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + marker[0].encode())
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("multipart body is cut short")
    for piece in pieces[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        message = BytesParser(policy=HTTP).parsebytes(head.lstrip(b"\r\n") + b"\r\n\r\n")
        disposition = message["content-disposition"]
        name = disposition.params.get("name") if disposition is not None else None
        if name is None:
            raise ValueError("multipart field without a name")
        if "filename" in disposition.params or "filename*" in disposition.params:
            files[name] = Upload(disposition.params.get("filename", ""), data, message.get_content_type())
        else:
            fields[name] = data.decode()


@dataclass(slots=True)
class Response:
    """What goes out. `cut` closes the connection without a byte of it."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    cut: bool = False

    def raw(self) -> bytes:
        """The whole response as bytes."""
        head = (
            f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Error')}\r\nContent-Type: {self.kind}\r\n"
            f"Content-Length: {len(self.body)}\r\nConnection: keep-alive\r\n\r\n"
        )
        return head.encode() + self.body


Handler = Callable[[Request], "Response | Awaitable[Response]"]


@dataclass(eq=False)
class Connection(asyncio.Protocol):
    """One client connection. The handler may answer at once (fast) or with an awaitable."""

    handler: Handler
    alive: set[Connection]
    pending: deque[Request] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None
    transport: asyncio.Transport | None = None
    buffer: bytearray = field(default_factory=bytearray)
    closed: bool = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.alive.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self.alive.discard(self)
        if self.task is not None:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        try:
            while (request := self._take()) is not None:
                self.pending.append(request)
        except ValueError:
            self._write(Response(400, b'{"ok":false,"error_code":400,"description":"Bad Request"}'))
            self.close()
            return
        if self.task is None:
            self._answer()

    def _answer(self) -> None:
        """Answer what waits; as soon as one answer has to be awaited, a task goes on with the rest."""
        while self.pending and not self.closed:
            answer = self.handler(self.pending.popleft())
            if not isinstance(answer, Response):
                self.task = asyncio.ensure_future(self._wait(answer))
                return
            self._write(answer)

    async def _wait(self, answer: Awaitable[Response]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self._write(await answer)
        self.task = None
        self._answer()

    def _write(self, response: Response) -> None:
        if self.transport is None or self.closed:
            return
        if response.cut:
            self.closed = True
            self.transport.abort()
        else:
            self.transport.write(response.raw())

    def close(self) -> None:
        """Close after what is written has left."""
        if self.transport is not None:
            self.closed = True
            self.transport.close()

    def _take(self) -> Request | None:
        """The next whole request of the buffer, or None if more bytes are needed."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        method, target, _version = lines[0].split(" ")
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon:
                raise ValueError("header without a colon")
            headers[name.strip().lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue" and len(self.buffer) == end + 4:
            assert self.transport is not None
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", "").lower():
            chunked = _unchunk(self.buffer, end + 4)
            if chunked is None:
                return None
            body, stop = chunked
        else:
            size = int(headers.get("content-length", "0"))
            if size > MAX_BODY:
                raise ValueError("too large")
            stop = end + 4 + size
            if len(self.buffer) < stop:
                return None
            body = bytes(self.buffer[end + 4 : stop])
        del self.buffer[:stop]
        path, _, query = target.partition("?")
        return Request(method, unquote(path), query, headers, body, self)


def _unchunk(buffer: bytearray, at: int) -> tuple[bytes, int] | None:
    """Body and end of a chunked message starting at `at`, or None while it is incomplete."""
    parts = []
    while True:
        line = buffer.find(b"\r\n", at)
        if line < 0:
            return None
        size = int(bytes(buffer[at:line]).split(b";")[0], 16)
        if len(buffer) < line + 2 + size + 2:
            return None
        parts.append(bytes(buffer[line + 2 : line + 2 + size]))
        at = line + 2 + size + 2
        if size == 0:
            return b"".join(parts), at
