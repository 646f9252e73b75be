"""What a refusal of Telegram means: PTB's exceptions made into those of bot.messages.

Invariant: an error whose request may have arrived is never called unsent, and the other way round. PTB's
classes do not tell them apart (BadRequest and TimedOut are NetworkErrors, a 429 without seconds and every 5xx
are bare ones); only `__cause__` does.
"""

import re

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.messages import Doubtful, Gone, Later, Moved, Rejected, Stopped, Unsent

WRONG_TOKEN = (
    "Telegram 不认这个令牌：抄错了，或已在 BotFather 那里作废。"  # noqa: S105 - a sentence
    "请把新令牌写进 [telegram] token（或 TELEGRAM_BOT_TOKEN），再重新启动。"
)
WRONG_PLACE = "如果改过 [telegram] base_url，也请检查它。"

# No byte of the request has left: httpx's errors from before a connection stood.
BEFORE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
UNPARSED = "can't parse entities"
UNCHANGED = "message is not modified"
# 400s that mean "not here", now and later; in lower case, since PTB re-capitalises what the server says.
NOT_HERE = {
    "chat not found": "not found",
    "user not found": "not found",
    "peer_id_invalid": "not found",
    "input_user_deactivated": "deactivated",
    "chat was deleted": "deleted",
    "group chat was deactivated": "deleted",
    "need administrator rights in the channel": "no rights",
    "not enough rights to send": "no rights",
    "have no rights to send": "no rights",
    "chat_write_forbidden": "no rights",
    "chat_restricted": "no rights",
    "message thread not found": "topic gone",
    "topic_deleted": "topic gone",
    "topic_closed": "topic closed",
}
FORBIDDEN = {
    "blocked": "blocked",
    "deactivated": "deactivated",
    "kicked": "kicked",
    "not a member": "left",
    "initiate conversation": "never started",
}
NOT_EDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message",
    "there is no caption in the message",
    "message_id_invalid",
)


def meaning(error: Exception) -> Exception:
    """The exception of bot.messages for one of PTB's; any other comes back as it is."""
    said = f"{error} {error.__cause__}".lower()  # what `initialize` raises names its reason only there
    if isinstance(error, RetryAfter):
        # An int or a timedelta, depending on the environment that PTB saw.
        wait = error._retry_after.total_seconds()
        return Later(wait if wait > 0 else None)
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, TelegramError) and re.search(r"\(\d{3}\)", said):
        # PTB's own words for a code without a description: a proxy or a portal has answered, not Telegram.
        return Later(None) if "too many requests" in said else Doubtful(_short(error))
    if isinstance(error, InvalidToken):
        return Stopped(WRONG_TOKEN + (WRONG_PLACE if "not found" in said else ""))
    if isinstance(error, Forbidden):
        return Gone(next((why for part, why in FORBIDDEN.items() if part in said), "forbidden"))
    if isinstance(error, BadRequest):
        here = next((why for part, why in NOT_HERE.items() if part in said), "")
        return Gone(here) if here else Rejected(_short(error))
    if isinstance(error, TimedOut):
        before = isinstance(error.__cause__, BEFORE)
        return Unsent("timed out before sending") if before else Doubtful("timed out")
    if isinstance(error, NetworkError):
        if isinstance(error.__cause__, BEFORE):
            return Unsent(type(error.__cause__).__name__)
        if said.startswith("too many requests"):
            return Later(None)
        if said.startswith("request entity too large"):
            return Rejected("too large")
        return Doubtful(_short(error))
    if isinstance(error, TelegramError):
        return Doubtful(_short(error))
    return error


def says(error: Exception, *parts: str) -> bool:
    """Whether this is a 400 with one of these sentences, whatever its case."""
    return isinstance(error, BadRequest) and any(part in str(error).lower() for part in parts)


def _short(error: Exception) -> str:
    """What was answered, for the log: no body of an answer, no token, not long.

    >>> _short(NetworkError("Bad Gateway (502). Parsing the server response b'<html>' failed"))
    'Bad Gateway (502)'
    """
    said = re.split(r"\. (?:parsing the|the server) ", str(error), maxsplit=1, flags=re.IGNORECASE)[0]
    return re.sub(r"\d+:[\w-]{20,}", "…", said)[:120]
