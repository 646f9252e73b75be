"""Every character of a Word file, a PDF, a web page or a folder is in an article or left out with a reason."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from making.docx import docx, part
from making.pdf import Set, pdf, typeset

from bot.model import Complaint
from bot.packs.draft import Draft
from bot.packs.draft.reading import read_bytes

PIECES = [
    "渠修好的头三年，上游放水，下游看水，年年都要吵几架。",
    "规矩是吵出来、试出来、改出来的，",
    "他说：“先远后近。先田后园。”大家都同意。",
    "“石头再硬，也硬不过人的手。”",
    "——北渠村老支书孙长福",
    "水；还要把看水的人组织起来。",
    "把雪水引到山里来",
    "【来源：清水日报】",
    "【为什么要立规矩？】",
    "县长周大山：",
    "目录",
    "1. 《渠成之后怎样管好水》3",
    "一、修渠的人",
    "第二讲 管水的人",
    "（2021年3月5日）",
    "来源：水利简报 作者：李长山",
    "- 3 -",
    "12",
    "Read 3 books.",
    "•先远后近",
]
TEXT = st.sampled_from(PIECES)


def bare(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def held(draft: Draft) -> Counter[str]:
    parts = [mark for article in draft.articles for mark in article.marks]
    parts += [block.text for article in draft.articles for block in article.blocks if block.kind != "head"]
    parts += [out.text for out in draft.left_out]
    return bare("".join(parts))


RUN = st.tuples(
    st.sampled_from(["plain", "bold", "hidden", "del", "ins", "move", "ruby", "box", "control", "link"]), TEXT
)
LOOK = st.sampled_from(
    ["", "<w:outlineLvl w:val='0'/>", "<w:outlineLvl w:val='1'/>", "<w:jc w:val='center'/>"]
)
PARAGRAPH = st.tuples(LOOK, st.lists(RUN, min_size=1, max_size=3))
BLOCK = PARAGRAPH | st.tuples(st.just("table"), st.lists(TEXT, min_size=1, max_size=6))


def run_xml(kind: str, text: str) -> str:
    plain = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return {
        "plain": plain,
        "bold": f"<w:r><w:rPr><w:b/><w:sz w:val='36'/></w:rPr><w:t>{text}</w:t></w:r>",
        "hidden": f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{text}</w:t></w:r>",
        "del": f"<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>",
        "ins": f"<w:ins>{plain}</w:ins>",
        "move": f"<w:moveFrom>{plain}</w:moveFrom>",
        "ruby": f"<w:r><w:ruby><w:rt>{plain}</w:rt><w:rubyBase>{plain}</w:rubyBase></w:ruby></w:r>",
        "box": f"<w:r><w:pict><v:textbox><w:txbxContent><w:p>{plain}</w:p></w:txbxContent></v:textbox></w:pict></w:r>",
        "control": f"<w:sdt><w:sdtContent>{plain}</w:sdtContent></w:sdt>",
        "link": f"<w:hyperlink>{plain}</w:hyperlink>",
    }[kind]


def block_xml(kind: str, inside: list) -> tuple[str, str]:
    """The XML of a block and all characters in it."""
    if kind == "table":
        rows = [inside[at : at + 2] for at in range(0, len(inside), 2)]
        xml = "".join(
            "<w:tr>"
            + "".join(f"<w:tc><w:p>{run_xml('plain', cell)}</w:p></w:tc>" for cell in row)
            + "</w:tr>"
            for row in rows
        )
        return f"<w:tbl>{xml}</w:tbl>", "".join(inside)
    runs = "".join(run_xml(run, text) for run, text in inside)
    text = "".join(text * (2 if run == "ruby" else 1) for run, text in inside)
    return f"<w:p><w:pPr>{kind}</w:pPr>{runs}</w:p>", text


@settings(max_examples=80, deadline=None)
@given(st.lists(BLOCK, min_size=1, max_size=12), TEXT, TEXT)
def test_word_files(blocks: list, header: str, comment: str) -> None:
    made = [block_xml(kind, inside) for kind, inside in blocks]
    plain = "<w:p>{}</w:p>"
    parts = {
        "header1": part("hdr", plain.format(run_xml("plain", header))),
        "comments": part(
            "comments", f"<w:comment w:id='1'>{plain.format(run_xml('plain', comment))}</w:comment>"
        ),
    }
    try:
        draft = read_bytes(docx("".join(xml for xml, _ in made), parts), "a.docx").draft
    except Complaint as complaint:
        assert "没有文字" in str(complaint)
        return
    wanted = bare("".join(text for _, text in made) + header + (comment if comment != header else ""))
    found = held(draft)
    bars = found["|"] - wanted["|"]
    assert bars >= 0
    found["|"] = wanted["|"]  # the bars of a table are ours
    assert +found == +wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXT, st.sampled_from(["body", "title", "head", "page"])), min_size=4, max_size=60))
def test_pdf(parts: list) -> None:
    dress = {
        "body": {"indent": 2},
        "title": {"size": 18, "bold": True, "centred": True},
        "head": {"bold": True},
        "page": {"new_page": True},
    }
    pages = typeset([Set(text, **{"size": 12, **dress[how]}) for text, how in parts], head="读书会材料")
    draft = read_bytes(pdf(pages), "a.pdf").draft
    written = bare("".join(put.text for page in pages for put in page))
    assert held(draft) == written


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "h2", "div", "li", "td", "span"]), TEXT), min_size=3, max_size=20
    ),
    TEXT,
)
def test_web_pages(parts: list, title: str) -> None:
    wrap = {"li": "<ul><li>{}</li></ul>", "td": "<table><tr><td>{}</td></tr></table>"}
    body = "".join(wrap.get(tag, f"<{tag}>{{}}</{tag}>").format(text) for tag, text in parts)
    page = f"<html><head><title>{title}</title></head><body><nav>首页</nav><div><h1>{title}</h1>{body}</div></body></html>"
    try:
        draft = read_bytes(page.encode(), "a.html").draft
    except Complaint as complaint:
        assert "没有读到文章" in str(complaint)
        return
    wanted = bare("首页" + title + "".join(text for _, text in parts))
    missing = wanted - held(draft)
    assert not missing


def test_all_parts_of_a_zip(tmp_path) -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.md", f"# {PIECES[6]}\n\n{PIECES[0]}\n")
        archive.writestr("2.txt", "\n".join(PIECES))
    draft = read_bytes(out.getvalue(), "a.zip").draft
    assert held(draft) == bare(f"# {PIECES[6]}" + PIECES[0] + "".join(PIECES))
