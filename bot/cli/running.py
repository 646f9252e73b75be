"""The bot itself: every configured channel, and the push."""

import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.config import Config
from bot.limiter import Limiter
from bot.messages import Address, Listener, Reply
from bot.model import Refused

if TYPE_CHECKING:
    from bot.app.service import Service

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CLAIM_LASTS = timedelta(hours=24)
FAREWELL = "终端里的对话结束了，网页还开着。要全部停下，请按 Ctrl-C"
NAME = "me"  # who sits at the terminal of `run`


@click.command()
@click.pass_obj
def run(config: Config) -> None:
    """运行机器人：所有配置好的渠道，和每日推送。"""
    import asyncio  # 14 ms that other commands need not pay

    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    logging_to(config, at_terminal)
    try:
        code = asyncio.run(_run(config, at_terminal))
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    sys.exit(code)


async def _run(config: Config, at_terminal: bool) -> int:
    import asyncio

    from bot.app.service import Service
    from bot.cli.webbing import page

    def channels(service: "Service") -> Sequence[Listener]:
        found: list[Listener] = []
        if at_terminal:
            found.append(_terminal(service))
        if config.telegram.token:
            from bot.cli.telegram import paced, telegram

            found.append(telegram(config, service, paced(config.delivery)))
        found.append(page(service, config.web))
        return found

    service = Service(config, channels, limiter=Limiter(), tell=told if at_terminal else lambda _: None)
    starting = asyncio.create_task(service.run())
    ready = asyncio.create_task(service.ready.wait())
    await asyncio.wait({starting, ready}, return_when=asyncio.FIRST_COMPLETED)
    if ready.done() and not starting.done():
        code = await service.call(claim_code, service.store, config, datetime.now(UTC))
        if code:
            click.echo(f"还没有组织者。想做组织者，24 小时内发这句：/claim {code}")
    ready.cancel()
    return await starting


def told(sentence: str) -> None:
    """While logs go to a file: what the operator should read at once."""
    click.echo(sentence, err=True)


def _terminal(service: "Service") -> Listener:
    from bot.channels.terminal import KIND, Terminal

    here = Address(KIND, NAME)

    async def waiting() -> list[Reply]:
        return await service.waiting(here)

    terminal = Terminal(NAME, waiting, words(), FAREWELL)
    service.watchers.append(lambda to: terminal.arrived.set() if to == here else None)
    return terminal


def words() -> list[tuple[str, str]]:
    """What can be completed: every command and its words."""
    from bot.commands import COMMANDS

    found = [(f"/{each.name}", each.menu) for each in COMMANDS if each.menu and not each.organiser]
    return found + [
        (word, each.menu) for each in COMMANDS if each.menu and not each.organiser for word in each.words
    ]


def claim_code(store: "object", config: Config, now: datetime) -> str | None:
    """A new one-time code for becoming organiser; None when there is one already."""
    from bot.commands.organiser import new_code
    from bot.store import Store, members

    assert isinstance(store, Store)
    if config.organisers.members or members.organisers(store, ()):
        return None
    code = new_code()
    members.put_code(store, "claim", code, 0, now + CLAIM_LASTS)
    return code


def logging_to(config: Config, at_terminal: bool) -> None:
    """Logs go to stderr; while somebody talks in this terminal they go to data/bot.log instead."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if at_terminal:
        try:
            config.bot.data.mkdir(parents=True, exist_ok=True)
            handler = logging.FileHandler(config.bot.data / "bot.log", encoding="utf-8")
        except OSError:
            pass  # the store says it better in a moment
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("httpx", "httpcore", "apscheduler"):  # httpx's request lines carry the token
        logging.getLogger(noisy).setLevel(logging.WARNING)
