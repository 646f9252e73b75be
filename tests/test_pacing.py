"""The pacer: its rules by brute force over what went when, its queues on a clock that jumps."""

import asyncio
import math
from itertools import pairwise

import pytest
from fakes import clockwork
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pacing import GUARD, Held, Pacer, Timetable, Wish, bulk

SENDS = st.lists(
    st.tuples(st.integers(1, 6), st.booleans(), st.booleans(), st.floats(0, 0.3)), min_size=1, max_size=150
)


@settings(deadline=None)
@given(SENDS, st.sampled_from([1.0, 5.0, 30.0]), st.booleans())
def test_no_rule_is_ever_broken(sends: list[tuple[int, bool, bool, float]], rate: float, guard: bool) -> None:
    """Whatever is asked for: the log of what went, looked at by counting, keeps every limit."""

    async def main() -> list[tuple[float, int, bool]]:
        pacer, log = Pacer(rate, guard), []

        async def one(chat: int, in_bulk: bool, group: bool) -> None:
            if in_bulk:
                with bulk():
                    await pacer.turn(f"{'-' if group else ''}{chat}", group)
            else:
                await pacer.turn(f"{'-' if group else ''}{chat}", group)
            log.append((pacer.now(), -chat if group else chat, group))

        tasks = []
        for chat, in_bulk, group, gap in sends:
            tasks.append(asyncio.create_task(one(chat, in_bulk, group)))
            await asyncio.sleep(gap)
        await asyncio.gather(*tasks)
        return log

    log = clockwork.run(main())
    assert len(log) == len(sends)
    times = [at for at, _, _ in log]
    for first, last in zip(times, times[int(rate) :], strict=False):
        if guard:
            assert last - first >= 1.0  # never more than `rate` in a second
    if not guard:  # a bucket of `rate` that fills at `rate` is never empty
        for begin in range(len(times)):
            for end in range(begin, len(times)):
                assert end - begin + 1 <= rate + rate * (times[end] - times[begin]) + 1e-6
    for chat in {chat for _, chat, _ in log}:
        mine = [at for at, each, _ in log if each == chat]
        assert all(b - a >= 1.0 for a, b in pairwise(mine))
        if chat < 0:
            assert all(b - a >= 60.0 for a, b in zip(mine, mine[20:], strict=False))


def test_bulk_reaches_the_limit_and_replies_pass_it() -> None:
    async def main() -> tuple[float, float]:
        pacer = Pacer()

        async def push(number: int) -> None:
            with bulk():
                await pacer.turn(f"b{number}")

        queue = iter(range(3000))

        async def worker() -> None:
            for number in queue:
                await push(number)

        workers = [asyncio.create_task(worker()) for _ in range(8)]
        waited = 0.0
        for reader in range(200):
            await asyncio.sleep(0.4)
            began = pacer.now()
            await pacer.turn(f"r{reader}")
            waited = max(waited, pacer.now() - began)
        await asyncio.gather(*workers)
        return 3200 / pacer.now(), waited

    rate, waited = clockwork.run(main())
    assert rate >= 30 * 0.94
    assert waited <= 0.1


@pytest.mark.parametrize("guard", [True, False])
def test_one_chat_does_not_hold_up_the_others(guard: bool) -> None:
    async def main() -> list[str]:
        pacer, order = Pacer(30, guard), []

        async def one(chat: str) -> None:
            await pacer.turn(chat)
            order.append(chat)

        await asyncio.gather(*(one(chat) for chat in ["a", "a", "a", "b", "c"]))
        return order

    assert clockwork.run(main()) == ["a", "b", "c", "a", "a"]


def test_a_refusal_of_bulk_holds_bulk_only_and_slows_it() -> None:
    async def main() -> None:
        pacer = Pacer()
        with bulk():
            wish = await pacer.turn("1")
            tasks = [asyncio.create_task(pacer.turn(f"w{n}")) for n in range(60)]
        await asyncio.sleep(0)
        pacer.refused(wish, 20.0)
        held = await asyncio.gather(*tasks, return_exceptions=True)
        assert any(isinstance(each, Held) and 19 < each.seconds <= 20 for each in held)
        with bulk(), pytest.raises(Held):
            await pacer.turn("2")
        began = pacer.now()
        await pacer.turn("3")  # a reply
        assert pacer.now() - began < GUARD
        await asyncio.sleep(20)
        began = pacer.now()
        with bulk():
            for number in range(300):
                await pacer.turn(f"x{number}")
        slow = 300 / (pacer.now() - began)
        assert 19 < slow < 23  # three quarters of 28.6
        for _ in range(30):
            await asyncio.sleep(31)
            with bulk():
                await pacer.turn("y")
        began = pacer.now()
        with bulk():
            for number in range(300):
                await pacer.turn(f"z{number}")
        assert 300 / (pacer.now() - began) > 28

    clockwork.run(main())


def test_a_refused_reply_holds_its_chat() -> None:
    async def main() -> None:
        pacer = Pacer()
        wish = await pacer.turn("1")
        pacer.refused(wish, 7.0)
        began = pacer.now()
        await pacer.turn("2")
        assert pacer.now() - began < 0.1
        await pacer.turn("1")
        assert pacer.now() - began == pytest.approx(7.0, abs=0.1)

    clockwork.run(main())


def test_who_gives_up_leaves_no_gap() -> None:
    async def main() -> None:
        pacer = Pacer(1)
        await pacer.turn("a")
        gives_up = asyncio.create_task(pacer.turn("b"))
        stays = asyncio.create_task(pacer.turn("c"))
        await asyncio.sleep(0)
        gives_up.cancel()
        await stays
        assert pacer.now() == pytest.approx(1.05, abs=0.01)

    clockwork.run(main())


def test_an_edit_counts_for_the_token_but_not_for_its_chat() -> None:
    times = Timetable()
    times.went(Wish("1"), 0.0)
    assert times.ready(Wish("1", light=True), 0.1) == 0.1
    assert times.ready(Wish("1"), 0.1) == pytest.approx(1.05)


def test_a_million_chats_are_not_remembered() -> None:
    times = Timetable(10_000, guard=False)
    for number in range(50_000):
        times.went(Wish(str(number)), number / 1000)
    assert len(times._chats) < 3_000
    assert math.isclose(times.ready(Wish("49999"), 50.0), 49.999 + 1.05)


@pytest.mark.parametrize("stall", [0.03, 0.16, 0.7])
def test_a_program_that_stood_still_keeps_the_second_where_messages_arrive(stall: float) -> None:
    """What was let go just before a stall arrives after it; the 31st may come no sooner than a second later."""

    async def main() -> None:
        loop, pacer, arrived = asyncio.get_running_loop(), Pacer(), []

        async def worker(name: int) -> None:
            for number in range(30):
                with bulk():
                    await pacer.turn(f"{name}-{number}")
                if len(arrived) == 40:
                    loop.now += stall  # type: ignore[attr-defined]
                arrived.append(loop.time())  # before anything else runs, as when the machine stands still

        await asyncio.gather(*(worker(name) for name in range(8)))
        assert all(b - a >= 1.0 for a, b in zip(arrived, arrived[30:], strict=False))

    clockwork.run(main())


def test_an_answer_that_comes_late_counts_its_send_later() -> None:
    """It may have been on its way for long; the 31st is measured from there, not from when it was let go."""
    times = Timetable()
    sent = [Wish(str(n)) for n in range(30)]
    for n, wish in enumerate(sent):
        times.went(wish, n * 0.035)
        times.answered(wish, n * 0.035 + (0.27 if n == 0 else 0.07))
    assert times.open(1.05) == pytest.approx(1.05)  # nothing was usual before the first answer
    late, second = Wish("a"), Wish("b")
    times.went(late, 1.05)
    times.went(second, 1.085)
    times.answered(late, 1.05 + 0.07 + 0.1)
    for n in range(28):
        times.went(Wish(f"c{n}"), 1.12 + n * 0.035)
    assert times.open(2.1) == pytest.approx(1.05 + 0.1 + 1.05, abs=0.01)
    times.went(Wish("d"), 2.2)
    assert times.open(2.2) == pytest.approx(1.085 + 1.05)
