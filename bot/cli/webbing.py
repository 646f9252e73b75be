"""The page, as `run` opens it, and personal links to it."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.config import Config, WebSettings
from bot.messages import Address
from bot.model import Refused

if TYPE_CHECKING:
    from bot.app.service import Service
    from bot.channels.web import Figures, Kept, Web

ADDRESS = "web address"  # the fact under which the running page's address stands


def page(service: "Service", settings: WebSettings, say: bool = True) -> "Web":
    """The channel, with its ports. say: print the address once the page is there. The store is open."""
    from bot.channels.web import KIND, Web
    from bot.channels.web.ports import AT_FIRST, AT_ONCE, Ports
    from bot.commands.web import PAGE
    from bot.store import history, housekeeping, logins
    from bot.study import entering

    store = service.store

    async def after(chat: str, last: int) -> "Sequence[Kept]":
        return await service.call(history.after, store, Address(KIND, chat), last, AT_ONCE)

    async def latest(chat: str, before: int | None) -> "Sequence[Kept]":
        return await service.call(history.latest, store, Address(KIND, chat), before, AT_FIRST)

    def all_seen(chats: Sequence[str]) -> None:
        with store.writing():
            for chat in chats:
                service.bot.waiting(Address(KIND, chat), service.clock())

    async def seen(chats: Sequence[str]) -> None:
        await service.call(all_seen, chats)

    def entered(token: str, browser: str) -> tuple[str, str]:
        try:
            return entering.enter(store, token, browser, service.clock()), ""
        except entering.Denied as denied:
            return "", denied.why

    async def enter(token: str, browser: str) -> tuple[str, str]:
        return await service.call(entered, token, browser)

    async def secret() -> bytes:
        return await service.call(logins.secret, store)

    async def figures() -> "Figures":
        return await service.call(_figures, service)

    async def opened(address: str) -> None:
        service.doors[PAGE] = address
        await service.call(housekeeping.put_fact, store, ADDRESS, address)
        if say:
            click.echo(f"网页：{address}")

    web = Web(
        Ports(
            *(after, latest, seen, enter, service.health, figures, opened, secret, service.clock),
            menu=_menu(),
        ),
        *(settings.host, settings.port, settings.public_url, settings.metrics),
    )
    service.watchers.append(web.arrived)
    return web


def _menu() -> list[tuple[str, str]]:
    from bot.commands import COMMANDS

    return [(f"/{each.name}", each.menu) for each in COMMANDS if each.menu and not each.organiser]


def _figures(service: "Service") -> "Figures":
    from bot.channels.web import Figures
    from bot.store import outbox, subscriptions

    waiting, oldest = outbox.queue(service.store)
    active = sum(active for active, _ in subscriptions.counts(service.store).values())
    since = service.clock().timestamp() - oldest if oldest else 0.0
    return Figures(waiting, max(since, 0.0), active)


@click.command()
@click.argument("name", metavar="名字")
@click.pass_obj
def link(config: Config, name: str) -> None:
    """给某个人一个进入网页的专属链接：7 天内有效，只能在一个浏览器里用。"""
    from bot.commands.web import link_to
    from bot.store import housekeeping, open_store
    from bot.study import entering

    if not entering.NAME.fullmatch(name):
        click.echo(
            f"“{name}”不能当名字。请写 1 到 30 个字，不带空格和 | / :，例如：python -m bot link 小王",
            err=True,
        )
        sys.exit(2)
    now = datetime.now(UTC)
    try:
        store = open_store(config.bot.data, now)
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    web = config.web
    address = web.public_url or (
        f"http://{web.host}:{web.port}/" if web.port else housekeeping.fact(store, ADDRESS)
    )
    if not address:
        click.echo("还不知道网页的地址。请先启动一次，例如：python -m bot run", err=True)
        sys.exit(2)
    token = entering.for_name(store, name, config.bot.zone, now)
    store.close()
    click.echo(link_to(address, token))
