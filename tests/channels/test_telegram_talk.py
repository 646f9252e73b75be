"""Talking in a private chat, over real HTTP: texts, buttons, notices, edits, files, menus."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from channels.telegram_stage import on_stage, settled
from fakes.bot_api import FakeBotApi, Press
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.writing import html
from bot.messages import Address, Incoming, Reply, bold, italic, mark, rich, row, say


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def png(width: int = 40, height: int = 30) -> bytes:
    """The smallest picture that says its size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        whole = name + data
        return len(data).to_bytes(4) + whole + zlib.crc32(whole).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    pixels = zlib.compress(b"\0" * (width + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_text_in_and_its_answer_out(server: FakeBotApi, webhook: bool) -> None:
    lin = server.person("小林", username="xiaolin")
    reply = Reply(
        rich("1 < 2 & “", mark("<b>词</b>"), "”\n", bold("题"), italic("出处")),
        (
            row(("今日", "/today"), ("更多", "https://example.com/a?b=1&c=2")),
            row(*((str(n), f"/x {n}") for n in range(20))),
        ),
    )
    async with on_stage(server, lambda _: [reply], webhook=webhook) as stage:
        await lin.says("搜 <词> & 😀")
        message = await lin.hears()
        assert message.text == "1 < 2 & “<b>词</b>”\n题出处"
        assert message.html == "1 &lt; 2 &amp; “<b>&lt;b&gt;词&lt;/b&gt;</b>”\n<b>题</b><i>出处</i>"
        assert [len(line) for line in message.rows] == [2, 8, 8, 4]
        assert message.button("今日") == {"text": "今日", "callback_data": "/today"}
        assert message.button("更多") == {"text": "更多", "url": "https://example.com/a?b=1&c=2"}
        (heard,) = stage.heard
        assert heard == Incoming(
            *("telegram", str(lin.id), str(lin.id), "搜 <词> & 😀", "小林"), admin=True, update=heard.update
        )
        assert heard.update == str(server.hub.sent[0]["update_id"])
        assert stage.channel.doors == {"telegram": "https://t.me/daily_study_bot?start="}


@given(st.text(max_size=60))
def test_nothing_in_a_text_is_read_as_markup(text: str) -> None:
    from fakes.bot_api.markup import parse_html

    found, entities = parse_html(html(rich(text)))
    assert found == text
    assert entities == []


async def test_buttons_say_their_sentences_and_notices_stand_for_text(server: FakeBotApi) -> None:
    lin = server.person("小林")

    def script(heard: Incoming) -> list[Reply]:
        if heard.text == "/read c07":
            return [
                Reply(
                    rich("已读。"),
                    edits=True,
                    edited=rich("卡片\n已读 07:55"),
                    edited_rows=(row(("⭐ 收藏", "/fav c07")),),
                    toast="已读，" + "好" * 300,
                )
            ]
        if heard.text == "/fav c07":
            return [Reply(rich("已收藏。"), (row(("A", "/a")),), toast="已收藏")]
        return [say("卡片", rows=(row(("✅ 已读", "/read c07"), ("⭐ 收藏", "/fav c07")),))]

    async with on_stage(server, script) as stage:
        await lin.says("今日")
        card = await lin.hears()
        press = await lin.presses("✅ 已读")
        assert isinstance(press, Press)
        toast = await press.toast()
        assert toast.startswith("已读，好好")
        assert (len(toast), toast[-1]) == (200, "…")
        edited = await lin.sees_edit()
        assert (edited.id, edited.text, edited.buttons) == (card.id, "卡片\n已读 07:55", ["⭐ 收藏"])
        assert (stage.last.pressed, stage.last.label) == (str(card.id), "✅ 已读")
        await lin.presses("⭐ 收藏")
        await settled(server, stage)
        assert len(server.sent(lin)) == 1  # the notice has said it
        # the same edit once more is "not modified", and that is all right
        server.hub.again(server.hub.sent[1])
        await settled(server, stage)
        assert len(server.made("answerCallbackQuery")) == 2


async def test_what_cannot_be_edited_is_said_anew(server: FakeBotApi, tmp_path: Path) -> None:
    lin = server.person("小林")
    (tmp_path / "a.png").write_bytes(png())

    def script(heard: Incoming) -> list[Reply]:
        if heard.text == "/picture":
            return [Reply(rich("图下的字"), (row(("翻", "/turn")),), images=(str(tmp_path / "a.png"),))]
        if heard.text == "/long":
            return [Reply(rich("长" * 2000), edits=True)]
        return [Reply(rich("翻过来了"), (row(("翻", "/turn"), ("长", "/long")),), edits=True)]

    async with on_stage(server, script) as stage:
        await lin.says("看")
        first = await lin.hears()
        server.trouble.refuse(400, "Bad Request: message can't be edited", "editMessageText")
        await lin.presses((first, "翻"))
        assert (await lin.hears()).text == "翻过来了"
        first.deleted = True
        await lin.says("/picture")
        picture = await lin.hears()
        assert (picture.text, "photo" in picture.content) == ("图下的字", True)
        await lin.presses((picture, "翻"))
        assert (await lin.sees_edit()).text == "翻过来了"  # the caption
        await lin.presses((picture, "长"))
        assert (await lin.hears()).text == "长" * 2000  # too long for a caption
        await settled(server, stage)


async def test_long_texts_are_split_and_the_buttons_stand_on_the_last(server: FakeBotApi) -> None:
    lin = server.person("小林")
    sentence = "这句话说完了。😀"
    async with on_stage(server, lambda _: [say(sentence * 1000, rows=(row(("下一页", "/next")),))]):
        await lin.says("长")
        parts = await lin.waits(3)
        assert [part.buttons for part in parts] == [[], [], ["下一页"]]
        assert "".join(part.text for part in parts) == sentence * 1000
        assert all(part.text.endswith("。😀") or part.text.endswith("。") for part in parts)


async def test_pictures_and_documents(server: FakeBotApi, tmp_path: Path) -> None:
    lin = server.person("小林")
    names = {"cal.png": png(), "strip.png": png(9000, 2000), "我的数据.json": b"{}"}
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    paths = {name: str(tmp_path / name) for name in names}
    replies = {
        "打卡": Reply(rich("连续 7 天"), (row(("答题", "/quiz")),), images=(paths["cal.png"],)),
        "数据": Reply(rich("字" * 1500), (row(("清除", "/x")),), images=(paths["cal.png"],), documents=(paths["我的数据.json"],)),
        "长条": Reply(rich("长条"), images=(paths["strip.png"],)),
        "没有": Reply(rich("没有图"), images=(str(tmp_path / "gone.png"),)),
    }  # fmt: skip
    async with on_stage(server, lambda heard: [replies[heard.text]], clean=False) as stage:
        await lin.says("打卡")
        one = await lin.hears()
        assert (one.text, one.buttons, "photo" in one.content) == ("连续 7 天", ["答题"], True)
        await lin.says("数据")
        picture, document, text = await lin.waits(3)
        assert (picture.text, document.text, text.text) == ("", "", "字" * 1500)
        assert (document.content["document"]["file_name"], text.buttons) == ("我的数据.json", ["清除"])
        await lin.says("长条")  # refused as a picture, so it goes as a document
        strip = await lin.hears()
        assert ("document" in strip.content, strip.text) == (True, "长条")
        await lin.says("没有")
        assert (await lin.hears()).text == "没有图"
        await settled(server, stage)
    assert server.rejected == ["sendPhoto: Bad Request: PHOTO_INVALID_DIMENSIONS"]


async def test_files_come_in_and_what_is_no_text_says_so(server: FakeBotApi) -> None:
    lin = server.person("小林")
    seen: list[bytes] = []

    def script(heard: Incoming) -> list[Reply]:
        seen.extend(Path(path).read_bytes() for path in heard.files)
        return [say("好")]

    async def brings(user: str) -> bool:
        return user == str(lin.id)

    async with on_stage(server, script, largest=1000, brings=brings) as stage:
        await lin.sends_document("土要松".encode(), "../辅导 材料.txt", caption="导入")
        await lin.hears()
        assert (stage.last.text, stage.last.event, len(stage.last.files)) == ("导入", "", 1)
        assert Path(stage.last.files[0]).name == "_辅导 材料.txt"
        assert seen == ["土要松".encode()]
        await stage.channel.idle()
        assert not Path(stage.last.files[0]).parent.exists()  # only as long as it is answered
        await lin.sends_document(b"x" * 1001, "large.txt")
        assert (await lin.hears()).text == "太大。"
        server.trouble.refuse(500, method="getFile")
        await lin.sends_document(b"x", "small.txt")
        assert (await lin.hears()).text == "没取下来。"
        for sends in (lin.sends_sticker, lin.sends_photo):
            await sends()
            await lin.hears()
            assert (stage.last.event, stage.last.text) == ("other", "")
        await lin.sends_photo(caption="搜 新三样")
        await lin.hears()
        assert (stage.last.event, stage.last.text) == ("", "搜 新三样")


async def test_a_file_is_fetched_only_from_an_organiser_in_private(server: FakeBotApi) -> None:
    lin, boss = server.person("小林"), server.person("群主")
    group = server.group("读书组", owner=boss)

    async def brings(user: str) -> bool:
        return user == str(boss.id)

    async with on_stage(server, brings=brings) as stage:
        await lin.sends_document(b"x", "讲义.txt")
        await lin.hears()
        assert (stage.last.event, stage.last.files) == ("other", ())
        await lin.sends_document(b"x", "讲义.txt", caption="新三样")
        await lin.hears()
        assert (stage.last.event, stage.last.text, stage.last.files) == ("", "新三样", ())
        await boss.sends_document(b"x", "讲义.txt", caption="/import@daily_study_bot", chat=group)
        await settled(server, stage)
        assert stage.last.files == ("讲义.txt",)
        assert not server.made("getFile")


async def test_while_it_takes_long_it_types_and_lets_the_button_go(server: FakeBotApi) -> None:
    lin = server.person("小林")
    replies = [say("好了", rows=(row(("再", "/again")),))]
    async with on_stage(server, lambda _: replies, typing_after=0.0, press_waits=0.0) as stage:
        await lin.says("一")
        await lin.hears()
        stage.gate = asyncio.Event()
        await lin.says("慢")
        await server.called("sendChatAction")
        assert server.made("sendChatAction")[0].params["action"] == "typing"
        stage.gate.set()
        await lin.hears()
        stage.gate = asyncio.Event()
        replies[0] = Reply(rich("已收好"), toast="收好")
        press = await lin.presses("再")
        assert isinstance(press, Press)
        assert await press.toast() == ""  # answered before the work was done
        stage.gate.set()
        assert (await lin.hears()).text == "已收好"  # so the text is said after all


async def test_one_slow_answer_holds_up_nobody_else(server: FakeBotApi) -> None:
    lin, wang = server.person("小林"), server.person("小王")
    async with on_stage(server) as stage:
        slow = stage.slow["慢"] = asyncio.Event()
        await lin.says("慢")
        await lin.says("后面的")
        await wang.says("快")
        assert (await wang.hears()).text == "听到：快"
        assert server.sent(lin) == []
        slow.set()
        assert [m.text for m in await lin.waits(2)] == ["听到：慢", "听到：后面的"]  # in order


async def test_the_app_is_never_asked_about_an_old_press_twice(server: FakeBotApi) -> None:
    lin = server.person("小林")
    async with on_stage(server, lambda _: [say("有", rows=(row(("按", "/x")),))]) as stage:
        await lin.says("一")
        await lin.hears()
        press = await lin.presses("按")
        assert isinstance(press, Press)
        press.expire()
        await settled(server, stage)
        assert len(server.sent(lin)) == 2  # the answer comes all the same


async def test_menus_by_scope_in_chinese(server: FakeBotApi) -> None:
    boss, lin, newcomer = server.person("组织者", opened=True), server.person("小林"), server.person("新来的")
    group = server.group("读书组", owner=boss, members=[lin])
    names = [str(boss.id), str(newcomer.id)]

    async def organisers() -> list[str]:
        return names

    async with on_stage(server, organisers=organisers) as stage:
        await server.called("setMyShortDescription")
        await server.called("setMyCommands", 4)
        assert lin.menu() == ["today 今日学习"]
        assert lin.menu(group) == ["today 今日学习", "subscribe 订阅"]
        assert boss.menu() == ["report 统计", "today 今日学习"]
        assert server.texts["description", ""] == "每天一段。"
        names.remove(str(boss.id))
        await stage.channel.menus.look()
        assert boss.menu() == ["today 今日学习"]


async def test_the_webhook_hears_only_telegram(server: FakeBotApi) -> None:
    async with on_stage(server, webhook=True) as stage, aiohttp.ClientSession() as web:
        await server.called("setWebhook")
        hook = stage.channel.webhook
        assert hook is not None
        (call,) = server.made("setWebhook")
        assert call.params["secret_token"] == "s3cret"
        assert call.params["url"] == hook.address == f"http://{hook.listen}/telegram"
        secret = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
        for headers, body, status in (
            ({}, b"{}", 403),
            ({"X-Telegram-Bot-Api-Secret-Token": "other"}, b"{}", 403),
            (secret, b"no json", 400),
            (secret, b"[1]", 400),
            (secret, b'{"update_id": 5}', 200),
            (secret, b"x" * 1_000_001, 413),
        ):
            async with web.post(hook.address, data=body, headers=headers) as answer:
                assert answer.status == status, body[:20]
        async with web.get(hook.address) as answer:
            assert answer.status == 405
        assert stage.heard == []


async def test_stopping_lets_what_is_in_the_air_come_down(server: FakeBotApi) -> None:
    lin = server.person("小林", opened=True)
    async with on_stage(server) as stage:
        await server.hub.polled()
        held = server.trouble.hold("sendMessage")
        push = asyncio.create_task(stage.channel.send(Address("telegram", str(lin.id)), say("推送")))
        await held.hit()
        stopping = asyncio.create_task(stage.stop())
        await asyncio.sleep(0)
        held.release()
        assert await push == str(server.sent(lin)[0].id)
        await stopping


async def test_a_restart_does_not_hear_again_what_was_handled(server: FakeBotApi) -> None:
    lin = server.person("小林")
    async with on_stage(server) as first:
        await lin.says("一")
        await lin.hears()
        await first.channel.idle()
    async with on_stage(server) as second:
        await lin.says("二")
        await lin.hears()
        assert [heard.text for heard in second.heard] == ["二"]
