"""What the operator types. Answers go to stdout, everything else to stderr; 2 = refused, 1 = something is wrong.

One file a family of commands; COMMANDS is the written-out list.
"""

from pathlib import Path

import click

from bot.cli import bringing, looking, packs, talking

COMMANDS: tuple[click.Command, ...] = (
    talking.chat,
    bringing.import_,
    packs.check,
    looking.search,
)


@click.group()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), help="数据目录（默认 ./data）")
@click.pass_context
def main(context: click.Context, data: Path) -> None:
    """每日一学：把学习材料变成每天的习惯。"""
    context.obj = data


for _command in COMMANDS:
    main.add_command(_command)
