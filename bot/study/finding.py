"""Finding: which paragraphs hold the words, best first, and where in the excerpt they stand.

Invariant: an excerpt is a piece of the original text, and every span in it covers a word that was asked for.
What is found here is exact; guesses are made in `guessing` and only where nothing is found here.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Literal, NamedTuple

from bot.fold import RUN, aligned, changing, close_up, flat, loose, visible
from bot.model import Pack
from bot.store import Store, lookup, passages, upkeep
from bot.store.lookup import Passage, Words
from bot.store.passages import OWN_CARD, TITLE, Scope
from bot.study.ranking import Wanted, ranked

EXCERPT = 60  # characters: three lines on a phone
WORDS_AT_MOST = 200
COUNTED = lookup.COUNTED - 1
# Candidates of one pack that are weighed against each other; the rest keep file order.
BODIES, TITLES = lookup.READ, lookup.READ_TITLES
HITS_AT_MOST = BODIES + TITLES
STOPS = "。！？；\n"
_STOP, _UP_TO_STOP = re.compile(f"[{STOPS}]"), re.compile(f".*[{STOPS}]", re.S)

Mode = Literal["exact", "guess", "none"]
How = Literal["", "term", "article", "pinyin", "initials", "sound", "near", "words"]
__all__ = ["OWN_CARD", "TITLE"]


class Hit(NamedTuple):
    """One place. `spans` are half-open code-point offsets into `text`; block is an index, TITLE or OWN_CARD."""

    pack: str
    article: str  # article id
    number: int
    title: str
    by: str
    block: int
    card: str
    text: str
    spans: tuple[tuple[int, int], ...]
    first: bool = False  # it is the card that was asked to come first

    @property
    def in_title(self) -> bool:
        return self.block == TITLE


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. total is capped at COUNTED, `more` says so, and then nobody has counted the articles;
    `hits` are the ones asked for.

    guess: what was looked for instead, with mode "guess"; how: what made us guess that. With how "article"
    nothing was changed, but the words stand in one article, not in one paragraph, and guess is None.
    others: what it could have been as well, best first.
    """

    mode: Mode
    total: int
    hits: tuple[Hit, ...]
    articles: int = 0
    more: bool = False
    words: tuple[str, ...] = ()  # what the spans cover
    guess: str | None = None
    how: How = ""
    others: tuple[str, ...] = ()


NOTHING = Found("none", 0, ())


@dataclass(frozen=True, slots=True)
class First:
    """The card that comes first when it matches: the card of the day."""

    pack: str
    card: str


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look and what of the answer to show.

    packs in the order they matter; article: a number in the first pack, 0 = everywhere; start, count: which
    hits, the others are only counted.
    """

    packs: dict[str, Pack]
    article: int = 0
    start: int = 0
    count: int = HITS_AT_MOST
    first: First | None = None

    def scopes(self, store: Store) -> list[Scope]:
        if not self.article:
            return passages.scopes(store, list(self.packs))
        return [scope.article(self.article) for scope in passages.scopes(store, list(self.packs)[:1])]


def waiting(store: Store, seconds: float = 0.05) -> int:
    """How many paragraphs have to be indexed before a search is complete; 0 as a rule.

    Goes on with it for so long. Not for a read-only store.
    """
    if not passages.behind(store) or upkeep.catch_up(store, seconds):
        return 0
    return sum(passages.behind(store).values())


def words_of(text: str) -> list[str]:
    """The words of a query: split at spaces, those without a letter, digit or 汉字 dropped."""
    return [word for word in close_up(visible(text)).split() if any(c.isalnum() for c in flat(word))]


def readings(text: str) -> list[list[str]]:
    """What the words of a query can be, likeliest first: spaces may be typography, or part words.

    >>> readings("AI 赋能"), readings("科 技"), readings("创新 质优")
    ([['ai赋能'], ['AI', '赋能']], [['科技'], ['科', '技']], [['创新', '质优']])
    """
    text = text[:WORDS_AT_MOST]
    words = words_of(text)
    apart = visible(text).split()
    if len(apart) < 2:
        return [words]
    if all(len(flat(each)) == 1 for each in apart):
        return [["".join(apart)], words]
    joined = words_of(flat(" ".join(words)))
    return [words] if len(joined) == len(words) else [joined, words]


class _Held(NamedTuple):
    """Where words stand in one scope."""

    scope: Scope
    titles: list[int]
    bodies: list[int]


def find(store: Store, what: Search, text: str) -> Found:
    """Passages that hold every word. Articles stand together, best article first."""
    with store.reading():
        scopes = what.scopes(store)
        for words in readings(text):
            found = look(store, scopes, what, words)
            if found.total:
                return found
    return NOTHING


def look(
    store: Store, scopes: Sequence[Scope], what: Search, texts: Sequence[str], extra: Sequence[str] = ()
) -> Found:
    """As find, for words that are settled; in a transaction. extra: words that a better passage holds as well."""
    words = lookup.sieved(store, lookup.words_of(texts))
    if not words:
        return NOTHING
    read: dict[int, Passage] = {}
    places: list[_Held] = []
    for scope in scopes:
        bodies = lookup.ids(store, words, scope, lookup.COUNTED, read)
        most = max(TITLES, lookup.COUNTED - len(bodies))  # more is not counted
        places.append(_Held(scope, lookup.titles(store, words, scope, "title", most, read), bodies))
    firsts: set[int] = set()
    if what.first:
        for held in places:
            if held.scope.pack == what.first.pack:
                firsts = _firsts(store, what, what.first, held.scope, words, held.bodies)
                held.bodies.extend(sorted(firsts.difference(held.bodies)))
    if not any(held.titles or held.bodies for held in places):  # heads, where no paragraph has the words
        places = [_Held(scope, [], lookup.titles(store, words, scope, "head")) for scope in scopes]
    if all(map(str.isdigit, (*words.runs, *words.singles))) and not flat("".join(texts)).isdigit():
        # Numbers with signs between, 2/3 or -3: pieces of longer numbers are not meant.
        places = _with_numbers(store, texts, places)
    total = sum(len(held.titles) + len(held.bodies) for held in places)
    if not total:
        return NOTHING
    pools = []
    for held in places:
        pool = held.titles[:TITLES] + held.bodies[:BODIES]
        if firsts:
            pool += [id_ for id_ in held.bodies[BODIES:] if id_ in firsts]
        if missing := [id_ for id_ in pool if id_ not in read]:
            read |= {passage[0]: passage for passage in lookup.get(store, missing)}
        pools.append((held.scope, [read[id_] for id_ in pool]))
    best = ranked(pools, Wanted(words, texts, extra, firsts))
    wanted = best[what.start : what.start + what.count]
    if (left := what.count - len(wanted)) > 0 and total > len(best):
        at = max(0, what.start - len(best))
        rest = (
            (held.scope, id_)
            for held in places
            for id_ in held.titles[TITLES:] + [each for each in held.bodies[BODIES:] if each not in firsts]
        )
        for scope, id_ in islice(rest, at, at + left):
            wanted += [(scope, passage) for passage in lookup.get(store, [id_])]
    spoken = (*words.runs, *words.singles, *(run for text in extra for run in RUN.findall(flat(text))))
    return Found(
        "exact",
        min(total, COUNTED),
        tuple(hits(what, wanted, spoken, firsts)),
        0
        if total > COUNTED
        else sum(held.scope.articles(chain(held.titles, held.bodies)) for held in places),
        total > COUNTED,
        spoken,
    )


def _with_numbers(store: Store, texts: Sequence[str], places: Sequence[_Held]) -> list[_Held]:
    """Only passages that hold the words as they are written, or each of their numbers as a whole."""
    written = [flat(text) for text in texts]
    whole = [re.compile(rf"(?<!\d){run}(?!\d)") for text in written for run in RUN.findall(text)]

    def some(ids: Sequence[int]) -> list[int]:
        apart = ((id_, flat(text)) for id_, _, _, text in lookup.get(store, ids))
        return [
            id_
            for id_, text in apart
            if all(each in text for each in written) or all(each.search(text) for each in whole)
        ]

    return [_Held(held.scope, some(held.titles), some(held.bodies)) for held in places]


def _firsts(
    store: Store, what: Search, first: First, scope: Scope, words: Words, bodies: Sequence[int]
) -> set[int]:
    """The passage of the card that comes first: its paragraph if that holds the words, else its title."""
    pack = what.packs[first.pack]
    card = next((each for each in pack.cards if each.id == first.card), None)
    number = next((each.number for each in pack.articles if card and each.id == card.article), 0)
    if card is None or not 1 <= number <= len(scope.starts) or what.article not in (0, number):
        return set()
    if card.anchor >= 0 and (place := scope.passage(number, card.anchor)) in bodies:
        return {place}
    narrow = scope.article(number)
    own = lookup.ids(store, words, narrow) + lookup.titles(store, words, narrow, "head")
    named = [id_ for id_, _, of, _ in lookup.get(store, own) if of == card.id]
    return set(named[:1])


def hits(
    what: Search,
    some: Iterable[tuple[Scope, Passage]],
    runs: Sequence[str],
    firsts: Collection[int] = (),
) -> list[Hit]:
    """Passages as they are shown, with the runs marked."""
    found = []
    marked = _spellings(runs)
    for scope, (id_, block, card, text) in some:
        articles = what.packs[scope.pack].articles
        number = scope.number(id_)
        if number > len(articles):
            continue  # the library moved on between two questions
        article = articles[number - 1]
        spans = _spans(text, marked)
        shown, moved = (text, tuple(spans)) if block == TITLE else excerpt(text, spans)
        found.append(
            Hit(
                *(scope.pack, article.id, article.number, article.title, article.by),
                *(block, card, shown, moved, id_ in firsts),
            )
        )
    return found


def spans_of(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in a text, in order, overlaps merged. Offsets are those of the original text."""
    return _spans(text, _spellings(words))


def _spellings(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(run for word in words for run in RUN.findall(flat(word))))


def _spans(text: str, runs: Sequence[str]) -> list[tuple[int, int]]:
    hay, origin = text, None
    if changing(text):
        hay, origin = aligned(text)  # takes longer than all the rest, so only where it can tell something
    found = []
    for run in runs:
        if run.isdigit() and (whole := [m.span() for m in re.finditer(rf"(?<!\d){run}(?!\d)", hay)]):
            found += whole  # 3 in 3 月, not in 2023 beside it
        else:
            found += [m.span() for m in re.finditer(loose(run) if origin is None else run, hay)]
    if origin is not None:
        found = [(origin[begin], origin[end - 1] + 1) for begin, end in found]
    if len(found) < 2:
        return found
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def excerpt(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence around the first span, at most EXCERPT characters and the marks …; spans moved along.

    >>> excerpt("前一句。好的，科技创新。", [(7, 9)])
    ('…好的，科技创新。', ((4, 6),))
    """
    first, last = spans[0] if spans else (0, 0)
    before = _UP_TO_STOP.match(text, 0, first)
    begin = before.end() if before else 0
    if last - begin > EXCERPT:
        begin = max(begin, first - EXCERPT // 3)
    end = min(len(text), max(begin + EXCERPT, last))
    after = _STOP.search(text, last, end)
    end = after.end() if after else end
    piece = text[begin:end].replace("\n", " ")
    head = "…" if begin else ""
    tail = "" if end == len(text) or text[end - 1] in STOPS else "…"
    moved = tuple((b - begin + len(head), e - begin + len(head)) for b, e in spans if b >= begin and e <= end)
    return head + piece + tail, moved


def as_guess(found: Found, guess: str | None, how: How, others: Sequence[str] = ()) -> Found:
    """The same places, labelled as a guess."""
    return replace(found, mode="guess", guess=guess, how=how, others=tuple(others))
