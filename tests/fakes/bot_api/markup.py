"""Formatted text as Telegram reads it: HTML to plain text and entities, and back.

Invariant: offsets and lengths of entities are UTF-16 code units; offsets in error messages are UTF-8 bytes
of the text as sent.
"""

from __future__ import annotations

import html as _html
import re
from dataclasses import dataclass
from typing import Any

Entity = dict[str, Any]

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
OPENERS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre",
    "spoiler": "tg-spoiler", "text_link": "a", "blockquote": "blockquote",
    "expandable_blockquote": "blockquote", "custom_emoji": "tg-emoji", "date_time": "tg-time",
}  # fmt: skip
# What the server finds by itself; the longest-known simple forms are enough for a bot's texts.
AUTOMATIC = re.compile(
    r"(?P<url>https?://[^\s<>\"'，。；、（）《》“”]+[^\s<>\"'，。；、（）《》“”.,;:!?)])"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})(?!\w)",
    re.ASCII,
)
_CHARACTER = re.compile(r"&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot))(?:;|(?=\W|$))", re.I)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = re.compile(
    r"""\s+([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-]+(?=[\s>])))?""",
)


class MarkupError(ValueError):
    """HTML that Telegram would refuse; the text is the part behind "can't parse entities: "."""


def utf16(text: str) -> int:
    """Length in UTF-16 code units, the unit of Telegram's limits.

    >>> utf16("学习"), utf16("📖")
    (2, 2)
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _unescape(text: str) -> str:
    if "&" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        hexa, decimal, name = match.groups()
        if name:
            return _NAMED[name.lower()]
        code = int(hexa, 16) if hexa else int(decimal)
        return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else match.group()

    return _CHARACTER.sub(one, text)


@dataclass(slots=True)
class _Open:
    tag: str
    at: int
    attributes: dict[str, str]


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text and entities of a message in HTML mode. Raises MarkupError.

    >>> parse_html("<b>今天</b> &lt;第 7 天&gt;")
    ('今天 <第 7 天>', [{'type': 'bold', 'offset': 0, 'length': 2}])
    """
    out: list[str] = []
    size = 0  # UTF-16 units written so far
    entities: list[Entity] = []
    stack: list[_Open] = []
    position = 0

    def byte(index: int) -> int:
        return len(source[:index].encode())

    while True:
        start = source.find("<", position)
        piece = _unescape(source[position:] if start < 0 else source[position:start])
        out.append(piece)
        size += utf16(piece)
        if start < 0:
            break
        if source[start + 1 : start + 2] == "/":
            position = _close(source, start, stack, entities, size, byte(start))
        else:
            position = _open(source, start, stack, size, byte(start))
    if stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return "".join(out), _sorted(entities)


def _open(source: str, start: int, stack: list[_Open], size: int, byte: int) -> int:
    name = re.compile(r"[^\s>]*").match(source, start + 1)
    assert name is not None
    tag = name.group().lower()
    if name.end() >= len(source):
        raise MarkupError(f"Unclosed start tag at byte offset {byte}")
    if tag not in TAGS:
        raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {byte}')
    position = name.end()
    attributes: dict[str, str] = {}
    while match := _ATTRIBUTE.match(source, position):
        key, value = match.groups()
        if value is None and not (tag == "blockquote" and key == "expandable"):
            what = "Expected equal sign in declaration of an attribute of"
            raise MarkupError(f'{what} the tag "{tag}" at byte offset {byte}')
        attributes[key.lower()] = _unescape(value.strip("\"'")) if value else ""
        position = match.end()
    rest = re.compile(r"\s*>").match(source, position)
    if rest is None:
        raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {byte}')
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
    stack.append(_Open(tag, size, attributes))
    return rest.end()


def _close(source: str, start: int, stack: list[_Open], entities: list[Entity], size: int, byte: int) -> int:
    if not stack:
        raise MarkupError(f"Unexpected end tag at byte offset {byte}")
    match = re.compile(r"</([^\s>]*)\s*(>?)").match(source, start)
    assert match is not None
    if not match.group(2):
        raise MarkupError(f"Unclosed end tag at byte offset {byte}")
    top = stack.pop()
    found = match.group(1).lower()
    if found and found != top.tag:
        raise MarkupError(
            f'Unmatched end tag at byte offset {byte}, expected "</{top.tag}>", found "</{found}>"'
        )
    if size > top.at:
        entity = _entity(top, size - top.at)
        if entity is not None:
            entities.append(entity)
    return match.end()


def _entity(tag: _Open, length: int) -> Entity | None:
    kind = TAGS[tag.tag]
    entity: Entity = {"type": kind, "offset": tag.at, "length": length}
    if kind == "text_link":
        # A link without a usable address is silently plain text on the real server too.
        url = tag.attributes.get("href", "")
        if not re.match(r"(https?://|tg://|mailto:|[\w.-]+\.[a-z]{2,})", url, re.I):
            return None
        entity["url"] = url
    elif kind == "blockquote" and "expandable" in tag.attributes:
        entity["type"] = "expandable_blockquote"
    elif kind == "custom_emoji":
        entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
    elif kind == "date_time":
        entity["unix_time"] = int(tag.attributes.get("unix", "0") or 0)
    elif kind == "code" and tag.attributes.get("class", "").startswith("language-"):
        entity["language"] = tag.attributes["class"].removeprefix("language-")
    return entity


def _sorted(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def automatic(text: str) -> list[Entity]:
    """Commands, mentions and addresses that the server marks by itself."""
    if "/" not in text and "@" not in text:
        return []
    return [
        {"type": m.lastgroup, "offset": utf16(text[: m.start()]), "length": utf16(m.group())}
        for m in AUTOMATIC.finditer(text)
    ]


def finish(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What the server stores: outer white space gone, automatic entities added where there is room.

    Leading space is kept from the first entity on, as the real server keeps it.
    """
    text = text.replace("\r", "").replace("\0", "")
    bare = text.rstrip()
    first = min((e["offset"] for e in entities), default=utf16(bare))
    lead = 0
    while lead < len(bare) and lead < first and bare[lead] in " \n\t":
        lead += 1
    bare = bare[lead:]
    size = utf16(bare)
    kept: list[Entity] = []
    for entity in entities:
        offset = entity["offset"] - lead
        length = min(entity["length"], size - offset)
        if length > 0:
            kept.append({**entity, "offset": offset, "length": length})
    for entity in automatic(bare):
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if all(
            end <= e["offset"]
            or begin >= e["offset"] + e["length"]
            or e["type"] not in {"text_link", "code", "pre"}
            for e in kept
        ):
            kept.append(entity)
    return bare, _sorted(kept)


def to_html(text: str, entities: list[Entity]) -> str:
    """The message as HTML, for assertions: every entity that has a tag, everything else escaped.

    >>> to_html("a<b", [{"type": "bold", "offset": 0, "length": 1}])
    '<b>a</b>&lt;b'
    """
    raw = text.encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for order, entity in enumerate(_sorted(entities)):
        tag = OPENERS.get(entity["type"])
        if tag is None:
            continue
        attribute = f' href="{_html.escape(entity["url"])}"' if tag == "a" else ""
        if entity["type"] == "expandable_blockquote":
            attribute = " expandable"
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        # Closing marks sort before opening ones at the same place, the inner ones first.
        marks.append((begin * 2, 1 + order, f"<{tag}{attribute}>"))
        marks.append((end * 2, -1 - order, f"</{tag}>"))
    result, last = [], 0
    for place, _order, mark in sorted(marks, key=lambda m: (m[0], m[1])):
        result.append(_html.escape(raw[last:place].decode("utf-16-le"), quote=False))
        result.append(mark)
        last = place
    result.append(_html.escape(raw[last:].decode("utf-16-le"), quote=False))
    return "".join(result)
