"""PDF files written by hand: text at given places in a Chinese standard font, so that no font file is needed."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595.0, 842.0


@dataclass(frozen=True, slots=True)
class Put:
    """A stretch of text: x from the left, y from the bottom, in points."""

    x: float
    y: float
    text: str
    size: float = 12.0
    bold: bool = False
    stroked: bool = False  # filled and outlined, as writers make a font bold that has no bold cut


def pdf(pages: Iterable[Sequence[Put]], squeeze: bool = True) -> bytes:
    """A PDF with these pages."""
    objects: list[bytes] = [b"", b""]  # catalog and page tree, filled in at the end
    for name in (b"STSong-Light", b"STSong-Light,Bold"):
        flags = b"6" if b"Bold" not in name else b"262150"
        objects.append(
            b"<< /Type /FontDescriptor /FontName /" + name + b" /Flags " + flags
            + b" /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV "
            + (b"93" if b"Bold" not in name else b"186") + b" >>"
        )  # fmt: skip
        objects.append(
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /" + name
            + b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor "
            + str(len(objects)).encode() + b" 0 R /DW 1000 /W [1 94 500] >>"
        )  # fmt: skip
        objects.append(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /" + name
            + b" /Encoding /UniGB-UTF16-H /DescendantFonts [" + str(len(objects)).encode() + b" 0 R] >>"
        )  # fmt: skip
    fonts = b"<< /Font << /F1 5 0 R /F2 8 0 R >> >>"
    kids = []
    for puts in pages:
        stream = b"\n".join(
            b"BT %d Tr /%s %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET"
            % (
                2 if put.stroked else 0,
                b"F2" if put.bold else b"F1",
                put.size,
                put.x,
                put.y,
                put.text.encode("utf-16-be").hex().encode(),
            )
            for put in puts
        )
        packed = zlib.compress(stream) if squeeze else stream
        extra = b" /Filter /FlateDecode" if squeeze else b""
        objects.append(b"<< /Length %d%s >>\nstream\n" % (len(packed), extra) + packed + b"\nendstream")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources " + fonts
            + b" /Contents %d 0 R >>" % len(objects)
        )  # fmt: skip
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


@dataclass(frozen=True, slots=True)
class Set:
    """A paragraph to be typeset. lead: points of extra room above it. new_page: it begins a page."""

    text: str
    size: float = 12.0
    bold: bool = False
    centred: bool = False
    indent: int = 0  # characters
    lead: float = 0.0
    new_page: bool = False


_NO_START = set("，。、；：！？）》”’】…")


def width(text: str) -> float:
    """In characters: Latin ones are half as wide, as in the font above."""
    return sum(0.5 if " " <= c <= "~" else 1.0 for c in text)


def wrapped(text: str, room: float, first: float) -> list[str]:
    """Lines of at most `room` characters (`first` for the first one); no line begins with closing punctuation."""
    lines, current, limit = [], "", first
    for at, char in enumerate(text):
        tail = char
        for follower in text[at + 1 : at + 3]:
            if follower not in _NO_START:
                break
            tail += follower
        if current and char not in _NO_START and width(current + tail) > limit:
            lines.append(current)
            current, limit = "", room
        current += char
    return [*lines, current]


def typeset(
    paragraphs: Iterable[Set],
    head: str = "",
    numbers: bool = True,
    leading: float = 1.6,
    margin: float = 72.0,
) -> list[list[Put]]:
    """Pages of text as an office program sets them, with a running head and page numbers."""
    pages: list[list[Put]] = [[]]
    y = HEIGHT - margin
    for each in paragraphs:
        room = (WIDTH - 2 * margin) / each.size
        step = each.size * leading
        lines = wrapped(each.text, room, room - each.indent)
        if each.new_page and pages[-1]:
            pages.append([])
            y = HEIGHT - margin
        y -= each.lead
        for number, line in enumerate(lines):
            if y - step < margin:
                pages.append([])
                y = HEIGHT - margin
            y -= step
            x = margin + (each.indent * each.size if number == 0 else 0)
            if each.centred:
                x = (WIDTH - width(line) * each.size) / 2
            pages[-1].append(Put(x, y, line, each.size, each.bold))
    for number, page in enumerate(pages, 1):
        if head:
            page.insert(0, Put(WIDTH / 2 - width(head) * 4.5, HEIGHT - 40, head, 9))
        if numbers:
            page.append(Put(WIDTH / 2 - 4, 36, str(number), 9))
    return pages
