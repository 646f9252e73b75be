"""A session of questions: begun, asked one by one, answered, finished.

Invariant: everything stands in the database, so a restart goes on with the open question; an answer, what memory
learns from it and what it earns are one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.days import Calendar, local_day, study_day
from bot.model import Pack, Question
from bot.store import Store, flags, memories, offers, progress, quizzes
from bot.store import record as kept
from bot.store.members import Member
from bot.store.quizzes import Answer, Asked, Quiz
from bot.store.subscriptions import Subscription
from bot.study import choosing, daily, marking, memory, record
from bot.study.choosing import Plan
from bot.study.record import Gain

MINUTES = 30  # a question is open that long


@dataclass(frozen=True, slots=True)
class Place:
    """Who answers where: all that sessions depend on."""

    store: Store
    packs: Mapping[str, Pack]
    who: Member
    sub: Subscription
    calendar: Calendar
    now: datetime

    @property
    def key(self) -> tuple[str, str, int]:
        return self.sub.address.channel, self.sub.address.chat, self.who.id


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as it is asked: the n-th of `count`; alone: nobody promised more."""

    asked: Asked
    question: Question
    pack: Pack
    quiz: Quiz
    n: int
    count: int

    @property
    def alone(self) -> bool:
        return self.quiz.kind == "lone"


@dataclass(frozen=True, slots=True)
class Summary:
    """A session at its end, or ended early. earned: reason → points; wrong: how many went into the 错题本."""

    quiz: Quiz
    answered: int
    rights: int
    earned: Mapping[str, int]
    gain: Gain | None = None  # None: ended early


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer. how: right, wrong, unknown, late; learned: memory took note of it.

    stale: it was not open (any more); changed: the question now reads otherwise, so it is asked again; retired:
    it is not live any more. summary: it was the last one of its session. read: the day's card counts as read.
    """

    shown: Shown | None = None
    how: str = ""
    given: str = ""
    learned: bool = False
    summary: Summary | None = None
    read: Gain | None = None
    stale: bool = False
    changed: bool = False
    retired: bool = False


def live(store: Store, pack: Pack) -> tuple[Question, ...]:
    """The questions of a pack that may be asked: those an organiser retired are left out."""
    decided = flags.verdicts(store, pack.id)
    if not decided:
        return pack.questions

    def retired(question: Question) -> bool:
        digest, verdict = decided.get(question.id, ("", ""))
        return verdict == "retired" and digest == marking.digest(question)

    return tuple(question for question in pack.questions if not retired(question))


# ---------------------------------------------------------------- choosing


def fresh_cards(at: Place, pack: Pack) -> list[str]:
    """Cards of the last days, the latest first; for one who has none yet, the first card."""
    since = local_day(at.now, at.sub.zone) - choosing.RECENT
    given = progress.given(at.store, at.sub.id, pack.id)
    recent = [each.card for each in reversed(given) if each.shown and each.day > since]
    study = study_day(at.now, at.who.zone) - choosing.RECENT + timedelta(days=1)
    recent += kept.read_since(at.store, at.who.id, pack.id, study)
    if not recent and not given and pack.cards:
        recent = [pack.cards[0].id]
    return list(dict.fromkeys(recent))


def ordinary(at: Place, pack: Pack, count: int = choosing.SESSION) -> Plan:
    """What is due, new, and weak, for this member now."""
    day = study_day(at.now, at.who.zone)
    return choosing.ordinary(
        pack,
        live(at.store, pack),
        memories.of_pack(at.store, at.who.id, pack.id),
        fresh_cards(at, pack),
        day,
        quizzes.answered_on(at.store, at.who.id, pack.id, day),
        count,
    )


def anything(
    at: Place, pack: Pack, among: Sequence[Question], count: int = choosing.SESSION
) -> tuple[Question, ...]:
    """Some of these questions, the most useful first."""
    day = study_day(at.now, at.who.zone)
    return choosing.anything(
        pack,
        among,
        memories.of_pack(at.store, at.who.id, pack.id),
        day,
        quizzes.answered_on(at.store, at.who.id, pack.id, day),
        count,
    )


def missed(at: Place, pack: Pack) -> list[Question]:
    """The 错题本: questions that were answered wrong and are not settled yet."""
    known = memories.of_pack(at.store, at.who.id, pack.id)
    return [q for q in live(at.store, pack) if q.id in known and known[q.id].missed]


# ---------------------------------------------------------------- asking


def begin(at: Place, pack: Pack, questions: Sequence[Question], kind: str) -> Shown | None:
    """A new session; its first question, open from now on."""
    day = study_day(at.now, at.who.zone)
    _settle(at)
    quiz = quizzes.begin(
        *(at.store, at.key, pack.id, kind, kind != "again", [q.id for q in questions], day, at.now)
    )
    return _open_next(at, quiz)


def current(at: Place) -> Shown | None:
    """The question that is open in this chat now, or None."""
    quiz = quizzes.open_quiz(at.store, *at.key)
    if quiz is None:
        return None
    asked = next((each for each in quizzes.of_quiz(at.store, quiz.id) if each.state == "open"), None)
    if asked is None or asked.expires is None or asked.expires <= at.now:
        return None
    return _shown(at, quiz, asked)


def following(at: Place) -> tuple[Shown | None, Summary | None]:
    """The open question again, or the next one of the session; at its end the summary. (None, None): no session.

    A session of another study day is over. A lone question grows into a session.
    """
    quiz = quizzes.open_quiz(at.store, *at.key)
    if quiz is None or quiz.day != study_day(at.now, at.who.zone):
        _settle(at)
        if quiz:
            quizzes.close(at.store, quiz.id, "ended")
        return None, None
    if shown := current(at):
        return shown, None
    _settle(at)
    if quiz.kind == "lone" and (pack := at.packs.get(quiz.pack)):
        done = {each.question for each in quizzes.of_quiz(at.store, quiz.id)}
        more = [q for q in ordinary(at, pack).questions if q.id not in done]
        if len(more) < choosing.SESSION - 1:
            home = choosing.homes(pack)
            cards = {home(q) for q in pack.questions if q.id in done}
            near = [
                q for q in live(at.store, pack) if home(q) in cards and q.id not in done and q not in more
            ]
            more += anything(at, pack, near)
        if not more:
            quizzes.close(at.store, quiz.id, "ended")
            return None, None
        quizzes.change_kind(at.store, quiz.id, "daily")
        quiz = replace(quiz, kind="daily")
        quizzes.add(at.store, quiz, at.who.id, [q.id for q in more[: choosing.SESSION - 1]])
    if shown := _open_next(at, quiz):
        return shown, None
    return None, _finish(at, quiz)


def _open_next(at: Place, quiz: Quiz) -> Shown | None:
    """Open the next question of a session that is still live; None at its end."""
    pack = at.packs.get(quiz.pack)
    alive = {q.id: q for q in live(at.store, pack)} if pack else {}
    for each in quizzes.of_quiz(at.store, quiz.id):
        if each.state != "waiting":
            continue
        if question := alive.get(each.question):
            return _ask(at, quiz, each, question)
        quizzes.drop(at.store, each.id)
    return None


def _ask(at: Place, quiz: Quiz, asked: Asked, question: Question) -> Shown | None:
    """Show a question, with a fresh stamp and half an hour to answer."""
    known = memories.get(at.store, at.who.id, quiz.pack, question.id)
    order = marking.shuffle(question, known.times if known else 0)
    expires = at.now + timedelta(minutes=MINUTES)
    quizzes.show(at.store, asked.id, marking.digest(question), order, offers.new_stamp(), at.now, expires)
    again = quizzes.asked(at.store, asked.id, at.who.id)
    return _shown(at, quiz, again) if again else None


def _shown(at: Place, quiz: Quiz, asked: Asked) -> Shown | None:
    pack = at.packs.get(asked.pack)
    question = next((q for q in pack.questions if q.id == asked.question), None) if pack else None
    if pack is None or question is None:
        return None
    rows = [each for each in quizzes.of_quiz(at.store, quiz.id) if each.state != "dropped"]
    n = next((n for n, each in enumerate(rows, 1) if each.id == asked.id), asked.n)
    return Shown(asked, question, pack, quiz, n, len(rows))


def find(at: Place, asked_id: int, stamp: str) -> Shown | None:
    """The question a button belongs to, while it is open (in time or not); None: stale or forged."""
    asked = quizzes.asked(at.store, asked_id, at.who.id)
    if asked is None or asked.state != "open" or asked.stamp != stamp:
        return None
    quiz = quizzes.get(at.store, asked.quiz)
    return _shown(at, quiz, asked) if quiz and quiz.state == "open" else None


def hint(at: Place, shown: Shown) -> None:
    """The hint has been seen: a right answer is a hard one now."""
    quizzes.hint(at.store, shown.asked.id)


# ---------------------------------------------------------------- answering


def answer(at: Place, asked_id: int, stamp: str, token: str) -> Outcome:
    """Take an answer ("?": 不知道). Runs inside the write transaction of the message."""
    asked = quizzes.asked(at.store, asked_id, at.who.id)
    quiz = quizzes.get(at.store, asked.quiz) if asked else None
    if asked is None or quiz is None or asked.state != "open" or asked.stamp != stamp or quiz.state != "open":
        return Outcome(stale=True)
    pack = at.packs.get(asked.pack)
    question = next((q for q in live(at.store, pack) if q.id == asked.question), None) if pack else None
    if question is None:
        quizzes.drop(at.store, asked.id)
        following_ = _open_next(at, quiz)
        return Outcome(following_, retired=True, summary=None if following_ else _finish(at, quiz))
    if marking.digest(question) != asked.digest:
        return Outcome(_ask(at, quiz, asked, question), changed=True)
    shown = _shown(at, quiz, asked)
    assert shown is not None
    late = asked.expires is None or asked.expires <= at.now
    how = "late" if late else "unknown" if token == marking.UNKNOWN else "wrong"
    if how == "wrong" and marking.is_right(question, asked.shuffle, token):
        how = "right"
    learned = take(at, shown, how, "" if how in {"late", "unknown"} else token, at.now)
    if learned is None:
        return Outcome(stale=True)
    gain = read_too(at, shown) if how in {"right", "wrong", "unknown"} else None
    rest = any(each.state == "waiting" for each in quizzes.of_quiz(at.store, quiz.id))
    summary = None if rest or quiz.kind == "lone" else _finish(at, quiz)
    return Outcome(shown, how, token, learned, summary, gain)


def take(at: Place, shown: Shown, how: str, token: str, when: datetime) -> bool | None:
    """Write an answer, what memory learns and the point. None: it was not open any more."""
    asked, question = shown.asked, shown.question
    day = study_day(when, at.who.zone)
    known = memories.get(at.store, at.who.id, asked.pack, question.id)
    first = known is None or known.last < day
    took = (when - asked.shown).total_seconds() if asked.shown else 0.0
    before = quizzes.seconds(at.store, at.who.id, question.kind)
    rating = memory.rate(how, question.kind, asked.hinted, took, before) if first else 0
    taken = Answer(token[: marking.LONGEST], how, question.kind, day, rating, round(took, 3))
    if not quizzes.record(at.store, at.who.id, asked, taken, at.now):
        return None
    if rating:
        memories.put(at.store, at.who.id, asked.pack, memory.learned(known, question.id, rating, day))
    if how == "right" and rating and shown.quiz.scored:
        record.right(at.store, at.who, shown.quiz.id, at.now)
    return bool(rating)


def read_too(at: Place, shown: Shown) -> Gain | None:
    """A question about today's card was answered: the card counts as read."""
    given = progress.given_on(at.store, at.sub.id, local_day(at.now, at.sub.zone))
    card = next((c for c in shown.pack.cards if c.id == shown.question.card), None)
    if given is None or card is None or (given.pack, given.card) != (shown.pack.id, card.id):
        return None
    if daily.read(at.store, at.who, shown.pack, card, at.now) is not None:
        return None
    return record.read(at.store, at.who, at.sub.id, at.calendar, at.now, shown.quiz.id)


def _settle(at: Place) -> None:
    """A question that was looked at and left for half an hour is one that was not known."""
    quiz = quizzes.open_quiz(at.store, *at.key)
    for asked in quizzes.of_quiz(at.store, quiz.id) if quiz else ():
        if asked.state == "open" and asked.expires and asked.expires <= at.now and quiz:
            shown = _shown(at, quiz, asked)
            if shown and marking.digest(shown.question) == asked.digest:
                take(at, shown, "late", "", asked.expires)
            else:
                quizzes.drop(at.store, asked.id)


# ---------------------------------------------------------------- ending


def end(at: Place) -> Summary | None:
    """Stop here; None: nothing was going on."""
    _settle(at)
    quiz = quizzes.open_quiz(at.store, *at.key)
    if quiz is None:
        return None
    quizzes.close(at.store, quiz.id, "ended")
    return _summary(at, quiz, None)


def _finish(at: Place, quiz: Quiz) -> Summary:
    hows = quizzes.hows(at.store, quiz.id)
    quizzes.close(at.store, quiz.id, "done")
    gain = None
    if any(how != "late" for how in hows):
        gain = record.finished(
            *(at.store, at.who, at.sub.id, quiz.id, len(hows), hows.count("right"), quiz.scored),
            *(at.calendar, at.now),
        )
    return _summary(at, quiz, gain)


def _summary(at: Place, quiz: Quiz, gain: Gain | None) -> Summary:
    hows = quizzes.hows(at.store, quiz.id)
    earned = kept.of_quiz(at.store, at.who.id, quiz.id)
    return Summary(quiz, len(hows), hows.count("right"), earned, gain)
