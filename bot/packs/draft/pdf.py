"""A PDF to lines, by geometry: where glyphs stand tells lines, paragraphs, page furniture and headings.

Invariant: every glyph that has a character is in a line or in what was left out; one page is open at a time.
"""

import ctypes
import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bot.model import Complaint
from bot.packs.draft.lines import glue
from bot.packs.draft.looks import Look, levelled
from bot.packs.draft.marks import DASH, bracketed, bullet, ending, labels, page_number, rank
from bot.packs.draft.values import LeftOut, Line

MAX_PAGES = 2000
_EDGE = 0.14  # share of a page's height at its top and bottom where running heads stand
_BOLD = 600
_SCANNED = 4  # characters a page on average below which the pages are pictures
_LISTED = re.compile(r"(?:[.．…·‥_]{2,}|[》）】”])\s*\d{1,4}$")
# What cannot be broken: a word, a dash, or a character, with brackets that open before and marks that close after.
_TOKEN = re.compile(
    r"[“‘「『（《〈【]*(?:[A-Za-z0-9.%/+-]+|[—…]{1,2}[“‘「『（《]?.?|.)[”’」』）》〉】，。、；：！？…]{0,3}"
)
Progress = Callable[[int, int], None]


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
class _Sheet:
    width: float
    height: float
    rows: list[Row] = field(default_factory=list)


def read_pdf(
    data: bytes, name: str, progress: Progress = lambda _done, _of: None
) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """Lines and what was left out. Raises Complaint when it is locked, scanned, damaged or no PDF."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    broken = Complaint(f"《{name}》不完整或不是 PDF，读不了。请重新导出再发，例如：另存为 .pdf")
    if b"%PDF-" not in data[:1024]:
        raise broken
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise Complaint("这份 PDF 有密码，读不了。请发一份没有密码的，例如：另存为新的 PDF") from error
        raise broken from error
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise Complaint(f"《{name}》有 {count} 页，太长了。请拆成几份再发，例如：每份 200 页以内")
        if count == 0 or (b"%%EOF" not in data[-4096:] and b"startxref" not in data[-4096:]):
            raise broken  # pdfium mends a torn file by guessing; what it then shows is not all there was
        sheets: list[_Sheet] = []
        for number in range(count):
            try:
                page = document[number]
            except pdfium.PdfiumError as error:
                raise broken from error
            try:
                sheets.append(_sheet(page, number, raw))
            finally:
                page.close()
            if number % 10 == 9 or number + 1 == count:
                progress(number + 1, count)
    finally:
        document.close()
    if sum(len(row.text) for sheet in sheets for row in sheet.rows) < _SCANNED * count:
        raise Complaint("这份 PDF 只有图片，没有文字。请发文字版，例如：原来的 .docx")
    return _paragraphs(sheets)


def _sheet(page: Any, number: int, raw: Any) -> _Sheet:
    width, height = page.get_size()
    sheet = _Sheet(width, height)
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


# ---------------------------------------------------------------- page furniture


def _shape(text: str) -> str:
    return re.sub(r"[\dⅠ-ⅿivxIVX]+", "0", text)


def _furniture(sheets: Sequence[_Sheet]) -> tuple[LeftOut, ...]:
    """Takes page numbers and running heads out of the sheets: short lines at the edge that come again."""
    seen: Counter[tuple[str, int]] = Counter()
    for sheet in sheets:
        seen.update({_spot(row) for row in _edges(sheet)})
    enough = max(2, min(3, len(sheets)))
    numbers: list[str] = []
    heads: list[str] = []
    for sheet in sheets:
        gone = []
        for row in _edges(sheet):
            bare = row.text.strip()
            numeric = page_number(bare) or (bare.isdecimal() and len(bare) < 5)
            if numeric and (len(sheets) > 1 or page_number(bare)):
                numbers.append(bare)
                gone.append(row)
            elif seen[_spot(row)] >= enough:
                heads.append(bare)
                gone.append(row)
        sheet.rows = [row for row in sheet.rows if all(row is not other for other in gone)]
    return tuple(
        LeftOut("\n".join(found), why) for found, why in ((numbers, "页码"), (heads, "页眉页脚")) if found
    )


def _spot(row: Row) -> tuple[str, int]:
    return _shape(row.text), round(row.middle / 6)


def _edges(sheet: _Sheet) -> list[Row]:
    """The first and last lines of a page that stand at its edge, at most two at each."""
    rows = sorted(sheet.rows, key=lambda row: row.middle)
    top = [row for row in rows[:2] if row.bottom < _EDGE * sheet.height]
    bottom = [row for row in rows[-2:] if row.top > (1 - _EDGE) * sheet.height and row not in top]
    return [row for row in top + bottom if len(row.text) <= 60]


# ---------------------------------------------------------------- paragraphs


@dataclass(slots=True)
class _Body:
    """What most lines have: size, left and right edge, distance from one line to the next."""

    size: float
    left: float
    right: float
    step: float
    floor: float  # the lowest line of body text on any page


def _paragraphs(sheets: Sequence[_Sheet]) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    left_out = _furniture(sheets)
    rows = [row for sheet in sheets for row in sheet.rows]
    if not rows:
        return (), left_out
    body = _measured(rows)
    groups: list[list[Row]] = []
    for row in rows:
        if groups and _goes_on(groups[-1], row, body):
            groups[-1].append(row)
        else:
            groups.append([row])
    lines: list[Line] = []
    looks: list[Look] = []
    before: Row | None = None
    for group in groups:
        first = group[0]
        lines.append(
            Line(
                _text(group),
                gap=_gap(before, first, body),
                page=before is not None
                and first.page != before.page
                and before.bottom < body.floor - 3 * body.step,
                indent=first.left > body.left + 0.7 * first.size,
            )
        )
        looks.append(Look(first.size, all(row.bold for row in group), _centred(group, body)))
        before = group[-1]
    return tuple(levelled(lines, looks)), left_out


def _measured(rows: Sequence[Row]) -> _Body:
    weight: Counter[float] = Counter()
    for row in rows:
        weight[row.size] += len(row.text)
    size = weight.most_common(1)[0][0] or 10.5
    plain = [row for row in rows if row.size == size]
    long = [row for row in plain if len(row.text) > 12] or plain
    lefts = Counter(round(row.left) for row in long)
    left = float(min(x for x, n in lefts.items() if n >= 0.15 * max(lefts.values())))
    right = sorted(row.right for row in long)[int(0.97 * (len(long) - 1))]
    steps = [b.middle - a.middle for a, b in pairwise(plain) if a.page == b.page and b.middle > a.middle]
    step = statistics.median(steps) if steps else 1.5 * size
    # The usual distance is the smallest common one: paragraphs of one line would make the median too wide.
    near = Counter(round(value * 2) / 2 for value in steps)
    if near:
        step = min(value for value, n in near.items() if n >= 0.2 * max(near.values()))
    return _Body(size, left, right, max(step, size), max(row.bottom for row in plain))


def _goes_on(group: Sequence[Row], row: Row, body: _Body) -> bool:
    """Whether the row continues the paragraph: same look, no indent, no gap, and the line above was full."""
    last = group[-1]
    if last.size != row.size or last.bold != row.bold:
        return False
    indented = row.left > body.left + 0.7 * row.size
    hanging = abs(row.left - last.left) < 0.5 * row.size and len(group) > 1
    if _LISTED.search(last.text) or _titled(
        group, body
    ):  # a contents entry; a title over several centred lines
        return False
    if row.page == last.page:
        if row.middle < last.middle or row.middle - last.middle > 1.45 * max(body.step, 1.2 * row.size):
            return False
    elif row.page != last.page + 1:
        return False
    if indented and not hanging:
        return False
    if _anew(row.text) and not hanging and ending(last.text) != "open":
        return False
    return _full(last, row, body)


def _full(last: Row, row: Row, body: _Body) -> bool:
    """The next token would not have fitted on the line above: a word, or a character with what must follow it."""
    token = _TOKEN.match(row.text)
    need = row.last * (token.end() if token else 1)
    return last.right + need > body.right - 0.2 * row.size


def _titled(group: Sequence[Row], body: _Body) -> bool:
    return _centred(group, body) and group[0].size > body.size


def _centred(group: Sequence[Row], body: _Body) -> bool:
    """All rows have (nearly) the same space left and right, and clearly some of it."""
    return all(
        row.left - body.left > 2.2 * row.size
        and abs((row.left - body.left) - (body.right - row.right))
        < max(1.5 * row.size, 0.08 * (body.right - body.left))
        for row in group
    )


def _anew(text: str) -> bool:
    return bool(DASH.match(text) or bracketed(text) or bullet(text) or labels(text)) or rank(text) is not None


def _gap(before: Row | None, row: Row, body: _Body) -> int:
    """Blank lines between two paragraphs, as a reader would count them."""
    if before is None or before.page != row.page:
        return 0
    usual = max(body.step, 1.2 * max(row.size, before.size))
    return min(max(round((row.middle - before.middle) / usual) - 1, 0), 9)


def _text(group: Sequence[Row]) -> str:
    parts = [row.text for row in group]
    for at in range(len(parts) - 1):
        if parts[at].endswith("\u00ad"):
            parts[at] = parts[at][:-1]
            if parts[at][-1:].isascii() and parts[at][-1:].isalpha():
                parts[at + 1] = parts[at] + parts[at + 1]
                parts[at] = ""
    return " ".join(glue([part for part in parts if part] or [""]).replace("\u00ad", "-").split())
