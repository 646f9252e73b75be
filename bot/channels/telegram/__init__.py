"""Telegram: the only room that knows python-telegram-bot.

Invariant: the channel is restartable at any point. What a person did is confirmed to Telegram only after its
effect was committed, a press is answered exactly once, and no log line carries a message's text or the token.

`channel` lives, `reading` makes Incoming values of updates, `writing` makes HTML and keyboards of replies,
`mouth` sends, `ears` polls or serves the webhook, `lanes` keeps the order of each chat, `errors` says what a
refusal means, `menus` sets the menus, `admins` and `files` fetch what an update only names.
"""

import importlib.util
import logging
import os
import sys

# RetryAfter's own constructor warns without it (PTB 22.2 and later), and we read seconds as timedeltas anyway.
os.environ.setdefault("PTB_TIMEDELTA", "1")
# httpx prints addresses, which carry the token; PTB prints the body of an answer that is no JSON.
for _noisy in ("httpx", "httpcore"):
    if logging.getLogger(_noisy).level < logging.WARNING:
        logging.getLogger(_noisy).setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.CRITICAL)

# httpcore imports sniffio at every request to see which loop runs; where it is not installed the search through
# sys.path costs a third of a millisecond each time. None says at once that it is not there: asyncio it is.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

from bot.channels.telegram.channel import Telegram  # noqa: E402 - after the environment is set
from bot.channels.telegram.ears import Patience, Webhook  # noqa: E402
from bot.channels.telegram.wording import KIND, LIMITS, Wording  # noqa: E402

__all__ = ["KIND", "LIMITS", "Patience", "Telegram", "Webhook", "Wording"]
