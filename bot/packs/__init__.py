"""Packs: folders of Markdown read into values. No database, no clock."""

from bot.packs.read import find_packs, fingerprint, read_pack

__all__ = ["find_packs", "fingerprint", "read_pack"]
