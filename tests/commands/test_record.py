"""The record: 已读 and the streak, points, the 错题本, the calendar (CONVERSATIONS.md §5, §8, §9)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import Talk

from bot.commands import picture
from bot.messages import Reply, plain
from bot.study import looking_back, record
from bot.study.looking_back import Day, Record
from bot.study.streaks import Streak

NAMES = [
    "小林",
    "林" * 60,
    "Ana Lucía de la Cruz y Fernández-Ochoa del Río Grande",
    "😀🎉",
    "",
    "ᚠᚢᚦ林",
    "W" * 300,
]


def days(first: str, last: str) -> list[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [f"{begin + timedelta(days=n)}" for n in range((end - begin).days + 1)]


def reads(talk: Talk, first: str, last: str) -> str:
    """Reads each day's card at 07:55; what was said last."""
    said = ""
    for each in days(first, last):
        talk.at(each, "07:55").says("今日")
        said = talk.says("已读")
    return said


@pytest.fixture
def reader(talk: Talk, tmp_path: Path) -> Talk:
    """小林 on the morning of 23 November: subscribed on the 17th, read every card so far but today's."""
    talk.settings = replace(talk.settings, data=tmp_path)
    talk.at("2026-11-17").says("订阅 07:52")
    talk.says("已读")
    for each in days("2026-11-18", "2026-11-22"):
        talk.pushed(each).says("已读")
    return talk.pushed("2026-11-23").at("2026-11-23", "07:55")


def test_read(reader: Talk) -> None:
    (reply,) = reader.replies("/read c07", pressed="1")
    assert reply.toast == "已读，连续学习 7 天，今天 +1 分"
    assert plain(reply.text).startswith("已读，连续学习 7 天，今天 +1 分。\n")
    assert plain(reply.edited or ()).split("\n\n")[-1].startswith("已读 07:55")
    (again,) = reader.later(minutes=9).replies("/read c07", pressed="1")
    assert again.toast == "07:55 已经记过"
    (older,) = reader.replies("/read c03", pressed="1")
    assert older.toast == "已读，算在今天"  # it was read on the 19th


def test_an_older_card_counts_for_today(talk: Talk) -> None:
    talk.at("2026-11-17").says("订阅 07:52")
    talk.pushed("2026-11-18").at("2026-11-18")
    (older,) = talk.replies("/read c01", pressed="1")
    assert older.toast == "已读，算在今天"
    assert talk.says("已读").startswith("已读，连续学习 1 天。\n")  # one point a day


def test_what_is_said_once(reader: Talk) -> None:
    said = reader.says("已读").split("\n")
    assert said[:3] == [
        "已读，连续学习 7 天，今天 +1 分。",
        "连续学习 7 天，从 11 月 17 日开始。",
        "攒到 1 个缓冲日：哪天没空，会自动用上。",
    ]
    card = reader.pushed("2026-11-25").at("2026-11-25", "08:00").says("今日")
    assert "\n昨天没有记录，用掉 1 个缓冲日；连续学习 7 天，还剩 0 个。\n" in card
    assert reader.says("已读").startswith("已读，连续学习 8 天，今天 +1 分。\n1 ")
    reader.pushed("2026-11-28").at("2026-11-28", "08:00")
    assert reader.says("已读").split("\n")[:2] == [
        "已读，连续学习 1 天，今天 +1 分。",
        "连续学习从今天重新数：1 天。最长 8 天。",
    ]


def test_a_pause_and_rest_days_are_neutral(talk: Talk) -> None:
    talk.at("2026-11-20").says("订阅 工作日 07:52")  # a Friday
    talk.says("已读")
    talk.pushed("2026-11-23").at("2026-11-23")  # Monday
    assert talk.says("已读").startswith("已读，连续学习 2 天，今天 +1 分。")
    talk.says("暂停 7")
    talk.pushed("2026-12-01").at("2026-12-01")
    assert talk.says("已读").startswith("已读，连续学习 3 天，今天 +1 分。")


def test_streak(reader: Talk) -> None:
    reader.says("已读")
    (reply,) = reader.replies("打卡")
    assert plain(reply.text) == (
        "连续学习 7 天，最长 7 天；缓冲日 1 个。\n今天 1 分，本周 1 分；已读 7 张，答对 0/0 题。\n明天没有到期的题。"
    )
    assert [b.label for b in reply.buttons] == ["答题", "错题本", "我的收藏"]
    (image,) = reply.images
    assert Path(image).name == "calendar.png"
    from PIL import Image

    with Image.open(image) as opened:
        assert opened.size == (640, 400)


def test_without_a_font_the_text_stands_alone(reader: Talk, tmp_path: Path) -> None:
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    for font in (tmp_path / "none.ttf", tmp_path / "bad.ttf"):
        reader.settings = replace(reader.settings, font=font)
        (reply,) = reader.replies("打卡")
        assert reply.images == ()
        assert plain(reply.text).startswith("连续学习 6 天，最长 6 天；")


def a_record(level: int) -> Record:
    today = date(2026, 11, 25)
    begin = record.week(today) - timedelta(weeks=looking_back.WEEKS - 1)
    weeks = tuple(
        tuple(Day(begin + timedelta(days=7 * n + k), level, frozen=k == 2, rest=k > 4) for k in range(7))
        for n in range(looking_back.WEEKS)
    )
    return Record(Streak(12345, today, 12345, 2), 10, 70, 1000, 99999, 99999, 99, today, weeks)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", [0, 3])
def test_no_text_leaves_the_picture_or_covers_another(name: str, level: int) -> None:
    font = picture.font_file(None)
    assert font
    drawn = picture.draw(font, name, a_record(level))
    assert drawn
    boxes = drawn[1]
    assert boxes[0][0].endswith("学习记录")
    assert len(boxes) > 15
    for text, (left, top, right, bottom) in boxes:
        assert 0 <= left <= right <= picture.WIDTH, text
        assert 0 <= top <= bottom <= picture.HEIGHT, text
    for n, (text, one) in enumerate(boxes):
        for other, two in boxes[n + 1 :]:
            apart = one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
            assert apart, (text, other)


def test_wrong(talk: Talk) -> None:
    assert talk.says("错题本") == "错题本是空的。\n1 答题"
    talk.says("今日")
    for question in ("q031", "q020", "q064"):
        talk.says(f"/quiz {question}")
        talk.says("不知道")
    (reply,) = talk.later(days=1).replies("错题")
    assert plain(reply.text) == (
        "错题本：3 题，今天到期 3 题\n1 《中央政治局新年首次集体学习聚焦新质生产力》2 题\n2 《壮大新质生产力的超强机遇》1 题\n"
        "答对后隔些日子再问，记牢了就移出。"
    )
    assert [[(b.label, b.says) for b in row] for row in reply.rows] == [
        [("1", "/wrong 2"), ("2", "/wrong 5")],
        [("全部练一遍", "/quiz wrong")],
    ]
    assert talk.says("1").startswith("《中央政治局新年首次集体学习聚焦新质生产力》的错题：2 题\n1 ")
    assert talk.says("练这一篇").startswith("第 1/2 题 · ")
    assert talk.says("/wrong 1").startswith("《以新质生产力为高质量发展注入强大动力》没有错题。")


def test_what_is_settled_leaves_the_book(talk: Talk) -> None:
    talk.says("/quiz q031")
    talk.says("C")
    for _ in range(2):
        talk.later(days=4).says("/quiz q031")
        answered: Reply = talk.replies("答：全要素生产率大幅提高")[0]
        assert plain(answered.text).startswith("✅")
    assert talk.says("错题本").startswith("错题本是空的。")


def test_points_are_ten_a_day_at_most(talk: Talk) -> None:
    talk.says("今日")
    for question in ("q001", "q031", "q060", "q064", "q071", "q024", "q065"):
        talk.says(f"/quiz {question}")
        key = {"q001": "B", "q031": "B", "q060": "对", "q064": "ABD", "q071": "1 到 100", "q024": "231"}
        talk.says(key.get(question, "A3 B1 C2"))
    rows = talk.store.rows("SELECT reason, sum(points) AS n FROM points GROUP BY reason ORDER BY reason")
    assert [(row["reason"], row["n"]) for row in rows] == [("read", 1), ("right", 5)]


def test_the_questions_answer_counts_as_reading(talk: Talk) -> None:
    talk.says("今日")
    talk.says("/quiz c01")
    said = talk.says("B" if "江苏代表团" in talk.says("答题").split("\n")[3] else "不知道")
    assert "今天的卡片算已读，连续学习 1 天，今天 +1 分。" in said
    assert "已经记过" in talk.says("已读")
