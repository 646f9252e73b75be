"""Articles to daily cards: whole sentences, 60 to 220 characters, in order, cut where a reader would cut.

Invariant: a card's text stands in one section of one article without a gap, and holds nothing damaged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.packs.draft.marks import orphan, squeeze, unbalanced
from bot.packs.draft.naming import short_title
from bot.packs.draft.sentences import sentences, whole
from bot.packs.draft.values import DraftArticle, DraftCard, LeftOut

SHORTEST, TARGET, LONGEST = 60, 130, 220  # characters of a card
TITLE = 20  # characters of a card's title
ALIKE = 0.85  # share of 4-grams from which two cards say the same
_OPENING = 36  # characters up to which a paragraph of one sentence is a topic sentence
_THIN = 78  # with the punctuation taken off, a card below this is hardly more than a stub
_TINY = 16  # sentences shorter than this stay with their neighbour
_NOTE = re.compile(r"注 \d+：")
_POINTING = re.compile(
    r"[“「]?(?:此|这|该|其中|其(?!次|他|实|余)|他|她|它|对此|为此|上述|以上|前者|后者|那(?!么))"
)
_CONNECTIVE = re.compile(
    r"[“「]?(?:但|因此|同时|然而|而|并且?|所以|于是|此外|另外|不过|可见|从而|相反|与此同时|也|又|还|另一方面|反之|总之|因而|那么)"
)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, a quotation with its speaker, a list. `fresh`: it begins its block."""

    text: str
    block: int
    fresh: bool
    quote: bool = False


def excerpts(articles: Sequence[DraftArticle]) -> tuple[tuple[DraftCard, ...], tuple[LeftOut, ...]]:
    """The cards of all articles in order, and the text that makes none, with the reason."""
    cards: list[DraftCard] = []
    skipped: list[LeftOut] = []
    for number, article in enumerate(articles, 1):
        for section, runs in _sections(article, skipped):
            cards.extend(_cards(number, section, runs, skipped))
    kept = _without_doubles(cards, skipped)
    return _titled(kept), tuple(skipped)


def _titled(cards: Sequence[DraftCard]) -> tuple[DraftCard, ...]:
    """The first card of a section bears its name, every other one its own first words."""
    titled: list[DraftCard] = []
    used: set[str] = set()
    seen: tuple[int, str] = (0, "")
    for card in cards:
        if card.article != seen[0]:
            used = set()
        fresh = card.section and (card.article, card.section) != seen
        title = card.section if fresh and len(card.section) <= TITLE else short_title(card.text, TITLE, used)
        seen = (card.article, card.section)
        used.add(title)
        titled.append(replace(card, title=title))
    return tuple(titled)


def _sections(article: DraftArticle, skipped: list[LeftOut]) -> Iterator[tuple[str, list[list[_Unit]]]]:
    """For each head its runs of units. A run ends where text is missing or unusable."""
    section = ""
    runs: list[list[_Unit]] = [[]]
    for at, block in enumerate(article.blocks):
        if block.kind == "head":
            yield section, runs
            section, runs = block.text, [[]]
        elif block.kind in ("quote", "list", "table"):
            if block.kind == "list" and _NOTE.match(block.text):
                skipped.append(LeftOut(block.text, "脚注"))
            elif len(block.text) > LONGEST:
                skipped.append(LeftOut(block.text, "太长"))
                runs.append([])
            else:
                runs[-1].append(_Unit(block.text, at, True, block.kind == "quote"))
        else:
            _paragraph(block.text, at, runs, skipped)
    yield section, runs


def _paragraph(text: str, at: int, runs: list[list[_Unit]], skipped: list[LeftOut]) -> None:
    pieces = sentences(text)
    fresh = True
    begin = 0
    if orphan(text) and pieces:
        skipped.append(LeftOut(pieces[0].strip(), "缺字"))
        runs.append([])
        begin = 1
    while begin < len(pieces):
        end, size = begin + 1, len(pieces[begin])
        while end < len(pieces) and size < _TINY:
            size += len(pieces[end])
            end += 1
        if end < len(pieces) and end == len(pieces) - 1 and len(pieces[end].strip()) < _TINY:
            end += 1  # a tiny last sentence goes with the one before it
        unit = _Unit("".join(pieces[begin:end]).strip(), at, fresh)
        if len(unit.text) > LONGEST or "\ufffd" in unit.text:
            skipped.append(LeftOut(unit.text, "有认不出的字" if "\ufffd" in unit.text else "一句太长"))
            runs.append([])
        else:
            runs[-1].append(unit)
        fresh, begin = False, end


def _chained(units: Sequence[_Unit], skipped: list[LeftOut]) -> list[list[list[_Unit]]]:
    """Units grouped so that every group ends as a sentence does; 「如下：」 and 「其一，……；」 go on.

    What never comes to an end (a signature, a line without a stop) makes no card and splits the run.
    """
    runs: list[list[list[_Unit]]] = [[]]
    held: list[_Unit] = []
    for unit in units:
        held.append(unit)
        structured = not whole(unit.text) and unit.text[-1] in "：:；;，、"
        if structured and sum(len(u.text) for u in held) <= LONGEST:
            continue
        if not structured and (unit.quote or whole(unit.text) or "\n" in unit.text):
            runs[-1].append(held)
        else:
            skipped.extend(LeftOut(u.text, "不成句") for u in held)
            runs.append([])
        held = []
    skipped.extend(LeftOut(u.text, "不成句") for u in held)
    return runs


def _cards(
    number: int, section: str, runs: Sequence[Sequence[_Unit]], skipped: list[LeftOut]
) -> Iterator[DraftCard]:
    for run in runs:
        for groups in _chained(run, skipped):
            for part in _cut(groups):
                units = [unit for group in part for unit in group]
                text = _joined(units)
                if len(squeeze(text.replace("\n", ""))) < SHORTEST:
                    skipped.append(LeftOut(text, "太短"))
                elif len(text) > LONGEST:
                    skipped.append(LeftOut(text, "太长"))
                else:
                    yield DraftCard(number, section, text, "", unbalanced(text), _mainly(units))


def _mainly(units: Sequence[_Unit]) -> int:
    """The block most of the card comes from; the first of equals."""
    sizes: dict[int, int] = {}
    for unit in units:
        sizes[unit.block] = sizes.get(unit.block, 0) + len(unit.text)
    return max(sizes, key=lambda block: sizes[block])


def _joined(units: Sequence[_Unit]) -> str:
    parts: list[str] = []
    for unit in units:
        if parts:
            latin = parts[-1][-1].isascii() and unit.text[0].isascii()
            parts.append("\n" if unit.fresh else " " if latin else "")
        parts.append(unit.text)
    return "".join(parts)


def _cut(groups: Sequence[list[_Unit]]) -> list[Sequence[list[_Unit]]]:
    """The cheapest cut of a run into cards, by dynamic programming over its groups."""
    sizes = [sum(len(unit.text) + 1 for unit in group) for group in groups]
    starts = [_start_cost(group[0]) for group in groups]
    # ends[k]: the cost of a cut between groups k-1 and k that comes from what stands before it
    ends = [0.0] + [_end_cost(a, b) for a, b in pairwise(groups)]
    # carry[k]: the least cost of everything up to a cut before group k, that cut included
    carry, back = [0.0], [0]
    for end in range(1, len(groups) + 1):
        size, best, place = 0, float("inf"), end - 1
        for begin in range(end - 1, -1, -1):
            size += sizes[begin]
            if size > LONGEST:
                if begin == end - 1:
                    best = carry[begin] + _COSTS[-1]
                break
            cost = carry[begin] + _COSTS[size]
            if cost < best:
                best, place = cost, begin
        carry.append(best + (starts[end] + ends[end] if end < len(groups) else 0.0))
        back.append(place)
    cuts: list[Sequence[list[_Unit]]] = []
    end = len(groups)
    while end:
        cuts.append(groups[back[end] : end])
        end = back[end]
    return cuts[::-1]


def _size_cost(size: int) -> float:
    cost = 10 * ((size - TARGET) / TARGET) ** 2
    if size <= SHORTEST + 4:
        return cost + 60 + (SHORTEST - size)  # allowed only where nothing else is: a section that is so short
    return cost + (3 if size < _THIN else 0)


_COSTS = tuple(_size_cost(size) for size in range(LONGEST + 2))


def _end_cost(group: list[_Unit], following: list[_Unit]) -> float:
    """A paragraph of one short sentence usually opens what comes next; a card should not end with it."""
    alone = len(group) == 1 and group[0].fresh and following[0].fresh and not group[0].quote
    return 2.0 if alone and len(group[0].text) < _OPENING else 0.0


def _start_cost(unit: _Unit) -> float:
    """How badly a card would begin with this unit."""
    cost = 0.0 if unit.fresh else 2.5
    if unit.quote:
        cost += 1.0
    elif unit.text[0] in "“「" and unit.fresh:
        cost += 0.5  # a quotation leans on the paragraph that leads to it
    if _POINTING.match(unit.text):
        cost += 6
    elif _CONNECTIVE.match(unit.text):
        cost += 4
    return cost


def _without_doubles(cards: Sequence[DraftCard], skipped: list[LeftOut]) -> list[DraftCard]:
    """Cards in order; one that says nearly what an earlier one says goes to the skipped."""
    kept: list[DraftCard] = []
    grams: list[int] = []  # how many each kept card has
    holders: dict[str, list[int]] = {}
    for card in cards:
        own = _grams(card.text)
        shared: dict[int, int] = {}
        for gram in own:
            for holder in holders.get(gram, ()):
                shared[holder] = shared.get(holder, 0) + 1
        like = next((h for h, n in shared.items() if n >= ALIKE * max(min(len(own), grams[h]), 1)), None)
        if like is not None:
            skipped.append(LeftOut(card.text, f"与第 {like + 1} 张几乎相同"))
            continue
        for gram in own:
            held = holders.setdefault(gram, [])
            if len(held) < 40:  # a stock phrase identifies no card
                held.append(len(kept))
        kept.append(card)
        grams.append(len(own))
    return kept


def _grams(text: str) -> set[str]:
    bare = re.sub(r"[\W_]+", "", text)
    return {bare[at : at + 4] for at in range(len(bare) - 3)}
