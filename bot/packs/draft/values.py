"""The values of a draft: what was read from a document before a person has looked at it.

Invariant: every character of the document (white space and control characters aside) stands exactly once
in some article's `marks`, in some block that is no head, or in `left_out`.
"""

from dataclasses import dataclass

from bot.model import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Line:
    """One line (or one paragraph) as a format reader hands it to the structure stage.

    gap: blank lines before it. page: a page break stands before it. level: the heading level its format
    names, 1 = article title, 2 and more = head, 0 = the format says nothing. kind: "list" and "table" pass
    through as blocks of their own. raw: the line with the format's own marks, "" = equal to text. toc: the
    format says that it belongs to an automatic contents list.
    """

    text: str
    gap: int = 0
    page: bool = False
    indent: bool = False
    level: int = 0
    kind: BlockKind = "para"
    raw: str = ""
    toc: bool = False

    @property
    def written(self) -> str:
        """The line as it stood in the document, marks included."""
        return self.raw or self.text


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that went into no article (in `Draft.no_card`: into no card) and why, a short Chinese noun."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the document: where it lay inside it, its suffix with the dot, its bytes, and how many lines
    stand before it."""

    origin: str
    suffix: str
    data: bytes
    after: int = 0


@dataclass(frozen=True, slots=True)
class DraftArticle:
    title: str
    subtitle: str
    group: str  # the column or section of the collection it stands in, "" = none
    source: str
    author: str  # "姓名 · 身份", or the name alone
    date: str  # only when the article itself has one
    blocks: tuple[Block, ...]
    marks: tuple[str, ...] = ()  # the lines that were read as title, source, head …, as they stood
    damaged: tuple[int, ...] = ()  # indices of blocks that look cut; no card is made from them


@dataclass(frozen=True, slots=True)
class DraftCard:
    article: int  # 1-based
    section: str  # the head it stands under, "" = none
    text: str  # paragraphs are separated by one "\n"
    title: str  # ≤ 20 characters
    damaged: bool = False  # a quotation mark or bracket is not closed: look at it before use
    block: int = -1  # index into the article's blocks of the paragraph most of it comes from


@dataclass(frozen=True, slots=True)
class Draft:
    title: str
    articles: tuple[DraftArticle, ...]
    cards: tuple[DraftCard, ...]
    left_out: tuple[LeftOut, ...]
    guessed: bool  # no contents list, heading marks or source lines: the boundaries are a guess
    damage: tuple[str, ...]  # Chinese sentences for the organiser
    no_card: tuple[LeftOut, ...] = ()  # text of the articles that makes no card
