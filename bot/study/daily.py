"""The card of the day: which card a subscription gets on a local date, and that it was read.

Invariant: never two cards on one local date; a missed day consumes no card; a card that was taken out or put
in shifts nobody's position, because the rank of the last card given is stored.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.days import local_day, study_day
from bot.model import Card, Pack
from bot.store import Store, people
from bot.store.people import Given, Member, Subscription


@dataclass(frozen=True, slots=True)
class Today:
    """What /today shows. n: how many different cards have been given so far; review: 温故."""

    card: Card
    n: int
    review: bool
    read: datetime | None


def today(store: Store, who: Member, sub: Subscription, pack: Pack, now: datetime) -> Today | None:
    """The card of this local day; the first call of a day assigns it. None when the pack has no card."""
    day = local_day(now, sub.zone)
    past = people.given(store, sub.id, pack.id)
    cards = {card.id: card for card in pack.cards}
    now_given = next((g for g in past if g.day == day and g.card in cards), None)
    if now_given is None:
        if not cards:
            return None
        now_given = following(past, pack, day)
        if not any(g.day == day for g in past):
            people.give(store, sub.id, pack.id, now_given, now)
        past.append(now_given)
    n = len({g.card for g in past if not g.review})
    reviews = sum(g.review for g in past)
    read = people.read_at(store, who.id, pack.id, now_given.card)
    return Today(cards[now_given.card], reviews if now_given.review else n, now_given.review, read)


def following(past: list[Given], pack: Pack, day: date) -> Given:
    """The card after the last one given; after the last card the least recently given live one (温故)."""
    cards = {card.id: card for card in pack.cards}
    fresh = [g for g in past if not g.review]
    rank = 0
    if fresh:
        rank = cards[fresh[-1].card].rank if fresh[-1].card in cards else fresh[-1].rank - 1
    seen = {g.card for g in past}
    ahead = next((card for card in pack.cards if card.rank > rank and card.id not in seen), None)
    if ahead:
        return Given(day, ahead.id, ahead.rank, review=False)
    last: dict[str, date] = {g.card: g.day for g in past}
    oldest = min(pack.cards, key=lambda card: (last.get(card.id, date.min), card.rank))
    return Given(day, oldest.id, oldest.rank, review=True)


def read(store: Store, who: Member, pack: Pack, card: Card, now: datetime) -> datetime | None:
    """Mark a card read for the study day; the time it had been read before, or None."""
    before = people.read_at(store, who.id, pack.id, card.id)
    if before is None:
        people.mark_read(store, who.id, pack.id, card.id, now, study_day(now, who.zone))
    return before
