"""What the operator types. Answers go to stdout, everything else to stderr; 2 = refused, 1 = something is wrong."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.model import Refused

SHIPPED = Path(__file__).resolve().parent / "_content"


def shipped_content() -> Path:
    """Where the shipped packs lie: inside the wheel, or beside the package in a checkout."""
    return SHIPPED if SHIPPED.is_dir() else SHIPPED.parent.parent / "content"


@click.group()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), help="数据目录（默认 ./data）")
@click.pass_context
def main(context: click.Context, data: Path) -> None:
    """每日一学：把学习材料变成每天的习惯。"""
    context.obj = data


@main.command()
@click.argument("pack", required=False)
@click.pass_obj
def check(data: Path, pack: str | None) -> None:
    """检查内容（PACK 是编号或目录；不写就查全部）。"""
    from bot.packs import find_packs, read_pack

    folders, problems = find_packs(shipped_content(), data / "packs")
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


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--pack", help="只在这个内容里找")
@click.pass_obj
def search(data: Path, words: tuple[str, ...], as_json: bool, pack: str | None) -> None:
    """在文章和卡片里找词。"""
    from bot.store import open_store
    from bot.study import finding, shelf

    try:
        store = open_store(data, datetime.now(UTC))
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    for pack_id, problems in shelf.refresh(store, shipped_content(), data / "packs").items():
        for problem in problems:
            click.echo(f"{pack_id}/{problem}", err=True)
    packs = shelf.packs(store)
    if pack is not None and pack not in packs:
        click.echo(f"没有编号为“{pack}”的内容。现有：{'、'.join(packs)}", err=True)
        sys.exit(2)
    found = finding.find(store, {pack: packs[pack]} if pack else packs, " ".join(words))
    store.close()
    if as_json:
        hits = [
            {
                "pack": hit.pack,
                "article": hit.title,
                "card": hit.card or None,
                "text": hit.text,
                "spans": [list(span) for span in hit.spans],
            }
            for hit in found.hits[:80]
        ]
        shown = {"mode": found.mode, "guess": found.guess, "total": found.total, "hits": hits}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    if found.mode == "none":
        click.echo(f"没找到“{' '.join(words)}”。请换个词，例如：核心标志")
    for hit in found.hits[:20]:
        click.echo(f"《{hit.title}》{hit.text}")
