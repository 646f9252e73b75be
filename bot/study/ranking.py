"""Ranking: which article comes first among those that hold the words.

A passage scores by how often it holds them, tf / (tf + 1.5); a title, the words as they were written side by side, and a
latin word that stands alone count more. An article is as good as its best passage. The weights are those of
docs/search.md; never bm25 in SQL, which would have to look at every passage.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from bot.fold import RUN, flat, loose
from bot.store.lookup import Passage, Words
from bot.store.passages import TITLE, Scope

TITLED, FIRST, SIDE_BY_SIDE = 4, 100, 2  # what is added to tf / (tf + 1.5)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What passages are weighed by.

    words: all stand in each of them; texts: as they were written; extra: what a better passage holds as well;
    firsts: ids that come first.
    """

    words: Words
    texts: Sequence[str]
    extra: Sequence[str]
    firsts: Collection[int]


def ranked(found: Sequence[tuple[Scope, Sequence[Passage]]], wanted: Wanted) -> list[tuple[Scope, Passage]]:
    """Passages of some scopes, best article first, in it in the order given; what is to be first leads its article."""
    weigh = _weighing(wanted)
    scores = [weigh(some) for _, some in found]
    if len(set(chain.from_iterable(scores))) < 2:  # nothing tells them apart, as with most long words
        return [(scope, passage) for scope, some in found for passage in sorted(some)]
    best: dict[int, float] = {}
    together: dict[int, list[Passage]] = {}
    for place, (scope, some) in enumerate(found):
        for number, passage, score in zip(scope.numbers_of(some), some, scores[place], strict=True):
            article = place << 32 | number
            if article not in best:
                best[article], together[article] = score, [passage]
            else:
                together[article].append(passage)
                best[article] = max(best[article], score)
    if wanted.firsts:
        for held in together.values():
            held.sort(key=lambda passage: (passage[0] not in wanted.firsts, passage[0]))
    order = sorted(sorted(best), key=best.__getitem__, reverse=True)
    return [(found[article >> 32][0], passage) for article in order for passage in together[article]]


def _weighing(wanted: Wanted) -> Callable[[Sequence[Passage]], list[float]]:
    """What scores passages. A text is folded only where it has not the words as it stands, or where that would tell more:
    it takes longer than all the rest."""
    runs = (*wanted.words.runs, *wanted.words.singles)
    latin = [re.compile(rf"(?<![a-z]){run}(?![a-z])", re.I) for run in runs if re.fullmatch("[a-z]+", run)]
    verbatim = "".join(map(flat, wanted.texts)) if len(runs) > 1 else ""
    also = [flat(text) for text in wanted.extra]
    folded = bool(also) or any(c.isascii() for c in verbatim)

    def more(text: str) -> int:
        score = sum(bool(pattern.search(text)) for pattern in latin) + sum(each in text for each in also)
        return score + SIDE_BY_SIDE * bool(verbatim and verbatim in "".join(RUN.findall(text)))

    def weigh(some: Sequence[Passage]) -> list[float]:
        texts = [flat(passage[3]) if folded else passage[3] for passage in some]
        often = _times(texts, runs)
        for at, times in enumerate(often):
            if not times:
                texts[at] = flat(some[at][3])
                often[at] = sum(map(texts[at].count, runs))
        scores = [times / (times + 1.5) for times in often]
        for at, passage in enumerate(some):
            if passage[1] == TITLE:
                scores[at] += TITLED
        if wanted.firsts:
            scores = [n + FIRST * (p[0] in wanted.firsts) for n, p in zip(scores, some, strict=True)]
        if latin or verbatim or also:
            scores = [n + more(text) for n, text in zip(scores, texts, strict=True)]
        return scores

    return weigh


def _times(texts: Sequence[str], runs: Sequence[str]) -> list[int]:
    """How often the runs stand in each text as it is, together; 0 where one of them does not."""
    counts = []
    for run in runs:
        if any(c.isascii() for c in run):
            counts.append([len(found) for found in map(loose(run).findall, texts)])
        else:
            counts.append(list(map(str.count, texts, repeat(run))))
    return (
        counts[0]
        if len(counts) == 1
        else [sum(each) if all(each) else 0 for each in zip(*counts, strict=True)]
    )
