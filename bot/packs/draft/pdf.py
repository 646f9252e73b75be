"""A PDF to lines, by geometry: where glyphs stand tells lines, paragraphs, page furniture and headings.

Invariant: every glyph that has a character is in a line or in what was left out; one page is open at a time.
"""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.model import Complaint
from bot.packs.draft.lines import glue
from bot.packs.draft.looks import Look, levelled
from bot.packs.draft.marks import DASH, bracketed, bullet, ending, labels, page_number, rank
from bot.packs.draft.pdffont import stand_in
from bot.packs.draft.pdfrows import Row, Sheet, read_sheet
from bot.packs.draft.values import LeftOut, Line

MAX_PAGES = 2000
_EDGE = 0.14  # share of a page's height at its top and bottom where running heads stand
_SCANNED = 4  # characters a page on average below which the pages are pictures
_LISTED = re.compile(r"(?:[.．…·‥_]{2,}|[》）】”])\s*\d{1,4}$")
# What cannot be broken: a word, a dash, or a character, with brackets that open before and marks that close after.
_TOKEN = re.compile(
    r"[“‘「『（《〈【]*(?:[A-Za-z0-9.%/+-]+|[—…]{1,2}[“‘「『（《]?.?|.)[”’」』）》〉】，。、；：！？…]{0,3}"
)
Progress = Callable[[int, int], None]


def read_pdf(
    data: bytes, name: str, progress: Progress = lambda _done, _of: None
) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """Lines and what was left out. Raises Complaint when it is locked, scanned, damaged or no PDF."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    broken = Complaint(f"《{name}》不完整或不是 PDF，读不了。请重新导出再发，例如：另存为 .pdf")
    if b"%PDF-" not in data[:1024]:
        raise broken
    stand_in(raw)
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
        sheets: list[Sheet] = []
        for number in range(count):
            try:
                page = document[number]
            except pdfium.PdfiumError as error:
                raise broken from error
            try:
                sheets.append(read_sheet(page, number, raw))
            finally:
                page.close()
            if number % 10 == 9 or number + 1 == count:
                progress(number + 1, count)
    finally:
        document.close()
    if sum(len(row.text) for sheet in sheets for row in sheet.rows) < _SCANNED * count:
        raise Complaint("这份 PDF 只有图片，没有文字。请发文字版，例如：原来的 .docx")
    return _paragraphs(sheets)


# ---------------------------------------------------------------- page furniture


def _shape(text: str) -> str:
    return re.sub(r"[\dⅠ-ⅿivxIVX]+", "0", text)


def _furniture(sheets: Sequence[Sheet]) -> tuple[LeftOut, ...]:
    """Takes page numbers and running heads out of the sheets: short lines at the edge that come again."""
    seen: Counter[tuple[str, int]] = Counter()
    for sheet in sheets:
        seen.update({_spot(row) for row in _edges(sheet)})
    enough = max(2, min(3, len(sheets)))
    numbers: list[str] = []
    heads: list[str] = []
    kept: list[list[Row]] = []
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
        kept.append([row for row in sheet.rows if all(row is not other for other in gone)])
    if not any(kept):
        return ()  # pages that all say the same say just that
    for sheet, rows in zip(sheets, kept, strict=True):
        sheet.rows = rows
    return tuple(
        LeftOut("\n".join(found), why) for found, why in ((numbers, "页码"), (heads, "页眉页脚")) if found
    )


def _spot(row: Row) -> tuple[str, int]:
    return _shape(row.text), round(row.middle / 6)


def _edges(sheet: Sheet) -> list[Row]:
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


def _paragraphs(sheets: Sequence[Sheet]) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
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
