"""Our search in a process of its own, as a member's question meets it: `python -m bench.search_child FOLDER ARTICLES`.

FOLDER holds the store and queries.json; what was measured is printed as JSON: how long opening the store and the first
answer take, each query's time raw (rowids of an FTS5 phrase, LIMIT 60) and whole (found, counted, ranked, six
excerpts marked), and how much memory that took.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def memory() -> int:
    """The most memory this process has had, in MB (Linux; getrusage would count the parent's)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


TRIES = 9  # of which the best counts: other work on the machine is not ours


def timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def main(folder: Path, articles: int) -> None:
    from bot.model import Article, Pack
    from bot.store import lookup, open_reader, passages
    from bot.study import finding
    from bot.study.finding import Search

    before = memory()
    store = open_reader(folder)
    pack = Pack(
        "bench", "基准", tuple(Article(f"a{n}", n, f"第 {n} 篇", ()) for n in range(1, articles + 1)), ()
    )
    made = time.perf_counter()
    what = Search({"bench": pack}, count=6)
    classes = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    finding.find(store, what, classes["4–6 字"][0][0])
    first = time.perf_counter() - made
    (scope,) = passages.scopes(store, ["bench"])
    raw: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    for name, asked in classes.items():
        raw[name], whole[name] = [], []
        for query, _ in asked:
            words = lookup.words_of([query])
            whole[name].append(
                min(timed(lambda query=query: finding.find(store, what, query)) for _ in range(TRIES))
            )
            raw[name].append(
                min(timed(lambda words=words: lookup.ids(store, words, scope, 60)) for _ in range(TRIES))
            )
    peak = memory()
    print(json.dumps({"raw": raw, "whole": whole, "first": first, "before": before, "peak": peak}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
