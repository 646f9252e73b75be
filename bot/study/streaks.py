"""How many days in a row: worked out from the credited days alone, the same today and in a year.

A day counts when something was credited on it. A day without is neutral (rest, paused), or uses up a freeze, or
ends the streak. Every seventh day of a streak earns a freeze; two are held at most. Invariant: nothing is
stored that could disagree with the days.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = 7
HELD = 2
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """length: credited days in the streak that is alive, 0: none; began: its first day; longest: ever.

    freezes: held now; frozen: the days on which one was used.
    """

    length: int = 0
    began: date | None = None
    longest: int = 0
    freezes: int = 0
    frozen: tuple[date, ...] = ()


def streak(days: Iterable[date], neutral: Callable[[date], bool], today: date) -> Streak:
    """The streak as it stands on `today`, which itself is not over and can only add.

    neutral: whether a day without credit costs nothing.
    """
    length, longest, freezes = 0, 0, 0
    began: date | None = None
    frozen: list[date] = []
    after: date | None = None  # the day after the last credited one
    for day in [*sorted({each for each in days if each <= today}), None]:
        while after is not None and after < (day or today) and length:
            if not neutral(after):
                if freezes:
                    freezes -= 1
                    frozen.append(after)
                else:
                    length = 0
            after += DAY
        if day is None:
            break
        if not length:
            began = day
        length += 1
        longest = max(longest, length)
        if length % WEEK == 0:
            freezes = min(freezes + 1, HELD)
        after = day + DAY
    return Streak(length, began if length else None, longest, freezes, tuple(frozen))
