"""The card of the day: which card a subscription gets on a local date, and that it was read.

Invariant: never two cards on one local date; a missed day consumes no card; a card that was taken out or put
in shifts nobody's position, because the rank of the last card given is stored.
"""

from bisect import bisect_right
from collections.abc import Collection, Container, Mapping, Sequence
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
    day, so this is the last card again. seen: when a 温故 card was first given, shown again on `day`.
    """

    card: Card
    pack: Pack
    n: int
    review: bool = False
    rest: bool = False
    seen: date | None = None
    day: date | None = None

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


def seen(
    store: Store, packs: Mapping[str, Pack], sub: Subscription, calendar: Calendar, now: datetime, study: date
) -> Today | None:
    """The card that somebody means who names none: today's if it was shown, until the study day ends the one of
    the day before, on a day without a push the last one. None: nothing was shown that could be meant."""
    day = local_day(now, sub.zone)
    for each in dict.fromkeys((day, study)):
        mine = progress.given_on(store, sub.id, each)
        if mine and mine.shown and (found := shown(store, packs, sub.id, mine)):
            return found
    rests = sub.paused(day) or not calendar.is_push_day(sub.days, day)
    if not rests or not any(each.shown for each in progress.given(store, sub.id, sub.pack)):
        return None
    return today(store, packs, sub, calendar, now)


def first(pack: Pack) -> Today | None:
    """The first card, for one who has none yet on a day without a push; it is not assigned."""
    return Today(pack.cards[0], pack, 1, rest=True) if pack.cards else None


def put_aside(
    store: Store,
    packs: Mapping[str, Pack],
    wanted: Sequence[tuple[int, date, str]],
    stopped: Collection[tuple[str, str]] = (),
) -> list[tuple[str, str] | None]:
    """The (pack, card) that the push of each (subscription, day, pack) carries, assigned if it has none yet.

    ("", "") where the ledger has its row already, None where there is no card. A `stopped` card is passed over.
    """
    places = {
        name: {card.id: n for n, card in enumerate(pack.cards) if (name, card.id) not in stopped}
        for name, pack in packs.items()
    }
    chosen: list[tuple[str, str] | None] = []
    fresh: dict[int, Given] = {}
    slow: list[int] = []
    known: dict[tuple[str, tuple[str, int] | None], Card | None] = {}  # most stand at the same card
    for n, (stand, (_, day, name)) in enumerate(
        zip(
            progress.standings(store, [(sub, day.isoformat(), name) for sub, day, name in wanted]),
            wanted,
            strict=True,
        )
    ):
        chosen.append(None)
        pack = packs.get(name)
        if stand.noted:
            chosen[n] = ("", "")
        elif stand.given:
            if stand.given[1] in places.get(stand.given[0], ()):
                chosen[n] = stand.given
        elif pack is not None and places[name]:
            key = (name, stand.last)
            if key not in known:
                known[key] = _after(stand.last, pack, places[name])
            card = known[key]
            if card is None:
                slow.append(n)
            else:
                fresh[n] = Given(day, card.id, card.rank, False, name)
    asked = list(fresh)
    again = progress.given_before(store, [(wanted[n][0], wanted[n][2], fresh[n].card) for n in asked])
    slow += [asked[at] for at in again]  # the pack was put into another order, or all has been given: 温故
    for n in slow:
        sub, day, name = wanted[n]
        fresh[n] = following(progress.given(store, sub, name), packs[name], day, places[name])
    progress.put_aside(store, ((wanted[n][0], each) for n, each in fresh.items()))
    for n, each in fresh.items():
        chosen[n] = (each.pack, each.card)
    return chosen


def _after(last: tuple[str, int] | None, pack: Pack, live: Mapping[str, int]) -> Card | None:
    """The first live card after the last one given."""
    rank = 0
    if last:
        found = next((card for card in pack.cards if card.id == last[0]), None)
        rank = found.rank if found else last[1] - 1
    at = bisect_right(pack.cards, rank, key=lambda card: card.rank)
    return next((card for card in pack.cards[at:] if card.id in live), None)


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
        return Today(card, pack, sum(g.review for g in past), True, seen=seen, day=given.day)
    return Today(card, pack, len({g.card for g in past if not g.review}))


def following(past: list[Given], pack: Pack, day: date, live: Container[str] | None = None) -> Given:
    """The card after the last one given; after the last card the least recently given live one (温故).

    live: only these cards may be chosen (None: all of the pack).
    """
    cards = {card.id: card for card in pack.cards}
    fresh = [g for g in past if not g.review]
    rank = 0
    if fresh:
        rank = cards[fresh[-1].card].rank if fresh[-1].card in cards else fresh[-1].rank - 1
    seen = {g.card for g in past}
    may = [card for card in pack.cards if live is None or card.id in live]
    ahead = next((card for card in may if card.rank > rank and card.id not in seen), None)
    if ahead:
        return Given(day, ahead.id, ahead.rank, False, pack.id)
    last: dict[str, date] = {g.card: g.day for g in past}
    oldest = min(may, key=lambda card: (last.get(card.id, date.min), card.rank))
    return Given(day, oldest.id, oldest.rank, True, pack.id)


def upcoming(
    store: Store, packs: Mapping[str, Pack], sub: Subscription, pack: Pack, day: date
) -> Today | None:
    """What a push on `day` brings: the card that date has been given, else the one after those given so far."""
    if (mine := progress.given_on(store, sub.id, day)) and (found := shown(store, packs, sub.id, mine)):
        return found
    if not pack.cards:
        return None
    past = progress.given(store, sub.id, pack.id)
    chosen = following(past, pack, day)
    return _today(chosen, [*past, chosen], pack)


def reached(store: Store, sub: Subscription, pack: Pack) -> int:
    """How many days of a pack have been given: the n of 第 n/N 天."""
    return len({g.card for g in progress.given(store, sub.id, pack.id) if not g.review})


def read(store: Store, who: Member, pack: Pack, card: Card, now: datetime) -> datetime | None:
    """Mark a card read for the study day; the time it had been read on that day before, or None.

    What was read on another day counts again: reading is one a study day, whichever card.
    """
    day = study_day(now, who.zone)
    before = progress.read_on(store, who.id, pack.id, card.id, day)
    if before is None:
        progress.mark_read(store, who.id, pack.id, card.id, now, day)
    return before
