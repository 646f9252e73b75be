"""The journeys' driver for Telegram: a person with a phone, the fake Bot API behind it, the whole program before it.

Invariant: nothing is awaited by the clock. A step ends when Telegram has every update confirmed, the channel has
answered all it heard, and the ledger has nothing left to send.
"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from fakes.bot_api import FakeBotApi, Message, Person, Threaded
from journeys.house import House
from journeys.people import Seen

from bot.app.service import Service
from bot.channels.telegram import KIND, Patience, Telegram
from bot.cli.telegram import telegram
from bot.config import BotSettings, Config, OrganiserSettings, TelegramSettings
from bot.messages import Listener
from bot.store import Store

QUICK = (0.01, 0.02, 0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def settings(server: FakeBotApi, data: Path, webhook: bool = False, organisers: Sequence[str] = ()) -> Config:
    """A configuration that talks to this server."""
    asked = TelegramSettings(server.token, base_url=server.url)
    if webhook:
        listen = f"127.0.0.1:{free_port()}"
        asked = replace(asked, webhook_url=f"http://{listen}", webhook_listen=listen, webhook_secret="s3cret")
    return Config(bot=BotSettings(data=data), telegram=asked, organisers=OrganiserSettings(tuple(organisers)))


class Program:
    """The whole program on Telegram. Use as a context manager."""

    def __init__(self, config: Config, box: Threaded, now: datetime, beside: Sequence[Listener] = ()) -> None:
        self.config, self.box, self.beside = config, box, beside
        self.house = House(config, self._channels, now=now)

    def _channels(self, service: Service) -> list[Listener]:
        made = telegram(self.config, service, patience=Patience(QUICK))
        assert isinstance(made, Telegram)
        self.channel = made
        return [made, *self.beside]

    def __enter__(self) -> "Program":
        self.house.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.house._thread.is_alive():
            self.house.stop()

    def settle(self) -> None:
        """Return once everything that was said is answered."""
        self.box.run(self.box.server.hub.confirmed(10))
        self.house.do(self.channel.idle())

    def beat(self) -> None:
        """One beat of the push, and all it sends sent."""
        self.house.tick()
        self.house.do(self._sent())

    async def _sent(self) -> None:
        service = self.house.service
        while await service.call(_open, service.store, self.house.now.timestamp()):
            await asyncio.sleep(0)

    def restart(self, now: datetime) -> None:
        self.house.stop()
        self.house.now = now
        self.house.start()


def _open(store: Store, now: float) -> bool:
    row = store.row(
        "SELECT 1 FROM deliveries WHERE channel = ? AND (state = 'sending' OR state = 'queued' AND not_before <= ?)",
        *(KIND, now),
    )
    return row is not None


class OnTelegram:
    """The Person of the journeys."""

    def __init__(self, program: Program, person: Person) -> None:
        self.program, self.person = program, person
        self._read = 0

    @property
    def now(self) -> datetime:
        return self.program.house.now

    def says(self, text: str) -> list[Seen]:
        self.program.box.run(self.person.says(text))
        self.program.settle()
        return self._news()

    def presses(self, label: str) -> list[Seen]:
        self.program.box.run(self.person.presses(label))
        self.program.settle()
        return self._news()

    def at(self, when: datetime) -> list[Seen]:
        self.program.house.now = when
        self.program.beat()
        return self._news()

    def down_until(self, when: datetime) -> list[Seen]:
        self.program.restart(when)
        return self.at(when)

    def _news(self) -> list[Seen]:
        news = self.person.private.news[self._read :]
        self._read += len(news)
        return [
            seen(event.message)
            for event in news
            if event.kind in {"sent", "edited"} and event.message is not None
        ]


def seen(message: Message) -> Seen:
    """A message as a person sees it; links belong to the platform, not to the conversation."""
    rows = (message.markup or {}).get("inline_keyboard", ())
    return Seen(message.text, tuple(key["text"] for row in rows for key in row if "url" not in key))
