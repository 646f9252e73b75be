"""The source document as Word and PDF files, and what LibreOffice makes of them: every paragraph as in the text."""

import io
from pathlib import Path

import pytest
from making.genres import ESSAYS, SPEECHES, Work, as_docx

from bot.packs.draft import Draft, office
from bot.packs.draft.apart import read_apart
from bot.packs.draft.reading import read_bytes

needs_office = pytest.mark.skipif(
    not office.soffice(), reason="LibreOffice is not installed (Debian: libreoffice-writer-nogui)"
)


def heading(draft: Draft) -> list[tuple[str, ...]]:
    return [(a.title, a.subtitle, a.group, a.source, a.author, a.date) for a in draft.articles]


def same(found: Draft, gold: Draft, spaces: bool = True) -> None:
    """Boundaries, paragraphs and heads equal to those of the plain text, whose own gold stands in another test.

    spaces=False: not counting spaces, since LibreOffice sets 今年7月 and 今年 7 月 alike.
    """

    def text(written: str) -> str:
        return written if spaces else "".join(written.split())

    assert heading(found) == heading(gold)
    for mine, theirs in zip(found.articles, gold.articles, strict=True):
        assert [(b.kind, text(b.text)) for b in mine.blocks] == [
            (b.kind, text(b.text)) for b in theirs.blocks
        ]
    assert found.damage == gold.damage
    if spaces:
        assert [card.text for card in found.cards] == [card.text for card in gold.cards]


@pytest.fixture(scope="session")
def source_docx(source_text: str, source_draft: Draft) -> bytes:
    """The document as a secretary sets it: cover, contents, centred bold titles, indented paragraphs."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    marks = {line for article in source_draft.articles for line in article.marks}
    front = {line.strip() for out in source_draft.left_out for line in out.text.split("\n")}
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name = "Noto Sans CJK SC"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    seen_front = 0
    for line in filter(None, (line.strip() for line in source_text.split("\n"))):
        paragraph = document.add_paragraph()
        run = paragraph.add_run(line)
        run.font.size = Pt(12)
        if line in front and seen_front < len(front):
            seen_front += 1
        elif line in marks:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run.bold, run.font.size = "来源" not in line, Pt(12 if "来源" in line else 16)
        else:
            paragraph.paragraph_format.first_line_indent = Pt(24)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_the_source_as_docx(source_docx: bytes, source_draft: Draft) -> None:
    same(read_bytes(source_docx, "a.docx").draft, source_draft)


def test_the_source_as_pdf_set_by_hand(source_text: str, source_draft: Draft) -> None:
    from making.pdf import Set, pdf, typeset

    marks = {line for article in source_draft.articles for line in article.marks}
    sets = [
        Set(line, 16, True, True, lead=10)
        if line in marks and "来源" not in line
        else Set(line, 12, indent=2 if len(line) > 30 else 0)
        for line in filter(None, (line.strip() for line in source_text.split("\n")))
    ]
    same(read_bytes(pdf(typeset(sets, head="学习材料")), "a.pdf").draft, source_draft)


def converted(data: bytes, to: str, tmp_path: Path, suffix: str = ".docx") -> Path:
    source = tmp_path / f"in-a{suffix}"
    source.write_bytes(data)
    folder = tmp_path / "office"
    folder.mkdir()
    return office.convert(office.soffice(), source, folder, to)


@pytest.mark.slow
@needs_office
def test_the_source_as_pdf_by_libreoffice(source_docx: bytes, source_draft: Draft, tmp_path: Path) -> None:
    made = converted(source_docx, "pdf", tmp_path).read_bytes()
    same(read_bytes(made, "a.pdf").draft, source_draft, spaces=False)


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize("work", [SPEECHES, ESSAYS], ids=lambda work: work.genre)
def test_an_old_word_file_is_read_through_libreoffice(work: Work, tmp_path: Path) -> None:
    old = converted(as_docx(work, "styles"), "doc", tmp_path)
    draft = read_apart(str(old)).draft
    assert [a.title for a in draft.articles] == [piece.title for piece in work.pieces]
    assert [[b.text for b in a.blocks] for a in draft.articles] == [
        [text for _, text in piece.blocks] for piece in work.pieces
    ]


@pytest.mark.slow
@needs_office
def test_a_torn_old_word_file_says_so(tmp_path: Path) -> None:
    from bot.model import Complaint

    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40)
    with pytest.raises(Complaint, match=r"《(?:a|in)\.docx?》"):
        read_apart(str(tmp_path / "a.doc"))


@pytest.mark.slow
@needs_office
def test_ten_genres_as_pdf_by_libreoffice(tmp_path: Path) -> None:
    """What an office program sets, in the three Word styles: boundaries, paragraphs and heads."""
    from making.genres import HELD_OUT, WORKS

    for style in ("direct", "styles", "bold"):
        for work in (*WORKS, *HELD_OUT):
            (tmp_path / style / work.genre).mkdir(parents=True)
            made = converted(as_docx(work, style), "pdf", tmp_path / style / work.genre).read_bytes()
            draft = read_bytes(made, "a.pdf").draft
            assert [a.title for a in draft.articles] == [piece.title for piece in work.pieces], (
                style,
                work.genre,
            )
            for article, piece in zip(draft.articles, work.pieces, strict=True):
                heads = [text for kind, text in piece.blocks if kind == "head"]
                assert [b.text for b in article.blocks if b.kind == "head"] == heads, (style, work.genre)
                texts = [text for kind, text in piece.blocks if kind != "head"]
                assert [b.text for b in article.blocks if b.kind != "head"] == texts, (style, work.genre)
