"""Search from the shell, for scripts."""

import json
import sys

import click

from bot.cli.opening import opened
from bot.config import Config
from bot.fold import visible
from bot.messages import inside, marked, plain

PATIENCE = 600.0  # seconds for an index that fell behind: who asks from a script wants the whole answer


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--pack", help="只在这个内容里找")
@click.pass_obj
def search(config: Config, words: tuple[str, ...], as_json: bool, pack: str | None) -> None:
    """在文章和卡片里找词；没有完全匹配时给出猜测。"""
    from bot.study import finding, guessing, shelf

    text = " ".join(words)
    if not visible(text):
        click.echo("请写要找的词，例如：python -m bot search 核心标志", err=True)
        sys.exit(2)
    store = opened(config)
    packs = shelf.packs(store)
    if pack is not None and pack not in packs:
        click.echo(f"没有编号为“{pack}”的内容。现有：{'、'.join(packs)}", err=True)
        sys.exit(2)
    what = finding.Search({pack: packs[pack]} if pack else packs)
    finding.waiting(store, PATIENCE)
    found = finding.find(store, what, text)
    if found.mode == "none":
        guessing.prepare(store, PATIENCE)
        terms = [term for each in what.packs.values() for term in each.terms]
        found = guessing.guess(store, what, text, terms)
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
            for hit in found.hits
        ]
        shown = {"mode": found.mode, "guess": found.guess, "total": found.total, "hits": hits}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    if found.mode == "none":
        click.echo(f"没找到“{visible(text)[:30]}”，相近的写法也没有。请换个词，例如：核心标志")
    elif found.mode == "guess":
        click.echo(f"没有完全匹配，以下是猜测：{found.guess or '同一篇里有这些词'}")
    for hit in found.hits[:20]:
        click.echo(f"《{inside(hit.title)}》{plain(marked(hit.text, hit.spans))}")
