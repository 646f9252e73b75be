"""Channels carry messages: they know bot.messages and nothing of the product."""
