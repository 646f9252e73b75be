"""A pack written as the folder of Markdown that a person edits afterwards.

Invariant: the folder appears whole or not at all, and one that is there is never written over.
"""

import re
import shutil
from pathlib import Path

from bot.model import Article, Block, Card, Complaint, Pack


def write_pack(pack: Pack, folder: Path) -> None:
    """Write articles and cards of an imported pack (it has no terms and questions yet).

    Raises Complaint when the folder is there already.
    """
    if folder.exists():
        raise Complaint(f"“{folder.name}”已经有了。请换一个编号，例如：--pack {folder.name}-2")
    half = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    (half / "articles").mkdir(parents=True)
    head = [f"# {_line(pack.title)}", "", f"语言: {pack.language}"]
    head += [
        f"{key}: {_line(value)}" for key, value in (("节奏", pack.rhythm), ("说明", pack.about)) if value
    ]
    (half / "pack.md").write_text("\n".join(head) + "\n", encoding="utf-8")
    for article in pack.articles:
        path = half / "articles" / f"{article.number:02}-{article.id}.md"
        path.write_text(_article(article), encoding="utf-8")
    (half / "cards.md").write_text("\n".join(_card(card) for card in pack.cards), encoding="utf-8")
    half.rename(folder)


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _article(article: Article) -> str:
    keys = (
        ("编号", article.id),
        ("标题", article.title),
        ("副题", article.subtitle),
        ("出处", article.source),
        ("作者", article.author),
        ("日期", article.date),
        ("链接", article.link),
        ("原文", article.original),
    )
    lines = ["---", *(f"{key}: {_line(value)}" for key, value in keys if value), "---", ""]
    return "\n".join(lines) + "\n" + "\n\n".join(_block(block) for block in article.blocks) + "\n"


def _block(block: Block) -> str:
    if block.kind == "head":
        return f"## {_line(block.text)}"
    if block.kind == "quote":
        return "\n".join(f"> {line}" for line in block.text.split("\n"))
    return block.text if block.kind in {"list", "table"} else _line(block.text)


def _card(card: Card) -> str:
    keys = (("文章", card.article), ("小标题", card.section), ("日期说明", card.date_note))
    lines = [
        f"## {card.id} {_line(card.title)}",
        *(f"{key}: {_line(value)}" for key, value in keys if value),
        "",
    ]
    lines += ["\n\n".join(card.text.split("\n")), ""]
    if card.think:
        lines += [f"想一想: {_line(card.think)}", ""]
    return "\n".join(lines)
