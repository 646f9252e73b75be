"""kill -9 at random points of broadcasts against the fake Bot API: `python -m delivery.kills 200`.

Every broadcast is a folder, a server and people of its own. The second series is killed again while it
recovers. What counts as lost: due, not arrived, and not listed as doubtful.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fakes.bot_api import FakeBotApi

from bot.config import DeliverySettings
from bot.store import open_reader
from delivery.house import FIRST, people, states

PEOPLE = 1200
IN_FLIGHT = DeliverySettings().in_flight
TESTS = Path(__file__).resolve().parents[1]


@dataclass
class Tally:
    """Of many broadcasts. worst: the most duplicates after one kill."""

    kills: int = 0
    lost: int = 0
    doubles: int = 0
    worst: int = 0
    listed: int = 0
    unlisted: int = 0  # at most once: did not arrive for certain, and is not listed
    lines: list[str] = field(default_factory=list)


async def life(folder: Path, server: FakeBotApi, guarantee: str, count: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "delivery.victim",
            str(folder),
            server.url,
            server.token,
            guarantee,
            str(count),
        ),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(TESTS), "PTB_TIMEDELTA": "1"},
    )


async def killed(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.wait()


async def broadcast(seed: int, guarantee: str, while_recovering: bool, count: int = PEOPLE) -> Counter[str]:
    """One broadcast with one kill (three, the later ones early in the next lives); what came of it."""
    dice = random.Random(seed)
    kills = 1
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        async with FakeBotApi(check=False) as server:
            people(server, count)
            at = dice.randint(1, count - 1)
            process = await life(folder, server, guarantee, count)
            await server.called("sendMessage", at, timeout=60)
            await killed(process)
            if while_recovering:
                for _ in range(2):
                    process = await life(folder, server, guarantee, count)
                    assert process.stdout
                    await process.stdout.readline()  # it has taken over; the next steps are its recovery
                    await asyncio.sleep(dice.choice([0, 0, dice.random() * 0.05, dice.random() * 0.3]))
                    if process.returncode is None:
                        kills += 1
                        await killed(process)
            process = await life(folder, server, guarantee, count)
            async with asyncio.timeout(120):
                await process.communicate()
            assert process.returncode == 0, process.returncode
            arrived = Counter(message.chat.id for message in server.sent())
        reader = open_reader(folder)
        found = states(reader)
        rows = reader.rows(
            "SELECT s.chat, d.state FROM subscriptions s LEFT JOIN deliveries d ON d.subscription = s.id"
        )
        reader.close()
    result = Counter(kills=kills, doubles=sum(arrived.values()) - len(arrived), unknown=found["unknown"])
    for row in rows:
        here = arrived[int(row["chat"])]
        result["lost"] += not here and row["state"] != "unknown"
        result["false"] += row["state"] == "sent" and not here
    assert len(rows) == count
    assert set(arrived) <= {FIRST + n for n in range(count)}
    return result


async def series(
    kills: int, guarantee: str, while_recovering: bool, seed: int = 0, say: bool = False
) -> Tally:
    tally = Tally()
    while tally.kills < kills:
        one = await broadcast(seed * 100_000 + tally.kills, guarantee, while_recovering)
        tally.kills += one["kills"]
        tally.lost += one["lost"] + one["false"]
        tally.doubles += one["doubles"]
        tally.worst = max(tally.worst, -(-one["doubles"] // one["kills"]))
        tally.listed += one["unknown"]
        if say:
            print(
                f"{guarantee} {'recovering' if while_recovering else ''} {tally.kills}: {dict(one)}",
                flush=True,
            )
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m delivery.kills", description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=200, help="kills a series")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 10_000)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}; {PEOPLE} messages a broadcast, in_flight = {IN_FLIGHT}", flush=True)
    bad = False
    for guarantee, recovering, share in (
        ("at-least-once", False, 1.0),
        ("at-least-once", True, 1.0),
        ("at-most-once", False, 0.25),
    ):
        kills = max(1, int(chosen.kills * share))
        found = asyncio.run(series(kills, guarantee, recovering, chosen.seed, say=True))
        wrong = found.lost or found.worst > IN_FLIGHT or (guarantee == "at-most-once" and found.doubles)
        bad = bad or bool(wrong)
        name = f"{guarantee}{', killed again while it recovers' if recovering else ''}"
        print(
            f"{'FAILED ' if wrong else ''}{name}: {found.kills} kills, lost {found.lost}, double {found.doubles}"
            f" (at most {found.worst} a kill), listed as doubtful {found.listed}",
            flush=True,
        )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
