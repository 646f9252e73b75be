"""A million subscribers: FOLDER PEOPLE. Idle tick, slots noted a second, the longest transaction, memory."""

import json
import resource
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from conftest import at_once
from delivery.house import SHIPPED, SLOT

from bot.app.notices import Notices
from bot.config import DeliverySettings
from bot.days import Calendar
from bot.delivery import Engine
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
    calendar = Calendar()
    spent, noted, longest = time.perf_counter(), 0, 0.0
    while True:
        began = time.perf_counter()
        found = pushing.note_due(store, packs, calendar, SLOT, at)
        longest = max(longest, time.perf_counter() - began)
        noted += found
        if found < pushing.CHUNK:
            break
    spent = time.perf_counter() - spent
    # All sent: what a beat costs when nothing is due, with the whole ledger behind it.
    with store.writing():
        store.do("UPDATE deliveries SET state = 'sent', sent = due")
    now = [SLOT]
    engine = Engine(
        *(store, at_once, {}, DeliverySettings(), calendar),
        packs=lambda: packs,
        render=lambda *_: None,
        clock=lambda: now[0],
    )
    engine.start("bench")
    while pushing.work_out(store, calendar, SLOT):
        pass
    notices, beats = Notices(store, ()), []
    for n in range(200):
        now[0] = SLOT + timedelta(seconds=10 * n)
        began = time.perf_counter()
        with suppress(StopIteration):
            engine.tick().send(None)
        notices.look(now[0])
        beats.append(time.perf_counter() - began)
    idle = sorted(beats)[len(beats) // 2]
    with store.writing():  # and now a restart with all of them waiting
        store.do("UPDATE deliveries SET state = 'queued', sent = NULL")
    store.close()
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"idle": idle, "rate": noted / spent, "longest": longest, "rss": size}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
