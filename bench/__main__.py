"""`python -m bench [PART …] [--full]`: run the parts (all by default) and print their tables.

A part is a module with `run(full: bool) -> Table`. The peers they are compared with live in a venv of their
own (`make peers`), so that nothing of theirs is installed for those who run the bot.
"""

import argparse
import importlib
import os
import platform
import sys
import time
from datetime import UTC, datetime

PARTS = (
    "start",
    "search",
    "importing",
    "telegram",
    "web",
    "delivery",
    "quiz",
    "memory",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--full", action="store_true", help="the long version of a part")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {os.cpu_count()} cores")
    for name in chosen.parts or PARTS:
        began = time.perf_counter()
        table = importlib.import_module(f"bench.{name}").run(chosen.full)
        print(f"\n## {name}\n\n{table}\n\n({time.perf_counter() - began:.0f} s)", flush=True)
    return 0


sys.exit(main())
