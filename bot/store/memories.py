"""What each member remembers of each question, and when it is asked again.

Invariant: a row is written only with the answer it was learned from, in the same transaction.
"""

from dataclasses import dataclass
from datetime import date

from bot.store.database import Row, Store


@dataclass(frozen=True, slots=True)
class Memory:
    """stability: days until recall has fallen to 90%; difficulty 1–10; last, due: study days.

    missed: right answers still wanted before it leaves the 错题本; 0: it is not in it.
    """

    question: str
    stability: float
    difficulty: float
    last: date
    due: date
    times: int = 1
    missed: int = 0


COLUMNS = "question, stability, difficulty, last, due, times, missed"


def of_pack(store: Store, who: int, pack: str) -> dict[str, Memory]:
    """Question → what a member remembers of it."""
    rows = store.rows(f"SELECT {COLUMNS} FROM memories WHERE member = ? AND pack = ?", who, pack)
    return {row["question"]: _memory(row) for row in rows}


def get(store: Store, who: int, pack: str, question: str) -> Memory | None:
    row = store.row(
        f"SELECT {COLUMNS} FROM memories WHERE member = ? AND pack = ? AND question = ?",
        *(who, pack, question),
    )
    return _memory(row) if row else None


def put(store: Store, who: int, pack: str, memory: Memory) -> None:
    store.do(
        f"INSERT INTO memories (member, pack, {COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (member, pack, question) DO UPDATE SET stability = excluded.stability,"
        " difficulty = excluded.difficulty, last = excluded.last, due = excluded.due, times = excluded.times,"
        " missed = excluded.missed",
        *(who, pack, memory.question, memory.stability, memory.difficulty, memory.last.isoformat()),
        *(memory.due.isoformat(), memory.times, memory.missed),
    )


def due_on(store: Store, who: int, day: date) -> int:
    """How many questions of all packs are due on that day, or have been before."""
    row = store.row("SELECT count(*) AS n FROM memories WHERE member = ? AND due <= ?", who, day.isoformat())
    return int(row["n"]) if row else 0


def _memory(row: Row) -> Memory:
    last, due = date.fromisoformat(row["last"]), date.fromisoformat(row["due"])
    return Memory(
        row["question"], row["stability"], row["difficulty"], last, due, row["times"], row["missed"]
    )
