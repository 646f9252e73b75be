"""Subscribing, changing time and zone, pausing, leaving, coming back.

Invariant: never two pushes on one local date, whatever is changed on it, since every one of them has its row in
the ledger; who subscribes or changes something learns on which date the next one comes.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.days import CATCH_UP_UNTIL, Calendar, Days, catch_up_end, local_day, next_due, slot
from bot.store import Store, announcements, outbox, progress, subscriptions
from bot.store.outbox import DAILY, Delivery
from bot.store.subscriptions import Subscription

# What happens to today's card: it went (sent), it goes at the new time (ahead), it comes with this reply (now)
# or with the next tick (soon), or today has none (none).
Todays = Literal["sent", "ahead", "now", "soon", "none"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a wish led to. sent: when today's went; next: the next push after this moment, None: none in sight."""

    sub: Subscription
    changed: bool
    today: Todays
    sent: datetime | None
    next: datetime | None
    day: date

    @property
    def next_day(self) -> date | None:
        return local_day(self.next, self.sub.zone) if self.next else None


def next_push(store: Store, sub: Subscription, calendar: Calendar, now: datetime) -> datetime | None:
    """The next slot whose local date has no row in the ledger yet, pauses left out; None: none in sight."""
    taken = outbox.days_taken(store, sub.id, local_day(now, sub.zone) - timedelta(days=1))
    at: datetime | None = now
    if sub.paused_until and (begin := slot(sub.paused_until, 0, sub.zone)) and begin > now:
        at = begin - timedelta(seconds=1)
    while at is not None:
        at = next_due(at, sub.minute, sub.zone, sub.days, calendar)
        if at is None or local_day(at, sub.zone) not in taken:
            return at
    return None


def come(
    sub: Subscription, calendar: Calendar, now: datetime, until: int = CATCH_UP_UNTIL
) -> datetime | None:
    """Today's slot, if it has come, no tick has noted it yet, and it is not too late for it; else None."""
    at = datetime.fromtimestamp(sub.next_due, now.tzinfo) if sub.active and sub.next_due else None
    day = local_day(now, sub.zone)
    if at and local_day(at, sub.zone) < day:  # nothing has run since
        at = slot(day, sub.minute, sub.zone) if calendar.is_push_day(sub.days, day) else None
    if at is None or at > now or sub.paused(day) or now > catch_up_end(day, sub.minute, sub.zone, until):
        return None
    return at


def awaited(
    store: Store, sub: Subscription, calendar: Calendar, now: datetime, until: int = CATCH_UP_UNTIL
) -> datetime | None:
    """The next push one waits for: today's that has come and is not noted yet, else the next slot."""
    return come(sub, calendar, now, until) or next_push(store, sub, calendar, now)


def saved(store: Store, sub: Subscription, calendar: Calendar, now: datetime) -> Subscription:
    """The subscription with its next slot worked out, stored."""
    at = next_push(store, sub, calendar, now) if sub.active else None
    sub = replace(sub, next_due=int(at.timestamp()) if at else None)
    subscriptions.save(store, sub)
    from bot.store import record
    from bot.store.record import Rhythm

    day = local_day(now, sub.zone)  # what its days are like from here on: streaks go by it
    record.note_rhythm(store, sub.id, Rhythm(day, sub.active, sub.days, sub.paused_until))
    return sub


def subscribe(
    store: Store,
    sub: Subscription,
    calendar: Calendar,
    now: datetime,
    days: Days | None = None,
    minute: int | None = None,
    zone: str | None = None,
    with_card: bool = True,
) -> Change:
    """Begin. with_card: today's comes with the confirmation and counts as today's push (not in a group)."""
    sub = replace(
        _with(sub, days, minute, zone),
        active=True,
        active_since=local_day(now, zone or sub.zone),
        ended="",
        ended_why="",
        ended_at=None,
        paused_until=None,
    )
    subscriptions.save(store, sub)  # before the ledger's row, which stands for it
    if with_card:
        given_with_reply(store, sub, now)
    sub = saved(store, sub, calendar, now)
    return _change(store, sub, True, "now" if with_card else "none", None, calendar, now)


def change(
    store: Store,
    sub: Subscription,
    calendar: Calendar,
    now: datetime,
    days: Days | None = None,
    minute: int | None = None,
    zone: str | None = None,
    until: int = CATCH_UP_UNTIL,
    with_card: bool = True,
) -> Change:
    """Other days, time or zone for one who subscribes (or an inactive row: only noted).

    A new time that is past brings today's card with the reply; into a group the push brings it, with its next
    tick, so that the ledger knows whether it arrived. with_card: whether there is a card to bring.
    """
    new = _with(sub, days, minute, zone)
    day = local_day(now, new.zone)
    if new == sub:
        return Change(sub, False, "none", None, awaited(store, sub, calendar, now, until), day)
    if not new.active:
        return _change(store, saved(store, new, calendar, now), True, "none", None, calendar, now)
    row = outbox.on_day(store, new.id, day)
    if row and row.state == "queued" and not row.doubts:
        withdraw(store, new.id)  # it has not left: the new time decides
        row = None
    today: Todays = "none"
    sent = None
    if row:
        went = row.state in {"sent", "sending", "unknown"} and row.ref != "reply"
        today = "sent" if went else "none"
        sent = datetime.fromtimestamp(row.sent, now.tzinfo) if row.sent else None
    elif not new.paused(day) and calendar.is_push_day(new.days, day):
        at = slot(day, new.minute, new.zone)
        today = "ahead" if at and at > now else "now" if at and with_card else "none"
    if today == "now" and new.group:
        today = "none" if now > catch_up_end(day, new.minute, new.zone, until) else "soon"
    if today == "now":
        subscriptions.save(store, new)
        given_with_reply(store, new, now)
    new = saved(store, new, calendar, now)
    if today == "soon":
        new = replace(new, next_due=int(now.timestamp()))
        subscriptions.save(store, new)
    return _change(store, new, True, today, sent, calendar, now)


def withdraw(store: Store, sub: int) -> list[Delivery]:
    """Take back the daily push that is queued and has not left; the card put aside for it is the next day's."""
    daily = outbox.cancel(store, sub)
    for each in daily:
        progress.take_back(store, sub, each.day)
    return daily


def given_with_reply(store: Store, sub: Subscription, now: datetime) -> None:
    """Today's card stands in the reply: the ledger's row for this date is `sent`, unless there is one."""
    at = now.timestamp()
    day = local_day(now, sub.zone)
    row = Delivery(
        *(0, sub.id, day, DAILY, sub.address.channel, "sent", at, at, at), sending=at, sent=at, ref="reply"
    )
    outbox.note(store, row)


def pause(
    store: Store,
    sub: Subscription,
    calendar: Calendar,
    now: datetime,
    days: int,
    until: int = CATCH_UP_UNTIL,
) -> Change:
    """No pushes on `days` local dates, from the first one on that still had a push to come."""
    day = local_day(now, sub.zone)
    queued = withdraw(store, sub.id) or come(sub, calendar, now, until)
    at = slot(day, sub.minute, sub.zone)
    over = not queued and (outbox.on_day(store, sub.id, day) is not None or (at is not None and at <= now))
    begin = day + timedelta(days=1) if over else day
    sub = saved(store, replace(sub, paused_until=begin + timedelta(days=days)), calendar, now)
    return _change(store, sub, True, "none", None, calendar, now)


def resume(store: Store, sub: Subscription, calendar: Calendar, now: datetime) -> Change:
    """An end to a pause before its time."""
    day = local_day(now, sub.zone)
    sub = saved(store, replace(sub, paused_until=None), calendar, now)
    at = next_push(store, sub, calendar, now)
    ahead: Todays = "ahead" if at and local_day(at, sub.zone) == day else "none"
    return _change(store, sub, True, ahead, None, calendar, now)


def leave(store: Store, sub: Subscription, calendar: Calendar, now: datetime) -> None:
    """退订: neither pushes nor announcements are sent any more, and only he himself can begin again."""
    withdraw(store, sub.id)
    announcements.withdraw(store, sub.id, "left")
    day = local_day(now, sub.zone)
    saved(store, replace(sub, active=False, ended="left", ended_at=day, paused_until=None), calendar, now)


def gone(store: Store, sub: Subscription, calendar: Calendar, now: datetime, why: str) -> None:
    """The platform does not deliver to this chat any more. What the person ended stays as he left it."""
    if sub.active:
        withdraw(store, sub.id)
        announcements.withdraw(store, sub.id, "gone")
        day = local_day(now, sub.zone)
        new = replace(sub, active=False, ended="gone", ended_why=why, ended_at=day)
        saved(store, new, calendar, now)


def revive(store: Store, sub: Subscription, calendar: Calendar, now: datetime) -> Change | None:
    """/start after the platform had switched it off; None when that is not so (退订 is never revived)."""
    if sub.active or sub.ended != "gone":
        return None
    return subscribe(store, replace(sub, ended=""), calendar, now, with_card=not sub.group)


def follow(store: Store, sub: Subscription, who: int | None, pack: str, now: datetime) -> Subscription:
    """Another pack from the next card on; today's stays what it is."""
    if who is not None:
        progress.follow(store, who, pack, now)
    sub = replace(sub, pack=pack)
    subscriptions.save(store, sub)
    return sub


def all_follow(store: Store, pack: str, now: datetime) -> int:
    """Every active subscription follows the pack from its next card on; returns how many changed."""
    after = count = 0
    while chunk := subscriptions.all_active(store, after):
        with store.writing():
            for sub in chunk:
                if sub.pack != pack:
                    follow(store, sub, sub.member, pack, now)
                    count += 1
        after = chunk[-1].id
    return count


def _with(sub: Subscription, days: Days | None, minute: int | None, zone: str | None) -> Subscription:
    return replace(
        sub,
        days=days or sub.days,
        minute=sub.minute if minute is None else minute,
        zone=zone or sub.zone,
    )


def _change(
    store: Store,
    sub: Subscription,
    changed: bool,
    today: Todays,
    sent: datetime | None,
    calendar: Calendar,
    now: datetime,
) -> Change:
    at = next_push(store, sub, calendar, now) if sub.active else None
    return Change(sub, changed, today, sent, at, local_day(now, sub.zone))
