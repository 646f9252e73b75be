"""The chat on a web page: a server on this machine, one conversation a person, live in every open tab.

Invariant: what a page shows is what the history holds; an answer or a push is stored before any page hears of
it, so that closing, losing or doubling a page loses and doubles nothing.
"""

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.channels.web.hub import OF_ALL, Hub
from bot.channels.web.ports import KIND, Figures, Kept, Place, Ports
from bot.messages import Address, Answer, Stopped

__all__ = ["KIND", "Figures", "Kept", "Place", "Ports", "Web"]
log = logging.getLogger(__name__)
SILENT = 60_000  # milliseconds after which a reader that takes nothing is cut off by the system
LEAVE = 3  # seconds in which requests under way are finished when the program stops


@dataclass
class Web:
    """The channel. port 0: any free one."""

    ports: Ports
    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str = ""
    metrics: bool = False
    kind: str = KIND
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.ports.seen)

    def arrived(self, address: Address) -> None:
        """A push was stored in somebody's conversation."""
        if address.channel == KIND:
            self.hub.arrived(address.chat)

    async def run(self, answer: Answer) -> None:
        """Serve until cancelled. Raises Stopped, with what to do, when the address cannot be had."""
        import uvicorn

        from bot.channels.web.metrics import Metrics
        from bot.channels.web.server import Server

        class Quiet(uvicorn.Server):
            """Signals are the whole program's business."""

            @contextlib.contextmanager
            def capture_signals(self) -> Iterator[None]:
                yield

        try:
            metrics = Metrics() if self.metrics else None
        except ImportError:
            raise Stopped(
                "[web] metrics 需要 prometheus-client。请先安装，例如：pip install 'daily-study-bot[metrics]'"
            ) from None
        secret = await self.ports.secret()
        listening = bound(self.host, self.port)
        self.hub.closing = False
        place = placed(self.host, listening, self.public_url)
        config = uvicorn.Config(
            Server(place, self.ports, secret, answer, self.hub, metrics).app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=OF_ALL + 500,
            timeout_graceful_shutdown=LEAVE,
        )
        server = Quiet(config)
        serving = asyncio.create_task(server.serve([listening]))
        seeing = asyncio.create_task(self.hub.keep_seen())
        try:
            while not server.started and not serving.done():
                await asyncio.sleep(0.01)
            await self.ports.opened(place.address)
            await asyncio.shield(serving)
        finally:
            self.hub.close_all()
            server.should_exit = True
            await asyncio.wait({serving}, timeout=LEAVE + 2)
            seeing.cancel()
            listening.close()


def bound(host: str, port: int) -> socket.socket:
    """A socket at this address. Raises Stopped."""
    at = f"{host}:{port}"
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise Stopped(f"[web] host 写的“{host}”不是一个地址。请写这台机器的地址，例如：127.0.0.1") from error
    made = socket.socket(family, kind, proto)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT)
        made.bind(address)
        made.listen(1024)
        made.setblocking(False)
    except PermissionError as error:
        made.close()
        raise Stopped(
            f"网页不能用 {at}：1024 以下的端口要管理员权限。请在 [web] port 换一个，例如 8765"
        ) from error
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise Stopped(
                f"网页没有打开：端口 {port} 已经有别的程序在用。请在 config.toml 的 [web] port 换一个，例如"
                f" {port + 1 if port < 65535 else port - 1}；写 0 就自动选一个"
            ) from error
        raise Stopped(f"网页不能用 {at}（{error.strerror}）。请检查 [web] host，例如：127.0.0.1") from error
    return made


def placed(host: str, listening: socket.socket, public_url: str) -> Place:
    """Where the page stands, from the socket that was really bound."""
    ip, port = listening.getsockname()[:2]
    loopback = ipaddress.ip_address(ip).is_loopback
    public = (urlsplit(public_url).hostname or "").lower()
    bare = host.lower().strip("[]")
    names = {public, f"[{bare}]" if ":" in bare else bare}
    if loopback or ipaddress.ip_address(ip).is_unspecified:
        names |= {"localhost", "127.0.0.1", "[::1]"}
    names -= {"", "0.0.0.0", "[::]"}  # noqa: S104 - nobody is addressed by them
    return Place(bare if bare != "localhost" else ip, port, loopback, public_url, frozenset(names))
