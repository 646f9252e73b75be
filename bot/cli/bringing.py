"""From a file, a folder or a web page to a pack."""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click

from bot.config import Config, calendar_of, content_roots
from bot.days import local_day
from bot.model import Complaint


@click.command("import")
@click.argument("source", metavar="文件|网址|文件夹")
@click.option("--pack", default="", metavar="编号", help="内容的编号，例如：my-course（不写就用文件名）")
@click.option("--title", default="", metavar="标题", help="内容的名字（不写就用文件里的）")
@click.option("--yes", is_flag=True, help="不问，直接采用；手工改过的留着，谁的订阅都不动")
@click.option("--json", "as_json", is_flag=True, help="只输出识别出的结构，什么都不写")
@click.pass_obj
def import_(config: Config, source: str, pack: str, title: str, yes: bool, as_json: bool) -> None:
    """把材料变成内容：先看识别出了什么，再采用。

    能读 .docx、.pdf、.html、.md、.txt、.doc（装了 LibreOffice 时）、网址，还有装着它们的文件夹和 .zip。
    """
    from bot.commands import importing as words
    from bot.packs.draft import carrying
    from bot.packs.find import find_packs
    from bot.study import importing

    roots = content_roots(config)
    try:
        if not importing.exists(source):
            raise Complaint(f"没有“{source[:80]}”这个文件。请写文件、文件夹或网址，例如：讲义.docx")
        found = importing.read(source, _progress(as_json))
        if as_json:
            click.echo(carrying.shown(found.draft, title))
            return
        taken = find_packs(*roots)[0]
        plan = importing.plan(found, importing.document_name(source), roots[1], taken, pack, title)
        calendar, _ = calendar_of(config)
        first = local_day(datetime.now(UTC), config.bot.zone) + timedelta(days=1)
        for line in words.preview(plan, calendar, first):
            click.echo(line)
        # What lacks letters has been named as doubtful.
        if skipped := Counter(out.why for out in plan.draft.no_card if out.why != "缺字"):
            parts = "，".join(f"{why} {count}" for why, count in skipped.most_common(6))
            click.echo(f"没做卡片 {skipped.total()} 处：{parts}。")
        if not plan.pack.cards:
            sys.exit(2)  # the preview says why
        if not yes and not _agreed(f"采用吗？编号 {plan.pack.id}"):
            click.echo("已取消，什么都没写。")
            return
        folder = importing.adopt(plan, roots[1])
    except Complaint as complaint:
        click.echo(str(complaint), err=True)
        sys.exit(2)
    warnings = len(plan.warnings)
    click.echo(f"已写到 {folder}，可以直接改里面的文字。提醒 {warnings} 处，错误 0 处。")
    click.echo(f"改完查一遍，例如：python -m bot check {plan.pack.id}")
    if not yes and plan.change is None:
        _offer(config, plan.pack.id)


def _offer(config: Config, pack_id: str) -> None:
    """Who is to learn from it: nobody, new subscriptions, or all. `--yes` changes nobody."""
    from bot.cli.opening import opened
    from bot.commands.shelf import DEFAULT
    from bot.store import housekeeping
    from bot.study import joining

    if not _agreed("设为默认？新订阅就学它"):
        return
    store = opened(config)
    with store.writing():
        housekeeping.put_fact(store, DEFAULT, pack_id)
    if _agreed("现有订阅也改学它？每个人原来的进度留着"):
        count = joining.all_follow(store, pack_id, datetime.now(UTC))
        click.echo(f"改了 {count} 个订阅，从下一张卡片起换新的。")
    store.close()


def _agreed(question: str) -> bool:
    """Yes or no; the end of input is no."""
    try:
        return click.confirm(question)
    except click.Abort:
        click.echo()
        return False


def _progress(quiet: bool) -> Callable[[int, int], None]:
    """Tells on stderr how far the reading is, where somebody watches."""
    shown = sys.stderr.isatty() and not quiet

    def tell(done: int, of: int) -> None:
        if shown:
            end = "\n" if done >= of else ""
            click.echo(f"\r正在读：{done}/{of}{end}", nl=False, err=True)

    return tell
