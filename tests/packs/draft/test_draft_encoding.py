"""Which encoding a file has; what is no text is refused with a sentence that says what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Complaint
from bot.packs.draft import decode

SIMPLE = "渠修好的头三年，上游放水，下游看水，年年都要吵几架。后来村里立了规矩，吵架的人才少了。"
TRADITIONAL = "渠修好的頭三年，上游放水，下游看水，年年都要吵幾架。後來村裡立了規矩，吵架的人才少了。"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"]
)
def test_simplified(encoding: str) -> None:
    text = SIMPLE + "\n2021 年 5 月\n" + SIMPLE
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "big5", "cp950", "gb18030"])
def test_traditional(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)) == TRADITIONAL


def test_marked_utf16_big_endian() -> None:
    assert decode(b"\xfe\xff" + SIMPLE.encode("utf-16-be")) == SIMPLE


def test_four_byte_gb18030() -> None:
    assert decode(("䶮" + SIMPLE + "😀").encode("gb18030")) == "䶮" + SIMPLE + "😀"


@pytest.mark.parametrize("data", [b"", b"  \r\n\t ", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\r\x00\n\x00"])
def test_empty(data: bytes) -> None:
    with pytest.raises(Complaint, match="文件是空的。请"):
        decode(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "Word"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "不是纯文本"),
        (b"\x00" * 1000, "不是纯文本"),
        (SIMPLE.encode() + b"\x00" + SIMPLE.encode(), "不是纯文本"),
        (b"\x01\x02\x03\x04\x05abc", "不是纯文本"),
        (b"\xff\xff\xff\xff" * 50, "认不出"),
        (b"\xff\xfe\x00\xd8" + b"a\x00" * 20, "编码"),
    ],
)
def test_no_text(data: bytes, words: str) -> None:
    with pytest.raises(Complaint, match=words):
        decode(data)


def test_too_big_says_what_to_do() -> None:
    with pytest.raises(Complaint, match="分成几份"):
        decode(b"a" * (33 * 1024 * 1024))


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_complaint(data: bytes) -> None:
    try:
        said = decode(data)
    except Complaint as complaint:
        said = str(complaint)[-1]
        assert said == "。"
    assert said


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    if text.strip("\ufeff \u3000") and text.encode().strip() and not text.startswith("\ufeff"):
        assert decode(text.encode()) == text
