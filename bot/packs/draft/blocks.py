"""One article's lines to its fields and blocks: header labels, heads, quotes with speakers, paragraphs.

Invariant: a line's text stands in exactly one block, or (heads and header lines) in the article's `marks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model import Block
from bot.packs.draft.lines import glue
from bot.packs.draft.marks import (
    CLOSERS,
    DASH,
    bracketed,
    bracketed_date,
    bullet,
    ending,
    labels,
    letters,
    orphan,
    rank,
    speaker,
    titleish,
    unnumbered,
    whole_quote,
)
from bot.packs.draft.naming import short_title
from bot.packs.draft.sentences import sentences
from bot.packs.draft.values import DraftArticle, Line

_LONG = 30  # characters from which an open end may be a page cut rather than a signature or an item
_OFTEN = 0.25  # share of long paragraphs with open ends from which nothing is re-joined: it is the style


@dataclass(slots=True)
class _Made:
    """The article under construction."""

    blocks: list[Block] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)  # blocks whose end or start is missing


def build(
    number: int, group_lines: Sequence[Line], heading: Sequence[Line], body: Sequence[Line], group: str
) -> tuple[DraftArticle, list[str]]:
    """The article made from its lines, and sentences about its damage (article `number`, 1-based)."""
    made = _Made(marks=[line.written for line in (*group_lines, *heading)])
    title, subtitle, author = read_heading([line.text for line in heading])
    if author:
        made.fields["author"] = author
    rest = _tail(made, _header(made, list(body)))
    _fill(made, rest)
    if not title:
        title = (
            short_title(next((b.text for b in made.blocks if b.kind != "table"), "")) or subtitle or "无题"
        )
    said = _damage(made, number)
    article = DraftArticle(
        title=title,
        subtitle=subtitle,
        group=group,
        source=made.fields.get("source", ""),
        author=made.fields.get("author", ""),
        date=made.fields.get("date", ""),
        blocks=tuple(made.blocks),
        marks=tuple(made.marks),
        damaged=tuple(sorted(made.cut)),
    )
    return article, said


def read_heading(texts: Sequence[str]) -> tuple[str, str, str]:
    """Title, subtitle and author of heading lines.

    >>> read_heading(["渠首管理站站长李长山：", "把水引到", "山里来", "——在通水仪式上的话"])
    ('把水引到山里来', '在通水仪式上的话', '李长山 · 渠首管理站站长')
    >>> read_heading(["水从哪里来——一次访问"])
    ('水从哪里来', '一次访问', '')
    """
    titles: list[str] = []
    subtitles: list[str] = []
    author = ""
    for at, text in enumerate(texts):
        if text[-1] in "：:" and at < len(texts) - 1 and not author:
            author = speaker(text) or text.rstrip("：: ")
        elif DASH.match(text) or subtitles:
            subtitles.append(DASH.sub("", text))
        else:
            titles.append(text)
    title, subtitle = glue(titles or [""]), glue(subtitles or [""])
    who, colon, what = title.partition("：")
    if colon and not author and speaker(who + colon) and len(what) >= 4:
        author, title = speaker(who + colon), what
    main, dash, second = title.partition("——")
    if dash and not subtitle and len(main) >= 4 and len(second) >= 4:
        title, subtitle = main, second
    if title.startswith("《") and title.find("》") == len(title) - 1:
        title = title[1:-1]
    return title, subtitle, author


def _header(made: _Made, body: list[Line]) -> list[Line]:
    """Takes label lines (and a bracketed date) off the top of the body."""
    at = 0
    while at < min(len(body), 6):
        text = body[at].text
        found = labels(text) or ({"date": bracketed_date(text)} if bracketed_date(text) else {})
        if not found or any(key in made.fields for key in found):
            break
        made.fields.update(found)
        made.marks.append(body[at].written)
        at += 1
    return body[at:]


def _tail(made: _Made, body: list[Line]) -> list[Line]:
    """Takes source, author and date lines off the end, as news pages print them."""
    while body:
        found = labels(body[-1].text)
        if not found or any(key in made.fields for key in found):
            break
        made.fields.update(found)
        made.marks.append(body.pop().written)
    return body


def _fill(made: _Made, lines: list[Line]) -> None:
    leveled = any(line.level for line in lines)
    long = [line for line in lines if len(line.text) >= _LONG]
    often = sum(1 for line in long if ending(line.text) == "open") > max(2, _OFTEN * len(long))
    at = 0
    while at < len(lines):
        line = lines[at]
        following = lines[at + 1] if at + 1 < len(lines) else None
        head = _head(lines, at, leveled, fresh=not made.blocks or made.blocks[-1].kind == "head")
        if head:
            made.blocks.append(Block("head", head))
            made.marks.append(line.written)
            at += 1
        elif line.kind != "para":
            made.blocks.append(Block(line.kind, line.text))
            at += 1
        elif whole_quote(line.text) and following and _attribution(following.text):
            made.blocks.append(Block("quote", line.text + following.text))
            at += 2
        elif _item(line.text) and following and _item(following.text):
            at = _list(made, lines, at)
        else:
            at = _paragraph(made, lines, at, leveled, often)


def _attribution(text: str) -> bool:
    return bool(DASH.match(text)) and len(text) <= 80 and text[-1] not in "。！？；"


def _item(text: str) -> bool:
    """A short list item; long ones are paragraphs that happen to be numbered."""
    depth = rank(text)
    return len(text) <= 80 and (bool(bullet(text)) or depth in (4, 5)) and text.count("。") <= 1


def _list(made: _Made, lines: list[Line], at: int) -> int:
    items: list[str] = []
    while at < len(lines) and _item(lines[at].text) and lines[at].kind == "para":
        mark = bullet(lines[at].text)
        if mark:
            made.marks.append(mark.strip())
        items.append(lines[at].text[len(mark) :])
        at += 1
    made.blocks.append(Block("list", "\n".join(items)))
    return at


def _head(lines: list[Line], at: int, leveled: bool, fresh: bool) -> str:
    """The text of the head that line `at` is, "" for none. `fresh`: nothing but heads stands above it."""
    line = lines[at]
    text = line.text
    if line.level:
        return bracketed(text) or text
    inside = bracketed(text)
    if inside and len(inside) <= 45 and inside[-1] not in "。；，" and not labels(text):
        return inside
    if line.kind != "para" or not titleish(text, 30):
        return ""
    numbered = rank(text)
    if leveled and numbered is None:
        return ""  # the format has named the heads; a short line is something else
    if len(letters(unnumbered(text))) < (2 if numbered is not None else 4):
        return ""
    above = lines[at - 1].text if at else ""
    if not fresh and above and (above[-1] in "，、,—" or (ending(above) == "open" and len(above) < _LONG)):
        return ""  # it goes on with the line above, or it is one of several short lines
    ahead = lines[at + 1] if at + 1 < len(lines) else None
    if ahead is None or _attribution(ahead.text) or (numbered in (4, 5) and _item(ahead.text)):
        return ""
    prose = (
        len(ahead.text) > _LONG
        or ending(ahead.text) != "open"
        or bool(ahead.level)
        or bool(bracketed(ahead.text))
    )
    stacked = titleish(ahead.text, 30) and rank(ahead.text) is not None and rank(ahead.text) != numbered
    return text if prose or stacked or ahead.kind != "para" else ""


def _paragraph(made: _Made, lines: list[Line], at: int, leveled: bool, often: bool) -> int:
    """A paragraph from line `at` on, joined over page cuts: an open end and a line that goes on with it."""
    parts = [lines[at].text]
    size = len(parts[0])
    while at + 1 < len(lines) and not often:
        last, following = parts[-1], lines[at + 1]
        open_end = ending(last) == "open" or (
            ending(last) == "soft" and last[-1] in CLOSERS and following.text[0] in "，。；、"
        )
        if not open_end or (size < _LONG and last[-1] not in "，、"):
            break
        if not _continues(lines, at + 1, leveled):
            break
        parts.append(following.text)
        size += len(following.text)
        at += 1
    text = glue(parts)
    made.blocks.append(Block("para", text))
    cut = not often and len(text) >= _LONG and ending(text) == "open"
    if cut or orphan(text) or "\ufffd" in text:
        made.cut.add(len(made.blocks) - 1)
    return at + 1


def _continues(lines: list[Line], at: int, leveled: bool) -> bool:
    line = lines[at]
    if (
        line.kind != "para"
        or line.level
        or DASH.match(line.text)
        or bracketed(line.text)
        or labels(line.text)
    ):
        return False
    if bullet(line.text) or rank(line.text) is not None:
        return False
    return not _head(lines, at, leveled, fresh=False)


def _damage(made: _Made, number: int) -> list[str]:
    """One sentence for each damaged block, with its place counted in paragraphs (heads do not count)."""
    said: list[str] = []
    count = 0
    total = sum(1 for block in made.blocks if block.kind != "head")
    for at, block in enumerate(made.blocks):
        count += block.kind != "head"
        if at not in made.cut:
            continue
        place = f"第 {number} 篇{'末段' if count == total else f'第 {count} 段'}"
        start = orphan(block.text)
        if start:
            what = f"以“{start}”开头，像是缺了字"
        elif "\ufffd" in block.text:
            what = "有认不出的字"
        else:
            what = f"以“{block.text[-4:]}”结尾，像是没有完"
        part = "这一句" if len(sentences(block.text[:1000])) > 1 else ""
        said.append(f"{place}{what}。留在文章里，{part}不做卡片。")
    return said
