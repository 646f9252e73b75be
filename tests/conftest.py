"""What many tests share: a small good pack on disk, and a store in a folder of its own."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.channels.terminal import printed
from bot.commands.base import Settings
from bot.config import DeliverySettings
from bot.delivery import Engine
from bot.messages import Address, Incoming, Reply
from bot.store import Store, open_store
from bot.study import shelf

NOW = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)  # 09:10 in Shanghai, a Monday
SHIPPED = Path(__file__).resolve().parent.parent / "content"

FILES = {
    "pack.md": "# 种菜三课\n\n语言: zh-Hans\n",
    "articles/01-tu.md": (
        "---\n编号: a1\n标题: 土要松\n作者: 老周 · 菜农\n日期: 2025 年 4 月\n---\n\n## 翻土\n\n"
        "翻土要在雨后两三天，土不粘锹的时候。\n\n## 施肥\n\n底肥一次给足，追肥少量多次。\n"
    ),
    "cards.md": (
        "## c01 什么时候翻土\n文章: a1\n\n翻土要在雨后两三天，土不粘锹的时候。"
        + "等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块，晒干以后更难敲碎。\n\n"
        + "想一想: 你家阳台的土，捏起来是什么样？\n"
    ),
    "glossary.md": "## 底肥\n编号: t01\n又名: 基肥\n类别: 肥料\n文章: a1\n\n下种以前埋进土里的肥。\n",
    "quiz.md": (
        "## q001\n卡片: c01\n题: 翻土挑什么时候？\n- [ ] 雨刚停\n- [x] 雨后两三天\n解析: 土不粘锹。\n依据: 雨后两三天\n\n"
        "## q002\n文章: a1\n题: 追肥要少量多次。\n答: 对\n依据: 追肥少量多次\n"
    ),
}

Write = Callable[..., Path]


@pytest.fixture
def write_pack(tmp_path: Path) -> Write:
    """Writes the small pack, with some files replaced: write_pack({"quiz.md": "…"}, name="other")."""

    def write(changed: dict[str, str | bytes] | None = None, name: str = "zhongcai") -> Path:
        folder = tmp_path / "packs" / name
        for path, text in {**FILES, **(changed or {})}.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


def noon_zone() -> str:
    """A zone in which it is about noon now, so that no day ends during the test."""
    east = (12 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data", NOW)
    yield opened
    opened.close()


class Talk:
    """One member's conversation with the bot, with a clock that only moves when told."""

    def __init__(self, store: Store, now: datetime = NOW, name: str = "小林") -> None:
        self.store, self.now, self.name, self.settings = store, now, name, Settings()

    @property
    def bot(self) -> Bot:
        """A new one each time: nothing may live outside the database."""
        return Bot(self.store, self.settings)

    def says(self, text: str) -> str:
        """What he reads in a terminal."""
        return "\n".join(printed(reply) for reply in self.replies(text)).rstrip("\n")

    def replies(self, text: str, **more: object) -> list[Reply]:
        incoming = Incoming("terminal", self.name, self.name, text, name=self.name, admin=True)
        return self.bot.answer(replace(incoming, **more), self.now)  # type: ignore[arg-type]

    def in_group(self, text: str, admin: bool = False, **more: object) -> list[Reply]:
        """The same person in a group of Telegram's."""
        incoming = Incoming(
            *("telegram", "-100", self.name, text, self.name), group=True, title="周三读书组", admin=admin
        )
        return self.bot.answer(replace(incoming, **more), self.now)  # type: ignore[arg-type]

    def later(self, **span: float) -> "Talk":
        self.now += timedelta(**span)
        return self

    def at(self, day: str, clock: str = "09:10") -> "Talk":
        """The wall clock in Shanghai."""
        self.now = datetime.fromisoformat(f"{day}T{clock}:00+08:00").astimezone(UTC)
        return self

    def beat(self) -> list[Reply]:
        """One beat of the push at this moment; what the terminal shows of it."""
        engine(self.bot, self.now).beat()
        return self.bot.waiting(Address("terminal", self.name), self.now)

    def pushed(self, *days: str, clock: str = "07:52") -> "Talk":
        """The push of these days, at its time."""
        for day in days:
            self.at(day, clock).beat()
        return self


class Beat(Engine):
    """The engine without a loop: kept conversations only."""

    def beat(self) -> None:
        self.start("test")
        with suppress(StopIteration):
            self.tick().send(None)


async def at_once(work: Callable[..., Any], *args: object) -> Any:
    """In place of the database thread."""
    return work(*args)


def engine(bot: Bot, now: datetime) -> Beat:
    return Beat(
        *(bot.store, at_once, {}, DeliverySettings(), bot.settings.calendar),
        packs=lambda: bot.packs,
        render=bot.push,
        clock=lambda: now,
    )


@pytest.fixture
def talk(store: Store) -> Talk:
    shelf.refresh(store, SHIPPED)
    return Talk(store)


@pytest.fixture
def xiaolin(talk: Talk) -> Talk:
    """The member of the golden conversations: 每天 07:52 since 17 November, today day 7, delivered at 07:52."""
    talk.at("2026-11-17").says("订阅 07:52")
    talk.pushed(*(f"2026-11-{day}" for day in range(18, 24)))
    return talk.at("2026-11-23")
