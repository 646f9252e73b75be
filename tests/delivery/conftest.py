"""A fake Telegram, and python-telegram-bot without its warnings."""

from collections.abc import AsyncIterator

import pytest
from fakes.bot_api import FakeBotApi


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBotApi]:
    # Without it every RetryAfter is a deprecation warning, and warnings are errors here.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with FakeBotApi(check=False) as running:
        yield running
