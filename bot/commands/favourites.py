"""Favourites: cards that somebody keeps."""

from bot.commands.base import Command, Replies, Turn
from bot.commands.cards import buttons, card_reply, shared
from bot.commands.today import for_him_alone, once_more, read_today, was_read, when_read, withdrawn
from bot.messages import Button, Reply, rich, row
from bot.model import Complaint
from bot.store import progress


def fav(turn: Turn) -> Replies:
    """The list of favourites; with a card, keep it; with -card, let it go."""
    if not turn.arg:
        return [favourites(turn)]
    drop = turn.arg.startswith("-")
    found = turn.named_card(turn.arg.removeprefix("-"))
    if found is None:
        raise Complaint(withdrawn(turn), ("今日学习", "/today"))
    pack, kept = found
    if drop:
        progress.drop_favourite(turn.store, turn.who.id, pack.id, kept.id)
    else:
        progress.keep_favourite(turn.store, turn.who.id, pack.id, kept.id, turn.now)
    count = len(progress.favourites(turn.store, turn.who.id))
    said = "已取消收藏" if drop else f"已收藏，共 {count} 张"
    if not turn.private:
        return [for_him_alone(turn, said, "已取消收藏。" if drop else "收藏好了。", "收藏")]
    shown = once_more(turn, pack, kept)
    read = read_today(turn, pack, kept) is not None
    article = next(each for each in pack.articles if each.id == kept.article)
    rows = buttons(kept, article, read, not drop, turn.other(pack), share=shared(turn, pack))
    edited = card_reply(shown, last=when_read(turn, shown), read=was_read(turn, shown)).text
    return [Reply(rich(said + "。"), rows, edits=True, edited=edited, edited_rows=rows, toast=said)]


def favourites(turn: Turn) -> Reply:
    """What was kept, the latest first; the bare word lists, it never toggles."""
    live = [
        (pack, each)
        for pack_id, card_id in progress.favourites(turn.store, turn.who.id)
        if (pack := turn.packs.get(pack_id))
        for each in pack.cards
        if each.id == card_id
    ]
    if not live:
        return Reply(
            rich("还没有收藏。看到想留的卡片，点“收藏”就会出现在这里。"),
            (row(("今日学习", "/today")),),
            private=True,
        )
    shown_, rest = live[:20], len(live) - 20
    lines = [f"我的收藏：{len(live)} 张"]
    lines += [f"{n} {each.title} · 第 {each.rank} 天" for n, (_, each) in enumerate(shown_, 1)]
    lines.append("回复序号看卡片。" if rest <= 0 else f"先列最近 20 张，还有 {rest} 张。回复序号看卡片。")
    numbers = tuple(
        Button(str(n), f"/card {turn.other(pack) + '/' if turn.other(pack) else ''}{each.id}")
        for n, (pack, each) in enumerate(shown_, 1)
    )
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    fresh = given and (given.pack, given.card) not in [(pack.id, each.id) for pack, each in live]
    keep = (row(("收藏今天这张", f"/fav {given.card}")),) if given and fresh else ()
    return Reply(rich("\n".join(lines)), (numbers, *keep), private=True)


# Below a card a button is called 收藏, too; typed, the word lists what was kept.
FAV = Command("fav", "我的收藏", ("收藏", "我的收藏"), fav, in_groups=False, keeps_words=True)
