"""Word files: what a reader sees on paper comes out in order; what he does not see is left out by name."""

import io
import zipfile

import pytest
from making.docx import W, docx, p, part

from bot.model import Complaint
from bot.packs.draft.docx import read_docx
from bot.packs.draft.reading import read_bytes

LONG = "渠修好的头三年，上游放水，下游看水，年年都要吵几架，后来村里立了规矩，吵架的人才慢慢少了。"
OTHER = "水少人多的时候，没有规矩就没有公平，规矩是吵出来、试出来、改出来的，所以大家才肯照着做。"
T = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'


def read(body: str, **more) -> tuple[list[str], dict[str, str]]:
    lines, left_out, _ = read_docx(docx(body, **more), "a.docx")
    return [line.text for line in lines], {each.why: each.text for each in left_out}


def test_content_controls_tracked_changes_and_hidden_text() -> None:
    body = (
        f"<w:sdt><w:sdtContent>{p('在控件里的一段。')}</w:sdtContent></w:sdt>"
        "<w:p>" + T.format("渠") + "<w:sdt><w:sdtContent>" + T.format("水") + "</w:sdtContent></w:sdt>"
        "<w:ins w:id='1'>" + T.format("来") + "</w:ins>"
        "<w:del w:id='2'><w:r><w:delText>没有</w:delText></w:r></w:del>"
        "<w:moveTo w:id='3'>" + T.format("了") + "</w:moveTo>"
        "<w:moveFrom w:id='4'>" + T.format("走了") + "</w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
        "<w:hyperlink>" + T.format("。") + "</w:hyperlink></w:p>"
    )
    assert read(body) == (
        ["在控件里的一段。", "渠水来了。"],
        {"修订里删掉的字": "没有", "修订里移走的字": "走了", "隐藏文字": "看不见"},
    )


def test_hidden_by_a_style() -> None:
    styles = part(
        "styles",
        "<w:style w:type='character' w:styleId='h'><w:name w:val='h'/><w:rPr><w:vanish/></w:rPr></w:style>",
    )
    body = "<w:p>" + T.format("水来了") + "<w:r><w:rPr><w:rStyle w:val='h'/></w:rPr><w:t>藏</w:t></w:r></w:p>"
    assert read(body, parts={"styles": styles}) == (["水来了"], {"隐藏文字": "藏"})


def test_text_boxes_come_after_their_paragraph_and_only_once() -> None:
    box = f"<w:txbxContent>{p('框里的话。')}</w:txbxContent>"
    body = (
        "<w:p>" + T.format("正文。") + "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:wsp><wps:txbx>"
        f"{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>" + p("下一段。")
    )
    assert read(body)[0] == ["正文。", "框里的话。", "下一段。"]


def test_ruby_keeps_its_base() -> None:
    ruby = (
        f"<w:r><w:ruby><w:rt>{T.format('qú')}</w:rt><w:rubyBase>{T.format('渠')}</w:rubyBase></w:ruby></w:r>"
    )
    assert read(f"<w:p>{T.format('红旗')}{ruby}</w:p>") == (["红旗渠"], {"注音": "qú"})


def test_notes_stand_at_the_end_of_their_article_and_make_no_card() -> None:
    notes = part("footnotes", f"<w:footnote w:id='2'>{p('见县志第三卷。')}</w:footnote>")
    body = (
        p("修渠的人", "<w:outlineLvl w:val='0'/>")
        + "<w:p>" + T.format(LONG) + "<w:r><w:footnoteReference w:id='2'/></w:r></w:p>" + p(OTHER)
        + p("管水的人", "<w:outlineLvl w:val='0'/>") + p(OTHER + LONG)
    )  # fmt: skip
    draft = read_bytes(docx(body, {"footnotes": notes}), "a.docx").draft
    assert [a.title for a in draft.articles] == ["修渠的人", "管水的人"]
    assert [b.text for b in draft.articles[0].blocks] == [LONG, OTHER, "注 1：见县志第三卷。"]
    assert not any("县志" in card.text for card in draft.cards)


def test_lists_carry_their_numbers() -> None:
    levels = (
        "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%1、'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:isLgl/><w:lvlText w:val='%1.%2'/></w:lvl>"
    )
    numbering = part(
        "numbering",
        f"<w:abstractNum w:abstractNumId='7'>{levels}</w:abstractNum><w:num w:numId='3'><w:abstractNumId w:val='7'/></w:num>"
        "<w:abstractNum w:abstractNumId='8'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val='·'/></w:lvl></w:abstractNum>"
        "<w:num w:numId='4'><w:abstractNumId w:val='8'/></w:num>",
    )

    def item(text: str, which: int, depth: int = 0) -> str:
        return p(text, f"<w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{which}'/></w:numPr>")

    body = (
        item("先远", 3)
        + item("后近", 3)
        + item("细则", 3, 1)
        + item("再说", 3)
        + item("从头", 3, 1)
        + item("点", 4)
    )
    assert read(body, parts={"numbering": numbering})[0] == [
        "一、先远", "二、后近", "2.1 细则", "三、再说", "3.1 从头", "• 点",
    ]  # fmt: skip


def test_tables_keep_rows_and_cells_and_frames_are_prose() -> None:
    def table(*rows: tuple[str, ...]) -> str:
        return "<w:tbl>" + "".join(
            "<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
        ) + "</w:tbl>"  # fmt: skip

    lines, _, _ = read_docx(docx(table(("斗口", "户数"), ("东口", "1|2")) + table((LONG,))), "a.docx")
    assert [(line.kind, line.text) for line in lines] == [
        ("table", "斗口 | 户数\n东口 | 1｜2"),
        ("para", LONG),
    ]


def test_breaks() -> None:
    body = (
        "<w:p><w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>边</w:t><w:br w:type='page'/><w:t>新页</w:t></w:r></w:p>"
        + p("又一页", "<w:pageBreakBefore/>")
    )
    lines, _, _ = read_docx(docx(body), "a.docx")
    assert [(line.text, line.page) for line in lines] == [
        ("上", False), ("下 边", False), ("新页", True), ("又一页", True),
    ]  # fmt: skip


def test_pictures_are_kept_as_files() -> None:
    body = p("图：") + "<w:p><w:r><w:drawing><a:blip r:embed='m1'/></w:drawing></w:r></w:p>"
    _, _, pictures = read_docx(docx(body, media={"one.png": b"\x89PNG....", "two.exe": b"MZ"}), "a.docx")
    assert [(each.suffix, each.data) for each in pictures] == [(".png", b"\x89PNG....")]


def test_headers_and_comments_are_left_out_by_name() -> None:
    parts = {
        "header1": part("hdr", p("读书会材料")),
        "comments": part("comments", f"<w:comment w:id='0'>{p('这里再改改')}</w:comment>"),
    }
    assert read(p(LONG), parts=parts)[1] == {"页眉页脚": "读书会材料", "批注": "这里再改改"}


STYLES = part(
    "styles",
    "<w:style w:type='paragraph' w:styleId='a1'><w:name w:val='heading 1'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='a2'><w:name w:val='heading 2'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='a3'><w:name w:val='标题 1'/><w:basedOn w:val='a1'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='t'><w:name w:val='Title'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='toc1'><w:name w:val='toc 1'/></w:style>",
)


def styled(text: str, style: str) -> str:
    return p(text, f"<w:pStyle w:val='{style}'/>")


def test_heading_styles_and_an_automatic_contents_list() -> None:
    body = (
        styled("渠的故事", "t") + styled("修渠的人\t1", "toc1") + styled("管水的人\t3", "toc1")
        + styled("修渠的人", "a1") + p(LONG) + styled("上山", "a2") + p(OTHER)
        + styled("管水的人", "a3") + p(OTHER)
    )  # fmt: skip
    draft = read_bytes(docx(body, {"styles": STYLES}), "a.docx").draft
    assert draft.title == "渠的故事"
    assert [(a.title, [b.kind for b in a.blocks]) for a in draft.articles] == [
        ("修渠的人", ["para", "head", "para"]),
        ("管水的人", ["para"]),
    ]
    assert {each.why for each in draft.left_out} == {"目录", "封面"}


def test_a_title_over_chapters_is_one_article_when_they_are_short() -> None:
    body = (
        styled("修渠的人", "t") + p(LONG) + styled("上山", "a1") + p(OTHER) + styled("下山", "a1") + p(LONG)
    )
    draft = read_bytes(docx(body, {"styles": STYLES}), "a.docx").draft
    assert [a.title for a in draft.articles] == ["修渠的人"]


def test_what_word_processors_write_is_read_alike() -> None:
    """python-docx writes what Word does; its own reader would drop half of the above."""
    from docx import Document

    document = Document()
    document.add_heading("修渠的人", 1)
    document.add_paragraph(LONG)
    document.add_heading("上山", 2)
    document.add_paragraph("先远后近", style="List Bullet")
    document.add_paragraph("先田后园", style="List Bullet")
    document.add_heading("管水的人", 1)
    document.add_paragraph(OTHER)
    out = io.BytesIO()
    document.save(out)
    draft = read_bytes(out.getvalue(), "a.docx").draft
    assert [(a.title, [(b.kind, b.text) for b in a.blocks]) for a in draft.articles] == [
        ("修渠的人", [("para", LONG), ("head", "上山"), ("list", "先远后近\n先田后园")]),
        ("管水的人", [("para", OTHER)]),
    ]


@pytest.mark.parametrize("size", [0, 10, 200, -30])
def test_a_torn_file_says_so(size: int) -> None:
    with pytest.raises(Complaint, match=r"《a\.docx》不完整或不是 Word 文件，读不了。请重新导出再发"):
        read_bytes(docx(p(LONG))[:size] or b"PK\x03\x04", "a.docx")


def test_strict_office_xml_is_read_too() -> None:
    source = zipfile.ZipFile(io.BytesIO(docx(p(LONG))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name).replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
            target.writestr(name, text)
    assert [line.text for line in read_docx(out.getvalue(), "a.docx")[0]] == [LONG]
