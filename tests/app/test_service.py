"""The running program: one at a time, stopped cleanly, and each channel on its own feet."""

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from journeys.house import House
from journeys.people import AtTerminal, Idle
from journeys.two_weeks import short_pack

from bot.app.service import Service
from bot.channels.terminal import incoming
from bot.config import BotSettings, Config, OrganiserSettings
from bot.messages import Address, Answer, Incoming, Limits, Listener, Reply, Stopped, bare
from bot.model import Refused
from bot.store import housekeeping, subscriptions

HERE = Address("terminal", "小林")


def config(tmp_path: Path) -> Config:
    return replace(Config(), bot=BotSettings(data=tmp_path))


def house(tmp_path: Path, channels: Callable[[Service], list[Listener]] = AtTerminal.channels) -> House:
    made = House(config(tmp_path), channels)
    made.start()
    return made


def test_a_second_run_is_refused_and_names_the_first(tmp_path: Path) -> None:
    first = house(tmp_path)
    try:
        with pytest.raises(Refused, match=f"已经有一个在运行：.* 上的进程 {os.getpid()}"):
            house(tmp_path)
        second = subprocess.run(
            [sys.executable, "-m", "bot", "--data", str(tmp_path), "run"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"进程 {os.getpid()}" in second.stderr
        beside = subprocess.run(
            [sys.executable, "-m", "bot", "--data", str(tmp_path), "chat", "--json"],
            input="今日\n",
            capture_output=True,
            text=True,
            check=True,
        )
        assert "› 第 1/30 天" in beside.stdout
    finally:
        first.stop()
    third = house(tmp_path)
    third.stop()


def test_what_it_had_pushed_is_shown_at_the_next_visit_by_another_process(tmp_path: Path) -> None:
    running = house(tmp_path)
    try:
        running.do(running.service.answer(incoming("me", "订阅")))
        running.now += timedelta(days=1)
        running.tick()
    finally:
        running.stop()
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "--data", str(tmp_path), "chat", "--json"],
        input="1\n",
        capture_output=True,
        text=True,
        check=True,
    )
    push, read = ran.stdout.splitlines()
    assert '"in": null' in push
    assert "› 第 2/30 天" in push
    assert '"text": "已读' in read  # its first button, by number


class Dying:
    """A channel that dies at once, a few times, and then lives."""

    kind = "dying"

    def __init__(self, faults: int) -> None:
        self.faults = faults
        self.lives = asyncio.Event()

    async def run(self, answer: Answer) -> None:
        if self.faults:
            self.faults -= 1
            raise ConnectionError("gone")
        self.lives.set()
        await asyncio.Event().wait()


class Refusing:
    """A channel whose token is wrong."""

    kind = "refusing"
    limits = Limits(100)

    async def run(self, answer: Answer) -> None:
        raise Stopped("令牌不对。请从 BotFather 重新复制。")

    async def send(self, address: Address, reply: Reply) -> str:
        raise Stopped("令牌不对。")


def test_a_channel_that_dies_is_started_again_and_the_others_do_not_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.app.service.RESTARTS", (0, 0))
    dying = Dying(3)
    with caplog.at_level(logging.INFO):
        running = house(tmp_path, lambda _: [Idle(), dying, Refusing()])
        try:
            running.do(asyncio.wait_for(dying.lives.wait(), 10))
            (reply,) = running.do(running.service.answer(incoming("小林", "今日")))
            assert "› 第 1/30 天" in bare(reply.text)
            stopped = running.do(running.service.call(housekeeping.stopped, running.service.store))
            assert stopped == {"refusing": "令牌不对。请从 BotFather 重新复制。"}
        finally:
            running.stop()
    assert running.code == 0
    assert caplog.text.count("channel dying died") == 3
    assert "今日" not in caplog.text


def test_without_a_channel_it_ends_with_1(tmp_path: Path) -> None:
    running = House(config(tmp_path), lambda _: [])
    running.start()
    assert running.code == 1


class Ended:
    """Input that is at its end."""

    kind = "ended"

    async def run(self, answer: Answer) -> None:
        return


def test_the_end_of_input_ends_that_channel_only(tmp_path: Path) -> None:
    running = house(tmp_path, lambda _: [Ended(), Idle()])
    try:
        assert running.do(running.service.answer(incoming("小林", "帮助")))
    finally:
        running.stop()
    assert running.code == 0


def test_a_pack_that_changes_while_it_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    running = house(tmp_path)
    try:
        service = running.service
        short_pack(tmp_path / "packs")
        running.do(service._look())
        assert "种菜三课" in bare(running.do(service.answer(incoming("小林", "/pack zhongcai")))[0].text)
        cards = tmp_path / "packs" / "zhongcai" / "cards.md"
        good = cards.read_text("utf-8")
        cards.write_text("## c01 坏了\n", "utf-8")
        running.do(service._look())
        assert "什么时候翻土" in bare(running.do(service.answer(incoming("小林", "今日")))[0].text)
        assert "cards.md" in caplog.text
        cards.write_text(good.replace("老周讲过好几遍", "老周讲过许多遍"), "utf-8")
        running.do(service._look())
        assert "老周讲过许多遍" in bare(running.do(service.answer(incoming("小林", "今日")))[0].text)
    finally:
        running.stop()


def test_a_search_that_takes_long_does_not_read_the_packs_anew(tmp_path: Path) -> None:
    running = house(tmp_path)
    try:
        service = running.service
        short_pack(tmp_path / "packs")
        assert running.do(service.answer(incoming("小林", "科技自力自强")))
        assert "种菜三课" not in bare(running.do(service.answer(incoming("小林", "/pack zhongcai")))[0].text)
    finally:
        running.stop()


class Recording:
    """A channel that writes down what it is to send."""

    kind = "recording"
    limits = Limits(4096)

    def __init__(self) -> None:
        self.sent: list[tuple[Address, str]] = []

    async def run(self, answer: Answer) -> None:
        await asyncio.Event().wait()

    async def send(self, address: Address, reply: Reply) -> str:
        self.sent.append((address, bare(reply.text)))
        return "1"


def test_while_a_document_is_read_the_organiser_is_told_so(tmp_path: Path) -> None:
    channel = Recording()
    settings = replace(config(tmp_path), organisers=OrganiserSettings(("recording:王老师",)))
    running = House(settings, lambda _: [channel])
    running.start()
    document = tmp_path / "讲义.txt"
    document.write_text(
        "土要松\n\n" + "翻土要在雨后两三天，土不粘锹的时候，等土面发白再下锹。\n\n" * 12, "utf-8"
    )
    try:
        said = Incoming(
            *("recording", "王老师", "王老师", "", "王老师"),
            files=(str(document),),
            event="other",
            admin=True,
        )
        (preview,) = running.do(running.service.answer(said))
        ask = replace(said, files=(), event="", text="采用")
        (adopted,) = running.do(running.service.answer(ask))
        number = bare(adopted.text).split("编号 ")[1].split("，")[0]
        found = running.do(running.service.answer(replace(ask, text=f"/pack {number}")))
    finally:
        running.stop()
    assert "《土要松》" in bare(found[0].text)  # it is live at once, not at the next look
    assert channel.sent == [
        (Address("recording", "王老师"), "收到《讲义.txt》，正在读，约 10 秒。采用前只有你能看到。")
    ]
    assert bare(preview.text).startswith("读完了：1 篇")


def test_exports_are_not_kept(tmp_path: Path) -> None:
    running = house(tmp_path)
    try:
        service = running.service
        (reply,) = running.do(service.answer(incoming("小林", "我的数据")))
        assert Path(reply.documents[0]).is_file()
        running.now = datetime.now(UTC)
        running.do(service._look())
        assert Path(reply.documents[0]).is_file()
        running.now += timedelta(days=1, minutes=1)
        running.do(service._look())
        assert not Path(reply.documents[0]).exists()
    finally:
        running.stop()


def test_holidays_that_change_while_it_runs(tmp_path: Path) -> None:
    running = house(tmp_path)
    try:
        service = running.service
        running.do(service.answer(incoming("小林", "订阅 工作日 7:52")))
        (tmp_path / "holidays.txt").write_text("2026-11-24 休\n", "utf-8")
        running.do(service._look())
        sub = running.do(service.call(subscriptions.of_chat, service.store, HERE))
        assert sub is not None
        assert sub.next_due is not None
        assert (
            datetime.fromtimestamp(sub.next_due, UTC).date().isoformat() == "2026-11-24"
        )  # 25th in Shanghai
    finally:
        running.stop()


def test_a_clock_that_is_a_year_off_and_comes_back(tmp_path: Path) -> None:
    running = house(tmp_path)
    me = AtTerminal(running)
    try:
        me.says("订阅")
        right = running.now + timedelta(days=1)
        ahead = me.at(running.now + timedelta(days=365))
        assert len(ahead) == 1  # today's of the wrong year, and no flood
        assert len(me.at(right)) <= 1
        assert len(me.at(right + timedelta(days=1))) == 1
        assert me.at(right + timedelta(days=1, hours=1)) == []
    finally:
        running.stop()


def test_asleep_for_a_month_it_sends_one_card(tmp_path: Path) -> None:
    running = house(tmp_path)
    me = AtTerminal(running)
    try:
        me.says("订阅")
        (card,) = me.at(running.now + timedelta(days=30))
        assert "› 第 2/30 天" in card.text
        missed = running.do(
            running.service.call(
                running.service.store.rows, "SELECT count(*) AS n FROM deliveries WHERE state = 'missed'"
            )
        )
        assert missed[0]["n"] <= 7
    finally:
        running.stop()


def test_a_newer_or_broken_database_never_starts(tmp_path: Path) -> None:
    house(tmp_path).stop()
    db = sqlite3.connect(tmp_path / "bot.db")
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('daily-study-bot', 'm999_later')"
    )
    db.commit()
    db.close()
    with pytest.raises(Refused, match="数据库比程序新"):
        house(tmp_path)
    (tmp_path / "bot.db").write_bytes(b"no database at all" * 100)
    for left in ("bot.db-wal", "bot.db-shm"):
        (tmp_path / left).unlink(missing_ok=True)
    with pytest.raises(Refused, match="数据库坏了"):
        house(tmp_path)
