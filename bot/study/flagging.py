"""Questions that people report or get wrong, and what an organiser decides about them.

Invariant: files are never touched; a decision holds for the question as it reads now, and who reported it is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.days import local_day
from bot.model import Pack, Question
from bot.store import Store, flags, members, outbox, quizzes, subscriptions
from bot.store.flags import Flag
from bot.store.members import Member
from bot.store.outbox import Delivery
from bot.study import marking

ENOUGH = 5  # answers from which a share means something
HARD = 0.5  # a question that fewer than this share get right is looked at
LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Case:
    """A question to look at, with everything that speaks for or against it."""

    pack: Pack
    question: Question
    tries: int
    rights: int
    reports: tuple[Flag, ...]
    retired: bool = False


def cases(store: Store, packs: Mapping[str, Pack]) -> list[Case]:
    """What waits for a decision: reported ones first, then those most get wrong; decided ones are left out."""
    found = []
    for pack in packs.values():
        decided = flags.verdicts(store, pack.id)
        tries = quizzes.tries(store, pack.id)
        reports: dict[str, list[Flag]] = {}
        for flag in flags.open_ones(store, pack.id):
            reports.setdefault(flag.question, []).append(flag)
        for question in pack.questions:
            n, right = tries.get(question.id, (0, 0))
            mine = tuple(reports.get(question.id, ()))
            hard = n >= ENOUGH and right < HARD * n
            if not mine and (not hard or _decided(decided, question)):
                continue
            found.append(Case(pack, question, n, right, mine))
    return sorted(
        found, key=lambda each: (not each.reports, -len(each.reports), each.rights / max(each.tries, 1))
    )


def _decided(decided: Mapping[str, tuple[str, str]], question: Question) -> str:
    """The verdict that holds for the question as it reads now, or ""."""
    digest, verdict = decided.get(question.id, ("", ""))
    return verdict if digest == marking.digest(question) else ""


def stats(store: Store, pack: Pack) -> list[tuple[Case, int]]:
    """Every question of a pack in file order, with how often it was ever reported."""
    decided = flags.verdicts(store, pack.id)
    tries, counts = quizzes.tries(store, pack.id), flags.counts(store, pack.id)
    return [
        (
            Case(pack, q, *tries.get(q.id, (0, 0)), (), retired=_decided(decided, q) == "retired"),
            counts.get(q.id, 0),
        )
        for q in pack.questions
    ]


def report(
    store: Store, who: Member, pack: Pack, question: Question, reason: str, note: str, now: datetime
) -> int | None:
    """The report's id; None when this member's earlier one is still open."""
    return flags.put(store, who.id, pack.id, question.id, marking.digest(question), reason, note, now)


def decide(
    store: Store, by: Member, pack: Pack, question: Question, verdict: str, now: datetime
) -> list[Flag]:
    """Retire or keep a question; the reports that this settles."""
    return flags.decide(store, pack.id, question.id, marking.digest(question), verdict, by.id, now)


def replacement(pack: Pack, question: Question) -> str:
    """The id of a new question about the same sentence (a changed key is a new id), or ""."""
    later = [q for q in pack.questions if q.rank > question.rank or q.id > question.id]
    same = (
        q.id
        for q in later
        if q.id != question.id and (q.article, q.quote) == (question.article, question.quote)
    )
    return next(same, "")


def tell(store: Store, who: Member, kind: str, text: str, now: datetime) -> bool:
    """Put a message to a member's private chat into the ledger; False when he has none, or had this one."""
    own = [subscriptions.get(store, sub) for sub in members.private_chats(store, who)]
    to = next((sub for sub in own if sub), None)
    if to is None:
        return False
    at = now.timestamp()
    row = Delivery(
        *(0, to.id, local_day(now, to.zone), kind, to.address.channel, "queued", at),
        expires=at + LASTS.total_seconds(),
        not_before=at,
        body=text,
    )
    return outbox.note(store, row)
