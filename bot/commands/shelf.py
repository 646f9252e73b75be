"""What there is to learn from, and changing to another pack."""

from dataclasses import replace
from datetime import timedelta

from bot.commands.base import Command, Replies, Turn
from bot.commands.cards import goes_on
from bot.messages import Button, Reply, rich, row, say
from bot.model import Complaint, Pack
from bot.store import housekeeping, progress
from bot.study import daily, joining

DEFAULT = "default pack"  # the fact that says which pack new subscriptions follow


def packs(turn: Turn) -> Replies:
    seen = list(turn.visible.values())
    if not seen:
        raise turn.nothing()
    lines = [f"学习资料：{len(seen)} 份"]
    lines += [
        f"{n} 《{pack.title}》{len(pack.cards)} 天{_mine(turn, pack)}" for n, pack in enumerate(seen, 1)
    ]
    change = f"{turn.write('回复', '序号')}换一份；换了以后进度都留着。"
    change = "学哪一份由群管理员设置。" if turn.barred else change
    lines.append(change if len(seen) > 1 else "现在只有这一份。")
    numbers = tuple(Button(str(n), f"/pack {pack.id}") for n, pack in enumerate(seen, 1))
    below = row(("今日学习", "/today"), ("文章目录", "/articles"))
    return [Reply(rich("\n".join(lines)), (numbers, below), own_numbers=True)]


def _mine(turn: Turn, pack: Pack) -> str:
    n = daily.reached(turn.store, turn.sub, pack)
    here = "在学，" if pack.id == turn.sub.pack else ""
    default = "，默认" if turn.organiser and pack.id == turn.default else ""
    if here or n or default:
        return f"（{here}{f'第 {n} 天' if n else '还没开始'}{default}）"
    return ""


def pack(turn: Turn) -> Replies:
    words = turn.arg.split()
    if not words:
        return packs(turn)
    found = turn.packs.get(words[0])
    if found is None:
        raise Complaint(f"没有叫“{words[0][:20]}”的资料。请从列表里选，例如：/packs", ("学习资料", "/packs"))
    if words[1:] == ["default"] and turn.organiser:
        if not found.cards:
            raise Complaint(
                f"《{found.title}》还没有卡片，不能设为默认。请先写几张，例如：python -m bot check {found.id}",
                ("学习资料", "/packs"),
            )
        housekeeping.put_fact(turn.store, DEFAULT, found.id)
        return [
            say(
                f"已设为默认：《{found.title}》。新订阅学它，现有订阅不变。",
                rows=(row(("学习资料", "/packs")),),
            )
        ]
    if found.id == turn.sub.pack:
        n = daily.reached(turn.store, turn.sub, found)
        where = f"第 {n}/{len(found.cards)} 天" if n else "还没开始"
        return [say(f"现在学的就是《{found.title}》，{where}。", rows=(row(("今日学习", "/today")),))]
    return [followed(turn, found)]


def switched(turn: Turn, new: Pack) -> Turn:
    """Another pack from the next card on; the old one stays in sight."""
    if turn.private and turn.sub.pack in turn.packs:
        progress.follow(turn.store, turn.who.id, turn.sub.pack, turn.now)
    sub = joining.follow(turn.store, turn.sub, turn.who.id if turn.private else None, new.id, turn.now)
    return replace(turn, sub=sub)


def goes_on_with(turn: Turn, pack: Pack) -> str:
    """Where this chat goes on in a pack with its next new card: 从第 8 天接着学."""
    tomorrow = turn.day + timedelta(days=1)
    return goes_on(daily.upcoming(turn.store, turn.packs, turn.sub, pack, tomorrow))


def has_card(turn: Turn) -> bool:
    """Whether this local date has its card already, whichever pack it is from."""
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    return given is not None and given.pack in turn.packs


def followed(turn: Turn, new: Pack) -> Reply:
    """Another pack from the next card on."""
    turn = switched(turn, new)
    when = "今天的卡片已经给了，下一张起换新的。" if has_card(turn) else "今天就能看。"
    text = f"已换成《{new.title}》，{goes_on_with(turn, new)}。{when}原来的进度留着，随时换回。"
    return say(text, rows=(row(("今日学习", "/today"), ("文章目录", "/articles"), ("学习资料", "/packs")),))


PACKS = Command("packs", "学习资料", ("资料", "学习资料"), packs, in_groups=False)
PACK = Command("pack", "换一份", ("换资料",), pack, heads=("换资料",), manages=True, in_groups=False)
