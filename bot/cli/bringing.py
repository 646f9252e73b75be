"""From a file to a pack."""

import sys
from pathlib import Path

import click

from bot.config import Config, content_roots
from bot.model import Complaint


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--pack", default="", help="新内容的编号，例如：my-course")
@click.option("--title", default="", help="新内容的名字")
@click.option("--yes", is_flag=True, help="不问，直接采用")
@click.pass_obj
def import_(config: Config, file: Path, pack: str, title: str, yes: bool) -> None:
    """把一份 .txt 材料变成内容：先看识别出了什么，再采用。"""
    from bot.packs import find_packs, read_pack, write_pack
    from bot.packs.draft import decode, read_text, to_pack
    from bot.packs.read import PACK_ID

    pack = pack or "my-pack"
    if not PACK_ID.fullmatch(pack):
        click.echo(f"编号“{pack}”不能用，只能是小写字母、数字和连字符，例如：--pack my-course", err=True)
        sys.exit(2)
    if file.suffix.lower() not in {".txt", ".md"}:
        click.echo(f"现在只能读 .txt 和 .md。请把《{file.name}》另存为 .txt 再来。", err=True)
        sys.exit(2)
    if pack in find_packs(*content_roots(config))[0]:
        click.echo(f"“{pack}”已经有了。请换一个编号，例如：--pack {pack}-2", err=True)
        sys.exit(2)
    try:
        draft = read_text(decode(file.read_bytes()))
        made = to_pack(draft, pack, title or draft.title or file.stem)
        click.echo(f"读完了：{len(made.articles)} 篇 → {len(made.cards)} 天。")
        for article in made.articles:
            length = sum(len(block.text) for block in article.blocks)
            parts = (article.title, article.by, article.date or "无日期", f"{length} 字")
            click.echo(f"{article.number} {' · '.join(filter(None, parts))}")
        for doubt in draft.damage:
            click.echo(f"存疑：{doubt}")
        for left in draft.left_out:
            click.echo(f"没收：{left.why}，“{left.text[:20]}”")
        if not yes and not click.confirm("采用吗？"):
            click.echo("已取消，什么都没写。")
            return
        folder = config.bot.data / "packs" / pack
        write_pack(made, folder)
    except Complaint as complaint:
        click.echo(str(complaint), err=True)
        sys.exit(2)
    _, problems = read_pack(folder)
    errors = [problem for problem in problems if problem.error]
    for problem in errors:
        click.echo(str(problem))
    click.echo(
        f"已写到 {folder}，可以直接改里面的文字。提醒 {len(problems) - len(errors)} 处，错误 {len(errors)} 处。"
    )
    sys.exit(1 if errors else 0)
