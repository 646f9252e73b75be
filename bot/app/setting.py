"""From the configuration to what commands and the push need."""

from bot.commands.base import Settings
from bot.config import Config, calendar_of, content_roots
from bot.days import Calendar

__all__ = ["calendar_of", "content_roots", "settings_of"]


def settings_of(config: Config, calendar: Calendar, doors: dict[str, str] | None = None) -> Settings:
    return Settings(
        zone=config.bot.zone,
        minute=config.bot.time,
        pack=config.bot.pack,
        access=config.bot.access,
        organisers=config.organisers.members,
        calendar=calendar,
        catch_up_until=config.delivery.catch_up_until,
        data=config.bot.data,
        font=config.bot.font,
        doors={} if doors is None else doors,
    )
