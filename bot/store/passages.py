"""The search index: paragraphs, titles and cards as overlapping bigrams in FTS5.

Invariant: a run of letters in a text is found by every substring of two characters or more, and one character
is found by the first of every pair (plus the run's last). What a person types never reaches the FTS grammar:
only bigrams in double quotes do. The measurements behind this stand in ARCHITECTURE.md.
"""

from dataclasses import dataclass

from bot.fold import letters, runs
from bot.model import Pack
from bot.packs.anchor import bare
from bot.store.database import Store

TITLE, OWN_CARD = -1, -2
CANDIDATES = 1001  # one more than is ever counted


@dataclass(frozen=True, slots=True)
class Passage:
    """A stored text that a search can return. `block` is an index, or TITLE, or OWN_CARD."""

    pack: str
    article: str
    block: int
    card: str
    text: str


def grams(text: str) -> str:
    """The index text.

    >>> grams("0到1，好")
    '0到 到1 1 。 好'
    """
    parts = []
    for run in runs(letters(text)):
        word = "".join(character for character, _ in run)
        parts.append(" ".join([*(word[i : i + 2] for i in range(len(word) - 1)), word[-1]]))
    return " 。 ".join(parts)


def add(store: Store, pack: Pack, revision: int) -> None:
    """Index a pack's revision. A card is a passage of its own only if its article does not hold its text."""
    rows: list[Passage] = []
    for article in pack.articles:
        by = " ".join(filter(None, (article.title, article.subtitle, article.author or article.source)))
        rows.append(Passage(pack.id, article.id, TITLE, "", by))
        at = {card.anchor: card.id for card in reversed(pack.cards) if card.article == article.id}
        rows.extend(
            Passage(pack.id, article.id, n, at.get(n, ""), block.text)
            for n, block in enumerate(article.blocks)
            if block.kind != "head"
        )
    whole = {a.id: bare("".join(b.text for b in a.blocks)) for a in pack.articles}
    rows.extend(
        Passage(pack.id, card.article, OWN_CARD, card.id, card.text)
        for card in pack.cards
        if bare(card.text) not in whole[card.article]
    )
    for row in rows:
        made = store.db.execute(
            "INSERT INTO passages (pack, revision, article, block, card, text) VALUES (?,?,?,?,?,?)",
            (row.pack, revision, row.article, row.block, row.card, row.text),
        )
        store.do("INSERT INTO passage_index (rowid, grams) VALUES (?, ?)", made.lastrowid, grams(row.text))


def drop(store: Store, pack: str, before: int) -> None:
    """Take out a pack's passages of older revisions."""
    old = "SELECT id FROM passages WHERE pack = ? AND revision < ?"
    store.do(f"DELETE FROM passage_index WHERE rowid IN ({old})", pack, before)
    store.do("DELETE FROM passages WHERE pack = ? AND revision < ?", pack, before)


def find(store: Store, words: list[str], packs: list[str]) -> list[Passage]:
    """Live passages of these packs that hold every word, in file order, CANDIDATES at most."""
    phrases = []
    for word in words:
        for run in runs(letters(word)):
            text = "".join(character for character, _ in run)
            pairs = [text[i : i + 2] for i in range(len(text) - 1)]
            phrases.append(f'"{" ".join(pairs)}"' if pairs else f'"{text}"*')
    if not phrases or not packs:
        return []
    marks = ",".join("?" * len(packs))
    rows = store.rows(
        "SELECT p.pack, p.article, p.block, p.card, p.text FROM passage_index i JOIN passages p ON p.id = i.rowid"
        " JOIN packs k ON k.id = p.pack AND k.revision = p.revision"
        f" WHERE passage_index MATCH ? AND p.pack IN ({marks}) ORDER BY i.rowid LIMIT {CANDIDATES}",
        " AND ".join(phrases),
        *packs,
    )
    return [Passage(**row) for row in rows]
