"""Reading an article page by page: where pages are cut, and which one holds a paragraph or a sentence.

Invariant: the pages of an article, put together, are the article; and none is longer than PAGE 汉字 and BYTES
bytes, so that every channel can carry it as one message.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.fold import RUN, flat
from bot.model import Article, Block, Pack
from bot.packs.anchor import bare

PAGE = 400  # 汉字, two minutes on a phone
BYTES = 1700  # in UTF-8; what the narrowest channel carries (2048), less the page's own head
SENTENCE = re.compile(r"[^。！？\n]*(?:[。！？]+[”’」』）]*|\n)|[^。！？\n]+$")
CLAUSE = re.compile(r"[^，；、：\s]*[，；、：\s]?")


@dataclass(frozen=True, slots=True)
class Page:
    """`at` are the indices of the article's blocks that stand on the page, one for each of its blocks."""

    blocks: tuple[Block, ...]
    at: tuple[int, ...]


def size(text: str) -> int:
    """汉字 in a text.

    >>> size("AI 与人")
    2
    """
    return len(re.findall(r"[一-鿿]", text))


def fits(text: str) -> bool:
    """Whether a text is no more than a page."""
    return size(text) <= PAGE and len(text.encode("utf-8", "replace")) <= BYTES


@lru_cache(maxsize=64)
def pages(article: Article) -> tuple[Page, ...]:
    """Cut at paragraph borders; a section that would be torn begins a new page.

    A paragraph longer than a page is cut between sentences, a longer sentence between clauses.
    """
    waiting = [(n, piece) for n, block in enumerate(article.blocks) for piece in _pieces(block)]
    waiting.reverse()
    found: list[list[tuple[int, Block]]] = [[]]
    text = ""
    while waiting:
        n, block = waiting.pop()
        wanted = f"{text}\n{block.text}"
        if block.kind == "head":
            section = [block.text]
            for _, later in reversed(waiting):
                if later.kind == "head":
                    break
                section.append(later.text)
            whole = "\n".join(section)
            wanted = f"{text}\n{whole}" if fits(whole) else "\n".join((text, *section[:2]))
        if found[-1] and not fits(wanted):
            if len(found[-1]) == 1 and found[-1][0][1].kind == "head":  # which must not stay alone
                first, *others = _pieces(block, text)
                waiting += [(n, other) for other in reversed(others)]
                block = first
            else:
                found.append([])
                text = ""
        found[-1].append((n, block))
        text = f"{text}\n{block.text}"
    return tuple(Page(tuple(b for _, b in page), tuple(n for n, _ in page)) for page in found if page)


def _pieces(block: Block, above: str = "") -> list[Block]:
    """A block in pieces that each fit into a page, the first one under what stands above it."""
    if fits(f"{above}\n{block.text}"):
        return [block]
    parts = [""]
    for sentence in SENTENCE.findall(block.text):
        clauses = [sentence] if fits(f"{above}\n{sentence}") else CLAUSE.findall(sentence)
        for clause in clauses:
            step = len(clause) if fits(f"{above}\n{clause}") else PAGE // 2  # which fits, whatever it is
            for at in range(0, len(clause), step or 1):
                piece = clause[at : at + step]
                over = above if len(parts) == 1 else ""
                if parts[-1] and not fits(f"{over}\n{parts[-1]}{piece}"):
                    parts.append("")
                parts[-1] += piece
    return [Block(block.kind, part) for part in parts if part]


def page_of(article: Article, block: int, words: Iterable[str] = ()) -> int:
    """The page (from 1) on which a block begins, or of a long one the page that has the words; else 1."""
    runs = [run for word in words for run in RUN.findall(flat(word))]
    found = [
        (n, piece.text)
        for n, page in enumerate(pages(article), 1)
        for at, piece in zip(page.at, page.blocks, strict=True)
        if at == block
    ]
    if len(found) > 1 and runs:
        return max(found, key=lambda item: (sum(run in flat(item[1]) for run in runs), -item[0]))[0]
    return found[0][0] if found else 1


def sentence_spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """The sentences of a text that hold the words: those with all of them, else those with any.

    >>> sentence_spans("土要松。水要匀。", ["水"])
    [(4, 8)]
    """
    runs = {run for word in words for run in RUN.findall(flat(word))}
    held = []
    for found in SENTENCE.finditer(text):
        folded = flat(found[0])
        end = found.end() - found[0].endswith("\n")
        if end > found.start():
            held.append((sum(run in folded for run in runs), found.start(), end))
    most = max((count for count, _, _ in held), default=0)
    return [
        (begin, end) for count, begin, end in held if count and count >= (most if most == len(runs) else 1)
    ]


def block_of(pack: Pack, article: Article, name: str) -> int:
    """The block of the article that a card or a question (by id) stands for; -1 when it is neither."""
    for card in pack.cards:
        if card.id == name:
            return card.anchor
    quote = quote_of(pack, name)
    return next((n for n, block in enumerate(article.blocks) if quote and quote in bare(block.text)), -1)


def quote_of(pack: Pack, name: str) -> str:
    """The 依据 of a question by its id, without spaces; "" when there is no such question."""
    return next((bare(question.quote) for question in pack.questions if question.id == name), "")
