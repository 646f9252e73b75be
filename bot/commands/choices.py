"""What the last reply offers: which texts press which of its buttons, and what is said where none is meant."""

import re
from collections.abc import Iterable
from itertools import count

from bot.commands.base import Replies, Turn
from bot.fold import fold
from bot.messages import SAYS_BYTES, Button, Reply, Rows, row, say
from bot.store.offers import Offer

NUMBER = re.compile("([0-9]+)\u20e3?[。.]?")  # as a keycap, too
PAGE = re.compile("[0-9]+/[0-9]+")  # the pager's key that says where one is
MORE = {"更多", "还有吗", "还有呢"}
ONWARD = {
    *MORE,
    "下一页",
    "下页",
    "继续",
    "翻页",
    "往下翻",
}  # what presses the key 更多 of a list, 下一页 of an article
BACK = {"上一页", "上页", "往上翻"}
NO_LIST = "这里没有等你选的序号。请先打开一个列表，例如：{}"


def shortened(rows: Rows, stamp: str, first: int = 0) -> Rows:
    """The rows with every sentence of more than SAYS_BYTES told by the offer's stamp and its place in it.

    first: the place of the first button.
    """
    places = count(first)

    def short(button: Button) -> Button:
        n = next(places)
        if len(button.says.encode("utf-8", "replace")) <= SAYS_BYTES or not button.says.startswith("/"):
            return button
        return Button(button.label, f"/go {stamp} {n}")

    return tuple(tuple(short(button) for button in each) for each in rows)


def key(text: str) -> str:
    """What a label or number is compared by: no emoji, no case, no final stop. "" = nothing that can be chosen.

    A number is the text that is a number and nothing else: 1，2 is not 12, and -1 is not 1.

    >>> key("✅ 已读"), key("２。"), key("2️⃣"), key("12:22")
    ('已读', '2', '2', '12:22')
    >>> key("-1"), key("1，2")
    ('', '')
    """
    plain = fold(text, simplify=False)
    if number := NUMBER.fullmatch(plain):
        return number[1]
    kept = "".join(c for c in plain if c.isalnum() or c in "/?:")
    return "" if kept.isdigit() else kept


def choices_of(reply: Reply) -> dict[str, str]:
    """What may be typed in answer: labels, links' as well, and places in the list where the text has no numbers of its own."""
    buttons = [button for button in reply.buttons if button.says.startswith("/")]
    choices = {key(button.label): button.says for button in reply.buttons}  # of a link, too
    if not reply.numbered:
        choices |= {str(n): button.says for n, button in enumerate(buttons, 1)}
    return {typed: says for typed, says in choices.items() if typed}


def replied(rows: Rows, live: Iterable[Offer]) -> Offer | None:
    """The offer of a message that was answered, by the buttons below it; None where it has none.

    live: the person's own, newest first. Another's message, or one of yesterday, offers what its labels say and
    no more: nobody has seen places counted there, and what it asked for it did not ask this person.
    """
    shown = [button.says for each in rows for button in each if button.says.startswith("/")]
    if not any(rows):
        return None
    for offer in live if shown else ():  # links alone say the same to everybody
        sent = [says for says in sent_as(offer) if says.startswith("/")]
        if sent[: len(shown)] == shown:
            return offer
    return Offer("", choices_of(Reply((), rows, own_numbers=True)), tuple(shown), True)


def sent_as(offer: Offer) -> tuple[str, ...]:
    """The sentences of an offer as its buttons carry them."""
    rows = shortened((tuple(Button("", says) for says in offer.says),), offer.stamp)
    return tuple(button.says for each in rows for button in each)


def no_choice(turn: Turn, offer: Offer | None, number: str) -> Replies:
    """The answer to a number that chooses nothing; nothing for a text that is none, or is a year, say.

    It has no buttons where there is a list, so that the list stays the last reply that offers anything.
    """
    places = sorted(int(each) for each in offer.choices if each.isdigit()) if offer else []
    if not number.isdigit() or len(number) > (2 if places else 1):
        return []
    if not places:
        return [
            say(
                NO_LIST.format(turn.how("目录", "/articles")),
                rows=(row(("文章目录", "/articles"), ("答题", "/quiz")),),
            )
        ]
    first, last = places[0], places[-1]
    verb = "请发" if turn.private else "请回复"
    span = f"{verb} {first} 到 {last}" if first < last else f"这里只有 {first}"
    return [say(f"没有第 {int(number)} 项。{span}，例如：{first}")]


def no_more(turn: Turn, offer: Offer | None, typed: str) -> Replies:
    """The answer to 更多 below a list that has no more, and to 下一页 on the last page; nothing for other texts."""
    typed = typed.rstrip("?")
    labels = offer.choices.keys() if offer else set[str]()
    words = [each for each in labels if not each.isdigit() and offer and offer.choices[each].startswith("/")]
    buttons = [says for says in offer.says if says.startswith("/")] if offer else []
    if typed in ONWARD and len(words) < len(buttons):  # some of the keys are numbers: a list
        return [say(f"就这些了。上面的序号还能{'选' if turn.private else '回复'}，也可以换个词再找。")]
    if typed in ONWARD | BACK and any(PAGE.fullmatch(each) for each in labels):
        other = {"上一页", "下一页"} & labels
        end = f"这是{'最后' if typed in ONWARD else '第'}一页。" if other else "只有这一页。"
        return [say(f"{end}要读别的，请发：{turn.how('目录', '/articles')}")]
    return []
