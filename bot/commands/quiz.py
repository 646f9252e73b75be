"""Everything that asks, marks and remembers, as commands. What they do is opened when somebody does it.

A conversation that begins with another word need not wait for it.
"""

from bot.commands.base import Command, Replies, Turn
from bot.store.posed import Posed


def quiz(turn: Turn) -> Replies:
    from bot.commands import answering, group_quiz

    return answering.quiz(turn) if turn.private else group_quiz.quiz(turn)


def answer(turn: Turn) -> Replies:
    from bot.commands import answering, group_quiz

    return answering.answer(turn) if turn.private else group_quiz.personal(turn)


def pick(turn: Turn) -> Replies:
    from bot.commands import answering, group_quiz

    return answering.pick(turn) if turn.private else group_quiz.personal(turn)


def hint(turn: Turn) -> Replies:
    from bot.commands import answering, group_quiz

    return answering.hint(turn) if turn.private else group_quiz.personal(turn)


def voted(turn: Turn, on: Posed) -> None:
    """A member's vote in a group's poll; `turn` is that of the group."""
    from bot.commands import group_quiz

    group_quiz.voted(turn, on)


def listen(turn: Turn) -> Replies | None:
    """Text that is no command: an answer to the open question (in a group: to a poll), or None."""
    from bot.commands import group_quiz, listening

    return listening.listen(turn) if turn.private else group_quiz.listen(turn)


def waits(turn: Turn) -> Replies | None:
    """For a text that is found nowhere: the open question's word, where it sounds like an answer; else None."""
    from bot.commands import listening

    return listening.waits(turn)


def goes_back(turn: Turn) -> Replies | None:
    """算了 while a question is open; None where none is."""
    from bot.commands import listening

    return listening.goes_back(turn)


def wrong(turn: Turn) -> Replies:
    from bot.commands import wrong as book

    return book.wrong(turn)


def streak(turn: Turn) -> Replies:
    from bot.commands import record

    return record.streak(turn)


def flag(turn: Turn) -> Replies:
    from bot.commands import flagging

    return flagging.flag(turn)


def reported(turn: Turn) -> Replies:
    from bot.commands import flagging

    return flagging.reported(turn)


QUIZ = Command(
    "quiz",
    "答题",
    ("答题", "每日答题", "每日一题", "答一题", "考考我"),
    quiz,
    heads=("答题",),
    # Labels that mean the same wherever they were last read.
    fixed={
        **{"下一题": "next", "结束": "end", "接着答": ""},
        **{"再来一组": "again", "随便来一组": "again", "全部练一遍": "wrong"},
    },
)
ANSWER = Command("answer", "", (), answer, heads=("答",))
PICK = Command("pick", "", (), pick)
HINT = Command("hint", "", (), hint)
WRONG = Command("wrong", "错题本", ("错题", "错题本"), wrong, in_groups=False)
STREAK = Command(
    "streak", "学习记录", ("打卡", "我的", "积分", "学习记录", "连续学习"), streak, in_groups=False
)
FLAG = Command("flag", "", ("题目有误",), flag)
REPORTED = Command("reported", "报错的题", ("报错的题",), reported, organiser=True, in_groups=False)
