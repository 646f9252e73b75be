"""A broadcast on a strict server, side by side: rate, 429s, /today meanwhile, lost and double after a kill; and
a million subscribers.

The server is the tests' fake Bot API, in this process: at most 30 messages in any sliding second, or a bucket
of 30 refilled at 30 a second; answers take 70 ms. Every sender is a process of its own, on loopback.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.table import Table, quantile

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

FIRST, LATENCY = 20001, 0.07
READERS, EVERY = 12, 0.35  # people who ask for /today in turn, seconds between two of them
SENDERS = {
    "python-telegram-bot, AIORateLimiter, a job a subscriber": ("jobs", True),
    "aiogram, aiogram-broadcaster 0.6.8": ("broadcaster", True),
    "this bot": ("ours", False),
}


@dataclass
class Run:
    """One broadcast. rate: messages a second, the first second left out; waits: seconds of each /today."""

    rate: float
    refused: int
    waits: list[float]
    own: dict[str, float]


class Sender:
    """One of the programs, started; `go` gives it the word."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        assert self.process.stdout
        async with asyncio.timeout(60):
            return (await self.process.stdout.readline()).decode()

    def say(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{text}\n".encode())

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def sender(
    name: str, peer: bool, folder: str, server: object, count: int, *more: str
) -> AsyncIterator[Sender]:
    python = str(ROOT / ".venv-peers/bin/python") if peer else sys.executable
    url, token = server.url, server.token  # type: ignore[attr-defined]
    process = await asyncio.create_subprocess_exec(
        *(python, str(ROOT / f"bench/senders/{name}.py"), folder, url, token, str(FIRST), str(count), *more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PTB_TIMEDELTA": "1"},
    )
    made = Sender(process)
    try:
        assert (await made.line()).strip() == "ready"
        yield made
    finally:
        await made.kill()


async def asked(server: object, seconds: float, every: float = EVERY) -> list[float]:
    """People ask for /today in turn; how long each waits for the answer (`seconds` if none comes)."""
    people = [server.person(f"读者{n}", opened=True) for n in range(READERS)]  # type: ignore[attr-defined]
    waits: list[float] = []

    async def one(person: object) -> None:
        began = time.perf_counter()
        try:
            await person.says("/today")  # type: ignore[attr-defined]
            await person.hears(timeout=60)  # type: ignore[attr-defined]
            waits.append(time.perf_counter() - began)
        except AssertionError:
            waits.append(60.0)

    end = time.perf_counter() + seconds
    tasks, busy = [], {}
    for n in itertools.count():
        if time.perf_counter() >= end:
            break
        who = n % READERS
        if who not in busy or busy[who].done():
            busy[who] = asyncio.create_task(one(people[who]))
            tasks.append(busy[who])
        await asyncio.sleep(every)
    await asyncio.gather(*tasks)
    return waits


async def broadcast(
    name: str,
    peer: bool,
    seconds: float,
    limit: object,
    count: int = 0,
    guard: str = "1",
    people: bool = True,
) -> Run:
    from fakes.bot_api import FakeBotApi

    count = count or int(seconds * 40) + 60
    with tempfile.TemporaryDirectory() as folder:
        async with FakeBotApi(check=False) as server:
            for n in range(count):
                server.person(f"收{n}", id=FIRST + n, opened=True)
            server.trouble.latency = LATENCY
            server.trouble.limits.append(limit)
            more = () if peer else (guard,)
            async with sender(name, peer, folder, server, count, *more) as made:
                made.say(str(time.time() + (1.0 if name == "jobs" else 0.0)))
                began = await started(server)
                waits = await asked(server, seconds) if people else []
                while (left := began + seconds - time.monotonic()) > 0:
                    await asyncio.sleep(min(left, 0.5))
                own = {}
                if not peer:
                    made.say("")
                    own = json.loads(await made.line())
            calls = [c for c in server.made("sendMessage") if c.done is not None]
            good = [c.at for c in calls if c.ok and began + 1 < c.at <= began + seconds]
            return Run(len(good) / (seconds - 1), sum(c.code == 429 for c in calls), waits, own)


async def started(server: object) -> float:
    await server.called("sendMessage", 1, timeout=60)  # type: ignore[attr-defined]
    return server.made("sendMessage")[0].at  # type: ignore[attr-defined]


async def quiet(seconds: float) -> list[float]:
    """/today of this bot while nothing is sent."""
    from fakes.bot_api import FakeBotApi

    with tempfile.TemporaryDirectory() as folder:
        async with FakeBotApi(check=False) as server:
            server.trouble.latency = LATENCY
            async with sender("ours", False, folder, server, 1):
                return await asked(server, seconds)


async def killed(name: str, peer: bool, seed: int, count: int = 240) -> Counter[str]:
    """kill -9 in the middle of a broadcast, a restart, and what had arrived when nothing more came."""
    from fakes.bot_api import FakeBotApi

    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        async with FakeBotApi(check=False) as server:
            for n in range(count):
                server.person(f"收{n}", id=FIRST + n, opened=True)
            server.trouble.latency = LATENCY
            async with sender(name, peer, folder, server, count) as made:
                slot = time.time() + 1.0
                made.say(str(slot))
                await server.called("sendMessage", dice.randint(count // 4, count * 3 // 4), timeout=60)
            async with sender(name, peer, folder, server, count) as made:
                made.say(str(slot))
                before, still = -1, 0
                while still < 6:  # nothing new for three seconds
                    await asyncio.sleep(0.5)
                    arrived = len(server.sent())
                    still = still + 1 if arrived == before else 0
                    before = arrived
            got = Counter(message.chat.id for message in server.sent())
    return Counter(lost=count - len(got), double=sum(got.values()) - len(got))


async def first_send(folder: str, people: int) -> float:
    """Seconds from the start of the program to its first message, with so many subscribers waiting."""
    from fakes.bot_api import FakeBotApi

    async with FakeBotApi(check=False) as server:
        for n in range(100):
            server.person(f"收{n}", id=FIRST + n, opened=True)
        began = time.monotonic()
        async with sender("ours", False, folder, server, people) as made:
            made.say(str(time.time()))
            return await started(server) - began


async def million(people: int) -> tuple[dict[str, float], float]:
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "bench/senders/million.py"), f"{folder}/data", str(people)),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        )
        out, _ = await process.communicate()
        return json.loads(out), await first_send(folder, people)


async def measured(full: bool) -> Table:
    from fakes.bot_api import SlidingWindow, TokenBucket

    seconds, kills = (330.0, 5) if full else (16.0, 1)
    rows = []
    for title, (name, peer) in SENDERS.items():
        run = await broadcast(name, peer, seconds, SlidingWindow(), count=10_000 if full else 0)
        after = Counter[str]()
        for seed in range(kills):
            after += await killed(name, peer, seed)
        rows.append(
            (
                title,
                f"{run.rate:.1f}/s ({run.rate / 30:.1%} of 30)",
                str(run.refused),
                f"{quantile(run.waits, 0.99) * 1000:.0f} ms",
                f"{after['lost'] / kills:.0f} of 240",
                f"{after['double'] / kills:.0f}",
            )
        )
    calm = await quiet(6)
    bucket = await broadcast("ours", False, seconds if full else 12.0, TokenBucket(), guard="0", people=False)
    numbers, first = await million(1_000_000 if full else 300_000)
    how = "1,000,000" if full else "300,000"
    note = (
        f"Strict sliding window, {seconds:.0f} s; /today is p99. This bot alone: /today without a broadcast p99"
        f" {quantile(calm, 0.99) * 1000:.0f} ms; longest stall of its loop {run.own['stall'] * 1000:.0f} ms;"
        f" guard = false on a token bucket {bucket.rate:.2f}/s ({bucket.rate / 30:.1%}), {bucket.refused} × 429."
        f" {how} subscribers: idle tick {numbers['idle'] * 1e6:.0f} µs, slots noted {numbers['rate']:,.0f}/s,"
        f" longest transaction {numbers['longest'] * 1000:.0f} ms, RSS {numbers['rss']:.0f} MB,"
        f" restart to first send {first:.1f} s."
    )
    head = ("sender", "rate reached", "429s", "/today meanwhile", "lost after kill -9", "double")
    return Table(head, tuple(rows), note)


def run(full: bool) -> Table:
    return asyncio.run(measured(full))
