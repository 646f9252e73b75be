"""How a reply looks on each channel, as text: what `preview` prints. LOOKS is the written-out list.

Invariant: what is shown went through the same `fit` and the same marks as what is sent.
"""

from collections.abc import Callable
from html import escape

from bot.fit import fit, measure
from bot.messages import Limits, Reply, Run, Style

TELEGRAM = Limits(4096, "utf16")
TAGS: dict[Style, tuple[str, str]] = {"": ("", ""), "bold": ("<b>", "</b>"), "italic": ("<i>", "</i>"), "mark": ("<b>", "</b>")}  # fmt: skip

Look = Callable[[Reply], list[str]]  # one text a message


def terminal(reply: Reply) -> list[str]:
    """One message, its choices printed to be typed."""
    from bot.channels.terminal import printed

    return [printed(reply).rstrip("\n")]


def telegram(reply: Reply) -> list[str]:
    """HTML as it is sent, under each message its length; the buttons in rows below the last one."""
    shown = []
    for message in fit(reply, TELEGRAM):
        length = measure("".join(run.text for run in message.text), TELEGRAM)
        keys = " / ".join(" ".join(f"[{button.label}]" for button in row) for row in message.rows)
        parts = (html(message.text), keys, f"（{length}/{TELEGRAM.length} 字）")
        shown.append("\n".join(filter(None, parts)))
    return shown


def html(text: tuple[Run, ...]) -> str:
    """Text as Telegram reads it.

    >>> html((Run("1 < 2 "), Run("新三样", "bold")))
    '1 &lt; 2 <b>新三样</b>'
    """
    return "".join(f"{TAGS[run.style][0]}{escape(run.text, quote=False)}{TAGS[run.style][1]}" for run in text)


LOOKS: dict[str, Look] = {"terminal": terminal, "telegram": telegram}
