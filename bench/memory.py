"""Ninety days of five questions a day: our session against other ways of choosing, with the same learners.

The learners forget by a law that none of the schedulers knows: the activation of a memory is the logarithm of the
sum of its decayed past encounters (a power law), recall is a logistic function of it, and items and learners
differ in how hard they are. Everybody gets the same days, the same new questions, the same dice.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bench.table import Table
from bot.model import Article, Card, Pack, Question
from bot.store.memories import Memory
from bot.study import choosing, memory

DAYS, ITEMS, SESSION, LATER = 90, 60, 5, 30
PRESENT = 0.85  # share of days on which a learner comes
START = date(2026, 9, 1)
DECAY, NOISE = 0.5, 0.4
MATERIAL = {"easy": -1.2, "hard": -0.4}  # the activation from which a memory is more likely there than not


@dataclass
class Learner:
    """What is really remembered. met: for each item the days on which it was met, with the weight of it."""

    skill: float
    hard: list[float]
    threshold: float
    met: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def recall(self, item: int, day: float) -> float:
        past = self.met.get(item)
        if not past:
            return 0.0
        strength = math.log(sum(weight * (day - at + 0.05) ** -DECAY for at, weight in past))
        return 1 / (1 + math.exp((self.threshold + self.hard[item] - self.skill - strength) / NOISE))

    def meet(self, item: int, day: float, right: bool) -> None:
        """To retrieve something strengthens more than to be told it."""
        self.met.setdefault(item, []).append((day, 1.0 if right else 0.6))


class Way:
    """A way of choosing: which of the known items today, given how they went. Oldest due first unless said."""

    def __init__(self) -> None:
        self.due: dict[int, int] = {}
        self.last: dict[int, int] = {}

    def choose(self, known: list[int], day: int, room: int, _dice: random.Random) -> list[int]:
        due = sorted((i for i in known if self.due[i] <= day), key=lambda i: (self.due[i], i))
        spare = sorted((i for i in known if self.due[i] > day), key=lambda i: (-self.overdue(i, day), i))
        return [*due, *spare][:room]

    def overdue(self, item: int, day: int) -> float:
        return (day - self.last[item]) / max(self.due[item] - self.last[item], 1)

    def answered(self, item: int, day: int, _right: bool) -> None:
        self.last[item] = day


class Random(Way):
    def choose(self, known: list[int], _day: int, room: int, dice: random.Random) -> list[int]:
        return dice.sample(known, min(room, len(known)))

    def answered(self, item: int, day: int, right: bool) -> None:
        super().answered(item, day, right)
        self.due[item] = day


class Leitner(Way):
    """Boxes of 1, 2, 4, 8, 16, 32 days; a miss goes back to the first."""

    def __init__(self) -> None:
        super().__init__()
        self.box: dict[int, int] = {}

    def answered(self, item: int, day: int, right: bool) -> None:
        super().answered(item, day, right)
        self.box[item] = min(self.box.get(item, -1) + 1, 5) if right else 0
        self.due[item] = day + 2 ** self.box[item]


class SM2(Way):
    """Intervals of 1 and 6 days, then times the ease; right counts as grade 4, wrong as 2."""

    def __init__(self) -> None:
        super().__init__()
        self.state: dict[int, tuple[int, float, float]] = {}

    def answered(self, item: int, day: int, right: bool) -> None:
        super().answered(item, day, right)
        times, ease, interval = self.state.get(item, (0, 2.5, 0.0))
        grade = 4 if right else 2
        ease = max(1.3, ease + 0.1 - (5 - grade) * (0.08 + (5 - grade) * 0.02))
        times = times + 1 if right else 0
        interval = 1 if times <= 1 else 6 if times == 2 else interval * ease
        self.state[item] = times, ease, interval
        self.due[item] = day + round(interval)


class Ours(Way):
    """The program's own code: memory by FSRS, sessions as /quiz plans them."""

    def __init__(self) -> None:
        super().__init__()
        self.memories: dict[str, Memory] = {}
        self.pack = pack()
        self.by_id = {q.id: q for q in self.pack.questions}

    def choose(self, known: list[int], day: int, room: int, dice: random.Random) -> list[int]:
        live = [self.by_id[f"q{i}"] for i in known]
        plan = choosing.ordinary(self.pack, live, self.memories, (), START + timedelta(days=day), (), room)
        return [int(q.id[1:]) for q in plan.questions] or super().choose(known, day, room, dice)

    def answered(self, item: int, day: int, right: bool) -> None:
        super().answered(item, day, right)
        rating = memory.GOOD if right else memory.AGAIN
        found = memory.learned(self.memories.get(f"q{item}"), f"q{item}", rating, START + timedelta(days=day))
        self.memories[f"q{item}"] = found
        self.due[item] = (found.due - START).days


class Unclamped(Ours):
    """The same without the rule that a missed question comes back the next day."""

    def answered(self, item: int, day: int, right: bool) -> None:
        super().answered(item, day, right)
        if not right:
            found = self.memories[f"q{item}"]
            wait = timedelta(days=max(round(found.stability), 1))
            self.memories[f"q{item}"] = Memory(
                found.question,
                found.stability,
                found.difficulty,
                found.last,
                found.last + wait,
                found.times,
                found.missed,
            )


class BestFirst(Ours):
    """FSRS, but what is surest is asked first: to show what the order is worth."""

    def choose(self, known: list[int], day: int, room: int, _dice: random.Random) -> list[int]:
        today = START + timedelta(days=day)
        due = [i for i in known if self.due[i] <= day] or known
        return sorted(due, key=lambda i: (memory.weakness(self.memories[f"q{i}"], today), i))[:room]


WAYS: tuple[tuple[str, Callable[[], Way]], ...] = (
    ("random", Random),
    ("Leitner, 6 boxes", Leitner),
    ("SM-2", SM2),
    ("FSRS, oldest due first (ours)", Ours),
    ("ours, a miss not forced to the next day", Unclamped),
    ("FSRS, surest first", BestFirst),
)


def pack() -> Pack:
    """Sixty questions, each of its own article, so that none is held back for its neighbour."""
    articles = tuple(Article(f"a{n}", n + 1, "", ()) for n in range(ITEMS))
    cards = tuple(Card(f"c{n}", n + 1, "", "", f"a{n}") for n in range(ITEMS))
    questions = tuple(
        Question(f"q{n}", n + 1, "single", "", f"a{n}", f"{n}", card=f"c{n}") for n in range(ITEMS)
    )
    return Pack("sim", "", articles, cards, (), questions)


def live(way: Way, seed: int, threshold: float) -> tuple[float, float, float]:
    """One learner's ninety days: (items known at the end, a month later, share right in the sessions)."""
    dice = random.Random(f"life {seed}")
    learner = Learner(dice.gauss(0, 0.3), [dice.gauss(0, 0.4) for _ in range(ITEMS)], threshold)
    days = [day for day in range(DAYS) if dice.random() < PRESENT]
    asked = right = 0
    known: list[int] = []
    for day in days:
        chosen = way.choose(known, day, SESSION - (len(known) < ITEMS), dice)
        for item in chosen:
            luck = random.Random(f"{seed}/{item}/{day}").random()
            good = luck < learner.recall(item, day)
            asked, right = asked + 1, right + good
            learner.meet(item, day, good)
            way.answered(item, day, good)
        if len(known) < ITEMS:  # a new one a day, read that morning
            item = len(known)
            known.append(item)
            learner.meet(item, day - 0.1, False)
            good = random.Random(f"{seed}/{item}/{day}").random() < learner.recall(item, day)
            learner.meet(item, day, good)
            way.answered(item, day, good)
    at_end = sum(learner.recall(item, DAYS) for item in range(ITEMS))
    later = sum(learner.recall(item, DAYS + LATER) for item in range(ITEMS))
    return at_end, later, right / asked


def run(full: bool) -> Table:
    learners = 500 if full else 60
    rows = []
    for material, threshold in MATERIAL.items():
        rows += compared(material, threshold, learners)
    note = (
        f"{learners} simulated learners, {DAYS} days at {PRESENT:.0%} presence, {SESSION} questions a day,"
        f" {ITEMS} questions; expected number of right answers to all of them, in brackets against random."
    )
    head = (
        "way of choosing",
        f"known on day {DAYS}",
        f"{LATER} days later",
        "right in sessions",
        "better than random",
    )
    return Table(head, tuple(rows), note)


def compared(material: str, threshold: float, learners: int) -> list[tuple[str, ...]]:
    """One row a way of choosing."""
    results = {name: [live(make(), seed, threshold) for seed in range(learners)] for name, make in WAYS}
    base = [mean([each[k] for each in results["random"]]) for k in (0, 1)]
    rows = []
    for name, _ in WAYS:
        lives = results[name]
        end, later, share = (mean([each[k] for each in lives]) for k in range(3))
        wins = mean([float(mine[0] > other[0]) for mine, other in zip(lives, results["random"], strict=True)])
        rows.append(
            (
                f"{material}: {name}",
                f"{end:.1f} ({end / base[0] - 1:+.0%})",
                f"{later:.1f} ({later / base[1] - 1:+.0%})",
                f"{share:.0%}",
                f"{wins:.0%}",
            )
        )
    return rows


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
