"""A pack as rows of its tables, for who puts it in.

Invariant: what `rows` writes is what library.get reads back; the order of tables and rows is free.
"""

import json
from collections.abc import Iterator

from bot.model import Pack

TABLES = ("articles", "blocks", "cards", "terms", "questions")
COLUMNS = {
    "articles": "id number title subtitle source author date link original",
    "blocks": "article n kind text",
    "cards": "id rank title text article section anchor tags date_note think damaged",
    "terms": "id rank name text aliases category article card example confusable",
    "questions": "id rank kind stem article card quote explanation options right blanks pairs",
}


def sql(table: str) -> str:
    """The statement that a row of `rows` goes with."""
    columns = ("pack", "revision", *COLUMNS[table].split())
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"


def rows(pack: Pack, revision: int) -> Iterator[tuple[str, tuple[object, ...]]]:
    """(table, values) of everything in the pack."""
    key = (pack.id, revision)
    for a in pack.articles:
        yield (
            "articles",
            (*key, a.id, a.number, a.title, a.subtitle, a.source, a.author, a.date, a.link, a.original),
        )
        for n, block in enumerate(a.blocks):
            yield "blocks", (*key, a.id, n, block.kind, block.text)
    for c in pack.cards:
        tags = "、".join(c.tags)
        place = (c.article, c.section, c.anchor)
        yield (
            "cards",
            (*key, c.id, c.rank, c.title, c.text, *place, tags, c.date_note, c.think, int(c.damaged)),
        )
    for t in pack.terms:
        yield (
            "terms",
            (
                *(*key, t.id, t.rank, t.name, t.text, _json(t.aliases), t.category),
                *(t.article, t.card, t.example, t.confusable),
            ),
        )
    for q in pack.questions:
        yield (
            "questions",
            (
                *(*key, q.id, q.rank, q.kind, q.stem, q.article, q.card, q.quote, q.explanation),
                *(_json(q.options), _json(q.right), _json(q.blanks), _json(q.pairs)),
            ),
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
