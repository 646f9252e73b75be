"""The end of a course: said once, when its last card has been read."""

from bot.commands.base import Replies, Turn
from bot.messages import row, say
from bot.model import Pack
from bot.store import progress, quizzes, record
from bot.study import quizzing
from bot.study.quizzing import Place

NAMED = 2  # so many unread cards get a button each


def ended(turn: Turn, pack: Pack, card: str) -> Replies:
    """What was read and answered from the first card to the last; nothing where `card` does not end the pack.

    Counted are the cards that are in the pack now, and all answers to its questions. A pack that grows ends anew.
    """
    last = pack.cards[-1]
    given = progress.given(turn.store, turn.sub.id, pack.id)
    if not turn.private or card != last.id or not any(g.card == card and not g.review for g in given):
        return []
    read = progress.cards_read(turn.store, turn.who.id, pack.id)
    if card not in read or not record.once(turn.store, turn.who.id, f"end-{pack.id}-{card}", None, turn.now):
        return []
    unread = [each for each in pack.cards if each.id not in read]
    right, answered = quizzes.score(turn.store, turn.who.id, pack.id)
    at = Place(turn.store, turn.packs, turn.who, turn.sub, turn.settings.calendar, turn.now)
    book = len(quizzing.missed(at, pack))
    score = f"，答对 {right}/{answered} 题" if answered else ""
    lines = [
        f"《{pack.title}》学完了：{len(pack.cards)} 天，读了 {len(pack.cards) - len(unread)} 张{score}。"
    ]
    rest = []
    if unread:
        way = "可以补看" if len(unread) <= NAMED else "" if turn.other(pack) else "，温故时会再来"
        rest.append(f"没读的 {len(unread)} 张{way}")
    if book:
        rest.append(f"错题本还有 {book} 题")
    if rest:
        lines.append("；".join(rest) + "。")
    home = f"{turn.other(pack)}/".lstrip("/")
    named = unread if len(unread) <= NAMED else []
    below = [(f"补看第 {pack.cards.index(each) + 1} 天", f"/card {home}{each.id}") for each in named]
    if book and not turn.other(pack):
        below.append(("错题本", "/wrong"))
    return [say("\n".join(lines), rows=(row(*below, ("学习记录", "/streak")),))]
