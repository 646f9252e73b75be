"""Articles: the list, and reading page by page."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.commands import originals, today
from bot.commands.base import Command, Replies, Turn, span_of
from bot.commands.clockface import number as number_in
from bot.fold import fold
from bot.messages import Button, Reply, Rows, Run, inside, marked, rich, row, say
from bot.model import Article, Complaint, Pack
from bot.store import progress, quizzes
from bot.study import asking, finding, reading

PLACE = re.compile(
    r"(?:(?P<pack>[a-z][a-z0-9-]{0,31})/)?(?P<number>[0-9]{1,6})\s*(?:篇\s*)?"
    r"(?:(?P<kind>[pb])(?P<n>[0-9]{1,6})|(?P<name>[a-z][a-z0-9-]*))?(?:\s+~(?P<words>.*))?$"
)
COUNTED = re.compile(r"([0-9]{1,6}|[一二两三四五六七八九十]{1,3})\s*篇")  # 第 3 篇, 第三篇
RECENT = timedelta(hours=12)  # since then a question is the one whose source somebody means
HEADS_OF = re.compile(r"(?:([a-z][a-z0-9-]{0,31})/)?([0-9]{1,6})")


def articles(turn: Turn) -> Replies:
    pack = turn.pack
    if not pack.articles:
        raise turn.nothing()
    total = sum(reading.size(block.text) for a in pack.articles for block in a.blocks if block.kind != "head")
    lines = [f"文章目录：{len(pack.articles)} 篇，约 {round(total, -2) or total} 字"]
    lines += [" · ".join(filter(None, (f"{a.number} {a.title}", a.by, a.date))) for a in pack.articles]
    place = own_place(turn, pack)
    at = next((a for a in pack.articles if place and a.id == place[0]), None)
    where = f"上次读到第 {at.number} 篇 {place[1]}/{len(reading.pages(at))} 页。" if at and place else ""
    lines.append(f"{turn.write('回复', '序号')}就能读。{where}")
    numbers = tuple(Button(str(a.number), f"/article {a.number}") for a in pack.articles)
    more = (("继续读", "/article"),) if at else ()
    return [Reply(rich("\n".join(lines)), (numbers, row(*more, ("搜索", "/search"))))]


def own_place(turn: Turn, pack: Pack) -> tuple[str, int] | None:
    """Where this person last read; in a group that is nobody else's business."""
    return progress.place(turn.store, turn.who.id, pack.id) if turn.private else None


def article(turn: Turn) -> Replies:
    """/article [PACK/]N [pN∣bN∣card∣question] [~词]: a page, or the page of a place with its sentence marked.

    today, source: the article of today's card, of the question answered last; next, back: from the page last read.
    """
    if turn.arg in {"today", "source"}:
        return behind(turn, answered=turn.arg == "source")
    pack = turn.pack
    if turn.arg in {"next", "back"}:
        return turned(turn, pack, 1 if turn.arg == "next" else -1)
    if not turn.arg:
        place = own_place(turn, pack)
        at = next((a for a in pack.articles if place and a.id == place[0]), None)
        return [page(turn, pack, at, place[1])] if at and place else articles(turn)
    if (counted := COUNTED.match(turn.arg)) and (n := number_in(counted[1])):
        turn = replace(turn, arg=f"{n}{turn.arg[counted.end() :]}")
    found = PLACE.match(fold(turn.arg, simplify=False))
    if not found:
        return by_title(turn)
    if found["pack"] and (other := turn.visible.get(found["pack"])):
        pack = other
    number, count = int(found["number"]), len(pack.articles)
    if not 1 <= number <= count:
        raise Complaint(
            f"没有第 {number} 篇，{span_of(count, '篇', '/article', min(3, count))}",
            ("文章目录", "/articles"),
        )
    wanted = pack.articles[number - 1]
    if found["kind"] == "p":
        return [replace(page(turn, pack, wanted, int(found["n"])), edits=True)]
    name, words = found["name"] or "", finding.words_of(found["words"] or "")
    block = int(found["n"]) if found["kind"] == "b" else reading.block_of(pack, wanted, name)
    quote = reading.quote_of(pack, name)
    words = words or ([quote] if quote else [])
    return [page(turn, pack, wanted, reading.page_of(wanted, block, words), block, words)]


def behind(turn: Turn, answered: bool) -> Replies:
    """The text behind the question that was answered last today, or else behind the card that was shown last."""
    if answered and (last := quizzes.last_answered(turn.store, turn.who.id, turn.now - RECENT)):
        pack = turn.packs.get(last[0])
        question = next((q for q in pack.questions if q.id == last[1]), None) if pack else None
        if pack and question:
            return at_place(turn, pack, question.article, question.id)
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    if given is None or not given.shown or given.pack not in turn.packs:
        past = progress.given(turn.store, turn.sub.id, turn.sub.pack)
        given = next((each for each in reversed(past) if each.shown), None)
    pack = turn.packs.get(given.pack) if given else None
    card = next((each for each in pack.cards if given and each.id == given.card), None) if pack else None
    return at_place(turn, pack, card.article, card.id) if pack and card else today.today(turn)


def at_place(turn: Turn, pack: Pack, article_id: str, place: str) -> Replies:
    """The page of an article on which a card or a question stands."""
    number = next(each.number for each in pack.articles if each.id == article_id)
    at = f"{turn.other(pack)}/{number}".lstrip("/")
    return article(replace(turn, arg=f"{at} {place}"))


def turned(turn: Turn, pack: Pack, step: int) -> Replies:
    """The page after or before the one that was read last."""
    place = own_place(turn, pack)
    at = next((a for a in pack.articles if place and a.id == place[0]), None)
    if place is None or at is None:
        return articles(turn)
    wanted, count = place[1] + step, len(reading.pages(at))
    if 1 <= wanted <= count:
        return [page(turn, pack, at, wanted)]
    end = f"已经是《{inside(at.title)}》的{'最后' if step > 0 else '第'}一页。"
    return [say(end, rows=(row(("继续读", "/article"), ("返回目录", "/articles")),))]


def by_title(turn: Turn) -> Replies:
    wanted = fold(turn.arg)
    found = [a for a in turn.pack.articles if wanted and wanted in fold(a.title)]
    if len(found) == 1:
        return [page(turn, turn.pack, found[0], 1)]
    if not found:
        shown = turn.arg[:20]
        example = min(3, len(turn.pack.articles))
        raise Complaint(
            f"没有叫“{shown}”的文章。请写序号或标题里的词，例如：/article {example}",
            ("文章目录", "/articles"),
            (f"搜索 {shown[:8]}", f"/search {shown[:8]}"),
        )
    lines = [
        f"标题里有“{turn.arg[:20]}”的有 {len(found)} 篇，{turn.write('回复', '序号')}打开。",
        *(f"{a.number} {a.title}" for a in found),
    ]
    return [
        Reply(rich("\n".join(lines)), (tuple(Button(str(a.number), f"/article {a.number}") for a in found),))
    ]


def page(
    turn: Turn, pack: Pack, wanted: Article, number: int, block: int = -1, words: Sequence[str] = ()
) -> Reply:
    """One page with its pager; in private the place is kept. A number out of range is the nearest page.

    block, words: the sentences of that block that hold the words are marked.
    """
    pages = reading.pages(wanted)
    number = min(max(number, 1), len(pages))
    if turn.private:
        progress.keep_place(turn.store, turn.who.id, pack.id, wanted.id, number, turn.now)
    here = pages[number - 1]
    by = ""
    if number == 1:
        by = "\n" + " · ".join(filter(None, (wanted.author or wanted.source, wanted.date)))
    parts: list[str | Run] = [f"《{inside(wanted.title)}》{number}/{len(pages)}{by}\n"]
    for n, piece in zip(here.at, here.blocks, strict=True):
        spans = reading.sentence_spans(piece.text, words) if n == block and words else []
        parts += ["\n", *(marked(piece.text, spans) if piece.kind != "head" else [f"【{piece.text}】"])]
    other = turn.other(pack)
    return Reply(
        rich(*parts), pager(pack, wanted, number, other, originals.offer(turn, pack, wanted)), article=True
    )


def pager(
    pack: Pack, wanted: Article, number: int, other: str, whole: Sequence[tuple[str, str]] = ()
) -> Rows:
    """The buttons below a page. other: the pack's id where it is not the one followed. whole: to the original."""
    at = f"{other}/{wanted.number}" if other else str(wanted.number)
    pages = reading.pages(wanted)
    turns = []
    if number > 1:
        turns.append(("⬅ 上一页", f"/article {at} p{number - 1}"))
    turns.append((f"{number}/{len(pages)}", f"/heads {at}"))
    if number < len(pages):
        turns.append(("下一页 ➡", f"/article {at} p{number + 1}"))
    below = [("返回目录", "/articles")]
    blocks = sorted(set(pages[number - 1].at))
    if asking.about(pack, wanted, blocks):
        below.insert(0, ("考我这一段", f"/quiz {asking.spell(((wanted.id, n) for n in blocks), other)}"))
    if whole:
        below += whole
    elif wanted.link.startswith("https://"):
        below.append(("看原文", wanted.link))
    return (row(*turns), row(*below))


def heads(turn: Turn) -> Replies:
    """/heads [PACK/]N: the heads of an article, or the beginnings of its pages where it has none."""
    found = HEADS_OF.fullmatch(turn.arg)
    pack = turn.visible.get(found[1], turn.pack) if found and found[1] else turn.pack
    number = int(found[2]) if found else 0
    if not 1 <= number <= len(pack.articles):
        return articles(turn)
    wanted = pack.articles[number - 1]
    at = f"{turn.other(pack)}/{number}".lstrip("/")
    place = own_place(turn, pack)
    here = place[1] if place and place[0] == wanted.id else 0
    lines = [f"《{inside(wanted.title)}》的小标题"]
    buttons: list[Button] = []
    bare = all(block.kind != "head" for block in wanted.blocks)
    if bare:
        lines = [f"《{inside(wanted.title)}》没有小标题，各页这样开头"]
    for n, each in enumerate(reading.pages(wanted), 1):
        named = [block.text for block in each.blocks if block.kind == "head"]
        for i, text in enumerate([each.blocks[0].text[:14] + "…"] if bare else named):
            seen = len(buttons) + 1
            lines.append(f"{seen} {text} · 第 {n} 页{'（读到这里）' if n == here and not i else ''}")
            buttons.append(Button(str(seen), f"/article {at} p{n}"))
    return [Reply(rich("\n".join(lines)), (tuple(buttons), row(("返回目录", "/articles"))))]


ARTICLES = Command("articles", "文章目录", ("目录", "文章", "文章目录"), articles)
ARTICLE = Command(
    "article",
    "读全文",
    ("继续读",),
    article,
    heads=("文章", "读"),
    fixed={"读全文": "today", "看原文": "source"},
    loose=("第",),
    takes=lambda text: COUNTED.match(fold(text)) is not None,
    in_groups=False,
)
HEADS = Command("heads", "", (), heads)
