"""Packs put in, and the index kept in step with them, in bites.

Invariants. Nobody ever sees half a pack: its rows and its index go into a revision nobody sees, which is
switched on by one statement. No transaction lasts over 100 ms: each bite stops after BITE seconds, so that
messages are answered between bites. Killed at any moment, the next call goes on or begins anew and nothing
wrong is ever shown: how far the index of a revision is, is committed together with the index.

How to call it. `putting(store, pack, fingerprint)` and `catching_up(store)` are iterators; each step is a
transaction of its own. On the thread that owns the connection, take one step (`next(steps, None)`), let waiting
messages be answered, take the next. `run` starts `catching_up` once at start and whenever library.revision
has moved: it indexes live packs that are not wholly indexed (passages.behind: a database of an older program, a
kill), takes out what older revisions left behind, merges the index where it lies in many pieces (after a large pack;
look-ups then take half the time), and brings the vocabulary of the guesses up to date.
Commands that come up beside it (`chat`, `search`) call `catch_up(store, seconds)` when they need the index.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Pack
from bot.store import library, passages, vocabulary
from bot.store.database import Store
from bot.store.rows import TABLES, rows, sql

BITE = 0.012  # seconds of work in one transaction; a commit and a merge in the index come on top
BATCH = 64  # rows between two looks at the clock


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pack is. stage: "rows", "index", "switched", "old" (what is older being taken out), "merge", "words"."""

    pack: str
    stage: str
    done: int
    total: int


def putting(store: Store, pack: Pack, fingerprint: str) -> Iterator[Progress]:
    """Make this pack the live one, bite by bite. Only its fingerprint is noted when it was, file for file."""
    live = store.row("SELECT digest FROM packs WHERE id = ?", pack.id)
    if live and live["digest"] == pack.digest:
        with store.writing():
            store.do("UPDATE packs SET fingerprint = ? WHERE id = ?", fingerprint, pack.id)
        return
    layout = passages.entries(pack)
    with store.writing():
        new = _reserve(store, pack.id, len(layout))
    waiting = rows(pack, new)
    total = sum(len(article.blocks) for article in pack.articles)
    done, more = 0, True
    while more:
        until = time.perf_counter() + BITE
        with store.writing():
            while more and time.perf_counter() < until:
                batch: dict[str, list[tuple[object, ...]]] = {}
                count = 0
                for table, values in waiting:
                    batch.setdefault(table, []).append(values)
                    count += 1
                    if count == BATCH:
                        break
                for table, several in batch.items():
                    store.db.conn.executemany(sql(table), several)
                done += len(batch.get("blocks", ()))
                more = count == BATCH
        yield Progress(pack.id, "rows", done, total)
    yield from _indexing(store, pack.id, new, layout, 0)
    with store.writing():
        _switch(store, pack, new, fingerprint)
    yield Progress(pack.id, "switched", total, total)
    yield from _sweeping(store, pack.id)


def put(store: Store, pack: Pack, fingerprint: str) -> bool:
    """Make this pack the live one, in one go. False when it was already, file for file."""
    return sum(1 for _ in putting(store, pack, fingerprint)) > 0


def _reserve(store: Store, pack: str, total: int) -> int:
    """A revision that nobody else has."""
    row = store.row(
        "SELECT max(coalesce((SELECT max(revision) FROM packs), 0),"
        " coalesce((SELECT max(revision) FROM indexed), 0)) + 1 AS n"
    )
    new = int(row["n"]) if row else 1
    store.do(
        "INSERT INTO indexed (revision, pack, next, total, form) VALUES (?,?,0,?,?)",
        *(new, pack, total, passages.FORM),
    )
    return new


def _switch(store: Store, pack: Pack, new: int, fingerprint: str) -> None:
    """The one statement, and the answers that questions had. The first key an id had stays.

    Does nothing when another process has put in a later revision meanwhile.
    """
    switched = store.do(
        "INSERT INTO packs (id, revision, title, language, version, rhythm, about, digest, fingerprint)"
        " VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision,"
        " title = excluded.title, language = excluded.language, version = excluded.version,"
        " rhythm = excluded.rhythm, about = excluded.about, digest = excluded.digest,"
        " fingerprint = excluded.fingerprint WHERE excluded.revision > packs.revision",
        *(pack.id, new, pack.title, pack.language, pack.version),
        *(pack.rhythm, pack.about, pack.digest, fingerprint),
    )
    if switched:
        from bot.packs.answers import answer_keys  # and with it the reader of questions: only for a new pack

        keys = ((pack.id, question, key) for question, key in answer_keys(pack).items())
        store.db.conn.executemany("INSERT OR IGNORE INTO answer_keys VALUES (?,?,?)", keys)


def _indexing(
    store: Store, pack: str, revision: int, layout: list[passages.Entry], at: int
) -> Iterator[Progress]:
    """Index a revision from the place `at` on. Ends early when it is no longer wanted."""
    while True:
        until = time.perf_counter() + BITE
        with store.writing():
            if store.row("SELECT 1 FROM indexed WHERE revision = ? AND next = ?", revision, at) is None:
                return  # another process goes on with it, or has taken it out
            while at < len(layout) and time.perf_counter() < until:
                some = layout[at : at + BATCH]
                passages.put(store, revision, at, some)
                at += len(some)
            store.do("UPDATE indexed SET next = ? WHERE revision = ?", at, revision)
        yield Progress(pack, "index", at, len(layout))
        if at == len(layout):
            return


def _sweeping(store: Store, pack: str) -> Iterator[Progress]:
    """Take out what is older than the live revision of a pack: rows, and what was indexed of them."""
    live = store.row("SELECT revision FROM packs WHERE id = ?", pack)
    if live is None:
        return
    old = [
        int(row["revision"])
        for row in store.rows(
            "SELECT revision FROM indexed WHERE pack = ? AND revision < ?", pack, live["revision"]
        )
    ]
    done = 0
    for revision in old:
        more = True
        while more:
            until = time.perf_counter() + BITE
            with store.writing():
                while more and time.perf_counter() < until:
                    gone = passages.take_out(store, revision, BATCH)
                    done += gone
                    more = gone == BATCH
                if not more:
                    store.do("DELETE FROM indexed WHERE revision = ?", revision)
            yield Progress(pack, "old", done, done)
    for table in TABLES:
        more = True
        while more:
            with store.writing():
                gone = store.do(
                    f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table}"
                    " WHERE pack = ? AND revision < ? LIMIT 1000)",
                    *(pack, live["revision"]),
                )
                more = gone == 1000
            if gone:
                yield Progress(pack, "old", done, done)


def _merging(store: Store) -> Iterator[Progress]:
    done = 0
    for table in passages.scattered(store):
        more = True
        while more:
            until = time.perf_counter() + BITE
            with store.writing():
                while more := passages.merge(store, table):
                    done += 1
                    if time.perf_counter() >= until:
                        break
            yield Progress("", "merge", done, 0)


def catching_up(store: Store) -> Iterator[Progress]:
    """Bring the index of the live packs up to date, then tidy up, merge, then the vocabulary. See above."""
    if store.row("SELECT 1 FROM indexed WHERE form <> ?", passages.FORM):
        with store.writing():  # an older program's index: it cannot be taken out piece by piece
            passages.clear(store)
    for pack_id in passages.behind(store):
        pack = library.get(store, pack_id)
        if pack is None:
            continue
        layout = passages.entries(pack)
        with store.writing():
            row = store.row("SELECT revision FROM packs WHERE id = ? AND digest = ?", pack_id, pack.digest)
            if row is None:
                continue  # switched meanwhile; what is live now has its own index
            revision = int(row["revision"])
            store.do(
                "INSERT INTO indexed (revision, pack, next, total, form) VALUES (?,?,0,?,?)"
                " ON CONFLICT (revision) DO UPDATE SET total = excluded.total",
                *(revision, pack_id, len(layout), passages.FORM),
            )
            at = store.row("SELECT next FROM indexed WHERE revision = ?", revision)
        yield from _indexing(store, pack_id, revision, layout, int(at["next"]) if at else 0)
    for row in store.rows("SELECT id FROM packs"):
        yield from _sweeping(store, row["id"])
    yield from _merging(store)
    for done, total in vocabulary.building(store, BITE):
        yield Progress("", "words", done, total)


def catch_up(store: Store, seconds: float) -> bool:
    """Steps of catching_up for so long (at least one); whether everything is in step now."""
    until = time.perf_counter() + seconds
    for _ in catching_up(store):
        if time.perf_counter() >= until:
            break
    return not passages.behind(store)
