"""Finding: which paragraphs hold the words, best first, and where in the excerpt they stand.

Invariant: an excerpt is a piece of the original text, and every span in it covers a word that was asked for.
What is found here is exact; guesses are made in `guessing` and only where nothing is found here.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from bot.fold import RUN, close_up, closed, flat, letters, plain, visible
from bot.model import Pack
from bot.store import Store, passages, upkeep
from bot.store.passages import OWN_CARD, TITLE, Passage, Scope, Words

EXCERPT = 60  # characters: three lines on a phone
WORDS_AT_MOST = 200
COUNTED = 1000
BODIES, TITLES = (
    60,
    20,
)  # candidates of one pack that are weighed against each other; the rest keep file order
HITS_AT_MOST = BODIES + TITLES
STOPS = "。！？；\n"

Mode = Literal["exact", "guess", "none"]
How = Literal["", "term", "article", "pinyin", "initials", "sound", "near", "words"]
__all__ = ["OWN_CARD", "TITLE"]


@dataclass(frozen=True, slots=True)
class Hit:
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
    if len(apart) > 1 and all(len(flat(each)) == 1 for each in apart):
        return [["".join(apart)], words]
    joined = words_of(flat(" ".join(words)))
    return [words] if len(joined) == len(words) else [joined, words]


def find(store: Store, what: Search, text: str) -> Found:
    """Passages that hold every word. Articles stand together, best article first."""
    scopes = what.scopes(store)
    for words in readings(text):
        found = look(store, scopes, what, words)
        if found.total:
            return found
    return NOTHING


def look(
    store: Store, scopes: Sequence[Scope], what: Search, texts: Sequence[str], extra: Sequence[str] = ()
) -> Found:
    """As find, for words that are settled. extra: words that a better passage holds as well."""
    words = passages.sieved(store, passages.words_of(texts))
    if not words:
        return NOTHING
    places = []
    read: dict[int, Passage] = {}
    for scope in scopes:
        bodies = passages.ids(store, words, scope, read=read)
        most = max(TITLES, passages.COUNTED - len(bodies))  # more is not counted
        places.append((scope, passages.titles(store, words, scope, limit=most), bodies))
    firsts: set[int] = set()
    if what.first:
        for scope, _, bodies in places:
            if scope.pack == what.first.pack:
                firsts = _firsts(store, what, what.first, scope, words, bodies)
                bodies.extend(sorted(firsts - set(bodies)))
    if not any(titles or bodies for _, titles, bodies in places):  # heads, where no paragraph has the words
        places = [(scope, [], passages.titles(store, words, scope, "head")) for scope in scopes]
    if _numbers(texts):
        held = _with_numbers(store, texts)
        places = [(scope, held(scope, titles), held(scope, bodies)) for scope, titles, bodies in places]
    total = sum(len(titles) + len(bodies) for _, titles, bodies in places)
    if not total:
        return NOTHING
    ranked: list[tuple[Scope, Passage]] = []
    for scope, titles, bodies in places:
        pool = titles[:TITLES] + bodies[:BODIES]
        pool += [id_ for id_ in bodies[BODIES:] if id_ in firsts]
        got = passages.get(store, scope, [id_ for id_ in pool if id_ not in read])
        read |= {each.id: each for each in got}
        ranked += [(scope, read[id_]) for id_ in pool if id_ in read]
    ranked = _ranked(ranked, words, texts, extra, what, firsts)
    wanted = ranked[what.start : what.start + what.count]
    left = what.count - len(wanted)
    if left > 0:
        at = max(0, what.start - len(ranked))
        rest = (
            (scope, id_)
            for scope, titles, bodies in places
            for id_ in titles[TITLES:] + [each for each in bodies[BODIES:] if each not in firsts]
        )
        for scope, id_ in islice(rest, at, at + left):
            wanted += [(scope, passage) for passage in passages.get(store, scope, [id_])]
    spoken = (*words.runs, *words.singles, *(run for text in extra for run in RUN.findall(flat(text))))
    return Found(
        "exact",
        min(total, COUNTED),
        tuple(hits(what, wanted, spoken, firsts)),
        0 if total > COUNTED else sum(scope.articles(titles, bodies) for scope, titles, bodies in places),
        total > COUNTED,
        spoken,
    )


def _numbers(texts: Sequence[str]) -> bool:
    """Whether words are numbers with signs between, 2/3 or -3: pieces of longer numbers are then not meant."""
    written = flat("".join(texts))
    return not written.isdigit() and all(run.isdigit() for run in RUN.findall(written))


def _with_numbers(store: Store, texts: Sequence[str]) -> Callable[[Scope, Sequence[int]], list[int]]:
    """Of passages those that hold the words as they are written, or each of their numbers as a whole."""
    written = [flat(text) for text in texts]
    whole = [re.compile(rf"(?<!\d){run}(?!\d)") for text in written for run in RUN.findall(text)]

    def held(scope: Scope, some: Sequence[int]) -> list[int]:
        apart = ((each.id, flat(each.text)) for each in passages.get(store, scope, some))
        return [
            id_
            for id_, text in apart
            if all(each in text for each in written) or all(each.search(text) for each in whole)
        ]

    return held


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
    own = passages.ids(store, words, narrow) + passages.titles(store, words, narrow, "head")
    named = [passage.id for passage in passages.get(store, scope, own) if passage.card == card.id]
    return set(named[:1])


def _ranked(
    found: list[tuple[Scope, Passage]],
    words: Words,
    texts: Sequence[str],
    extra: Sequence[str],
    what: Search,
    firsts: set[int],
) -> list[tuple[Scope, Passage]]:
    """Best article first, in it in the order of the text. The card that is to come first leads its article."""
    runs = (*words.runs, *words.singles)
    latin = [re.compile(rf"(?<![a-z]){run}(?![a-z])") for run in runs if re.fullmatch("[a-z]+", run)]
    verbatim = "".join(flat(text) for text in texts) if len(runs) > 1 else ""
    also = [flat(text) for text in extra]
    lower = any(c.isascii() for run in runs for c in run)
    order = {pack: n for n, pack in enumerate(what.packs)}
    best: dict[tuple[str, int], float] = {}
    for scope, passage in found:
        text = closed(passage.text)
        text = text.lower() if lower else text
        counts = [text.count(run) for run in runs]
        if also or not all(counts):  # folding takes longer than all the rest, and mostly tells nothing new
            text = flat(text)
            counts = [text.count(run) for run in runs]
        often = sum(counts)
        score = often / (often + 1.5) + 4 * (passage.block == TITLE) + 100 * (passage.id in firsts)
        if latin or verbatim or also:
            score += sum(bool(pattern.search(text)) for pattern in latin)
            score += 2 * bool(verbatim and verbatim in "".join(RUN.findall(text)))
            score += sum(each in text for each in also)
        key = (scope.pack, passage.number)
        best[key] = max(best.get(key, 0), score)
    places = [
        (-best[scope.pack, p.number], order[scope.pack], p.number, p.id not in firsts, p.id, n)
        for n, (scope, p) in enumerate(found)
    ]
    places.sort()
    return [found[n] for *_, n in places]


def hits(
    what: Search,
    some: Iterable[tuple[Scope, Passage]],
    runs: Sequence[str],
    firsts: Collection[int] = (),
) -> list[Hit]:
    """Passages as they are shown, with the runs marked."""
    found = []
    for scope, passage in some:
        articles = what.packs[scope.pack].articles
        if passage.number > len(articles):
            continue  # the library moved on between two questions
        article = articles[passage.number - 1]
        spans = spans_of(passage.text, runs)
        text, moved = excerpt(passage.text, spans)
        if passage.block == TITLE:
            text, moved = passage.text, tuple(spans)
        found.append(
            Hit(
                *(scope.pack, article.id, article.number, article.title, article.by),
                *(passage.block, passage.card, text, moved, passage.id in firsts),
            )
        )
    return found


def spans_of(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in a text, in order, overlaps merged. Offsets are those of the original text."""
    mapped = None if plain(text) else letters(text)
    hay = "".join(character for character, _ in mapped) if mapped else text
    found = []
    for run in {run for word in words for run in RUN.findall(flat(word))}:
        if run.isdigit() and (whole := list(re.finditer(rf"(?<!\d){run}(?!\d)", hay))):
            for m in whole:  # 3 in 3 月, not in 2023 beside it
                last = m.end() - 1
                found.append((mapped[m.start()][1], mapped[last][1] + 1) if mapped else m.span())
            continue
        at = hay.find(run)
        while at >= 0:
            last = at + len(run) - 1
            found.append((mapped[at][1], mapped[last][1] + 1) if mapped else (at, last + 1))
            at = hay.find(run, at + len(run))
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
    begin = max((text.rfind(stop, 0, first) + 1 for stop in STOPS), default=0)
    if last - begin > EXCERPT:
        begin = max(begin, first - EXCERPT // 3)
    end = min(len(text), max(begin + EXCERPT, last))
    stop = min((at for at in (text.find(s, last, end) for s in STOPS) if at >= 0), default=end - 1)
    end = min(stop + 1, end)
    piece = text[begin:end].replace("\n", " ")
    head = "…" if begin else ""
    tail = "" if end == len(text) or text[end - 1] in STOPS else "…"
    moved = tuple((b - begin + len(head), e - begin + len(head)) for b, e in spans if b >= begin and e <= end)
    return head + piece + tail, moved


def as_guess(found: Found, guess: str | None, how: How, others: Sequence[str] = ()) -> Found:
    """The same places, labelled as a guess."""
    return replace(found, mode="guess", guess=guess, how=how, others=tuple(others))
