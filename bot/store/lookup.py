"""What is asked of the search index: the passages of a scope that hold some words, with their texts.

Invariants. What is found is what a scan of the folded texts would find. What a person types never reaches the FTS
grammar: only bigrams in double quotes do. The measurements behind this stand in docs/search.md.

Two ways lead to a word of two characters or more. FTS5 follows the phrase of its pairs: right for short words, but it
steps through all pairs of the phrase for every passage that has it, 10 μs a passage of a long one. So of a long word
some rare pairs are asked for, the sieve, which lead to the same passages and few others, and the texts are read.
"""

import json
from collections.abc import Iterable
from typing import Literal, NamedTuple

from bot.fold import RUN, flat, standing
from bot.store import vocabulary
from bot.store.database import Store
from bot.store.passages import Scope, encoded

COUNTED = 1001  # ids read for one question: one more than is ever shown as a count
READ, READ_TITLES = 60, 20  # texts that come with their ids
LONG = 4  # characters of a run from which on the sieve is asked for
TELLING = 3  # pairs of a run that make the sieve, at most
RARE, WALKED = 6_000, 16_000  # passages that hold the rarest of them, and all of them together, at most
SIFTED = 300  # texts that are read from the sieve; from the next on FTS5 follows the phrase


# A stored text that a search can return: its id, the index of its block (or passages.TITLE, passages.OWN_CARD), its card,
# its text. A row as it was read, since there may be hundreds for one question.
Passage = tuple[int, int, str, str]


class Words(NamedTuple):
    """What is looked for: runs of two characters or more, and single characters. All must stand there."""

    runs: tuple[str, ...]
    singles: tuple[str, ...]
    sieve: tuple[str, ...] = ()  # pieces of the runs that few passages hold, where asking for them is cheaper

    def __bool__(self) -> bool:
        return bool(self.runs or self.singles)


def words_of(texts: Iterable[str]) -> Words:
    """The runs of some texts.

    >>> words_of(["科技、创新", "5"])
    Words(runs=('科技', '创新'), singles=('5',), sieve=())
    """
    runs = list(dict.fromkeys(run for text in texts for run in RUN.findall(flat(text))))
    return Words(tuple(r for r in runs if len(r) > 1), tuple(r for r in runs if len(r) == 1))


def sieved(store: Store, words: Words) -> Words:
    """The words with a sieve, where one of them is long and has rare pairs."""
    if words.singles or not any(len(run) >= LONG for run in words.runs):
        return words
    pieces = [piece for run in words.runs if len(run) >= LONG for piece in _telling(store, run)]
    if not pieces:
        return words
    return words._replace(sieve=(*pieces, *(run for run in words.runs if len(run) < LONG)))


def ids(
    store: Store,
    words: Words,
    scope: Scope,
    limit: int = COUNTED,
    read: dict[int, Passage] | None = None,
) -> list[int]:
    """Paragraphs and cards of a scope that hold all words, in file order.

    read: the first READ of them are put there.
    """
    if not words:
        return []
    found: list[int] = []
    low = scope.low
    if words.sieve:
        found, low = _sifted(store, words, scope, read)
    if len(found) >= limit:
        return found[:limit]
    return [*found, *_ids(store, _asked(words), low, scope.high, limit - len(found), READ, read)]


def titles(
    store: Store,
    words: Words,
    scope: Scope,
    column: Literal["title", "head"] = "title",
    limit: int = COUNTED,
    read: dict[int, Passage] | None = None,
) -> list[int]:
    """Titles with by-lines, or heads and cards' titles, of a scope that hold all words, in file order.

    read: the first READ_TITLES of them are put there.
    """
    if not words:
        return []
    terms = [_phrase(run) for run in words.runs] + [f'"{encoded(single)}" *' for single in words.singles]
    asked = _Asked(
        "title_index", "title_index", "title_index MATCH ?", (f"{column} : ({' AND '.join(terms)})",)
    )
    return _ids(store, asked, scope.low, scope.high, limit, READ_TITLES, read)


def get(store: Store, some: Iterable[int]) -> list[Passage]:
    """The passages with these ids, in that order."""
    wanted = list(some)
    marks = ",".join("?" * len(wanted))
    rows = store.db.conn.execute(f"SELECT id, block, card, text FROM passages WHERE id IN ({marks})", wanted)
    found = {row[0]: row for row in rows}
    return [found[id_] for id_ in wanted if id_ in found]


# ---------------------------------------------------------------- how it is asked


class _Asked(NamedTuple):
    """A question to an index: the table whose rowids are meant, what to select from, the condition, its values."""

    table: str
    source: str
    condition: str
    values: tuple[str, ...]


def _phrase(run: str) -> str:
    return '"' + " ".join([encoded(run[i : i + 2]) for i in range(len(run) - 1)]) + '"'


def _asked(words: Words) -> _Asked:
    runs = " AND ".join(map(_phrase, words.runs))
    singles = " AND ".join(f'"{encoded(single)}"' for single in words.singles)
    if not words.singles:
        return _Asked("passage_index", "passage_index", "passage_index MATCH ?", (runs,))
    if not words.runs:
        return _Asked("char_index", "char_index", "char_index MATCH ?", (singles,))
    both = "passage_index CROSS JOIN char_index ON char_index.rowid = passage_index.rowid"
    return _Asked("passage_index", both, "passage_index MATCH ? AND char_index MATCH ?", (runs, singles))


def _ids(
    store: Store, asked: _Asked, low: int, high: int, limit: int, first: int, read: dict[int, Passage] | None
) -> list[int]:
    """The ids that a question to an index gives, in order; so many of the first passages are put into `read`."""
    found: list[int] = []
    if read is not None and low < high and limit > 0:
        rows = _rows(store, asked, low, high, min(first, limit))
        found = [row[0] for row in rows]
        read.update(zip(found, rows, strict=True))
        low = found[-1] + 1 if len(found) == first else high
    if low < high and len(found) < limit:
        row = store.db.conn.execute(  # one list is handed over in two thirds of the time that rows take
            f"SELECT json_group_array(rowid) FROM (SELECT {asked.table}.rowid FROM {asked.source}"
            f" WHERE {asked.condition} AND {asked.table}.rowid >= ? AND {asked.table}.rowid < ?"
            f" ORDER BY {asked.table}.rowid LIMIT ?)",
            (*asked.values, low, high, limit - len(found)),
        ).fetchone()
        found += json.loads(row[0])
    return found


def _rows(store: Store, asked: _Asked, low: int, high: int, limit: int) -> list[Passage]:
    """The passages themselves: to join them takes half the time of asking for them by their ids."""
    return store.db.conn.execute(
        f"SELECT p.id, p.block, p.card, p.text FROM {asked.source} CROSS JOIN passages p ON p.id = {asked.table}.rowid"
        f" WHERE {asked.condition} AND {asked.table}.rowid >= ? AND {asked.table}.rowid < ?"
        f" ORDER BY {asked.table}.rowid LIMIT ?",
        (*asked.values, low, high, limit),
    ).fetchall()


def _sifted(
    store: Store, words: Words, scope: Scope, read: dict[int, Passage] | None
) -> tuple[list[int], int]:
    """The passages that hold the words among the first that the sieve leaves, and the id from which on nobody looked."""
    rows = _rows(store, _asked(Words(words.sieve, ())), scope.low, scope.high, SIFTED)
    low = scope.high if len(rows) < SIFTED else rows[-1][0] + 1
    for run in words.runs:
        stands = standing(run)
        rows = [row for row in rows if run in row[3] or stands(row[3])]
    found = [row[0] for row in rows]
    if read is not None:
        read.update(zip(found[:READ], rows, strict=False))
    return found, low


def _telling(store: Store, run: str) -> list[str]:
    """Some pairs of a run that few passages hold; none where the whole phrase is asked for in less time."""
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    df = vocabulary.frequencies(store, pairs)
    many = [df.get(pair, 0) for pair in pairs]  # 汉字 it does not know are rarer than any it does
    if sum(many) <= WALKED:
        return []
    chosen: list[int] = []
    walked = 0
    for n in sorted(range(len(pairs)), key=many.__getitem__):
        if len(chosen) == TELLING or walked + many[n] > WALKED:
            break
        if any(abs(n - other) == 1 and many[n] - many[other] <= many[other] // 10 for other in chosen):
            continue  # neighbours that always come together tell nothing more
        chosen.append(n)
        walked += many[n]
    if not chosen or many[chosen[0]] > (RARE if len(chosen) > 1 else SIFTED):
        return []
    return [pairs[n] for n in chosen]
