"""A life that will be cut short: `python -m delivery.victim FOLDER URL TOKEN GUARANTEE PEOPLE`.

Broadcasts to everybody who is due and ends when nothing is open any more; prints the ledger's states as JSON.
"""

import asyncio
import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from delivery.house import SLOT, House


async def main(folder: Path, url: str, token: str, guarantee: str, people: int) -> None:
    began = time.monotonic()
    fresh = not (folder / "bot.db").exists()
    half = folder.with_name(f"{folder.name}.part")
    if fresh:  # complete or not there: a death while the subscribers are written is no death of a broadcast
        first = await House(half).start(people)
        await first.stop()
        half.rename(folder)

    class Place:
        pass

    server = Place()
    server.url, server.token = url, token  # type: ignore[attr-defined]
    here = House(folder, server, guarantee=guarantee)  # type: ignore[arg-type]
    await here.start()
    print("started", flush=True)
    while True:
        here.now = SLOT + timedelta(seconds=time.monotonic() - began)
        await here.engine.tick()
        resent = "" if guarantee == "at-most-once" else " OR (state = 'unknown' AND doubts = 1)"
        left = await here.rows(
            f"SELECT count(*) AS n FROM deliveries WHERE state IN ('queued', 'sending'){resent}"
        )
        if not left[0]["n"]:
            break
        here.turned.clear()
        await here.turned.wait()
        await asyncio.sleep(0.05)
    found = await here.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
    await here.stop()
    print(json.dumps({row["state"]: row["n"] for row in found}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))
