"""The Telegram channel, built from the settings and given what it may know of the rest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.config import Config, DeliverySettings
from bot.messages import Channel

if TYPE_CHECKING:
    from bot.app.service import Service
    from bot.channels.telegram import Patience, Wording


def telegram(
    config: Config,
    service: "Service",
    rate_limiter: Any = None,
    patience: "Patience | None" = None,
) -> Channel:
    """The channel of [telegram].

    rate_limiter: PTB's kind; without one everything goes at once. patience: how long it waits while Telegram is out
    of reach.
    """
    from bot.channels.telegram import KIND, Patience, Telegram, Webhook
    from bot.store import Store, members

    asked = config.telegram

    def named(store: Store) -> list[str]:
        found = members.organisers(store, config.organisers.members)
        return [each.user for each in found if each.channel == KIND]

    async def organisers() -> Sequence[str]:
        return await service.call(named, service.store)

    async def brings(user: str) -> bool:
        return f"{KIND}:{user}" in config.organisers.members or user in await organisers()

    hook = Webhook(asked.webhook_url, asked.webhook_listen, asked.webhook_path, asked.webhook_secret)
    return Telegram(
        asked.token,
        base_url=asked.base_url,
        proxy=asked.proxy,
        webhook=hook if asked.webhook_url else None,
        wording=wording(),
        doors=service.doors,
        organisers=organisers,
        brings=brings,
        rate_limiter=rate_limiter,
        patience=patience or Patience(),
    )


def paced(settings: DeliverySettings) -> Any:
    """One pacer under all sends of the token, as python-telegram-bot's rate limiter."""
    from bot.channels.telegram.limiter import Limiter
    from bot.pacing import Pacer

    return Limiter(Pacer(settings.rate, settings.guard))


def wording() -> "Wording":
    """What the channel says by itself, from the room that owns all wording."""
    from bot.app.bot import TO_YOURSELF
    from bot.channels.telegram import Wording
    from bot.commands import about

    return Wording(
        private=about.private_menu(),
        group=about.group_menu(),
        organiser=about.organiser_menu(),
        description=about.DESCRIPTION,
        short_description=about.SHORT_DESCRIPTION,
        only_private=TO_YOURSELF,
        joins="/subscribe",
        too_large=about.TOO_LARGE,
        not_fetched=about.NOT_FETCHED,
    )
