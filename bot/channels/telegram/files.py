"""Files that people send: fetched into a folder of their own, for the time of one answer.

Invariant: a file's name cannot lead out of its folder, and none is larger than Telegram lets a bot fetch.
"""

import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from telegram import Bot, Document

LARGEST = 20_000_000  # bytes; Telegram lets bots fetch no more


class TooLarge(Exception):
    """More than a bot may fetch."""


@asynccontextmanager
async def fetched(bot: Bot, document: Document, largest: int = LARGEST) -> AsyncIterator[Path]:
    """The file on disk while the block runs. Raises TooLarge, and PTB's errors."""
    if (document.file_size or 0) > largest:
        raise TooLarge
    folder = Path(tempfile.mkdtemp(prefix="daily-study-"))
    try:
        target = folder / safe(document.file_name or "")
        file = await bot.get_file(document.file_id)
        await file.download_to_drive(target)
        if target.stat().st_size > largest:
            raise TooLarge
        yield target
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def safe(name: str) -> str:
    """A file name that is only that.

    >>> safe("../辅导 材料.docx"), safe(".."), safe("")
    ('_辅导 材料.docx', 'file', 'file')
    """
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]', "_", name).strip().lstrip(".")[-80:]
    return plain or "file"
