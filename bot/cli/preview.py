"""What the days of a pack will look like, laid out by the same code that lays out the daily push."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime

import click

from bot.cli.looks import LOOKS
from bot.cli.packs import chosen, say_problems
from bot.config import Config, calendar_of
from bot.days import Calendar, Days, local_day
from bot.model import Pack


@click.command()
@click.argument("pack", metavar="内容")
@click.option(
    "--channel", type=click.Choice(list(LOOKS)), default="terminal", help="在哪里看（默认 terminal）"
)
@click.pass_obj
def preview(config: Config, pack: str, channel: str) -> None:
    """看一份内容每一天的样子，一共要几天（“内容”写编号或目录）。"""
    from bot.commands.cards import GROWS, card_reply
    from bot.commands.when import date_words
    from bot.packs.read import read_pack
    from bot.packs.rhythm import rhythm
    from bot.study.daily import Today

    folders, _ = chosen(config, pack)
    made, problems = next((read_pack(folder) for folder in folders.values()), (None, ()))
    if made is None:
        say_problems(folders, problems)
        click.echo("现在不能预览。请先改好上面的错误。")
        sys.exit(1)
    if not made.cards:
        click.echo(f"《{made.title}》里还没有卡片。请在 cards.md 里写上，例如：## c01 开头的话")
        sys.exit(1)
    days = rhythm(made.rhythm)
    calendar, _ = calendar_of(config)
    today = local_day(datetime.now(UTC), config.bot.zone)
    dates = push_days(calendar, days or Days(), today, len(made.cards))
    clock = f"{config.bot.time // 60:02}:{config.bot.time % 60:02}"
    found = [Today(card, made, n) for n, card in enumerate(made.cards, 1)]
    shown = [LOOKS[channel](card_reply(each, last=GROWS if each.last else "")) for each in found]
    for line in summary(made, days or Days(), calendar, dates, today):
        click.echo(line)
    click.echo(f"在 {channel} 上一共 {sum(map(len, shown))} 条消息。")
    for n, messages in enumerate(shown):
        when = date_words(dates[n], today) if n < len(dates) else "日子未定"
        click.echo(f"\n── {when}{'' if when.endswith('）') else ' '}{clock} ──")
        click.echo("\n".join(messages))


def summary(pack: Pack, days: Days, calendar: Calendar, dates: Sequence[date], today: date) -> list[str]:
    """How many days it takes, from when to when, and what is not known about them."""
    from bot.commands.when import date_words

    head = f"《{pack.title}》：{len(pack.articles)} 篇 → {len(pack.cards)} 天；{days.label}推送"
    if not dates:
        return [f"{head}，但 400 天里没有推送日。请看看 holidays.txt。"]
    lines = [f"{head}，{date_words(dates[0], today)}到 {date_words(dates[-1], today)}。"]
    years = sorted({day.year for day in dates}) if days.workdays else []
    lines += [f"{y} 年放假安排还没有，先按周一到周五估算。" for y in years if not calendar.has_table(y)]
    return lines


def push_days(calendar: Calendar, days: Days, after: date, count: int) -> list[date]:
    """The next `count` push days after a date; fewer when the calendar has no more."""
    found: list[date] = []
    day: date | None = after
    while len(found) < count and day is not None:
        day = calendar.next_push_day(days, day)
        if day is not None:
            found.append(day)
    return found
