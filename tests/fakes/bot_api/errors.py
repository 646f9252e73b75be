"""The error answers of the Bot API, worded as the real server words them.

Invariant: an `ApiError` carries exactly what the JSON answer carries (code, description, parameters).
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer with ok=false. `parameters` is retry_after (seconds) or migrate_to_chat_id."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def payload(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class Rejected(ApiError):
    """A request that breaks the specification: answered 400 like the others, and listed in `rejected`."""


def bad(text: str, **parameters: Any) -> ApiError:
    """400 for something the bot may legitimately run into (a deleted message, a chat that moved)."""
    return ApiError(400, f"Bad Request: {text}", **parameters)


def broken(text: str) -> Rejected:
    """400 for a request that a correct bot never sends (too long, bad HTML, unknown chat)."""
    return Rejected(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """403."""
    return ApiError(403, f"Forbidden: {text}")


def too_many(retry_after: int) -> ApiError:
    """429 with `retry_after` in whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ON = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
