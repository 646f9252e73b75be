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


@migrations()
def m002_people(db: Database) -> None:
    """Who talks to us where, what each has been shown and read, and what a typed number means."""
    db.table("members").create(
        {"id": int, "name": str, "channel": str, "user": str, "zone": str, "created": str},
        pk="id",
        not_null={"channel", "user", "zone"},
        strict=True,
    )
    db.table("members").create_index(["channel", "user"], unique=True)
    db.table("subscriptions").create(
        {
            "id": int,
            "channel": str,
            "chat": str,
            "thread": str,
            "pack": str,
            "minute": int,  # of the local day
            "zone": str,
            "days": str,
            "active": int,
        },
        pk="id",
        not_null={"channel", "chat", "thread", "pack", "minute", "zone", "active"},
        strict=True,
    )
    db.table("subscriptions").create_index(["channel", "chat", "thread"], unique=True)
    db.table("assigned").create(
        {"subscription": int, "day": str, "pack": str, "card": str, "rank": int, "review": int, "shown": str},
        pk=("subscription", "day"),
        strict=True,
    )
    db.table("reads").create(
        {"member": int, "pack": str, "card": str, "at": str, "study_day": str},
        pk=("member", "pack", "card"),
        strict=True,
    )
    db.table("places").create(
        {"member": int, "pack": str, "article": str, "page": int, "at": str},
        pk=("member", "pack"),
        strict=True,
    )
    db.table("offers").create(
        {"id": int, "channel": str, "chat": str, "member": int, "choices": str, "expires": str},
        pk="id",
        strict=True,
    )
    db.table("offers").create_index(["channel", "chat", "member"])


@migrations()
def m003_damaged_cards(db: Database) -> None:
    """Imported cards may be flagged as damaged; the organiser is shown which."""
    db.execute("ALTER TABLE cards ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0")
