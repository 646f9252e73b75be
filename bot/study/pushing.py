"""What is due: slots that have come become rows of the ledger, with the card they carry.

Invariant: a slot is noted once; one that is too late is noted as missed and takes no card; a day that was left
out is not made up for. The clock is an argument, and one that runs backwards never sends again.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.days import Calendar, Days, catch_up_end, local_day, next_due, slot, zone_rules
from bot.model import Pack
from bot.store import Store, housekeeping, outbox, progress, subscriptions
from bot.store.outbox import DAILY, Delivery, State
from bot.store.subscriptions import Due, Subscription
from bot.study import daily
from bot.study.joining import next_push

log = logging.getLogger(__name__)
CHUNK = 250  # slots in one transaction, which stays far below 100 ms
MISSED_DAYS = 7  # a longer absence is not written down day by day
BACKWARDS = timedelta(minutes=2)  # a clock that is set back by more than this has every slot worked out anew
POISON = 3600  # seconds after which a subscription is looked at again whose slot cannot be worked out
OUTAGE = timedelta(minutes=5)  # without a tick: nothing ran, the machine slept, or the database took nothing
OUTAGES = 20  # how many are remembered
TICKED, REWORK, RULES, STOOD = "last tick", "slots worked out up to", "zone rules", "stood still"


@dataclass(frozen=True, slots=True)
class Plan:
    """Of all who have the same slot, zone and days: slots that came as (day, at, last instant), and the next."""

    slots: tuple[tuple[date, datetime, datetime], ...]
    next: datetime | None
    next_day: date | None


def note_due(
    store: Store,
    packs: Mapping[str, Pack],
    calendar: Calendar,
    now: datetime,
    until: int,
    most: int = CHUNK,
    stopped: Collection[tuple[str, str]] = (),
) -> int:
    """Note up to `most` slots that have come, earliest first; how many there were (ask again at `most`).

    `until`: minute of day up to which a late slot is caught up. A `stopped` card is passed over.
    """
    if not subscriptions.due(store, now.timestamp(), 1):
        return 0  # an idle tick writes nothing
    plans: dict[tuple[int, int, str, str], Plan | None] = {}
    with store.writing():
        # Read where it is written: a `chat` beside us may change a time or unsubscribe at this very moment.
        found = subscriptions.due(store, now.timestamp(), most)
        dues: list[tuple[int | None, int]] = []
        rows: list[Delivery] = []
        wanted: list[tuple[Due, date, datetime, datetime]] = []
        for due in found:
            key = (due.next_due, due.minute, due.zone, due.days)
            if key not in plans:
                plans[key] = _plan(due, calendar, now, until)
            plan = plans[key]
            if plan is None:
                dues.append((int(now.timestamp()) + POISON, due.id))
                continue
            for day, at, end in plan.slots:
                if due.paused_until and day.isoformat() < due.paused_until:
                    continue
                if now > end:
                    rows.append(_row(due, day, at, end, "missed"))
                else:
                    wanted.append((due, day, at, end))
            dues.append((_next(store, due, plan, calendar, now), due.id))
        chosen = daily.put_aside(
            store, packs, [(due.id, day, due.pack) for due, day, _, _ in wanted], stopped
        )
        for (due, day, at, end), carried in zip(wanted, chosen, strict=True):
            if carried is None:
                rows.append(_row(due, day, at, end, "missed", error="empty"))
            elif carried[0]:
                rows.append(_row(due, day, at, end, "queued", *carried))
        outbox.note_many(store, rows)
        subscriptions.set_due(store, dues)
    return len(found)


def _plan(due: Due, calendar: Calendar, now: datetime, until: int) -> Plan | None:
    """None for a row that makes no sense (a zone that is gone): it must not hold up the others."""
    try:
        days = Days.parse_key(due.days)
        at: datetime | None = datetime.fromtimestamp(due.next_due, UTC)
        oldest = local_day(now, due.zone) - timedelta(days=MISSED_DAYS)
        slots = []
        while at is not None and at <= now:
            day = local_day(at, due.zone)
            if day < oldest:
                begin = slot(oldest, 0, due.zone) or now
                at = next_due(begin - timedelta(seconds=1), due.minute, due.zone, days, calendar)
                continue
            slots.append((day, at, catch_up_end(day, due.minute, due.zone, until)))
            at = next_due(at, due.minute, due.zone, days, calendar)
        return Plan(tuple(slots), at, local_day(at, due.zone) if at else None)
    except (ValueError, LookupError):
        log.exception("the slot of subscription %s cannot be worked out; looked at again in an hour", due.id)
        return None


def _next(store: Store, due: Due, plan: Plan, calendar: Calendar, now: datetime) -> int | None:
    at = plan.next
    if plan.next_day and due.paused_until and plan.next_day.isoformat() < due.paused_until:
        sub = subscriptions.get(store, due.id)
        at = next_push(store, sub, calendar, now) if sub else None
    return int(at.timestamp()) if at else None


def _row(
    due: Due,
    day: date,
    at: datetime,
    end: datetime,
    state: State,
    pack: str = "",
    card: str = "",
    error: str = "",
) -> Delivery:
    due_at = at.timestamp()
    return Delivery(
        *(0, due.id, day, DAILY, due.channel, state, due_at, end.timestamp(), due_at),
        pack=pack,
        card=card,
        error=error,
    )


def expire(store: Store, now: datetime) -> int:
    """What is queued and too late becomes missed; its card, unseen, is the next day's. How many (ask again
    until there are none)."""
    with store.writing():
        rows = outbox.expire(store, now.timestamp())
        for row in rows:
            if row.kind == DAILY and row.state == "missed":
                progress.take_back(store, row.subscription, row.day)
    return len(rows)


# ---------------------------------------------------------------- the clock, the zones


def look_at_clock(store: Store, now: datetime) -> None:
    """Note this tick, once a minute. A clock that was set back has every slot worked out anew, and what was
    put off while it ran ahead is not put off for that much longer."""
    last = housekeeping.fact(store, TICKED)
    before = datetime.fromisoformat(last) if last else None
    if before and now < before - BACKWARDS:
        by = (before - now).total_seconds()
        log.warning("the clock was set back by %.0f s: every slot is worked out anew", by)
        with store.writing():
            housekeeping.put_fact(store, TICKED, now.isoformat())
            housekeeping.put_fact(store, STOOD, "")  # a clock that ran ahead looked like an outage
            housekeeping.set_back(store, by, now.timestamp())
            outbox.set_back(store, by, now.timestamp())
            rework(store)
    elif before is None or now > before + timedelta(minutes=1):
        with store.writing():
            housekeeping.put_fact(store, TICKED, now.isoformat())
            if before is None or now > before + OUTAGE:
                begin = before or datetime.min.replace(tzinfo=UTC)
                known = housekeeping.fact(store, STOOD).splitlines()[1 - OUTAGES :]
                span = f"{begin.isoformat()} {now.isoformat()}"
                housekeeping.put_fact(store, STOOD, "\n".join([*known, span]))


def stood_still(store: Store, since: datetime, now: datetime) -> timedelta:
    """For how long of this span no bot ran, by the ticks that were noted."""
    still = timedelta(0)
    for line in housekeeping.fact(store, STOOD).splitlines():
        begin, end = map(datetime.fromisoformat, line.split())
        still += max(min(end, now) - max(begin, since), timedelta(0))
    return still


def look_at_rules(store: Store) -> None:
    """At the start: other rules of zones or holidays than last time move slots that were worked out by then."""
    rules = zone_rules()
    if housekeeping.fact(store, RULES) != rules:
        with store.writing():
            rework(store)
            housekeeping.put_fact(store, RULES, rules)


def rework(store: Store) -> None:
    """Have every slot worked out anew, from the next tick on, a chunk at a time; a crash does not stop it."""
    housekeeping.put_fact(store, REWORK, "0")


def work_out(store: Store, calendar: Calendar, now: datetime, most: int = CHUNK) -> bool:
    """Work out a chunk of what `rework` asked for; whether there is more."""
    after = housekeeping.fact(store, REWORK)
    if not after:
        return False
    with store.writing():
        found = subscriptions.all_active(store, int(after), most)
        for sub, day in outbox.unwrite(store, [each.id for each in found], now.timestamp()):
            progress.take_back(store, sub, day)
        subscriptions.set_due(store, _slots(store, found, calendar, now))
        housekeeping.put_fact(store, REWORK, str(found[-1].id) if found else "")
    return bool(found)


def _slots(
    store: Store, found: Iterable[Subscription], calendar: Calendar, now: datetime
) -> list[tuple[int | None, int]]:
    slots: list[tuple[int | None, int]] = []
    for sub in found:
        if sub.next_due is not None and sub.next_due <= now.timestamp():
            continue  # it has come, and is to be noted
        try:
            at = next_push(store, sub, calendar, now)
        except (ValueError, LookupError):
            log.exception("the slot of subscription %s cannot be worked out", sub.id)
            at = now + timedelta(seconds=POISON)
        slots.append((int(at.timestamp()) if at else None, sub.id))
    return slots
