"""The words of the corpus by sound: every pair of 汉字 that stands in it, with all its readings.

Pairs with a letter or digit are kept without one, for in how many passages they stand.

Invariant: this is only ever a help in guessing. What it holds may be older than the library or wider than what
a member sees; whoever guesses asks the index before he shows anything.

It is built from the index's own terms (fts5vocab) after a pack has been switched on, bite by bite, and goes on
where it was left. Readings are pinyin without tones, ü as v. In a large corpus pairs that stand in one passage
only are left out, and above INITIALS_UP_TO pairs initials lead nowhere, so they are not asked.
"""

import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from bot.store.database import Store

LARGE = 20_000  # passages from which on a pair must stand in two of them
INITIALS_UP_TO = 50_000  # pairs
READINGS = 12  # of one pair
BATCH = 500
TERMS = ("passage_terms", "title_terms")  # fts5vocab over the index
_PAIR = re.compile("[\u3400-\u4db5\u4e00-\u9fcc]{2}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbours in the corpus. df: in how many passages."""

    text: str
    sound: str
    df: int


@cache
def sounds(character: str) -> tuple[str, ...]:
    """All readings of a 汉字 without tones; none for what is no 汉字.

    >>> sounds("率")
    ('lv', 'shuai', 'lve')
    """
    from pypinyin.pinyin_dict import pinyin_dict  # 120 ms: only for those who guess

    return tuple(dict.fromkeys(map(toneless, filter(None, pinyin_dict.get(ord(character), "").split(",")))))


@cache
def is_word(text: str) -> bool:
    """Whether some 汉字 are a word in a dictionary. That of readings has 20,000 of two 汉字, the commonest of which
    any dictionary has; a word may well be missing.

    >>> is_word("开头"), is_word("段开")
    (True, False)
    """
    from pypinyin.constants import PHRASES_DICT  # 170 ms: only where two 汉字 were misheard

    return text in PHRASES_DICT


def toneless(pinyin: str) -> str:
    """Pinyin without tone marks, ü as v.

    >>> toneless("lǜ"), toneless("Kē")
    ('lv', 'ke')
    """
    apart = unicodedata.normalize("NFD", pinyin.lower()).replace("u\u0308", "v")
    return "".join(c for c in apart if not unicodedata.combining(c))


def behind(store: Store) -> bool:
    """Whether the vocabulary is older than the library."""
    return (
        store.row(
            "SELECT 1 FROM vocabulary_state WHERE done = 1"
            " AND revision = (SELECT coalesce(sum(revision), 0) FROM packs)"
        )
        is None
    )


def building(store: Store, bite: float) -> Iterator[tuple[int, int]]:
    """Bring the vocabulary up to date; each step is one transaction. Yields (pairs so far, 0)."""
    if not behind(store):
        return
    sounds("一")  # the dictionary is opened before a transaction is
    count = store.row("SELECT coalesce(sum(total), 0) AS n FROM indexed")
    least = 2 if count and count["n"] > LARGE else 1
    with store.writing():
        now = store.row("SELECT coalesce(sum(revision), 0) AS n FROM packs")
        store.do(
            "UPDATE vocabulary_state SET revision = ?, round = round + 1, cursor = '', done = 0, grams = 0"
            " WHERE revision <> ? OR done = 1",
            *(now["n"], now["n"]) if now else (0, 0),
        )
    state = store.row("SELECT * FROM vocabulary_state")
    if state is None:
        return
    table, cursor = int(state["cursor"][:1] or 0), state["cursor"][1:]
    grams = int(state["grams"])
    while table < len(TERMS):
        until = time.perf_counter() + bite
        with store.writing():
            while table < len(TERMS) and time.perf_counter() < until:
                terms = store.db.conn.execute(
                    f"SELECT term, doc FROM {TERMS[table]} WHERE term > ? ORDER BY term LIMIT ?",
                    (cursor, BATCH),
                ).fetchall()
                grams += _put(store, [(t, n) for t, n in terms if n >= least], state["round"])
                table, cursor = (table, terms[-1][0]) if len(terms) == BATCH else (table + 1, "")
            store.do("UPDATE vocabulary_state SET cursor = ?, grams = ?", f"{table}{cursor}", grams)
        yield grams, 0
    more = True
    while more:
        with store.writing():
            more = bool(
                store.do(
                    "DELETE FROM vocabulary WHERE (gram, sound) IN"
                    " (SELECT gram, sound FROM vocabulary WHERE round <> ? LIMIT 2000)",
                    state["round"],
                )
            )
            if not more:
                store.do("UPDATE vocabulary_state SET done = 1")
        yield grams, grams


def _put(store: Store, terms: Sequence[tuple[str, int]], round_: int) -> int:
    """Put pairs in, those with a letter or digit without a sound; how many of 汉字 they were."""
    rows: list[tuple[object, ...]] = []
    single: set[str] = set()
    count = 0
    for text, df in terms:
        if not _PAIR.fullmatch(text):
            if len(text) == 2:
                rows.append((text, "", "", df, round_))
            continue
        count += 1
        first, second = sounds(text[0]), sounds(text[1])
        single.update(first, second)
        for a, b in list(product(first, second))[:READINGS]:
            rows.append((text, f"{a} {b}", a[0] + b[0], df, round_))
    store.db.conn.executemany(
        "INSERT INTO vocabulary (gram, sound, initials, df, round) VALUES (?,?,?,?,?)"
        " ON CONFLICT (gram, sound) DO UPDATE SET round = excluded.round,"
        " df = excluded.df + (CASE WHEN round = excluded.round THEN df ELSE 0 END)",
        rows,
    )
    store.db.conn.executemany(
        "INSERT INTO syllables (sound) VALUES (?) ON CONFLICT DO NOTHING", ((s,) for s in sorted(single))
    )
    return count


def size(store: Store) -> int:
    """How many pairs there are."""
    row = store.row("SELECT grams FROM vocabulary_state")
    return int(row["grams"]) if row else 0


def frequencies(store: Store, pairs: Sequence[str]) -> dict[str, int]:
    """In how many passages pairs stand, for those that it knows."""
    marks = ",".join("?" * len(pairs))
    rows = store.db.conn.execute(f"SELECT gram, df FROM vocabulary WHERE gram IN ({marks})", list(pairs))
    return dict(rows.fetchall())


def syllables(store: Store) -> frozenset[str]:
    """All syllables of the corpus."""
    return frozenset(row["sound"] for row in store.rows("SELECT sound FROM syllables"))


def sounding(store: Store, wanted: Sequence[str]) -> list[Pair]:
    """Pairs that sound like one of these ("ke ji"), the most frequent first."""
    marks = ",".join("?" * len(wanted))
    rows = store.db.conn.execute(
        f"SELECT gram, sound, df FROM vocabulary WHERE sound IN ({marks}) ORDER BY df DESC LIMIT 400", wanted
    )
    return [Pair(*row) for row in rows]


def beginning(store: Store, initials: str) -> list[Pair]:
    """Pairs whose syllables begin with these two letters, the most frequent first."""
    rows = store.db.conn.execute(
        "SELECT gram, min(sound), df FROM vocabulary WHERE initials = ? GROUP BY gram ORDER BY df DESC LIMIT 2000",
        (initials,),
    )
    return [Pair(*row) for row in rows]
