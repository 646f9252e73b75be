"""A web page to lines: the article in it, its labels, and what belongs to the site rather than to the article.

Invariant: every visible character of the page is in a line or in what was left out. An author is only taken
from a label or a meta field; nothing is guessed.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Complaint
from bot.packs.draft.encoding import decode
from bot.packs.draft.lines import clean
from bot.packs.draft.marks import labels
from bot.packs.draft.values import LeftOut, Line

if TYPE_CHECKING:
    from lxml.etree import _Element

_SILENT = frozenset(("script", "style", "noscript", "template", "head", "svg", "iframe", "object"))
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
        "tt",
        "label",
    ]
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_FIELD = re.compile(
    r"(?P<key>来源|稿源|出处|作者|撰文|发布时间|发布日期|时间|日期)\s*[：:]\s*(?P<value>[^\s|｜丨　:：]{1,40})"
)
_DATE = re.compile(r"(?:19|20)\d\d[-/年.]\d{1,2}[-/月.]\d{1,2}日?")
_KEYS = {"来源": "来源", "稿源": "来源", "出处": "来源", "作者": "作者", "撰文": "作者"}
_SPOT = 160  # characters: a longer block is prose that happens to hold the word 来源


def read_html(data: bytes, name: str, charset: str = "") -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """Lines and what was left out. Raises Complaint when there is no article in it."""
    from lxml import etree
    from lxml import html as lxml_html

    text = _text(data, charset)
    nothing = Complaint(
        f"《{name}》里没有读到文章。请发文章本身的网址，或把文字存成 .txt 再发，例如：讲义.txt"
    )
    if not text.strip():
        raise nothing
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise nothing from error
    blocks = _visible(root)
    found = _article(text)
    if found is None or not any(line.text for line in found[1]):
        raise nothing
    title, lines = found
    head = _labels(root, blocks)
    title = title or next((block for block in blocks if block), name)
    while lines and len(lines[0].text) <= _SPOT and _FIELD.search(lines[0].text) and not lines[0].level:
        del lines[0]  # its labels stand in `head` now; `_rest` keeps the line itself
    whole = [Line(title, level=1), *head, *lines]
    return tuple(whole), _rest(blocks, whole)


def _text(data: bytes, charset: str) -> str:
    """The page as text: by byte order mark, the server's word, the page's own word, else by looking at it."""
    own = _CHARSET.search(data[:4096])
    for encoding in (charset, own[1].decode("ascii") if own else ""):
        known = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": ""}.get(encoding.lower(), encoding)
        if not known or data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            continue
        try:
            return data.decode(known)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode(data)


def _article(text: str) -> tuple[str, list[Line]] | None:
    """Title and lines of the main text, as trafilatura finds them."""
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "60")
    config.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    document = bare_extraction(
        text,
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        config=config,
    )
    if document is None or isinstance(document, dict) or document.body is None:
        return None
    lines: list[Line] = []
    _walk(document.body, lines)
    title = clean(document.title or "")
    if lines and lines[0].level and lines[0].text == title:
        del lines[0]
    while lines and lines[0].text == title:
        del lines[0]
    least = min((line.level for line in lines if line.level), default=2)
    shifted = [
        Line(line.text, kind=line.kind, level=line.level - least + 2 if line.level else 0) for line in lines
    ]
    return title, shifted


def _walk(parent: "_Element", lines: list[Line]) -> None:
    """Blocks of trafilatura's own little XML."""
    for child in parent:
        kind = child.tag if isinstance(child.tag, str) else ""
        if kind == "head":
            rend = child.get("rend", "h2")
            level = int(rend[1]) if re.fullmatch(r"h[1-6]", rend) else 2
            _add(lines, " ".join(child.itertext()), level=level)
        elif kind == "list":
            items = [clean("".join(item.itertext())) for item in child.iter("item")]
            _add(lines, "\n".join(filter(None, items)), kind="list")
        elif kind == "table":
            rows = [
                " | ".join(clean(" ".join(cell.itertext())).replace("|", "｜") for cell in row.iter("cell"))
                for row in child.iter("row")
            ]
            _add(lines, "\n".join(rows), kind="table")
        elif kind == "quote" and not len(child):
            _add(lines, "".join(child.itertext()), kind="quote")
        elif kind in ("p", "ab", "item", "code", "fw") or not len(child):
            for part in re.split(r"\n+", _with_breaks(child)):
                _add(lines, part)
        else:
            if child.text and child.text.strip():
                _add(lines, child.text)
            _walk(child, lines)
        if child.tail and child.tail.strip():
            _add(lines, child.tail)


def _with_breaks(element: "_Element") -> str:
    out = [element.text or ""]
    for child in element:
        out.append("\n" if child.tag == "lb" else _with_breaks(child))
        out.append(child.tail or "")
    return "".join(out)


def _add(lines: list[Line], text: str, level: int = 0, kind: str = "para") -> None:
    text = "\n".join(clean(part) for part in text.split("\n")) if kind in ("list", "table") else clean(text)
    if not text:
        return
    if kind == "list":
        lines.append(Line(text, kind="list"))
    elif kind == "table":
        lines.append(Line(text, kind="table"))
    elif kind == "quote":
        lines.append(Line(text, kind="quote"))
    else:
        lines.append(Line(text, level=level))


def _labels(root: "_Element", blocks: list[str]) -> list[Line]:
    """来源, 作者, 日期 as label lines, from short blocks of the page, else from its meta fields."""
    found: dict[str, str] = {}
    for block in blocks:
        if len(block) > _SPOT:
            continue
        for match in _FIELD.finditer(block):
            key = _KEYS.get(match["key"], "日期")
            if key == "日期" and not _DATE.match(match["value"]):
                continue
            found.setdefault(key, match["value"])
        if "日期" not in found and ("来源" in block or "发布" in block) and (date := _DATE.search(block)):
            found["日期"] = date[0]
    meta = {
        (each.get("property") or each.get("name") or "").lower(): (each.get("content") or "").strip()
        for each in root.iter("meta")
    }
    published = _DATE.match(meta.get("article:published_time", "") or meta.get("pubdate", ""))
    if "日期" not in found and published:
        found["日期"] = published[0]
    if "来源" not in found and meta.get("source"):
        found["来源"] = meta["source"][:40]
    lines = [Line(f"{key}：{value}") for key, value in found.items() if value]
    return [line for line in lines if labels(line.text)]


def _visible(root: "_Element") -> list[str]:
    """The page's text block by block, as a reader sees it, without scripts and styles."""
    parts: list[str] = []
    stack: list[tuple[_Element, bool]] = [(root, False)]
    while stack:  # no recursion: pages may nest a thousand deep
        element, leaving = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if leaving:
            if tag not in _INLINE:
                parts.append("\n")
            parts.append(element.tail or "")
            continue
        if not tag or tag in _SILENT:
            parts.append(element.tail or "" if element is not root else "")
            continue
        if tag not in _INLINE:
            parts.append("\n")
        parts.append(element.text or "")
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    return [line for part in "".join(parts).split("\n") if (line := clean(part))]


def _rest(blocks: list[str], lines: list[Line]) -> tuple[LeftOut, ...]:
    """What of the page is in no line, block by block. Each stretch of a line answers for one block only."""
    whole = Counter("".join(line.text.split()) for line in lines)
    rest: list[tuple[int, str, str]] = []
    for place, block in enumerate(blocks):
        flat = "".join(block.split())
        if whole[flat]:
            whole[flat] -= 1
        else:
            rest.append((place, flat, block))
    left = "\n".join(text for text, count in whole.items() for _ in range(count))
    missing: list[tuple[int, str]] = []
    for place, flat, block in sorted(rest, key=lambda each: -len(each[1])):
        if flat in left:
            left = left.replace(flat, "\n", 1)
        else:
            missing.append((place, block))
    out = [block for _, block in sorted(missing)]
    return (LeftOut("\n".join(out), "网页上文章以外的字"),) if out else ()
