"""What was typed wrongly, said in the operator's language: what is the matter, then a line that works.

Invariant: wrong usage goes to stderr and exits with 2, as click has it; only the words are ours.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any

import click
from click.exceptions import NoSuchCommand

PROGRAM = "python -m bot"


class Formatter(click.HelpFormatter):
    """click's help with its own words in Chinese, and columns that are as wide as they look."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[COMMAND] [ARGS]...", "[命令] …").replace("[OPTIONS]", "[选项]")
        self.write(f"{prefix or '用法：'}{prog} {args}".rstrip() + "\n")

    def write_heading(self, heading: str) -> None:
        named = {"Options": "选项", "Commands": "命令"}.get(heading, heading)
        self.write(f"{'':>{self.current_indent}}{named}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        said = [(name, what.replace("Show this message and exit.", "显示这段说明")) for name, what in rows]
        column = min(max(wide(name) for name, _ in said), col_max) + col_spacing
        for name, what in said:
            gap = " " * max(column - wide(name), col_spacing)
            self.write(f"{'':>{self.current_indent}}{name}{gap}{what}\n")


def wide(text: str) -> int:
    """Columns of a text in a terminal.

    >>> wide("--pack 编号")
    11
    """
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


class Spoken(click.Context):
    """The context of every command: its help is in Chinese, too."""

    formatter_class = Formatter


class InChinese(click.Group):
    """A group whose help and whose mistakes of usage are told in Chinese."""

    context_class = Spoken

    def main(self, *args: Any, standalone_mode: bool = True, **more: Any) -> Any:
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **more)
        try:
            code = run(*args, standalone_mode=False, **more)
        except click.ClickException as wrong:
            click.echo(told(wrong), err=True)
            sys.exit(wrong.exit_code)
        except click.Abort:
            click.echo("已中断。", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def told(wrong: click.ClickException) -> str:
    """The sentence for a mistake of usage.

    >>> told(click.NoSuchOption("--foo"))
    '没有“--foo”这个选项。请看有哪些，例如：python -m bot --help'
    """
    context = getattr(wrong, "ctx", None)
    name = context.command.name if context is not None and context.parent else ""
    look = f"请看怎么写，例如：{' '.join(filter(None, (PROGRAM, name, '--help')))}"
    if isinstance(wrong, NoSuchCommand):
        return f"没有“{wrong.command_name[:40]}”这个命令。请看有哪些，例如：{PROGRAM} --help"
    if isinstance(wrong, click.NoSuchOption):
        return f"没有“{wrong.option_name[:40]}”这个选项。{look.replace('怎么写', '有哪些')}"
    if isinstance(wrong, click.MissingParameter):
        what = wrong.param.make_metavar(context) if wrong.param and context else ""
        return f"少写了 {what}。{look}" if what else f"少写了一项。{look}"
    if isinstance(wrong, click.BadOptionUsage):
        return f"选项 {wrong.option_name} 后面少了一项。{look}"
    if isinstance(wrong, click.BadParameter):
        value = re.search("['\"“](.*)['\"”]", wrong.message)
        return (
            f"“{value[1][:80]}”不能用：没有这个文件，或写得不对。{look}"
            if value
            else f"有一项写得不对。{look}"
        )
    if extra := re.search(r"extra arguments? \((.*)\)", wrong.message):
        return f"多写了“{extra[1][:80]}”。{look}"
    return f"用得不对：{wrong.format_message()}。{look}"
