"""Reading an article page by page: where pages are cut and which one holds a paragraph.

Invariant: the pages of an article, put together, are the article.
"""

import re
from dataclasses import dataclass

from bot.model import Article, Block, Pack
from bot.packs.anchor import bare

PAGE = 400  # 汉字, two minutes on a phone
SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$")


@dataclass(frozen=True, slots=True)
class Page:
    """`at` are the indices of the article's blocks that stand on the page."""

    blocks: tuple[Block, ...]
    at: tuple[int, ...]


def size(text: str) -> int:
    """汉字 in a text.

    >>> size("AI 与人")
    2
    """
    return len(re.findall(r"[一-鿿]", text))


def pages(article: Article) -> tuple[Page, ...]:
    """At most PAGE 汉字 each, cut at paragraph borders; a section that would be torn begins a new page.

    A paragraph longer than a page is cut between sentences.
    """
    pieces = [(n, piece) for n, block in enumerate(article.blocks) for piece in _pieces(block)]
    found: list[list[tuple[int, Block]]] = [[]]
    room = PAGE
    for i, (n, block) in enumerate(pieces):
        length = size(block.text)
        wanted = length
        if block.kind == "head":
            section = [block]
            for _, later in pieces[i + 1 :]:
                if later.kind == "head":
                    break
                section.append(later)
            whole = sum(size(each.text) for each in section)
            wanted = whole if whole <= PAGE else length + (size(section[1].text) if len(section) > 1 else 0)
        alone = len(found[-1]) == 1 and found[-1][0][1].kind == "head"
        if wanted > room and found[-1] and not alone:
            found.append([])
            room = PAGE
        found[-1].append((n, block))
        room -= length
    return tuple(Page(tuple(b for _, b in page), tuple(n for n, _ in page)) for page in found if page)


def _pieces(block: Block) -> list[Block]:
    if block.kind in {"head", "table"} or size(block.text) <= PAGE:
        return [block]
    parts = [""]
    for sentence in SENTENCE.findall(block.text):
        if parts[-1] and size(parts[-1] + sentence) > PAGE:
            parts.append("")
        parts[-1] += sentence
    return [Block(block.kind, part) for part in parts]


def page_of(article: Article, block: int) -> int:
    """The page (from 1) on which a block begins; 1 for a block that is none."""
    return next((n for n, page in enumerate(pages(article), 1) if block in page.at), 1)


def block_of(pack: Pack, article: Article, name: str) -> int:
    """The block of the article that a card or a question (by id) stands for; -1 when it is neither."""
    for card in pack.cards:
        if card.id == name:
            return card.anchor
    quote = next((bare(question.quote) for question in pack.questions if question.id == name), "")
    return next((n for n, block in enumerate(article.blocks) if quote and quote in bare(block.text)), -1)
