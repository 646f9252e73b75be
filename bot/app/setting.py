"""From the configuration to what commands and the push need."""

from pathlib import Path

from bot.commands.base import Settings
from bot.config import Config
from bot.days import Calendar, load_calendar
from bot.model import Problem

PACKAGE = Path(__file__).resolve().parent.parent


def shipped_content() -> Path:
    """Where the shipped packs lie: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "_content"
    return inside if inside.is_dir() else PACKAGE.parent / "content"


def content_roots(config: Config) -> tuple[Path, Path]:
    """The folders that hold packs: shipped ones (read-only), and those made on this machine."""
    return config.bot.content or shipped_content(), config.bot.data / "packs"


def calendar_of(config: Config) -> tuple[Calendar, tuple[Problem, ...]]:
    """The calendar with the organiser's corrections, and what is wrong in them."""
    return load_calendar(config.bot.data / "holidays.txt")


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
