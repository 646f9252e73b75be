"""What is due: slots that have come become rows of the ledger, with the card they carry.

Invariant: a slot is noted once; one that is too late is noted as missed and takes no card; a day that was left
out is not made up for. The clock is an argument, and one that runs backwards never sends again.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from bot.days import Calendar, catch_up_end, local_day, next_due, slot
from bot.model import Pack
from bot.store import Store, housekeeping, outbox, progress, subscriptions
from bot.store.outbox import DAILY, Delivery
from bot.store.subscriptions import Subscription
from bot.study import daily
from bot.study.joining import next_push

CHUNK = 250  # slots in one transaction
MISSED_DAYS = 7  # a longer absence is not written down day by day
BACKWARDS = timedelta(minutes=2)  # a clock that is set back by more than this has every slot worked out anew
TICKED = "last tick"


def note_due(
    store: Store,
    packs: Mapping[str, Pack],
    calendar: Calendar,
    now: datetime,
    until: int,
    most: int = CHUNK,
) -> int:
    """Note up to `most` slots that have come, earliest first; how many there were (ask again at `most`).

    `until`: minute of day up to which a late slot is caught up.
    """
    found = subscriptions.due(store, now.timestamp(), most)
    if not found:
        return 0
    with store.writing():
        subscriptions.set_due(
            store, [(_note(store, packs, calendar, sub, now, until), sub.id) for sub in found]
        )
    return len(found)


def _note(
    store: Store,
    packs: Mapping[str, Pack],
    calendar: Calendar,
    sub: Subscription,
    now: datetime,
    until: int,
) -> int | None:
    """Rows for the slots of one subscription up to now; its next slot, Unix seconds."""
    at: datetime | None = datetime.fromtimestamp(sub.next_due or 0, UTC)
    today = local_day(now, sub.zone)
    oldest = today - timedelta(days=MISSED_DAYS)
    while at is not None and at <= now:
        day = local_day(at, sub.zone)
        if day < oldest:
            begin = slot(oldest, 0, sub.zone) or now
            at = next_due(begin - timedelta(seconds=1), sub.minute, sub.zone, sub.days, calendar)
            continue
        if not sub.paused(day):
            _slot(store, packs, sub, day, at, catch_up_end(day, sub.minute, sub.zone, until), now)
        at = next_due(at, sub.minute, sub.zone, sub.days, calendar)
    if at is not None and sub.paused(local_day(at, sub.zone)):
        at = next_push(store, sub, calendar, now)
    return int(at.timestamp()) if at else None


def _slot(
    store: Store,
    packs: Mapping[str, Pack],
    sub: Subscription,
    day: date,
    at: datetime,
    end: datetime,
    now: datetime,
) -> None:
    row = Delivery(
        0, sub.id, day, DAILY, sub.address.channel, "missed", at.timestamp(), end.timestamp(), at.timestamp()
    )
    if now > end:
        outbox.note(store, row)
        return
    if outbox.on_day(store, sub.id, day):
        return
    carried = daily.put_aside(store, packs, sub, day)
    if carried:
        pack, card = carried
        queued = Delivery(
            *(0, sub.id, day, DAILY, sub.address.channel, "queued", row.due, row.expires, row.due),
            pack=pack,
            card=card,
        )
        outbox.note(store, queued)


def expire(store: Store, now: datetime) -> int:
    """What is queued and too late becomes missed; its card, unseen, is the next day's. How many."""
    with store.writing():
        rows = outbox.expire(store, now.timestamp())
        for row in rows:
            if row.kind == DAILY and row.state == "missed":
                progress.take_back(store, row.subscription, row.day)
    return len(rows)


def clock_set_back(store: Store, now: datetime) -> bool:
    """Whether the clock runs behind the last tick; notes this one, once a minute."""
    last = housekeeping.fact(store, TICKED)
    before = datetime.fromisoformat(last) if last else None
    if before and now < before - BACKWARDS:
        housekeeping.put_fact(store, TICKED, now.isoformat())
        return True
    if before is None or now > before + timedelta(minutes=1):
        housekeeping.put_fact(store, TICKED, now.isoformat())
    return False


def work_out(store: Store, calendar: Calendar, now: datetime, after: int = 0, most: int = CHUNK) -> int:
    """Work out the next slot of a chunk of active subscriptions anew; the last id, 0 at the end.

    For a clock that was set back, new zone rules, or a new table of holidays.
    """
    found = subscriptions.all_active(store, after, most)
    with store.writing():
        subscriptions.set_due(store, _slots(store, found, calendar, now))
    return found[-1].id if found else 0


def _slots(
    store: Store, found: Iterable[Subscription], calendar: Calendar, now: datetime
) -> list[tuple[int | None, int]]:
    slots: list[tuple[int | None, int]] = []
    for sub in found:
        at = next_push(store, sub, calendar, now)
        slots.append((int(at.timestamp()) if at else None, sub.id))
    return slots
