"""A page of a PDF to its printed lines: glyphs by their places, whatever order they were drawn in.

Invariant: every glyph that has a character is in exactly one row.
"""

import ctypes
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_BOLD = 600


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A character and its box; `at` is its place in the file. y grows downwards from the top of the page."""

    char: str
    at: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Row:
    """One printed line. x and y in points; y grows downwards from the top of the page."""

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    last: float = 0.0  # width of its first token, which had to fit on the line above

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Sheet:
    width: float
    height: float
    rows: list[Row] = field(default_factory=list)


def read_sheet(page: Any, number: int, raw: Any) -> Sheet:
    width, height = page.get_size()
    sheet = Sheet(width, height)
    textpage = page.get_textpage()
    try:
        for place in _places(_glyphs(textpage.raw, height, raw)):
            row = _row(place, textpage.raw, number, raw)
            if row is not None:
                sheet.rows.append(row)
    finally:
        textpage.close()
    return sheet


def _glyphs(text: Any, height: float, raw: Any) -> list[_Glyph]:
    """All characters of a page with their boxes, in the order of the file. One call a property is slow: few are
    asked for. Spaces that pdfium made up are left out; gaps tell more."""
    unicode, box_of, generated = (
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_IsGenerated,
    )
    box = raw.FS_RECTF()
    place = ctypes.byref(box)
    out: list[_Glyph] = []
    high = 0
    for at in range(raw.FPDFText_CountChars(text)):
        code = unicode(text, at)
        if code in (0, 10, 13) or (code == 32 and generated(text, at)):
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            if not high:
                continue
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        if not box_of(text, at, place):
            continue
        char = "\u00ad" if code in (2, 0xFFFE, 0xAD) else chr(code)  # a hyphen of the line, not of the word
        out.append(_Glyph(char, at, box.left, box.right, height - box.top, height - box.bottom))
    return out


def _places(glyphs: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Glyphs by printed line. Writers draw a line in pieces, and not always from left to right: quotation marks
    of another font may come last. A piece joins a line at its height that it touches or fits into."""
    pieces: list[list[_Glyph]] = []
    for glyph in glyphs:
        last = pieces[-1][-1] if pieces else None
        size = glyph.bottom - glyph.top
        near = last is not None and abs(last.middle - glyph.middle) < 0.3 * size
        if last is not None and near and -0.5 * size < glyph.left - last.right < 2 * size:
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
    lines: list[list[_Glyph]] = []
    at_height: dict[int, list[list[_Glyph]]] = {}
    for piece in pieces:
        home = _home(piece, lines, at_height)
        if home is None:
            lines.append(piece)
            home = piece
        else:
            home.extend(piece)
        for spot in {int(piece[0].middle // 4) + step for step in (-1, 0, 1)}:
            known = at_height.setdefault(spot, [])
            if all(home is not other for other in known):
                known.append(home)
    order = sorted(lines, key=lambda line: sorted(glyph.at for glyph in line)[len(line) // 2])
    return [sorted(line, key=lambda glyph: glyph.left) for line in order]


def _home(
    piece: list[_Glyph], lines: list[list[_Glyph]], at_height: dict[int, list[list[_Glyph]]]
) -> list[_Glyph] | None:
    first, last = piece[0], piece[-1]
    size = max(first.bottom - first.top, 1.0)
    for line in reversed(at_height.get(int(first.middle // 4), [])):
        if abs(line[0].middle - first.middle) > 0.35 * size:
            continue
        begin, end = min(each.left for each in line), max(each.right for each in line)
        beside = first.left - end < 2.5 * size and begin - last.right < 2.5 * size
        follows = line is lines[-1] and first.left >= end - 0.5 * size  # a page number after a row of dots
        if beside or follows:
            return line
    return None


def _row(glyphs: Sequence[_Glyph], text: Any, number: int, raw: Any) -> Row | None:
    while glyphs and glyphs[0].char.isspace():
        glyphs = glyphs[1:]
    while glyphs and glyphs[-1].char.isspace():
        glyphs = glyphs[:-1]
    if not glyphs:
        return None
    # 汉字 tell the look of a line; the digits before them may come from a font that has a bold cut of its own.
    wide = [glyph for glyph in glyphs if not glyph.char.isascii()] or glyphs
    sample = (wide[0], wide[len(wide) // 2], wide[-1])
    sizes, bold = [], 0
    for glyph in sample:
        sizes.append((raw.FPDFText_GetFontSize(text, glyph.at) or 0.0) * _scale(text, glyph.at, raw))
        weight = raw.FPDFText_GetFontWeight(text, glyph.at)
        bold += weight >= _BOLD or _bold_name(text, glyph.at, raw) or _stroked(text, glyph.at, raw)
    size = round(statistics.median(sizes) * 2) / 2
    return Row(
        _spelled(glyphs, size),
        number,
        glyphs[0].left,
        glyphs[-1].right,
        min(glyph.top for glyph in sample),
        max(glyph.bottom for glyph in sample),
        size,
        bold >= 2,
        glyphs[0].right - glyphs[0].left,
    )


def _spelled(glyphs: Sequence[_Glyph], size: float) -> str:
    """The characters, with a space where two stand clearly farther apart than is usual on their line, which may
    be stretched to the margin."""
    gaps = [glyph.left - last.right for last, glyph in pairwise(glyphs)]
    usual = max(statistics.median_low(gaps), 0.0) if gaps else 0.0
    out = [glyphs[0].char]
    for (last, glyph), gap in zip(pairwise(glyphs), gaps, strict=True):
        if gap - usual > 0.18 * size and not (last.char.isspace() or glyph.char.isspace()):
            out.append(" ")
        out.append(glyph.char)
    return "".join(out)


def _scale(text: Any, at: int, raw: Any) -> float:
    """Font sizes come without the page's own scaling, which some writers use for all of it."""
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(text, at, ctypes.byref(matrix)):
        return 1.0
    return float((matrix.c**2 + matrix.d**2) ** 0.5) or 1.0


def _stroked(text: Any, at: int, raw: Any) -> bool:
    """Filled and outlined: how writers make a font bold that has no bold cut."""
    piece = raw.FPDFText_GetTextObject(text, at)
    return bool(piece) and raw.FPDFTextObj_GetTextRenderMode(piece) == raw.FPDF_TEXTRENDERMODE_FILL_STROKE


def _bold_name(text: Any, at: int, raw: Any) -> bool:
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, at, buffer, 128, ctypes.byref(flags))
    return bool(re.search(rb"bold|black|heavy|simhei", buffer.value.lower()))
