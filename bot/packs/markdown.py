"""The little Markdown of an article: heads, paragraphs, quotes, lists and tables, as blocks and back.

Invariant: `blocks(to_lines(b)) == b` for every tuple of blocks that `blocks` can give. Images are not blocks:
those at the start of a line are handed to the caller, who checks them, and left out.
"""

import re
from collections.abc import Callable, Sequence

from bot.model import Block, BlockKind
from bot.packs.header import join

_BULLET = re.compile(r"[-*+·•]\s+")
_NUMBER = re.compile(r"\d{1,3}(?:[.)]\s|[、）])")
_RULE = re.compile(r"([-*_])(?:\s*\1){2,}")
# Bounded, for a line may be a megabyte long and be made to hurt.
IMAGE = re.compile(r"!\[[^\]]{0,200}\]\(\s{0,9}<?([^)>\"]{0,300}?)>?(?:\s{1,9}\"[^\"]{0,200}\")?\s{0,9}\)")
_CELLS = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r":?-+:?")
_SLASHED = "#＃>*+-·•|!_<\\"  # what a backslash at the start of a line takes the meaning from


def kind_of(line: str) -> BlockKind:
    """What kind of block a stripped, non-empty line belongs to.

    >>> kind_of("> 引文"), kind_of("- 一条"), kind_of("## 头"), kind_of("正文"), kind_of("3.5 倍")
    ('quote', 'list', 'head', 'para', 'para')
    """
    if re.match(r"[#＃]{2,}|[#＃]\s", line):
        return "head"
    if line[0] == ">":
        return "quote"
    if line[0] == "|":
        return "table"
    return "list" if _BULLET.match(line) or _NUMBER.match(line) else "para"


def blocks(
    lines: Sequence[str], image: Callable[[int, str], None] = lambda _n, _t: None
) -> tuple[Block, ...]:
    """The blocks of an article's body. Broken lines of a paragraph are joined, without a space between 汉字; of
    a list and a table each line stays one, without bullets and outer bars; numbers stay.

    image: told the index into `lines` and the target of each `![…](target)`.

    >>> blocks(["## 头", "", "一段", "接着。", "", "- 甲", "- 乙"])[1:]
    (Block(kind='para', text='一段接着。'), Block(kind='list', text='甲\\n乙'))
    """
    found: list[Block] = []
    group: list[str] = []
    kind: BlockKind = "para"

    def close() -> None:
        if group:
            found.append(Block(kind, _text(kind, group)))
            group.clear()

    for index, raw in enumerate(lines):
        line = raw.strip()
        while found_image := IMAGE.match(line):
            image(index, found_image[1])
            line = line[found_image.end() :].strip()
        if not line or _RULE.fullmatch(line) or not line.strip(">　 "):
            close()
            continue
        new = kind_of(line)
        if new == "head":
            close()
            if head := line.lstrip("#＃").strip():
                found.append(Block("head", head))
            continue
        if group and new != kind and not (kind == "list" and new == "para"):
            close()
        if group and kind == "list" and new == "para":  # a broken line goes on with the item above
            group[-1] = join(group[-1], _unslashed(line))
            continue
        kind = new
        group.append(_item(line, new))
    close()
    return tuple(block for block in found if block.text)


def _item(line: str, kind: BlockKind) -> str:
    if kind == "quote":
        return _unslashed(line.lstrip("> 　").strip())
    if kind == "list":
        return line if _NUMBER.match(line) else _BULLET.sub("", line, count=1)
    return line if kind == "table" else _unslashed(line)


def _unslashed(line: str) -> str:
    if line[:1] == "\\" and line[1:2] and line[1] in _SLASHED:
        return line[1:]
    return re.sub(r"^(\d{1,3})\\(?=[.)、）\\])", r"\1", line)


def _text(kind: BlockKind, group: Sequence[str]) -> str:
    if kind in {"para", "quote"}:
        text = group[0]
        for line in group[1:]:
            text = join(text, line)
        return text
    if kind == "list":
        return "\n".join(group)
    rows = [[cell.strip() for cell in _CELLS.split(row.strip("|") if row != "|" else "")] for row in group]
    if len(rows) > 1 and all(_DASHES.fullmatch(cell) for cell in rows[1]):
        del rows[1]
    return "\n".join(" | ".join(cell.replace("\\|", "|") for cell in row) for row in rows).strip()


def to_lines(found: Sequence[Block]) -> list[str]:
    """The Markdown lines of blocks, a blank line between two."""
    out: list[str] = []
    for block in found:
        if out:
            out.append("")
        if block.kind == "head":
            out.append(f"## {block.text}")
        elif block.kind == "list":
            out += [line if _NUMBER.match(line) else f"- {line}" for line in block.text.split("\n")]
        elif block.kind == "table":
            rows = [f"| {row} |" for row in block.text.split("\n")]
            bars = "| " + " | ".join("---" for _ in rows[0].strip("| ").split(" | ")) + " |"
            out += [rows[0], bars, *rows[1:]]
        elif block.kind == "quote":
            out.append(f"> {_slashed(block.text)}")
        else:
            out.append(_slashed(block.text))
    return out


def _slashed(text: str) -> str:
    """A paragraph on one line, so that it is read as one."""
    line = " ".join(text.split("\n"))
    if _NUMBER.match(line) or re.match(r"\d{1,3}\\[.)、）\\]", line):
        return re.sub(r"^\d{1,3}", r"\g<0>\\", line)
    special = kind_of(line) != "para" or line.startswith(("![", "<!--")) or _RULE.fullmatch(line)
    return "\\" + line if special or _unslashed(line) != line else line
