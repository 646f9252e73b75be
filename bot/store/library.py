"""Packs in the database: put in whole, switched on by one statement, read back as values.

Invariant: nobody ever sees half a pack; reading the same files again changes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.model import Article, Block, BlockKind, Card, Pack, Question, QuestionKind, Term
from bot.packs.answers import answer_keys
from bot.store import passages
from bot.store.database import Row, Store


@dataclass(frozen=True, slots=True)
class Known:
    """What tells whether files on disk differ from the live pack, and whether they may replace it.

    fingerprint: of the files it was read from. answers: the answer key of every question that was ever live in
    it, retired ones too, by id.
    """

    digest: str
    fingerprint: str
    answers: Mapping[str, str]


def known(store: Store) -> dict[str, Known]:
    """Live packs, by id."""
    answers: dict[str, dict[str, str]] = {}
    for row in store.rows("SELECT pack, id, key FROM answer_keys"):
        answers.setdefault(row["pack"], {})[row["id"]] = row["key"]
    return {
        row["id"]: Known(row["digest"], row["fingerprint"] or "", answers.get(row["id"], {}))
        for row in store.rows("SELECT id, digest, fingerprint FROM packs")
    }


def revision(store: Store) -> int:
    """Grows with every switch; caches of the library are good for one revision."""
    row = store.row("SELECT coalesce(max(revision), 0) AS n FROM packs")
    return int(row["n"]) if row else 0


def put(store: Store, pack: Pack, fingerprint: str) -> bool:
    """Make this pack the live one. False when it was already, file for file (its fingerprint is noted)."""
    with store.writing():
        live = store.row("SELECT digest FROM packs WHERE id = ?", pack.id)
        if live and live["digest"] == pack.digest:
            store.do("UPDATE packs SET fingerprint = ? WHERE id = ?", fingerprint, pack.id)
            return False
        new = revision(store) + 1
        _insert(store, pack, new)
        for question, key in answer_keys(pack).items():  # the first key an id had stays
            store.do("INSERT OR IGNORE INTO answer_keys VALUES (?,?,?)", pack.id, question, key)
        store.do(
            "INSERT INTO packs (id, revision, title, language, version, rhythm, about, digest, fingerprint)"
            " VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision,"
            " title = excluded.title, language = excluded.language, version = excluded.version,"
            " rhythm = excluded.rhythm, about = excluded.about, digest = excluded.digest,"
            " fingerprint = excluded.fingerprint",
            *(pack.id, new, pack.title, pack.language, pack.version),
            *(pack.rhythm, pack.about, pack.digest, fingerprint),
        )
        for table in ("articles", "blocks", "cards", "terms", "questions"):
            store.do(f"DELETE FROM {table} WHERE pack = ? AND revision < ?", pack.id, new)
        passages.drop(store, pack.id, new)
    return True


def _insert(store: Store, pack: Pack, new: int) -> None:
    def put_rows(table: str, rows: Iterable[Row]) -> None:
        store.db.table(table).insert_all([{"pack": pack.id, "revision": new, **row} for row in rows])

    put_rows(
        "articles",
        (
            {
                "id": a.id,
                "number": a.number,
                "title": a.title,
                "subtitle": a.subtitle,
                "source": a.source,
                "author": a.author,
                "date": a.date,
                "link": a.link,
                "original": a.original,
            }
            for a in pack.articles
        ),
    )
    put_rows(
        "blocks",
        (
            {"article": a.id, "n": n, "kind": block.kind, "text": block.text}
            for a in pack.articles
            for n, block in enumerate(a.blocks)
        ),
    )
    put_rows(
        "cards",
        (
            {
                "id": c.id,
                "rank": c.rank,
                "title": c.title,
                "text": c.text,
                "article": c.article,
                "section": c.section,
                "anchor": c.anchor,
                "tags": "、".join(c.tags),
                "date_note": c.date_note,
                "think": c.think,
                "damaged": int(c.damaged),
            }
            for c in pack.cards
        ),
    )
    put_rows(
        "terms",
        (
            {
                "id": t.id,
                "rank": t.rank,
                "name": t.name,
                "text": t.text,
                "aliases": json.dumps(t.aliases, ensure_ascii=False),
                "category": t.category,
                "article": t.article,
                "card": t.card,
                "example": t.example,
                "confusable": t.confusable,
            }
            for t in pack.terms
        ),
    )
    put_rows(
        "questions",
        (
            {
                "id": q.id,
                "rank": q.rank,
                "kind": q.kind,
                "stem": q.stem,
                "article": q.article,
                "card": q.card,
                "quote": q.quote,
                "explanation": q.explanation,
                "options": json.dumps(q.options, ensure_ascii=False),
                "right": json.dumps(q.right),
                "blanks": json.dumps(q.blanks, ensure_ascii=False),
                "pairs": json.dumps(q.pairs, ensure_ascii=False),
            }
            for q in pack.questions
        ),
    )
    passages.add(store, pack, new)


def get(store: Store, pack: str) -> Pack | None:
    """The live pack of that id."""
    head = store.row("SELECT * FROM packs WHERE id = ?", pack)
    if head is None:
        return None

    def items(table: str, order: str) -> list[Row]:
        return store.rows(
            f"SELECT * FROM {table} WHERE pack = ? AND revision = ? ORDER BY {order}",
            pack,
            head["revision"],
        )

    text: dict[str, list[Block]] = {}
    for row in items("blocks", "article, n"):
        kind: BlockKind = row["kind"]
        text.setdefault(row["article"], []).append(Block(kind, row["text"]))
    return Pack(
        id=pack,
        title=head["title"],
        articles=tuple(_article(row, text.get(row["id"], [])) for row in items("articles", "number")),
        cards=tuple(_card(row) for row in items("cards", "rank")),
        terms=tuple(_term(row) for row in items("terms", "rank")),
        questions=tuple(_question(row) for row in items("questions", "rank")),
        language=head["language"],
        version=head["version"],
        rhythm=head["rhythm"],
        about=head["about"],
        digest=head["digest"],
    )


def _article(row: Row, text: list[Block]) -> Article:
    return Article(
        id=row["id"],
        number=row["number"],
        title=row["title"],
        blocks=tuple(text),
        subtitle=row["subtitle"],
        source=row["source"],
        author=row["author"],
        date=row["date"],
        link=row["link"],
        original=row["original"],
    )


def _card(row: Row) -> Card:
    return Card(
        id=row["id"],
        rank=row["rank"],
        title=row["title"],
        text=row["text"],
        article=row["article"],
        section=row["section"],
        anchor=row["anchor"],
        tags=tuple(tag for tag in row["tags"].split("、") if tag),
        date_note=row["date_note"],
        think=row["think"],
        damaged=bool(row["damaged"]),
    )


def _term(row: Row) -> Term:
    return Term(
        id=row["id"],
        rank=row["rank"],
        name=row["name"],
        text=row["text"],
        aliases=tuple(json.loads(row["aliases"])),
        category=row["category"],
        article=row["article"],
        card=row["card"],
        example=row["example"],
        confusable=row["confusable"],
    )


def _question(row: Row) -> Question:
    kind: QuestionKind = row["kind"]
    return Question(
        id=row["id"],
        rank=row["rank"],
        kind=kind,
        stem=row["stem"],
        article=row["article"],
        quote=row["quote"],
        explanation=row["explanation"],
        card=row["card"],
        options=tuple(json.loads(row["options"])),
        right=tuple(json.loads(row["right"])),
        blanks=tuple(tuple(blank) for blank in json.loads(row["blanks"])),
        pairs=tuple((left, right) for left, right in json.loads(row["pairs"])),
    )
