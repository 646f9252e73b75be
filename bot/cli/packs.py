"""For who writes packs: a first one to start from, and what is wrong with one.

`check --json` prints one object: `ok` (no error), `errors`, `warnings`, `problems` (of folders as such) and
`packs`, each with `id`, `folder`, `ok`, `title` ("" when it cannot be used), the numbers of `articles`, `cards`,
`terms` and `questions`, and its `problems`: `file`, `line` (0 = the whole file), `level` ("error" or "warning"), `text`.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.config import Config, content_roots
from bot.model import Complaint, Pack, Problem, Refused


@dataclass(frozen=True, slots=True)
class Checked:
    """One pack's folder and what was found in it; `pack` is None when it must not go live."""

    id: str
    folder: Path
    pack: Pack | None
    problems: tuple[Problem, ...]


@click.command()
@click.argument("pack", metavar="[内容]", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象")
@click.pass_obj
def check(config: Config, pack: str | None, as_json: bool) -> None:
    """检查内容，把所有错误和提醒一次说完（“内容”写编号或目录；不写就查全部）。"""
    from bot.packs.read import read_pack

    folders, astray = chosen(config, pack)
    asked = _asked(config.bot.data)
    found = [
        Checked(pack_id, folder, *read_pack(folder, asked.get(pack_id)))
        for pack_id, folder in folders.items()
    ]
    everything = [*astray, *(problem for each in found for problem in each.problems)]
    errors = sum(problem.error for problem in everything)
    if as_json:
        click.echo(
            json.dumps(_as_object(found, astray, errors, len(everything) - errors), ensure_ascii=False)
        )
        sys.exit(1 if errors else 0)
    for problem in _errors_first(astray):
        click.echo(str(problem))
    for each in found:
        _say(each)
    sys.exit(1 if errors else 0)


def _say(each: Checked) -> None:
    say_problems({each.id: each.folder}, each.problems)
    bad = sum(problem.error for problem in each.problems)
    rest = len(each.problems) - bad
    if each.pack is None:
        click.echo(f"{each.id} 不能用：错误 {bad} 处，提醒 {rest} 处。改好错误再检查一次；提醒可以以后改。")
        return
    size = f"{len(each.pack.articles)} 篇，{len(each.pack.cards)} 张，{len(each.pack.questions)} 题，{len(each.pack.terms)} 条术语"
    click.echo(f"《{each.pack.title}》可用：{size}；提醒 {rest} 处。")


def say_problems(folders: Mapping[str, Path], problems: Iterable[Problem]) -> None:
    """A pack's problems with the way to its folder, errors first."""
    for problem in _errors_first(problems):
        click.echo("".join([*(f"{_nearest(folder)}/" for folder in folders.values()), str(problem)]))


def _errors_first(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: not problem.error)


def _nearest(folder: Path) -> str:
    """The folder as one would type it from here, so that an editor can open file:line."""
    try:
        return os.path.relpath(folder) if folder.resolve().is_relative_to(Path.cwd()) else str(folder)
    except (OSError, ValueError):
        return str(folder)


def _as_object(
    found: list[Checked], astray: Iterable[Problem], errors: int, warnings: int
) -> Mapping[str, object]:
    return {
        "ok": not errors,
        "errors": errors,
        "warnings": warnings,
        "problems": _listed(astray),
        "packs": [
            {
                "id": each.id,
                "folder": str(each.folder),
                "ok": each.pack is not None,
                "title": each.pack.title if each.pack else "",
                "articles": len(each.pack.articles) if each.pack else 0,
                "cards": len(each.pack.cards) if each.pack else 0,
                "terms": len(each.pack.terms) if each.pack else 0,
                "questions": len(each.pack.questions) if each.pack else 0,
                "problems": _listed(each.problems),
            }
            for each in found
        ],
    }


def _listed(problems: Iterable[Problem]) -> list[Mapping[str, object]]:
    return [
        {"file": p.file, "line": p.line, "level": "error" if p.error else "warning", "text": p.text}
        for p in problems
    ]


def chosen(config: Config, pack: str | None) -> tuple[dict[str, Path], tuple[Problem, ...]]:
    """The folder of the pack that was named by id or else by path, or all; and what is wrong with folders' names.

    Ends the program with 2 when there is neither.
    """
    from bot.packs.find import find_packs

    folders, astray = find_packs(*content_roots(config))
    if pack is None:
        return folders, astray
    if pack in folders:
        return {pack: folders[pack]}, tuple(problem for problem in astray if problem.file == pack)
    if Path(pack).is_dir():
        folder = Path(pack)
        return {folder.resolve().name: folder}, _misnamed(folder.resolve().name)
    if any(problem.file == pack for problem in astray):
        return {}, tuple(problem for problem in astray if problem.file == pack)
    click.echo(f"没有编号为“{pack[:60]}”的内容，也没有这个目录。现有：{'、'.join(folders)}", err=True)
    sys.exit(2)


def _misnamed(name: str) -> tuple[Problem, ...]:
    from bot.packs.read import PACK_ID

    text = "内容的目录名只能用小写字母、数字和连字符，例如：my-course"
    return () if PACK_ID.fullmatch(name) else (Problem(name, 0, text),)


def _asked(data: Path) -> dict[str, Mapping[str, str]]:
    """By pack, what people were asked before: only against it a changed answer shows. Nothing without a database."""
    from bot.store import open_store
    from bot.store.database import FILE
    from bot.study import shelf

    if not (data / FILE).is_file():
        return {}
    try:
        store = open_store(data, datetime.now(UTC))
    except Refused as refused:
        click.echo(f"没有对照数据库：{refused}", err=True)
        return {}
    try:
        return shelf.asked(store)
    finally:
        store.close()


@click.command()
@click.argument("pack", metavar="编号")
@click.option("--title", default="", metavar="标题", help="标题（默认用编号）")
@click.pass_obj
def new(config: Config, pack: str, title: str) -> None:
    """写一份带注释的样板，改几句就是自己的内容（编号例如 my-course）。"""
    from bot.packs.find import find_packs
    from bot.packs.read import read_pack
    from bot.packs.skeleton import skeleton

    try:
        shipped, own = content_roots(config)
        if pack in find_packs(shipped)[0]:
            raise Complaint(f"“{pack}”已经有了，是自带的内容。请换一个编号，例如：{pack[:30]}-2")
        folder = skeleton(own, pack, title or pack)
    except Complaint as complaint:
        click.echo(str(complaint), err=True)
        sys.exit(2)
    made, _ = read_pack(folder)
    size = f"{len(made.articles)} 篇，{len(made.cards)} 张，{len(made.questions)} 题" if made else ""
    click.echo(f"写好了：{folder}（{size}，都是例子）。")
    click.echo("接着用任何文字编辑器改里面的文件；注释说明每样怎么写。")
    where = "" if config.bot.data.resolve() == Path("data").resolve() else f"--data {config.bot.data} "
    click.echo(f"改完检查，例如：python -m bot {where}check {pack}")
