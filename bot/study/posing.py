"""A question for a whole group: which one, how it is asked, and what each member's vote comes to.

Invariant: a vote is the member's own answer to the question, taken by the rules of the private chat; only his first
one in a poll counts, and none on a question that has changed or was retired meanwhile.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.days import study_day
from bot.model import Pack, Question
from bot.store import posed, progress, quizzes
from bot.store.posed import Posed
from bot.study import choosing, marking, quizzing
from bot.study.quizzing import Place, Shown

LATELY = timedelta(days=14)  # so long a group is not asked the same question again
BETWEEN = timedelta(minutes=1)  # from one poll of a group to the next


def just_asked(at: Place) -> bool:
    """Whether the group's last poll is less than a minute old."""
    last = posed.newest(at.store, at.sub.id)
    return last is not None and timedelta(0) <= at.now - last.at < BETWEEN


def number(at: Place) -> int:
    """The n of 第 n 题 that this group's next poll has."""
    return posed.last_number(at.store, at.sub.id) + 1


def order(at: Place, pack: Pack, question: Question) -> tuple[int, ...]:
    """How the options stand when this group is asked the question next."""
    before = posed.of_group(at.store, at.sub.id, pack.id)
    return marking.shuffle(question, sum(each.question == question.id for each in before))


def choose(at: Place, pack: Pack, among: Sequence[Question], votable: Callable[[Question], bool]) -> Question:
    """The one of these questions that the group is asked now."""
    given = progress.given(at.store, at.sub.id, pack.id)
    cards = list(dict.fromkeys(each.card for each in reversed(given) if each.shown))
    cards = cards or [card.id for card in pack.cards[:1]]
    asked = {each.question: each.at for each in posed.of_group(at.store, at.sub.id, pack.id)}
    return choosing.for_group(pack, among, cards, asked, at.now - LATELY, votable)


def pose(at: Place, pack: Pack, question: Question, n: int) -> Posed:
    """Note that the group is asked this question as its n-th, or (n = 0) led to it."""
    shuffle = order(at, pack, question)
    digest = marking.digest(question)
    new = Posed(0, at.sub.id, n, pack.id, question.id, digest, shuffle, at.now)
    return posed.pose(at.store, new, at.sub.address.channel)


def vote(at: Place, on: Posed, picks: Sequence[int]) -> None:
    """Take a member's vote: the places of the options he chose. Runs inside the write transaction of the message."""
    pack = at.packs.get(on.pack)
    question = next((q for q in quizzing.live(at.store, pack) if q.id == on.question), None) if pack else None
    if pack is None or question is None or marking.digest(question) != on.digest:
        return
    if not picks or any(not 0 <= pick < len(on.shuffle) for pick in picks):
        return
    day = study_day(at.now, at.who.zone)
    asked = posed.ask(at.store, on, at.who.id, at.key[:2], day, at.now)
    quiz = quizzes.get(at.store, asked.quiz) if asked else None
    if asked is None or quiz is None:
        return
    token = "".join(marking.LETTERS[pick] for pick in sorted(set(picks)))
    how = "right" if marking.is_right(question, on.shuffle, token) else "wrong"
    shown = Shown(asked, question, pack, quiz, 1, 1)
    quizzing.take(at, shown, how, token, at.now)
    quizzing.read_too(at, shown)
