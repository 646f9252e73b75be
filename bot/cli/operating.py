"""For who runs the bot: is all well, and a copy of the data."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.config import Config, calendar_of, content_roots
from bot.model import Refused

if TYPE_CHECKING:
    from bot.store import Store


PAUSED = {"429": "平台限速", "stopped": "令牌不对"}  # why a channel's pushes wait


@click.command()
@click.pass_obj
def doctor(config: Config) -> None:
    """看看配置、内容、渠道和推送是否正常；有问题退出码是 1。"""
    from bot.packs.find import find_packs
    from bot.packs.read import read_pack
    from bot.store import open_store, trust

    now = datetime.now(UTC)
    wrong: list[str] = []
    click.echo(f"配置：{config.path or '没有配置文件，全部用默认值'}")
    click.echo(f"数据：{config.bot.data}")
    try:
        store = open_store(config.bot.data, now)
        trust(store)
    except Refused as refused:
        click.echo(f"数据库：{refused}")
        sys.exit(1)
    folders, problems = find_packs(*content_roots(config))
    wrong += [str(problem) for problem in problems if problem.error]
    for name, folder in folders.items():
        pack, found = read_pack(folder)
        errors = [str(problem) for problem in found if problem.error]
        wrong += [f"内容 {name}：{error}" for error in errors]
        click.echo(
            f"内容：{name}《{pack.title}》{len(pack.cards)} 天"
            if pack
            else f"内容：{name} 不能用，错误 {len(errors)} 处"
        )
    if not folders:
        wrong.append("一份内容也没有。请检查 [bot] content，或用 import 做一份。")
    wrong += [f"holidays.txt：{problem}" for problem in calendar_of(config)[1] if problem.error]
    wrong += _channels(store)
    wrong += _push(store, config, now)
    _organisers(store, config, now)
    store.close()
    for each in wrong:
        click.echo(f"问题：{each}")
    click.echo("一切正常。" if not wrong else f"共 {len(wrong)} 处问题。")
    sys.exit(1 if wrong else 0)


def _channels(store: "Store") -> list[str]:
    """What is configured and stands still."""
    from bot.store import housekeeping, subscriptions

    counts = subscriptions.counts(store)
    for name, (active, total) in counts.items():
        click.echo(f"渠道：{name}，订阅 {active}，共 {total} 个对话")
    if not counts:
        click.echo("渠道：还没有人来过")
    return [f"渠道 {name} 停了：{why}" for name, why in housekeeping.stopped(store).items()]


def _push(store: "Store", config: Config, now: datetime) -> list[str]:
    """What is due next, what waits, who is running. Wrong: people wait for a push and nothing runs that pushes."""
    from bot.days import clock, in_words, local_day
    from bot.store import housekeeping, outbox, subscriptions

    due = subscriptions.next_due(store)
    zone = config.bot.zone
    if due is None:
        click.echo("推送：没有人订阅")
    else:
        at = datetime.fromtimestamp(due, UTC)
        when = f"{local_day(at, zone).isoformat()}，{clock(at, zone)}（{zone}）"
        click.echo(f"推送：下一次 {when}" if at > now else f"推送：{when}的还没送")
    waiting, oldest = outbox.queue(store)
    if waiting:
        since = f"，最早的是 {clock(datetime.fromtimestamp(oldest, UTC), zone)}" if oldest else ""
        click.echo(f"排队：{waiting} 条{since}")
    for name, (pace, measured) in housekeeping.paces(store).items():
        then = datetime.fromtimestamp(measured, UTC)
        click.echo(
            f"速度：{name} 最近一次 {pace:.1f} 条/秒（{in_words(local_day(then, zone))} {clock(then, zone)}）"
        )
    for name, (until, why) in housekeeping.pauses(store, now.timestamp()).items():
        ends = clock(datetime.fromtimestamp(until, UTC), zone)
        click.echo(f"暂停：{name} 的推送等到 {ends}（{zone}），{PAUSED.get(why, '平台没有应答')}")
    if doubts := outbox.doubtful(store, now.timestamp() - 86_400):
        click.echo(f"没有回执：24 小时内 {doubts} 条，可能已到")
    held = housekeeping.lease(store)
    running = held is not None and held[1] > now.timestamp()
    click.echo(f"运行：{held[0]}" if held and running else "运行：没有在运行，推送不会送出。请用 run 启动")
    waits = sum(active for active, _ in subscriptions.counts(store).values())
    if running or not waits:
        return []
    return [f"有 {waits} 个订阅在等推送，run 没有在运行。请启动，例如：python -m bot run"]


def _organisers(store: "Store", config: Config, now: datetime) -> None:
    from bot.cli.running import claim_code
    from bot.store import members

    named = [
        f"{who.name}（{who.channel}:{who.user}）"
        for who in members.organisers(store, config.organisers.members)
    ]
    named += [each for each in config.organisers.members if not any(each in said for said in named)]
    if named:
        click.echo(f"组织者：{'、'.join(named)}")
    elif code := claim_code(store, config, now):
        click.echo(f"组织者：还没有。想做组织者，24 小时内发这句：/claim {code}")


@click.command()
@click.option(
    *("--to",), type=click.Path(path_type=Path), metavar="目录", help="写到哪里（默认数据目录的 backup）"
)
@click.pass_obj
def backup(config: Config, to: Path | None) -> None:
    """把数据库完整地复制一份；运行中也可以。"""
    from bot.store import backup as copy
    from bot.store import open_store
    from bot.store.database import FILE

    now = datetime.now(UTC)
    if not (config.bot.data / FILE).is_file():
        click.echo(f"{config.bot.data} 里还没有数据库。请检查 --data。", err=True)
        sys.exit(2)
    target = to or config.bot.data / "backup" / f"{now:%Y%m%d-%H%M%S}.db"
    if target.exists():
        click.echo(f"{target} 已经有了。请换一个名字。", err=True)
        sys.exit(2)
    try:
        store = open_store(config.bot.data, now)
        copy(store, target)
        store.close()
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"写不进 {target}（{error.strerror}）。请检查权限和空间。", err=True)
        sys.exit(2)
    click.echo(f"已备份到 {target}")


@click.command()
@click.argument("copy", metavar="备份", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def restore(config: Config, copy: Path) -> None:
    """用一份备份换掉现在的数据库；要先停掉 run。换下来的留在 backup 里。"""
    from bot.app import lock
    from bot.store import restore as put_back

    try:
        with lock.take(config.bot.data):
            aside = put_back(config.bot.data, copy, datetime.now(UTC))
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"写不进 {config.bot.data}（{error.strerror}）。请检查权限和空间。", err=True)
        sys.exit(2)
    if aside:
        click.echo(f"原来的数据库放在 {aside}")
    click.echo("已恢复。备份以后的记录没有了；备份以后推送过的，当天可能再送一次。")
