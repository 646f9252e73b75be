"""This bot: its engine, ledger, pacer and desk, over its Telegram channel.

Further argument: guard ("1" or "0"). What the loop and the database cost is printed as JSON at the end of input.
"""

import asyncio
import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from delivery.house import FIRST, SLOT, House, fill

from bot.messages import Incoming, Reply
from bot.pacing import PER_CHAT


async def stalls(worst: list[float]) -> None:
    """How long the loop was away, at worst."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        worst[0] = max(worst[0], time.perf_counter() - began - 0.005)


async def main(folder: str, url: str, token: str, first: str, count: str, guard: str = "1") -> None:
    server = SimpleNamespace(url=url, token=token)
    here = House(Path(folder) / "data", server, rate=30.0, guard=guard == "1")  # type: ignore[arg-type]
    here.per_chat = PER_CHAT
    await here.start()
    worst = [0.0]

    async def answered(said: Incoming) -> list[Reply]:
        return await here.call(here.bot.answer, said, here.now)

    listening = asyncio.create_task(here.channel.run(answered))
    watching = asyncio.create_task(stalls(worst))
    have = (await here.rows("SELECT count(*) AS n FROM subscriptions"))[0]["n"]
    if not have:
        await here.call(fill, here.store, int(count))
    assert int(first) == FIRST
    print("ready", flush=True)
    line = await asyncio.to_thread(sys.stdin.readline)
    # The fixed slot of the subscribers stands for the instant that was asked for.
    asked, worst[0] = float(line), 0.0
    try:
        ending = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
        while not ending.done():
            here.now = SLOT + (datetime.now(SLOT.tzinfo) - datetime.fromtimestamp(asked, SLOT.tzinfo))
            await here.engine.tick()
            await asyncio.wait({ending}, timeout=1.0)
    finally:
        listening.cancel()
        watching.cancel()
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"stall": worst[0], "rss": size}), flush=True)
    await here.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
