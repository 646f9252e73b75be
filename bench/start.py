"""How long the first reply takes: `chat --json` on a current data folder against `import sqlite_utils` alone."""

import subprocess
import sys
import tempfile
import time

from bench.table import Table, quantile

RUNS = 9


def run(full: bool) -> Table:
    with tempfile.TemporaryDirectory() as data:
        chat = [sys.executable, "-m", "bot", "--data", data, "chat", "--json"]
        bare = [sys.executable, "-c", "import sqlite_utils"]
        first_reply(chat)  # makes the data folder current
        ours, theirs = [], []
        for _ in range(RUNS * (3 if full else 1)):
            theirs.append(whole(bare))
            ours.append(first_reply(chat))
    ratio = quantile([a / b for a, b in zip(ours, theirs, strict=True)], 0.5)
    rows = (
        ("import sqlite_utils", f"{quantile(theirs, 0.5) * 1000:.0f} ms", "1"),
        ("chat --json, first reply", f"{quantile(ours, 0.5) * 1000:.0f} ms", f"{ratio:.2f}"),
    )
    return Table(("whole process", "median", "ratio"), rows, "To stay at or below 3.")


def whole(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def first_reply(command: list[str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("今日\n".encode())
        process.stdin.flush()
        line = process.stdout.readline()
        took = time.perf_counter() - began
        process.stdin.close()
    assert b'"text"' in line
    return took
