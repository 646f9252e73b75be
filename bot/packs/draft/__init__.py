"""A plain-text document becomes a draft pack: articles, cards, what was left out and what looks damaged.

Three stages, one for each concern: a reader makes lines (`lines`, later other formats), `structure` makes
articles of them, `excerpts` makes cards of those. Invariant: nothing is dropped silently; every character of
the document is in an article or in `left_out` with a reason. No file, clock or database is touched here.
"""

from collections.abc import Sequence

from bot.model import Complaint
from bot.packs.draft.encoding import decode
from bot.packs.draft.excerpts import excerpts
from bot.packs.draft.lines import read_lines
from bot.packs.draft.packing import to_pack
from bot.packs.draft.structure import structure
from bot.packs.draft.values import Draft, DraftArticle, DraftCard, LeftOut, Line

__all__ = [
    "Draft",
    "DraftArticle",
    "DraftCard",
    "LeftOut",
    "Line",
    "decode",
    "from_lines",
    "read_text",
    "to_pack",
]

MAX_CHARACTERS = 2_000_000  # a book of 500 pages has about 400,000
MAX_LINES = 100_000


def read_text(text: str) -> Draft:
    """The draft of a plain-text document. Raises Complaint when it holds no text or far too much of it."""
    if len(text) > MAX_CHARACTERS:
        raise Complaint(f"文字超过 {MAX_CHARACTERS // 10_000} 万字，太长了。请分成几份，再一份一份导入。")
    lines, left_out = read_lines(text)
    if len(lines) > MAX_LINES:
        raise Complaint(f"文件超过 {MAX_LINES // 10_000} 万行，太长了。请分成几份，再一份一份导入。")
    if not lines and not left_out:
        raise Complaint("文件里没有文字。请换一个有文字的文件。")
    return from_lines(lines, left_out)


def from_lines(lines: Sequence[Line], left_out: Sequence[LeftOut] = ()) -> Draft:
    """The draft made from any format's lines; `left_out` is what its reader has already put aside."""
    found = structure(lines)
    cards, no_card = excerpts(found.articles)
    return Draft(
        title=found.title,
        articles=found.articles,
        cards=cards,
        left_out=(*found.left_out, *left_out),
        guessed=found.guessed,
        damage=found.damage,
        no_card=no_card,
    )
