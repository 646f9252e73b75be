"""What is typed while a question is open: an answer, or words that only sound like one."""

import re
from dataclasses import replace

from bot.commands import answering, questions
from bot.commands.base import Replies, Turn
from bot.fold import fold
from bot.messages import say
from bot.model import Complaint
from bot.store import offers
from bot.study import marking, quizzing
from bot.study.quizzing import Shown

HINT, HAND_IN = "提示", "提交"
LONE = re.compile(
    r"[a-zA-Z]|[对错√×✓✗]|提示|提交|不知道|我?不会|不清楚|不懂|跳过|全选"
)  # an answer, if anything was asked
LIKE = re.compile(  # no answer, but said like one
    r"[a-h0-9](?:[\s、，,。.;；]*[a-h0-9])*|我?(?:觉得|认为|感觉|猜|选|應該|应该|大概|可能)[^什么怎谁哪吗?]{1,8}|第.{1,3}[个個项項]"
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
        return [say(answering.NOTHING_OPEN, rows=(answering.START,))] if LONE.fullmatch(said) else None
    if said == HINT:
        if shown.question.kind != "fill":
            raise Complaint("只有填空题有提示。答不上来，请发：不知道", ("不知道", questions.unknown(shown)))
        return answering.hint(replace(turn, arg=""))
    if said == HAND_IN and shown.question.kind != "fill":
        return hand_in(turn, shown)
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
    return answering.typed(turn, at, shown, text)


def hand_in(turn: Turn, shown: Shown) -> Replies:
    """提交 typed after another reply stood in between: what was tapped together stands on the last keys of all."""
    where = turn.incoming
    ends = f" {shown.asked.stamp}"
    about = re.compile(rf"/\w+ {shown.asked.id} ")
    for offer in offers.recent(turn.store, where.channel, where.chat, turn.who.id, turn.now):
        if not any(about.match(says) for says in offer.says):
            continue
        says = offer.choices.get(HAND_IN, "")
        if says.startswith(f"/answer {shown.asked.id} ") and says.endswith(ends):
            return answering.answer(replace(turn, arg=says.removeprefix("/answer ")))
        break  # older keys of this question show what 重来 took back
    return [say(questions.waiting(shown))]


def goes_back(turn: Turn) -> Replies | None:
    """算了 while a question is open: it waits, and the word that ends it. Without buttons, as `waits`."""
    shown = quizzing.current(answering.place(turn)) if turn.private else None
    said = marking.plain(turn.incoming.text)
    if shown is None or any(said == marking.plain(each) for blank in shown.question.blanks for each in blank):
        return None
    return [say(f"{questions.waiting(shown)}。不答了，请发：结束")]


def waits(turn: Turn) -> Replies | None:
    """For a text that is found nowhere: what the open question takes, where it sounds like an answer to it.

    Without buttons, so that what is on the question's keys stays the last that is offered.
    """
    shown = quizzing.current(answering.place(turn)) if turn.private else None
    said = fold(turn.arg).rstrip(" 。.！!~～")
    if shown is None or not LIKE.fullmatch(said):
        return None
    return [say(questions.waiting(shown))]
