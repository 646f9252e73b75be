"""已读 counts once a study day, whichever card; what had been read before is no reason to be refused."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import NOW, Talk, Write
from sqlite_utils import Database

from bot.messages import bare
from bot.store import Store, open_store
from bot.store.schema import migrations
from bot.study import shelf


def days(first: str, count: int) -> list[str]:
    return [f"{date.fromisoformat(first) + timedelta(days=n)}" for n in range(count)]


@pytest.fixture
def gardener(store: Store, write_pack: Write) -> Talk:
    """A pack of one card: from the second day on it is 温故. Read every day from 23 November."""
    shelf.refresh(store, write_pack().parent)
    talk = Talk(store).at("2026-11-23", "07:55")
    talk.says("订阅 07:52")
    talk.says("已读")
    return talk


def test_reviewing_is_reading(gardener: Talk) -> None:
    for n, day in enumerate(days("2026-11-24", 33), 2):
        (card,) = gardener.at(day, "07:52").beat()
        assert "温故" in bare(card.text)
        assert bare(card.text).split("\n\n")[-1].startswith("出处："), "read a while ago is not read today"
        assert card.buttons[0].label == "✅ 已读"
        if n == 20:
            assert gardener.says("你好").startswith(f"欢迎回来。今天是温故 {n - 1}，卡片还没读。\n")
        assert gardener.says("已读").startswith(f"已读，连续学习 {n} 天，今天 +1 分。\n")
        assert gardener.later(minutes=3).says("已读").startswith("07:52 已经记过。\n")
        shown = gardener.says("今日")
        assert "\n\n已读 07:52\n" in shown
        assert "✅" not in shown
    assert "已读 1 张" in bare(gardener.replies("打卡")[0].text)
    rows = gardener.store.rows("SELECT sum(points) AS n FROM points WHERE reason = 'read'")
    assert rows == [{"n": 34}]


def test_a_group_reads_again_too(store: Store, write_pack: Write) -> None:
    shelf.refresh(store, write_pack().parent)
    talk = Talk(store)
    for n, day in enumerate(days("2026-11-23", 3), 1):
        talk.at(day).in_group("/today")
        (read,) = talk.in_group("/read c01", pressed="17")
        assert read.toast == f"小林，已读；连续学习 {n} 天"
        assert talk.in_group("/read c01", pressed="17")[0].toast == "小林，09:10 已经记过"


def test_an_older_card_read_before_is_that_days_credit(talk: Talk) -> None:
    talk.at("2026-11-17").says("订阅 07:52")
    talk.says("已读")
    talk.pushed("2026-11-18").at("2026-11-18", "08:30")
    (old,) = talk.replies("/card c01")
    assert bare(old.text).endswith("\n\n你在 11 月 17 日读过")
    assert old.buttons[0].label == "✅ 已读"
    assert talk.says("已读").startswith("已读，算在今天。\n")
    assert bare(talk.replies("/card c01")[0].text).endswith("\n\n已读 08:30")
    assert talk.says("/已读").startswith("已读，连续学习 2 天。\n")  # one point a day
    assert "已读 2 张" in bare(talk.replies("打卡")[0].text)


def test_what_was_read_late_in_the_evening_is_told_with_its_date(talk: Talk) -> None:
    talk.at("2026-11-23", "23:50").says("今日")
    talk.says("已读")
    talk.at("2026-11-24", "01:10")  # the study day goes on until four
    assert talk.says("/read c01").startswith("11 月 23 日 23:50 已经记过。\n")
    assert talk.says("/card c01").split("\n")[-2] == "已读 11 月 23 日 23:50"
    assert talk.says("/fav c01").startswith("已收藏，共 1 张。")


def test_read_after_midnight_and_again_in_the_morning_are_two_days(talk: Talk) -> None:
    talk.at("2026-11-24", "01:10").says("今日")
    assert talk.says("已读").startswith("已读，算在 11 月 23 日（凌晨 4 点换日）。")
    assert talk.at("2026-11-24", "08:00").says("今日").split("\n")[-1].startswith("1 ✅ 已读")
    assert talk.says("已读").startswith("已读，连续学习 2 天，今天 +1 分。")


def test_the_question_of_a_review_counts_as_reading(gardener: Talk) -> None:
    gardener.at("2026-11-24", "07:52").beat()
    assert gardener.says("/quiz c01").startswith("单选：")
    assert "今天的卡片算已读，连续学习 2 天，今天 +1 分。" in gardener.says("B")
    assert "已经记过" in gardener.says("已读")


def test_the_same_update_twice_is_one_press(talk: Talk) -> None:
    talk.says("今日")
    for day in days("2026-11-23", 2):
        talk.at(day)
        assert talk.replies("/read c01", pressed="1", update=f"u{day}")
        assert talk.replies("/read c01", pressed="1", update=f"u{day}") == []
    assert talk.store.rows("SELECT count(*) AS n FROM credits") == [{"n": 2}]


def test_what_was_read_under_the_old_table_is_kept(tmp_path: Path) -> None:
    """A database from before the change: first reads stay what they were, and the card can be read again."""
    with sqlite3.connect(tmp_path / "bot.db") as old:
        db = Database(old)
        migrations.apply(db, stop_before="m_reads_by_day")
        old.execute("INSERT INTO reads VALUES (1, 'p', 'c01', '2026-10-01T00:00:00+00:00', '2026-10-01')")
    again = open_store(tmp_path, NOW)
    assert again.rows("SELECT * FROM reads") == [
        {
            "member": 1,
            "pack": "p",
            "card": "c01",
            "study_day": "2026-10-01",
            "at": "2026-10-01T00:00:00+00:00",
        }
    ]
    again.close()


# ---------------------------------------------------------------- what has not been shown cannot have been read


def credits(talk: Talk) -> int:
    return len(talk.store.rows("SELECT day FROM credits"))


def test_before_any_card_was_shown_it_is_shown(talk: Talk) -> None:
    shown = talk.says("已读")
    assert "› 第 1/30 天\n" in shown
    assert shown.split("\n")[-1].startswith("1 ✅ 已读")
    assert credits(talk) == 0
    assert talk.says("已读").startswith("已读，连续学习 1 天，今天 +1 分。")


def test_the_next_day_before_the_push_todays_card_is_shown_first(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "06:00")
    assert "› 第 8/30 天\n" in xiaolin.says("已读")
    assert credits(xiaolin) == 0
    assert xiaolin.says("已读").startswith("已读，连续学习 1 天，今天 +1 分。")


def test_after_midnight_it_means_the_card_of_the_evening(xiaolin: Talk) -> None:
    xiaolin.at("2026-11-24", "00:30")
    assert xiaolin.says("已读").startswith("已读，算在 11 月 23 日（凌晨 4 点换日）。")
    assert xiaolin.store.rows("SELECT card, study_day FROM reads") == [
        {"card": "c07", "study_day": "2026-11-23"}
    ]


def test_on_a_rest_day_it_means_the_last_card_if_there_was_one(talk: Talk) -> None:
    talk.at("2026-11-21")  # a Saturday
    talk.says("时间 工作日")
    assert "› 第 1/30 天\n" in talk.says("已读")
    assert credits(talk) == 0
    talk.at("2026-11-23").says("今日")
    assert talk.at("2026-11-28").says("已读").startswith("已读，连续学习 1 天，今天 +1 分。")


def test_in_a_group_too(talk: Talk) -> None:
    (card,) = talk.in_group("/read")
    assert "› 第 1/30 天\n" in bare(card.text)
    assert credits(talk) == 0
    assert bare(talk.in_group("/read")[0].text).startswith("已读记下了。")
