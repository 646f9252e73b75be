"""The page under load: 200 open pages get a push while others talk; and how soon after its start it can be used.

The server is a process of its own (`python -m bench.web FOLDER`), with the real service, engine and database; only
the time of day is passed in, so that a push is due when the benchmark says so.
"""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bench.table import Table, quantile

PAGES = 200
TALKERS = 8
THINKS = 0.1  # seconds between an answer and the next message of one talker: together some 70 a second
BARE = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
async def hello(_): return PlainTextResponse("ok")
app = Starlette(routes=[Route("/", hello)])
uvicorn.run(app, host="127.0.0.1", port={port}, log_level="error")
"""


def run(full: bool) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        starts = [started(Path(folder)) for _ in range(6 if full else 4)]
        bare = [started_bare() for _ in range(6 if full else 4)]
    with tempfile.TemporaryDirectory() as folder:
        pushed, quiet, meanwhile = asyncio.run(loaded(Path(folder), 20 if full else 8))
    usual, bare_usual = quantile(starts[1:], 0.5), quantile(bare, 0.5)
    rows = (
        ("start to usable page, bare starlette", f"{bare_usual * 1000:.0f} ms", "1", ""),
        (
            "start to usable page, new data folder",
            f"{starts[0] * 1000:.0f} ms",
            f"{starts[0] / bare_usual:.1f}",
            "2 s",
        ),
        ("start to usable page", f"{usual * 1000:.0f} ms", f"{usual / bare_usual:.1f}", "2 s"),
        (f"push to {PAGES} open pages, p50", f"{quantile(pushed, 0.5) * 1000:.0f} ms", "", ""),
        (f"push to {PAGES} open pages, p99", f"{quantile(pushed, 0.99) * 1000:.0f} ms", "", "1 s"),
        ("/today with nothing else, p99", f"{quantile(quiet, 0.99) * 1000:.0f} ms", "1", ""),
        (
            f"/today during the push ({len(meanwhile)} answers), p99",
            f"{quantile(meanwhile, 0.99) * 1000:.0f} ms",
            f"{quantile(meanwhile, 0.99) / quantile(quiet, 0.99):.1f}",
            "100 ms",
        ),
    )
    return Table(
        ("page", "value", "ratio", "bound"),
        rows,
        f"A push counts from the tick that finds it due; {TALKERS} others write meanwhile.",
    )


# ---------------------------------------------------------------- starting


def started(folder: Path) -> float:
    """Seconds from starting the program until the page has its session and the bot answers it."""
    settings = folder / "config.toml"
    settings.write_text("[web]\nport = 0\n")
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "--config", str(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        address = next(found[1] for line in process.stdout if (found := re.match("网页：(.*)/", line)))

        async def used() -> float:
            page = Page(address)
            await page.ask("GET", "/")
            await page.begin()
            await page.say("/start")
            return time.perf_counter() - began

        took = asyncio.run(used())
        process.terminate()
    return took


def started_bare() -> float:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", BARE.format(port=port)]) as process:

        async def used() -> float:
            while True:
                try:
                    await Page(f"http://127.0.0.1:{port}").ask("GET", "/")
                    return time.perf_counter() - began
                except OSError:
                    await asyncio.sleep(0.005)

        took = asyncio.run(used())
        process.terminate()
    return took


# ---------------------------------------------------------------- pages


@dataclass
class Page:
    """A browser reduced to its requests: one connection for them, one for the stream."""

    address: str
    cookie: str = ""
    csrf: str = ""
    last: int = 0
    arrived: list[float] = field(default_factory=list)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: object = None) -> bytes:
        """One request over the kept connection; the body of the answer."""
        where = urlsplit(self.address)
        if self._line is None:
            self._line = await asyncio.open_connection(where.hostname, where.port)
        reader, writer = self._line
        content = b"" if body is None else json.dumps(body).encode()
        writer.write(self._head(method, path, len(content)) + content)
        head = await reader.readuntil(b"\r\n\r\n")
        if found := re.search(rb"set-cookie: ([^;]+)", head):
            self.cookie = found[1].decode()
        size = re.search(rb"content-length: (\d+)", head)
        assert size
        assert b" 200 " in head[:20], head[:200]
        return await reader.readexactly(int(size[1]))

    def _head(self, method: str, path: str, size: int) -> bytes:
        where = urlsplit(self.address)
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {where.netloc}",
            f"Origin: {self.address}",
            "Content-Type: application/json",
            f"Content-Length: {size}",
            f"X-CSRF: {self.csrf}",
            f"Cookie: {self.cookie}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def begin(self) -> None:
        found = json.loads(await self.ask("GET", "/api/start"))
        self.csrf, self.last = found["csrf"], found["last"]

    async def say(self, text: str) -> float:
        """Seconds until it is answered."""
        began = time.perf_counter()
        body = {
            "text": text,
            "key": f"{time.monotonic_ns():020}",
            "pressed": "",
            "label": "",
            "after": self.last,
        }
        answer = json.loads(await self.ask("POST", "/api/say", body))
        took = time.perf_counter() - began
        self.last = answer["entries"][-1]["id"]
        return took

    async def listen(self, ready: asyncio.Event) -> None:
        """Note when each push comes, until cancelled."""
        where = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(self._head("GET", f"/api/stream?after={self.last}", 0))
            while line := await reader.readline():
                if line.startswith(b": now") or line.startswith(b"retry"):
                    ready.set()
                if line.startswith(b"data: "):
                    self.arrived.append(time.time())
        finally:
            writer.close()


async def loaded(folder: Path, pushes: int) -> tuple[list[float], list[float], list[float]]:
    """Delays of the pushes, answers with nothing else going on, answers while a push went out."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.web", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdin
    assert server.stdout
    address = (await server.stdout.readline()).decode().strip()
    pages = [Page(address) for _ in range(PAGES)]
    talkers = [Page(address) for _ in range(TALKERS)]
    for page in (*pages, *talkers):
        await page.begin()
        await page.say("订阅 07:52" if page in pages else "/today")
    quiet = [await talker.say("/today") for _ in range(30) for talker in talkers]
    ready = [asyncio.Event() for _ in pages]
    listening = [asyncio.create_task(page.listen(each)) for page, each in zip(pages, ready, strict=True)]
    await asyncio.gather(*(each.wait() for each in ready))
    delays: list[float] = []
    meanwhile: list[float] = []
    for _ in range(pushes):
        for page in pages:
            page.arrived.clear()
        going = asyncio.Event()
        talking = [asyncio.create_task(talk(talker, going, meanwhile)) for talker in talkers]
        server.stdin.write(b"push\n")
        began = float(await server.stdout.readline())
        while not all(page.arrived for page in pages):
            await asyncio.sleep(0.002)
        going.set()
        await asyncio.gather(*talking)
        delays += [page.arrived[0] - began for page in pages]
    for task in listening:
        task.cancel()
    server.stdin.close()
    await server.wait()
    return delays, quiet, meanwhile


async def talk(talker: Page, going: asyncio.Event, took: list[float]) -> None:
    """One message after the other, until the push is everywhere."""
    while not going.is_set():
        took.append(await talker.say("/today"))
        await asyncio.sleep(THINKS)


# ---------------------------------------------------------------- the server's side


async def serve(folder: Path) -> None:
    """Print the address; for each line on stdin move on to the next day's push and print when it began."""
    from bot.app.service import Service
    from bot.cli.webbing import page
    from bot.config import BotSettings, Config, WebSettings

    now = [datetime(2026, 11, 23, 1, 10, tzinfo=UTC)]
    settings = WebSettings(port=0)

    def channels(service: Service) -> list[object]:
        service.doors.clear()
        return [page(service, settings, say=False)]

    config = Config(bot=BotSettings(data=folder), web=settings)
    service = Service(config, channels, clock=lambda: now[0], tick_seconds=1e7)  # type: ignore[arg-type]
    running = asyncio.create_task(service.run())
    while "page" not in service.doors:
        await asyncio.sleep(0.01)
    print(service.doors["page"].rstrip("/"), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        now[0] = now[0].replace(hour=23, minute=52) + timedelta(days=int(now[0].hour == 23))
        print(time.time(), flush=True)
        await service.tick()
    service.stop.set()
    await running


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
