"""The search index: paragraphs, titles and cards as overlapping bigrams in FTS5. What is asked of it: `lookup`.

Invariants. A run of letters in a text is found by every piece of it, and nothing else is found. The id of a passage is
its revision and its place in the pack, so that "live", "in this pack" and "in this article" are ranges of ids, no joins.
The measurements behind this stand in docs/search.md.

A revision of a pack is laid out once: for every article its title, then its blocks in order (heads too, they
are kept beside the titles), then the cards' titles (kept with the heads) and the text of those cards whose text
the article does not hold.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, pairwise, repeat
from operator import sub

from bot.fold import RUN, flat
from bot.model import Card, Pack
from bot.packs.anchor import bare
from bot.store.database import Store

FORM = 1  # of the index: to be raised when grams() or the layout changes, everything is indexed anew then
TITLE, OWN_CARD = -1, -2
SLOT = 1 << 32  # ids of one revision
INDEXES = ("passage_index", "char_index", "title_index")
SEGMENTS, PAGES = 4, 64  # an index in more segments is merged into one, so many pages a step
_SAFE = re.compile("[0-9a-z\u3400-\u4db5\u4e00-\u9fcc]*")
_HEX = str.maketrans("0123456789abcdef", "".join(chr(0xE000 + n) for n in range(16)))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed as one passage. `block` is an index into the article's blocks, TITLE or OWN_CARD."""

    block: int
    card: str
    text: str
    head: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: a live revision, or one article of it. `low` and `high` are ids, half open."""

    pack: str
    revision: int
    starts: Sequence[int]  # the id of each article's title
    numbers: Sequence[int]  # the article (from 1) of each passage of the revision
    low: int
    high: int

    def article(self, number: int) -> "Scope":
        """The same scope narrowed to one article (from 1); an empty one where there is none."""
        if not 1 <= number <= len(self.starts):
            return replace(self, high=self.low)
        end = self.revision * SLOT + len(self.numbers)
        high = self.starts[number] if number < len(self.starts) else end
        return replace(self, low=self.starts[number - 1], high=high)

    def number(self, passage: int) -> int:
        """The article (from 1) a passage stands in."""
        return self.numbers[passage - self.revision * SLOT]

    def numbers_of(self, some: Iterable[tuple[int, int, str, str]]) -> list[int]:
        """The articles (from 1) some passages stand in."""
        low, numbers = self.revision * SLOT, self.numbers
        return [numbers[passage[0] - low] for passage in some]

    def articles(self, some: Iterable[int]) -> int:
        """In how many articles these passages stand."""
        low, numbers = self.revision * SLOT, self.numbers
        return len({numbers[id_ - low] for id_ in some})

    def passage(self, number: int, block: int) -> int:
        """The id of a block of an article (from 1)."""
        return self.starts[number - 1] + 1 + block


# ---------------------------------------------------------------- what is put in


def encoded(piece: str) -> str:
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
            words += [encoded(run[i : i + 2]) for i in range(len(run) - 1)]
        else:
            words += [a + b for a, b in pairwise(run)]
        words.append(encoded(run[-1]))
    return " ".join(words)


def characters(text: str) -> str:
    """The different characters of a text, for questions of one character.

    >>> characters("好，好的")
    '好 的'
    """
    return " ".join(encoded(c) for c in dict.fromkeys("".join(RUN.findall(flat(text)))))


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
    for table in INDEXES:
        store.do(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    store.do("DELETE FROM passages")
    store.do("DELETE FROM indexed")


def scattered(store: Store) -> list[str]:
    """The indexes that lie in many segments, as after a large pack: each has to be looked into for each pair."""
    return [
        table
        for table in INDEXES
        if len(
            store.rows(
                f"WITH RECURSIVE s (id) AS (SELECT min(segid) FROM {table}_idx UNION"
                f" SELECT (SELECT min(segid) FROM {table}_idx WHERE segid > id) FROM s WHERE id IS NOT NULL)"
                " SELECT id FROM s WHERE id IS NOT NULL LIMIT ?",
                SEGMENTS + 1,
            )
        )
        > SEGMENTS
    ]


def merge(store: Store, table: str) -> bool:
    """A step on the way to one segment; whether there is more to do. FTS5's own merging stops at a few of each size."""
    before = store.db.conn.total_changes
    store.do(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", -PAGES)
    return store.db.conn.total_changes - before >= 2  # as FTS5's documentation has it


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


# ---------------------------------------------------------------- what is there


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
            low = live[pack] * SLOT
            starts, numbers = _layout(store, live[pack])
            found.append(Scope(pack, live[pack], starts, numbers, low, low + len(numbers)))
    return found


_layouts: dict[tuple[str, int], tuple[Sequence[int], Sequence[int]]] = {}


def _layout(store: Store, revision: int) -> tuple[Sequence[int], Sequence[int]]:
    """The ids of a revision's titles, and the article (from 1) of each passage; 0 before the first title.

    Kept: a revision that is wholly indexed never changes.
    """
    key = (str(store.folder), revision)
    if kept := _layouts.get(key):
        return kept
    low = revision * SLOT
    whole = store.row(
        "SELECT 1 FROM indexed WHERE revision = ? AND next = total AND form = ?", *(revision, FORM)
    )
    last = store.row("SELECT max(id) AS id FROM passages WHERE id >= ? AND id < ?", low, low + SLOT)
    end = last["id"] + 1 if last and last["id"] is not None else low
    rows = store.db.conn.execute(
        "SELECT id FROM passages INDEXED BY titles WHERE block = -1 AND id >= ? AND id < ? ORDER BY id",
        (low, end),
    )
    starts = array("q", (row[0] for row in rows))
    sizes = map(sub, (*starts, end), (low, *starts))
    numbers = array("I", chain.from_iterable(map(repeat, count(), sizes)))
    if whole:
        if len(_layouts) > 50:
            _layouts.clear()
        _layouts[key] = (starts, numbers)
    return starts, numbers
