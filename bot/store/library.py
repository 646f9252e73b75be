"""Packs in the database, read back as values. How they get in: bot.store.upkeep.

Invariant: only live revisions are read, and those are whole.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.model import Article, Block, BlockKind, Card, Pack, Question, QuestionKind, Term
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
    """Moves with every switch; caches of the library are good for one revision."""
    row = store.row("SELECT coalesce(sum(revision), 0) AS n FROM packs")
    return int(row["n"]) if row else 0


def put(store: Store, pack: Pack, fingerprint: str) -> bool:
    """Make this pack the live one, in one go. False when it was already, file for file."""
    from bot.store import upkeep  # which reads the library itself, when it indexes it anew

    return upkeep.put(store, pack, fingerprint)


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
