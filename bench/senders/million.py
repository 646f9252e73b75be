"""A million subscribers: FOLDER PEOPLE. Idle tick, slots noted a second, the longest transaction, memory."""

import json
import resource
import sys
import time
from pathlib import Path

from delivery.house import SHIPPED, SLOT

from bot.days import Calendar
from bot.store import open_store
from bot.study import pushing, shelf


def main(folder: str, people: str) -> None:
    store = open_store(Path(folder), SLOT)
    shelf.refresh(store, SHIPPED)
    packs = shelf.packs(store)
    pack, due, at = next(iter(packs)), int(SLOT.timestamp()), 22 * 60
    with store.writing():
        store.db.conn.executemany(
            "INSERT INTO subscriptions (channel, chat, thread, pack, minute, zone, days, active, next_due)"
            " VALUES ('telegram', ?, '', ?, 472, 'Asia/Shanghai', 'daily', 1, ?)",
            ((str(20001 + n), pack, due) for n in range(int(people))),
        )
    calendar, before = Calendar(), SLOT.replace(minute=0)
    began = time.perf_counter()
    for _ in range(1000):
        pushing.note_due(store, packs, calendar, before, at)
        pushing.expire(store, before)
    idle = (time.perf_counter() - began) / 1000
    spent, noted, longest = time.perf_counter(), 0, 0.0
    while True:
        began = time.perf_counter()
        found = pushing.note_due(store, packs, calendar, SLOT, at)
        longest = max(longest, time.perf_counter() - began)
        noted += found
        if found < pushing.CHUNK:
            break
    spent = time.perf_counter() - spent
    store.close()
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"idle": idle, "rate": noted / spent, "longest": longest, "rss": size}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
