"""Sessions of questions: what is open in a chat, what was shown how, what was answered.

Invariant: one open session a (chat, member); an asked question has at most one answer, taken only while it is
open, with its stamp, and in time, whatever happens at the same moment elsewhere.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.store.database import Row, Store

ASKED = "id, quiz, n, pack, question, state, digest, shuffle, stamp, hinted, shown, expires"


@dataclass(frozen=True, slots=True)
class Quiz:
    """One session. kind: daily, lone, wrong, place, again, poll; scored: right answers earn points."""

    id: int
    pack: str
    kind: str
    scored: bool
    day: date
    state: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a session. shuffle: the order in which its options (items, right sides) stand."""

    id: int
    quiz: int
    n: int
    pack: str
    question: str
    state: str
    digest: str = ""
    shuffle: tuple[int, ...] = ()
    stamp: str = ""
    hinted: bool = False
    shown: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. how: right, wrong, unknown, late; rating 0: memory learns nothing from it."""

    given: str
    how: str
    kind: str
    day: date
    rating: int
    seconds: float


def open_quiz(store: Store, channel: str, chat: str, who: int) -> Quiz | None:
    row = store.row(
        "SELECT id, pack, kind, scored, day, state FROM quizzes WHERE channel = ? AND chat = ? AND member = ?"
        " AND state = 'open'",
        *(channel, chat, who),
    )
    return _quiz(row) if row else None


def get(store: Store, quiz: int) -> Quiz | None:
    row = store.row("SELECT id, pack, kind, scored, day, state FROM quizzes WHERE id = ?", quiz)
    return _quiz(row) if row else None


def begin(
    store: Store,
    where: tuple[str, str, int],
    pack: str,
    kind: str,
    scored: bool,
    questions: Sequence[str],
    day: date,
    now: datetime,
) -> Quiz:
    """A new session of `where` (channel, chat, member); the one that was open there is ended."""
    if before := open_quiz(store, *where):
        close(store, before.id, "ended")
    (row,) = store.rows(
        "INSERT INTO quizzes (channel, chat, member, pack, kind, scored, began, day, state)"
        " VALUES (?,?,?,?,?,?,?,?,'open') RETURNING id, pack, kind, scored, day, state",
        *(*where, pack, kind, int(scored), now.isoformat(), day.isoformat()),
    )
    quiz = _quiz(row)
    add(store, quiz, where[2], questions)
    return quiz


def add(store: Store, quiz: Quiz, who: int, questions: Sequence[str]) -> None:
    """More questions at the end of a session."""
    row = store.row("SELECT coalesce(max(n), 0) AS n FROM asked WHERE quiz = ?", quiz.id)
    first = (row["n"] if row else 0) + 1
    for n, question in enumerate(questions, first):
        store.do(
            "INSERT INTO asked (quiz, n, member, pack, question, state) VALUES (?,?,?,?,?,'waiting')",
            *(quiz.id, n, who, quiz.pack, question),
        )


def change_kind(store: Store, quiz: int, kind: str) -> None:
    store.do("UPDATE quizzes SET kind = ? WHERE id = ?", kind, quiz)


def close(store: Store, quiz: int, state: str) -> None:
    """End a session; what was still to be asked in it never will be."""
    store.do("UPDATE quizzes SET state = ? WHERE id = ?", state, quiz)
    store.do("UPDATE asked SET state = 'ended' WHERE quiz = ? AND state IN ('open', 'waiting')", quiz)


def asked(store: Store, asked_id: int, who: int) -> Asked | None:
    """A question that this member was asked."""
    row = store.row(f"SELECT {ASKED} FROM asked WHERE id = ? AND member = ?", asked_id, who)
    return _asked(row) if row else None


def of_quiz(store: Store, quiz: int) -> list[Asked]:
    """All questions of a session, in order."""
    return [_asked(row) for row in store.rows(f"SELECT {ASKED} FROM asked WHERE quiz = ? ORDER BY n", quiz)]


def last_answered(store: Store, who: int, since: datetime | None = None) -> tuple[str, str] | None:
    """(pack, question) of the last answer of a member, if there is one since then."""
    row = store.row(
        "SELECT pack, question FROM answers WHERE member = ? AND at >= ? ORDER BY at DESC, asked DESC LIMIT 1",
        *(who, since.isoformat() if since else ""),
    )
    return (row["pack"], row["question"]) if row else None


def show(
    store: Store,
    asked_id: int,
    digest: str,
    shuffle: Sequence[int],
    stamp: str,
    now: datetime,
    expires: datetime,
) -> None:
    """The question is on the screen, so: from now on it can be answered."""
    store.do(
        "UPDATE asked SET state = 'open', digest = ?, shuffle = ?, stamp = ?, hinted = 0, shown = ?, expires = ?"
        " WHERE id = ? AND state IN ('waiting', 'open')",
        *(digest, json.dumps(list(shuffle)), stamp, now.isoformat(), expires.isoformat(), asked_id),
    )


def hint(store: Store, asked_id: int) -> None:
    store.do("UPDATE asked SET hinted = 1 WHERE id = ?", asked_id)


def drop(store: Store, asked_id: int) -> None:
    """The question is not live any more: it counts for nothing."""
    store.do("UPDATE asked SET state = 'dropped' WHERE id = ? AND state IN ('waiting', 'open')", asked_id)


def record(store: Store, who: int, at: Asked, answer: Answer, now: datetime) -> bool:
    """Take an answer; False when the question is not open any more, or out of time (unless it says it is late).

    Runs inside the write transaction that also changes memory and points.
    """
    taken = store.do(
        "INSERT INTO answers (asked, member, pack, question, kind, day, at, given, how, rating, seconds)"
        " SELECT id, member, pack, question, ?, ?, ?, ?, ?, ?, ? FROM asked WHERE id = ? AND member = ?"
        " AND stamp = ? AND state = 'open' AND (expires > ?) = (? <> 'late') ON CONFLICT DO NOTHING",
        *(answer.kind, answer.day.isoformat(), now.isoformat(), answer.given, answer.how, answer.rating),
        *(answer.seconds, at.id, who, at.stamp, now.isoformat(), answer.how),
    )
    if taken:
        state = "late" if answer.how == "late" else "answered"
        store.do("UPDATE asked SET state = ? WHERE id = ?", state, at.id)
    return bool(taken)


def hows(store: Store, quiz: int) -> list[str]:
    """How the questions of a session were answered, in order."""
    rows = store.rows(
        "SELECT a.how FROM answers a JOIN asked q ON q.id = a.asked WHERE q.quiz = ? ORDER BY q.n", quiz
    )
    return [row["how"] for row in rows]


def answered_on(store: Store, who: int, pack: str, day: date) -> set[str]:
    """Questions of a pack that a member answered on a study day."""
    rows = store.rows(
        "SELECT DISTINCT question FROM answers WHERE member = ? AND pack = ? AND day = ?",
        *(who, pack, day.isoformat()),
    )
    return {row["question"] for row in rows}


def seconds(store: Store, who: int, kind: str, most: int = 50) -> list[float]:
    """How long a member's latest answers of a kind took; a vote in a group has no such time."""
    rows = store.rows(
        "SELECT seconds FROM answers WHERE member = ? AND kind = ? AND how IN ('right', 'wrong')"
        " AND seconds > 0"
        " ORDER BY asked DESC LIMIT ?",
        *(who, kind, most),
    )
    return [row["seconds"] for row in rows]


def score(store: Store, who: int, pack: str = "") -> tuple[int, int]:
    """(right, all) answers of a member, of one pack or of all."""
    row = store.row(
        "SELECT count(*) AS n, coalesce(sum(how = 'right'), 0) AS r FROM answers WHERE member = ?"
        " AND (? = '' OR pack = ?)",
        *(who, pack, pack),
    )
    return (row["r"], row["n"]) if row else (0, 0)


def tries(store: Store, pack: str) -> dict[str, tuple[int, int]]:
    """Question → (answers by anybody, right ones) of a pack; late ones are no tries."""
    rows = store.rows(
        "SELECT question, count(*) AS n, sum(how = 'right') AS r FROM answers WHERE pack = ? AND how <> 'late'"
        " GROUP BY question",
        pack,
    )
    return {row["question"]: (row["n"], row["r"]) for row in rows}


def _quiz(row: Row) -> Quiz:
    day = date.fromisoformat(row["day"])
    return Quiz(row["id"], row["pack"], row["kind"], bool(row["scored"]), day, row["state"])


def _asked(row: Row) -> Asked:
    return Asked(
        *(row["id"], row["quiz"], row["n"], row["pack"], row["question"], row["state"], row["digest"]),
        *(tuple(json.loads(row["shuffle"])), row["stamp"], bool(row["hinted"])),
        *(_time(row["shown"]), _time(row["expires"])),
    )


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
