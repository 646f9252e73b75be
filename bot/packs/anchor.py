"""Which paragraph of an article a card stands for.

Invariant: the answer depends on the card's text and the article alone, so it need not be written down.
"""

import re
from collections.abc import Sequence

from bot.model import Article

_LEAST = 0.05  # share of the card's 4-grams below which no paragraph is near enough


def bare(text: str) -> str:
    """Text without white space and invisible characters.

    >>> bare("2024 年　3 月")
    '2024年3月'
    """
    return re.sub("[\\s\u200b-\u200f\u2060\ufeff\u00ad]+", "", text)


def grams(text: str) -> frozenset[str]:
    """All runs of four letters, punctuation and spaces dropped."""
    letters = re.sub(r"[\W_]+", "", text)
    return frozenset(letters[i : i + 4] for i in range(len(letters) - 3))


def heads(article: Article) -> list[str]:
    """For each block the head it stands under, "" above the first; a head stands under itself."""
    out, head = [], ""
    for block in article.blocks:
        head = block.text if block.kind == "head" else head
        out.append(head)
    return out


class Anchors:
    """Finds anchors in one article; what is needed of its blocks is worked out once."""

    def __init__(self, article: Article) -> None:
        self.heads: Sequence[str] = heads(article)
        self._texts = ["" if block.kind == "head" else bare(block.text) for block in article.blocks]
        self._grams = [grams(text) for text in self._texts]

    def find(self, text: str, section: str = "") -> int:
        """Index of the block the text stands for, -1 when none is near; only under `section` when given."""
        among = [i for i, found in enumerate(self._texts) if found and section in ("", self.heads[i])]
        whole, first = bare(text), bare(text.split("\n", 1)[0])
        for wanted in (whole, first):
            for i in among:
                if wanted and wanted in self._texts[i]:
                    return i
        card = grams(text)
        if not card:
            return -1
        share, at = max(((len(card & self._grams[i]) / len(card), -i) for i in among), default=(0.0, 1))
        return -at if share >= _LEAST else -1

    def section(self, anchor: int) -> str:
        """The head over a block, "" when there is none."""
        return self.heads[anchor] if 0 <= anchor < len(self.heads) else ""
