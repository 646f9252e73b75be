"""The channel alone on a loop, with a scripted answer: for what only the channel can get wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from channels.telegram_person import QUICK, free_port
from fakes.bot_api import FakeBotApi

from bot.channels.telegram import Patience, Telegram, Webhook, Wording
from bot.messages import Incoming, Reply, say

WORDING = Wording(
    private=(("today", "今日学习"),),
    group=(("today", "今日学习"), ("subscribe", "订阅")),
    organiser=(("report", "统计"), ("today", "今日学习")),
    description="每天一段。",
    short_description="一段。",
    only_private="请先私聊我。",
    joins="/subscribe",
    too_large="太大。",
    not_fetched="没取下来。",
)
Script = Callable[[Incoming], list[Reply]]


class Stage:
    """A running channel; `heard` is all that reached the app."""

    def __init__(self, channel: Telegram, script: Script) -> None:
        self.channel, self.script = channel, script
        self.heard: list[Incoming] = []
        self.gate: asyncio.Event | None = None  # when set, answers wait for it
        self.slow: dict[str, asyncio.Event] = {}  # texts whose answer waits
        self.running: asyncio.Task[None] | None = None

    async def answer(self, incoming: Incoming) -> list[Reply]:
        self.heard.append(incoming)
        if gate := self.slow.get(incoming.text, self.gate):
            await gate.wait()
        return self.script(incoming)

    @property
    def last(self) -> Incoming:
        return self.heard[-1]

    def start(self) -> None:
        self.running = asyncio.create_task(self.channel.run(self.answer))

    async def stop(self) -> None:
        assert self.running
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running


def echo(incoming: Incoming) -> list[Reply]:
    return [] if incoming.event in {"gone", "back", "moved"} else [say(f"听到：{incoming.text}")]


@asynccontextmanager
async def on_stage(
    server: FakeBotApi, script: Script = echo, webhook: bool = False, clean: bool = True, **more: Any
) -> AsyncIterator[Stage]:
    """A channel that listens to this server; at the end nothing may have been rejected or left unanswered."""
    hook = None
    if webhook:
        listen = f"127.0.0.1:{free_port()}"
        hook = Webhook(f"http://{listen}", listen, secret="s3cret")
    options: dict[str, Any] = {"wording": WORDING, "patience": Patience(QUICK), "webhook": hook, **more}
    stage = Stage(Telegram(server.token, base_url=server.url, **options), script)
    stage.start()
    try:
        yield stage
    finally:
        await stage.stop()
    if clean:
        server.assert_clean()


async def settled(server: FakeBotApi, stage: Stage) -> None:
    """All updates confirmed, all answers sent."""
    await server.hub.confirmed()
    await stage.channel.idle()
