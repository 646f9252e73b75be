"""Packs: folders of Markdown read into values and written from them. No database, no clock."""

from bot.packs.read import find_packs, fingerprint, read_pack
from bot.packs.write import write_pack

__all__ = ["find_packs", "fingerprint", "read_pack", "write_pack"]
