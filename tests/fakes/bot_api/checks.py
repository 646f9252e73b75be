"""The second reading of the specification: every request against aiogram's models and our own rules.

Invariant: a check only looks; it never changes a request and knows nothing of chats or state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from aiogram import methods as spec
from pydantic import BaseModel, ValidationError

# Published lengths in UTF-16 units; text and captions are measured after parsing, in sending.py.
LENGTHS = {
    ("answerCallbackQuery", "text"): (0, 200),
    ("setMyName", "name"): (0, 64),
    ("setMyDescription", "description"): (0, 512),
    ("setMyShortDescription", "short_description"): (0, 120),
    ("setWebhook", "secret_token"): (1, 256),
}
PATTERNS = {
    ("setWebhook", "secret_token"): r"[A-Za-z0-9_-]+",
    ("sendChatAction", "action"): (
        r"typing|upload_photo|record_video|upload_video|record_voice|upload_voice|upload_document|"
        r"choose_sticker|find_location|record_video_note|upload_video_note"
    ),
    ("setMyCommands", "language_code"): r"([a-z]{2})?",
}
RANGES = {
    ("getUpdates", "limit"): (1, 100),
    ("setWebhook", "max_connections"): (1, 100),
    ("sendPoll", "open_period"): (5, 2_628_000),
}
DEEP_LINK = re.compile(r"https?://t\.me/\w+\?(?:start|startgroup)=(.*)", re.S)
UPDATE_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)


@cache
def model(method: str) -> type[BaseModel] | None:
    """aiogram's model of a method, by its API name in any case."""
    for name in spec.__all__:
        made = getattr(spec, name)
        if name.lower() == method.lower() and isinstance(made, type) and issubclass(made, BaseModel):
            return made
    return None


def _takes_text(annotation: Any) -> bool:
    return annotation is str or any(_takes_text(arg) for arg in get_args(annotation))


def complaints(method: str, params: dict[str, Any], uploads: set[str]) -> list[str]:
    """Everything about a request that the specification does not allow; empty when it is right.

    `uploads` are the names of the multipart files that came along.
    """
    known = model(method)
    if known is None:
        return [f"no model for {method}"]
    found = [f"{method} has no field {name!r}" for name in params if name not in known.model_fields]
    # A file in the body stands for its field; the models want a text there, or a file object we leave out.
    files = {name: f"attach://{name}" for name in uploads if name in known.model_fields}
    seen = {
        name: value
        for name, value in (files | params).items()
        if name in known.model_fields
        and (name not in files or _takes_text(known.model_fields[name].annotation))
    }
    try:
        read = known.model_validate(seen)
    except ValidationError as error:
        return found + [
            f"{method}.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)
        ]
    found += [f"{method}: {name} is not in the specification" for name in _extras(read)]
    found += list(_limits(method, params))
    found += list(_keyboard(params.get("reply_markup")))
    for name in _attached(params):
        if name not in uploads:
            found.append(f"{method}: attach://{name} is not in the body")
    return found


def _extras(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in value.model_extra or ():
            yield f"{path}{name}"
        for name in value.model_fields_set & set(type(value).model_fields):
            yield from _extras(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from _extras(item, path)


def _attached(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("attach://"):
            yield value.removeprefix("attach://")
    elif isinstance(value, dict):
        for item in value.values():
            yield from _attached(item)
    elif isinstance(value, list):
        for item in value:
            yield from _attached(item)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _limits(method: str, params: dict[str, Any]) -> Iterator[str]:
    for name, value in params.items():
        if isinstance(value, str) and (span := LENGTHS.get((method, name))):
            low, high = span
            if not low <= _units(value) <= high:
                yield f"{method}.{name} has {_units(value)} of {low}–{high} characters"
        if (
            isinstance(value, str)
            and (pattern := PATTERNS.get((method, name)))
            and not re.fullmatch(pattern, value)
        ):
            yield f"{method}.{name}: {value!r} is not allowed"
        if (
            isinstance(value, int)
            and (span := RANGES.get((method, name)))
            and not span[0] <= value <= span[1]
        ):
            yield f"{method}.{name}: {value} is not in {span[0]}–{span[1]}"
    for kind in params.get("allowed_updates") or ():
        if kind not in UPDATE_KINDS:
            yield f"{method}.allowed_updates: no update is called {kind!r}"
    if method == "setMyCommands":
        yield from _commands(params.get("commands") or [])


def _commands(commands: list[dict[str, str]]) -> Iterator[str]:
    if len(commands) > 100:
        yield f"setMyCommands: {len(commands)} of at most 100 commands"
    names = [command.get("command", "") for command in commands]
    if len(set(names)) < len(names):
        yield "setMyCommands: a command is listed twice"
    for command in commands:
        name, text = command.get("command", ""), command.get("description", "")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            yield f"BOT_COMMAND_INVALID {name!r}"
        if not 1 <= _units(text) <= 256:
            yield f"BOT_COMMAND_DESCRIPTION_INVALID {name!r}"


def _keyboard(markup: Any) -> Iterator[str]:
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return
    rows = markup["inline_keyboard"]
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        yield "reply markup is too long"
    for button in (button for row in rows for button in row):
        if not button.get("text", "").strip():
            yield "inline button without a label"
        actions = [key for key in button if key not in {"text", "style", "icon_custom_emoji_id", "disabled"}]
        if len(actions) != 1:
            yield f"inline button {button.get('text')!r} must have exactly one action, has {actions}"
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            yield "BUTTON_DATA_INVALID"
        if "url" in button:
            yield from _address(button["url"])


def _address(url: str) -> Iterator[str]:
    if not re.match(r"(https?://[^\s/]+|tg://)", url):
        yield f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
    link = DEEP_LINK.match(url)
    if link and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link.group(1)):
        yield f"START_PARAM_INVALID {link.group(1)!r}"
