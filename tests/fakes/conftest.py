"""Fixtures for the fake's own tests: a server, and python-telegram-bot talking to it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.bot_api import FakeBotApi


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    """A running fake."""
    async with FakeBotApi() as running:
        yield running


@pytest.fixture
async def bot(server: FakeBotApi, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """python-telegram-bot's client, ready."""
    # Without it every RetryAfter is a deprecation warning, and warnings are errors here.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    request = HTTPXRequest(connection_pool_size=8, read_timeout=5)
    async with Bot(
        server.token, base_url=server.base_url, base_file_url=server.base_file_url, request=request
    ) as client:
        yield client
