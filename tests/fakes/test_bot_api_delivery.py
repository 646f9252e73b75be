"""The fake Bot API as a peer: polling, webhook, groups, topics, migration, trouble, limits, other clients."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiogram
import pytest
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile
from aiohttp import web
from fakes.bot_api import FakeBotApi, SlidingWindow, Threaded, TokenBucket, per_chat, per_group
from fakes.bot_api.records import Call
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters


@asynccontextmanager
async def echo(server: FakeBotApi) -> AsyncIterator[Any]:
    """A whole python-telegram-bot application that answers /today, presses and other texts."""

    async def today(update: Update, _context: Any) -> None:
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("✅ 已读", callback_data="/read c07")]])
        await update.effective_message.reply_html("<b>第 7 天</b>", reply_markup=keys)

    async def pressed(update: Update, _context: Any) -> None:
        await update.callback_query.answer("已读")
        await update.callback_query.edit_message_text(f"做了 {update.callback_query.data}")

    async def other(update: Update, _context: Any) -> None:
        await update.effective_message.reply_text(f"收到：{update.effective_message.text}")

    app = Application.builder().token(server.token).base_url(server.base_url).build()
    app.add_handlers(
        [CommandHandler("today", today), CallbackQueryHandler(pressed), MessageHandler(filters.TEXT, other)]
    )
    async with app:
        await app.start()
        try:
            yield app
        finally:
            if app.updater.running:
                await app.updater.stop()
            await app.stop()


# -- the two ways to the bot ------------------------------------------------------------------------------


async def test_a_conversation_by_polling(server: FakeBotApi) -> None:
    lin = server.person("小林")
    async with echo(server) as app:
        await app.updater.start_polling(timeout=20)
        await lin.says("/today")
        card = await lin.hears()
        assert (card.html, card.buttons) == ("<b>第 7 天</b>", ["✅ 已读"])
        press = await lin.presses("✅ 已读")
        assert await press.toast() == "已读"
        assert (await lin.sees_edit()).text == "做了 /read c07"
        await lin.says("你好")
        assert (await lin.hears()).text == "收到：你好"
        await server.hub.confirmed()
    assert [m.text for m in lin.chat_view()] == ["/today", "做了 /read c07", "你好", "收到：你好"]
    server.assert_clean()


async def test_a_conversation_by_webhook(server: FakeBotApi) -> None:
    lin = server.person("小林")
    refusals = [503, 500]
    secrets: list[str | None] = []
    async with echo(server) as app:

        async def receive(request: web.Request) -> web.Response:
            secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            if refusals:
                return web.Response(status=refusals.pop())
            await app.update_queue.put(Update.de_json(await request.json(), app.bot))
            return web.Response()

        receiver = web.Application()
        receiver.router.add_post("/hook", receive)
        runner = web.AppRunner(receiver)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        await lin.says("/today")  # waits until there is a webhook
        await app.bot.set_webhook(address, secret_token="geheim_1", max_connections=5)
        await lin.waits()
        assert secrets == ["geheim_1"] * 3  # refused twice, then taken
        press = await lin.presses("✅ 已读")
        assert await press.toast() == "已读"
        await lin.sees_edit()
        await server.hub.confirmed()
        info = await app.bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (address, 0, 5)
        assert "50" in info.last_error_message
        with pytest.raises(Conflict, match="webhook is active"):
            await app.bot.get_updates()
        await app.bot.delete_webhook()
        assert (await app.bot.get_webhook_info()).url == ""
        with pytest.raises(BadRequest, match=r"(?i)https url must"):
            await app.bot.set_webhook("http://example.org/hook")
        await runner.cleanup()
    server.assert_clean()


async def test_updates_stay_until_confirmed_and_filter_by_kind(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林")
    await lin.says("一")
    await lin.says("二")
    first, second = await bot.get_updates()
    assert [u.message.text for u in await bot.get_updates()] == ["一", "二"]
    assert [u.update_id for u in await bot.get_updates(offset=second.update_id)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1, allowed_updates=["callback_query"]) == ()
    await lin.says("三")
    assert await bot.get_updates(allowed_updates=[]) == ()
    await lin.says("四")
    server.hub.again(server.hub.sent[0])
    assert [u.update_id for u in await bot.get_updates()][1] == first.update_id
    assert [u.message.text for u in await bot.get_updates(offset=-1)] == ["一"]


async def test_a_second_poller_ends_the_first(server: FakeBotApi, bot: Bot) -> None:
    async with Bot(server.token, base_url=server.base_url) as other:
        first = asyncio.create_task(bot.get_updates(timeout=20))
        await server.hub.polled()
        second = asyncio.create_task(other.get_updates(timeout=20))
        with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates"):
            await first
        await server.person("小林").says("早")
        assert [u.message.text for u in await second] == ["早"]
    assert server.hub.conflicts == 1


# -- groups -----------------------------------------------------------------------------------------------


async def test_privacy_mode(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林")
    group = server.group("学习小组", members=[lin])
    sent = await bot.send_message(group.id, "大家好")
    for text in (
        "闲聊",
        "/today",
        "/today@daily_study_bot",
        "/today@other_bot",
        "@daily_study_bot 搜索 创新",
    ):
        await lin.says(text, group)
    await lin.says("2", group, reply_to=group.messages[sent.message_id])
    heard = [u.message.text for u in await bot.get_updates()]
    assert heard == ["/today", "/today@daily_study_bot", "@daily_study_bot 搜索 创新", "2"]
    group.promote_bot()
    await lin.says("闲聊", group)
    assert (await bot.get_updates())[-1].message.text == "闲聊"


async def test_administrators_and_membership(server: FakeBotApi, bot: Bot) -> None:
    chief, lin = server.person("组长"), server.person("小林")
    group = server.supergroup("学习小组", owner=chief, members=[lin], bot=False)
    with pytest.raises(Forbidden, match="not a member of the supergroup"):
        await bot.send_message(group.id, "早")
    group.add_bot(chief)
    added, service = await bot.get_updates()
    assert added.my_chat_member.new_chat_member.status == "member"
    assert service.message.new_chat_members[0].id == bot.id
    group.promote(lin, anonymous=True)
    assert {a.user.id for a in await bot.get_chat_administrators(group.id)} == {chief.id, lin.id}
    member = await bot.get_chat_member(group.id, lin.id)
    assert (member.status, member.is_anonymous) == ("administrator", True)
    await lin.says("/subscribe 07:52", group)
    update = (await bot.get_updates())[-1]
    assert update.message.from_user.username == "GroupAnonymousBot"
    assert update.message.sender_chat.id == group.id
    assert (await bot.get_chat(group.id)).title == "学习小组"
    group.restrict_bot(chief)
    assert (await bot.get_updates())[-1].my_chat_member.new_chat_member.status == "restricted"
    with pytest.raises(BadRequest, match=r"(?i)not enough rights"):
        await bot.send_message(group.id, "早")
    group.kick_bot(chief)
    with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
        await bot.send_message(group.id, "早")
    group.add_bot(chief)
    assert await bot.leave_chat(group.id) is True
    assert (await bot.get_updates())[-1].my_chat_member.new_chat_member.status == "left"
    server.assert_clean()


async def test_a_group_becomes_a_supergroup(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林")
    group = server.group("学习小组", members=[lin])
    await bot.send_message(group.id, "早")
    new = group.migrate()
    old_side, new_side = await bot.get_updates()
    assert (old_side.message.chat_id, old_side.message.migrate_to_chat_id) == (group.id, new.id)
    assert (new_side.message.chat_id, new_side.message.migrate_from_chat_id) == (new.id, group.id)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "早")
    assert caught.value.new_chat_id == new.id
    await bot.send_message(new.id, "早")
    server.assert_clean()


async def test_topics(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林")
    forum = server.supergroup("学习小组", members=[lin], topics=True)
    topic = forum.topic("每天")
    await lin.says("/today", forum, thread=topic)
    update = (await bot.get_updates())[-1]
    assert (update.message.message_thread_id, update.message.is_topic_message) == (topic, True)
    assert update.message.reply_to_message.forum_topic_created.name == "每天"
    sent = await bot.send_message(forum.id, "第 7 天", message_thread_id=topic)
    assert sent.message_thread_id == topic
    for wrong in (1, 999):
        with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
            await bot.send_message(forum.id, "早", message_thread_id=wrong)
    forum.close_topic(topic)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(forum.id, "早", message_thread_id=topic)
    forum.delete_topic(topic)
    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await bot.send_message(forum.id, "早", message_thread_id=topic)
    # An ordinary supergroup threads replies, but nothing can be sent to such a thread.
    plain = server.supergroup("闲聊", members=[lin])
    root = await bot.send_message(plain.id, "大家好")
    await lin.says("好", plain, reply_to=plain.messages[root.message_id])
    threaded = (await bot.get_updates())[-1].message
    assert (threaded.message_thread_id, threaded.is_topic_message) == (root.message_id, None)
    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await bot.send_message(plain.id, "早", message_thread_id=threaded.message_thread_id)


async def test_channels_and_deep_links(server: FakeBotApi, bot: Bot) -> None:
    chief = server.person("组长")
    channel = server.channel("学习频道", owner=chief)
    with pytest.raises(Forbidden, match="not a member of the channel chat"):
        await bot.send_message(channel.id, "早")
    channel.add_bot(chief)
    assert (await bot.get_updates())[-1].my_chat_member.new_chat_member.can_post_messages
    link = InlineKeyboardButton("📖 读全文", url="https://t.me/daily_study_bot?start=a2-c07")
    sent = await bot.send_message(channel.id, "第 7 天", reply_markup=InlineKeyboardMarkup([[link]]))
    assert sent.sender_chat.id == channel.id
    await chief.presses("📖 读全文", channel)
    assert (await bot.get_updates())[-1].message.text == "/start a2-c07"
    await chief.says("通知", channel)
    assert (await bot.get_updates())[-1].channel_post.text == "通知"
    server.assert_clean()


# -- trouble ----------------------------------------------------------------------------------------------


async def test_refusals_on_demand(server: FakeBotApi, bot: Bot) -> None:
    lin, wang = server.person("小林", opened=True), server.person("小王", opened=True)
    server.trouble.refuse(429, method="sendMessage", retry_after=10072)
    server.trouble.refuse(403, method="sendMessage", chat=wang, times=None)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(lin.id, "早")
    assert caught.value.retry_after.total_seconds() == 10072
    await bot.send_message(lin.id, "早")
    for _ in range(2):
        with pytest.raises(Forbidden):
            await bot.send_message(wang.id, "早")
    server.trouble.refuse(429, method="sendMessage")
    with pytest.raises(NetworkError, match="Too Many Requests") as bare:
        await bot.send_message(lin.id, "早")
    assert not isinstance(bare.value, RetryAfter | BadRequest)
    server.trouble.refuse(
        502, raw=b"<html>502 Bad Gateway</html>", when=lambda call: call.params.get("text") == "坏"
    )
    await bot.send_message(lin.id, "好")
    with pytest.raises(NetworkError):
        await bot.send_message(lin.id, "坏")
    assert [m.text for m in lin.chat_view()] == ["早", "好"]
    assert [call.trouble for call in server.made("sendMessage")].count("refuse") == 5
    server.assert_clean()


async def test_cut_connections(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    server.trouble.cut("sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(lin.id, "没到")
    assert lin.chat_view() == []
    server.trouble.cut("sendMessage", accepted=True)
    with pytest.raises(NetworkError):
        await bot.send_message(lin.id, "到了")
    assert [m.text for m in server.sent(lin)] == ["到了"]
    await server.offline()
    with pytest.raises(NetworkError):
        await bot.send_message(lin.id, "断网")
    await server.online()
    await bot.send_message(lin.id, "回来了")
    assert [m.text for m in server.sent()] == ["到了", "回来了"]


async def test_held_and_slow_answers(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    order = server.trouble.hold("sendMessage")
    sending = asyncio.create_task(bot.send_message(lin.id, "一"))
    await order.hit()
    assert (await lin.hears()).text == "一"  # has arrived, only the answer is missing
    assert not sending.done()
    order.release()
    assert (await sending).text == "一"
    server.trouble.slow(0.3, "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(lin.id, "二", read_timeout=0.05)
    assert (await lin.hears()).text == "二"
    server.trouble.latency = 0.02
    call = (await bot.send_message(lin.id, "三")) and (await server.called("sendMessage", 3))[-1]
    assert call.ok
    assert call.params["text"] == "三"


async def test_tokens(server: FakeBotApi, bot: Bot) -> None:
    async with Bot(server.token, base_url=server.base_url) as same:
        server.revoke()
        with pytest.raises(InvalidToken):
            await same.get_me()
    assert server.calls[-1].code == 401
    with pytest.raises(InvalidToken):
        async with Bot("99:other", base_url=server.base_url):
            pass
    server.revoked = False
    assert (await bot.get_me()).id == bot.id


def test_limits_count_as_documented() -> None:
    def call(chat: int) -> Call:
        return Call("sendMessage", {"chat_id": chat}, 0.0)

    window = SlidingWindow(30, 1.0)
    assert [window.check(call(n), n / 100) for n in range(30)] == [None] * 30
    assert window.check(call(1), 0.5) == pytest.approx(0.5)
    assert window.check(call(1), 0.999) == pytest.approx(0.001)
    assert window.check(call(1), 1.0) is None
    assert window.check(call(1), 1.0) is not None
    bucket = TokenBucket(10, 2)
    assert [bucket.check(call(1), 5.0) for _ in range(3)] == [None, None, pytest.approx(0.1)]
    assert bucket.check(call(1), 5.1) is None
    each = per_chat()
    assert (each.check(call(1), 0.0), each.check(call(2), 0.0)) == (None, None)
    assert each.check(call(1), 0.5) == pytest.approx(0.5)
    group = per_group()
    assert [group.check(call(-5), 0.0) for _ in range(21)][19:] == [None, 60.0]
    assert [group.check(call(5), 0.0) for _ in range(30)] == [None] * 30


async def test_a_limit_answers_429(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    now = 100.0
    server.trouble.clock = lambda: now
    server.trouble.limits = [SlidingWindow(2, 1.0), per_chat()]
    await bot.send_message(lin.id, "一")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(lin.id, "二")
    assert caught.value.retry_after.total_seconds() == 1
    await bot.send_chat_action(lin.id, "typing")  # not counted
    now = 101.0
    await bot.send_message(lin.id, "三")


# -- other clients, threads, the command line -------------------------------------------------------------


async def test_aiogram_talks_to_it_too(server: FakeBotApi) -> None:
    lin = server.person("小林")
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    async with aiogram.Bot(server.token, session=session) as client:
        assert (await client.me()).username == "daily_study_bot"
        await lin.says("/start")
        (update,) = await client.get_updates(timeout=1)
        assert update.message.text == "/start"
        sent = await client.send_message(lin.id, "<b>好</b>", parse_mode="HTML")
        assert sent.entities[0].type == "bold"
        document = await client.send_document(lin.id, BufferedInputFile(b"abc" * 9999, "记录.txt"))
        assert document.document.file_name == "记录.txt"
        assert (await client.download(document.document.file_id)).read() == b"abc" * 9999
        poll = await client.send_poll(
            lin.id, "题", ["A", "B"], type="quiz", correct_option_ids=[1], is_anonymous=False
        )
        await lin.votes((await lin.waits(3))[-1], [1])
        answer = (await client.get_updates(offset=update.update_id + 1))[0].poll_answer
        assert (answer.poll_id, answer.option_ids) == (poll.poll.id, [1])
        with pytest.raises(TelegramBadRequest, match="message is not modified"):
            await client.edit_message_text(
                "<b>好</b>", chat_id=lin.id, message_id=sent.message_id, parse_mode="HTML"
            )
    server.assert_clean()


async def test_in_a_thread_of_its_own() -> None:
    with Threaded(check=False) as box:
        lin = box.do(lambda: box.server.person("小林"))
        box.run(lin.says("早"))
        async with Bot(box.server.token, base_url=box.server.base_url) as client:
            (update,) = await client.get_updates()
            await client.send_message(lin.id, update.message.text)
        assert box.run(lin.hears()).text == "早"


async def test_on_the_command_line() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fakes.bot_api", "--port", "0", "--token", "42:demo", "--no-check",
        "--people", "2",
        cwd=Path(__file__).parents[1], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().split(" = ")[1].strip()
    await process.stdout.readline()
    async with Bot("42:demo", base_url=address) as client:
        process.stdin.write(b"/today\n")
        (update,) = await client.get_updates(timeout=10)
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("✅ 已读", callback_data="/read c07")]])
        await client.send_message(update.message.chat_id, "第 7 天", reply_markup=keys)
        seen = b""
        while "[!1 ✅ 已读]".encode() not in seen:
            seen += await process.stdout.readline()
        process.stdin.write(b"!1\n")
        (update,) = await client.get_updates(offset=update.update_id + 1, timeout=10)
        assert update.callback_query.data == "/read c07"
        await client.answer_callback_query(update.callback_query.id, "已读")
        await client.send_message(20002, "早")
    assert (await process.stdout.readline()).decode() == "（已读）\n"
    process.stdin.close()
    assert await process.wait() == 0
