"""How fast one person may write: a burst is let through, a flood is held back and told so once.

Invariant: memory is bounded by the number of people who wrote within the last window; the time is an argument.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["go", "first", "held"]
MANY = 30  # messages …
WITHIN = 10.0  # … in so many seconds are a person in a hurry; more are a flood
REST = 20.0  # seconds for which a flood is held back
PEOPLE = 10_000  # remembered at most; who has been silent longest is forgotten first


@dataclass(slots=True)
class _Track:
    times: deque[float] = field(default_factory=deque)
    until: float = 0.0  # held back before this moment
    dropped: int = 0


@dataclass
class Limiter:
    """`check` every message; on "first" tell the person, with `dropped`, how many were held back so far.

    >>> limiter = Limiter(many=2)
    >>> [limiter.check("a", 0.0) for _ in range(4)], limiter.dropped("a"), limiter.check("a", 21.0)
    (['go', 'go', 'first', 'held'], 2, 'go')
    """

    many: int = MANY
    within: float = WITHIN
    rest: float = REST
    people: int = PEOPLE
    _tracks: OrderedDict[str, _Track] = field(default_factory=OrderedDict)

    def check(self, who: str, now: float) -> Verdict:
        """ "go": answer it; "first": hold it back and say so; "held": hold it back in silence. now: any clock
        in seconds that never runs backwards."""
        track = self._tracks.setdefault(who, _Track())
        self._tracks.move_to_end(who)
        while len(self._tracks) > self.people:
            self._tracks.popitem(last=False)
        if now < track.until:
            track.dropped += 1
            return "held"
        times = track.times
        while times and times[0] <= now - self.within:
            times.popleft()
        if len(times) < self.many:
            times.append(now)
            return "go"
        times.clear()
        track.until, track.dropped = now + self.rest, 1
        return "first"

    def dropped(self, who: str) -> int:
        """How many of the present flood were held back."""
        return self._tracks[who].dropped if who in self._tracks else 0
