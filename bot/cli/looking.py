"""Search from the shell, for scripts."""

import json
import sys

import click

from bot.cli.opening import opened
from bot.config import Config


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--pack", help="只在这个内容里找")
@click.pass_obj
def search(config: Config, words: tuple[str, ...], as_json: bool, pack: str | None) -> None:
    """在文章和卡片里找词。"""
    from bot.study import finding, shelf

    store = opened(config)
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
