"""An organiser brings a document in the chat: a file or a link, its preview, and what becomes of it.

Invariant: reading and writing run beside the database thread; a draft answers only the one who brought it, and
nothing of it reaches anybody else before 采用.
"""

import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import importing as words
from bot.commands.base import Command, Replies, Turn
from bot.commands.desk import HELP, only_text
from bot.messages import Reply, inside, rich, row, say
from bot.model import Complaint
from bot.packs.find import find_packs
from bot.packs.links import is_link
from bot.store import offers
from bot.study import drafts
from bot.study.drafts import Waiting

if TYPE_CHECKING:
    from bot.study.importing import Plan

NAMED = 2  # articles named in a preview
LISTED = 8  # drafts that wait, at a time
CARDS = 3  # cards shown at a time
LONGEST = 60  # characters of a title
GONE = "这份草稿不在了：采用过、取消过，或放了 7 天。请再发一次文件，例如：讲义.docx"
ASK = "请把文件或网址发给我：.docx、.pdf、.html、.md、.txt 或 .zip，例如：https://example.com/a"
NO_FILES = ("terminal", "web")  # channels in which no file can be sent
Step = Callable[[Turn, Waiting, str], Replies]


def heard(turn: Turn) -> Replies | None:
    """A file or a lone link from an organiser in private; None: not for us."""
    where = turn.incoming
    if where.files:
        if not turn.organiser:
            return [only_text(turn)]
        if where.group:
            link = turn.door("g")
            below = (row(("私聊我", link)),) if link else ()
            return [say("文件请私聊发给我，例如：先点我的头像，再发文件", rows=below)]
        return [_reading(turn, where.files)]
    if turn.organiser and not where.group and is_link(where.text):
        return [_reading(turn, (where.text.strip(),))]
    return None


def import_(turn: Turn) -> Replies:
    """/import ADDRESS, or a step with a draft: /import ok k3, title k3 …, no k3, cards k3 2, more k3."""
    if is_link(turn.arg):
        return [_reading(turn, (turn.arg.strip(),))]
    step, _, rest = turn.arg.partition(" ")
    stamp, _, more = rest.partition(" ")
    if not turn.arg or step not in STEPS:
        return [_asking(turn)]
    found = drafts.waiting(turn.settings.data, stamp, turn.who.id)
    if found is None:
        raise Complaint(GONE, ("导入文件", "/import"))
    return STEPS[step](turn, found, more.strip())


def _asking(turn: Turn) -> Reply:
    """Asks for a document; what was brought before and waits for a word is named first."""
    ask = _by_hand(turn.arg) if turn.incoming.channel in NO_FILES else ASK
    left = drafts.all_of(turn.settings.data, turn.who.id)[:LISTED] if not turn.arg else []
    if not left:
        return replace(say(ask, rows=(HELP,)), asks="/import")
    if len(left) == 1:
        below = row(("看预览", f"/import show {left[0].stamp}"), *_adopt(left[0]))
        return Reply(rich(f"{_waits(left[0])}\n{ask}"), (below,), private=True, asks="/import")
    lines = [f"还有 {len(left)} 份没有采用：", *(f"{n} 《{named(each)}》" for n, each in enumerate(left, 1))]
    numbers = row(*((str(n), f"/import show {each.stamp}") for n, each in enumerate(left, 1)))
    return Reply(rich("\n".join([*lines, "回复序号看预览。", ask])), (numbers,), private=True, asks="/import")


def named(said: Waiting) -> str:
    """What people call a draft, as it stands between 《 and 》."""
    return inside(said.title or said.name)


def _waits(said: Waiting) -> str:
    return f"《{named(said)}》还没有采用。"


def _adopt(said: Waiting) -> tuple[tuple[str, str], ...]:
    return () if said.bare else (("采用", f"/import ok {said.stamp}"),)


def _by_hand(path: str) -> str:
    """How a file gets in where none can be sent. path: what was written for one."""
    named = path if re.search(r"[\w）)]\.\w{2,5}$", path) or "/" in path else "讲义.docx"
    typed = named if re.fullmatch(r"[\w./~-]+", named) else shlex.quote(named)
    return f"这里收不到文件，网址可以直接发。文件请在服务器的命令行里导入，例如：python -m bot import {typed}"


def _reading(turn: Turn, what: tuple[str, ...]) -> Reply:
    from bot.study import importing  # the reader of documents is heavy, and few messages bring one

    names = [importing.document_name(each) for each in what]
    name = names[0]
    data, stamp = turn.settings.data, offers.new_stamp()

    def work(_store: Any) -> Replies:
        found = [(each, importing.read(path)) for each, path in zip(names, what, strict=True)]
        from bot.packs.draft.reading import joined

        one = found[0][1] if len(found) == 1 else joined(found, Path(name).stem)
        said = Waiting(stamp, turn.who.id, name, bare=not one.draft.cards)
        drafts.keep(data, said, one)
        for path in map(Path, what):
            if data.resolve() in path.resolve().parents:  # what a channel has put there; never a person's own
                with suppress(OSError):
                    path.unlink()
        return [_preview(turn, said)]

    shown = f"收到《{name}》" if not is_link(name) else "收到网址"
    text = f"{shown}，正在读，约 10 秒。采用前只有你能看到。"
    return Reply(rich(text), private=True, work=work, slow=True)


def _plan(turn: Turn, said: Waiting) -> "Plan":
    from bot.study import importing

    data = turn.settings.data
    found = drafts.draft(data, said.stamp)
    if found is None:
        raise Complaint(GONE, ("导入文件", "/import"))
    packs = data / "packs"
    here = find_packs(packs)[0]
    taken = {**{pack_id: Path() for pack_id in turn.packs}, **here}
    return importing.plan(found, said.name, packs, taken, title=said.title)


def _preview(turn: Turn, said: Waiting, articles: int = NAMED) -> Reply:
    plan = _plan(turn, said)
    lines = words.preview(plan, turn.settings.calendar, turn.day + timedelta(days=1), articles)
    more = (
        (("更多", f"/import more {said.stamp}"),) if articles and len(plan.pack.articles) > articles else ()
    )
    adopt = (("采用", f"/import ok {said.stamp}"),) if plan.pack.cards else ()
    look = (("看卡片", f"/import cards {said.stamp}"),) if plan.pack.cards else ()
    title, no = ("改标题", f"/import title {said.stamp}"), ("取消", f"/import no {said.stamp}")
    below = (row(*adopt, title, no, *look), row(*more))
    rows, asks = tuple(filter(None, below)), f"/import show {said.stamp}"
    return Reply(rich("\n".join(lines)), rows, edits=True, private=True, asks=asks, yes=bool(adopt))


def _later(text: str, work: Callable[[], Replies]) -> Replies:
    return [Reply(rich(text), edits=True, private=True, work=lambda _store: work())]


def _ok(turn: Turn, said: Waiting, _more: str) -> Replies:
    def work() -> Replies:
        from bot.study import importing

        plan = _plan(turn, said)
        if not plan.pack.cards:
            raise Complaint(words.NO_CARD, ("导入文件", "/import"))
        importing.adopt(plan, turn.settings.data / "packs")
        drafts.drop(turn.settings.data, said.stamp)
        done = f"已采用《{plan.pack.title}》。还没推送给任何人。"
        where = f"编号 {plan.pack.id}，可以直接改 {plan.pack.id} 目录里的文字。"
        lines = [done, *words.change(plan), where, *words.warned(plan)]
        below = row(
            ("推送给一个群", f"/plan {plan.pack.id}"),
            ("出题", f"/draft {plan.pack.id}"),
            ("设为默认", f"/pack {plan.pack.id} default"),
            ("文章目录", "/articles"),
        )
        return [Reply(rich("\n".join(lines)), (below,), edits=True, private=True, new_pack=True)]

    return _later("正在写，马上好。", work)


def _title(turn: Turn, said: Waiting, more: str) -> Replies:
    if not more:
        return [
            Reply(
                rich("请发新的标题，例如：2026 年冬季学习"),
                (row(("返回预览", f"/import show {said.stamp}")),),
                prompt=f"/import title {said.stamp}",
                private=True,
                own_numbers=True,
            )
        ]
    if len(more) > LONGEST:
        raise Complaint(f"标题有 {len(more)} 字，太长了。请写 {LONGEST} 字以内，例如：2026 年冬季学习")
    said = replace(said, title=more)
    drafts.keep(turn.settings.data, said)
    return _later("正在改标题。", lambda: [_titled(_preview(turn, said), more)])


def _titled(reply: Reply, title: str) -> Reply:
    return replace(reply, text=rich(f"标题改成《{inside(title)}》。\n", reply.text))


def _no(turn: Turn, said: Waiting, _more: str) -> Replies:
    drafts.drop(turn.settings.data, said.stamp)
    below = row(("导入文件", "/import"), ("使用帮助", "/help"))
    return [Reply(rich("已取消，文件和草稿都删了。"), (below,), edits=True, private=True)]


def _left(_turn: Turn, said: Waiting, more: str) -> Replies:
    """算了 at the title or the preview (`more` says which): the draft stays."""
    back, no = ("返回预览", f"/import show {said.stamp}"), ("取消", f"/import no {said.stamp}")
    text = f"好，先放着。《{named(said)}》最多留 7 天，再看请发：导入"
    if more == "title":
        text = f"好，标题没有改。{_waits(said)}"
    return [Reply(rich(text), (row(*_adopt(said), back, no),), private=True, asks=back[1])]


def _cards(turn: Turn, said: Waiting, more: str) -> Replies:
    def work() -> Replies:
        plan = _plan(turn, said)
        cards = plan.pack.cards
        begin = min(max(int(more) if more.isdecimal() and len(more) < 6 else 1, 1), max(len(cards), 1))
        titles = {article.id: article.title for article in plan.pack.articles}
        parts = [
            f"{n}/{len(cards)} {card.title}\n{card.text}\n——《{inside(titles[card.article])}》"
            for n, card in enumerate(cards[begin - 1 : begin - 1 + CARDS], begin)
        ]
        then = begin + CARDS
        step = (("后面的卡片", f"/import cards {said.stamp} {then}"),) if then <= len(cards) else ()
        below = row(*step, ("返回预览", f"/import show {said.stamp}"))
        return [Reply(rich("\n\n".join(parts) or "没有卡片。"), (below,), edits=True, private=True)]

    return _later("正在打开。", work)


def _more(turn: Turn, said: Waiting, _more: str) -> Replies:
    return _later("正在打开。", lambda: [_preview(turn, said, 0)])


def _show(turn: Turn, said: Waiting, _more: str) -> Replies:
    return _later("正在打开。", lambda: [_preview(turn, said)])


STEPS: dict[str, Step] = {
    "ok": _ok,
    "title": _title,
    "no": _no,
    "cards": _cards,
    "more": _more,
    "show": _show,
    "left": _left,
}
IMPORT = Command(
    "import", "导入", ("导入", "导入文件"), import_, heads=("导入",), organiser=True, in_groups=False
)
