"""What the delivery tests live in: a real database on a thread of its own, an engine, a fake Telegram, a clock.

`until` waits on events (every turn of the database thread), never on time.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.bot_api import FakeBotApi

from bot.app import Bot
from bot.channels.telegram import Telegram
from bot.channels.telegram.limiter import Limiter
from bot.config import DeliverySettings
from bot.days import DAILY as EVERY_DAY
from bot.days import Days
from bot.delivery import Engine
from bot.messages import Address, Incoming, bare
from bot.pacing import Pacer
from bot.store import Store, open_store, subscriptions
from bot.store.subscriptions import Subscription
from bot.study import shelf

SHIPPED = Path(__file__).resolve().parents[2] / "content"
PACK = "xinzhi-shengchanli"
SLOT = datetime(2026, 11, 24, 23, 52, tzinfo=UTC)  # 07:52 on 25 November in Shanghai, a Wednesday
FIRST = 20001


class House:
    """One life of the program on `folder`. `now` moves only when told.

    per_chat: seconds between two messages into a chat, which pass in real time; so none unless it is measured.
    """

    per_chat = 0.0

    def __init__(
        self, folder: Path, server: FakeBotApi | None = None, now: datetime = SLOT, **settings: Any
    ) -> None:
        self.now = now
        self.server = server
        self.settings = DeliverySettings(**{"rate": 10_000.0, **settings})
        self.thread = ThreadPoolExecutor(1)
        self.turned = asyncio.Event()
        self.folder = folder
        self.tasks: list[asyncio.Task[None]] = []

    async def call(self, work: Callable[..., Any], *args: object) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.thread, work, *args)
        finally:
            self.turned.set()

    async def start(self, people: int = 0, holder: str = "test") -> "House":
        self.store: Store = await self.call(open_store, self.folder, self.now)
        await self.call(shelf.refresh, self.store, SHIPPED)
        self.bot = Bot(self.store)
        if people:
            await self.call(fill, self.store, people)
        channels = {}
        if self.server:
            self.pacer = Pacer(self.settings.rate, self.settings.guard, self.per_chat)
            self.channel = Telegram(
                self.server.token, base_url=self.server.url, rate_limiter=Limiter(self.pacer)
            )
            await self.channel.bot.initialize()
            channels = {"telegram": self.channel}
        self.engine = Engine(
            *(self.store, self.call, channels, self.settings, self.bot.settings.calendar),
            packs=lambda: self.bot.packs,
            render=self.bot.push,
            clock=lambda: self.now,
        )
        await self.call(self.engine.start, holder)
        for each in channels.values():
            self.tasks.append(asyncio.create_task(self.engine.dispatch(each)))
        await asyncio.sleep(0)
        return self

    async def tick(self, **later: float) -> None:
        self.now += timedelta(**later)
        await self.engine.tick()

    async def until(self, state: Callable[[Counter[str]], bool], seconds: float = 20.0) -> Counter[str]:
        """The ledger's states, once they are as wanted."""
        async with asyncio.timeout(seconds):
            while True:
                self.turned.clear()
                found = await asyncio.get_running_loop().run_in_executor(self.thread, states, self.store)
                if state(found):
                    return found
                await self.turned.wait()

    async def settled(self) -> Counter[str]:
        return await self.until(lambda found: not found["sending"] and not found["queued"])

    async def says(self, text: str, chat: int = FIRST) -> str:
        """What the bot answers in this chat."""
        incoming = Incoming("telegram", str(chat), str(chat), text, name="小林", admin=True)
        replies = await self.call(self.bot.answer, incoming, self.now)
        return "\n".join(bare(reply.text) for reply in replies)

    async def rows(self, sql: str, *values: object) -> list[Any]:
        return await self.call(self.store.rows, sql, *values)

    async def stop(self) -> None:
        """The orderly end."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.server:
            await self.channel.bot.shutdown()
        await self.call(self.store.close)
        self.thread.shutdown()

    async def __aenter__(self) -> "House":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def fill(
    store: Store, people: int, minute: int = 472, zone: str = "Asia/Shanghai", days: Days = EVERY_DAY,
    channel: str = "telegram", first: int = FIRST, due: datetime = SLOT,
) -> None:  # fmt: skip
    """Subscribers in private chats, all with one slot."""
    with store.writing():
        for number in range(people):
            made = subscriptions.make(
                store,
                Subscription(
                    *(0, PACK, minute, zone, True, days), address=Address(channel, str(first + number))
                ),
            )
            subscriptions.save(
                store,
                Subscription(
                    *(made.id, PACK, minute, zone, True, days),
                    address=made.address,
                    active_since=date(2026, 11, 1),
                    next_due=int(due.timestamp()),
                ),
            )


def states(store: Store) -> Counter[str]:
    return Counter(
        {
            row["state"]: row["n"]
            for row in store.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY 1")
        }
    )


def people(server: FakeBotApi, count: int) -> None:
    for number in range(count):
        server.person(f"读者{number}", id=FIRST + number, opened=True)


def got(server: FakeBotApi) -> Counter[int]:
    """How many messages arrived in each chat."""
    return Counter(message.chat.id for message in server.sent())
