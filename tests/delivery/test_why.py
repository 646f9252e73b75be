"""「没收到」 for every state of the ledger, in the words of the table; and what doctor shows of a broadcast."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import noon_zone
from fakes.bot_api import FakeBotApi

from bot.cli import main
from bot.store import housekeeping
from delivery.house import FIRST, SLOT, House, people

WHY = "没收到"


async def row(here: House, state: str, **more: object) -> str:
    """Today's answer, the ledger's row being as told."""
    columns = {
        "state": state,
        "error": "",
        "attempts": 1,
        "doubts": 0,
        "not_before": SLOT.timestamp(),
        **more,
    }
    names = ", ".join(f"{name} = ?" for name in columns)
    await here.rows(f"UPDATE deliveries SET {names} RETURNING id", *columns.values())
    return await here.says(WHY)


async def test_every_state(tmp_path: Path) -> None:
    async with await House(tmp_path, None, SLOT - timedelta(hours=1)).start(1) as here:
        assert await here.says(WHY) == "今天的还没到时间：07:52（Asia/Shanghai）送达。"
        await here.tick(hours=1)
        assert await here.says(WHY) == "今天的在排队：平台限速，预计 07:53（Asia/Shanghai）前送达，不会漏。"
        here.now += timedelta(minutes=3)
        later = SLOT + timedelta(minutes=18)
        assert await row(here, "queued", error="unsent: x", attempts=3, not_before=later.timestamp()) == (
            "今天 07:52（Asia/Shanghai）没送成：网络不通。已试 3 次，08:10 再试。"
        )
        assert await row(here, "unknown", doubts=1) == (
            "今天 07:52（Asia/Shanghai）发出了，平台没有回执，可能已到。没看到就点“今日学习”。"
        )
        assert await row(here, "failed", error="rejected: x") == (
            "今天没送成：平台没有接收。组织者已收到提醒。现在点“今日学习”就能看。"
        )
        assert await row(here, "missed") == (
            "今天 07:52（Asia/Shanghai）的错过了：那时服务中断，太晚就不补了，卡片不会少。下一次明天 07:52。"
        )
        assert await row(here, "missed", error="empty") == (
            "今天 07:52（Asia/Shanghai）没有送：那时没有可学的内容，组织者正在准备。下一次明天 07:52。"
        )
        assert await row(here, "sent", sent=SLOT.timestamp() + 5) == (
            "今天的已送达：07:52（Asia/Shanghai），第 1 天。往上翻能看到。下一次明天 07:52。"
        )
        await here.call(housekeeping.stop_channel, here.store, "telegram", "令牌不对")
        assert await row(here, "queued") == (
            "今天 07:52（Asia/Shanghai）的在排队：这个渠道暂时停了，修好就送。等不及就点“今日学习”。"
        )


async def test_the_queue_is_as_long_as_it_is(tmp_path: Path) -> None:
    """The last of many is told the time after those before him, at the pace that was measured."""
    async with await House(tmp_path, None).start(3000) as here:
        await here.tick()
        last = FIRST + 2999
        assert "预计 07:54（" in await here.says(WHY, last)  # 3000 at 28 a second
        await here.call(housekeeping.put_pace, here.store, "telegram", 10.0, SLOT.timestamp())
        assert "预计 07:57（" in await here.says(WHY, last)
        await here.call(housekeeping.pause_channel, here.store, "telegram", SLOT.timestamp() + 600, "429")
        assert "预计 08:07（" in await here.says(WHY, last)
        assert "预计 08:03（" in await here.says(WHY, FIRST)


async def test_without_a_push(tmp_path: Path) -> None:
    async with await House(tmp_path, None, datetime.fromisoformat("2026-11-22T09:00+08:00")).start() as here:
        assert await here.says(WHY) == "现在没有订阅，所以没有推送。要开始，请发时间，例如：订阅 07:52"
        await here.says("订阅 周一到周五 07:52")
        here.now += timedelta(days=6)
        await here.tick()
        assert (
            await here.says(WHY)
            == "今天（周六）不在推送日里。下一次 11 月 30 日（周一）07:52（Asia/Shanghai）。"
        )
        await here.says("暂停 2")
        assert "暂停中：12 月 1 日（周二）07:52（Asia/Shanghai）恢复。" in await here.says(WHY)


async def test_doctor_shows_the_queue(tmp_path: Path, server: FakeBotApi) -> None:
    people(server, 6)
    server.trouble.refuse(500, method="sendMessage", chat=FIRST, times=1)
    server.trouble.refuse(429, method="sendMessage", chat=FIRST + 1, retry_after=900)
    async with await House(tmp_path, server, datetime.now(SLOT.tzinfo), in_flight=1).start() as here:
        from delivery.house import fill

        await here.call(fill, here.store, 6)
        await here.rows(
            "UPDATE subscriptions SET next_due = ?, minute = 0, zone = ? RETURNING id",
            *(int(here.now.timestamp()), noon_zone()),
        )
        await here.tick()
        await server.called("sendMessage", 2)
        await here.until(lambda states: states["queued"] == 5 and states["unknown"] == 1)
        await here.call(housekeeping.put_pace, here.store, "telegram", 28.4, here.now.timestamp())
        said = CliRunner().invoke(main, ["--data", str(tmp_path), "doctor"]).output
    assert "排队：5 条，最早的是 " in said
    assert "速度：telegram 最近一次 28.4 条/秒（" in said
    assert "暂停：telegram 的推送等到 " in said
    assert "（Asia/Shanghai），平台限速" in said
    assert "没有回执：24 小时内 1 条，可能已到" in said


async def test_a_progress_line_and_the_pace(
    tmp_path: Path, server: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    people(server, 40)
    caplog.set_level("INFO", "bot.delivery")
    held = server.trouble.hold("sendMessage", chat=FIRST + 20)
    async with await House(tmp_path, server, in_flight=2).start(40) as here:
        await here.tick()
        await held.hit(1)
        await here.until(lambda states: states["sent"] == 39)
        here.now += timedelta(seconds=10)
        held.release()
        await here.settled()
        assert (await here.call(housekeeping.paces, here.store))["telegram"][0] == pytest.approx(4.0)
    assert "telegram: 40 sent in 10 s, 0 left" in caplog.text
