"""For who writes packs: what is wrong with them."""

import sys
from pathlib import Path

import click

from bot.app.setting import content_roots
from bot.config import Config


@click.command()
@click.argument("pack", required=False)
@click.pass_obj
def check(config: Config, pack: str | None) -> None:
    """检查内容（PACK 是编号或目录；不写就查全部）。"""
    from bot.packs import find_packs, read_pack

    folders, problems = find_packs(*content_roots(config))
    if pack:
        folder = folders.get(pack, Path(pack))
        folders, problems = {folder.name: folder}, ()
    errors = sum(problem.error for problem in problems)
    for problem in problems:
        click.echo(str(problem))
    for pack_id, folder in folders.items():
        found, wrong = read_pack(folder)
        for problem in wrong:
            click.echo(f"{pack_id}/{problem}")
        bad = sum(problem.error for problem in wrong)
        errors += bad
        if found:
            size = f"{len(found.articles)} 篇，{len(found.cards)} 张，{len(found.questions)} 题，{len(found.terms)} 条术语"
            click.echo(f"《{found.title}》可用：{size}；提醒 {len(wrong)} 处。")
        else:
            click.echo(f"{pack_id} 不能用：错误 {bad} 处，提醒 {len(wrong) - bad} 处。")
    sys.exit(1 if errors else 0)
