"""A conversation in the terminal, or by JSON lines."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.opening import opened
from bot.messages import Incoming, Reply, plain


@click.command()
@click.option("--as", "name", default="me", help="以谁的名义说话（默认 me）")
@click.option("--json", "as_json", is_flag=True, help="每行一条消息进，每行一个 JSON 对象出")
@click.pass_obj
def chat(data: Path, name: str, as_json: bool) -> None:
    """在终端里和机器人说话；输入结束就退出。"""
    from bot.app import Bot
    from bot.channels.terminal import printed

    store, packs = opened(data)
    bot = Bot(store, packs)
    greeting = sys.stdin.isatty() and not as_json
    if greeting:
        click.echo("每日一学。发“开始”看看有什么，Ctrl-D 结束。")
    while True:
        if greeting:
            click.echo("> ", nl=False)
        line = sys.stdin.buffer.readline()
        if not line:
            break
        text = line.decode("utf-8", "replace").strip("\r\n")
        if not text.strip():
            continue
        incoming = Incoming("terminal", name, name, text, name=name, admin=True)
        for reply in bot.answer(incoming, datetime.now(UTC)):
            click.echo(as_object(text, reply) if as_json else printed(reply))
        sys.stdout.flush()
    store.close()


def as_object(said: str, reply: Reply) -> str:
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
