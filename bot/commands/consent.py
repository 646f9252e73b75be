"""Yes and no, typed in answer to what the last reply asks.

Invariant: only the question asked last is answered; and what cannot be taken back (`Command.by_name`) is never
done for a nod, only for the words on its button.
"""

import re
from typing import TYPE_CHECKING

from bot.commands.base import Replies, Turn
from bot.fold import fold, visible
from bot.messages import Reply, say
from bot.store.offers import Offer

if TYPE_CHECKING:
    from bot.commands.desk import Desk

STOPS = r"[\s，,、。.！!~～]*"
THANKS = rf"{STOPS}(?:谢谢你?|多谢|谢了|麻烦你?了)?{STOPS}"
SOFT = "[的啊呀吧嘛啦呢哦噢滴呗]*"  # 了 is none: 好了 and 行了 are enough, 对了 is something else
LIGHT = "好|要|是|对|行|可以|没问题|没错|就这[样么]|ok|okay|yes|yep|y|👌|👍|恩+|嗯+"
NOD = rf"那?(?:{LIGHT}|确认|确定|同意|当然){SOFT}"
DO = "就?(?:改|订|发|换|停|来|删|采用|订阅|恢复)吧"  # says what is to be done, too
NOT = "不|不用|不要|不行|不好|不必|不想|不可以|不需要|没必要|别|否|no|nope|n|算"
SHAKE = f"{NOT}|取消"
LEAVE = "[不别](?:改|订|退|发|换|停|删|写|订阅|退订|采用|恢复|暂停)"
LATER = rf"(?:以后|下次|回头|改天)?再(?:说|想想){SOFT}|(?:以后|下次|回头|改天)吧"


def _yes(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{STOPS}(?:{words}))+{THANKS}")


def _no(words: str) -> re.Pattern[str]:
    return re.compile(rf"{THANKS}(?:那|还是|先|暂时?|就)*(?:{words})(?:了|{SOFT})*{THANKS}|{LATER}")


YES, NODS = _yes(f"{NOD}|{DO}"), _yes(NOD)
NO, SHAKES = _no(f"{SHAKE}|{LEAVE}"), _no(SHAKE)
IDLE = re.compile(f"{_yes(f'那?(?:{LIGHT}){SOFT}').pattern}|{_no(NOT).pattern}")


def agrees(text: str) -> bool:
    """Whether a whole text says yes.

    >>> agrees("好的，谢谢"), agrees("嗯 可以"), agrees("好像"), agrees("对了"), agrees("好吗")
    (True, True, False, False, False)
    """
    return YES.fullmatch(fold(visible(text))) is not None


def refuses(text: str) -> bool:
    """Whether a whole text says no.

    >>> refuses("不用了，谢谢"), refuses("先不改"), refuses("不同"), refuses("别人"), refuses("不是")
    (True, True, False, False, False)
    """
    return NO.fullmatch(fold(visible(text))) is not None


def nods(text: str) -> bool:
    """Whether a whole text is a yes that names nothing, so that it is one where nothing is asked, too.

    >>> nods("嗯，好的"), nods("行吧"), nods("停吧"), nods("订阅吧")
    (True, True, False, False)
    """
    return NODS.fullmatch(fold(visible(text))) is not None


def declines(text: str) -> bool:
    """Whether a whole text is a no that names nothing.

    >>> declines("不用了，谢谢"), declines("先不要"), declines("别发了"), declines("不订阅")
    (True, True, False, False)
    """
    return SHAKES.fullmatch(fold(visible(text))) is not None


def idle(text: str) -> bool:
    """Whether a whole text is a yes or a no that nobody means to look up, whatever the texts hold.

    >>> idle("好的"), idle("不要"), idle("同意"), idle("取消")
    (True, True, False, False)
    """
    return IDLE.fullmatch(fold(visible(text))) is not None


def asked(written: Reply, shown: Reply) -> str:
    """What the yes of a reply is called; "" where it asks nothing, or its yes is not built."""
    if not written.yes or not shown.buttons or shown.buttons[0] != written.buttons[0]:
        return ""
    return shown.buttons[0].label


def answered(turn: Turn, desk: "Desk", offer: Offer | None) -> Replies | None:
    """What a typed yes comes to. None: nothing was asked, or this is no yes."""
    if offer is None or not offer.yes or not agrees(turn.incoming.text):
        return None
    found = desk.find(offer.says[0], turn)
    if found and found[0].by_name:  # without buttons, so that the question stays the last that is asked
        how = "请发" if turn.private else "请回复那条消息写"
        return [say(f"这一步要写全才算。要做，{how}：{offer.yes}；不做，{how}：取消")]
    return desk.carry_out(turn, offer.says[0])
