"""The whole program on Telegram: links that lead in, groups and channels with a push, blocked and back, one commit."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from channels.telegram_person import Program, settings
from fakes.bot_api import Message, Person, Press, Threaded
from journeys.people import Idle
from journeys.two_weeks import BEGIN, SHANGHAI

from bot.channels.terminal import incoming
from bot.messages import Address
from bot.store import housekeeping, members, subscriptions

PACK = "新质生产力：五篇材料三十天"
MORNING = datetime(2026, 11, 24, 7, 52, 5, tzinfo=SHANGHAI)


@pytest.fixture
def box() -> Iterator[Threaded]:
    with Threaded() as running:
        yield running


@pytest.fixture
def program(box: Threaded, tmp_path: Path) -> Iterator[Program]:
    config = settings(box.server, tmp_path, organisers=("telegram:7",))
    with Program(config, box, BEGIN, beside=[Idle()]) as running:
        yield running
    box.do(box.server.assert_clean)


def member(program: Program, name: str, **more: object) -> Person:
    return program.box.do(lambda: program.box.server.person(name, **more))  # type: ignore[arg-type]


def said(program: Program, person: Person, text: str, chat: object = None) -> list[Message]:
    """What the bot posts in answer, in the same chat."""
    place = chat or person.private
    before = len(program.box.server.sent(place))
    program.box.run(person.says(text, place))  # type: ignore[arg-type]
    program.settle()
    return program.box.server.sent(place)[before:]


def pressed(program: Program, person: Person, label: str, chat: object = None) -> str:
    """The notice that a press is answered with."""
    press = program.box.run(person.presses(label, chat))  # type: ignore[arg-type]
    program.settle()
    assert isinstance(press, Press)
    return program.box.run(press.toast())


def test_a_reply_costs_at_most_one_commit(program: Program) -> None:
    lin = member(program, "小林")
    said(program, lin, "/start")
    store = program.house.service.store
    done: list[str] = []
    store.db.conn.set_trace_callback(done.append)

    def commits() -> int:
        """Transactions that an answer made; those of the housekeeping beside it delete and expire only."""
        whole = " ".join(done).split("BEGIN IMMEDIATE")
        done.clear()
        return sum("INSERT INTO updates" in each or "INSERT INTO offers" in each for each in whole)

    for text in ("/today", "订阅 07:52", "文章 5", "搜 科技自立自强", "3", "设置", "收藏"):
        assert said(program, lin, text)
        assert commits() == 1, text
    said(program, lin, "/today")
    commits()
    assert pressed(program, lin, "✅ 已读").startswith("已读")
    assert commits() == 1
    assert said(
        program, lin, "科技自力自强"
    )  # a guess is worked out beside the database; what it offers is kept then
    assert commits() == 2
    store.db.conn.set_trace_callback(None)


def test_the_same_update_is_handled_once(program: Program) -> None:
    lin = member(program, "小林")
    assert len(said(program, lin, "/today")) == 1
    program.box.do(lambda: program.box.server.hub.again(program.box.server.hub.sent[-1]))
    program.settle()
    assert len(program.box.server.sent(lin.private)) == 1


def test_links_that_lead_in(program: Program) -> None:
    lin, boss = member(program, "小林"), member(program, "组织者", id=7)
    program.box.run(lin.opens("https://t.me/daily_study_bot?start=pack_xinzhi-shengchanli"))
    program.settle()
    (hello,) = program.box.server.sent(lin.private)
    assert hello.text.startswith(f"你好，我是每日一学。这个链接对应《{PACK}》，5 篇，30 天。")
    (card,) = said(program, lin, "/today")
    share = card.button("分享")
    assert share is not None
    link = urlsplit(share["url"])
    assert (link.netloc, link.path) == ("t.me", "/share/url")
    assert parse_qs(link.query) == {
        "url": ["https://t.me/daily_study_bot?start=pack_xinzhi-shengchanli"],
        "text": [f"《{PACK}》：每天一段，两分钟读完"],
    }
    (article,) = said(program, lin, "/start a2-c07")
    assert article.text.startswith("《中央政治局新年首次集体学习聚焦新质生产力》")
    (invitation,) = said(program, boss, "/invite")
    assert "https://t.me/daily_study_bot?start=" in invitation.text


def test_a_card_is_read_kept_and_changed_in_place(program: Program) -> None:
    lin = member(program, "小林")
    said(program, lin, "订阅 07:52")
    program.house.now = MORNING
    program.beat()
    card = program.box.server.sent(lin.private)[-1]
    assert card.text.startswith(f"{PACK} › 第 2/30 天")
    assert "<b>" in card.html
    assert "<i>出处：" in card.html
    assert pressed(program, lin, "✅ 已读") == "已读，连续学习 1 天，今天 +1 分"
    assert card.text.endswith("已读 07:52")
    assert (card.buttons[0], card.buttons[-2:]) == ("📖 读全文", ["⭐ 收藏", "分享"])
    assert pressed(program, lin, "⭐ 收藏") == "已收藏，共 1 张"
    assert (card.buttons[0], card.buttons[-2:]) == ("📖 读全文", ["⭐ 已收藏", "分享"])
    pressed(program, lin, "📖 读全文")
    page = program.box.server.sent(lin.private)[-1]
    assert page is not card
    pages = page.text.split("\n")[0]
    if "➡" in "".join(page.buttons):
        pressed(program, lin, "下一页 ➡")
        assert page.text.split("\n")[0] != pages
        assert program.box.server.sent(lin.private)[-1] is page


def test_blocked_is_switched_off_and_start_revives(program: Program) -> None:
    lin, wang = member(program, "小林"), member(program, "小王")
    for person in (lin, wang):
        said(program, person, "订阅 07:52")
    program.box.do(lin.blocks)  # Telegram tells
    program.box.do(wang.vanishes)  # Telegram does not
    program.settle()
    program.house.now = MORNING
    program.beat()
    for person, why in ((lin, "blocked"), (wang, "deactivated")):
        sub = program.house.do(_sub(program, str(person.id)))
        assert (sub.active, sub.ended, sub.ended_why) == (False, "gone", why)
    program.box.do(lin.unblocks)
    program.settle()
    hello, card = said(program, lin, "/start")
    assert hello.text.startswith("欢迎回来，推送已恢复：每天 07:52（Asia/Shanghai）。")
    assert " › 第 2/30 天" in card.text


def test_a_group_has_its_own_card_and_everybody_his_own_tick(program: Program) -> None:
    server = program.box.server
    boss, lin = member(program, "群主"), member(program, "小林")
    group = program.box.do(lambda: server.group("周三读书组", owner=boss, members=[lin], bot=False))
    program.box.do(lambda: group.add_bot(boss))
    program.settle()
    (hello,) = server.sent(group)
    assert hello.text.startswith("大家好，我是每日一学：每天在群里送一段。")
    assert pressed(program, lin, "订阅 07:52", group) == "本群的推送由群管理员设置"
    pressed(program, boss, "订阅 07:52", group)
    assert server.sent(group)[-1].text.startswith("本群已订阅：每天 07:52（Asia/Shanghai）。")
    program.house.now = MORNING
    program.beat()
    card = server.sent(group)[-1]
    assert card.text.startswith(f"{PACK} › 第 1/30 天")
    assert card.rows == [["✅ 已读", "📖 读全文"], ["📝 答一题", "⭐ 收藏"]]
    assert pressed(program, lin, "✅ 已读", group) == "小林，已读；连续学习 1 天"
    assert pressed(program, boss, "✅ 已读", group) == "群主，已读；连续学习 1 天"
    assert server.sent(group)[-1] is card
    start = program.box.run(lin.presses("📖 读全文", group))
    program.settle()
    assert isinstance(start, Message)
    assert server.sent(lin.private)[-1].text.startswith("《")
    new = program.box.do(lambda: group.migrate(boss))
    program.settle()
    program.house.now = MORNING + timedelta(days=1)
    program.beat()
    assert server.sent(new)[-1].text.startswith(f"{PACK} › 第 2/30 天")
    program.box.do(lambda: new.kick_bot(boss))
    program.settle()
    sub = program.house.do(_sub(program, str(new.id)))
    assert (sub.active, sub.ended_why) == (False, "kicked")


def test_a_group_that_moved_unseen_gets_its_card_all_the_same(program: Program) -> None:
    server = program.box.server
    boss = member(program, "群主")
    group = program.box.do(lambda: server.group("读书组", owner=boss))
    said(program, boss, "/subscribe 07:52", group)
    server.hub.allowed = frozenset()  # the update about it is lost
    new = program.box.do(lambda: group.migrate(boss))
    program.house.now = MORNING
    program.beat()
    assert server.sent(new)[-1].text.startswith(f"{PACK} › 第 1/30 天")


def test_topics_have_their_own_card(program: Program) -> None:
    server = program.box.server
    boss = member(program, "群主")
    forum = program.box.do(lambda: server.supergroup("读书组", owner=boss, topics=True))
    topic = program.box.do(lambda: forum.topic("每日一学"))
    program.box.run(boss.says("/subscribe 07:52", forum, thread=topic))
    program.settle()
    assert server.sent(forum)[-1].text.startswith("本群已订阅")
    program.house.now = MORNING
    program.beat()
    card = server.sent(forum)[-1]
    assert (card.thread, card.text.startswith(f"{PACK} › 第 1/30 天")) == (topic, True)


def test_a_channel_gets_the_push_and_nothing_else(program: Program) -> None:
    server = program.box.server
    boss, reader = member(program, "主编"), member(program, "读者")
    channel = program.box.do(lambda: server.channel("频道", owner=boss, members=[reader]))
    program.box.do(lambda: channel.add_bot(boss))
    program.settle()
    (hello,) = server.sent(channel)
    assert hello.text.startswith("本群已订阅：每天 07:52（Asia/Shanghai）。")
    assert said(program, boss, "今天大家读什么", channel) == []
    program.house.now = MORNING
    program.beat()
    assert server.sent(channel)[-1].text.startswith(f"{PACK} › 第 1/30 天")
    assert pressed(program, reader, "✅ 已读", channel) == "读者，已读；连续学习 1 天"
    program.box.do(lambda: channel.demote_bot(boss))
    program.settle()
    assert not program.house.do(_sub(program, str(channel.id))).active


def test_a_document_becomes_a_pack_in_the_chat(program: Program) -> None:
    boss = member(program, "组织者", id=7)
    text = (
        "# 土要松\n\n"
        + "翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。\n\n"
        * 3
    )
    program.box.run(boss.sends_document(text.encode(), "种菜.md"))
    program.settle()
    sent = program.box.server.sent(boss.private)
    assert "读完了" in sent[-1].text
    pressed(program, boss, "采用")
    assert any("已采用" in message.text for message in program.box.server.sent(boss.private))


def test_the_menus_are_those_of_the_commands(program: Program) -> None:
    server = program.box.server
    boss, lin = member(program, "组织者", id=7), member(program, "小林")
    group = program.box.do(lambda: server.group("读书组", members=[lin]))
    said(program, boss, "你好")
    program.house.do(_look(program))
    assert "today 今日学习" in lin.menu()
    assert not any(line.startswith("invite ") for line in lin.menu())
    assert "invite 邀请" in boss.menu()
    names = [line.split()[0] for line in lin.menu(group)]
    assert set(names) <= {
        "start",
        "help",
        "subscribe",
        "unsubscribe",
        "today",
        "quiz",
        "search",
        "articles",
        "rank",
        "settings",
    }
    assert "每天一段" in server.texts["description", ""]


def test_a_stopped_channel_is_named_and_the_others_go_on(program: Program) -> None:
    lin = member(program, "小林")
    program.box.do(program.box.server.revoke)
    program.box.run(lin.says("今日"))  # ends the poll that waits; the next one is refused

    async def stopped() -> dict[str, str]:
        while not (
            found := await program.house.service.call(housekeeping.stopped, program.house.service.store)
        ):
            await asyncio.sleep(0.01)
        return dict(found)

    assert program.house.do(stopped())["telegram"].startswith("Telegram 不认这个令牌")
    assert program.house.code is None
    assert program.house.do(program.house.service.answer(incoming("小林", "今日")))


async def _sub(program: Program, chat: str) -> subscriptions.Subscription:
    service = program.house.service
    found = await service.call(subscriptions.of_chat, service.store, Address("telegram", chat))
    assert found is not None
    return found


async def _look(program: Program) -> None:
    await program.channel.menus.look()


def test_an_organiser_sends_a_document_and_it_becomes_a_course(program: Program, tmp_path: Path) -> None:
    teacher, other = member(program, "王老师"), member(program, "小林")
    said(program, teacher, "/start")
    said(program, other, "/start")
    service = program.house.service
    until = program.house.now + timedelta(hours=1)
    program.house.do(service.call(members.put_code, service.store, "claim", "4F7Q-92KD", 0, until))
    said(program, teacher, "/claim 4F7Q-92KD")
    text = "种菜讲义\n\n目录\n\n1. 《土要松》1\n2. 《水要匀》2\n\n土要松\n\n【来源：农技站】\n\n" + (
        "翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块。\n\n"
        "水要匀\n\n【来源：农技站】\n\n浇水看天，也看土。早上浇一遍，中午不浇，傍晚再看叶子。叶子打卷了才补一次。\n"
    )
    before = len(program.box.server.sent(teacher.private))
    quiet = len(program.box.server.sent(other.private))
    program.box.run(teacher.sends_document(text.encode(), "讲义.txt"))
    program.settle()
    now, preview = [message.text for message in program.box.server.sent(teacher.private)[before:]]
    assert now == "收到《讲义.txt》，正在读，约 10 秒。采用前只有你能看到。"
    assert preview.startswith("读完了：2 篇 → ")
    assert "种菜讲义" not in said(program, other, "/packs")[-1].text
    pressed(program, teacher, "采用")
    assert "种菜讲义" in said(program, teacher, "/packs")[-1].text
    assert len(program.box.server.sent(other.private)) == quiet + 1  # the answer to his own /packs, no more
    program.box.run(other.sends_document(text.encode(), "讲义.txt"))
    program.settle()
    assert "正在读" not in program.box.server.sent(other.private)[-1].text
