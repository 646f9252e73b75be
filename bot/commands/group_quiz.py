"""/quiz in a group: one question for everybody, to be voted on; all the rest of a quiz is led to the private chat."""

import re

from bot.commands import answering, questions
from bot.commands.base import Replies, Turn
from bot.fit import EXPLANATION, is_votable, measure
from bot.fold import fold
from bot.messages import Poll, Reply, rich, row, say
from bot.model import Pack, Question
from bot.store import posed
from bot.store.posed import Posed
from bot.study import choosing, marking, posing, quizzing, saying
from bot.study.marking import Misread

# What stands above a link into the private chat; then how to get there, with the link or without.
TYPED = "这一题要打字回答，群里不方便。"
LONG = "这一题太长，群里放不下。"
PERSONAL = "题在私聊里答，对错只有你看得到。"
HERE, START = "点下面到私聊里答。", "点下面开始。"
NO_DOOR = "请私聊我，例如：答题"
JUST_ASKED = "上一题刚发出来，大家先答"
NO_END = "群里的题不用结束，随时可以答。"
TAP = "请直接点题里的选项，打字不算。"
SEVERAL = "（多选）"
CHOICES = {"single", "multi", "bool"}
PAYLOAD = 64  # characters that a link into the private chat carries


def quiz(turn: Turn) -> Replies:
    """A poll about the question that suits the group now, or about what was named."""
    arg = turn.arg.strip()
    if arg == "end":
        return [say(NO_END)]
    if arg.split(" ")[0] == "wrong":
        return personal(turn)
    at = answering.place(turn)
    pack = answering.with_questions(turn, at)
    among = quizzing.live(at.store, pack)
    if arg not in {"", "next", "again"} and not answering.COUNT.match(fold(arg, simplify=False)):
        pack, among, _ = answering.chosen(turn, at, arg, choosing.AT_MOST)
        if not among:
            return [answering.none_here(turn)]
    if posing.just_asked(at):
        told = f"{JUST_ASKED}。要下一题，过一分钟再发：{turn.how('答题', '/quiz')}"
        return [Reply(rich(told), toast=JUST_ASKED)]
    n = posing.number(at)

    def votable(question: Question) -> bool:
        whole = tuple(range(len(question.options)))
        return question.kind in CHOICES and is_votable(poll(pack, question, whole, n))

    question = posing.choose(at, pack, among, votable)
    if not votable(question):
        posing.pose(at, pack, question, 0)
        return [led(turn, pack, question, LONG if question.kind in CHOICES else TYPED, HERE)]
    return [asked(turn, pack, question, posing.pose(at, pack, question, n))]


def asked(turn: Turn, pack: Pack, question: Question, new: Posed) -> Reply:
    """The question as a poll; where there are none, in words and with a link."""
    head = f"第 {new.n} 题 · {questions.KINDS[question.kind]}\n{question.stem}"
    letters = [] if question.kind == "bool" else ["", *questions.choices(question, new.shuffle)]
    words = led(turn, pack, question, "\n".join([head, *letters, ""]), HERE)
    return Reply(words.text, words.rows, poll=poll(pack, question, new.shuffle, new.n, str(new.id)))


def poll(pack: Pack, question: Question, order: tuple[int, ...], n: int, key: str = "") -> Poll:
    """A question to choose from, as a poll; whether it fits is another matter."""
    several = question.kind == "multi"
    options = question.options if question.kind == "bool" else questions.choices(question, order)
    right = (marking.LETTERS.index(letter) for letter in marking.key(question, order))
    return Poll(
        f"第 {n} 题 {question.stem}{SEVERAL if several else ''}",
        tuple(options),
        tuple(right),
        explanation(pack, question),
        several,
        key,
    )


def explanation(pack: Pack, question: Question) -> str:
    """What is shown once somebody has voted: why, and the article it rests on unless there is no room for that."""
    article = next(a for a in pack.articles if a.id == question.article)
    why, source = question.explanation, f"依据：第 {article.number} 篇"
    stop = "。" if re.search(r"[\w”’）)》]$", why) else ""
    whole = f"{why}{stop}{source}"
    return whole if measure(whole, EXPLANATION) <= EXPLANATION.length else why


def personal(turn: Turn) -> Replies:
    """What is nobody else's business: the member's own next question, behind a link."""
    at = answering.place(turn)
    pack = answering.with_questions(turn, at)
    mine = quizzing.ordinary(at, pack).questions or quizzing.anything(
        at, pack, quizzing.live(at.store, pack), 1
    )
    typed = mine[0].kind not in CHOICES
    return [led(turn, pack, mine[0], *((TYPED, HERE) if typed else (PERSONAL, START)))]


def led(turn: Turn, pack: Pack, question: Question, why: str, here: str) -> Reply:
    """The way to a question in the private chat."""
    link = turn.door(payload(turn, pack, question))
    return say(why + here, rows=(row(("私聊答", link)),)) if link else say(why + NO_DOOR)


def payload(turn: Turn, pack: Pack, question: Question) -> str:
    """What names the question in a link; with its pack where a member might follow another one."""
    whole = f"q-{pack.id}_{question.id}"
    return whole if len(turn.packs) > 1 and len(whole) <= PAYLOAD else f"q-{question.id}"


def listen(turn: Turn) -> Replies | None:
    """Text in answer to a poll: one that would answer its question is told how to, one that would end it that none
    need; None: it is none of these."""
    where = turn.incoming
    on = posed.named(turn.store, where.channel, where.poll) if where.poll else None
    pack = turn.packs.get(on.pack) if on else None
    question = next((q for q in pack.questions if on and q.id == on.question), None) if pack else None
    if on is None or question is None:
        return None
    if saying.enough(turn.arg):
        return [say(NO_END)]
    try:
        meant = marking.read(question, on.shuffle, turn.arg) is not None
    except Misread:
        meant = True
    return [say(TAP)] if meant or saying.hinting(turn.arg) else None


def voted(turn: Turn, on: Posed) -> None:
    """Take the vote that the message is; nothing is said to it, for the platform shows what is right."""
    picks = [int(pick) for pick in turn.incoming.text.split()]
    posing.vote(answering.place(turn), on, picks)
