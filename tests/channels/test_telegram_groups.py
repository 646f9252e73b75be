"""Groups, topics and channels: who is heard, who may manage, what goes where, and what happens to the bot."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from channels.telegram_stage import on_stage, settled
from fakes.bot_api import FakeBotApi, Press

from bot.messages import Address, Incoming, Reply, rich, row, say


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


async def test_only_what_is_meant_for_it_is_heard(server: FakeBotApi) -> None:
    server.privacy = False  # as an administrator it is given everything
    lin = server.person("小林")
    group = server.supergroup("周三读书组", members=[lin])
    async with on_stage(server) as stage:
        await lin.says("大家早上好", group)
        await lin.says("/today@other_bot", group)
        await lin.says("看看 @other_bot", group)
        await lin.sends_sticker(group)
        await lin.says("/today", group)
        answer = await lin.hears(chat=group)
        assert answer.text == "听到：/today"
        assert answer.reply_to is not None
        assert answer.reply_to.text == "/today"
        await lin.says("/today@daily_study_bot 7", group)
        await lin.hears(chat=group)
        await lin.says("😀 @daily_study_bot 搜 新三样", group)
        assert (await lin.hears(chat=group)).text == "听到：😀  搜 新三样"
        await lin.says("@Daily_Study_Bot", group)
        assert (await lin.hears(chat=group)).text == "听到：/help"
        await lin.says("3", group, reply_to=answer)
        assert (await lin.hears(chat=group)).text == "听到：3"
        assert stage.last.reply_to == str(answer.id)
        await lin.sends_sticker(group, reply_to=answer)
        await lin.says("好的", group, reply_to=group.messages[min(group.messages)])
        await settled(server, stage)
        assert [h.text for h in stage.heard] == [
            "/today", "/today@daily_study_bot 7", "😀  搜 新三样", "/help", "3",
        ]  # fmt: skip
        assert all(h.group and h.title == "周三读书组" and h.addressed for h in stage.heard)


async def test_its_name_before_a_sentence_is_dropped_in_private_too(server: FakeBotApi) -> None:
    lin = server.person("小林")
    async with on_stage(server) as stage:
        for said, heard in (
            ("@daily_study_bot 今日", "今日"),
            (" @Daily_Study_Bot  搜索 新三样", "搜索 新三样"),
            ("@daily_study_bot", "/help"),
            ("公告 问题请发给 @daily_study_bot 谢谢", "公告 问题请发给 @daily_study_bot 谢谢"),
            ("@other_bot 今日", "@other_bot 今日"),
            ("  今日", "  今日"),
        ):
            await lin.says(said)
            await lin.hears()
            assert stage.last.text == heard
            assert not stage.last.event


async def test_an_answer_brings_the_buttons_of_the_message_it_answers(server: FakeBotApi) -> None:
    lin, wang = server.person("小林"), server.person("小王")
    group = server.supergroup("周三读书组", members=[lin, wang])
    rows = (row(("1", "/article 1"), ("2", "/article 2 c07")), row(("看", "https://example.com/")))
    async with on_stage(
        server, lambda heard: [say("好", rows=rows if heard.text == "/search" else ())]
    ) as stage:
        await lin.says("/search", group)
        listed = await lin.hears(chat=group)
        await wang.says("2", group, reply_to=listed)
        bare = await lin.hears(chat=group)
        assert (stage.last.user, stage.last.offered) == (str(wang.id), rows)
        await wang.says("2", group, reply_to=bare)
        await lin.hears(chat=group)
        assert (stage.last.reply_to, stage.last.offered) == (str(bare.id), ())


async def test_administrators_are_asked_for_once_in_five_minutes(server: FakeBotApi) -> None:
    boss, lin, hidden = server.person("群主"), server.person("小林"), server.person("匿名")
    group = server.supergroup("读书组", owner=boss, members=[lin, hidden])
    now = [0.0]
    async with on_stage(server) as stage:
        stage.channel.admins.clock = lambda: now[0]

        async def may(person: object) -> bool:
            await person.says("/subscribe", group)  # type: ignore[attr-defined]
            await settled(server, stage)
            return stage.last.admin

        now[0] = 1.0
        assert await may(boss) is True
        assert await may(lin) is False
        group.promote(lin)
        assert await may(lin) is False
        assert len(server.made("getChatAdministrators")) == 1
        now[0] = 302.0
        assert await may(lin) is True
        group.promote(hidden, anonymous=True)
        assert await may(hidden) is True  # writes as the group itself
        assert (stage.last.user, stage.last.name) == (f"anonymous{group.id}", "读书组")
        server.trouble.refuse(502, method="getChatAdministrators")
        now[0] = 900.0
        assert await may(boss) is False  # not known means no
        assert await may(boss) is True


async def test_topics_keep_their_thread(server: FakeBotApi) -> None:
    lin = server.person("小林")
    forum = server.supergroup("读书组", members=[lin], topics=True)
    plain = server.supergroup("普通群", members=[lin])
    topic = forum.topic("每日一学")
    reply = say("在这里", rows=(row(("按", "/x")),))
    async with on_stage(server, lambda _: [reply]) as stage:
        await lin.says("/today", forum, thread=topic)
        answer = await lin.hears(chat=forum)
        assert (answer.thread, stage.last.thread) == (topic, str(topic))
        await lin.presses("按", forum)
        assert (await lin.hears(chat=forum)).thread == topic
        assert stage.last.thread == str(topic)
        await lin.says("/today", forum)  # the general topic has no number
        await lin.hears(chat=forum)
        assert stage.last.thread == ""
        first = await lin.says("/today", plain)
        await lin.hears(chat=plain)
        await lin.says(
            "/today", plain, reply_to=first
        )  # plain groups number their answers, which are no topics
        await lin.hears(chat=plain)
        assert stage.last.thread == ""
        await stage.channel.send(Address("telegram", str(forum.id), str(topic)), say("推送"))
        assert (await lin.hears(chat=forum)).thread == topic


async def test_what_is_private_goes_to_the_private_chat(server: FakeBotApi) -> None:
    lin, shy, hidden = server.person("小林", opened=True), server.person("小赵"), server.person("匿名")
    group = server.supergroup("读书组", members=[lin, shy, hidden])
    group.promote(hidden, anonymous=True)
    mine = Reply(rich("你的错题"), (row(("1", "/wrong 1")),), private=True)
    async with on_stage(server, lambda _: [mine]) as stage:
        await lin.says("/wrong", group)
        assert (await lin.hears()).text == "你的错题"
        await shy.says("/wrong", group)
        assert (await shy.hears(chat=group)).text == "请先私聊我。"
        await hidden.says("/wrong", group)
        assert (await hidden.waits(2, chat=group))[1].text == "请先私聊我。"
        await settled(server, stage)
        assert [m.text for m in server.sent(group)] == ["请先私聊我。"] * 2


async def test_a_press_in_a_group_posts_nothing(server: FakeBotApi) -> None:
    lin, wang = server.person("小林"), server.person("小王")
    group = server.supergroup("读书组", members=[lin, wang])

    def script(heard: Incoming) -> list[Reply]:
        if heard.pressed:
            return [Reply((), toast=f"{heard.name}，已读")]
        return [say("卡片", rows=(row(("✅ 已读", "/read c07")),))]

    async with on_stage(server, script) as stage:
        await lin.says("/today", group)
        await lin.hears(chat=group)
        for person, said in ((lin, "小林，已读"), (wang, "小王，已读")):
            press = await person.presses("✅ 已读", group)
            assert isinstance(press, Press)
            assert await press.toast() == said
        await settled(server, stage)
        assert len(server.sent(group)) == 1


async def test_added_kicked_silenced_and_blocked_are_told(server: FakeBotApi) -> None:
    boss, lin = server.person("群主"), server.person("小林", opened=True)
    group = server.supergroup("读书组", owner=boss, bot=False)

    async with on_stage(server) as stage:

        async def told() -> tuple[str, str, str]:
            await settled(server, stage)
            return stage.last.event, stage.last.text, stage.last.chat

        group.add_bot(boss)
        assert await told() == ("added", "", str(group.id))
        assert (stage.last.group, stage.last.admin, stage.last.title) == (True, True, "读书组")
        assert (await boss.hears(chat=group)).text == "听到："
        group.restrict_bot(boss)
        assert await told() == ("gone", "no rights", str(group.id))
        group.demote_bot(boss)
        assert await told() == ("back", "", str(group.id))
        heard = len(stage.heard)
        group.promote_bot(boss)  # a right more or less is no event
        await settled(server, stage)
        assert len(stage.heard) == heard
        group.kick_bot(boss)
        assert await told() == ("gone", "kicked", str(group.id))
        lin.blocks()
        assert await told() == ("gone", "blocked", str(lin.id))
        lin.unblocks()
        assert await told() == ("back", "", str(lin.id))


async def test_a_group_that_becomes_a_supergroup(server: FakeBotApi) -> None:
    boss = server.person("群主")
    group = server.group("读书组", owner=boss)
    async with on_stage(server) as stage:
        await boss.says("/today", group)
        await boss.hears(chat=group)
        held = stage.slow["/slow"] = asyncio.Event()
        await boss.says("/slow", group)
        while len(stage.heard) < 2:
            await asyncio.sleep(0)
        new = group.migrate(boss)
        held.set()
        await settled(server, stage)
        moves = {(h.chat, h.text) for h in stage.heard if h.event == "moved"}
        assert moves == {(str(group.id), str(new.id))}
        assert (
            await boss.hears(chat=new)
        ).text == "听到：/slow"  # what was said before arrives after the move


async def test_a_channel_subscribes_by_making_it_administrator(server: FakeBotApi) -> None:
    boss, reader = server.person("主编"), server.person("读者")
    channel = server.channel("每日一学频道", owner=boss, members=[reader])
    replies = [say("好", rows=(row(("✅ 已读", "/read c07")),))]
    async with on_stage(server, lambda heard: [] if heard.event == "gone" else replies) as stage:
        channel.add_bot(boss)
        await boss.hears(chat=channel)
        assert (stage.last.event, stage.last.text, stage.last.admin) == ("added", "/subscribe", True)
        assert (stage.last.group, stage.last.title) == (True, "每日一学频道")
        await boss.says("今天的文章很好", channel)
        await boss.says("/time 08:00", channel)  # not by its full name
        await boss.says("/time@daily_study_bot 08:00", channel)
        await boss.hears(chat=channel)
        assert (stage.last.text, stage.last.admin) == ("/time@daily_study_bot 08:00", True)
        assert len(stage.heard) == 2
        press = await reader.presses("✅ 已读", channel)
        assert isinstance(press, Press)
        await press.toast()
        assert (stage.last.user, stage.last.admin) == (str(reader.id), False)
        channel.demote_bot(boss)
        await settled(server, stage)
        assert (stage.last.event, stage.last.text) == ("gone", "no rights")
