"""The tables, as append-only migrations: one that has been released is never edited.

Times are UTC in ISO 8601, days are local dates "YYYY-MM-DD". Content rows carry a revision: a pack is read into
a revision nobody sees and switched on by one UPDATE of `packs.revision`.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("daily-study-bot")


@migrations()
def m001_content(db: Database) -> None:
    """Packs and what is in them, and the search index over paragraphs and cards."""
    key = ("pack", "revision", "id")
    db.table("packs").create(
        {
            "id": str,
            "revision": int,
            "title": str,
            "language": str,
            "version": str,
            "rhythm": str,
            "about": str,
            "digest": str,
            "fingerprint": str,
        },
        pk="id",
        not_null={"revision", "title", "digest"},
        strict=True,
    )
    db.table("articles").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "number": int,
            "title": str,
            "subtitle": str,
            "source": str,
            "author": str,
            "date": str,
            "link": str,
            "original": str,
        },
        pk=key,
        strict=True,
    )
    db.table("blocks").create(
        {"pack": str, "revision": int, "article": str, "n": int, "kind": str, "text": str},
        pk=("pack", "revision", "article", "n"),
        strict=True,
    )
    db.table("cards").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "rank": int,
            "title": str,
            "text": str,
            "article": str,
            "section": str,
            "anchor": int,
            "tags": str,
            "date_note": str,
            "think": str,
        },
        pk=key,
        strict=True,
    )
    db.table("terms").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "rank": int,
            "name": str,
            "text": str,
            "aliases": str,
            "category": str,
            "article": str,
            "card": str,
            "example": str,
            "confusable": str,
        },
        pk=key,
        strict=True,
    )
    db.table("questions").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "rank": int,
            "kind": str,
            "stem": str,
            "article": str,
            "card": str,
            "quote": str,
            "explanation": str,
            "options": str,
            "right": str,
            "blanks": str,
            "pairs": str,
        },
        pk=key,
        strict=True,
    )
    db.table("passages").create(
        {
            "id": int,
            "pack": str,
            "revision": int,
            "article": str,
            "block": int,  # index into the article's blocks; -1 = the title, -2 = a card of its own
            "card": str,
            "text": str,
        },
        pk="id",
        strict=True,
    )
    db.table("passages").create_index(["pack", "revision"])
    db.execute(
        'CREATE VIRTUAL TABLE passage_index USING fts5(grams, tokenize="unicode61 remove_diacritics 0")'
    )
