"""Articles: the list, and reading page by page."""

import re

from bot.commands.base import Command, Replies, Turn
from bot.fold import fold
from bot.messages import Button, Reply, Rows, marked, rich, row
from bot.model import Article, Complaint
from bot.store import progress
from bot.study import finding, reading

PLACE = re.compile(r"([0-9]{1,6})\s*(?:篇\s*)?(?:([pb])([0-9]{1,6})|([a-z][a-z0-9-]*))?(?:\s+~(.*))?$")


def articles(turn: Turn) -> Replies:
    pack = turn.pack
    total = sum(reading.size(block.text) for a in pack.articles for block in a.blocks if block.kind != "head")
    lines = [f"文章目录：{len(pack.articles)} 篇，约 {round(total, -2) or total} 字"]
    lines += [" · ".join(filter(None, (f"{a.number} {a.title}", a.by, a.date))) for a in pack.articles]
    place = progress.place(turn.store, turn.who.id, pack.id)
    at = next((a for a in pack.articles if place and a.id == place[0]), None)
    where = f"上次读到第 {at.number} 篇 {place[1]}/{len(reading.pages(at))} 页。" if at and place else ""
    lines.append("回复序号就能读。" + where)
    numbers = tuple(Button(str(a.number), f"/article {a.number}") for a in pack.articles)
    more = (("继续读", "/article"),) if at else ()
    return [Reply(rich("\n".join(lines)), (numbers, row(*more, ("搜索", "/search"))))]


def article(turn: Turn) -> Replies:
    pack = turn.pack
    if not turn.arg:
        place = progress.place(turn.store, turn.who.id, pack.id)
        at = next((a for a in pack.articles if place and a.id == place[0]), None)
        return [page(turn, at, place[1])] if at and place else articles(turn)
    found = PLACE.match(fold(turn.arg, simplify=False))
    if not found:
        return by_title(turn)
    number = int(found[1])
    if not 1 <= number <= len(pack.articles):
        count = len(pack.articles)
        raise Complaint(
            f"没有第 {number} 篇，一共 {count} 篇。请写 1 到 {count}，例如：/article {min(3, count)}",
            ("文章目录", "/articles"),
        )
    wanted = pack.articles[number - 1]
    if found[2] == "p":
        return [page(turn, wanted, int(found[3]))]
    block = int(found[3]) if found[2] == "b" else reading.block_of(pack, wanted, found[4] or "")
    return [page(turn, wanted, reading.page_of(wanted, block), found[5] or "")]


def by_title(turn: Turn) -> Replies:
    wanted = fold(turn.arg)
    found = [a for a in turn.pack.articles if wanted and wanted in fold(a.title)]
    if len(found) == 1:
        return [page(turn, found[0], 1)]
    if not found:
        shown = turn.arg[:20]
        example = min(3, len(turn.pack.articles))
        raise Complaint(
            f"没有叫“{shown}”的文章。请写序号或标题里的词，例如：/article {example}",
            ("文章目录", "/articles"),
            (f"搜索 {shown[:8]}", f"/search {shown[:8]}"),
        )
    lines = [
        f"标题里有“{turn.arg[:20]}”的有 {len(found)} 篇，回复序号打开。",
        *(f"{a.number} {a.title}" for a in found),
    ]
    return [
        Reply(rich("\n".join(lines)), (tuple(Button(str(a.number), f"/article {a.number}") for a in found),))
    ]


def page(turn: Turn, wanted: Article, number: int, word: str = "") -> Reply:
    """One page with its pager; the place is kept. A number out of range is the nearest page."""
    pages = reading.pages(wanted)
    number = min(max(number, 1), len(pages))
    progress.keep_place(turn.store, turn.who.id, turn.pack.id, wanted.id, number, turn.now)
    text = "\n".join(f"【{b.text}】" if b.kind == "head" else b.text for b in pages[number - 1].blocks)
    spans = finding.spans_of(text, finding.words_of(word)) if word else ()
    by = ""
    if number == 1:
        by = "\n" + " · ".join(filter(None, (wanted.author or wanted.source, wanted.date)))
    head = f"《{wanted.title}》{number}/{len(pages)}{by}\n\n"
    return Reply(rich(head, marked(text, spans)), pager(wanted.number, number, len(pages)), edits=True)


def pager(article_number: int, number: int, count: int) -> Rows:
    turns = []
    if number > 1:
        turns.append(("⬅ 上一页", f"/article {article_number} p{number - 1}"))
    turns.append((f"{number}/{count}", f"/heads {article_number}"))
    if number < count:
        turns.append(("下一页 ➡", f"/article {article_number} p{number + 1}"))
    return (row(*turns), row(("返回目录", "/articles")))


def heads(turn: Turn) -> Replies:
    number = int(turn.arg) if re.fullmatch("[0-9]{1,6}", turn.arg) else 0
    if not 1 <= number <= len(turn.pack.articles):
        return articles(turn)
    wanted = turn.pack.articles[number - 1]
    place = progress.place(turn.store, turn.who.id, turn.pack.id)
    here = place[1] if place and place[0] == wanted.id else 0
    lines, buttons, seen = [f"《{wanted.title}》的小标题"], [], 0
    for n, each in enumerate(reading.pages(wanted), 1):
        for i, block in enumerate(b for b in each.blocks if b.kind == "head"):
            seen += 1
            lines.append(f"{seen} {block.text} · 第 {n} 页{'（读到这里）' if n == here and not i else ''}")
            buttons.append(Button(str(seen), f"/article {number} p{n}"))
    return [Reply(rich("\n".join(lines)), (tuple(buttons), row(("返回目录", "/articles"))))]


ARTICLES = Command("articles", "文章目录", ("目录", "文章", "文章目录"), articles)
ARTICLE = Command("article", "读全文", ("继续读",), article, heads=("文章", "读", "第"))
HEADS = Command("heads", "", (), heads)
