"""Replies as Telegram wants them: HTML with everything escaped that is not ours, and inline keyboards.

Invariant: a button's callback data is its sentence; nothing in a text can be read as markup.
"""

from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.fit import is_link, measure
from bot.messages import Button, Limits, Rows, Text, bare

TAGS = {"": "", "bold": "b", "italic": "i", "mark": "b"}
IN_A_ROW = 8  # a longer row is refused


def html(text: Text) -> str:
    """HTML of the few tags we use.

    >>> from bot.messages import bold, mark, rich
    >>> html(rich("1 < 2 & ", mark("词"), "\\ud800"))
    '1 &lt; 2 &amp; <b>词</b>\ufffd'
    """
    parts = []
    for run in text:
        tag = (
            TAGS[run.style] if run.text.strip() else ""
        )  # a tag around nothing visible is dropped by the server
        inner = escape(clean(run.text), quote=False)
        parts.append(f"<{tag}>{inner}</{tag}>" if tag else inner)
    return "".join(parts)


def unmarked(text: Text) -> str:
    """The characters alone."""
    return clean(bare(text))


def clean(text: str) -> str:
    """Halves of surrogate pairs, which no UTF-8 can carry, replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def visible(text: Text) -> bool:
    """Whether there is anything to send: Telegram refuses texts of white space alone."""
    return bool(bare(text).strip())


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The buttons below a message; a row of more than eight goes on in the next line."""
    lines = [
        [_key(button) for button in each[at : at + IN_A_ROW]]
        for each in rows
        for at in range(0, len(each), IN_A_ROW)
    ]
    return InlineKeyboardMarkup(lines) if lines else None


def _key(button: Button) -> InlineKeyboardButton:
    if is_link(button):
        return InlineKeyboardButton(clean(button.label), url=button.says)
    return InlineKeyboardButton(clean(button.label), callback_data=clean(button.says))


def cut(text: str, limits: Limits) -> str:
    """A notice that must be one piece, cut where it is too long.

    >>> cut("一二三四", Limits(3))
    '一二…'
    """
    text = clean(text)
    if measure(text, limits) <= limits.length:
        return text
    while text and measure(text, limits) > limits.length - 1:
        text = text[:-1]
    return text + "…"
