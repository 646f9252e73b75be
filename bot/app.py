"""Introduces the rooms to each other: a message in, its replies out, one transaction for both.

Invariant: what a message changes and what its reply offers are committed together, or not at all; a fault of
ours becomes an apology with a number that stands in the log too, never a trace in the chat.
"""

import logging
import secrets
from datetime import datetime

from bot.commands import desk
from bot.commands.base import Turn
from bot.messages import Incoming, Reply, say
from bot.model import Pack
from bot.store import Store, people
from bot.store.people import Subscription

log = logging.getLogger(__name__)
ZONE = "Asia/Shanghai"
MINUTE = 7 * 60 + 52  # an odd minute: on :00 and :30 platforms are busiest
DEFAULT_PACK = "xinzhi-shengchanli"


class Bot:
    """The bot of one process: a store, the live packs, the desk."""

    def __init__(self, store: Store, packs: dict[str, Pack]) -> None:
        self.store = store
        self.packs = packs
        self.desk = desk()
        self.default = DEFAULT_PACK if DEFAULT_PACK in packs else next(iter(packs), DEFAULT_PACK)

    def answer(self, incoming: Incoming, now: datetime) -> list[Reply]:
        """The replies to one message, at least one. Never raises for anything a person can send."""
        try:
            with self.store.writing():
                return self.desk.answer(self._turn(incoming, now))
        except Exception:
            number = secrets.token_hex(2).upper()
            log.exception("fault %s while answering on %s", number, incoming.channel)
            return [
                say(f"抱歉，这一步没办成，是我这边的问题，已记下（编号 {number}）。过一分钟再试，例如：今日")
            ]

    def _turn(self, incoming: Incoming, now: datetime) -> Turn:
        who, new = people.member(self.store, incoming.channel, incoming.user, incoming.name, ZONE, now)
        default = Subscription(0, self.default, MINUTE, ZONE, active=False)
        sub = people.subscription(self.store, incoming.channel, incoming.chat, incoming.thread, default)
        return Turn(self.store, self.packs, incoming, who, new, sub, now)
