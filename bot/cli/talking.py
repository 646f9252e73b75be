"""A conversation in the terminal, or by JSON lines."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.opening import opened
from bot.config import Config
from bot.fold import visible
from bot.messages import Address, Incoming, Reply, plain

if TYPE_CHECKING:
    from bot.app import Bot


@click.command()
@click.option("--as", "name", default="me", metavar="名字", help="以谁的名义说话（默认 me）")
@click.option("--json", "as_json", is_flag=True, help="每行一条消息进，每行一个 JSON 对象出")
@click.pass_obj
def chat(config: Config, name: str, as_json: bool) -> None:
    """在终端里和机器人说话；输入结束就退出。"""
    from bot.app import Bot
    from bot.app.setting import calendar_of, settings_of

    if not visible(name):
        click.echo("名字不能是空的，例如：python -m bot chat --as 小林", err=True)
        sys.exit(2)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    store = opened(config)
    bot = Bot(store, settings_of(config, calendar_of(config)[0]))
    try:
        if sys.stdin.isatty() and sys.stdout.isatty() and not as_json:
            import asyncio

            asyncio.run(_screen(bot, name))
        else:
            _lines(bot, name, as_json)
    finally:
        store.close()


def _lines(bot: "Bot", name: str, as_json: bool) -> None:
    """Line by line, for pipes and scripts; what was pushed meanwhile comes first."""
    from bot.channels.terminal import KIND, incoming, printed, said

    def show(text: str | None, replies: list[Reply]) -> None:
        for reply in replies:
            click.echo(as_object(text, reply) if as_json else printed(reply))
        sys.stdout.flush()

    show(None, bot.waiting(Address(KIND, name), datetime.now(UTC)))
    while (text := said()) is not None:
        show(text, bot.answer(incoming(name, text), datetime.now(UTC)))


async def _screen(bot: "Bot", name: str) -> None:
    """A conversation with prompt, history and completion; another process's pushes appear as they come."""
    from bot.channels.terminal import KIND, Terminal
    from bot.cli.running import words

    async def waiting() -> list[Reply]:
        return bot.waiting(Address(KIND, name), datetime.now(UTC))

    async def answer(message: Incoming) -> list[Reply]:
        return bot.answer(message, datetime.now(UTC))

    await Terminal(name, waiting, words()).run(answer)


def as_object(said: str | None, reply: Reply) -> str:
    """One reply as a line of JSON; the choices are in `buttons`, not in `text`."""
    return json.dumps(
        {
            "in": said,
            "text": plain(reply.text),
            "buttons": [{"label": button.label, "says": button.says} for button in reply.buttons],
            "images": list(reply.images),
            "documents": list(reply.documents),
            "edits": reply.edits,
        },
        ensure_ascii=False,
    )
