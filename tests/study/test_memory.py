"""What memory learns, and which questions a session is made of."""

import time
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from conftest import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Pack
from bot.packs.read import read_pack
from bot.store.memories import Memory
from bot.study import choosing, memory
from bot.study.memory import AGAIN, GOOD, HARD

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def pack() -> Pack:
    found, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert found
    return found


def remembered(due: int, last: int = 3, stability: float = 3.0) -> Memory:
    """Due in so many days from DAY, last asked so many days before."""
    return Memory("", stability, 5.0, DAY - timedelta(days=last), DAY + timedelta(days=due))


def test_ratings() -> None:
    assert memory.rate("right", "single", False, 12, []) == GOOD
    assert memory.rate("right", "single", False, 12.1, []) == HARD
    assert memory.rate("right", "single", False, 29, [12.0] * 9) == GOOD  # his own pace counts
    assert memory.rate("right", "single", False, 31, [12.0] * 9) == HARD
    assert memory.rate("right", "bool", False, 1, []) == HARD
    assert memory.rate("right", "fill", True, 1, []) == HARD
    for how in ("wrong", "unknown", "late"):
        assert memory.rate(how, "single", False, 1, []) == AGAIN


def test_a_missed_question_comes_back_the_next_day() -> None:
    old = replace(remembered(0, 60, 60.0), question="q1", times=5)
    after = memory.learned(old, "q1", AGAIN, DAY)
    assert (after.due, after.missed, after.times) == (DAY + timedelta(days=1), memory.WANTED, 6)
    good = memory.learned(after, "q1", GOOD, after.due)
    assert good.due > after.due
    assert good.missed == 1


def test_intervals_grow_to_half_a_year_at_most() -> None:
    found, day, gaps = None, DAY, []
    for _ in range(12):
        found = memory.learned(found, "q1", GOOD, day)
        gaps.append((found.due - day).days)
        day = found.due
    assert gaps == sorted(gaps)
    assert gaps[-1] == memory.LONGEST


def test_no_review_sleeps() -> None:
    memory.learned(None, "q1", GOOD, DAY)
    began = time.perf_counter()
    for _ in range(100):
        memory.learned(None, "q1", GOOD, DAY)
    assert time.perf_counter() - began < 0.1  # fsrs waits a millisecond for every card without an id


@given(st.lists(st.tuples(st.integers(0, 71), st.integers(-30, 30), st.integers(1, 60)), max_size=72))
def test_a_session_is_due_first_then_new_then_weak(pack: Pack, rows: list[tuple[int, int, int]]) -> None:
    known = {pack.questions[n].id: remembered(due, last) for n, due, last in rows}
    fresh = ["c07", "c08", "c25"]
    plan = choosing.ordinary(pack, pack.questions, known, fresh, DAY, ())
    due = sorted(
        (q for q in pack.questions if q.id in known and known[q.id].due <= DAY), key=lambda q: known[q.id].due
    )
    new = [q for q in plan.questions if q.id not in known]
    asked = [q for q in plan.questions if q.id in known and known[q.id].due <= DAY]
    assert len({q.id for q in plan.questions}) == len(plan.questions) <= choosing.SESSION
    assert len(asked) == min(len(due), choosing.SESSION)
    if due and asked:
        assert max(known[q.id].due for q in asked) == known[due[len(asked) - 1].id].due
    assert len(new) <= (2 if len(due) < 3 else 1)
    assert all(q.card in fresh or not q.card for q in new)


def test_what_was_answered_today_is_not_asked_again(pack: Pack) -> None:
    known = {q.id: remembered(1) for q in pack.questions[:10]}
    answered = {q.id for q in pack.questions[:10]}
    plan = choosing.ordinary(pack, pack.questions, known, (), DAY, answered)
    assert plan == choosing.Plan((), DAY + timedelta(days=1))
    assert len(choosing.anything(pack, pack.questions, known, DAY, answered)) == choosing.SESSION


@given(st.lists(st.integers(0, 71), max_size=10, unique=True))
def test_no_two_in_a_row_from_one_paragraph_where_that_can_be(pack: Pack, chosen: list[int]) -> None:
    questions = [pack.questions[n] for n in chosen]
    ordered = choosing.apart(pack, questions)
    places = [choosing.paragraph(pack, q) for q in ordered]
    assert sorted(q.id for q in ordered) == sorted(q.id for q in questions)
    if all(places.count(each) * 2 <= len(places) + 1 for each in places):
        assert all(one != two for one, two in pairwise(places))


def test_newest_cards_first(pack: Pack) -> None:
    plan = choosing.ordinary(pack, pack.questions, {}, ["c07", "c06"], DAY, ())
    assert [q.card for q in plan.questions] == ["c07", "c06"]
