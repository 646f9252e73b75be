"""A real conversation for README: typed into the real bot with the shipped pack, in a folder that is thrown away.

`make docs` prints it anew and `make lint` compares, so that README never shows what the program does not say.
"""

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WHEN = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)  # a Monday morning in Shanghai


def talk(said: Sequence[str | tuple[str, int]]) -> str:
    """What a terminal shows; ("今日", 6) keeps the first 6 lines of the answer and its choices."""
    from bot.app import Bot
    from bot.channels.terminal import incoming, printed
    from bot.store import open_store
    from bot.study import shelf

    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), WHEN)
        shelf.refresh(store, ROOT / "content")
        bot = Bot(store)
        for each in said:
            text, most = each if isinstance(each, tuple) else (each, 1000)
            replies = bot.answer(incoming("me", text), WHEN)
            shown = "\n".join(printed(reply) for reply in replies).rstrip("\n").split("\n")
            if len(shown) > most + 1:
                shown = [*shown[:most], "……", shown[-1]]
            lines += [f"> {text}", *shown, ""]
        store.close()
    return "\n".join(lines).rstrip("\n")
