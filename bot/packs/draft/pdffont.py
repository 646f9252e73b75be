"""The font that stands in for Chinese fonts a PDF names but does not hold: one box for every character.

Without a font pdfium takes such glyphs for empty: a lone one has no width and is dropped, and a line that says the
same as the one before is taken for it. Only shape is wanted here, and that is the PDF's own: it says how wide its
characters are. So the machine's fonts are never asked, and a PDF is read the same wherever it is read.

Invariant: whatever the machine has installed, no character is lost for want of a glyph.
"""

import ctypes
import functools
import struct
from typing import Any

_CJK = {128, 129, 134, 136}  # FXFONT_*_CHARSET: Japanese, Korean, simplified and traditional Chinese
_EM = 1000
_WIDE, _HIGH = 200, 700  # no wider than the narrowest letter, so that boxes of neighbours do not overlap
_HANDLE = 1  # pdfium wants any pointer but null and only hands it back


def box_font() -> bytes:
    """A TrueType font with the tables that FreeType needs and two glyphs, of which the second is every character's."""
    glyph = struct.pack(">5h2H", 1, 0, 0, _WIDE, _HIGH, 3, 0)  # one contour of four points, no instructions
    glyph += bytes([1, 1, 1, 1]) + struct.pack(">8h", 0, _WIDE, 0, -_WIDE, 0, 0, _HIGH, 0)
    glyph += bytes(-len(glyph) % 4)
    tables = {
        b"cmap": struct.pack(">4HI2H6I", 0, 1, 3, 10, 12, 13, 0, 28, 0, 1, 0, 0x10FFFF, 1),  # many to one
        b"glyf": 2 * glyph,
        b"head": struct.pack(
            ">4I2H2q4h2H3h", 1 << 16, 1 << 16, 0, 0x5F0F3CF5, 0, _EM, 0, 0, 0, 0, _WIDE, _HIGH, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">I3hH11hH", 1 << 16, 880, -120, 0, _EM, 0, 0, _WIDE, 1, *[0] * 7, 1),
        b"hmtx": struct.pack(">H2h", _EM, 0, 0),
        b"loca": struct.pack(">3I", 0, len(glyph), 2 * len(glyph)),
        b"maxp": struct.pack(">I14H", 1 << 16, 2, 4, 1, 0, 0, 1, *[0] * 8),
    }
    index = struct.pack(">I4H", 1 << 16, len(tables), 64, 2, 16 * len(tables) - 64)
    body, begin = b"", len(index) + 16 * len(tables)
    for tag, table in tables.items():
        index += tag + struct.pack(">3I", 0, begin + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return index + body


@functools.cache  # pdfium calls into it until the process ends
def stand_in(raw: Any) -> Any:
    """Tells pdfium to take the box for every Chinese, Japanese or Korean font, and its own fonts for the others."""
    font = box_font()

    def chosen(_self: Any, _weight: int, _italic: int, charset: int, *_more: Any) -> int | None:
        return _HANDLE if charset in _CJK else None

    def copied(_self: Any, _font: Any, table: int, buffer: Any, room: int) -> int:
        if table:  # asks whether it is a collection, or for its names
            return 0
        if buffer and room >= len(font):
            ctypes.memmove(buffer, font, len(font))
        return len(font)

    answers = {
        "Release": lambda _self: None,
        "EnumFonts": lambda _self, _mapper: None,
        "MapFont": chosen,
        "GetFont": lambda _self, _face: None,
        "GetFontData": copied,
        "GetFaceName": lambda _self, _font, _buffer, _room: 0,
        "GetFontCharset": lambda _self, _font: 0,
        "DeleteFont": lambda _self, _font: None,
    }
    kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
    fonts = raw.FPDF_SYSFONTINFO(version=1, **{name: kinds[name](answer) for name, answer in answers.items()})
    raw.FPDF_SetSystemFontInfo(ctypes.byref(fonts))
    return fonts
