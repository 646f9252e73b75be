"""The fake Bot API against python-telegram-bot: messages, files, polls, menus, errors, checks."""

from __future__ import annotations

import struct
import zlib

import pytest
from fakes.bot_api import FakeBotApi
from fakes.bot_api.markup import MarkupError, finish, parse_html, to_html, utf16
from hypothesis import given
from hypothesis import strategies as st
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputPollOption,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, InvalidToken


def keys(*labels: str) -> InlineKeyboardMarkup:
    """One row of callback buttons."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(x, callback_data=f"/say {x}") for x in labels]])


def png(width: int, height: int) -> bytes:
    """A real, black PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\0\0\0" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def raw(bot: Bot, method: str, **data: object) -> object:
    """A call that python-telegram-bot has no method for."""
    return await bot._post(method, dict(data))


# -- messages ---------------------------------------------------------------------------------------------


async def test_who_the_bot_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.first_name, me.username, me.can_read_all_group_messages) == (
        "每日一学",
        "daily_study_bot",
        False,
    )


async def test_html_arrives_as_text_and_entities(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    sent = await bot.send_message(
        lin.id,
        "<b>定义里的三层意思</b>\n1 &lt; 2 📖 <i>2024 年</i>",
        parse_mode="HTML",
        reply_markup=keys("✅ 已读"),
    )
    assert sent.text == "定义里的三层意思\n1 < 2 📖 2024 年"
    assert [sent.parse_entity(e) for e in sent.entities] == ["定义里的三层意思", "2024 年"]
    (seen,) = lin.chat_view()
    assert seen.html == "<b>定义里的三层意思</b>\n1 &lt; 2 📖 <i>2024 年</i>"
    assert (seen.buttons, seen.rows, seen.edited) == (["✅ 已读"], [["✅ 已读"]], False)
    server.assert_clean()


async def test_a_press_an_edit_and_a_toast(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林")
    await lin.says("/today")
    (update,) = await bot.get_updates()
    assert update.message.text == "/today"
    assert [e.type for e in update.message.entities] == ["bot_command"]
    await bot.send_message(lin.id, "第 7 天", reply_markup=keys("✅ 已读", "⭐ 收藏"))
    assert (await lin.hears()).text == "第 7 天"
    press = await lin.presses("✅ 已读")
    (update,) = await bot.get_updates(offset=update.update_id + 1)
    query = update.callback_query
    assert (query.data, query.message.text, query.from_user.id) == ("/say ✅ 已读", "第 7 天", lin.id)
    assert server.unanswered() == ["✅ 已读"]
    await query.edit_message_text("第 7 天\n已读 07:55", reply_markup=keys("⭐ 收藏"))
    await query.answer("已读，连续学习 7 天", show_alert=True)
    assert await press.toast() == "已读，连续学习 7 天"
    edited = await lin.sees_edit()
    assert edited.text.endswith("已读 07:55")
    assert edited.edited
    assert edited.buttons == ["⭐ 收藏"]
    with pytest.raises(AssertionError, match="no button '✅ 已读'"):
        await lin.presses("✅ 已读")
    server.assert_clean()


async def test_a_query_is_answered_once(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    await bot.send_message(lin.id, "题", reply_markup=keys("A"))
    press = await lin.presses("A")
    await bot.answer_callback_query(press.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(press.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query("77")
    assert server.faults == ["answered the press of 'A' twice", "answered an unknown callback query '77'"]
    with pytest.raises(AssertionError, match="misbehaved"):
        server.assert_clean()


@pytest.mark.parametrize(
    ("text", "mode", "error"),
    [
        ("", None, "message text is empty"),
        (" \n ", None, "text must be non-empty"),
        ("<b> </b>", "HTML", "text must be non-empty"),
        ("学" * 4097, None, "message is too long"),
        ("📖" * 2049, None, "message is too long"),
        ("学<br>", "HTML", 'can\'t parse entities: Unsupported start tag "br" at byte offset 3'),
        ("<b>学", "HTML", 'can\'t find end tag corresponding to start tag "b"'),
        ("学</b>", "HTML", "unexpected end tag at byte offset 3"),
        ("<b><i>学</b></i>", "HTML", 'expected "</i>", found "</b>"'),
        ("1 < 2", "HTML", 'unsupported start tag "" at byte offset 2'),
    ],
)
async def test_texts_that_are_refused(
    server: FakeBotApi, bot: Bot, text: str, mode: str | None, error: str
) -> None:
    lin = server.person("小林", opened=True)
    with pytest.raises(BadRequest) as caught:
        await bot.send_message(lin.id, text, parse_mode=mode)
    assert error.lower() in caught.value.message.lower()
    assert len(server.rejected) == 1
    assert not lin.chat_view()


async def test_the_longest_text_fits_because_tags_do_not_count(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    await bot.send_message(lin.id, f"<b>{'学' * 4095}</b>&amp;", parse_mode="HTML")
    assert len(lin.chat_view()[0].text) == 4096
    server.assert_clean()


async def test_edit_errors(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    theirs = await lin.says("你好")
    sent = await bot.send_message(lin.id, "<b>一</b>", parse_mode="HTML", reply_markup=keys("A"))
    with pytest.raises(BadRequest, match=r"(?i)^message is not modified"):
        await bot.edit_message_text(
            "<strong>一</strong>", lin.id, sent.message_id, parse_mode="HTML", reply_markup=keys("A")
        )
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("二", lin.id, 999)
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await bot.edit_message_text("二", lin.id, theirs.id)
    await bot.edit_message_reply_markup(lin.id, sent.message_id)
    assert lin.chat_view()[-1].buttons == []
    await bot.delete_message(lin.id, sent.message_id)
    assert [m.text for m in lin.chat_view()] == ["你好"]
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(lin.id, sent.message_id)
    server.assert_clean()  # all of these may happen to a correct bot


async def test_replies(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    theirs = await lin.says("你好")
    sent = await bot.send_message(lin.id, "在", reply_parameters=ReplyParameters(theirs.id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "你好"
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(lin.id, "在", reply_parameters=ReplyParameters(99))
    loose = ReplyParameters(99, allow_sending_without_reply=True)
    assert (await bot.send_message(lin.id, "在", reply_parameters=loose)).reply_to_message is None
    copied = await bot.copy_message(lin.id, lin.id, sent.message_id)
    forwarded = await bot.forward_message(lin.id, lin.id, theirs.id)
    assert copied.message_id == sent.message_id + 2
    assert forwarded.forward_origin is not None
    assert (await bot.send_chat_action(lin.id, "typing")) is True
    server.assert_clean()


async def test_who_cannot_be_written_to(server: FakeBotApi, bot: Bot) -> None:
    lin, stranger = server.person("小林", opened=True), server.person("路人")
    lin.blocks()
    (update,) = await bot.get_updates()
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(lin.id, "早")
    lin.unblocks()
    lin.vanishes()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(lin.id, "早")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(stranger.id, "早")
    assert server.rejected == []
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(4242, "早")
    assert server.rejected == ["sendMessage: Bad Request: chat not found"]


# -- files and polls --------------------------------------------------------------------------------------


async def test_pictures_and_documents_go_out_and_back(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    picture = png(40, 30)
    sent = await bot.send_photo(
        lin.id, picture, caption="<i>分享卡</i>", parse_mode="HTML", reply_markup=keys("好")
    )
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (40, 30, "分享卡")
    again = await bot.send_photo(lin.id, sent.photo[-1].file_id)
    assert bytes(await (await again.photo[-1].get_file()).download_as_bytearray()) == picture
    body = "学习记录\r\n--\r\n".encode() * 5000
    document = await bot.send_document(lin.id, body, filename="学习记录.txt", caption="导出")
    assert document.document.file_name == "学习记录.txt"
    assert bytes(await (await document.document.get_file()).download_as_bytearray()) == body
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(lin.id, b"no picture")
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_document(lin.id, "BQACAgNothing")
    assert len(server.rejected) == 2


async def test_a_person_sends_a_file(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林")
    await lin.sends_document(b"# one", "pack.md", caption="/import")
    await lin.sends_sticker()
    await lin.sends_photo(png(3, 2))
    first, second, third = await bot.get_updates()
    assert (first.message.caption, first.message.document.file_name) == ("/import", "pack.md")
    assert bytes(await (await first.message.document.get_file()).download_as_bytearray()) == b"# one"
    assert second.message.sticker is not None
    assert (third.message.photo[0].width, third.message.photo[0].height) == (3, 2)


async def test_a_quiz(server: FakeBotApi, bot: Bot) -> None:
    lin, wang = server.person("小林", opened=True), server.person("小王", opened=True)
    sent = await bot.send_poll(
        lin.id, "起主导作用的是？", ["创新", "规模"], type="quiz", correct_option_ids=[0],
        is_anonymous=False, explanation="<b>创新</b>", explanation_parse_mode="HTML",
    )  # fmt: skip
    assert sent.poll.type == "quiz"
    assert sent.poll.explanation == "创新"
    (message,) = await lin.waits()
    await lin.votes(message, [0])
    (update,) = await bot.get_updates()
    assert update.poll_answer.option_ids == (0,)
    assert update.poll_answer.user.id == lin.id
    with pytest.raises(AssertionError, match="one vote"):
        await lin.votes(message, [1])
    await wang.votes(message, [1])
    stopped = await bot.stop_poll(lin.id, sent.message_id)
    assert [o.voter_count for o in stopped.options] == [1, 1]
    assert stopped.is_closed
    with pytest.raises(BadRequest, match=r"(?i)already been closed"):
        await bot.stop_poll(lin.id, sent.message_id)
    server.assert_clean()


async def test_polls_are_checked(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    sent = await bot.send_poll(
        lin.id, "几点？", [InputPollOption("早"), InputPollOption("晚")], allows_multiple_answers=True
    )
    (message,) = await lin.waits()
    await lin.votes(message, [0, 1])
    (update,) = await bot.get_updates()
    assert (update.poll.id, update.poll.total_voter_count) == (sent.poll.id, 1)
    for wrong, error in (
        ({"question": "题" * 301}, "question length"),
        ({"options": ["A" * 101]}, "options length"),
        ({"options": [str(i) for i in range(13)]}, "more than 12"),
        ({"type": "quiz"}, "correct option"),
        ({"type": "quiz", "correct_option_ids": [5]}, "wrong correct option"),
        ({"type": "quiz", "correct_option_ids": [0], "explanation": "1\n2\n3\n4"}, "line feeds"),
    ):
        with pytest.raises(BadRequest, match=f"(?i){error}"):
            await bot.send_poll(**{"chat_id": lin.id, "question": "题", "options": ["A", "B"]} | wrong)
    assert len(server.rejected) == 6


# -- the specification ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "error"),
    [
        (InlineKeyboardButton("好", callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton("好", callback_data="学" * 22), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton("好", url="wrong"), "Wrong HTTP URL"),
        (InlineKeyboardButton("好", url="https://t.me/daily_study_bot?start=a b"), "START_PARAM_INVALID"),
        (InlineKeyboardButton("好"), "exactly one action"),
        (InlineKeyboardButton("好", callback_data="a", api_kwargs={"colour": "red"}), "colour"),
    ],
)
async def test_buttons_are_checked(
    server: FakeBotApi, bot: Bot, button: InlineKeyboardButton, error: str
) -> None:
    lin = server.person("小林", opened=True)
    with pytest.raises(BadRequest):
        await bot.send_message(lin.id, "题", reply_markup=InlineKeyboardMarkup([[button]]))
    assert error in "".join(server.rejected)
    assert not lin.chat_view()


async def test_requests_are_read_by_the_models(server: FakeBotApi, bot: Bot) -> None:
    lin = server.person("小林", opened=True)
    with pytest.raises(BadRequest, match=r"(?i)no field 'colour'"):
        await bot.send_message(lin.id, "题", api_kwargs={"colour": "red"})
    with pytest.raises(BadRequest, match=r"(?i)Field required"):
        await raw(bot, "sendMessage", chat_id=lin.id)
    with pytest.raises(BadRequest, match=r"(?i)parse_mode"):
        await bot.send_message(lin.id, "题", parse_mode="BBCode")
    with pytest.raises(BadRequest, match=r"(?i)no update is called"):
        await bot.get_updates(allowed_updates=["messages"])
    with pytest.raises(BadRequest, match=r"(?i)200 characters"):
        await bot.answer_callback_query("1", "字" * 201)
    assert len(server.rejected) == 5
    assert not server.unchecked
    with pytest.raises(InvalidToken):  # python-telegram-bot reads every 404 so
        await raw(bot, "sendPigeon")
    assert server.unchecked == ["unknown method sendPigeon"]


async def test_checks_can_be_switched_off(bot: Bot) -> None:
    async with FakeBotApi(check=False) as loose:
        lin = loose.person("小林", opened=True)
        async with Bot(loose.token, base_url=loose.base_url) as client:
            await client.send_message(lin.id, "题", api_kwargs={"colour": "red"})
        assert loose.rejected == []


async def test_menus_by_scope_and_language(server: FakeBotApi, bot: Bot) -> None:
    lin, john = server.person("小林", opened=True), server.person("John", language_code="en", opened=True)
    group = server.group("学习小组", members=[lin])
    await bot.set_my_commands([BotCommand("today", "今日学习")], BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(
        [BotCommand("today", "Today")], BotCommandScopeAllPrivateChats(), language_code="en"
    )
    await bot.set_my_commands([BotCommand("subscribe", "订阅")], BotCommandScopeAllGroupChats())
    assert (lin.menu(), john.menu(), lin.menu(group)) == (
        ["today 今日学习"],
        ["today Today"],
        ["subscribe 订阅"],
    )
    await bot.set_my_commands([BotCommand("packs", "内容")], BotCommandScopeChat(lin.id))
    assert lin.menu() == ["packs 内容"]
    assert [c.command for c in await bot.get_my_commands(BotCommandScopeChat(lin.id))] == ["packs"]
    await bot.delete_my_commands(BotCommandScopeChat(lin.id))
    assert lin.menu() == ["today 今日学习"]
    await bot.set_my_description("每天送一段。")
    await bot.set_my_short_description("每天一段")
    await bot.set_my_name("每日一学")
    assert (await bot.get_my_description()).description == "每天送一段。"
    assert (await bot.get_my_short_description()).short_description == "每天一段"
    assert (await bot.get_my_name()).name == "每日一学"
    server.assert_clean()
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand("Today", "今日学习")])


# -- markup -----------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["", "b", "i", "u", "s", "code"]), TEXTS), max_size=6))
def test_markup_comes_back_as_it_was(parts: list[tuple[str, str]]) -> None:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    source = "".join(
        f"<{tag}>{escaped(text)}</{tag}>" if tag and text else escaped(text) for tag, text in parts
    )
    text, entities = parse_html(source)
    assert text == "".join(text for _tag, text in parts)
    assert to_html(text, entities) == source


@given(st.text(alphabet="<>/&;b i学📖a=\"'#x1", max_size=30))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except MarkupError:
        return
    text, entities = finish(text, entities)
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16(text)


def test_nested_tags_and_links() -> None:
    text, entities = parse_html('<b>甲<i>乙</i></b> <a href="https://example.org/?a=1&amp;b=2">丙</a> &nbsp;')
    assert text == "甲乙 丙 &nbsp;"
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == [
        ("bold", 0, 2),
        ("italic", 1, 1),
        ("text_link", 3, 1),
    ]
    assert entities[2]["url"] == "https://example.org/?a=1&b=2"
    assert (
        to_html("/today @daily_study_bot", finish("/today @daily_study_bot", [])[1])
        == "/today @daily_study_bot"
    )
