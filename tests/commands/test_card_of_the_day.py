"""Cards, days and positions: the sentences of the rules that no golden conversation shows."""

from datetime import date
from pathlib import Path

from conftest import NOW, SHIPPED, Talk, Write, engine

from bot.app.notices import Notices
from bot.commands.base import Settings
from bot.days import Calendar, local_day
from bot.messages import Address, Reply, bare
from bot.store import Store, outbox, progress, subscriptions
from bot.study import pushing, shelf

HERE = Address("terminal", "小林")


def heads(replies: list[Reply]) -> list[str]:
    return [bare(reply.text).split("\n")[0] for reply in replies]


def day(n: int) -> str:
    return f"新质生产力：五篇材料三十天 › 第 {n}/30 天"


def sub_id(talk: Talk) -> int:
    found = subscriptions.of_chat(talk.store, HERE)
    assert found is not None
    return found.id


def test_today_before_the_push_assigns_the_card_and_the_push_comes_all_the_same(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "00:30")
    assert xiaolin.says("今日").startswith(day(8))
    assert heads(xiaolin.at("2026-11-24", "07:52").beat()) == [day(8)]
    assert xiaolin.says("今日").startswith(day(8))


def test_on_the_day_of_subscribing_the_card_comes_once(talk: Talk) -> None:
    talk.at("2026-11-23", "06:00")
    assert day(1) in talk.says("订阅")
    assert talk.at("2026-11-23", "07:52").beat() == []
    assert heads(talk.at("2026-11-24", "07:52").beat()) == [day(2)]


def test_who_read_first_and_subscribes_later_goes_on_from_there(talk: Talk) -> None:
    for n in (20, 21, 22):
        talk.at(f"2026-11-{n}").says("今日")
    assert day(4) in talk.at("2026-11-23").says("订阅")
    assert heads(talk.at("2026-11-24", "07:52").beat()) == [day(5)]


def test_late_until_ten_in_the_evening(xiaolin: Talk) -> None:
    assert len(xiaolin.at("2026-11-24", "22:00").beat()) == 1
    assert xiaolin.at("2026-11-25", "22:01").beat() == []
    row = outbox.on_day(xiaolin.store, sub_id(xiaolin), date(2026, 11, 25))
    assert row is not None
    assert (row.state, row.card) == ("missed", "")
    assert heads(xiaolin.at("2026-11-26", "07:52").beat()) == [day(9)]


def test_late_by_an_hour_at_least(xiaolin: Talk) -> None:
    xiaolin.says("时间 21:30")
    assert heads(xiaolin.at("2026-11-24", "22:30").beat()) == ["（补发：原定 21:30，服务中断，22:30 送达。）"]
    assert xiaolin.at("2026-11-25", "22:31").beat() == []


def late_push(talk: Talk) -> str:
    """The first line of today's queued push, made at this moment."""
    row = outbox.on_day(talk.store, sub_id(talk), local_day(talk.now, "Asia/Shanghai"))
    assert row is not None
    reply = talk.bot.push(row, HERE, talk.now)
    assert reply is not None
    return heads([reply])[0]


def ticks(talk: Talk, minutes: int) -> None:
    for _ in range(minutes):
        pushing.look_at_clock(talk.store, talk.later(minutes=1).now)


def test_a_late_push_blames_an_outage_only_where_there_was_one(xiaolin: Talk) -> None:
    ticks(xiaolin.at("2026-11-24", "07:40"), 12)
    engine(xiaolin.bot, xiaolin.now)._note()
    ticks(xiaolin, 8)
    assert late_push(xiaolin) == day(8)
    ticks(xiaolin, 12)
    assert late_push(xiaolin) == "（补发：原定 07:52，08:12 送达。）"  # it stood in a long queue
    ticks(xiaolin.at("2026-11-24", "08:45"), 1)  # the program was down for half an hour
    assert late_push(xiaolin) == "（补发：原定 07:52，服务中断，08:46 送达。）"
    ticks(xiaolin, 60)
    assert late_push(xiaolin) == "（补发：原定 07:52，09:46 送达。）"  # and the rest was the queue's again


def test_an_outage_over_the_slot_is_one(xiaolin: Talk) -> None:
    ticks(xiaolin.at("2026-11-24", "07:30"), 1)
    assert heads(xiaolin.at("2026-11-24", "11:20").beat()) == ["（补发：原定 07:52，服务中断，11:20 送达。）"]


def test_a_clock_that_ran_ahead_was_no_outage(xiaolin: Talk) -> None:
    ticks(xiaolin.at("2026-11-24", "07:40"), 12)
    engine(xiaolin.bot, xiaolin.now)._note()
    for clock in ("09:30", "08:03"):
        pushing.look_at_clock(xiaolin.store, xiaolin.at("2026-11-24", clock).now)
    assert late_push(xiaolin) == "（补发：原定 07:52，08:03 送达。）"


def test_what_stood_in_the_queue_too_long_blames_no_outage(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    pushing.expire(xiaolin.store, xiaolin.at("2026-11-24", "22:30").now)
    assert xiaolin.says("没收到").startswith(
        "今天 07:52（Asia/Shanghai）的错过了：太晚还没送成，就不补了，卡片不会少。下一次明天 07:52。"
    )


def test_the_operator_may_set_how_long_it_is_caught_up(xiaolin: Talk) -> None:
    pushing.note_due(
        *(xiaolin.store, xiaolin.bot.packs, Calendar(), xiaolin.at("2026-11-24", "12:01").now), until=12 * 60
    )
    row = outbox.on_day(xiaolin.store, sub_id(xiaolin), date(2026, 11, 24))
    assert row is not None
    assert row.state == "missed"


def test_a_card_that_was_queued_and_never_left_is_tomorrows(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    assert progress.given_on(xiaolin.store, sub_id(xiaolin), date(2026, 11, 24)) is not None
    pushing.expire(xiaolin.store, xiaolin.at("2026-11-24", "22:30").now)
    row = outbox.on_day(xiaolin.store, sub_id(xiaolin), date(2026, 11, 24))
    assert row is not None
    assert row.state == "missed"
    assert heads(xiaolin.at("2026-11-25", "07:52").beat()) == [day(8)]


def test_but_one_that_was_looked_at_is_not(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    xiaolin.says("今日")
    pushing.expire(xiaolin.store, xiaolin.at("2026-11-24", "22:30").now)
    assert heads(xiaolin.at("2026-11-25", "07:52").beat()) == [day(9)]


def test_workdays_follow_the_corrections_of_the_organiser(xiaolin: Talk) -> None:
    xiaolin.settings = Settings(calendar=Calendar({date(2026, 11, 24): False, date(2026, 11, 28): True}))
    xiaolin.says("时间 工作日")
    assert xiaolin.at("2026-11-24", "07:52").beat() == []
    assert len(xiaolin.at("2026-11-25", "07:52").beat()) == 1
    xiaolin.at("2026-11-26", "07:52").beat()
    xiaolin.at("2026-11-27", "07:52").beat()
    assert len(xiaolin.at("2026-11-28", "07:52").beat()) == 1  # a Saturday that is worked
    assert xiaolin.at("2026-11-29", "07:52").beat() == []


def test_in_december_organisers_hear_once_that_next_years_table_is_missing(xiaolin: Talk) -> None:
    assert not Calendar().has_table(2027)
    xiaolin.says("时间 工作日")
    notices = Notices(xiaolin.store, ("terminal:小林",))
    notices.look(xiaolin.at("2026-11-30").now)
    for clock in ("09:00", "10:00"):
        notices.look(xiaolin.at("2026-12-01", clock).now)
    told = [text for text in (bare(reply.text) for reply in xiaolin.beat()) if "放假安排" in text]
    assert len(told) == 1
    assert told[0].startswith("⚠️ 2027 年的放假安排还没有，工作日推送届时先按周一到周五。")


def test_a_pack_that_is_withdrawn_and_comes_back(store: Store, tmp_path: Path) -> None:
    talk = Talk(store)
    assert talk.says("今日").startswith("现在没有可学的内容，组织者正在准备。")
    shelf.refresh(store, SHIPPED)
    assert day(1) in talk.says("订阅")
    store.do("DELETE FROM packs")
    assert talk.at("2026-11-24", "07:52").beat() == []
    assert talk.says("/today").startswith(
        "现在没有可学的内容，组织者正在准备。上好后会按 07:52（Asia/Shanghai）推送。"
    )


def test_never_two_on_one_local_date_whatever_is_changed(xiaolin: Talk) -> None:
    for said in (
        "时间 10:00",
        "时区 东京",
        "时间 11:00",
        "时区 上海",
        "退订",
        "订阅 12:00",
        "暂停 1",
        "恢复",
        "时间 13:00",
    ):
        xiaolin.later(minutes=3).says(said)
        for minute in range(0, 300, 20):
            assert xiaolin.at("2026-11-23", f"{10 + minute // 60}:{minute % 60:02}").beat() == [], said
    rows = xiaolin.store.rows(
        "SELECT day, count(*) AS n FROM deliveries GROUP BY day, subscription HAVING n > 1"
    )
    assert rows == []


def test_in_a_group_nothing_is_heard_that_is_not_said_to_the_bot(talk: Talk) -> None:
    talk.in_group("/start")
    before = talk.store.rows("SELECT count(*) AS n FROM members")
    other = Talk(talk.store, NOW, "路人")
    for said in ("今日", "1", "A", "更多", "新质生产力是什么"):
        assert other.in_group(said, addressed=False) == []
    assert talk.store.rows("SELECT count(*) AS n FROM members") == before
    assert other.in_group("今日", addressed=True)


def test_after_the_last_card_everything_speaks_of_review(store: Store, write_pack: Write) -> None:
    """One card: 23 November is day 1 of 1, then 温故."""
    shelf.refresh(store, write_pack().parent)
    talk = Talk(store)
    talk.says("订阅")
    assert heads(talk.at("2026-11-24", "07:52").beat()) == ["种菜三课 › 温故 1"]
    assert talk.says("你好").startswith("欢迎回来。今天是温故 1，卡片还没读。\n")
    assert "，温故 1。往上翻能看到。" in talk.says("没收到")
    assert talk.says("暂停").startswith("停几天？到期自动恢复，接着温故，暂停的日子不影响连续学习。")
    talk.says("3")
    assert talk.says("恢复").startswith("已恢复：每天 07:52（Asia/Shanghai）。明天接着温故。")
    talk.replies("blocked", event="gone")
    assert "\n接着温故，一张不少。明天起按时送达，现在先看今天的一段。" in talk.says("开始")


def test_who_looked_before_the_push_resumes_with_the_card_that_comes(xiaolin: Talk) -> None:
    xiaolin.says("/pause 7")
    xiaolin.at("2026-11-24", "00:30").says("恢复")
    assert xiaolin.says("今日").startswith(day(8))
    xiaolin.says("/pause 3")
    assert "今天 07:52 送第 8 天。" in xiaolin.says("恢复")
    assert heads(xiaolin.at("2026-11-24", "07:52").beat()) == [day(8)]


def test_a_queued_card_is_the_one_a_pause_goes_on_with(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    assert "从第 8 天接着学" in xiaolin.says("暂停")
    xiaolin.says("1")
    assert heads(xiaolin.at("2026-11-25", "07:52").beat()) == [day(8)]


# ---------------------------------------------------------------- the card of a day


def test_the_card_of_a_day_that_is_named(xiaolin: Talk) -> None:
    fifth = xiaolin.says("/card c05").split("\n")[2]
    for typed in ("第5天", "第 5 天", "第五天", "第 5/30 天", "第5天的卡片", "/day 5", "第５天"):
        assert xiaolin.says(typed).split("\n")[2] == fifth, typed
    assert xiaolin.says("第七天").startswith("新质生产力：五篇材料三十天 › 第 7/30 天")
    assert xiaolin.says("第40天") == "没有第 40 天，一共 30 天。请写 1 到 30，例如：/day 5\n1 今日学习"
    assert xiaolin.says("第三篇").startswith("《习近平总书记首次提到“新质生产力”》1/")
    assert xiaolin.says("第 3 篇 p1").startswith("《习近平总书记首次提到“新质生产力”》1/")
    assert xiaolin.says("第99篇").startswith("没有第 99 篇，一共 5 篇。")


def test_a_day_is_counted_in_what_was_given(talk: Talk, store: Store, write_pack: Write) -> None:
    """A card put in before the place one has come to is not the second day of one who had another then."""
    text = "翻土要在雨后两三天，土不粘锹的时候。"
    card = "\n\n## {} {}\n文章: a1\n\n" + text + "等土面发白、一捏就散再下锹，翻得深，根扎得稳。\n"
    shelf.refresh(store, write_pack({"cards.md": card.format("c01", "甲") + card.format("c02", "乙")}).parent)
    talk.settings = Settings(pack="zhongcai")
    talk.says("今日")
    talk.at("2026-11-24").says("今日")
    both = card.format("c01", "甲") + card.format("c03", "丙") + card.format("c02", "乙")
    shelf.refresh(store, write_pack({"cards.md": both}).parent)
    assert "\n乙\n" in talk.says("第2天")


def test_the_fourth_option_is_no_article(talk: Talk) -> None:
    talk.says("/quiz q031")
    assert talk.says("第4个").startswith("❌ 正确答案 B 全要素生产率大幅提高（你选 D）")


def test_a_read_card_of_one_who_has_not_subscribed_names_no_button_it_lacks(talk: Talk) -> None:
    talk.says("今日")
    talk.says("已读")
    (card,) = talk.replies("今日")
    assert bare(card.text).endswith("已读 09:10")
    assert [b.label for b in card.buttons] == ["📖 读全文", "📝 答一题", "⭐ 收藏"]
