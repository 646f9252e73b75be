"""Which questions are asked, and in which order.

Invariant: what is due comes first, the longest due before all others; a session brings one new question, two if
little is due, and only from cards of the last days; what was answered today is not asked again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.model import Card, Pack, Question, Term
from bot.packs.anchor import bare
from bot.store.memories import Memory
from bot.study.marking import plain
from bot.study.memory import weakness

SESSION = 5
AT_MOST = 10
RECENT = timedelta(days=3)  # cards delivered within these days bring new questions


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked. Nothing is due and nothing new: no questions, and `next` says when one comes due."""

    questions: tuple[Question, ...]
    next: date | None = None


def ordinary(
    pack: Pack,
    live: Sequence[Question],
    memories: Mapping[str, Memory],
    fresh: Collection[str],
    today: date,
    answered: Collection[str],
    count: int = SESSION,
) -> Plan:
    """A session of up to `count`: due ones, new ones, and the weakest of the others for the places left.

    live: the questions that may be asked; fresh: ids of the cards of the last days, the latest first; today: the
    study day; answered: ids of what was answered on it.
    """
    known = [q for q in live if q.id in memories and q.id not in answered]
    due = sorted(
        (q for q in known if memories[q.id].due <= today), key=lambda q: (memories[q.id].due, q.rank)
    )
    order = {card: n for n, card in enumerate(fresh)}
    home = homes(pack)
    unseen = sorted(
        (q for q in live if q.id not in memories and q.id not in answered and home(q) in order),
        key=lambda q: (order[home(q)], q.rank),
    )
    chosen = due[:count]
    new = unseen[: min(2 if len(due) < 3 else 1, count - len(chosen))]
    if not chosen and not new:
        ahead = [memories[q.id].due for q in live if q.id in memories]
        return Plan((), min(ahead, default=None))
    chosen += new
    spare = [q for q in known if q not in chosen]
    spare.sort(key=lambda q: (-weakness(memories[q.id], today), q.rank))
    return Plan(apart(pack, [*chosen, *spare[: count - len(chosen)]]))


def anything(
    pack: Pack,
    among: Sequence[Question],
    memories: Mapping[str, Memory],
    today: date,
    answered: Collection[str],
    count: int = SESSION,
) -> tuple[Question, ...]:
    """Questions for one who wants more: due ones, unseen ones, then the weakest; today's come last of all."""

    def place(question: Question) -> tuple[bool, int, float, int]:
        memory = memories.get(question.id)
        if memory is None:
            return question.id in answered, 1, 0.0, question.rank
        if memory.due <= today:
            return question.id in answered, 0, float(memory.due.toordinal()), question.rank
        return question.id in answered, 2, -weakness(memory, today), question.rank

    return apart(pack, sorted(among, key=place)[:count])


def for_group(
    pack: Pack,
    among: Sequence[Question],
    cards: Sequence[str],
    asked: Mapping[str, datetime],
    lately: datetime,
    votable: Callable[[Question], bool],
) -> Question:
    """One question for a whole group: about the cards it was given, the latest first, not asked since `lately`.

    Where all of them were, the one that was asked longest ago. One that cannot be voted on comes last. among: at
    least one question; asked: question → when this group was last asked it.
    """
    order = {card: n for n, card in enumerate(cards)}
    home = homes(pack)
    mine = [q for q in among if home(q) in order] or list(among)
    if free := [q for q in mine if q.id not in asked or asked[q.id] <= lately]:
        return min(free, key=lambda q: (not votable(q), order.get(home(q), len(order)), q.rank))
    return min(mine, key=lambda q: (not votable(q), asked[q.id], q.rank))


def homes(pack: Pack) -> "_Home":
    return _Home(pack)


class _Home:
    """The card a question becomes new with: its own, else the last one of its article."""

    def __init__(self, pack: Pack) -> None:
        self.last = {card.article: card.id for card in pack.cards}

    def __call__(self, question: Question) -> str:
        return question.card or self.last.get(question.article, "")


def apart(pack: Pack, questions: Sequence[Question]) -> tuple[Question, ...]:
    """The same questions, in the same order as far as no two in a row are from one paragraph."""
    left = [(paragraph(pack, question), question) for question in questions]
    ordered: list[tuple[tuple[str, int], Question]] = []
    while left:
        before = ordered[-1][0] if ordered else None
        places = [place for place, _ in left]
        # One that has more than half of what is left must come now, or its questions end up side by side.
        full = next((p for p in places if p != before and places.count(p) * 2 > len(places)), None)
        wanted = (n for n, p in enumerate(places) if (p == full if full else p != before))
        ordered.append(left.pop(next(wanted, 0)))
    return tuple(question for _, question in ordered)


def paragraph(pack: Pack, question: Question) -> tuple[str, int]:
    """Article and block in which a question's quote stands; block -1 when it runs over several."""
    article = next((a for a in pack.articles if a.id == question.article), None)
    quote = bare(question.quote)
    blocks = article.blocks if article else ()
    return question.article, next((n for n, block in enumerate(blocks) if quote in bare(block.text)), -1)


def of_card(live: Iterable[Question], card: Card) -> list[Question]:
    return [question for question in live if question.card == card.id]


def of_term(live: Sequence[Question], term: Term) -> list[Question]:
    """Questions that speak of a term; else those of its card."""
    names = [plain(each) for each in (term.name, *term.aliases)]

    def speaks(question: Question) -> bool:
        right = [question.options[n] for n in question.right]
        words = plain(" ".join((question.stem, question.quote, question.explanation, *right)))
        return any(name and name in words for name in names)

    return [q for q in live if speaks(q)] or [q for q in live if term.card and q.card == term.card]
