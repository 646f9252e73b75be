"""Similar spellings: stretches of the texts that differ from what was written in one character or two.

Invariant: what is proposed stands in a text; that it is shown as a guess is `guessing`'s business.
"""

import math
from collections.abc import Sequence

from bot.fold import RUN, flat
from bot.store import Store, lookup
from bot.store.passages import Scope

AT_MOST = 60  # characters that are compared
OTHERS = 4


def near(store: Store, scopes: Sequence[Scope], text: str) -> list[str]:
    """Stretches of the texts that differ from this in one character, from 8 characters on in two."""
    if not 4 <= len(text) <= AT_MOST or not RUN.fullmatch(text):
        return []
    allowed = 1 if len(text) < 8 else 2
    found: dict[str, tuple[int, int]] = {}
    for scope in scopes:
        counted = []
        for pair in {text[i : i + 2] for i in range(len(text) - 1)}:
            ids = lookup.ids(store, lookup.words_of([pair]), scope, 400)
            for column in ("title", "head"):
                ids += lookup.titles(store, lookup.words_of([pair]), scope, column, 100)
            if ids:
                counted.append(ids)
        shared: dict[int, float] = {}
        for ids in sorted(counted, key=len)[:8]:
            for id_ in ids:
                shared[id_] = shared.get(id_, 0) + 1 / math.log(2 + len(ids))
        best = sorted(shared, key=lambda id_: (-shared[id_], id_))[:120]
        for *_, held in lookup.get(store, best):
            for run in RUN.findall(flat(held)):
                distance, piece = nearest(text, run, allowed)
                if piece and distance <= allowed:
                    _, times = found.get(piece, (distance, 0))
                    found[piece] = (distance, times + 1)
    return sorted(found, key=lambda piece: (found[piece][0], -found[piece][1], piece))[: OTHERS + 1]


def nearest(wanted: str, run: str, allowed: int) -> tuple[int, str]:
    """The stretch of a run that is nearest to what is wanted, and in how many characters it differs.

    >>> nearest("全要素生产力", "看全要素生产率的", 1)
    (1, '全要素生产率')
    """
    if not len(set(wanted) & set(run)) > len(set(wanted)) - 1 - allowed:
        return allowed + 1, ""
    size = len(wanted)
    # Rows over wanted, columns over run; a match may begin anywhere: (cost, begin), the earlier one if in doubt,
    # since a wrong first character is likelier than one too many.
    above: list[tuple[int, int]] = [(0, column) for column in range(len(run) + 1)]
    for row, character in enumerate(wanted, 1):
        here = [(row, 0)]
        for column, other in enumerate(run, 1):
            here.append(
                min(
                    (above[column - 1][0] + (character != other), above[column - 1][1]),
                    (above[column][0] + 1, above[column][1]),
                    (here[-1][0] + 1, here[-1][1]),
                )
            )
        above = here
    ends = [
        (cost, not column or run[column - 1] != wanted[-1], abs(column - begin - size), column)
        for column, (cost, begin) in enumerate(above)
    ]
    cost, _, _, end = min(ends)
    return cost, run[above[end][1] : end]
