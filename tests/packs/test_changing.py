"""A pack is edited while people are in it: nobody's past or position moves, and nobody loses what he kept."""

import re
from pathlib import Path

from conftest import FILES, Talk, Write

from bot.store import Store
from bot.study import shelf

NAMES = {"c01": "翻土", "c02": "浇水", "c03": "施肥", "c04": "除草", "c05": "收瓜"}


def cards(**titles: str) -> str:
    text = "等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块，晒干以后更难敲碎。"
    return "\n".join(f"## {key} {name}\n文章: a1\n\n{name}的事：{text}\n" for key, name in titles.items())


def title(said: str) -> str:
    """The card's title and its day, as they stand in the reply."""
    found = re.search(r"› (.+)\n\n(.+)\n", said)
    assert found, said
    return f"{found[1]} {found[2]}"


def rewrite(store: Store, write_pack: Write, text: str) -> None:
    folder: Path = write_pack({"cards.md": text})
    assert not [p for problems in shelf.refresh(store, folder.parent).values() for p in problems if p.error]


def after_two_days(store: Store, write_pack: Write) -> Talk:
    rewrite(store, write_pack, cards(**NAMES))
    talk = Talk(store)
    assert title(talk.says("今日")) == "第 1/5 天 翻土"
    assert title(talk.later(days=1).says("今日")) == "第 2/5 天 浇水"
    return talk


def test_a_corrected_card_keeps_its_day(store: Store, write_pack: Write) -> None:
    talk = after_two_days(store, write_pack)
    rewrite(store, write_pack, cards(**{**NAMES, "c02": "浇水要看天"}))
    assert title(talk.says("今日")) == "第 2/5 天 浇水要看天"
    assert title(talk.later(days=1).says("今日")) == "第 3/5 天 施肥"


def test_a_card_put_in_before_shifts_nobody(store: Store, write_pack: Write) -> None:
    talk = after_two_days(store, write_pack)
    rewrite(store, write_pack, cards(c00="备工具", **NAMES))
    assert title(talk.says("今日")) == "第 2/6 天 浇水"
    assert title(talk.later(days=1).says("今日")) == "第 3/6 天 施肥"


def test_a_card_put_in_ahead_comes_in_its_turn(store: Store, write_pack: Write) -> None:
    talk = after_two_days(store, write_pack)
    rewrite(store, write_pack, cards(c01="翻土", c02="浇水", c09="搭架", c03="施肥", c04="除草", c05="收瓜"))
    assert title(talk.later(days=1).says("今日")) == "第 3/6 天 搭架"
    assert title(talk.later(days=1).says("今日")) == "第 4/6 天 施肥"


def test_a_card_taken_out_shifts_nobody(store: Store, write_pack: Write) -> None:
    talk = after_two_days(store, write_pack)
    rewrite(store, write_pack, cards(c01="翻土", c03="施肥", c04="除草", c05="收瓜"))
    assert title(talk.later(days=1).says("今日")).endswith("施肥")
    assert title(talk.later(days=1).says("今日")).endswith("除草")


def test_a_broken_edit_changes_nothing_for_anybody(store: Store, write_pack: Write) -> None:
    talk = after_two_days(store, write_pack)
    folder = write_pack(
        {"cards.md": cards(**NAMES).replace("文章: a1", "文章: a9", 1), "quiz.md": FILES["quiz.md"]}
    )
    assert "没有编号为“a9”的文章" in shelf.refresh(store, folder.parent)["zhongcai"][0].text
    assert title(talk.later(days=1).says("今日")) == "第 3/5 天 施肥"
