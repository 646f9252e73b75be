"""The terminal: text in, text out, the choices printed to be typed.

Invariant: what is pushed while somebody types stands above his line, which is kept; where stdin is no terminal
everything is plain.
"""

import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.fit import fit, printed_choices
from bot.messages import Answer, Incoming, Limits, Reply, plain

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)
KIND = "terminal"
LIMITS = Limits(100_000, buttons=False, edits=False, toasts=False, files=False)
LOOK = 1.0  # seconds between looks for pushes that another process stored
STYLES = {"": "", "bold": "bold", "italic": "italic", "mark": "reverse"}
GREETING = "每日一学。发“开始”看看有什么，Ctrl-D 结束。"


def printed(reply: Reply) -> str:
    """The reply as lines, its choices last, an empty line after it."""
    lines = [plain(reply.text), *reply.images, *reply.documents, printed_choices(reply)]
    return "\n".join(line for line in lines if line) + "\n"


def styled(reply: Reply) -> list[tuple[str, str]]:
    """The same for a screen: (style, text) pairs, hits in reverse video."""
    (fitted,) = fit(reply, LIMITS)
    return [(STYLES[run.style], run.text) for run in fitted.text] + [("", "\n\n")]


def incoming(name: str, text: str) -> Incoming:
    """What the one at the terminal said."""
    return Incoming(KIND, name, name, text, name=name, admin=True)


@dataclass
class Terminal:
    """A conversation with whoever sits here, as `name`.

    waiting: fetches what was pushed and not yet shown. words: (word, meaning) for completion.
    """

    name: str
    waiting: Callable[[], Awaitable[list[Reply]]]
    words: Sequence[tuple[str, str]] = ()
    farewell: str = ""  # said at the end of input, where the program goes on without the terminal
    kind: str = KIND
    arrived: "asyncio.Event" = field(init=False)

    def __post_init__(self) -> None:
        import asyncio  # 14 ms that a conversation by lines need not pay

        self.arrived = asyncio.Event()

    async def run(self, answer: Answer) -> None:
        """Until the end of input (Ctrl-D)."""
        import asyncio

        from prompt_toolkit import PromptSession, print_formatted_text
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.formatted_text import FormattedText
        from prompt_toolkit.patch_stdout import patch_stdout

        def show(replies: list[Reply]) -> None:
            for reply in replies:
                print_formatted_text(FormattedText(styled(reply)), end="")

        async def watch() -> None:
            while True:
                try:
                    show(await self.waiting())
                except Exception:
                    log.exception("what was pushed could not be shown; looked for again")
                self.arrived.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.arrived.wait(), LOOK)

        completer = WordCompleter(
            [word for word, _ in self.words], meta_dict=dict(self.words), sentence=True, match_middle=False
        )
        session: PromptSession[str] = PromptSession(completer=completer, complete_while_typing=True)
        print_formatted_text(GREETING)
        with patch_stdout():
            watcher = asyncio.create_task(watch())
            try:
                while True:
                    try:
                        line = await session.prompt_async("> ")
                    except KeyboardInterrupt:
                        continue  # Ctrl-C only clears the line
                    if line.strip():
                        show(await answer(incoming(self.name, line)))
            except EOFError:
                if self.farewell:
                    print_formatted_text(self.farewell)
                return
            finally:
                watcher.cancel()


def said() -> str | None:
    """The next line of stdin that is not empty; None at its end. Invalid UTF-8 is replaced."""
    while raw := sys.stdin.buffer.readline():
        if text := raw.decode("utf-8", "replace").strip("\r\n"):
            return text
    return None
