"""Introduces the rooms to each other: what a message or a slot needs from store, study, commands and channels."""

from bot.app.bot import Bot

__all__ = ["Bot"]
