"""PDF by geometry: lines drawn in any order, stretched lines, spaces, bold by outline, furniture of pages,
and fonts that neither the file nor the machine has."""

import subprocess
import sys
from pathlib import Path

from making.pdf import Put, Set, pdf, typeset

from bot.packs.draft.pdf import read_pdf

LONG = "渠修好的头三年，上游放水，下游看水，年年都要吵几架，后来村里立了规矩，吵架的人才慢慢少了，渠边又听得见笑声，连最远的一户也不再挑水。"


def lines(*pages: list[Put]) -> list[tuple[str, int]]:
    found, _ = read_pdf(pdf(pages), "a.pdf")
    return [(line.text, line.level) for line in found]


def test_pieces_of_a_line_come_together_whatever_their_order() -> None:
    page = [
        Put(72, 700, "他把渠叫作"),
        Put(156, 700, "命脉"),
        Put(72, 660, LONG[:36]),
        Put(132, 700, "——"),
        Put(180, 700, "。"),
    ]
    assert [text for text, _ in lines(page)] == ["他把渠叫作——命脉。", LONG[:36]]


def test_a_stretched_line_has_no_spaces_but_a_real_gap_is_one() -> None:
    stretched = [Put(72 + 14.4 * n, 700, char) for n, char in enumerate("水到渠成人心齐")]
    gap = [Put(72, 640, "第一讲"), Put(72 + 36 + 4, 640, "水从哪里来")]
    latin = [Put(72, 600, "the"), Put(72 + 18 + 3, 600, "canal")]
    full = [Put(72, 560, LONG[:36])]
    assert [text for text, _ in lines(stretched + gap + latin + full)] == [
        "水到渠成人心齐",
        "第一讲 水从哪里来",
        "the canal",
        LONG[:36],
    ]


def test_an_outlined_line_is_bold() -> None:
    body = [Put(96, 680 - 20 * n, LONG[:30]) for n in range(3)]
    assert lines([Put(72, 720, "上山修渠", stroked=True), *body])[0] == ("上山修渠", 1)


def test_a_paragraph_goes_on_over_the_page_and_a_full_last_line_ends_none() -> None:
    pages = typeset([Set(LONG * 24, indent=2), Set("下一段。" + LONG, indent=2)], head="读书会材料")
    assert len(pages) > 1
    found, _ = read_pdf(pdf(pages), "a.pdf")
    assert [line.text for line in found] == [LONG * 24, "下一段。" + LONG]


def test_page_numbers_and_running_heads_are_left_out_by_name() -> None:
    pages = typeset([Set(LONG * 30, indent=2)] * 3, head="读书会材料")
    _, left = read_pdf(pdf(pages), "a.pdf")
    assert {(each.why, each.text.split("\n")[0]) for each in left} == {
        ("页码", "1"),
        ("页眉页脚", "读书会材料"),
    }


def test_one_number_on_a_single_page_is_text() -> None:
    page = [Put(72, 740, LONG[:36]), Put(72, 720, LONG[36:]), Put(72, 680, "一共有几户？"), Put(72, 60, "32")]
    assert [text for text, _ in lines(page)] == [LONG, "一共有几户？", "32"]


def test_pages_that_all_say_the_same_say_something() -> None:
    found, left = read_pdf(pdf([[Put(72, 760, LONG[:30])]] * 4), "a.pdf")
    assert "".join(line.text for line in found) == LONG[:30] * 4
    assert left == ()


# Reads its first argument where pdfium knows of no font but those built in, as on a server without Chinese fonts.
FONTLESS = """
import ctypes, sys
from pathlib import Path
from pypdfium2 import raw
kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
none = raw.FPDF_SYSFONTINFO(
    version=1, **{name: kind(lambda *_: 0) for name, kind in kinds.items() if name != "version"}
)
raw.FPDF_SetSystemFontInfo(ctypes.byref(none))
from bot.packs.draft.pdf import read_pdf
found, _ = read_pdf(Path(sys.argv[1]).read_bytes(), "a.pdf")
sys.stdout.buffer.write("\\n".join(f"{line.level} {line.text}" for line in found).encode())
"""


def test_a_machine_without_chinese_fonts_reads_the_same(tmp_path: Path) -> None:
    page = [
        Put(72, 740, "上山修渠", 18, stroked=True),
        *[Put(72 + 14.4 * n, 700, char) for n, char in enumerate("水到渠成人心齐")],  # objects of one glyph
        *[Put(96, 660 - 20 * n, LONG[:30]) for n in range(3)],  # the same again, to the margin
        Put(72, 560, "他把渠叫作"),
        Put(132, 560, "命脉"),
        Put(156, 560, "。"),
    ]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([page]))
    out = subprocess.run([sys.executable, "-c", FONTLESS, str(path)], capture_output=True, check=True).stdout
    found, _ = read_pdf(path.read_bytes(), "a.pdf")
    assert out.decode().split("\n") == [f"{line.level} {line.text}" for line in found]
    assert [line.text for line in found] == [
        "上山修渠",
        "水到渠成人心齐",
        LONG[:30] * 3,
        "他把渠叫作命脉。",
    ]


def test_characters_that_no_font_has_are_read() -> None:
    rare = "\u2fe0"  # never assigned
    assert [text for text, _ in lines([Put(72, 700, rare), Put(84, 700, "渠"), Put(72, 660, LONG[:36])])] == [
        rare + "渠",
        LONG[:36],
    ]
