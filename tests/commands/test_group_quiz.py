"""/quiz in a group: which question, as a poll or by a link, and what a member's vote comes to."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import FILES, NOW, SHIPPED, Talk, Write, engine
from hypothesis import given
from hypothesis import strategies as st

from bot.app import Bot
from bot.commands.base import Settings
from bot.fit import fit, is_votable
from bot.messages import Incoming, Limits, Poll, Reply, bare
from bot.store import Store, flags, members, open_store, posed
from bot.store.members import PERSONAL
from bot.study import marking, shelf

DOOR = "https://t.me/daily_study_bot?start="
STEM = "学习材料把哪一项当作新质生产力的核心标志？"
OPTIONS = ("A 固定资产投资增速", "B 全要素生产率大幅提高", "C 新开工项目数", "D 出口总额")
TYPED = "这一题要打字回答，群里不方便。点下面到私聊里答。"


@pytest.fixture
def group(talk: Talk) -> Talk:
    """小林 in 周三读书组, which got its seventh card this morning."""
    talk.settings.doors["telegram"] = DOOR
    talk.at("2026-11-16", "20:00").in_group("/subscribe 07:52", admin=True)
    for day in range(17, 24):
        beat(talk.at(f"2026-11-{day}", "07:52"))
    return talk.at("2026-11-23")


def beat(talk: Talk) -> None:
    """The group's card, sent."""
    running = engine(talk.bot, talk.now)
    running.start("test")
    with pytest.raises(StopIteration):
        running.tick().send(None)
    talk.store.do("UPDATE assigned SET shown = ? WHERE shown = ''", talk.now.isoformat())


def asks(talk: Talk, text: str = "/quiz", ref: str = "") -> Poll:
    """The poll that a sentence brings; with `ref` it stands in the group by that id."""
    (reply,) = talk.in_group(text)
    assert reply.poll is not None, bare(reply.text)
    if ref:
        stands(talk, reply.poll, ref)
    return reply.poll


def stands(talk: Talk, poll: Poll, ref: str) -> None:
    event = Incoming("telegram", "", "", poll.key, poll=ref, event="polled")
    assert talk.bot.answer(event, talk.now) == []


def votes(talk: Talk, picks: str, ref: str = "p1", user: str = "小王") -> None:
    event = Incoming("telegram", user, user, picks, user, poll=ref, event="voted")
    assert talk.bot.answer(event, talk.now) == []


def answers(talk: Talk) -> list[tuple[str, str, str, int]]:
    rows = talk.store.rows(
        "SELECT m.name, a.given, a.how, a.rating FROM answers a JOIN members m ON m.id = a.member ORDER BY asked"
    )
    return [tuple(row.values()) for row in rows]


def points(talk: Talk) -> list[tuple[str, str]]:
    rows = talk.store.rows(
        "SELECT m.name, p.reason FROM points p JOIN members m ON m.id = p.member ORDER BY p.rowid"
    )
    return [(row["name"], row["reason"]) for row in rows]


# ---------------------------------------------------------------- what is asked


def test_quiz_group(group: Talk) -> None:
    poll = asks(group)
    assert poll.question == f"第 1 题 {STEM}"
    assert poll.explanation == "标志看的是效率，不是规模。依据：第 2 篇"
    assert (poll.options, poll.right, poll.several) == (OPTIONS, (1,), False)


def test_where_there_are_no_polls_the_question_is_told_in_words(group: Talk) -> None:
    (reply,) = fit(group.in_group("/quiz")[0], Limits(4096, "utf16"))
    assert reply.poll is None
    lines = "\n".join(OPTIONS)
    assert bare(reply.text) == f"第 1 题 · 单选\n{STEM}\n\n{lines}\n点下面到私聊里答。"
    assert [(b.label, b.says) for b in reply.buttons] == [("私聊答", f"{DOOR}q-q031")]
    assert group.says("/start q-q031").startswith(f"单选：{STEM}")


def test_quiz_group_typed(group: Talk) -> None:
    for question, kind in (("q034", "填空"), ("q024", "排序"), ("q075", "配对")):
        (reply,) = group.in_group(f"/quiz {question}")
        assert (bare(reply.text), reply.poll) == (TYPED, None), question
        assert [(b.label, b.says) for b in reply.buttons] == [("私聊答", f"{DOOR}q-{question}")]
        assert group.says(f"/start q-{question}").startswith(kind)
    group.settings.doors.clear()
    assert bare(group.in_group("/quiz q034")[0].text) == "这一题要打字回答，群里不方便。请私聊我，例如：答题"


def test_true_or_false_and_several(group: Talk) -> None:
    poll = asks(group, "/quiz q060")
    assert (poll.options, len(poll.right), poll.several) == (("对", "错"), 1, False)
    poll = asks(group, "/quiz q007")
    assert poll.question.endswith("（多选）")
    assert (poll.right, poll.several) == ((1, 3), True)


def test_a_link_names_the_pack_where_a_member_may_follow_another(store: Store, write_pack: Write) -> None:
    fill = "## q001\n卡片: c01\n题: 翻土要在雨后____。\n答: 两三天\n依据: 雨后两三天\n"
    shelf.refresh(store, SHIPPED, write_pack({"quiz.md": fill}).parent)
    talk = Talk(store)
    talk.settings.doors["telegram"] = DOOR
    talk.says("今日")  # he follows the other pack, which has a q001 of its own
    talk.in_group("/subscribe zhongcai", admin=True)
    (reply,) = talk.in_group("/quiz")
    assert [b.says for b in reply.buttons] == [f"{DOOR}q-zhongcai_q001"]
    assert talk.says("/start q-zhongcai_q001").startswith("填空：翻土要在雨后____。")
    assert talk.says("/start q-q001").startswith("单选：2024 年 3 月 5 日，")


def test_the_cards_of_the_last_days_come_first_and_nothing_twice(group: Talk) -> None:
    cards = {q.id: q.card for q in group.bot.packs["xinzhi-shengchanli"].questions}
    seen = []
    for n in range(1, 9):
        assert asks(group, ref=f"p{n}").question.startswith(f"第 {n} 题 ")
        seen.append(group.store.rows("SELECT question FROM posed ORDER BY id DESC LIMIT 1")[0]["question"])
        group.later(minutes=1)
    assert len(set(seen)) == 8
    days = [int(cards[each][1:]) for each in seen]
    assert days == sorted(days, reverse=True)
    assert days[0] == 7


def test_what_was_asked_two_weeks_ago_may_come_again_and_is_shuffled(group: Talk) -> None:
    first = asks(group, "/quiz q031", "p1")
    group.later(days=13)
    assert asks(group, ref="p2").question != "第 2 题 " + STEM
    group.later(days=1)
    again = asks(group, "/quiz q031", "p3")
    assert again.question == f"第 3 题 {STEM}"
    assert [each[2:] for each in again.options] != [each[2:] for each in first.options]
    assert again.options[again.right[0]][2:] == "全要素生产率大幅提高"


def test_where_all_was_asked_lately_the_oldest_comes_again(store: Store, write_pack: Write) -> None:
    shelf.refresh(store, write_pack().parent)
    talk = Talk(store)
    seen = []
    for n in range(4):
        seen.append(asks(talk, ref=f"p{n}").question.partition(" 题 ")[2])
        talk.later(minutes=2)
    assert seen == ["翻土挑什么时候？", "追肥要少量多次。"] * 2


def test_one_poll_a_minute(group: Talk) -> None:
    asks(group, ref="p1")
    (reply,) = group.later(seconds=59).in_group("/quiz")
    assert bare(reply.text) == "上一题刚发出来，大家先答。要下一题，过一分钟再发：/quiz@daily_study_bot"
    assert (reply.poll, reply.toast) == (None, "上一题刚发出来，大家先答")
    assert asks(group.later(seconds=1)).question.startswith("第 2 题 ")
    assert asks(group).question.startswith(
        "第 3 题 "
    )  # what may not have come to stand there holds up nobody


def test_other_words_of_a_quiz_in_a_group(group: Talk) -> None:
    assert bare(group.in_group("/quiz end")[0].text) == "群里的题不用结束，随时可以答。"
    for n, text in enumerate(("/quiz next", "/quiz again", "/quiz 5"), 1):
        assert asks(group, text).question.startswith(f"第 {n} 题 ")
    for text in ("/quiz wrong", "/answer 41 B x7", "/pick 42 AB x7", "/hint 44 x7"):
        (reply,) = group.in_group(text)
        assert bare(reply.text) == "题在私聊里答，对错只有你看得到。点下面开始。"
    assert asks(group, "/quiz c06").question.startswith("第 4 题 ")
    assert bare(group.in_group("/quiz zzz")[0].text).startswith("没看懂“zzz”要考什么。")


def test_an_answer_that_is_typed_is_told_to_tap(group: Talk) -> None:
    asks(group, ref="p1")
    for typed in ("B", "2", "选B", "全要素生产率大幅提高", "不知道", "AB", "F"):
        (reply,) = group.in_group(typed, reply_to="55", poll="p1")
        assert bare(reply.text) == "请直接点题里的选项，打字不算。", typed
    assert answers(group) == []
    assert "“新三样”：" in bare(group.in_group("新三样", reply_to="55", poll="p1")[0].text)
    assert bare(group.in_group("B", reply_to="55", poll="p404")[0].text).startswith("没找到相关内容。")


def test_other_words_below_a_poll(group: Talk) -> None:
    asks(group, ref="p1")
    for said in ("不答了", "结束", "结束吧"):
        (reply,) = group.in_group(said, reply_to="55", poll="p1")
        assert bare(reply.text) == "群里的题不用结束，随时可以答。", said
    for said in ("提示", "给点提示", "看答案"):
        assert bare(group.in_group(said, reply_to="55", poll="p1")[0].text).startswith(
            "请直接点题里的选项"
        ), said


def test_a_report_below_a_poll_is_about_the_question_of_that_poll(group: Talk) -> None:
    object.__setattr__(group.settings, "organisers", ("terminal:王老师",))
    private = {"channel": "telegram", "chat": "小林", "user": "小林", "name": "小林"}
    group.replies("今日", **private)
    group.replies("/quiz q005", **private)
    group.replies("对", **private)  # what he answered last is another one
    asks(group, ref="p1")
    (reply,) = group.in_group("题目有误", reply_to="55", poll="p1")
    assert (bare(reply.text), reply.private) == ("这题哪里不对？", True)
    group.replies("答案不对", **private)
    assert group.store.rows("SELECT question FROM flags") == [{"question": "q031"}]


def test_the_label_of_a_lone_link_can_be_typed_below_it(group: Talk) -> None:
    (shown,) = group.in_group("/quiz q034")
    (reply,) = group.in_group("私聊答", reply_to="55", offered=shown.rows)
    assert bare(reply.text) == f"在这里打开：\n{DOOR}q-q034"


def test_of_a_card_the_group_is_asked_one_it_can_vote_on_not_the_askers_next(group: Talk) -> None:
    poll = asks(group, "/quiz c04", "p1")  # it has a fill-in and an order before this one
    assert poll.several
    (reply,) = group.later(minutes=1).in_group("/quiz c04")
    assert [b.says for b in reply.buttons] == [f"{DOOR}q-q011"]


def test_what_a_group_cannot_be_asked_is_told_in_a_groups_words(group: Talk) -> None:
    how = "/quiz@daily_study_bot"
    assert bare(group.in_group("/quiz zzz")[0].text) == f"没看懂“zzz”要考什么。要随便来一题，请发：{how}"
    question = next(q for q in group.bot.packs["xinzhi-shengchanli"].questions if q.id == "q031")
    flags.decide(group.store, "xinzhi-shengchanli", "q031", marking.digest(question), "retired", 1, group.now)
    assert bare(group.in_group("/quiz q031")[0].text) == f"这一题已经停用。想做别的题，请发：{how}"
    assert group.says("/quiz q031").startswith("这一题已经停用。想做别的题，请发：答题\n")


def test_a_pack_without_questions(store: Store, write_pack: Write) -> None:
    folder = write_pack()
    (folder / "quiz.md").unlink()
    shelf.refresh(store, folder.parent)
    assert bare(Talk(store).in_group("/quiz")[0].text) == "这个内容还没有题目。"


# ---------------------------------------------------------------- how long it may be

texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just("😀"), min_size=1)


def units(text: str) -> int:
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


@given(st.data())
def test_a_poll_fits_by_its_utf_16_units(data: st.DataObject) -> None:
    def around(limit: int) -> str:
        seed = data.draw(texts)
        cut = data.draw(st.integers(limit - 3, limit + 3))
        return (seed * (limit + 3))[:cut] if data.draw(st.booleans()) else seed

    options = tuple(around(100) for _ in range(data.draw(st.integers(1, 13))))
    feeds = data.draw(st.integers(0, 4))
    poll = Poll(around(300), options, (0,), around(200) + "\n" * feeds)
    fits = (
        units(poll.question) <= 300
        and 2 <= len(options) <= 12
        and all(units(option) <= 100 for option in options)
        and units(poll.explanation) <= 200
        and feeds <= 2
    )
    assert is_votable(poll) == fits


@pytest.mark.parametrize(("emojis", "votable"), [(146, True), (147, False)])
def test_a_question_that_is_too_long_is_led_to_the_private_chat(
    store: Store, write_pack: Write, emojis: int, votable: bool
) -> None:
    stem = "翻" + "😀" * emojis + "？"  # with 第 1 题 in front 8 units more
    quiz = f"## q001\n卡片: c01\n题: {stem}\n- [ ] 雨刚停\n- [x] 雨后两三天\n依据: 雨后两三天\n"
    shelf.refresh(store, write_pack({"quiz.md": quiz}).parent)
    talk = Talk(store)
    talk.settings.doors["telegram"] = DOOR
    (reply,) = talk.in_group("/quiz")
    assert (reply.poll is not None) == votable
    if not votable:
        assert bare(reply.text) == "这一题太长，群里放不下。点下面到私聊里答。"
        assert talk.says("/start q-q001").startswith("单选：翻😀")


@pytest.mark.parametrize(
    ("length", "ends"), [(0, "依据：第 1 篇"), (191, "。依据：第 1 篇"), (192, "土"), (200, "土")]
)
def test_what_check_says_nothing_about_can_be_voted_on(
    store: Store, write_pack: Write, length: int, ends: str
) -> None:
    why = f"解析: {'土' * length}\n" if length else ""
    quiz = (
        f"## q001\n卡片: c01\n题: {'翻' * 279}？\n- [ ] {'雨' * 90}\n- [x] {'晴' * 90}\n- [x] {'阴' * 90}\n"
        f"{why}依据: 雨后两三天\n"
    )
    shelf.refresh(store, write_pack({"quiz.md": quiz}).parent)
    talk = Talk(store)
    talk.store.do(
        "INSERT INTO posed (subscription, channel, ref, n, pack, question, digest, shuffle, at)"
        " VALUES (1,'telegram','',99999,'zhongcai','q0','','[]','2020-01-01T00:00:00+00:00')"
    )
    poll = asks(talk)
    assert poll.question.startswith("第 100000 题 翻")
    assert poll.explanation.endswith(ends)


# ---------------------------------------------------------------- votes


def test_a_vote_is_the_members_answer(group: Talk) -> None:
    asks(group, ref="p1")
    votes(group, "1")
    votes(group, "2", user="小赵")
    assert answers(group) == [("小王", "B", "right", 3), ("小赵", "C", "wrong", 1)]
    # the question is about the card of the day, which therefore counts as read
    assert points(group) == [("小王", "right"), ("小王", "read"), ("小赵", "read")]
    wang = group.replies("错题", channel="telegram", chat="小王", user="小王", name="小王")
    zhao = group.replies("错题", channel="telegram", chat="小赵", user="小赵", name="小赵")
    assert bare(wang[0].text).startswith("错题本是空的。")
    assert bare(zhao[0].text).startswith("错题本：1 题，")


def test_only_the_first_vote_counts(group: Talk) -> None:
    asks(group, ref="p1")
    votes(group, "")  # taken back before it came
    assert answers(group) == []
    votes(group, "2")
    before = group.store.rows("SELECT * FROM memories"), points(group)
    for picks in ("2", "", "1", "0 1"):
        votes(group.later(hours=1), picks)
    assert answers(group) == [("小王", "C", "wrong", 1)]
    assert (group.store.rows("SELECT * FROM memories"), points(group)) == before


def test_an_update_that_comes_twice_is_one(group: Talk) -> None:
    asks(group, ref="p1")
    event = Incoming("telegram", "小王", "小王", "1", "小王", poll="p1", event="voted", update="77")
    for _ in range(2):
        group.bot.answer(event, group.now)
    assert len(answers(group)) == 1


def test_several_right_ones_and_true_or_false(group: Talk) -> None:
    asks(group, "/quiz q007", "p1")
    for user, picks in (("甲", "3 1"), ("乙", "1"), ("丙", "0 1 3")):
        votes(group, picks, user=user)
    asks(group.later(minutes=1), "/quiz q003", "p2")  # 错
    votes(group, "1", "p2", "甲")
    votes(group, "0", "p2", "乙")
    assert answers(group) == [
        ("甲", "BD", "right", 3),
        ("乙", "B", "wrong", 1),
        ("丙", "ABD", "wrong", 1),
        ("甲", "B", "right", 2),  # a guess is right every other time
        ("乙", "A", "wrong", 1),
    ]


def test_the_second_answer_of_a_day_is_kept_and_not_rated(group: Talk) -> None:
    private = {"channel": "telegram", "chat": "小王", "user": "小王", "name": "小王"}
    group.replies("/quiz q031", **private)
    group.replies("B", **private)
    asks(group, ref="p1")
    votes(group, "2")
    assert answers(group) == [("小王", "B", "right", 3), ("小王", "C", "wrong", 0)]
    asks(group.at("2026-11-24"), "/quiz q031", "p2")
    votes(group, "1", "p2")
    assert answers(group)[-1][3] in {1, 3}


def test_a_vote_has_no_time_that_would_make_others_slow(group: Talk) -> None:
    private = {"channel": "telegram", "chat": "小王", "user": "小王", "name": "小王"}
    singles = [q.id for q in group.bot.packs["xinzhi-shengchanli"].questions if q.kind == "single"]
    singles.remove("q031")
    for question in singles[:5]:
        group.replies(f"/quiz {question}", **private)
        group.later(seconds=10).replies("B", **private)
    for n, question in enumerate(singles[5:11]):
        asks(group.later(minutes=2), f"/quiz {question}", f"p{n}")
        votes(group, "0", f"p{n}")
    group.replies("/quiz q031", **private)
    group.later(seconds=20).replies("B", **private)  # within 2.5 times of what he usually takes
    assert answers(group)[-1] == ("小王", "B", "right", 3)
    took = [row["seconds"] for row in group.store.rows("SELECT seconds FROM answers ORDER BY asked")]
    assert took == [10.0] * 5 + [0.0] * 6 + [20.0]


def test_a_shuffled_question_is_marked_as_it_was_shown(group: Talk) -> None:
    asks(group, "/quiz q031", "p1")
    poll = asks(group.later(days=15), "/quiz q031", "p2")
    assert poll.right != (1,)
    votes(group, str(poll.right[0]), "p2")
    assert [each[2] for each in answers(group)] == ["right"]


def test_votes_that_lead_nowhere(group: Talk) -> None:
    asks(group, ref="p1")
    known = group.store.rows("SELECT count(*) AS n FROM members")
    votes(group, "1", ref="p404")
    votes(group, "", ref="p1")
    assert group.store.rows("SELECT count(*) AS n FROM members") == known
    votes(group, "4")
    votes(group, "-1")
    assert answers(group) == []
    event = Incoming("web", "小王", "小王", "1", "小王", poll="p1", event="voted")
    group.bot.answer(event, group.now)  # another platform's poll of that id
    assert answers(group) == []


def test_a_question_that_was_retired_or_changed_meanwhile_counts_for_nothing(
    store: Store, write_pack: Write
) -> None:
    folder = write_pack()
    shelf.refresh(store, folder.parent)
    talk = Talk(store)
    asks(talk, "/quiz q001", "p1")
    asks(talk.later(minutes=1), "/quiz q002", "p2")
    question = talk.bot.packs["zhongcai"].questions[0]
    flags.decide(store, "zhongcai", "q001", marking.digest(question), "retired", 1, talk.now)
    write_pack({"quiz.md": FILES["quiz.md"].replace("追肥要少量多次", "追肥总要少量多次")})
    shelf.refresh(store, folder.parent)
    votes(talk, "1", "p1")
    votes(talk, "0", "p2")
    assert answers(talk) == []
    shelf.refresh(store, SHIPPED)
    store.do("DELETE FROM packs WHERE id = 'zhongcai'")
    votes(talk, "0", "p2")
    assert answers(talk) == []


def test_a_poll_outlives_the_change_of_the_groups_pack(group: Talk, write_pack: Write) -> None:
    asks(group, ref="p1")
    shelf.refresh(group.store, SHIPPED, write_pack().parent)
    group.in_group("/pack zhongcai", admin=True)
    votes(group, "1")
    assert answers(group) == [("小王", "B", "right", 3)]


def test_a_poll_follows_its_group_to_another_id(group: Talk) -> None:
    asks(group, ref="p1")
    group.in_group("-200", event="moved")
    votes(group, "1")
    assert group.store.rows("SELECT chat FROM quizzes") == [{"chat": "-200"}]
    assert asks(group.later(minutes=1), ref="p2").question.startswith(
        "第 1 题 "
    )  # the old id is another group
    (reply,) = group.in_group("/quiz", chat="-200")
    assert reply.poll
    assert reply.poll.question.startswith("第 2 题 ")


def test_by_invitation_votes_count_where_the_group_is_admitted(store: Store) -> None:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    talk.settings = Settings(access="invite", organisers=("telegram:小林",))
    asks(talk, ref="p1")  # the organiser's, in a group that nobody admitted
    votes(talk, "1")
    assert answers(talk) == []
    talk.in_group("", event="added")
    votes(talk, "1")
    assert [each[0] for each in answers(talk)] == ["小王"]
    who = members.known(store, "telegram", "小王")
    assert who
    assert who.admitted


# ---------------------------------------------------------------- at the same moment, later, erased


def storm(folder: Path, poll: list[Incoming], threads: int = 8) -> None:
    """All these at once, from so many connections."""
    begin = threading.Barrier(threads)

    def some(mine: list[Incoming]) -> None:
        store = open_store(folder, NOW)
        bot = Bot(store)
        begin.wait()
        for each in mine:
            bot.answer(each, NOW + timedelta(seconds=5))
        store.close()

    running = [threading.Thread(target=some, args=(poll[n::threads],)) for n in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()


def test_two_hundred_votes_of_one_are_one_answer_and_one_award(talk: Talk, tmp_path: Path) -> None:
    asks(talk, ref="p1")
    vote = [
        Incoming("telegram", "小王", "小王", str(n % 4), "小王", poll="p1", event="voted", update=str(n))
        for n in range(200)
    ]
    storm(tmp_path / "data", vote)
    ((_, _, how, rating),) = answers(talk)
    assert rating == (3 if how == "right" else 1)
    assert len(talk.store.rows("SELECT * FROM memories")) == 1
    assert [reason for _, reason in points(talk)].count("right") == (how == "right")
    assert len(talk.store.rows("SELECT * FROM asked")) == len(talk.store.rows("SELECT * FROM quizzes")) == 1


def test_two_hundred_members_have_an_answer_each(talk: Talk, tmp_path: Path) -> None:
    poll = asks(talk, ref="p1")
    vote = [
        Incoming("telegram", f"u{n}", f"u{n}", str(poll.right[0]), f"u{n}", poll="p1", event="voted")
        for n in range(200)
    ]
    storm(tmp_path / "data", vote)
    assert len({name for name, _, how, _ in answers(talk) if how == "right"}) == 200
    assert points(talk).count(("u7", "right")) == 1


def test_votes_are_shown_and_erased(group: Talk, tmp_path: Path) -> None:
    group.settings = Settings(data=tmp_path)
    asks(group, ref="p1")
    votes(group, "2")
    who = members.known(group.store, "telegram", "小王")
    assert who is not None
    everything = members.everything(group.store, who)
    assert [row["given"] for row in everything["answers"]] == ["C"]
    assert [row["posed"] for row in everything["asked"]] == [1]
    private = {"channel": "telegram", "chat": "小王", "user": "小王", "name": "小王"}
    assert "1 次答题" in bare(group.replies("我的数据", **private)[0].text)
    members.erase(group.store, who)
    for table, column in PERSONAL.items():
        assert not group.store.rows(f'SELECT * FROM {table} WHERE "{column}" = ?', who.id), table
    assert posed.named(group.store, "telegram", "p1")  # the group's


def test_old_polls_are_dropped_and_the_count_goes_on(group: Talk) -> None:
    for n in (1, 2):
        asks(group, ref=f"p{n}")
        group.later(minutes=1)
    group.in_group("/quiz q034")
    posed.forget(group.store, group.now + timedelta(days=31))
    left = [(row["n"], row["ref"]) for row in group.store.rows("SELECT n, ref FROM posed ORDER BY id")]
    assert left == [(2, "p2"), (0, "")]
    group.later(days=31)
    votes(group, "1", "p1")
    assert answers(group) == []
    assert asks(group).question.startswith("第 3 题 ")


def test_a_database_of_before_gets_the_polls(tmp_path: Path) -> None:
    from sqlite_utils import Database

    from bot.store.schema import migrations

    db = Database(tmp_path / "bot.db")
    migrations.apply(db, stop_before="m_group_polls")
    db.execute(
        "INSERT INTO asked (quiz, n, member, pack, question, state) VALUES (1,1,1,'p','q1','open'), (1,2,1,'p','q2','open')"
    )
    db.conn.commit()
    db.close()
    store = open_store(tmp_path, NOW)
    assert store.rows("SELECT question, posed FROM asked") == [
        {"question": "q1", "posed": None},
        {"question": "q2", "posed": None},
    ]
    assert list((tmp_path / "backup").glob("before-migration-*.db"))
    store.close()


def test_a_poll_is_no_part_of_what_is_kept(group: Talk) -> None:
    reply: Reply = group.in_group("/quiz")[0]
    assert [each.poll for each in fit(reply, Limits(4096, "utf16", polls=True))] == [reply.poll]
