"""Two weeks of one member, on any channel: subscribing, pushes, a late one, a lost one, a pause, travel, another
pack to its end, leaving and coming back. After every step the program is started anew, which changes nothing.
"""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from journeys.people import Person, Seen

SHANGHAI, TOKYO, WEST = (ZoneInfo(name) for name in ("Asia/Shanghai", "Asia/Tokyo", "America/Los_Angeles"))
BEGIN = datetime(2026, 11, 23, 9, 10, tzinfo=SHANGHAI)
SHORT = {
    "pack.md": "# 种菜三课\n\n语言: zh-Hans\n",
    "articles/01-tu.md": (
        "---\n编号: a1\n标题: 土要松\n作者: 老周 · 菜农\n日期: 2025 年 4 月\n---\n\n## 翻土\n\n"
        "翻土要在雨后两三天，土不粘锹的时候。\n\n## 施肥\n\n底肥一次给足，追肥少量多次。\n"
    ),
    "cards.md": "\n".join(
        f"## c0{n} {title}\n文章: a1\n\n{title}，老周讲过好几遍。"
        + "等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块，晒干以后更难敲碎。\n"
        for n, title in enumerate(("什么时候翻土", "底肥怎么给", "追肥怎么给"), 1)
    ),
}


def short_pack(folder: Path) -> None:
    """A pack of three days, as an organiser would lay it down."""
    for name, text in SHORT.items():
        path = folder / "zhongcai" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def on(day: int, hour: int, minute: int, zone: ZoneInfo = SHANGHAI, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, 5, tzinfo=zone)


def november(day: int, hour: int, minute: int) -> datetime:
    return on(day, hour, minute, month=11)


class Member:
    """A person who starts the program anew after every step and finds nothing changed."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def says(self, text: str) -> list[Seen]:
        return self.again(self.person.says(text))

    def presses(self, label: str) -> list[Seen]:
        return self.again(self.person.presses(label))

    def at(self, when: datetime) -> list[Seen]:
        return self.again(self.person.at(when))

    def down_until(self, when: datetime) -> list[Seen]:
        return self.again(self.person.down_until(when))

    def again(self, found: list[Seen]) -> list[Seen]:
        assert self.person.down_until(self.person.now) == [], "a restart sent something again"
        return found


def head(found: list[Seen]) -> str:
    """The first line of the one card that came."""
    (card,) = found
    return card.text.split("\n")[0]


def two_weeks(person: Person) -> None:
    """The journey. The person is new, at BEGIN, and SHORT lies in the data folder's packs."""
    me = Member(person)
    pack = "新质生产力：五篇材料三十天"

    (hello,) = me.says("你好")
    assert hello.text.startswith(f"你好，我是每日一学：每天送一段，两分钟读完。\n现在的内容：《{pack}》")
    confirmed, card = me.presses("订阅 07:52")
    assert confirmed.text == "已订阅：每天 07:52（Asia/Shanghai）。明天起送达，现在先看今天的一段。"
    assert card.text.startswith(f"{pack} › 第 1/30 天\n")
    assert me.at(november(23, 23, 59)) == []  # the day of subscribing has its card already

    # a push, and it is read
    found = me.at(november(24, 7, 52))
    assert head(found) == f"{pack} › 第 2/30 天"
    me.presses("✅ 已读")
    assert "已读 07:52" in me.says("今日")[-1].text
    assert me.says("没收到")[-1].text == (
        "今天的已送达：07:52（Asia/Shanghai），第 2 天。往上翻能看到。下一次明天 07:52。"
    )

    # the program is down at the time: caught up once, and it says so
    found = me.down_until(november(25, 11, 20))
    assert head(found) == "（补发：原定 07:52，服务中断，11:20 送达。）"
    assert found[0].text.split("\n")[1] == f"{pack} › 第 3/30 天"
    assert me.at(november(25, 21, 0)) == []

    # down for too long: missed, and no card is lost by it
    assert me.down_until(november(26, 23, 10)) == []
    assert me.says("没收到")[-1].text.startswith("今天 07:52（Asia/Shanghai）的错过了")
    assert head(me.at(november(27, 7, 52))) == f"{pack} › 第 4/30 天"

    # a pause
    assert me.says("暂停 2")[-1].text == (
        "已暂停 2 天：11 月 28 日到 29 日不推送。11 月 30 日（周一）07:52（Asia/Shanghai）恢复。"
    )
    assert me.at(november(28, 12, 0)) == []
    assert me.says("没收到")[-1].text == "暂停中：11 月 30 日（周一）07:52（Asia/Shanghai）恢复。"
    assert me.at(november(29, 12, 0)) == []
    assert head(me.at(november(30, 7, 52))) == f"{pack} › 第 5/30 天"

    # travel to the east: an hour earlier, and not twice
    assert me.says("时区 东京")[-1].text == (
        "已改为：每天 07:52（Asia/Tokyo），当地现在 08:52。今天的已送达，明天按当地时间送下一张。"
    )
    assert head(me.at(on(1, 7, 52, TOKYO))) == f"{pack} › 第 6/30 天"
    assert me.at(on(1, 7, 52)) == []

    # travel to the west: a local date that had its card has no other
    assert me.says("时区 洛杉矶")[-1].text.startswith(
        "已改为：每天 07:52（America/Los_Angeles），当地现在 15:52。"
    )
    assert me.at(on(30, 23, 0, WEST, month=11)) == []
    assert me.at(on(1, 12, 0, WEST)) == []  # 1 December had its card in Tokyo
    assert head(me.at(on(2, 7, 52, WEST))) == f"{pack} › 第 7/30 天"
    assert me.at(on(3, 0, 10)) == []
    assert "今天 07:52 送达。" in me.says("时区 上海")[-1].text
    assert head(me.at(on(3, 7, 52))) == f"{pack} › 第 8/30 天"

    # another pack: today's card stays today's
    assert me.says("/pack zhongcai")[-1].text.startswith("已换成《种菜三课》，从第 1 天开始。")
    assert me.says("今日")[-1].text.startswith(f"{pack} › 第 8/30 天\n")
    assert head(me.at(on(4, 7, 52))) == "种菜三课 › 第 1/3 天"
    assert head(me.at(on(5, 7, 52))) == "种菜三课 › 第 2/3 天"
    last = me.at(on(6, 7, 52))
    assert head(last) == "种菜三课 › 第 3/3 天"
    assert last[0].text.endswith("这是最后一张。明天起每天一张温故，有新内容时告诉你。")
    assert head(me.at(on(7, 7, 52))) == "种菜三课 › 温故 1"

    # leaving, and coming back to where one was
    assert me.says("退订")[-1].text == "已退订，不再推送。收藏、错题本和学习记录都还在。"
    assert me.at(on(8, 12, 0)) == []
    assert me.says("开始")[-1].text.endswith("现在没有订阅，想每天收到，请发：订阅")
    assert me.at(on(9, 12, 0)) == []
    confirmed, card = me.says("订阅 xinzhi-shengchanli")
    assert confirmed.text == "已订阅：每天 07:52（Asia/Shanghai）。明天起送达，现在先看今天的一段。"
    assert card.text.startswith(f"{pack} › 第 9/30 天\n")
    assert head(me.at(on(10, 7, 52))) == f"{pack} › 第 10/30 天"
