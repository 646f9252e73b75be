"""Every way Telegram can refuse, break off or be gone, by the table of the design; and what stands in the log."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from channels.telegram_stage import on_stage, settled
from fakes.bot_api import FakeBotApi, Order, Press
from telegram.error import NetworkError, TimedOut

from bot.channels.telegram import Telegram, Webhook
from bot.channels.telegram.ears import OTHER_COPY
from bot.channels.telegram.errors import WRONG_TOKEN, meaning
from bot.messages import (
    Address,
    Doubtful,
    Gone,
    Incoming,
    Later,
    Moved,
    Rejected,
    Reply,
    Stopped,
    Unsent,
    bold,
    rich,
    row,
    say,
)

CARD = Reply(rich("卡片 < ", bold("题")), (row(("✅ 已读", "/read c07")),))
LIN = Address("telegram", "20001")


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        running.person("小林", id=20001, opened=True)
        yield running


# ---------------------------------------------------------------- what a push comes to


@pytest.mark.parametrize(
    ("code", "text", "why"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: user is deactivated", "deactivated"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "kicked"),
        (403, "Forbidden: bot is not a member of the channel chat", "left"),
        (403, "Forbidden: bot can't initiate conversation with a user", "never started"),
        (403, "Forbidden: something new", "forbidden"),
        (400, "Bad Request: chat not found", "not found"),
        (400, "Bad Request: CHAT NOT FOUND", "not found"),
        (400, "Bad Request: PEER_ID_INVALID", "not found"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "no rights"),
        (400, "Bad Request: need administrator rights in the channel chat", "no rights"),
        (400, "Bad Request: message thread not found", "topic gone"),
        (400, "Bad Request: TOPIC_CLOSED", "topic closed"),
    ],
)
async def test_this_address_takes_nothing_any_more(
    server: FakeBotApi, code: int, text: str, why: str
) -> None:
    async with on_stage(server) as stage:
        server.trouble.refuse(code, text, "sendMessage")
        with pytest.raises(Gone, match=f"^{why}$"):
            await stage.channel.send(LIN, CARD)


async def test_wait_and_how_long(server: FakeBotApi) -> None:
    async with on_stage(server) as stage:
        server.trouble.refuse(429, method="sendMessage", retry_after=10072)
        with pytest.raises(Later) as long:
            await stage.channel.send(LIN, CARD)
        assert long.value.seconds == 10072
        for more in ({}, {"retry_after": 0}, {"raw": b"<html>slow down</html>"}):
            server.trouble.refuse(429, method="sendMessage", **more)  # type: ignore[arg-type]
            with pytest.raises(Later) as unsaid:
                await stage.channel.send(LIN, CARD)
            assert unsaid.value.seconds is None


async def test_the_chat_has_another_id(server: FakeBotApi) -> None:
    boss = server.person("群主")
    group = server.group("读书组", owner=boss)
    new = group.migrate(boss)
    async with on_stage(server) as stage:
        with pytest.raises(Moved) as moved:
            await stage.channel.send(Address("telegram", str(group.id)), CARD)
        assert moved.value.chat == str(new.id)


async def test_it_may_have_arrived(server: FakeBotApi) -> None:
    async with on_stage(server) as stage:
        for code in (500, 502, 503, 504):
            server.trouble.refuse(code, method="sendMessage")
            with pytest.raises(Doubtful):
                await stage.channel.send(LIN, CARD)
        server.trouble.refuse(502, method="sendMessage", raw=b"<html>secret page</html>")
        with pytest.raises(Doubtful, match=r"^Bad Gateway \(502\)$"):
            await stage.channel.send(LIN, CARD)
        server.trouble.cut("sendMessage", accepted=True)
        with pytest.raises(Doubtful):
            await stage.channel.send(LIN, CARD)
        assert len(server.sent(20001)) == 1  # it had


@pytest.mark.parametrize("code", [400, 401, 403, 404])
async def test_what_a_portal_answers_switches_nobody_off(server: FakeBotApi, code: int) -> None:
    async with on_stage(server) as stage:
        for body in (b"<html>log in first</html>", b'{"error": "blocked by policy"}'):
            server.trouble.refuse(code, method="sendMessage", raw=body)
            with pytest.raises(Doubtful):
                await stage.channel.send(LIN, CARD)
        assert await stage.channel.send(LIN, CARD)


async def test_nothing_left_the_machine(server: FakeBotApi) -> None:
    async with on_stage(server, clean=False) as stage:
        await server.hub.polled()
        await server.offline()
        with pytest.raises(Unsent):
            await stage.channel.send(LIN, CARD)
        await server.online()
        assert await stage.channel.send(LIN, CARD)


def test_only_the_cause_tells_unsent_from_doubtful() -> None:
    def caused(error: Exception, cause: Exception) -> Exception:
        error.__cause__ = cause
        return meaning(error)

    for before in (
        httpx.ConnectError(""),
        httpx.ConnectTimeout(""),
        httpx.PoolTimeout(""),
        httpx.ProxyError(""),
    ):
        for kind in (TimedOut(), NetworkError("httpx")):
            assert isinstance(caused(kind, before), Unsent), before
    for after in (
        httpx.ReadTimeout(""),
        httpx.WriteTimeout(""),
        httpx.ReadError(""),
        httpx.RemoteProtocolError(""),
    ):
        for kind in (TimedOut(), NetworkError("httpx")):
            assert isinstance(caused(kind, after), Doubtful), after


async def test_what_cannot_be_parsed_goes_plain_and_what_is_refused_is_the_cards_fault(
    server: FakeBotApi,
) -> None:
    lin = server.world.chats[20001]
    async with on_stage(server) as stage:
        server.trouble.refuse(400, "Bad Request: can't parse entities: Unsupported start tag", "sendMessage")
        await stage.channel.send(LIN, CARD)
        (message,) = server.sent(lin)
        assert (message.text, message.entities, message.buttons) == ("卡片 < 题", [], ["✅ 已读"])
        server.trouble.refuse(400, "Bad Request: can't parse entities", "sendMessage", times=2)
        with pytest.raises(Rejected):
            await stage.channel.send(LIN, CARD)
        server.trouble.refuse(400, "Bad Request: BUTTON_DATA_INVALID", "sendMessage")
        with pytest.raises(Rejected, match=r"(?i)button_data_invalid"):
            await stage.channel.send(LIN, CARD)
        assert len(server.made("sendMessage")) == 5


async def test_the_rest_of_a_long_push_is_waited_for(server: FakeBotApi) -> None:
    async with on_stage(server) as stage:
        long = say("一句话。" * 2000)
        server.trouble.refuse(
            429, method="sendMessage", retry_after=1, when=lambda _: len(server.sent(20001)) == 1
        )
        await stage.channel.send(LIN, long)
        assert "".join(m.text for m in server.sent(20001)) == "一句话。" * 2000


# ---------------------------------------------------------------- while somebody talks


async def test_an_answer_is_tried_again_only_if_it_was_not_taken(server: FakeBotApi) -> None:
    lin = server.person("小李")
    async with on_stage(server) as stage:
        await lin.says("一")
        await lin.hears()
        server.trouble.refuse(429, method="sendMessage", times=2)
        await lin.says("二")
        assert (await lin.hears()).text == "听到：二"
        server.trouble.cut("sendMessage", accepted=True)
        await lin.says("三")
        await settled(server, stage)
        assert [m.text for m in server.sent(lin)] == ["听到：一", "听到：二", "听到：三"]
        server.trouble.refuse(403, method="sendMessage")
        await lin.says("四")
        await settled(server, stage)
        await lin.says("五")
        assert [m.text for m in await lin.waits(2)] == ["听到：三", "听到：五"]  # the channel lives


async def test_edits_and_presses_survive_trouble(server: FakeBotApi) -> None:
    lin = server.person("小李")
    turn = [0]

    def script(_: Incoming) -> list[Reply]:
        turn[0] += 1
        return [Reply(rich(f"第 {turn[0]} 页"), (row(("翻", "/n")),), edits=True, toast="好")]

    async with on_stage(server, script) as stage:
        await lin.says("看")
        await lin.hears()
        server.trouble.refuse(502, method="editMessageText")  # doing it twice changes nothing more
        server.trouble.refuse(429, method="answerCallbackQuery")
        press = await lin.presses("翻")
        assert isinstance(press, Press)
        assert (await lin.sees_edit()).text == "第 2 页"
        assert await press.toast() == "好"
        server.trouble.cut("editMessageText", accepted=True)
        await lin.presses("翻")
        await settled(server, stage)
        assert [m.text for m in lin.chat_view() if m.from_bot] == ["第 3 页"]


async def test_the_group_moves_under_an_answer(server: FakeBotApi) -> None:
    boss = server.person("群主")
    group = server.group("读书组", owner=boss)
    async with on_stage(server) as stage:
        gate = stage.slow["/today"] = asyncio.Event()
        await boss.says("/today", group)
        while not stage.heard:
            await asyncio.sleep(0)
        new = group.migrate(boss)
        gate.set()
        assert (await boss.hears(chat=new)).text == "听到：/today"


async def test_a_fault_of_ours_ends_one_answer_only(
    server: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    lin = server.person("小李")

    def script(heard: Incoming) -> list[Reply]:
        if heard.text == "坏":
            raise RuntimeError("ours")
        return [say("好", rows=(row(("坏了", "坏")),))]

    async with on_stage(server, script):
        await lin.says("一")
        await lin.hears()
        press = await lin.presses("坏了")
        assert isinstance(press, Press)
        assert await press.toast() == ""  # answered all the same
        await lin.says("二")
        assert (await lin.hears()).text == "好"
    assert "an update could not be handled" in caplog.text


# ---------------------------------------------------------------- the connection and the token


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_wrong_token_stops_the_channel_with_one_clear_line(server: FakeBotApi, webhook: bool) -> None:
    hook = Webhook("http://127.0.0.1:9", "127.0.0.1:0") if webhook else None
    for token, place in (("1234567:AAAAAAAAAAAAAAAAAAAAAAAAAAA", False), ("12345670000", True)):
        channel = Telegram(token, base_url=server.url, webhook=hook)
        with pytest.raises(Stopped) as stopped:
            await channel.run(_never)
        assert str(stopped.value).startswith(WRONG_TOKEN)
        assert ("base_url" in str(stopped.value)) is place
        assert token not in str(stopped.value)
        with pytest.raises(Stopped):
            await channel.send(LIN, CARD)


async def test_a_token_revoked_while_it_runs(server: FakeBotApi) -> None:
    async with on_stage(server, clean=False) as stage:
        await server.hub.polled()
        server.revoke()
        with pytest.raises(Stopped):  # by webhook nobody polls: sending finds out, and the channel ends
            await stage.channel.send(LIN, CARD)
        assert stage.running is not None
        with pytest.raises(Stopped):
            await asyncio.wait_for(asyncio.shield(stage.running), 5)
        stage.running = asyncio.create_task(asyncio.sleep(0))


async def test_the_network_is_gone_and_comes_back(
    server: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    lin = server.person("小李")
    caplog.set_level(logging.INFO)
    async with on_stage(server, clean=False) as stage:
        await lin.says("一")
        await lin.hears()
        await server.offline()
        while stage.channel.patience.failures < 8:
            await asyncio.sleep(0.01)
        await server.online()
        await lin.says("二")
        assert (await lin.hears()).text == "听到：二"
    told = [record.getMessage() for record in caplog.records if "连不上" in record.getMessage()]
    assert len(told) <= 2  # not one a try
    assert "又连上了" in caplog.text


async def test_it_starts_without_a_network_and_waits_for_one(server: FakeBotApi) -> None:
    await server.offline()
    async with on_stage(server) as stage:
        while stage.channel.patience.failures < 3:
            await asyncio.sleep(0.01)
        await server.online()
        lin = server.person("小李")
        await lin.says("一")
        assert (await lin.hears()).text == "听到：一"


async def test_another_copy_is_named(server: FakeBotApi, caplog: pytest.LogCaptureFixture) -> None:
    lin = server.person("小李")
    async with on_stage(server, clean=False) as first:
        await server.hub.polled()
        async with on_stage(server, clean=False) as second:
            while OTHER_COPY not in caplog.text:
                await asyncio.sleep(0.01)
        await lin.says("一")
        assert (await lin.hears()).text == "听到：一"  # whichever is left goes on
        assert first.heard or second.heard
    assert "另一个副本在运行" in caplog.text


async def test_a_webhook_left_behind_is_taken_away(server: FakeBotApi) -> None:
    server.hub.set_webhook({"url": "http://127.0.0.1:9/old"})
    lin = server.person("小李")
    async with on_stage(server) as stage:
        await lin.says("一")
        assert (await lin.hears()).text == "听到：一"
        server.hub.set_webhook({"url": "http://127.0.0.1:9/other"})
        await server.called("deleteWebhook", 2)
        await lin.says("二")
        assert (await lin.hears()).text == "听到：二"
        assert stage.channel.webhook is None


async def test_a_webhook_that_cannot_be_says_why(server: FakeBotApi) -> None:
    channel = Telegram(
        server.token, base_url=server.url, webhook=Webhook("http://example.com", "127.0.0.1:0")
    )
    with pytest.raises(Stopped, match=r"不接受这个 webhook 地址.*webhook_url"):
        await channel.run(_never)
    taken = f"127.0.0.1:{server.port}"
    channel = Telegram(server.token, base_url=server.url, webhook=Webhook("https://example.com", taken))
    with pytest.raises(Stopped, match=f"在 {taken} 听不了.*webhook_listen"):
        await channel.run(_never)
    assert server.rejected == []


async def test_an_answer_that_is_no_json_does_no_harm(server: FakeBotApi) -> None:
    lin = server.person("小李")
    async with on_stage(server):
        await lin.says("一")
        await lin.hears()
        server.trouble.refuse(200, method="getUpdates", raw=b"<html>captive portal</html>")
        server.trouble.refuse(502, method="getUpdates", raw=b"<html></html>")
        await lin.says("二")
        await lin.says("三")
        assert [m.text for m in await lin.waits(2)] == ["听到：二", "听到：三"]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_through_a_proxy(server: FakeBotApi, scheme: str) -> None:
    lin = server.person("小李")
    asked: list[bytes] = []
    proxy = await asyncio.start_server(lambda r, w: _proxy(r, w, asked), "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    async with proxy, on_stage(server, proxy=f"{scheme}://127.0.0.1:{port}"):
        await lin.says("一")
        assert (await lin.hears()).text == "听到：一"
    assert asked


async def test_a_proxy_that_is_not_there_means_nothing_was_sent(server: FakeBotApi) -> None:
    for scheme in ("http", "socks5"):
        channel = Telegram(server.token, base_url=server.url, proxy=f"{scheme}://127.0.0.1:9")
        with pytest.raises(Unsent):
            await channel.send(LIN, CARD)
        await channel.bot.shutdown()


# ---------------------------------------------------------------- what is confirmed


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_what_is_not_kept_is_not_confirmed_and_holds_up_nobody_else(
    server: FakeBotApi, webhook: bool
) -> None:
    lin, wang = server.person("小林"), server.person("老王")
    async with on_stage(server, webhook=webhook) as stage:
        gate = stage.slow["慢"] = asyncio.Event()
        await lin.says("慢")
        await wang.says("快")
        assert (await wang.hears()).text == "听到：快"
        await wang.says("还快")
        assert (await wang.hears()).text == "听到：还快"
        assert "慢" in str(server.hub.queue)
        gate.set()
        assert (await lin.hears()).text == "听到：慢"
        await settled(server, stage)
        assert sorted(each.text for each in stage.heard) == sorted(["慢", "快", "还快"])


async def test_what_is_kept_is_confirmed_while_its_answer_is_worked_out(server: FakeBotApi) -> None:
    lin = server.person("小林")
    async with on_stage(server) as stage:
        gate = stage.slow["慢"] = asyncio.Event()
        await lin.says("慢")
        while not stage.heard:
            await asyncio.sleep(0)
        assert stage.last.kept
        stage.last.kept()
        await server.hub.confirmed()
        gate.set()
        assert (await lin.hears()).text == "听到：慢"


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_what_an_end_cut_off_comes_again(
    server: FakeBotApi, webhook: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel.LANDING", 0.0)
    lin = server.person("小林")
    async with on_stage(server, webhook=webhook) as stage:
        stage.slow["慢"] = asyncio.Event()
        await lin.says("慢")
        await lin.says("它后面")
        while not stage.heard:
            await asyncio.sleep(0)
    assert [update["message"]["text"] for update in server.hub.queue] == ["慢", "它后面"]
    async with on_stage(server) as stage:
        assert [m.text for m in await lin.waits(2)] == ["听到：慢", "听到：它后面"]
        await settled(server, stage)


# ---------------------------------------------------------------- the log


async def test_no_text_and_no_token_in_the_log(
    server: FakeBotApi, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    lin = server.person("小李")
    secret = "很私密的一句话"

    def troubles() -> list[Order]:
        return [
            server.trouble.refuse(500, method="sendMessage"),
            server.trouble.refuse(400, method="sendMessage"),
            server.trouble.refuse(403, method="sendMessage"),
            server.trouble.cut("sendMessage"),
            server.trouble.refuse(502, raw=b"<html>", method="getUpdates"),
            server.trouble.cut("getUpdates"),
        ]

    async with on_stage(server, lambda _: [say(secret)], clean=False) as stage:
        troubles()
        for _ in range(8):
            await lin.says(secret)
            await settled(server, stage)
        await server.offline()
        while stage.channel.patience.failures < 3:
            await asyncio.sleep(0.01)
        with pytest.raises(Unsent) as unsent:
            await stage.channel.send(Address("telegram", str(lin.id)), say(secret))
        await server.online()
        server.revoke()
        assert stage.running
        with pytest.raises(Stopped):
            await asyncio.wait_for(asyncio.shield(stage.running), 5)
        stage.running = asyncio.create_task(asyncio.sleep(0))
    found = caplog.text + repr(unsent.value) + repr(stage.channel)
    assert secret not in found
    assert server.token not in found
    assert server.token.partition(":")[2] not in found


async def _never(_: Incoming) -> list[Reply]:
    raise AssertionError("nobody has said anything")


async def _proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes]) -> None:
    """Forwards to wherever it is asked: HTTP with absolute addresses, or SOCKS5 CONNECT."""
    first = await reader.readexactly(1)
    if first == b"\x05":
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00")
        await reader.readexactly(3)
        kind = (await reader.readexactly(1))[0]
        size = 4 if kind == 1 else (await reader.readexactly(1))[0]
        host = await reader.readexactly(size)
        port = int.from_bytes(await reader.readexactly(2))
        asked.append(host)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        head = b""
    else:
        line = first + await reader.readline()
        asked.append(line)
        method, address, version = line.split()
        url = httpx.URL(address.decode())
        port = url.port or 80
        head = b" ".join((method, url.raw_path, version)) + b"\r\n"
    inner, outer = await asyncio.open_connection("127.0.0.1", port)
    outer.write(head)
    absolute = f" http://127.0.0.1:{port}/".encode()
    await asyncio.gather(_pipe(reader, outer, absolute), _pipe(inner, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, absolute: bytes = b"\0") -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data.replace(absolute, b" /"))
    except OSError:
        pass
    finally:
        writer.close()
