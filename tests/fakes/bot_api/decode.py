"""From form fields (all strings) to values, by field name; written from the Bot API's documentation.

Invariant: independent of the model library that checks the result, and the same with checks on or off.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .errors import broken

INTEGERS = frozenset(
    [
        "message_id",
        "offset",
        "limit",
        "timeout",
        "message_thread_id",
        "user_id",
        "max_connections",
        "cache_time",
        "correct_option_id",
        "open_period",
        "close_date",
        "reply_to_message_id",
        "direct_messages_topic_id",
        "until_date",
        "width",
        "height",
        "duration",
    ]
)
BOOLEANS = frozenset(
    [
        "disable_notification",
        "protect_content",
        "allow_paid_broadcast",
        "disable_web_page_preview",
        "show_alert",
        "drop_pending_updates",
        "is_anonymous",
        "allows_multiple_answers",
        "allows_revoting",
        "shuffle_options",
        "is_closed",
        "allow_adding_options",
        "hide_results_until_closes",
        "members_only",
        "allow_sending_without_reply",
        "has_spoiler",
        "disable_content_type_detection",
        "show_caption_above_media",
        "return_bots",
    ]
)
OBJECTS = frozenset(
    [
        "entities",
        "caption_entities",
        "reply_markup",
        "reply_parameters",
        "link_preview_options",
        "allowed_updates",
        "options",
        "question_entities",
        "explanation_entities",
        "description_entities",
        "correct_option_ids",
        "country_codes",
        "commands",
        "scope",
        "media",
        "message_ids",
        "explanation_media",
        "suggested_post_parameters",
    ]
)
CHATS = frozenset({"chat_id", "from_chat_id"})


def decode(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as values. A field that cannot be read is a `broken` request."""
    result: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None:
            continue
        if name in CHATS:
            result[name] = int(value) if re.fullmatch(r"-?\d+", str(value)) else value
        elif not isinstance(value, str):
            result[name] = value
        elif name in INTEGERS:
            if not re.fullmatch(r"-?\d+", value):
                raise broken(f'invalid parameter "{name}"')
            result[name] = int(value)
        elif name in BOOLEANS:
            result[name] = value.strip().lower() in {"true", "1", "yes"}
        elif name in OBJECTS:
            try:
                result[name] = json.loads(value)
            except ValueError:
                raise broken(f'can\'t parse "{name}" JSON object') from None
        else:
            result[name] = value
    return result
