"""Questions that somebody reported, and what the organiser decided about a question.

Invariant: a decision holds for one wording of a question (its digest): once the file says something else, the
question is live again and may be reported again.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Row, Store


@dataclass(frozen=True, slots=True)
class Flag:
    id: int
    member: int
    pack: str
    question: str
    digest: str
    reason: str  # key, stem, quote, other
    note: str
    state: str  # open, retired, kept


COLUMNS = "id, member, pack, question, digest, reason, note, state"


def put(
    store: Store, who: int, pack: str, question: str, digest: str, reason: str, note: str, now: datetime
) -> int | None:
    """Report a question; the report's id, None when this member's earlier report is still open."""
    made = store.rows(
        "INSERT INTO flags (member, pack, question, digest, reason, note, at, state) VALUES (?,?,?,?,?,?,?,'open')"
        " ON CONFLICT DO NOTHING RETURNING id",
        *(who, pack, question, digest, reason, note, now.isoformat()),
    )
    return made[0]["id"] if made else None


def open_ones(store: Store, pack: str = "") -> list[Flag]:
    """Reports nobody has decided about, the oldest first."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM flags WHERE state = 'open' AND (? = '' OR pack = ?) ORDER BY id", pack, pack
    )
    return [_flag(row) for row in rows]


def is_open(store: Store, who: int, pack: str, question: str) -> bool:
    return (
        store.row(
            "SELECT 1 FROM flags WHERE member = ? AND pack = ? AND question = ? AND state = 'open'",
            *(who, pack, question),
        )
        is not None
    )


def counts(store: Store, pack: str) -> dict[str, int]:
    """Question → how often it was ever reported."""
    rows = store.rows("SELECT question, count(*) AS n FROM flags WHERE pack = ? GROUP BY question", pack)
    return {row["question"]: row["n"] for row in rows}


def decide(
    store: Store, pack: str, question: str, digest: str, verdict: str, by: int, now: datetime
) -> list[Flag]:
    """Retire or keep a question as it now stands; the reports this settles."""
    store.do(
        'INSERT INTO verdicts (pack, question, digest, verdict, "by", at) VALUES (?,?,?,?,?,?) ON CONFLICT'
        " (pack, question) DO UPDATE SET digest = excluded.digest, verdict = excluded.verdict,"
        ' "by" = excluded."by", at = excluded.at',
        *(pack, question, digest, verdict, by, now.isoformat()),
    )
    rows = store.rows(
        f"UPDATE flags SET state = ? WHERE pack = ? AND question = ? AND state = 'open' RETURNING {COLUMNS}",
        *(verdict, pack, question),
    )
    return [_flag(row) for row in rows]


def verdicts(store: Store, pack: str) -> dict[str, tuple[str, str]]:
    """Question → (digest it was decided for, retired or kept)."""
    rows = store.rows("SELECT question, digest, verdict FROM verdicts WHERE pack = ?", pack)
    return {row["question"]: (row["digest"], row["verdict"]) for row in rows}


def _flag(row: Row) -> Flag:
    return Flag(*(row[each] for each in COLUMNS.split(", ")))
