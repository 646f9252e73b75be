"""Quiz polls in groups over the wire: the golden dialogue, topics, votes, restarts, and chats that take no polls."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from channels.telegram_person import Program, settings
from channels.telegram_stage import on_stage, settled
from fakes.bot_api import FakeBotApi, Message, Person, Threaded
from fakes.bot_api.groups import Group
from journeys.two_weeks import SHANGHAI

from bot.messages import Incoming, Poll, Reply, row, say
from bot.store import Store

STEM = "学习材料把哪一项当作新质生产力的核心标志？"
OPTIONS = ["A 固定资产投资增速", "B 全要素生产率大幅提高", "C 新开工项目数", "D 出口总额"]
WHY = "标志看的是效率，不是规模。依据：第 2 篇"


def november(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}:05").replace(tzinfo=SHANGHAI)


@pytest.fixture
def box() -> Iterator[Threaded]:
    with Threaded() as running:
        yield running


@pytest.fixture(params=["polling", "webhook"])
def program(request: pytest.FixtureRequest, box: Threaded, tmp_path: Path) -> Iterator[Program]:
    config = settings(box.server, tmp_path, webhook=request.param == "webhook")
    with Program(config, box, november(16, "20:00")) as running:
        yield running
    box.do(box.server.assert_clean)


def seventh_day(program: Program) -> tuple[Person, Group]:
    """周三读书组 on its seventh day, the card sent."""
    server = program.box.server
    lin = program.box.do(lambda: server.person("小林"))
    group = program.box.do(lambda: server.supergroup("周三读书组", owner=lin))
    said(program, lin, group, "/subscribe 07:52")
    for day in range(17, 24):
        program.house.now = november(day, "07:52")
        program.beat()
    program.house.now = november(23, "09:10")
    return lin, group


def said(program: Program, person: Person, group: Group, text: str, **more: Any) -> list[Message]:
    before = len(program.box.server.sent(group))
    program.box.run(person.says(text, group, **more))
    program.settle()
    return program.box.server.sent(group)[before:]


def votes(program: Program, person: Person, message: Message, *numbers: int) -> None:
    program.box.run(person.votes(message, list(numbers)))
    program.settle()


def answers(program: Program) -> list[tuple[str, str, str]]:
    def look(store: Store) -> list[tuple[str, str, str]]:
        rows = store.rows(
            "SELECT m.name, a.given, a.how FROM answers a JOIN members m ON m.id = a.member ORDER BY asked"
        )
        return [(row["name"], row["given"], row["how"]) for row in rows]

    service = program.house.service
    return program.house.do(service.call(look, service.store))


def test_quiz_group(program: Program) -> None:
    lin, group = seventh_day(program)
    (message,) = said(program, lin, group, "/quiz")
    poll = message.poll
    assert (poll.question, poll.options, poll.explanation) == (f"第 1 题 {STEM}", OPTIONS, WHY)
    assert (poll.quiz, poll.anonymous, poll.several, poll.correct) == (True, False, False, [1])
    wang, zhao = (
        program.box.do(lambda name=name: program.box.server.person(name)) for name in ("小王", "小赵")
    )
    votes(program, wang, message, 1)
    votes(program, zhao, message, 3)
    assert answers(program) == [("小王", "B", "right"), ("小赵", "D", "wrong")]
    assert (
        len(program.box.server.sent(group)) == 9
    )  # confirmation, seven cards, the poll; nothing is said to votes
    (again,) = said(program, lin, group, "/quiz")
    assert again.text == "上一题刚发出来，大家先答。要下一题，过一分钟再发：/quiz@daily_study_bot"


def test_quiz_group_typed(program: Program) -> None:
    lin, group = seventh_day(program)
    (message,) = said(program, lin, group, "/quiz q034")
    assert (message.text, message.poll) == ("这一题要打字回答，群里不方便。点下面到私聊里答。", None)
    (keys,) = (message.markup or {})["inline_keyboard"]
    assert keys == [{"text": "私聊答", "url": "https://t.me/daily_study_bot?start=q-q034"}]
    program.box.run(lin.presses("私聊答", group))
    program.settle()
    assert program.box.server.sent(lin.private)[-1].text.startswith("填空：")


def test_several_right_answers(program: Program) -> None:
    lin, group = seventh_day(program)
    (message,) = said(program, lin, group, "/quiz q007")
    assert (message.poll.correct, message.poll.several) == ([1, 3], True)
    votes(program, lin, message, 1, 3)
    assert answers(program) == [("小林", "BD", "right")]


def test_a_vote_after_a_restart(program: Program) -> None:
    lin, group = seventh_day(program)
    (message,) = said(program, lin, group, "/quiz")
    program.house.stop()
    program.box.run(lin.votes(message, [1]))  # while nobody listens
    program.house.start()
    program.settle()
    assert answers(program) == [("小林", "B", "right")]


def test_a_poll_whose_id_was_never_told_takes_no_votes_and_breaks_nothing(program: Program) -> None:
    lin, group = seventh_day(program)
    (message,) = said(program, lin, group, "/quiz")
    service = program.house.service
    program.house.do(service.call(service.store.do, "UPDATE posed SET ref = ''"))  # killed just then
    votes(program, lin, message, 1)
    assert answers(program) == []
    (message,) = said(program, lin, group, "/quiz")
    votes(program, lin, message, 0)
    assert len(answers(program)) == 1


def test_the_running_program_drops_old_polls(program: Program) -> None:
    lin, group = seventh_day(program)
    (first,) = said(program, lin, group, "/quiz")
    program.house.now += timedelta(minutes=1)
    said(program, lin, group, "/quiz")
    program.house.now += timedelta(days=31)
    service = program.house.service
    program.house.do(service._look())
    left = program.house.do(service.call(service.store.rows, "SELECT n FROM posed"))
    assert left == [{"n": 2}]
    votes(program, lin, first, 1)
    assert answers(program) == []


def test_two_hundred_at_once(program: Program) -> None:
    lin, group = seventh_day(program)
    (message,) = said(program, lin, group, "/quiz")
    server = program.box.server
    people = program.box.do(lambda: [server.person(f"第{n}位") for n in range(200)])

    async def all_vote() -> None:
        for person in people:
            await person.votes(message, [1])

    program.box.run(all_vote())
    program.settle()
    assert {(name, how) for name, _, how in answers(program)} == {(f"第{n}位", "right") for n in range(200)}


def test_a_poll_stays_in_its_topic(program: Program) -> None:
    server = program.box.server
    lin = program.box.do(lambda: server.person("小林"))
    forum = program.box.do(lambda: server.supergroup("读书组", owner=lin, topics=True))
    topic = program.box.do(lambda: forum.topic("答题"))
    (message,) = said(program, lin, forum, "/quiz", thread=topic)
    assert message.poll
    assert message.thread == topic


# ---------------------------------------------------------------- the channel alone

POLL = Poll("第 1 题 几点？", ("A 早", "B 晚"), (1,), "依据：第 1 篇", key="7")
ASKED = Reply(say("第 1 题 · 单选\n几点？").text, (row(("私聊答", "https://t.me/x?start=q-q1")),), poll=POLL)


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def quiz(heard: Incoming) -> list[Reply]:
    return [] if heard.event else [ASKED]


async def test_a_vote_that_overtakes_the_id_of_its_poll_waits_for_it(server: FakeBotApi) -> None:
    lin = server.person("小林")
    group = server.supergroup("读书组", members=[lin])
    done: list[Incoming] = []

    def script(heard: Incoming) -> list[Reply]:
        done.append(heard)
        return quiz(heard)

    async with on_stage(server, script) as stage:
        stage.slow["7"] = asyncio.Event()
        await lin.says("/quiz", group)
        message = await lin.hears(chat=group)
        await lin.votes(message, [1])
        offered = len(server.made("getUpdates"))
        await asyncio.wait_for(asked_again(server, offered + 1), 5)  # the vote was taken, and is not kept yet
        assert [each.event for each in done] == [""]
        stage.slow["7"].set()
        await settled(server, stage)
        assert [(each.event, each.text) for each in done] == [("", "/quiz"), ("polled", "7"), ("voted", "1")]
        assert done[1].poll == done[2].poll == message.poll.id
        assert (done[2].user, done[2].name) == (str(lin.id), "小林")


async def asked_again(server: FakeBotApi, times: int) -> None:
    while len(server.made("getUpdates")) <= times:
        await asyncio.sleep(0)


@pytest.mark.parametrize("kind", ["silenced", "channel"])
async def test_where_no_poll_may_be_sent_the_question_is_told_in_words(server: FakeBotApi, kind: str) -> None:
    lin = server.person("小林")
    if kind == "channel":
        place = server.channel("读书频道", owner=lin, bot=True)
    else:
        place = server.supergroup("读书组", owner=lin)
        place.restrict_bot(may={"can_send_messages"})
    async with on_stage(server, quiz, clean=False) as stage:
        await lin.says("/quiz@daily_study_bot", place)
        message = await lin.hears(chat=place)
        assert (message.text, message.buttons) == ("第 1 题 · 单选\n几点？", ["私聊答"])
        await settled(server, stage)
        assert [each.event for each in stage.heard if each.event != "gone"] == [""]  # no id to tell


async def test_a_poll_is_tried_again_while_it_was_not_taken(server: FakeBotApi) -> None:
    lin = server.person("小林")
    group = server.supergroup("读书组", members=[lin])
    async with on_stage(server, quiz) as stage:
        server.trouble.refuse(429, method="sendPoll", retry_after=0)
        await lin.says("/quiz", group)
        assert (await lin.hears(chat=group)).poll
        await settled(server, stage)
        assert [each.event for each in stage.heard] == ["", "polled"]
        server.trouble.refuse(502, method="sendPoll")  # may have arrived: not twice
        await lin.says("/quiz", group)
        await settled(server, stage)
        assert len(server.made("sendPoll")) == 3
        assert len(server.sent(group)) == 1


async def test_a_poll_goes_to_the_new_id_of_its_group(server: FakeBotApi) -> None:
    lin = server.person("小林")
    group = server.group("读书组", owner=lin)

    def script(heard: Incoming) -> list[Reply]:
        if not heard.event and group.migrated_to is None:
            group.migrate()
        return quiz(heard)

    async with on_stage(server, script, clean=False) as stage:
        await lin.says("/quiz", group)
        await settled(server, stage)
        assert group.migrated_to is not None
        (message,) = server.sent(server.world.chats[group.migrated_to])
        assert message.poll
        assert [each.event for each in stage.heard if each.event != "moved"] == ["", "polled"]


async def test_an_answer_to_a_poll_names_it(server: FakeBotApi) -> None:
    lin = server.person("小林")
    group = server.supergroup("读书组", members=[lin])
    async with on_stage(server, quiz) as stage:
        await lin.says("/quiz", group)
        message = await lin.hears(chat=group)
        await lin.says("B", group, reply_to=message)
        await settled(server, stage)
        (answer,) = [each for each in stage.heard if each.text == "B"]
        assert (answer.reply_to, answer.poll) == (str(message.id), message.poll.id)
        assert stage.heard[0].poll == ""


async def test_taken_back_votes_and_those_of_channels(server: FakeBotApi) -> None:
    lin = server.person("小林")
    group = server.supergroup("读书组", members=[lin])
    async with on_stage(server, quiz) as stage:
        await lin.says("/quiz", group)
        message = await lin.hears(chat=group)
        message.poll.revoting = True
        for numbers in ([1], [], [0]):
            await lin.votes(message, numbers)
        server.hub.put(
            "poll_answer",
            {
                "poll_id": message.poll.id,
                "voter_chat": {"id": -100777, "type": "channel", "title": "某频道"},
                "user": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
                "option_ids": [1],
                "option_persistent_ids": ["x"],
            },
        )
        await settled(server, stage)
        assert [each.text for each in stage.heard if each.event == "voted"] == ["1", "", "0"]
