"""The little Markdown of an article: heads, paragraphs, quotes, lists and tables, as blocks."""

import re
from collections.abc import Sequence

from bot.model import Block, BlockKind

LIST = re.compile(r"^\s*(?:[-*+]|\d+[.、)])\s+")


def kind_of(line: str) -> BlockKind:
    """What kind of block a line belongs to.

    >>> kind_of("> 引文"), kind_of("- 一条"), kind_of("正文")
    ('quote', 'list', 'para')
    """
    if line.startswith("#"):
        return "head"
    if line.lstrip().startswith(">"):
        return "quote"
    if line.lstrip().startswith("|"):
        return "table"
    return "list" if LIST.match(line) else "para"


def blocks(lines: Sequence[str]) -> tuple[Block, ...]:
    """The blocks of an article's body. Broken lines of a paragraph are joined, without a space between 汉字.

    >>> blocks(["## 头", "", "一段", "接着。", "", "- 甲", "- 乙"])[1].text
    '一段接着。'
    """
    found: list[Block] = []
    group: list[str] = []
    kind: BlockKind = "para"

    def close() -> None:
        if group:
            found.append(Block(kind, _joined(group) if kind in {"para", "quote"} else "\n".join(group)))
            group.clear()

    for line in lines:
        stripped = line.strip()
        new = kind_of(line)
        if (
            not stripped
            or new == "head"
            or (group and new != kind and not (kind == "list" and new == "para"))
        ):
            close()
        if not stripped or stripped.startswith("!["):
            continue
        if new == "head":
            found.append(Block("head", stripped.lstrip("#").strip()))
            continue
        if not group:
            kind = new
        group.append(stripped.lstrip("> ").strip() if new == "quote" else stripped)
    close()
    return tuple(found)


def _joined(lines: Sequence[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        text += " " + line if text[-1:].isascii() and line[:1].isascii() else line
    return text
