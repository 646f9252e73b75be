"""What the operator types. Answers go to stdout, everything else to stderr; 2 = refused, 1 = something is wrong.

One file a family of commands; COMMANDS is the written-out list. Without a command: `run`.
"""

import sys
from pathlib import Path

import click

from bot.cli import bringing, looking, operating, packs, preview, quizzes, running, talking, webbing
from bot.cli.usage import InChinese, Spoken
from bot.config import load
from bot.model import Refused

COMMANDS: tuple[click.Command, ...] = (
    running.run,
    talking.chat,
    bringing.import_,
    packs.check,
    packs.new,
    preview.preview,
    looking.search,
    quizzes.quiz_stats,
    operating.doctor,
    operating.backup,
    operating.restore,
    webbing.link,
)


@click.group(cls=InChinese, invoke_without_command=True)
@click.option(
    *("--config",),
    type=click.Path(path_type=Path),
    metavar="文件",
    help="配置文件（默认 ./config.toml，没有也行）",
)
@click.option("--data", type=click.Path(path_type=Path), metavar="目录", help="数据目录（默认 ./data）")
@click.pass_context
def main(context: click.Context, config: Path | None, data: Path | None) -> None:
    """每日一学：把学习材料变成每天的习惯。不写命令就是 run。"""
    try:
        context.obj = load(config, data)
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    if context.invoked_subcommand is None:
        context.invoke(running.run)


for _command in COMMANDS:
    _command.context_class = Spoken
    main.add_command(_command)
