"""Search from the shell, for scripts."""

import json
import sys

import click

from bot.cli.opening import opened
from bot.config import Config, content_roots
from bot.fold import visible
from bot.messages import inside, marked, plain

USUAL = "核心标志"  # the example, where it is found
PATIENCE = 600.0  # seconds for an index that fell behind: who asks from a script wants the whole answer


@click.command()
@click.argument("words", metavar="词", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--pack", metavar="编号", help="只在这个内容里找")
@click.pass_obj
def search(config: Config, words: tuple[str, ...], as_json: bool, pack: str | None) -> None:
    """在文章和卡片里找词；没有完全匹配时给出猜测。"""
    from bot.study import finding, guessing, shelf
    from bot.study.examples import example

    text = " ".join(words)
    if not visible(text):
        click.echo(f"请写要找的词，例如：python -m bot search {_example(config)}", err=True)
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
        full = next((each for each in what.packs.values() if each.articles), None)
        if full is None:
            click.echo("还没有内容可查。请先导入一份，例如：python -m bot import 讲义.docx")
            return
        word = example(full, USUAL)
        click.echo(f"没找到“{visible(text)[:30]}”，相近的写法也没有。请换个词，例如：{word}")
    elif found.mode == "guess":
        click.echo(f"没有完全匹配，以下是猜测：{found.guess or '同一篇里有这些词'}")
    for hit in found.hits[:20]:
        click.echo(f"《{inside(hit.title)}》{plain(marked(hit.text, hit.spans))}")


def _example(config: Config) -> str:
    """A word that is found, from the files alone: who only typed too little gets no database made."""
    from bot.packs.find import find_packs
    from bot.packs.read import read_pack
    from bot.study.examples import example

    packs = (read_pack(folder)[0] for folder in find_packs(*content_roots(config))[0].values())
    return example(next((pack for pack in packs if pack and pack.articles), None), USUAL)
