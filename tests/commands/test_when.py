"""What people write for days, time and zone, row by row of the golden conversations, and what is refused."""

from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.cities import _CITIES, zone_at
from bot.commands.when import When, WhenComplaint, clock, date_words, describe, parse_when
from bot.days import DAILY, WORKDAYS, Days, valid_zone, zone_names

MON_WED_FRI = Days((1, 3, 5))
WEEKDAYS = Days((1, 2, 3, 4, 5))
WEEKEND = Days((6, 7))

TIMES = {
    "07:52": "07:52、7:52、０７：５２、0752、7.52、七点五十二、7点52分、7 : 52、07：52、7∶52、752、早7:52、7点 52 分、七时五十二分、"
    "7:52am、7:52 AM、７．５２、07:52:00、7點52分、七点过五十二分",
    "08:30": "8点半、八点半、8:30、早上八点半、8 点半、8点30、八点三十分、08：30、8时半、早晨8点半钟、上午 8:30",
    "07:00": "早上七点、7点、上午7时、7点整、七点钟、早7点、清晨七点、早上的7点、7am、7 a.m.、早上7",
    "21:00": "晚上9点、晚9点、21点、下午九点、晚上九点、夜里9点、二十一点、9pm、PM 9:00、2100、晚上 21:00、晚9、晚上9點",
    "15:15": "下午3点一刻、15：15、下午三点一刻、下午3:15、十五点一刻、午后3点1刻、15点15、3:15 pm",
    "12:00": "中午12点、12点、中午、正午、十二点、上午12点、12pm、noon、下午12点、中午十二点整",
    "00:00": "零点、24:00、半夜12点、晚上12点、0点、午夜、24点、凌晨12点、12am、00:00、夜里十二点、0:00、midnight",
    "15:45": "下午三点三刻、15:45、三点三刻 pm、下午3点45",
    "13:30": "中午1点半、中午一点半、下午1点半、13.30",
    "01:00": "凌晨1点、半夜一点、晚上1点、凌晨一点、1点、夜里1点",
    "18:20": "傍晚6点20、傍晚六点二十、下午6点20分、18点二十、黄昏六点二十分",
    "19:05": "十九点零五、19点05、19点5分、晚上七点零五分、晚7:05、十九时五分",
    "00:30": "晚上12点半、零点半、半夜12:30、0点30",
    "23:00": "半夜11点、深夜十一点、23点、晚上11点",
    "10:10": "十点十分、10点十分、上午十点十分、1010",
    "20:00": "二十点、晚八点、8pm、20时",
    "07:22": "七点二十二、07:22",
}


@pytest.mark.parametrize(
    ("text", "shown"), [(t, time) for time, row in TIMES.items() for t in row.split("、")]
)
def test_times(text: str, shown: str) -> None:
    said = parse_when(text)
    assert (said.days, said.zone) == (None, None)
    assert said.minute is not None
    assert clock(said.minute) == shown


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("8", ["08:00", "20:00"]),
        ("０8", ["08:00", "20:00"]),
        ("⑧", ["08:00", "20:00"]),
        ("12", ["12:00", "00:00"]),
        ("20", ["20:00"]),
        ("0", ["00:00"]),
        ("24", ["00:00"]),
        ("工作日 8", ["工作日 08:00", "工作日 20:00"]),
        ("周一三五，8 东京", ["周一三五，08:00 东京", "周一三五，20:00 东京"]),
    ],
)
def test_a_lone_number_is_asked_about(text: str, offered: list[str]) -> None:
    with pytest.raises(WhenComplaint) as refused:
        parse_when(text)
    assert refused.value.kind == "hour"
    assert [says for _, says in refused.value.choices] == [f"/time {each}" for each in offered]
    for each in offered:
        assert parse_when(each).minute is not None


@pytest.mark.parametrize(
    ("text", "days", "shown"),
    [
        ("工作日 8点半", WORKDAYS, "08:30"),
        ("周一三五 早上8点", MON_WED_FRI, "08:00"),
        ("每周一、三、五 8:00", MON_WED_FRI, "08:00"),
        ("周末 9点", WEEKEND, "09:00"),
        ("周一到周五 7:52", WEEKDAYS, "07:52"),
        ("每天 07:52", DAILY, "07:52"),
        ("晚上9点工作日", WORKDAYS, "21:00"),
        ("周一三五七点", MON_WED_FRI, "07:00"),
        ("周一三五点", Days((1, 3)), "05:00"),
        ("周一三五十二点", MON_WED_FRI, "12:00"),
        ("周一二十二点", Days((1,)), "22:00"),
        ("周一 二十点半", Days((1,)), "20:30"),
        ("每周一0752", Days((1,)), "07:52"),
        ("周一7:30", Days((1,)), "07:30"),
        ("周1,3,5 7:30", MON_WED_FRI, "07:30"),
        ("周135 8点", MON_WED_FRI, "08:00"),
        ("週一三五 晚上9點", MON_WED_FRI, "21:00"),
        ("Mon, Wed and Fri 9pm", MON_WED_FRI, "21:00"),
        ("mon-fri at 7:52", WEEKDAYS, "07:52"),
        ("改为：每天 21:00。", DAILY, "21:00"),
    ],
)
def test_days_with_a_time(text: str, days: Days, shown: str) -> None:
    said = parse_when(text)
    assert said.minute is not None
    assert (said.days, clock(said.minute), said.zone) == (days, shown, None)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        *((t, DAILY) for t in ("每天", "天天", "每日", "每一天", "every day", "daily", "周一到周日")),
        *((t, WORKDAYS) for t in ("工作日", "每个工作日", "只在工作日", "工作日，随调休", "周一到周五，随调休")),
        *((t, WEEKDAYS) for t in ("周一到周五", "周一至周五", "周一-周五", "周1-5", "星期一到五", "周一~五", "weekdays", "周一到周五，不随调休")),
        *((t, WEEKEND) for t in ("周末", "周六日", "周六、周日", "双休日", "礼拜六和礼拜天", "周六周日", "sat & sun")),
        *((t, Days((2, 4))) for t in ("星期二和周四", "周二四", "周二,周四", "每周二及周四", "星期二 星期四", "周二，四", "礼拜二四")),
        ("礼拜天", Days((7,))),
        ("星期日", Days((7,))),
        ("周三", Days((3,))),
        ("周五到周一", Days((5, 6, 7, 1))),
        ("周一到周三、周五", Days((1, 2, 3, 5))),
        ("周末和周三", Days((3, 6, 7))),
        ("週一、週三", Days((1, 3))),
    ],
)  # fmt: skip
def test_only_days(text: str, days: Days) -> None:
    assert parse_when(text) == When(days=days)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        *((t, "Asia/Tokyo") for t in ("东京", "时区 东京", "Asia/Tokyo", "asia/tokyo", "ASIA/TOKYO", "東京", "東京時間", "日本", "Tokyo", "时区：东京")),
        *((t, "Asia/Shanghai") for t in ("东八区", "东8区", "北京时间", "UTC+8", "GMT+8", "utc+08:00", "ＵＴＣ＋８", "GMT + 8", "+8", "+08:00", "中国标准时间", "北京", "上海市", "重庆", "Beijing")),
        *((t, "America/New_York") for t in ("纽约", "New York", "new_york", "america/new york", "纽约时间", "美东时间", "NewYork")),
        ("los angeles", "America/Los_Angeles"),
        ("乌鲁木齐", "Asia/Urumqi"),
        ("加德满都", "Asia/Kathmandu"),
        ("lord howe", "Australia/Lord_Howe"),
        ("São Paulo", "America/Sao_Paulo"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("etc/gmt+8", "Etc/GMT+8"),
        ("utc", "UTC"),
    ],
)  # fmt: skip
def test_only_a_zone(text: str, zone: str) -> None:
    assert parse_when(text) == When(zone=zone)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("东京 工作日 晚上9点", When(WORKDAYS, 1260, "Asia/Tokyo")),
        ("7:52 周六日本", When(Days((6,)), 472, "Asia/Tokyo")),
        ("周六天津7点", When(Days((6,)), 420, "Asia/Shanghai")),
        ("周一三亚", When(Days((1,)), None, "Asia/Shanghai")),
        ("7:52 UTC+8", When(None, 472, "Asia/Shanghai")),
        ("北京时间早上七点", When(None, 420, "Asia/Shanghai")),
        ("London 7am", When(None, 420, "Europe/London")),
        ("周末，纽约，下午3点一刻", When(WEEKEND, 915, "America/New_York")),
        ("8:00 早上八点", When(None, 480, None)),
        ("", When()),
        (" ，。\n", When()),
        ("时间", When()),
    ],
)
def test_parts_in_any_order(text: str, said: When) -> None:
    assert parse_when(text) == said
    assert bool(said) == (said != When())


@pytest.mark.parametrize(
    ("text", "example", "kind", "sentence"),
    [
        ("25:61", "/subscribe", "time", "“25:61”不是一天里的时间。请写 00:00 到 23:59，例如：/subscribe 07:52"),
        ("２５：６１", "/time", "time", "“２５：６１”不是一天里的时间。请写 00:00 到 23:59，例如：/time 07:52"),
        ("工作日 8点70", "/time", "time", "“8点70”不是一天里的时间。请写 00:00 到 23:59，例如：/time 07:52"),
        ("隔天", "/time", "days", "没看懂“隔天”是什么时候。请写日子或几点，例如：/time 工作日 07:52"),
        ("隔天 8点", "/time", "days", "没看懂“隔天”是什么时候。请写日子或几点，例如：/time 工作日 07:52"),
        ("每小时", "/subscribe", "days", "没看懂“每小时”是什么时候。请写日子或几点，例如：/subscribe 工作日 07:52"),
        ("明天", "/time", "days", "没看懂“明天”是什么时候。请写日子或几点，例如：/time 工作日 07:52"),
        ("时区 火星", "/time", "zone", "没找到时区“火星”。请写大城市或标准名，例如：/time Asia/Tokyo"),
        ("Asia/Foo", "/time", "zone", "没找到时区“Asia/Foo”。请写大城市或标准名，例如：/time Asia/Tokyo"),
        ("UTC+9", "/time", "zone", "没找到时区“UTC+9”。请写大城市或标准名，例如：/time Asia/Tokyo"),
        ("CST", "/time", "ambiguous", "“CST”有几种意思。请选一个，或写城市，例如：/time 上海"),
        ("7:52 cst", "/time", "ambiguous", "“cst”有几种意思。请选一个，或写城市，例如：/time 上海"),
        ("8点和晚上9点", "/time", "time", "一天只推送一次，这里有两个时间。请写一个，例如：/time 07:52"),
        ("东京 巴黎", "/time", "zone", "这里有两个时区。请写一个，例如：/time Asia/Tokyo"),
        ("工作日和周六", "/time", "days", "没看懂“工作日和周六”是什么时候。请写日子或几点，例如：/time 工作日 07:52"),
    ],
)  # fmt: skip
def test_what_is_not_understood(text: str, example: str, kind: str, sentence: str) -> None:
    with pytest.raises(WhenComplaint) as caught:
        parse_when(text, example)
    assert (str(caught.value), caught.value.kind, caught.value.command) == (sentence, kind, example)


@pytest.mark.parametrize(("text", "kind"), [
    *((t, "time") for t in ("24:30", "25点", "早上13点", "下午0点", "99", "7:5", "七点五", "7点5", "25:00", "12:60", "下午25点", "8:30:30", "13am", "999")),
    *((t, "days") for t in ("早上", "晚一点", "早一点", "每两天", "7天", "3天后", "每8小时", "8小时", "10000", "8点到9点", "😀", "abc", "周八", "周", "每周", "周1230", "七", "后天8点", "*" * 10_000, "周六，随调休", "每天 周一", "第8")),
    *((t, "zone") for t in ("西五区", "东九区", "UTC-8", "GMT-8", "+9", "EST", "pst", "美国时间", "火星时间", "UTC+8:30", "utc+0")),
])  # fmt: skip
def test_refused(text: str, kind: str) -> None:
    with pytest.raises(WhenComplaint) as caught:
        parse_when(text)
    assert caught.value.kind == kind
    assert len(str(caught.value)) < 80


def test_a_word_is_a_zone_when_a_zone_was_asked_for() -> None:
    with pytest.raises(WhenComplaint, match="没找到时区“火星”"):
        parse_when("火星", wants="zone")


@pytest.mark.parametrize("text", ["25:61", "隔天", "Asia/Foo", "CST"])
def test_buttons_and_examples_of_a_complaint_are_understood(text: str) -> None:
    with pytest.raises(WhenComplaint) as caught:
        parse_when(text, "/subscribe")
    for _, says in caught.value.choices:
        assert len(says.encode()) <= 64
        assert parse_when(says.removeprefix("/subscribe "))
    assert parse_when(str(caught.value).rpartition("例如：/subscribe ")[2])


def test_the_buttons_of_the_golden_conversations() -> None:
    with pytest.raises(WhenComplaint) as caught:
        parse_when("隔天", "/time")
    assert caught.value.choices == (
        ("每天 07:52", "/time 每天 07:52"),
        ("工作日 07:52", "/time 工作日 07:52"),
    )


def test_every_city_of_the_table_is_found_and_its_zone_exists() -> None:
    for line in _CITIES.strip().splitlines():
        zone, *cities = line.split()
        assert valid_zone(zone)
        for city in cities:
            assert parse_when(city.replace("_", " ")) == When(zone=zone), city
            assert parse_when(f"7:52 {city} 工作日") == When(WORKDAYS, 472, zone), city


def test_every_iana_name_in_any_letter_case() -> None:
    for name in sorted(zone_names()):
        if "/" in name:
            assert parse_when(name).zone == name
            assert parse_when(name.swapcase()).zone == name


def test_a_name_of_several_zones_is_not_guessed() -> None:
    assert zone_at("central", 0) is None
    assert zone_at("pacific", 0) is None


DAYS = st.one_of(
    st.just(DAILY), st.just(WORKDAYS), st.sets(st.integers(1, 7), min_size=1).map(lambda s: Days(tuple(s)))
)
ZONES = st.sampled_from(sorted(name for name in zone_names() if "/" in name or name == "UTC"))


@given(DAYS, st.integers(0, 1439), ZONES, st.booleans())
def test_what_is_described_is_understood(days: Days, minute: int, zone: str, prefixed: bool) -> None:
    text = describe(days, minute, zone)
    assert parse_when("改为：" + text + "。" if prefixed else text) == When(days, minute, zone)


@given(st.permutations(["days", "minute", "zone"]), DAYS, st.integers(0, 1439), ZONES)
@example(["zone", "minute", "days"], DAILY, 0, "UTC")
def test_order_does_not_matter(order: list[str], days: Days, minute: int, zone: str) -> None:
    parts = {"days": days.label, "minute": clock(minute), "zone": zone}
    assert parse_when(" ".join(parts[part] for part in order)) == When(days, minute, zone)


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "周",
                "星期",
                "每",
                "一",
                "二",
                "三",
                "五",
                "日",
                "天",
                "十",
                "半",
                "点",
                "时",
                "分",
                "刻",
                ":",
                "：",
                ".",
                "到",
                "、",
                ",",
                "0",
                "7",
                "12",
                "25",
                "61",
                "早",
                "晚上",
                "中午",
                "am",
                "pm",
                "utc",
                "gmt",
                "+",
                "-",
                "8",
                "东京",
                "火星",
                "cst",
                "工作日",
                "每天",
                "周末",
                "随调休",
                "不",
                "区",
                "asia/",
                "tokyo",
                "new",
                "york",
                "'",
                "_",
                "/",
                "\u200b",
                "晚上9點",
                "週",
                "＋",
                "²",
                "",
                "①",
                "½",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=2000)
@given(st.one_of(PIECES, st.text(st.characters())), st.sampled_from(["", "zone"]))
def test_no_text_raises_anything_but_a_complaint(text: str, wants: Literal["", "zone"]) -> None:
    try:
        said = parse_when(text, wants=wants)
    except WhenComplaint as complaint:
        assert "例如：/time " in str(complaint)
        str(complaint).encode()  # no surrogates go out
        return
    assert said.minute is None or 0 <= said.minute < 1440
    assert said.zone is None or valid_zone(said.zone)


def test_dates_in_words() -> None:
    monday = date(2026, 11, 23)
    assert date_words(monday, monday) == "今天（11 月 23 日 周一）"
    assert date_words(monday + timedelta(days=1), monday) == "明天（11 月 24 日 周二）"
    assert date_words(monday + timedelta(days=2), monday) == "11 月 25 日（周三）"
    assert date_words(date(2027, 1, 25), monday) == "2027-01-25"
    assert date_words(date(2027, 1, 1), date(2026, 12, 31)) == "明天（2027-01-01 周五）"


def test_descriptions() -> None:
    assert describe(DAILY, 472, "Asia/Shanghai") == "每天 07:52（Asia/Shanghai）"
    assert describe(MON_WED_FRI, 1260, "Asia/Shanghai") == "周一、周三、周五 21:00（Asia/Shanghai）"
