"""Packs: folders of Markdown read into values, and values written as such folders. No database, no clock."""

from bot.packs.answers import answer_keys
from bot.packs.files import fingerprint
from bot.packs.find import find_packs
from bot.packs.read import read_pack
from bot.packs.skeleton import skeleton
from bot.packs.write import write_pack

__all__ = ["answer_keys", "find_packs", "fingerprint", "read_pack", "skeleton", "write_pack"]
