"""Plain text to lines: line ends, page breaks and numbers, running heads, wrapped paragraphs, `#` marks.

Invariant: white space and control characters aside, the lines and what was left out hold every character.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from bot.packs.draft.marks import DASH, bracketed, bullet, labels, page_number, rank
from bot.packs.draft.values import LeftOut, Line

_BREAKS = re.compile(r"\r\n|[\n\r\v\x85\u2028\u2029]")
# Controls, zero-width marks and NUL carry no text; surrogates cannot be written to a file.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HASHES = re.compile(r"^(#{1,6})\s+(\S.*?)(?:\s+#+)?$")


def clean(text: str) -> str:
    """One line without unseen characters, with single spaces."""
    return " ".join(_SURROGATE.sub("\ufffd", _UNSEEN.sub("", text)).split())


def read_lines(text: str) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """The document's lines without the empty ones, and what belongs to the page rather than to the text."""
    text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    lines: list[Line] = []
    for number, page in enumerate(text.split("\f")):
        gap, first = 0, number > 0
        for raw in _BREAKS.split(page):
            bare = raw.strip()
            if not bare:
                gap += 1
                continue
            indent = raw.startswith(("\u3000", "  ", "\t"))
            line = Line(bare, gap, first, indent)
            marked = _HASHES.match(bare) if bare[0] == "#" and len(bare) <= 200 else None
            if marked:
                line = replace(line, text=marked[2].strip(), level=len(marked[1]), raw=bare)
            lines.append(line)
            gap, first = 0, False
    lines, left_out = _without_page_furniture(lines)
    return tuple(_unwrapped(lines)), left_out


def _without_page_furniture(lines: list[Line]) -> tuple[list[Line], tuple[LeftOut, ...]]:
    """Page numbers, and short lines that stand first or last on three pages or more."""
    last = {at - 1 for at, line in enumerate(lines) if line.page and at} | {len(lines) - 1}
    first = {0} | {at for at, line in enumerate(lines) if line.page}
    paged = len(first) > 1
    shapes: Counter[str] = Counter()
    if len(first) > 2:
        edge = [at for at in first | last if len(lines) > at >= 0 and len(lines[at].text) <= 40]
        shapes.update(_shape(lines[at].text) for at in edge)
    kept: list[Line] = []
    numbers: list[str] = []
    heads: list[str] = []
    page = False
    for at, line in enumerate(lines):
        edge_line = paged and (at in first or at in last)
        if page_number(line.text) or (edge_line and line.text.isdecimal() and len(line.text) < 5):
            numbers.append(line.written)
        elif edge_line and len(line.text) <= 40 and shapes[_shape(line.text)] >= 3:
            heads.append(line.written)
        else:
            kept.append(replace(line, page=True) if page else line)
            page = False
            continue
        page = page or line.page
    out = [LeftOut("\n".join(found), why) for found, why in ((numbers, "页码"), (heads, "页眉页脚")) if found]
    return kept, tuple(out)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text[:400])


def _starts_anew(line: Line) -> bool:
    text = line.text
    return bool(
        line.gap
        or line.indent
        or line.level
        or DASH.match(text)
        or bracketed(text)
        or bullet(text)
        or labels(text)
    ) or (rank(text) is not None)


def _unwrapped(lines: list[Line]) -> list[Line]:
    """Paragraphs that were broken at a fixed width are joined again; all other documents stay as they are.

    A document is hard-wrapped when most lines that are followed by another one without a blank line have
    (nearly) the same width. A line clearly shorter than that ends its paragraph.
    """
    inner = [a for a, b in pairwise(lines) if not _starts_anew(b) and not a.level]
    if len(inner) < 5:
        return lines
    widths = sorted(_width(line.text) for line in inner)
    full = widths[len(widths) * 3 // 4]
    near = sum(1 for width in widths if full - 6 <= width <= full + 6)
    ends = sum(1 for line in inner if line.text[-1] in "。！？")
    if not 36 <= full < 200 or near < 0.7 * len(inner) or ends > 0.4 * len(inner):
        return lines
    result: list[Line] = []
    parts: list[str] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if not parts:
            result.append(line)
        parts.append(line.text)
        goes_on = following is not None and not _starts_anew(following) and not line.level
        if not goes_on or _width(line.text) < full - 6:
            if len(parts) > 1:
                result[-1] = replace(result[-1], text=glue(parts), raw="")
            parts = []
    return result


def glue(parts: list[str]) -> str:
    """Pieces of one paragraph joined; a space only between two Latin letters or digits.

    >>> glue(["修一条", "渠"]), glue(["open", "source 软件"])
    ('修一条渠', 'open source 软件')
    """
    out = [parts[0]]
    for part in parts[1:]:
        if (
            out[-1]
            and part
            and out[-1][-1].isascii()
            and part[0].isascii()
            and out[-1][-1].isalnum()
            and part[0].isalnum()
        ):
            out.append(" ")
        out.append(part)
    return "".join(out)
