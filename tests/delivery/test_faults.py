"""Everything that can go wrong while a broadcast runs: real SQLite, a Bot API over HTTP, faults on demand."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.bot_api import FakeBotApi

from bot.app.notices import Notices
from bot.delivery import LeaseLost
from bot.store import housekeeping, members
from delivery.house import FIRST, SLOT, House, got, people


async def house(tmp_path: Path, server: FakeBotApi, count: int, **settings: object) -> House:
    people(server, count)
    return await House(tmp_path, server, **settings).start(count)  # type: ignore[arg-type]


async def test_everybody_gets_it_once(
    tmp_path: Path, server: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "bot.delivery"):
        async with await house(tmp_path, server, 60) as here:
            await here.tick()
            assert await here.settled() == {"sent": 60}
            await here.tick()
            await here.tick(hours=5)
            assert set(got(server).values()) == {1}
            assert len(got(server)) == 60
    assert "telegram: 60 sent in 0 s, 0 left" in caplog.text


async def test_never_more_in_the_air_than_said(tmp_path: Path, server: FakeBotApi) -> None:
    held = server.trouble.hold("sendMessage", times=None)
    async with await house(tmp_path, server, 20, in_flight=3) as here:
        await here.tick()
        await held.hit(3)
        found = await here.until(lambda states: states["sending"] == 3)
        assert found == {"sending": 3, "queued": 17}
        held.release()
        await here.settled()
        assert set(got(server).values()) == {1}


async def test_429_pauses_bulk_only_and_the_pause_outlives_a_restart(
    tmp_path: Path, server: FakeBotApi
) -> None:
    server.trouble.refuse(429, method="sendMessage", retry_after=10072, times=3)
    async with await house(tmp_path, server, 12, in_flight=3) as here:
        await here.tick()
        await server.called("sendMessage", 1)
        await here.until(lambda states: states["queued"] == 12)
        asked = len(server.made("sendMessage"))
        assert asked <= 3
        await here.tick(minutes=10)
        assert "在排队：平台限速，预计 10:4" in await here.says("没收到", FIRST)
        assert (await here.rows("SELECT max(attempts) AS n FROM deliveries"))[0]["n"] == 0
        await here.channel.bot.send_message(FIRST, "回答")  # a reply passes
    async with House(tmp_path, server, SLOT + timedelta(minutes=20), in_flight=3) as again:
        await again.start()
        await again.tick()
        await again.until(lambda states: states["queued"] == 12)
        assert len(server.made("sendMessage")) == asked + 1
        await again.tick(seconds=10072)
        assert await again.settled() == {"sent": 12}
    assert sum(got(server).values()) == 12 + 1


async def test_429_that_does_not_say_how_long(tmp_path: Path, server: FakeBotApi) -> None:
    server.trouble.refuse(429, "Too Many Requests", method="sendMessage", times=2)
    server.trouble.refuse(429, method="sendMessage", retry_after=0, times=1)
    async with await house(tmp_path, server, 1) as here:
        for tries in range(1, 5):
            await here.tick(seconds=30)
            await server.called("sendMessage", tries)
            await here.until(lambda states: not states["sending"])
        assert await here.settled() == {"sent": 1}
        assert (await here.rows("SELECT attempts FROM deliveries"))[0]["attempts"] == 4


async def test_who_blocks_the_bot_is_switched_off_and_can_come_back(
    tmp_path: Path, server: FakeBotApi
) -> None:
    for number in range(3):
        server.trouble.refuse(403, method="sendMessage", chat=FIRST + number)
    server.trouble.refuse(400, "Bad Request: chat not found", method="sendMessage", chat=FIRST + 3)
    async with await house(tmp_path, server, 10) as here:
        await here.tick()
        assert await here.settled() == {"sent": 6, "failed": 4}
        rows = await here.rows("SELECT id, ended, next_due FROM subscriptions WHERE active = 0")
        assert [(row["ended"], row["next_due"]) for row in rows] == [("gone", None)] * 4
        assert (await here.rows("SELECT count(*) AS n FROM assigned"))[0]["n"] == 6
        assert await here.says("没收到", FIRST) == (
            "推送在 11 月 25 日停了：当时消息发不到你这里。发“开始”就恢复。"
        )
        await here.says("/start", FIRST)
        await here.tick(days=1)
        await here.settled()
        assert got(server)[FIRST] == 1


async def test_a_group_that_becomes_a_supergroup(tmp_path: Path, server: FakeBotApi) -> None:
    owner = server.person("群主", opened=True)
    group = server.group("读书组", owner=owner)
    async with await house(tmp_path, server, 1) as here:
        old = str(group.id)
        await here.rows("UPDATE subscriptions SET chat = ?, is_group = 1 RETURNING id", old)
        new = group.migrate()
        await here.tick()
        assert await here.settled() == {"sent": 1}
        rows = await here.rows("SELECT chat, active FROM subscriptions")
        assert [tuple(row.values()) for row in rows] == [(str(new.id), 1)]


async def test_5xx_may_have_arrived_and_is_sent_once_more(tmp_path: Path, server: FakeBotApi) -> None:
    server.trouble.refuse(502, method="sendMessage", chat=FIRST)
    server.trouble.refuse(500, method="sendMessage", chat=FIRST + 1, times=2)
    async with await house(tmp_path, server, 5) as here:
        await here.tick()
        await here.until(lambda states: states["unknown"] == 2 and states["sent"] == 3)
        assert await here.says("没收到", FIRST) == (
            "今天 07:52（Asia/Shanghai）发出了，平台没有回执，可能已到。没看到就点“今日学习”。"
        )
        await here.tick()
        await here.until(lambda states: states == {"unknown": 1, "sent": 4})
        await here.tick(minutes=1)
        assert await here.settled() == {"unknown": 1, "sent": 4}


@pytest.mark.parametrize(("guarantee", "copies"), [("at-least-once", 2), ("at-most-once", 1)])
async def test_a_connection_reset_after_the_message_was_taken(
    tmp_path: Path, server: FakeBotApi, guarantee: str, copies: int
) -> None:
    server.trouble.cut("sendMessage", accepted=True, chat=FIRST)
    async with await house(tmp_path, server, 5, guarantee=guarantee) as here:
        await here.tick()
        await here.until(lambda states: states["unknown"] == 1 and states["sent"] == 4)
        await here.tick()
        await here.until(lambda states: not states["queued"] and not states["sending"])
        assert got(server)[FIRST] == copies


async def test_a_doubt_that_is_too_old_stays_one(tmp_path: Path, server: FakeBotApi) -> None:
    server.trouble.cut("sendMessage", accepted=True, chat=FIRST)
    async with await house(tmp_path, server, 1, resend_minutes=30) as here:
        await here.tick()
        await here.until(lambda states: states["unknown"] == 1)
        await here.tick(minutes=31)
        assert await here.settled() == {"unknown": 1}


async def test_no_network_for_a_while(tmp_path: Path, server: FakeBotApi) -> None:
    async with await house(tmp_path, server, 30) as here:
        await server.offline()
        await here.tick()
        for _ in range(6):
            await here.until(lambda states: not states["sending"])
            await here.tick(minutes=2)
        await here.until(lambda states: states["queued"] == 30)
        assert "没送成：网络不通。已试 " in await here.says("没收到", FIRST)
        tries = (await here.rows("SELECT sum(attempts) AS n FROM deliveries"))[0]["n"]
        assert (
            tries <= 7 * 2 * here.settings.in_flight
        )  # it rests instead of trying everybody again and again
        await server.online()
        for _ in range(10):
            await here.tick(minutes=11)
            await here.until(lambda states: not states["sending"])
        assert await here.settled() == {"sent": 30}
        assert set(got(server).values()) == {1}


async def test_a_revoked_token_stops_and_loses_nothing(tmp_path: Path, server: FakeBotApi) -> None:
    async with await house(tmp_path, server, 4) as here:
        server.revoke()
        await here.tick()
        await server.called("sendMessage", 1)
        await here.until(lambda states: states["queued"] == 4)
        assert list(await here.call(housekeeping.stopped, here.store)) == ["telegram"]
        server.revoked = False
        await here.tick(minutes=2)
        assert await here.settled() == {"sent": 4}
        assert await here.call(housekeeping.stopped, here.store) == {}


async def test_a_poisoned_card_is_stopped_and_nobody_is_switched_off(
    tmp_path: Path, server: FakeBotApi
) -> None:
    order = server.trouble.refuse(400, "Bad Request: can't parse entities", method="sendMessage", times=None)
    async with await house(tmp_path, server, 40, in_flight=4) as here:
        await here.says("今日", 1)  # the organiser's chat
        organiser = await here.call(
            members.member, here.store, "telegram", "1", "组织者", "Asia/Shanghai", here.now
        )
        await here.tick()
        assert await here.settled() == {"failed": 40}
        assert len(server.made("sendMessage")) <= 2 * (3 + 4)  # each once more as plain text
        assert (await here.rows("SELECT count(*) AS n FROM subscriptions WHERE active = 1"))[0]["n"] == 40
        order.stop()
        notices = Notices(here.store, ("telegram:1",))
        for _ in range(3):
            await here.call(notices.look, here.now)
        told = await here.rows("SELECT body FROM deliveries WHERE kind LIKE 'alert%' OR kind LIKE 'slot%'")
        assert len(told) == 1, organiser
        assert told[0]["body"].startswith(
            "⚠️ 今天 07:52（Asia/Shanghai）这一批：应送 40，送达 0，失败 40。\n"
            "主要原因：平台拒绝了卡片 c01 的格式。已停送这一张，其余照常；没有人因此被退订。"
        )
        assert await here.says("没收到", FIRST) == (
            "今天没送成：平台没有接收。组织者已收到提醒。现在点“今日学习”就能看。"
        )
        server.person("组织者", id=1, opened=True)
        await here.tick(days=1)
        states = await here.settled()
        assert states["sent"] >= 40  # the card after the stopped one
        cards = await here.rows(
            "SELECT DISTINCT card FROM deliveries WHERE state = 'sent' AND kind = 'daily'"
        )
        assert [row["card"] for row in cards] == ["c02"]


async def test_one_chat_that_refuses_does_not_stop_a_card(tmp_path: Path, server: FakeBotApi) -> None:
    for number in (3, 11, 19):
        server.trouble.refuse(
            400, "Bad Request: some rule of this chat", method="sendMessage", chat=FIRST + number
        )
    async with await house(tmp_path, server, 30, in_flight=2) as here:
        await here.tick()
        assert await here.settled() == {"sent": 27, "failed": 3}


async def test_two_instances_never_both_push(tmp_path: Path, server: FakeBotApi) -> None:
    held = server.trouble.hold("sendMessage", times=2)
    async with await house(tmp_path, server, 12, in_flight=2) as first:
        await first.tick()
        await held.hit(2)
        async with House(tmp_path, server, in_flight=2) as second:
            await second.start(holder="the second")
            await second.tick()
            with pytest.raises(LeaseLost):
                await first.tick()
            held.release()
            with pytest.raises(LeaseLost):
                await first.tasks[0]
            first.tasks.clear()
            await second.until(lambda states: not states["sending"] and not states["queued"])
            counts = got(server)
            assert len(counts) == 12
            assert sum(counts.values()) <= 12 + 2
            assert (await second.rows("SELECT count(*) AS n FROM deliveries WHERE state = 'sent'"))[0][
                "n"
            ] == 12


async def test_who_leaves_while_it_is_queued_gets_nothing(tmp_path: Path, server: FakeBotApi) -> None:
    held = server.trouble.hold("sendMessage", times=1)
    async with await house(tmp_path, server, 4, in_flight=1) as here:
        await here.tick()
        await held.hit(1)
        last = FIRST + 3
        await here.says("退订", last)
        await here.says("暂停 3", FIRST + 2)
        held.release()
        await here.until(lambda states: states == {"sent": 2})
        assert set(got(server)) == {FIRST, FIRST + 1}
        given = await here.rows(
            "SELECT s.chat FROM assigned a JOIN subscriptions s ON s.id = a.subscription ORDER BY s.id"
        )
        assert [int(row["chat"]) for row in given] == [
            FIRST,
            FIRST + 1,
        ]  # the others' cards are still to come


async def test_another_program_holds_the_database(tmp_path: Path, server: FakeBotApi) -> None:
    import sqlite3

    async with await house(tmp_path, server, 5) as here:
        await here.call(here.store.do, "PRAGMA busy_timeout = 1")
        other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await here.tick()
        await here.tick()
        assert await here.until(lambda states: True) == {}
        other.execute("COMMIT")
        other.close()
        await here.tick()
        assert await here.settled() == {"sent": 5}


async def test_a_full_disk_pauses_and_goes_on_by_itself(
    tmp_path: Path, server: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    held = server.trouble.hold("sendMessage", times=4)
    async with await house(tmp_path, server, 150, in_flight=4) as here:
        await here.tick()
        await held.hit(4)

        def full() -> None:
            pages = here.store.row("PRAGMA page_count") or {}
            here.store.row(f"PRAGMA max_page_count = {pages['page_count']}")

        await here.call(full)
        held.release()  # four arrive; what they bring may still fit into free pages
        with caplog.at_level(logging.INFO, "bot.delivery"):
            for _ in range(200):
                if "database takes nothing" in caplog.text:
                    break
                here.turned.clear()
                await asyncio.wait_for(here.turned.wait(), 10)
            assert caplog.text.count("database takes nothing") == 1
            assert sum(got(server).values()) < 150
            await here.tick()
            await here.call(here.store.row, "PRAGMA max_page_count = 1073741823")
            await here.tick()
            assert await here.settled() == {"sent": 150}
            assert set(got(server).values()) == {1}
            assert "pushes go on" in caplog.text


async def test_what_is_in_the_air_at_the_end_is_settled(tmp_path: Path, server: FakeBotApi) -> None:
    held = server.trouble.hold("sendMessage", times=4)
    here = await house(tmp_path, server, 20, in_flight=4)
    await here.tick()
    await held.hit(4)
    stopping = asyncio.create_task(here.stop())
    await asyncio.sleep(0)
    held.release()
    await stopping
    async with House(tmp_path, server) as again:
        await again.start()
        found = await again.until(lambda states: True)
        assert found["unknown"] == 0
        assert found["sent"] + found["queued"] == 20
        await again.tick()
        assert await again.settled() == {"sent": 20}
    assert set(got(server).values()) == {1}


async def test_a_subscription_that_makes_no_sense_holds_up_nobody(
    tmp_path: Path, server: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    async with await house(tmp_path, server, 5) as here:
        await here.rows("UPDATE subscriptions SET zone = 'Mars/Olympus' WHERE id = 2 RETURNING id")
        await here.tick()
        assert await here.settled() == {"sent": 4}
        assert "subscription 2 cannot be worked out" in caplog.text
