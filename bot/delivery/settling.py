"""What follows from an outcome: the ledger, the card, the subscription, the channel. On the database thread.

Invariant: one card that several chats refuse is the card's fault: it is stopped, and nobody is switched off.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.days import Calendar
from bot.delivery.sending import CONDEMNED, Outcome
from bot.store import Store, announcements, housekeeping, outbox, progress, subscriptions
from bot.store.outbox import DAILY, Delivery
from bot.study import joining

log = logging.getLogger("bot.delivery")
BREAKER = 3  # chats in a row that refuse one card before it is stopped


@dataclass
class Settler:
    """`refused`: the chats that refused a card since somebody got it last."""

    store: Store
    refused: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)  # channels that said they cannot go on

    def settle(self, outcome: Outcome, calendar: Calendar, now: datetime) -> None:
        """Inside a transaction: write down what became of one send, and what follows from it."""
        found, at = outcome.delivery, now.timestamp()
        if outcome.moved:
            outcome = self._moved(outcome)
        mine = outbox.settle(
            *(self.store, found, outcome.state),
            at=at,
            ref=outcome.ref,
            error=outcome.error,
            not_before=None if outcome.wait is None else at + outcome.wait,
            counts=outcome.counts,
        )
        if outcome.pause:
            housekeeping.pause_channel(self.store, found.channel, at + outcome.pause, outcome.error)
        if outcome.stopped and found.channel not in self.stopped:
            log.error("channel %s cannot send: %s", found.channel, outcome.stopped)
            housekeeping.stop_channel(self.store, found.channel, outcome.stopped)
            self.stopped.add(found.channel)
        elif outcome.state == "sent" and found.channel in self.stopped:
            housekeeping.stop_channel(self.store, found.channel, "")
            self.stopped.discard(found.channel)
        if found.kind == DAILY and mine:
            self._card(outcome, now)
        if outcome.gone:
            sub = subscriptions.get(self.store, found.subscription)
            if sub:
                joining.gone(self.store, sub, calendar, now, outcome.gone)
                log.info("subscription %s switched off: %s", sub.id, outcome.gone)

    def drop(self, found: Delivery, error: str) -> None:
        """A row that was taken and is not to be sent after all."""
        outbox.settle(self.store, found, "failed", at=0.0, error=error)
        if found.kind == DAILY:
            progress.take_back(self.store, found.subscription, found.day)

    def condemned(self) -> Collection[tuple[str, str]]:
        """The (pack, card) that are not sent to anybody."""
        return housekeeping.stopped_cards(self.store).keys()

    def _card(self, outcome: Outcome, now: datetime) -> None:
        found = outcome.delivery
        card = (found.pack, found.card)
        if outcome.state == "sent":
            self.refused.pop(card, None)
            progress.show(self.store, found.subscription, found.day, now)
        elif outcome.state == "failed":
            progress.take_back(self.store, found.subscription, found.day)
            if outcome.error.startswith("rejected") and outcome.error != CONDEMNED:
                self._refused(found, outcome.error)

    def _refused(self, found: Delivery, why: str) -> None:
        chats = self.refused.setdefault((found.pack, found.card), set())
        chats.add(found.subscription)
        if len(chats) >= BREAKER and housekeeping.stop_card(
            self.store, found.pack, found.card, found.day.isoformat(), why
        ):
            log.error("card %s/%s stopped, %s chats refused it: %s", found.pack, found.card, len(chats), why)

    def _moved(self, outcome: Outcome) -> Outcome:
        """The chat's new id. Where that chat has a subscription of its own, this one has given way to it."""
        found = outcome.delivery
        subscriptions.move_chat(self.store, found.channel, outcome.address.chat, outcome.moved)
        sub = subscriptions.get(self.store, found.subscription)
        if sub and sub.active and sub.address.chat == outcome.moved:
            return outcome
        joining.withdraw(self.store, found.subscription)
        announcements.withdraw(self.store, found.subscription, "gone")
        return replace(outcome, state="failed", error="gone")
