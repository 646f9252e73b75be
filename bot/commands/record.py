"""The record: streak, freezes, points, what is due, and the calendar."""

import secrets

from bot.commands import picture
from bot.commands.base import Replies, Turn
from bot.messages import Reply, rich, row
from bot.store import Store
from bot.study import looking_back
from bot.study.looking_back import Record

BELOW = row(("答题", "/quiz"), ("错题本", "/wrong"), ("我的收藏", "/fav"))


def streak(turn: Turn) -> Replies:
    """Text and picture are made on the reading thread: drawing takes a quarter of a second."""
    who, settings, now = turn.who, turn.settings, turn.now

    def look(store: Store) -> list[Reply]:
        found = looking_back.looked_up(store, who, settings.calendar, now)
        font = picture.font_file(settings.font)
        return [Reply(rich(told(found)), (BELOW,), images=drawn(found) if font else (), private=True)]

    def drawn(found: Record) -> tuple[str, ...]:
        try:
            font = picture.font_file(settings.font)
            made = picture.draw(font, who.name, found) if font else None
        except ModuleNotFoundError:  # no Pillow: the text stands alone
            return ()
        if made is None:
            return ()
        folder = settings.data / "exports" / secrets.token_hex(8)
        folder.mkdir(parents=True, exist_ok=True)
        made[0].save(folder / "calendar.png")
        return (str(folder / "calendar.png"),)

    return [Reply(rich("正在翻你的记录。"), private=True, work=look)]


def told(found: Record) -> str:
    """The caption, which stands alone where there is no picture."""
    at = found.streak
    due = f"明天到期 {found.due} 题。" if found.due else "明天没有到期的题。"
    return (
        f"连续学习 {at.length} 天，最长 {at.longest} 天；缓冲日 {at.freezes} 个。\n"
        f"今天 {found.today} 分，本周 {found.this_week} 分；已读 {found.read} 张，答对 {found.right}/{found.answered} 题。\n"
        f"{due}"
    )
