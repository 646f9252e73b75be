"""What is typed while a question is open: an answer, or words that only sound like one."""

import re
from dataclasses import replace

from bot.commands import answering, consent, everyday, questions
from bot.commands.answering import HAND_IN
from bot.commands.base import Replies, Turn
from bot.commands.choices import BACK, ONWARD, key, no_more
from bot.fold import fold
from bot.messages import say
from bot.model import Complaint
from bot.store import offers
from bot.store.offers import Offer
from bot.study import marking, quizzing, saying
from bot.study.marking import Misread
from bot.study.quizzing import Shown

LONE = re.compile(
    r"[a-zA-Z]|[对错√×✓✗]|提示|提交|(?:我?不知道|我?不会|不清楚|不懂|跳过|全选)[啊呀哦呢]*"
)  # an answer, if anything was asked
LIKE = re.compile(  # no answer, but said like one
    r"[a-h]不(?:对|是)|(?:不是|排除)[a-h]|[a-h]错了?|对不对|不对吗|是不是|是吗|[a-h0-9](?:[\s、，,。.;；]*[a-h0-9])*|我?(?:觉得|认为|感觉|猜|选|應該|应该|大概|可能)[^什么怎谁哪吗?]{1,8}|第.{1,3}[个個项項]"
    r"|(?:以上|以上都|都|全都|全部|全部都)(?:不?是|不?对|不?选|错|没?有|不?行|不?正确)[的吧了]?|随便.{0,3}|不选.{0,3}|再想想|等一下"
)


def listen(turn: Turn) -> Replies | None:
    """Text that is no command: an answer to the open question, or none of our business (None).

    A lone letter is never searched. Digits belong to the last numbered reply, even while a question is open.
    """
    if not turn.private:
        return None
    at = answering.place(turn)
    shown = quizzing.current(at)
    text = turn.arg
    said = fold(text, simplify=False).rstrip(" 。.")
    if shown is None:
        answers = LONE.fullmatch(said) or saying.lone(text)
        return [say(answering.NOTHING_OPEN, rows=(answering.START,))] if answers else None
    right = shown.question.kind == "fill" and marking.is_right(shown.question, (), text)
    if not right and saying.hinting(text):
        if shown.question.kind != "fill":
            raise Complaint("只有填空题有提示。答不上来，请发：不知道", ("不知道", questions.unknown(shown)))
        return answering.hint(replace(turn, arg=""))
    if said == HAND_IN and shown.question.kind != "fill":
        return hand_in(turn, shown)
    if not right and saying.enough(text):
        return answering.quiz(replace(turn, arg="end"))
    if not right and saying.another(text):
        return [say(f"{questions.waiting(shown)}。答过就有下一题；不答了，请发：结束")]
    offer = offers.newest(turn.store, turn.incoming.channel, turn.incoming.chat, turn.who.id, turn.now)
    mine = offer is not None and any(f" {shown.asked.id} " in says for says in offer.says)
    digits = fold(text, simplify=False).strip(" 。.")
    if digits.isdigit() and offer is not None and digits in offer.choices:
        if not mine:
            return None
        says = offer.choices[digits]
        if says.startswith("/pick "):
            return answering.pick(replace(turn, arg=says.removeprefix("/pick ")))
        return (
            answering.answer(replace(turn, arg=says.removeprefix("/answer ")))
            if says.startswith("/answer ")
            else None
        )
    if shown.question.kind == "fill" and not right:
        if everyday.otherwise_said(text):
            return None
        if replies := no_attempt(turn, shown, offer, text):
            return replies
    return answering.typed(turn, at, shown, text)


def no_attempt(turn: Turn, shown: Shown, offer: Offer | None, text: str) -> Replies:
    """The answer to what nobody means to fill in: 谢谢, 更多, 等一下. Nothing for any other text.

    A blank takes every text, and what it takes is marked.
    """
    if polite := everyday.courtesy(text):
        return [say(f"{polite}{questions.waiting(shown)}")]
    if key(text).rstrip("?") in ONWARD | BACK:
        return no_more(turn, offer, key(text)) or [say(questions.waiting(shown))]
    keys = fold(text).strip(" 。.！!~～") in {HAND_IN, "重来"}
    if keys or saying.unready(text) or saying.aside(text) or everyday.nods(text) or consent.agrees(text):
        return [say(questions.waiting(shown))]
    return []


def hand_in(turn: Turn, shown: Shown) -> Replies:
    """提交 typed after another reply stood in between: what was tapped together stands on the last keys of all."""
    token = answering.so_far(turn, shown)
    now = marking.picked(shown.question, shown.asked.shuffle, token) if token else None
    if now is None or not now.whole:
        return [say(questions.waiting(shown))]
    return answering.answer(replace(turn, arg=f"{shown.asked.id} {now.token} {shown.asked.stamp}"))


def goes_back(turn: Turn) -> Replies | None:
    """算了 while a question is open: it waits, and the word that ends it. Without buttons, as `waits`.

    None: nothing is open, or this is an answer to it, as 否 is to what is right or wrong.
    """
    shown = quizzing.current(answering.place(turn)) if turn.private else None
    if shown is None or answers(shown, turn.incoming.text):
        return None
    return [say(f"{questions.waiting(shown)}。不答了，请发：结束")]


def answers(shown: Shown, text: str) -> bool:
    """Whether a text answers an open question; a blank, which takes any text, only by what belongs there."""
    if shown.question.kind == "fill":
        said = marking.plain(text)
        return any(said == marking.plain(each) for blank in shown.question.blanks for each in blank)
    try:
        return marking.read(shown.question, shown.asked.shuffle, text) is not None
    except Misread:
        return True


def waits(turn: Turn) -> Replies | None:
    """For a text that is found nowhere: what the open question takes, where it sounds like an answer to it.

    Without buttons, so that what is on the question's keys stays the last that is offered.
    """
    shown = quizzing.current(answering.place(turn)) if turn.private else None
    said = fold(turn.arg).rstrip(" 。.！!~～?")
    likely = LIKE.fullmatch(said) or everyday.nods(said) or saying.unready(said) or saying.aside(said)
    if shown is None or not likely:
        return None
    return [say(questions.waiting(shown))]
