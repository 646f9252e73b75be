"""节奏: on which days a pack is meant to be read. A suggestion: each subscriber chooses his own days.

Invariant: what is understood here can be written in /subscribe too, and means the same there.
"""

import re

from bot.days import DAILY, WORKDAYS, Days
from bot.packs.header import fold

_NAMES = "一二三四五六日"
EXAMPLES = "每天、工作日、周一到周五、周二周四"


def rhythm(text: str) -> Days | None:
    """The days that 节奏 names; every day when it is empty, None when it is not understood.

    >>> [rhythm(text).key for text in ("", "每日", "工作日", "周一至周五", "每周二、四", "周末", "星期天")]
    ['daily', 'daily', 'workdays', 'weekdays:1,2,3,4,5', 'weekdays:2,4', 'weekdays:6,7', 'weekdays:7']
    >>> rhythm("隔天") is None
    True
    """
    word = re.sub(r"[\s、,，和]|推送", "", fold(text))
    if word in {"", "每天", "每日", "天天"}:
        return DAILY
    if word in {"工作日", "每个工作日"}:
        return WORKDAYS
    if word in {"周末", "每周末"}:
        return Days((6, 7))
    word = re.sub("星期|礼拜", "周", word).replace("天", "日").removeprefix("每")
    if between := re.fullmatch(f"周([{_NAMES}])[到至~-]周?([{_NAMES}])", word):
        first, last = (_NAMES.index(name) + 1 for name in between.groups())
        return Days(tuple(range(first, last + 1))) if first <= last else None
    if re.fullmatch(f"周[{_NAMES}](?:周?[{_NAMES}])*", word):
        return Days(tuple(_NAMES.index(name) + 1 for name in word if name != "周"))
    return None
