"""A kept exchange as the JSON that the page draws. Text stays text: the page makes nodes of it, never markup."""

from pathlib import PurePath
from typing import Any

from bot.channels.web.ports import Kept
from bot.messages import Reply, Rows, Text


def shown(entry: Kept) -> dict[str, Any]:
    """One exchange. key: by which the page knows what it sent itself; push: nobody had asked."""
    return {
        "id": entry.id,
        "at": round(entry.at.timestamp() * 1000),
        "said": entry.said,
        "key": entry.update.rpartition("/")[2],
        "pressed": entry.pressed,
        "replies": [reply_of(reply, entry.id, n) for n, reply in enumerate(entry.replies)],
    }


def reply_of(reply: Reply, entry: int, n: int) -> dict[str, Any]:
    """One message; what is empty is left out. entry 0: it is not kept, so its files cannot be fetched."""
    files = f"api/file/{entry}/{n}"
    made: dict[str, Any] = {
        "text": text_of(reply.text),
        "rows": rows_of(reply.rows),
        "edits": reply.edits,
        "edited": None if reply.edited is None else text_of(reply.edited),
        "editedRows": None if reply.edited_rows is None else rows_of(reply.edited_rows),
        "toast": reply.toast,
        "article": reply.article,
        "images": [f"{files}/images/{i}" for i in range(len(reply.images))] if entry else [],
        "documents": [
            [f"{files}/documents/{i}", PurePath(path).name] for i, path in enumerate(reply.documents)
        ]
        if entry
        else [],
    }
    return {key: value for key, value in made.items() if value or key == "text"}


def text_of(text: Text) -> list[list[str]]:
    return [[run.text, run.style] if run.style else [run.text] for run in text]


def rows_of(rows: Rows) -> list[list[list[str]]]:
    return [[[button.label, button.says] for button in each] for each in rows]
