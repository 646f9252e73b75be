"""The card of the day: which card a subscription gets on a local date, and that it was read.

Invariant: never two cards on one local date; a missed day consumes no card; a card that was taken out or put
in shifts nobody's position, because the rank of the last card given is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.days import Calendar, local_day, study_day
from bot.model import Card, Pack
from bot.store import Store, progress
from bot.store.members import Member
from bot.store.progress import Given
from bot.store.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Today:
    """What /today shows. n: how many different cards have been given so far (温故: which one of them).

    pack: where the card is from, which is another than the one followed on the day of a change. rest: no push
    day, so this is the last card again. seen: when a 温故 card was first given.
    """

    card: Card
    pack: Pack
    n: int
    review: bool = False
    rest: bool = False
    seen: date | None = None

    @property
    def last(self) -> bool:
        """Whether it is the last card of its pack: 温故 begins tomorrow."""
        return not self.review and self.card == self.pack.cards[-1]


def today(
    store: Store, packs: Mapping[str, Pack], sub: Subscription, calendar: Calendar, now: datetime
) -> Today | None:
    """The card of this local day; the first call on a push day assigns it. None when the pack has no card."""
    day = local_day(now, sub.zone)
    if (mine := progress.given_on(store, sub.id, day)) and (found := shown(store, packs, sub.id, mine)):
        progress.show(store, sub.id, day, now)
        return found
    pack = packs.get(sub.pack)
    if pack is None or not pack.cards:
        return None
    past = progress.given(store, sub.id, pack.id)
    if mine is None and (sub.paused(day) or not calendar.is_push_day(sub.days, day)):
        cards = {card.id for card in pack.cards}
        last = next((g for g in reversed(past) if g.card in cards), None)
        found = shown(store, packs, sub.id, last) if last else None
        return found and Today(found.card, pack, found.n, found.review, rest=True, seen=found.seen)
    chosen = following(past, pack, day)
    if mine is None:
        progress.give(store, sub.id, pack.id, chosen, now)
    return _today(chosen, [*past, chosen], pack)


def first(pack: Pack) -> Today | None:
    """The first card, for one who has none yet on a day without a push; it is not assigned."""
    return Today(pack.cards[0], pack, 1, rest=True) if pack.cards else None


def put_aside(
    store: Store, packs: Mapping[str, Pack], sub: Subscription, day: date
) -> tuple[str, str] | None:
    """The (pack, card) a push of that day carries, assigned if nobody has been given it yet; None: none."""
    mine = progress.given_on(store, sub.id, day)
    if mine and shown(store, packs, sub.id, mine):
        return mine.pack, mine.card
    pack = packs.get(sub.pack)
    if mine or pack is None or not pack.cards:
        return None
    chosen = following(progress.given(store, sub.id, pack.id), pack, day)
    progress.give(store, sub.id, pack.id, chosen, None)
    return pack.id, chosen.card


def shown(store: Store, packs: Mapping[str, Pack], sub: int, given: Given) -> Today | None:
    """A card that was given, as it stood among the others on its day; None when it is not live any more."""
    pack = packs.get(given.pack)
    if pack is None or all(card.id != given.card for card in pack.cards):
        return None
    past = [each for each in progress.given(store, sub, pack.id) if each.day <= given.day]
    return _today(given, past, pack)


def _today(given: Given, past: list[Given], pack: Pack) -> Today:
    card = next(card for card in pack.cards if card.id == given.card)
    if given.review:
        seen = next((g.day for g in past if g.card == given.card and g.day < given.day), None)
        return Today(card, pack, sum(g.review for g in past), True, seen=seen)
    return Today(card, pack, len({g.card for g in past if not g.review}))


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
        return Given(day, ahead.id, ahead.rank, False, pack.id)
    last: dict[str, date] = {g.card: g.day for g in past}
    oldest = min(pack.cards, key=lambda card: (last.get(card.id, date.min), card.rank))
    return Given(day, oldest.id, oldest.rank, True, pack.id)


def reached(store: Store, sub: Subscription, pack: Pack) -> int:
    """How many days of a pack have been given: the n of 第 n/N 天."""
    return len({g.card for g in progress.given(store, sub.id, pack.id) if not g.review})


def read(store: Store, who: Member, pack: Pack, card: Card, now: datetime) -> datetime | None:
    """Mark a card read for the study day; the time it had been read before, or None."""
    before = progress.read_at(store, who.id, pack.id, card.id)
    if before is None:
        progress.mark_read(store, who.id, pack.id, card.id, now, study_day(now, who.zone))
    return before
