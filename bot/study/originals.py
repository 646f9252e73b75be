"""Which imported document a digest is about.

Invariant: found by its title alone, spelling aside; nothing is stored, so a document that goes takes its offer along.
"""

from collections.abc import Iterable

from bot.fold import fold
from bot.model import Article, Pack


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def original_of(packs: Iterable[Pack], digest: Article, home: Pack) -> tuple[Pack, Article] | None:
    """The imported article whose title equals the 原文 of a digest (punctuation and width aside)."""
    wanted = _letters(digest.original)
    if not wanted:
        return None
    for pack in packs:
        if pack.id == home.id:
            continue
        for article in pack.articles:
            if wanted in (_letters(article.title), _letters(article.title + article.subtitle)):
                return pack, article
    return None
