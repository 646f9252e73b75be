"""A `chat` beside the running bot writes at the very moment at which slots are noted or worked out anew."""

from collections.abc import Callable

import pytest
from conftest import Talk

from bot.days import Calendar
from bot.store import open_store, outbox, subscriptions
from bot.store.subscriptions import Subscription
from bot.study import pushing


def between(monkeypatch: pytest.MonkeyPatch, talk: Talk, name: str, other: Callable[[], None]) -> None:
    """Let another process write right after the rows were read, if the reader does not keep it out."""
    real = getattr(subscriptions, name)

    def read(*values: object) -> list[Subscription]:
        found: list[Subscription] = real(*values)
        if not talk.store.db.conn.in_transaction:
            other()
        return found

    monkeypatch.setattr(subscriptions, name, read)


def test_who_leaves_meanwhile_gets_nothing(xiaolin: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = xiaolin.at("2026-11-24", "07:52").now
    beside = open_store(xiaolin.store.folder, now)
    left = lambda: beside.do("UPDATE subscriptions SET active = 0, next_due = NULL") and None  # noqa: E731
    with monkeypatch.context() as patched:
        between(patched, xiaolin, "due", left)
        pushing.note_due(xiaolin.store, xiaolin.bot.packs, Calendar(), now, until=22 * 60)
    beside.close()
    assert outbox.queue(xiaolin.store)[0] == 0
