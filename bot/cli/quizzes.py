"""For organisers at the shell: how each question does."""

import sys

import click

from bot.cli.opening import opened
from bot.config import Config


@click.command("quiz-stats")
@click.argument("pack", metavar="[内容]", required=False)
@click.pass_obj
def quiz_stats(config: Config, pack: str | None) -> None:
    """每题答过几次、对的比例、报错几次（“内容”写编号；不写就列全部）。"""
    from bot.study import flagging, shelf

    store = opened(config)
    packs = shelf.packs(store)
    if pack is not None and pack not in packs:
        click.echo(f"没有编号为“{pack}”的内容。现有：{'、'.join(packs)}", err=True)
        store.close()
        sys.exit(2)
    for each in [packs[pack]] if pack else packs.values():
        found = flagging.stats(store, each)
        tried = [case for case, _ in found if case.tries]
        total, right = sum(c.tries for c in tried), sum(c.rights for c in tried)
        share = f"，对 {right / total:.0%}" if total else ""
        click.echo(f"《{each.title}》{len(found)} 题，答过 {len(tried)} 题，共 {total} 次{share}")
        click.echo("题号\t答过\t对\t报错\t\t题")
        for case, reports in found:
            one = f"{case.rights / case.tries:.0%}" if case.tries else "–"
            hard = case.tries >= flagging.ENOUGH and case.rights < flagging.HARD * case.tries
            state = "停用" if case.retired else "多数答错" if hard else ""
            click.echo(
                f"{case.question.id}\t{case.tries}\t{one}\t{reports}\t{state}\t{case.question.stem[:30]}"
            )
            if hard or reports:
                click.echo(f"\t依据：{case.question.quote}")
    store.close()
