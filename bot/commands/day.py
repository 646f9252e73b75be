"""The card of a day of the course: every card says 第 5/30 天, so somebody asks for 第 5 天."""

import re
from dataclasses import replace

from bot.commands import today
from bot.commands.base import Command, Replies, Turn, span_of
from bot.commands.clockface import number
from bot.fold import fold
from bot.model import Complaint
from bot.store import progress

DAY = re.compile(
    r"([0-9]{1,4}|[一二两三四五六七八九十]{1,3})(?:/[0-9]{1,4})?\s*天(?:的?(?:卡片|内容))?[。?？]?"
)


def day_in(text: str) -> int | None:
    """The number of a day.

    >>> day_in("5天"), day_in("五/30 天"), day_in("5 天的卡片"), day_in("5个"), day_in("零天")
    (5, 5, 5, None, None)
    """
    found = DAY.fullmatch(fold(text).strip())
    return number(found[1]) if found and not found[1].isdigit() else int(found[1]) if found else None


def day(turn: Turn) -> Replies:
    """/day 5: the fifth card that this chat was given, or the one that will be."""
    n = day_in(turn.arg) if not turn.arg.isdecimal() else int(turn.arg[:6])
    cards = [card.id for card in turn.pack.cards]
    if not cards:
        raise turn.nothing()
    if n is None or not 1 <= n <= len(cards):
        shown = "这一天" if n is None else f"第 {n} 天"
        span = span_of(len(cards), "天", "/day", min(5, len(cards)))
        raise Complaint(f"没有{shown}，{span}", ("今日学习", "/today"))
    mine = dict.fromkeys(each.card for each in progress.given(turn.store, turn.sub.id, turn.pack.id))
    given = [card for card in mine if card in cards]
    card = given[n - 1] if n <= len(given) else cards[n - 1]
    other = turn.other(turn.pack)
    return today.card(replace(turn, arg=f"{other}/{card}".lstrip("/")))


DAY_ = Command("day", "", (), day, loose=("第",), takes=lambda text: day_in(text) is not None)
