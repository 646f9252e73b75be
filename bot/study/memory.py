"""When a question is asked again, by FSRS; and how an answer is rated.

Invariant: a member's memory of a question learns once a study day, from the first answer. The scheduler counts
elapsed days in blocks of 24 hours, so it is always given noon UTC of the study day: reviews on two days are then
at least one day apart, at whatever hours they were made.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.store.memories import Memory

if TYPE_CHECKING:
    from fsrs import Scheduler

AGAIN, HARD, GOOD = 1, 2, 3
RETENTION = 0.9  # wanted share of right answers when a question comes due
LONGEST = 180  # days until a question comes back, at most
SLOW = 12.0  # seconds below which no answer is slow
SLOWER = 2.5  # times a member's own median of the kind
ENOUGH = 5  # answers of a kind from which the median means something
WANTED = 2  # right answers on different days until a question leaves the 错题本


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler  # only for those who answer

    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def rate(how: str, kind: str, hinted: bool, took: float, before: Sequence[float]) -> int:
    """AGAIN, HARD or GOOD. took: seconds; before: what his earlier answers of that kind took.

    >>> rate("right", "single", False, 5, []), rate("right", "single", False, 40, [4.0] * 9)
    (3, 2)
    """
    if how != "right":
        return AGAIN
    # The middle one by hand: the statistics module takes 10 ms to import.
    slow = max(SLOW, SLOWER * sorted(before)[len(before) // 2]) if len(before) >= ENOUGH else SLOW
    return HARD if hinted or kind == "bool" or took > slow else GOOD


def learned(before: Memory | None, question: str, rating: int, day: date) -> Memory:
    """The memory after an answer on that study day.

    A missed question comes back the next day whatever its history: what the bot says (明天再问) is then true.
    """
    from fsrs import Card, Rating, State

    if before is None:
        card = Card(card_id=1, due=_noon(day))  # without an id it waits a millisecond
    else:
        card = Card(
            card_id=1,
            state=State.Review,
            stability=before.stability,
            difficulty=before.difficulty,
            due=_noon(before.due),
            last_review=_noon(before.last),
        )
    after, _ = _scheduler().review_card(card, Rating(rating), _noon(day))
    assert after.stability is not None
    assert after.difficulty is not None
    tomorrow = day + timedelta(days=1)
    due = tomorrow if rating == AGAIN else max(after.due.astimezone(UTC).date(), tomorrow)
    missed = before.missed if before else 0
    return Memory(
        question=question,
        stability=after.stability,
        difficulty=after.difficulty,
        last=day,
        due=due,
        times=(before.times if before else 0) + 1,
        missed=WANTED if rating == AGAIN else max(missed - 1, 0),
    )


def weakness(memory: Memory, day: date) -> float:
    """The larger, the likelier it is forgotten: elapsed days by stability, which recall falls with."""
    return (day - memory.last).days / memory.stability


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
