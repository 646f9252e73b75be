"""Subscribing, time and zone, pause and leaving: the golden conversations, letter for letter."""

import pytest
from conftest import Talk, engine

from bot.messages import bare
from bot.store import housekeeping, outbox, subscriptions
from bot.store.subscriptions import Subscription

CARD = "\n\n新质生产力：五篇材料三十天 › "


def sub(talk: Talk) -> Subscription:
    return next(iter(subscriptions.all_active(talk.store)))


def text(talk: Talk, says: str) -> str:
    """The first message, without its choices."""
    return bare(talk.replies(says)[0].text)


def labels(talk: Talk, says: str) -> list[str]:
    return [f"{b.label} → {b.says}" for b in talk.replies(says)[0].buttons]


def test_start_new_and_returning(talk: Talk) -> None:
    (hello,) = talk.replies("/start")
    assert [[f"{b.label} → {b.says}" for b in row] for row in hello.rows] == [
        ["订阅 07:52 → /subscribe 07:52", "今日学习 → /today"],
        ["文章目录 → /articles", "使用帮助 → /help"],
    ]
    assert (
        text(talk, "你好")
        == "欢迎回来。《新质生产力：五篇材料三十天》，30 天。\n现在没有订阅，想每天收到，请发：订阅"
    )


def test_start_returning(xiaolin: Talk) -> None:
    assert text(xiaolin, "你好") == (
        "欢迎回来。今天是第 7/30 天，卡片还没读。\n推送：每天 07:52（Asia/Shanghai）。"
    )
    xiaolin.says("已读")
    assert "第 7/30 天，今天的卡片已读。" in text(xiaolin, "开始")


def test_start_revives_what_the_platform_ended_and_never_what_the_person_ended(xiaolin: Talk) -> None:
    xiaolin.replies("blocked", event="gone")
    assert subscriptions.all_active(xiaolin.store) == []
    assert text(xiaolin, "没收到") == "推送在 11 月 23 日停了：当时消息发不到你这里。发“开始”就恢复。"
    assert text(xiaolin.at("2026-11-24", "09:00"), "/start") == (
        "欢迎回来，推送已恢复：每天 07:52（Asia/Shanghai）。\n"
        "从第 8 天接着学，一张不少。明天起按时送达，现在先看今天的一段。"
    )
    xiaolin.says("退订")
    xiaolin.replies("blocked", event="gone")
    assert "想每天收到，请发：订阅" in text(xiaolin, "/start")
    assert subscriptions.all_active(xiaolin.store) == []


def test_revived_on_a_friday_workdays_go_on_on_monday_with_a_card_today(xiaolin: Talk) -> None:
    xiaolin.says("时间 工作日")
    xiaolin.replies("blocked", event="gone")
    back, card = xiaolin.at("2026-11-27").replies("/start")
    assert bare(back.text) == (
        "欢迎回来，推送已恢复：工作日 07:52（Asia/Shanghai）。\n"
        "从第 8 天接着学，一张不少。11 月 30 日（周一）起按时送达，现在先看今天的一段。"
    )
    assert "› 第 8/30 天" in bare(card.text)
    assert text(xiaolin, "没收到") == (
        "今天的已送达：09:10（Asia/Shanghai），第 8 天。往上翻能看到。下一次 11 月 30 日（周一）07:52。"
    )
    assert "› 第 9/30 天" in bare(xiaolin.at("2026-11-30", "07:52").beat()[0].text)


def test_on_a_rest_day_nothing_was_due(talk: Talk) -> None:
    talk.at("2026-11-28").says("订阅 工作日 07:52")
    assert text(talk, "没收到") == (
        "今天（周六）不在推送日里。下一次 11 月 30 日（周一）07:52（Asia/Shanghai）。"
    )


def test_links_that_lead_in(talk: Talk) -> None:
    assert text(talk, "/start xinzhi-shengchanli") == (
        "你好，我是每日一学。这个链接对应《新质生产力：五篇材料三十天》，5 篇，30 天。\n"
        "订阅后每天 07:52（Asia/Shanghai）送一段，从第 1 天开始。"
    )
    assert labels(talk, "/start pack_xinzhi-shengchanli") == [
        "订阅这个内容 → /subscribe xinzhi-shengchanli",
        "先看第 1 天 → /today",
    ]
    assert (
        text(talk, "/start abc") == "没找到链接里的内容“abc”，可能已下架。请先看现有的内容，例如：/articles"
    )
    assert text(talk, "/start a2-c07").startswith("《中央政治局新年首次集体学习聚焦新质生产力》")


def test_subscribe_default(talk: Talk) -> None:
    confirmed, card = talk.replies("订阅")
    assert bare(confirmed.text) == "已订阅：每天 07:52（Asia/Shanghai）。明天起送达，现在先看今天的一段。"
    assert [b.says for b in confirmed.buttons] == ["/time", "/settings"]
    assert bare(card.text).startswith("新质生产力：五篇材料三十天 › 第 1/30 天\n")
    assert "还没有订阅" not in bare(card.text)


def test_subscribe_times(talk: Talk) -> None:
    assert text(talk, "订阅 8点半") == "已订阅：每天 08:30（Asia/Shanghai）。明天起送达，现在先看今天的一段。"
    assert text(talk, "订阅 工作日 早上七点") == (
        "已改为：工作日 07:00（Asia/Shanghai），随调休。明天（11 月 24 日 周二）起按新时间送达。"
    )
    assert text(talk, "订阅 周一三五 晚上9点") == (
        "已改为：周一、周三、周五 21:00（Asia/Shanghai）。11 月 25 日（周三）起按新时间送达。"
    )
    assert text(talk, "订阅 周一三五 晚上9点") == (
        "已经是：周一、周三、周五 21:00（Asia/Shanghai）。下一次 11 月 25 日（周三），没有改动。"
    )
    assert text(talk, "订阅 25:61") == "“25:61”不是一天里的时间。请写 00:00 到 23:59，例如：/subscribe 07:52"
    assert labels(talk, "/subscribe 25:61") == [
        "07:52 → /subscribe 07:52",
        "12:22 → /subscribe 12:22",
        "20:52 → /subscribe 20:52",
    ]


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("订阅 早上八点", "每天 08:00"),
        ("订阅 08：00", "每天 08:00"),
        ("/subscribe 晚上9点", "每天 21:00"),
        ("订阅 周末 9点", "周六、周日 09:00"),
        ("订阅７：５２", "每天 07:52"),
    ],
)
def test_what_a_person_means(talk: Talk, said: str, understood: str) -> None:
    assert text(talk, said).startswith(f"已订阅：{understood}（Asia/Shanghai）。")


def test_on_a_friday_workdays_begin_on_monday(talk: Talk) -> None:
    assert text(talk.at("2026-11-27"), "订阅 工作日 7:52") == (
        "已订阅：工作日 07:52（Asia/Shanghai），随调休。11 月 30 日（周一）起送达，现在先看今天的一段。"
    )


def test_a_time_that_is_none(xiaolin: Talk) -> None:
    assert text(xiaolin, "时间 隔天") == "没看懂“隔天”是什么时候。请写日子或几点，例如：/time 工作日 07:52"


def test_a_bare_number_is_no_time_of_day(talk: Talk) -> None:
    assert text(talk, "订阅 8") == "“8”是几点？请写成几点几分，例如：/subscribe 08:00"
    assert labels(talk, "订阅 工作日 ８ 东京") == [
        "08:00 → /subscribe 工作日 08:00 东京",
        "20:00 → /subscribe 工作日 20:00 东京",
    ]
    assert text(talk, "2").startswith("已订阅：工作日 20:00（Asia/Tokyo）")
    assert labels(talk, "/time 21") == ["21:00 → /time 21:00"]
    assert labels(talk, "/time 12") == ["12:00 → /time 12:00", "00:00 → /time 00:00"]
    assert text(talk, "/time 25").startswith("“25”不是一天里的时间。")
    assert text(talk, "/time 晚上9").startswith("已改为：工作日 21:00")


def test_at_the_prompt_a_number_is_the_button_of_that_number(xiaolin: Talk) -> None:
    assert xiaolin.says("改时间").endswith("1 07:22　2 12:22　3 20:52　4 只在工作日")
    assert text(xiaolin, "1").startswith("已改为：每天 07:22")
    xiaolin.says("改时间")
    assert text(xiaolin, "8") == "“8”是几点？请写成几点几分，例如：/time 08:00"
    assert text(xiaolin, "2").startswith("已改为：每天 20:00")


def test_a_new_time_on_the_same_day(xiaolin: Talk) -> None:
    assert text(xiaolin, "/time") == "现在是每天 07:52（Asia/Shanghai）。直接发新时间，例如：晚上9点"
    assert labels(xiaolin, "/time") == [
        "07:22 → /time 07:22",
        "12:22 → /time 12:22",
        "20:52 → /time 20:52",
        "只在工作日 → /time 工作日",
    ]
    assert text(xiaolin, "晚上9点") == (
        "已改为：每天 21:00（Asia/Shanghai）。今天的已在 07:52 送达，明天起按新时间。"
    )
    assert xiaolin.at("2026-11-23", "21:00").beat() == []
    assert len(xiaolin.at("2026-11-24", "21:00").beat()) == 1


def test_a_new_time_before_todays_has_gone(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "06:00")
    assert text(xiaolin, "时间 21:00") == "已改为：每天 21:00（Asia/Shanghai）。今天 21:00 送达。"
    replies = xiaolin.at("2026-11-24", "12:00").replies("时间 07:10")
    assert bare(replies[0].text) == "已改为：每天 07:10（Asia/Shanghai）。今天的现在补上，明天起按新时间。"
    assert "› 第 8/30 天" in bare(replies[1].text)
    assert xiaolin.at("2026-11-24", "22:00").beat() == []


def test_zones(xiaolin: Talk) -> None:
    assert text(xiaolin, "时区 东京") == (
        "已改为：每天 07:52（Asia/Tokyo），当地现在 10:10。今天的已送达，明天按当地时间送下一张。"
    )
    assert labels(xiaolin, "时区 上海")[-1] == "改回 Asia/Tokyo → /time Asia/Tokyo"
    assert text(xiaolin, "时区 火星") == "没找到时区“火星”。请写大城市或标准名，例如：/time Asia/Tokyo"
    assert text(xiaolin, "/time CST") == "“CST”有几种意思。请选一个，或写城市，例如：/time 上海"
    assert "直接发城市也行，例如：东京" in text(xiaolin, "时区")
    assert text(xiaolin, "首尔").startswith("已改为：每天 07:52（Asia/Seoul），当地现在 10:10。")


def test_pause_and_resume(xiaolin: Talk) -> None:
    assert text(xiaolin, "暂停") == "停几天？到期自动恢复，从第 8 天接着学，暂停的日子不影响连续学习。"
    assert text(xiaolin, "7") == (
        "已暂停 7 天：11 月 24 日到 30 日不推送。12 月 1 日（周二）07:52（Asia/Shanghai）恢复。"
    )
    assert text(xiaolin, "没收到") == "暂停中：12 月 1 日（周二）07:52（Asia/Shanghai）恢复。"
    assert labels(xiaolin, "/why")[0] == "现在恢复 → /pause 0"
    assert "状态：暂停，12 月 1 日（周二）恢复" in text(xiaolin, "设置")
    assert text(xiaolin, "恢复") == "已恢复：每天 07:52（Asia/Shanghai）。明天送第 8 天。"
    assert text(xiaolin, "/pause 900") == "暂停最长 365 天。请写 1 到 365，例如：/pause 7"
    assert text(xiaolin, "暂停 几天吧").startswith("没看懂“几天吧”是几天。请写 1 到 365，例如：/pause 7")
    assert "已暂停 14 天" in text(xiaolin, "暂停 两周")
    assert "到 2027-" in text(xiaolin, "暂停 3个月")


def test_a_pause_before_todays_push_begins_today(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:00")
    assert text(xiaolin, "/pause 7") == (
        "已暂停 7 天：11 月 24 日到 30 日不推送。12 月 1 日（周二）07:52（Asia/Shanghai）恢复。"
    )
    assert xiaolin.at("2026-11-24", "07:52").beat() == []
    assert len(xiaolin.at("2026-12-01", "07:52").beat()) == 1


def test_paused_days_repeat_the_last_card(xiaolin: Talk) -> None:
    xiaolin.says("/pause 7")
    card = text(xiaolin.at("2026-11-26"), "今日")
    assert "› 第 7/30 天" in card
    assert card.endswith("暂停中，12 月 1 日恢复；今天的照样可以看。")


def test_rest_days_repeat_the_last_card_and_assign_none(xiaolin: Talk) -> None:
    xiaolin.says("时间 工作日")
    xiaolin.pushed("2026-11-27")
    card = text(xiaolin.at("2026-11-29"), "今日")
    assert card.startswith("今天不是工作日，不推送；这是最近一张。\n新质生产力：五篇材料三十天 › 第 8/30 天")
    assert text(xiaolin, "没收到") == "今天（周日）不在推送日里。下一次明天 07:52（Asia/Shanghai）。"
    assert "› 第 9/30 天" in bare(xiaolin.at("2026-11-30", "07:52").beat()[0].text)


def test_a_newcomer_on_a_rest_day_sees_the_first_card_and_gets_it_on_the_first_push_day(talk: Talk) -> None:
    talk.at("2026-11-29")
    assert "› 第 1/30 天" in bare(talk.replies("订阅 工作日 07:52")[1].text)
    assert "› 第 1/30 天" in bare(talk.at("2026-11-30", "07:52").beat()[0].text)


def test_unsubscribe(xiaolin: Talk) -> None:
    assert text(xiaolin, "TD") == "已退订，不再推送。收藏、错题本和学习记录都还在。"
    assert text(xiaolin, "不要再发") == "现在没有订阅，不会有推送。"
    assert text(xiaolin, "没收到") == "现在没有订阅，所以没有推送。要开始，请发时间，例如：订阅 07:52"
    assert xiaolin.at("2026-11-24", "07:52").beat() == []
    assert "› 第 8/30 天" in bare(xiaolin.replies("订阅")[1].text)


def test_unsubscribed_while_queued_nothing_leaves(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    assert outbox.queue(xiaolin.store)[0] == 1
    xiaolin.says("退订")
    assert xiaolin.beat() == []
    assert "› 第 8/30 天" in bare(xiaolin.replies("订阅")[1].text)


# ---------------------------------------------------------------- what people ask


def test_settings(xiaolin: Talk) -> None:
    assert xiaolin.says("设置") == (
        "推送设置\n内容：《新质生产力：五篇材料三十天》第 7/30 天\n时间：每天 07:52（Asia/Shanghai）\n"
        "状态：开启，下一次明天（11 月 24 日 周二）\n送到：终端，先存在这里，你一来就能看到\n"
        "1 时间　2 日子　3 时区　4 暂停"
    )
    assert (
        xiaolin.says("2") == "哪几天推送？直接发也行，例如：周一三五\n1 每天　2 工作日　3 周一到周五　4 返回"
    )
    assert "2027 年放假安排还没有，届时先按周一到周五" in xiaolin.says("工作日") + xiaolin.says("设置")


def test_why_not_yet_and_on_its_way(xiaolin: Talk) -> None:
    assert text(xiaolin, "没收到") == (
        "今天的已送达：07:52（Asia/Shanghai），第 7 天。往上翻能看到。下一次明天 07:52。"
    )
    xiaolin.says("时间 20:52")
    assert text(xiaolin.at("2026-11-24"), "为什么没收到") == "今天的还没到时间：20:52（Asia/Shanghai）送达。"


def test_a_slot_that_has_come_and_is_not_noted_yet_goes_out_now(xiaolin: Talk) -> None:
    housekeeping.take_lease(xiaolin.store, "run", xiaolin.at("2026-11-24", "07:52").now.timestamp(), 60)
    xiaolin.later(seconds=5)
    assert text(xiaolin, "没收到") == "今天 07:52（Asia/Shanghai）的马上就送。还没看到就点“今日学习”。"
    assert "状态：开启，今天的马上就送\n" in xiaolin.says("设置")
    assert text(xiaolin, "订阅 07:52") == (
        "已经是：每天 07:52（Asia/Shanghai）。下一次今天（11 月 24 日 周二），没有改动。"
    )
    assert (
        text(xiaolin, "恢复") == "现在没有暂停：每天 07:52（Asia/Shanghai）。下一次今天（11 月 24 日 周二）。"
    )
    assert len(xiaolin.beat()) == 1
    assert text(xiaolin, "没收到").startswith("今天的已送达：07:52（Asia/Shanghai），第 8 天。")


def test_while_nothing_runs_it_waits_and_may_be_missed(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "09:10")
    assert text(xiaolin, "没收到") == (
        "今天 07:52（Asia/Shanghai）的还没送：服务暂时停着，恢复了就补。等不及就点“今日学习”。"
    )
    assert "状态：开启，今天的等服务恢复就补\n" in xiaolin.says("设置")
    assert text(xiaolin.at("2026-11-24", "22:30"), "没收到") == (
        "今天 07:52（Asia/Shanghai）的错过了：那时服务中断，太晚就不补了，卡片不会少。下一次明天 07:52。"
    )
    assert "状态：开启，下一次明天（11 月 25 日 周三）\n" in xiaolin.says("设置")
    assert (
        text(xiaolin.at("2026-11-25", "06:00"), "没收到") == "今天的还没到时间：07:52（Asia/Shanghai）送达。"
    )
    assert "状态：开启，下一次今天（11 月 25 日 周三）\n" in xiaolin.says("设置")


def test_a_pause_in_the_seconds_before_it_is_noted_begins_today(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52").later(seconds=5)
    assert text(xiaolin, "/pause 7") == (
        "已暂停 7 天：11 月 24 日到 30 日不推送。12 月 1 日（周二）07:52（Asia/Shanghai）恢复。"
    )
    assert "› 第 8/30 天" in bare(xiaolin.at("2026-12-01", "07:52").beat()[0].text)


def test_what_stands_in_the_queue_is_todays(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "07:52")
    engine(xiaolin.bot, xiaolin.now)._note()
    assert "状态：开启，今天的在排队\n" in xiaolin.says("设置")


@pytest.mark.parametrize(
    ("state", "error", "doubts", "answer"),
    [
        ("queued", "", 0, "今天的在排队：平台限速，预计 09:11（Asia/Shanghai）前送达，不会漏。"),
        (
            "queued",
            "unsent: no route",
            0,
            "今天 07:52（Asia/Shanghai）没送成：网络不通。已试 3 次，08:10 再试。",
        ),
        (
            "failed",
            "rejected: entities",
            0,
            "今天没送成：平台没有接收。组织者已收到提醒。现在点“今日学习”就能看。",
        ),
        (
            "unknown",
            "doubt",
            1,
            "今天 07:52（Asia/Shanghai）发出了，平台没有回执，可能已到。没看到就点“今日学习”。",
        ),
    ],
)
def test_why_from_the_ledger(xiaolin: Talk, state: str, error: str, doubts: int, answer: str) -> None:
    ten_past_eight = xiaolin.at("2026-11-23", "08:10").now.timestamp()
    xiaolin.store.do(
        "UPDATE deliveries SET state = ?, error = ?, doubts = ?, attempts = ?, not_before = ? WHERE day = '2026-11-23'",
        *(state, error, doubts, 3 if error else 0, ten_past_eight),
    )
    assert text(xiaolin.at("2026-11-23"), "没收到") == answer
