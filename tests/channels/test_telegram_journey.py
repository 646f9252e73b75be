"""The journey of the first issue over HTTP, and the same sentences as in the terminal."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from channels.telegram_person import OnTelegram, Program, settings
from fakes.bot_api import Threaded
from journeys.house import House
from journeys.people import AtTerminal, Seen
from journeys.two_weeks import BEGIN, short_pack, two_weeks

from bot.config import BotSettings, Config


@pytest.fixture
def box() -> Iterator[Threaded]:
    with Threaded() as running:
        yield running


@pytest.mark.parametrize(
    "webhook", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["polling", "webhook"]
)
def test_two_weeks_on_telegram(tmp_path: Path, box: Threaded, webhook: bool) -> None:
    short_pack(tmp_path / "packs")
    lin = box.do(lambda: box.server.person("小林"))
    with Program(settings(box.server, tmp_path, webhook), box, BEGIN) as program:
        two_weeks(OnTelegram(program, lin))
    box.do(box.server.assert_clean)


SAID = (
    "你好", "订阅 7点52", "今日", "目录", "文章 5", "继续读", "搜索 科技自立自强", "3", "科技自力自强", "术语",
    "什么是 全要素生产率", "收藏", "设置", "暂停", "7", "恢复", "时间", "晚上9点", "时区 火星", "没收到", "资料",
    "帮助", "隐私", "/foo", "今天天气怎么样", "退订", "TD", "/start abc", "/article 99", "文章 <b>&amp;",
)  # fmt: skip


def test_terminal_and_telegram_say_the_same(tmp_path: Path, box: Threaded) -> None:
    lin = box.do(lambda: box.server.person("小林"))
    with Program(settings(box.server, tmp_path / "telegram"), box, BEGIN) as program:
        there = [OnTelegram(program, lin).says(SAID[0])]
        phone = OnTelegram(program, lin)
        phone._read = len(lin.private.news)
        there += [phone.says(text) for text in SAID[1:]]
    box.do(box.server.assert_clean)
    house = House(
        replace(Config(), bot=BotSettings(data=tmp_path / "terminal")), AtTerminal.channels, now=BEGIN
    )
    house.start()
    try:
        desk = AtTerminal(house)
        here = [desk.says(text) for text in SAID]
    finally:
        house.stop()
    for text, ours, theirs in zip(SAID, here, there, strict=True):
        assert [_sentence(each) for each in ours] == [_sentence(each) for each in theirs], text


def _sentence(message: Seen) -> tuple[str, tuple[str, ...]]:
    """Telegram trims what stands around a message; where pushes go is each platform's own."""
    return re.sub("送到：.*", "", message.text).strip(), message.labels
