"""How a reply is made to fit a channel: choices printed where there are no buttons, long texts split.

Invariant: nothing is lost, no part is too long, no choice is dropped; the choices stand on the last part.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.messages import Button, Limits, Poll, Reply, Run, Text, rich

STOPS = re.compile(r"\n+|[。！？；]+[”’」』）]*|[.!?;]+(?=\s)\s*|[，、,]|\s+")


# What a poll may be, in UTF-16 units: Telegram's limits, kept for every channel.
QUESTION, OPTION, EXPLANATION = (Limits(length, "utf16") for length in (300, 100, 200))
OPTIONS, LINE_FEEDS = 12, 2  # at most; line feeds of an explanation


def fit(reply: Reply, limits: Limits) -> list[Reply]:
    """The messages that carry a reply on a channel, in order; at least one."""
    text = reply.text
    rows = reply.rows
    if not limits.files and (paths := (*reply.images, *reply.documents)):
        text = rich(text, "\n" if text else "", "\n".join(paths))
    if not limits.buttons:
        if choices := printed_choices(reply):
            text = rich(text, "\n" if text else "", choices)
        rows = ()
    parts = split(text, limits)
    last = replace(reply, text=parts[-1], rows=rows, poll=reply.poll if limits.polls else None)
    return [*(Reply(part, private=reply.private) for part in parts[:-1]), last]


def is_votable(poll: Poll) -> bool:
    """Whether all texts of a poll fit, so that a platform with polls takes it whole.

    >>> is_votable(Poll("对吗？", ("对", "错"), (0,))), is_votable(Poll("题" * 301, ("对", "错"), (0,)))
    (True, False)
    """
    texts = [(poll.question, QUESTION), *((option, OPTION) for option in poll.options)]
    return (
        2 <= len(poll.options) <= OPTIONS
        and bool(poll.right)
        and all(text.strip() and measure(text, limits) <= limits.length for text, limits in texts)
        and measure(poll.explanation, EXPLANATION) <= EXPLANATION.length
        and poll.explanation.count("\n") <= LINE_FEEDS
    )


def printed_choices(reply: Reply) -> str:
    """The buttons as a line to type from: numbered, or as words where digits belong to the text."""
    links = [button for button in reply.buttons if is_link(button)]
    pressed = [button for button in reply.buttons if not is_link(button)]
    keys = [b.label for b in pressed if is_key(b.label)]
    words = [b.label for b in pressed if not is_key(b.label)]
    if reply.numbered or keys:
        letters = [key[0] for key in keys if key[0].isalpha()]
        said = f"发 {letters[0]}–{letters[-1]}" if len(letters) > 1 else ""
        line = "；".join(filter(None, (said, f"或：{'、'.join(words)}" if words else "")))
    else:
        line = "　".join(f"{n} {label}" for n, label in enumerate(words, 1))
    return "\n".join(filter(None, (line, *(f"{b.label}：{b.says}" for b in links))))


def is_link(button: Button) -> bool:
    return button.says.startswith(("https://", "http://", "tg://"))


def is_key(label: str) -> bool:
    """Whether a label is an answer key or a list number (A, 3, B ✓).

    >>> is_key("B ✓"), is_key("12"), is_key("2/5"), is_key("对")
    (True, True, False, False)
    """
    return re.fullmatch(r"(?:[A-H]|\d+)(?: ✓)?", label) is not None


def measure(text: str, limits: Limits) -> int:
    """The length of a text in the channel's unit.

    >>> measure("汉😀", Limits(9, "utf16")), measure("汉😀", Limits(9, "bytes"))
    (3, 7)
    """
    if limits.unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    if limits.unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text)


def split(text: Text, limits: Limits) -> list[Text]:
    """The text in parts of at most `limits.length`, cut after sentences if possible; styles are kept.

    White space at a cut is dropped; an empty text is one empty part.
    """
    if measure("".join(run.text for run in text), limits) <= limits.length:
        return [text]
    parts: list[list[Run]] = [[]]
    room = limits.length
    for run in text:
        for piece in _pieces(run.text, limits):
            size = measure(piece, limits)
            if size > room and parts[-1]:
                parts.append([])
                room = limits.length
            parts[-1].append(Run(piece, run.style))
            room -= size
    return [cut for cut in (_stripped(rich(part)) for part in parts) if cut] or [()]


def _pieces(text: str, limits: Limits) -> Iterable[str]:
    """Sentences, or what is left of them; none longer than a part."""
    at = 0
    for stop in [*STOPS.finditer(text), None]:
        end = stop.end() if stop else len(text)
        piece = text[at:end]
        at = end
        if measure(piece, limits) <= limits.length:
            if piece:
                yield piece
            continue
        chunk = ""
        for character in piece:
            if measure(chunk + character, limits) > limits.length:
                yield chunk
                chunk = ""
            chunk += character
        yield chunk


def _stripped(text: Text) -> Text:
    if not text:
        return text
    first, last = text[0], text[-1]
    trimmed = [Run(first.text.lstrip(), first.style), *text[1:]]
    trimmed[-1] = Run((trimmed[0] if len(text) == 1 else last).text.rstrip(), last.style)
    return rich(trimmed)
