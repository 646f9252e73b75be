"""From an update to its answer: /today of the whole program against bare python-telegram-bot handlers.

Each bot is a process of its own, polling a fake Bot API of its own on loopback; requests go to one after the
other in turn, so that all see the same machine. Measured from the update being there to the answer arriving.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.table import Table, quantile

TESTS = Path(__file__).resolve().parent.parent / "tests"
PEOPLE = 160  # so that nobody is answered twice within a second, which the pacer would not do
ROUNDS, WARM = 2, 1  # of all people
TEXT = "/today"


def run(full: bool) -> Table:
    sys.path.insert(0, str(TESTS))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rigs = [stack.enter_context(rig(name, folder)) for name in ("echo", "commits", "ours")]
        took: list[list[float]] = [[], [], []]
        for n in range(WARM + ROUNDS * (4 if full else 1)):
            for who in range(PEOPLE):
                for times, each in zip(took, rigs, strict=True):
                    seconds = each.ask(who)
                    if n >= WARM:
                        times.append(seconds)
    echo, commits, ours = (quantile(times, 0.5) for times in took)
    bound = max(1.5 * echo, commits)
    rows = tuple(
        (
            name,
            f"{quantile(times, 0.5) * 1000:.1f} ms",
            f"{quantile(times, 0.95) * 1000:.1f} ms",
            f"{quantile(times, 0.5) / echo:.2f}",
        )
        for name, times in zip(
            ("python-telegram-bot, echo", "the same and two commits", "the program, /today"),
            took,
            strict=True,
        )
    )
    return Table(
        ("from update to answer", "median", "95 %", "ratio"),
        rows,
        f"To stay within the larger of 1.5 × echo and echo with two commits: "
        f"{bound * 1000:.1f} ms here, {ours / bound:.2f} of it used. {len(took[0])} answers each.",
    )


class Rig:
    """One bot process and its Telegram."""

    def __init__(self, box: Any) -> None:
        self.box = box
        self.people = [
            box.do(lambda n=n: box.server.person(f"读者{n}", id=30_000 + n)) for n in range(PEOPLE)
        ]

    def ask(self, who: int) -> float:
        """Seconds until the answer has arrived."""
        return float(self.box.run(self._ask(self.people[who])))

    async def _ask(self, person: Any) -> float:
        import time

        await self.box.server.hub.confirmed(30)
        await self.box.server.hub.polled(30)
        before = len(self.box.server.calls)
        began = time.monotonic()
        await person.says(TEXT)
        await person.hears(30)
        return next(c.at for c in self.box.server.calls[before:] if c.method == "sendMessage") - began


@contextmanager
def rig(name: str, folder: Path) -> Iterator[Rig]:
    from fakes.bot_api import Threaded

    with Threaded(check=False) as box:
        if name == "ours":
            config = folder / "config.toml"
            config.write_text(
                f'[bot]\ndata = "data"\n[telegram]\ntoken = "{box.server.token}"\nbase_url = "{box.server.url}"\n'
                "[delivery]\nrate = 10000\nguard = false\n[web]\nport = 0\n",
                "utf-8",
            )
            command = [sys.executable, "-m", "bot", "--config", str(config), "run"]
        else:
            database = str(folder / "echo.db") if name == "commits" else ""
            command = [
                sys.executable,
                "-m",
                "bench.telegram_echo",
                box.server.token,
                box.server.base_url,
                database,
            ]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield Rig(box)
            finally:
                process.terminate()
                process.wait(20)
