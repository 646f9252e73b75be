"""Bytes to text: the encoding of a plain-text file, by byte order marks, strict decoding, common letters.

Invariant: what comes back is text that decoded without a single replacement, or a Complaint says what to do.
"""

import codecs
import unicodedata

from bot.model import Complaint

MAX_BYTES = 32 * 1024 * 1024
_SAMPLE = 200_000  # bytes looked at when guessing; a guess does not get better beyond that
# Letters so frequent that running text of any subject is full of them, in both scripts.
_SIMPLIFIED = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    "定行学法所民得经十之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合因由其些"
)
_TRADITIONAL = frozenset(
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多"
    "定行學法所民得經十之進著等部度家電力里如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合因由其些"
)
_MAGIC = (
    (b"PK\x03\x04", "这是压缩包或 Word 文档，不是纯文本。请另存为 .txt（UTF-8）再导入。"),
    (b"%PDF", "这是 PDF，不是纯文本。请把文字另存为 .txt（UTF-8）再导入。"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Word 文档，不是纯文本。请另存为 .txt（UTF-8）再导入。"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """The text of a file. Raises Complaint when it is empty, too big, no text, or in no known encoding.

    >>> decode("村里的水渠修好了。".encode("gb18030"))
    '村里的水渠修好了。'
    >>> decode("村裡的水渠修好了，大家說這是好事。".encode("big5"))
    '村裡的水渠修好了，大家說這是好事。'
    """
    if len(data) > MAX_BYTES:
        raise Complaint(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，太大了。请分成几份，再一份一份导入。")
    if not data.strip():
        raise Complaint("文件是空的。请换一个有文字的文件。")
    for magic, text in _MAGIC:
        if data.startswith(magic):
            raise Complaint(text)
    text = _decoded(data)
    if not text.strip("\ufeff\x00 \t\r\n\f\v\u3000"):
        raise Complaint("文件是空的。请换一个有文字的文件。")
    return text


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = _strict(data[len(bom) :], encoding)
            if text is None:
                raise Complaint("文件的编码前后不一致，读不出来。请用编辑器另存为 UTF-8 再导入。")
            return text
    if b"\x00" in data:
        text = _wide(data)
        if text is None:
            raise Complaint("这个文件不是纯文本。请另存为 .txt（UTF-8）再导入。")
        return text
    text = _strict(data, "utf-8")
    if text is not None:
        if _controls(text):
            raise Complaint("这个文件不是纯文本。请另存为 .txt（UTF-8）再导入。")
        return text
    best = _legacy(data)
    if best is None:
        raise Complaint("认不出文件的编码。请用编辑器另存为 UTF-8 再导入。")
    return best


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: its line ends and digits carry zero bytes, its letters are common ones."""
    if len(data) % 2:
        return None
    found = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _strict(data, encoding)
        if text is not None and "\x00" not in text and not _controls(text):
            sample = text[:_SAMPLE]
            plain = sum(1 for c in sample if c < "\x7f" or c in _SIMPLIFIED or c in _TRADITIONAL)
            found.append((plain / len(sample), text))
    rate, text = max(found, default=(0.0, ""), key=lambda pair: pair[0])
    return text if rate >= 0.15 else None


def _legacy(data: bytes) -> str | None:
    """GB18030 or Big5, whichever reads as running text; GB18030 when both do equally well."""
    found: list[tuple[float, str]] = []
    for encoding, common in (("gb18030", _SIMPLIFIED | _TRADITIONAL), ("cp950", _TRADITIONAL)):
        text = _strict(data, encoding)
        if text is None and encoding == "cp950":
            text = _strict(data, "big5hkscs")
        if text is None or _controls(text):
            continue
        wide = [c for c in text[:_SAMPLE] if c > "\x7f"]
        odd = sum(1 for c in wide if unicodedata.category(c) in ("Co", "Cn", "Cc"))
        rate = (sum(1 for c in wide if c in common) - 3 * odd) / max(len(wide), 1)
        found.append((rate, text))
    if not found:
        return None
    rate, text = max(found, key=lambda pair: pair[0])  # max keeps the first of equals
    return text if rate >= 0.02 or len(text) < 40 else None


def _controls(text: str) -> bool:
    """More than one control character in a hundred (line ends and tabs aside): no text a person wrote."""
    sample = text[:_SAMPLE]
    odd = sum(1 for c in sample if c < " " and c not in "\t\r\n\f\v\x1a")
    return odd * 100 > len(sample)
