"""What cards, terms and questions may refer to while a pack is read.

Invariant: one mistake makes one complaint: what cannot be known because something above is broken is passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model import Article, Card, Problem, Question, Term
from bot.packs.header import Section


@dataclass(slots=True)
class Index:
    """Everything read so far, by id, with where it stands.

    lost: a file that may hold the id could not be read at all. broken: ids whose item is there but not sound.
    """

    problems: list[Problem]
    articles: dict[str, tuple[Article, str]] = field(default_factory=dict)  # with the file's name
    cards: dict[str, tuple[Card, Section]] = field(default_factory=dict)
    terms: dict[str, tuple[Term, Section]] = field(default_factory=dict)
    questions: dict[str, tuple[Question, Section]] = field(default_factory=dict)
    lost_articles: bool = False
    lost_cards: bool = False
    broken: set[str] = field(default_factory=set)

    def wrong(self, file: str, line: int, text: str, error: bool = True) -> None:
        self.problems.append(Problem(file, line, text, error))

    def check_article(self, key: str, file: str, line: int) -> bool:
        """Whether the article is there; complains when it certainly is not."""
        if key not in self.articles and not self.lost_articles and key not in self.broken:
            have = _some(list(self.articles))
            self.wrong(file, line, f"没有编号为“{key[:40]}”的文章。请写 articles 里有的编号{have}")
        return key in self.articles

    def check_card(self, key: str, file: str, line: int) -> bool:
        """Whether the card is there; complains when it certainly is not."""
        if key not in self.cards and not self.lost_cards and key not in self.broken:
            have = _some(list(self.cards))
            self.wrong(file, line, f"没有编号为“{key[:40]}”的卡片。请写 cards.md 里有的编号{have}")
        return key in self.cards


def _some(keys: Sequence[str]) -> str:
    return "：" + "、".join(keys[:8]) + ("……" if len(keys) > 8 else "") if keys else "。"
