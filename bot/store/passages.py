"""The search index: paragraphs, titles and cards as overlapping bigrams in FTS5.

Invariants. A run of letters in a text is found by every piece of it, and nothing else is found. What a person
types never reaches the FTS grammar: only bigrams in double quotes do. The id of a passage is its revision and
its place in the pack, so that "live", "in this pack" and "in this article" are ranges of ids, no joins. The
measurements behind this stand in ARCHITECTURE.md.

A revision of a pack is laid out once: for every article its title, then its blocks in order (heads too, they
are kept beside the titles), then the cards' titles (kept with the heads) and the text of those cards whose text
the article does not hold.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

from bot.fold import RUN, flat, plain
from bot.model import Card, Pack
from bot.packs.anchor import bare
from bot.store import vocabulary
from bot.store.database import Store

FORM = 1  # of the index: to be raised when grams() or the layout changes, everything is indexed anew then
TITLE, OWN_CARD = -1, -2
COUNTED = 1001  # ids read for one question: one more than is ever shown as a count
SLOT = 1 << 32  # ids of one revision
LONG = 5  # characters of a run from which on two of its pairs are asked for and the texts read
RARE, TELLING = 5_000, 4  # passages that hold a rare pair, at most; so many pairs of a run are asked for
SIFTED = 250  # texts that are read so; where more come, FTS5 follows the whole phrase
_SAFE = re.compile("[0-9a-z\u3400-\u4db5\u4e00-\u9fcc]*")
_HEX = str.maketrans("0123456789abcdef", "".join(chr(0xE000 + n) for n in range(16)))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed as one passage. `block` is an index into the article's blocks, TITLE or OWN_CARD."""

    block: int
    card: str
    text: str
    head: bool = False


class Passage(NamedTuple):
    """A stored text that a search can return. A tuple: eighty are made for a question, in a tenth of the time."""

    id: int
    number: int  # of its article, from 1
    block: int
    card: str
    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: a live revision, or one article of it. `low` and `high` are ids, half open."""

    pack: str
    revision: int
    starts: tuple[int, ...]  # the id of each article's title
    low: int
    high: int

    def article(self, number: int) -> "Scope":
        """The same scope narrowed to one article (from 1); an empty one where there is none."""
        if not 1 <= number <= len(self.starts):
            return Scope(self.pack, self.revision, self.starts, self.low, self.low)
        high = self.starts[number] if number < len(self.starts) else (self.revision + 1) * SLOT
        return Scope(self.pack, self.revision, self.starts, self.starts[number - 1], high)

    def number(self, passage: int) -> int:
        """The article (from 1) a passage stands in."""
        return bisect_right(self.starts, passage)

    def articles(self, titles: Sequence[int], others: Sequence[int]) -> int:
        """In how many articles these titles and other passages stand; both in file order."""
        if not others:
            return len(titles)
        part = self.starts[self.number(others[0]) - 1 : self.number(others[-1])]
        return len({*titles, *(part[n - 1] for n in set(map(partial(bisect_right, part), others)))})

    def passage(self, number: int, block: int) -> int:
        """The id of a block of an article (from 1)."""
        return self.starts[number - 1] + 1 + block


# ---------------------------------------------------------------- what is put in


def _encoded(piece: str) -> str:
    """A piece of a run as the tokenizer must see it.

    Characters that this SQLite may not know as letters are written with private ones, which it does.
    """
    if _SAFE.fullmatch(piece):
        return piece
    return "".join(c if _SAFE.fullmatch(c) else f"{ord(c):06x}".translate(_HEX) for c in piece)


def grams(text: str) -> str:
    """The index text: the bigrams of each run, and its last character, which keeps runs apart.

    >>> grams("0到1，好")
    '0到 到1 1 好'
    """
    words: list[str] = []
    for run in RUN.findall(flat(text)):
        if not _SAFE.fullmatch(run):
            words += [_encoded(run[i : i + 2]) for i in range(len(run) - 1)]
        else:
            words += [a + b for a, b in pairwise(run)]
        words.append(_encoded(run[-1]))
    return " ".join(words)


def characters(text: str) -> str:
    """The different characters of a text, for questions of one character.

    >>> characters("好，好的")
    '好 的'
    """
    return " ".join(_encoded(c) for c in dict.fromkeys("".join(RUN.findall(flat(text)))))


def entries(pack: Pack) -> list[Entry]:
    """The layout of a pack. A card is a passage of its own only if its article does not hold its text."""
    found: list[Entry] = []
    cards: dict[str, list[Card]] = {}
    for card in pack.cards:
        cards.setdefault(card.article, []).append(card)
    for article in pack.articles:
        by = " ".join(filter(None, (article.title, article.subtitle, article.author or article.source)))
        found.append(Entry(TITLE, "", by))
        own = cards.get(article.id, [])
        at = {card.anchor: card.id for card in reversed(own)}
        found += [
            Entry(n, at.get(n, ""), block.text, block.kind == "head")
            for n, block in enumerate(article.blocks)
        ]
        whole = bare("".join(block.text for block in article.blocks)) if own else ""
        for card in own:
            block = card.anchor if card.anchor >= 0 else OWN_CARD
            if card.title != card.section:  # which is indexed already
                found.append(Entry(block, card.id, card.title, head=True))
            if bare(card.text) not in whole:
                found.append(Entry(OWN_CARD, card.id, card.text))
    return found


def put(store: Store, revision: int, first: int, some: Sequence[Entry]) -> None:
    """Index entries of a revision, the first of which is the `first` of its layout (from 0)."""
    low = revision * SLOT + first
    rows = [(low + i, e.block, int(e.head), e.card, e.text) for i, e in enumerate(some)]
    store.db.conn.executemany("INSERT INTO passages (id, block, head, card, text) VALUES (?,?,?,?,?)", rows)
    _write(store, "", ((id_, block, head, text) for id_, block, head, _, text in rows))


def take_out(store: Store, revision: int, many: int) -> int:
    """Take out passages of a revision, `many` at most; how many there were."""
    rows = store.db.conn.execute(
        "SELECT id, block, head, text FROM passages WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (revision * SLOT, (revision + 1) * SLOT, many),
    ).fetchall()
    _write(store, "delete", rows)
    store.db.conn.executemany("DELETE FROM passages WHERE id = ?", ((row[0],) for row in rows))
    return len(rows)


def clear(store: Store) -> None:
    """Forget the whole index, as when its form changes."""
    for table in ("passage_index", "char_index", "title_index"):
        store.do(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    store.do("DELETE FROM passages")
    store.do("DELETE FROM indexed")


def _write(store: Store, command: str, rows: Iterable[tuple[int, int, int, str]]) -> None:
    """Put rows of (id, block, is a head, text) into the index, or with the command 'delete' take them out."""
    bodies: list[tuple[int, str]] = []
    singles: list[tuple[int, str]] = []
    titles: list[tuple[int, str, str]] = []
    for id_, block, head, text in rows:
        words = grams(text)
        if block == TITLE or head:
            titles.append((id_, "" if head else words, words if head else ""))
        else:
            bodies.append((id_, words))
            singles.append((id_, characters(text)))
    _execute(store, command, "passage_index", "grams", bodies)
    _execute(store, command, "char_index", "characters", singles)
    _execute(store, command, "title_index", "title, head", titles)


def _execute(
    store: Store, command: str, table: str, columns: str, values: Sequence[tuple[int | str, ...]]
) -> None:
    marks = ", ".join("?" * (columns.count(",") + 2))
    named, given = (f"{table}, ", f"'{command}', ") if command else ("", "")
    store.db.conn.executemany(
        f"INSERT INTO {table} ({named}rowid, {columns}) VALUES ({given}{marks})", values
    )


# ---------------------------------------------------------------- what is looked up


def behind(store: Store) -> dict[str, int]:
    """Live packs that are not wholly indexed, with the number of blocks still to do; empty as a rule."""
    rows = store.rows(
        "SELECT k.id, k.revision, i.next FROM packs k LEFT JOIN indexed i ON i.revision = k.revision AND i.form = ?"
        " WHERE i.revision IS NULL OR i.next <> i.total",
        FORM,
    )
    left = {}
    for row in rows:
        all_ = store.row("SELECT count(*) AS n FROM blocks WHERE revision = ?", row["revision"])
        left[str(row["id"])] = max(1, (all_["n"] if all_ else 0) - (row["next"] or 0))
    return left


def scopes(store: Store, packs: Sequence[str]) -> list[Scope]:
    """Where to look for what stands in these packs, in their order; packs that are not live are left out."""
    live = {row["id"]: int(row["revision"]) for row in store.rows("SELECT id, revision FROM packs")}
    found = []
    for pack in packs:
        if pack in live:
            low, high = live[pack] * SLOT, (live[pack] + 1) * SLOT
            found.append(Scope(pack, live[pack], _starts(store, live[pack]), low, high))
    return found


_layouts: dict[tuple[str, int], tuple[int, ...]] = {}


def _starts(store: Store, revision: int) -> tuple[int, ...]:
    """The ids of a revision's titles. Kept: a revision that is wholly indexed never changes."""
    key = (str(store.folder), revision)
    if key not in _layouts:
        rows = store.db.conn.execute(
            "SELECT id FROM passages INDEXED BY titles WHERE block = -1 AND id >= ? AND id < ? ORDER BY id",
            (revision * SLOT, (revision + 1) * SLOT),
        )
        found = tuple(row[0] for row in rows)
        if store.row("SELECT 1 FROM indexed WHERE revision = ? AND next = total", revision) is None:
            return found
        if len(_layouts) > 50:
            _layouts.clear()
        _layouts[key] = found
    return _layouts[key]


@dataclass(frozen=True, slots=True)
class Words:
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
    """The words with a sieve, where one of them is long.

    FTS5 steps through all pairs of a phrase for every passage that has it, 10 μs a passage of a long one; two to four
    rare pairs lead to the same passages and few others, whose texts are read.
    """
    if words.singles or not any(len(run) >= LONG for run in words.runs):
        return words
    pieces = (piece for run in words.runs for piece in (_telling(store, run) if len(run) >= LONG else [run]))
    return replace(words, sieve=tuple(pieces))


def _phrase(run: str) -> str:
    return '"' + " ".join(_encoded(run[i : i + 2]) for i in range(len(run) - 1)) + '"'


def ids(
    store: Store,
    words: Words,
    scope: Scope,
    limit: int = COUNTED,
    read: dict[int, Passage] | None = None,
) -> list[int]:
    """Paragraphs and cards of a scope that hold all words, in file order. What had to be read for that goes into
    `read`."""
    if not words:
        return []
    if (few := _sifted(store, words, scope, "passage_index", "")) is not None:
        if read is not None:
            read.update((each.id, each) for each in few)
        return [each.id for each in few[:limit]]
    runs = " AND ".join(_phrase(run) for run in words.runs)
    singles = " AND ".join(f'"{_encoded(single)}"' for single in words.singles)
    if not words.singles:
        sql = "SELECT rowid FROM passage_index WHERE passage_index MATCH ?"
        values = [runs]
    elif not words.runs:
        sql = "SELECT rowid FROM char_index WHERE char_index MATCH ?"
        values = [singles]
    else:
        sql = (
            "SELECT passage_index.rowid FROM passage_index CROSS JOIN char_index"
            " ON char_index.rowid = passage_index.rowid WHERE passage_index MATCH ? AND char_index MATCH ?"
        )
        values = [runs, singles]
    table = "char_index" if not words.runs else "passage_index"
    sql += f" AND {table}.rowid >= ? AND {table}.rowid < ? ORDER BY {table}.rowid LIMIT ?"
    rows = store.db.conn.execute(sql, (*values, scope.low, scope.high, limit))
    return [row[0] for row in rows]


def titles(
    store: Store, words: Words, scope: Scope, column: Literal["title", "head"] = "title", limit: int = COUNTED
) -> list[int]:
    """Titles with by-lines, or heads and cards' titles, of a scope that hold all words, in file order."""
    if not words:
        return []
    if (few := _sifted(store, words, scope, "title_index", f"{column} : ")) is not None:
        return [each.id for each in few[:limit]]
    terms = [_phrase(run) for run in words.runs] + [f'"{_encoded(single)}" *' for single in words.singles]
    rows = store.db.conn.execute(
        "SELECT rowid FROM title_index WHERE title_index MATCH ? AND rowid >= ? AND rowid < ?"
        " ORDER BY rowid LIMIT ?",
        (f"{column} : ({' AND '.join(terms)})", scope.low, scope.high, limit),
    )
    return [row[0] for row in rows]


def _sifted(store: Store, words: Words, scope: Scope, table: str, column: str) -> list[Passage] | None:
    """All passages that hold the words, where the sieve leaves few enough to be read; None: to be asked by phrase."""
    if not words.sieve:
        return None
    rows = store.db.conn.execute(
        f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid LIMIT ?",
        (f"{column}({' AND '.join(map(_phrase, words.sieve))})", scope.low, scope.high, SIFTED + 1),
    )
    found = [row[0] for row in rows]
    if len(found) > SIFTED:
        return None
    return [each for each in get(store, scope, found) if _holds(each.text, words.runs)]


def _telling(store: Store, run: str) -> list[str]:
    """Some pairs of a run that are rare, and stand far apart: neighbours come together and tell nothing more."""
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    df = vocabulary.frequencies(store, pairs)
    # Letters and digits are in no vocabulary; 汉字 that are not are rarer than any that are.
    many = [df.get(pair, RARE + 1 if pair.isascii() else 0) for pair in pairs]
    best = sorted(range(len(pairs)), key=many.__getitem__)
    chosen = [best[0]]
    left = [n for n in best[1:] if many[n] <= RARE] or best[1:2]
    while left and len(chosen) < TELLING:
        far = max(left, key=lambda n: min(abs(n - other) for other in chosen))
        chosen.append(far)
        left.remove(far)
    return [pairs[n] for n in chosen]


def _holds(text: str, runs: Sequence[str]) -> bool:
    """Whether a text holds all runs; it is folded only where it does not have them as it stands."""
    return all(run in text for run in runs) or (not plain(text) and all(map(flat(text).__contains__, runs)))


def get(store: Store, scope: Scope, some: Iterable[int]) -> list[Passage]:
    """The passages with these ids, in that order."""
    wanted = list(some)
    marks = ",".join("?" * len(wanted))
    rows = store.db.conn.execute(f"SELECT id, block, card, text FROM passages WHERE id IN ({marks})", wanted)
    found = {row[0]: row for row in rows}
    return [Passage(i, scope.number(i), *found[i][1:]) for i in wanted if i in found]
