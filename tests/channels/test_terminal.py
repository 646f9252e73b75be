"""The terminal as a person has it: a real pseudo-terminal, a push that arrives while one is typing."""

import asyncio
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import noon_zone
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.channels.terminal import Terminal, incoming, printed, styled
from bot.messages import Incoming, Reply, marked, rich, row, say

ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78]|\r")


def test_a_hit_is_reversed_on_a_screen_and_bracketed_in_a_pipe() -> None:
    reply = Reply(marked("科技自立自强", [(0, 2)]), (row(("读", "/article 1")),))
    assert styled(reply) == [("reverse", "科技"), ("", "自立自强\n1 读"), ("", "\n\n")]
    assert printed(reply) == "「科技」自立自强\n1 读\n"


def test_answer_keys_and_links() -> None:
    question = Reply(
        rich("哪一项？"), (row(("A", "/answer 1 A"), ("B", "/answer 1 B")), row(("不知道", "/x")))
    )
    assert printed(question) == "哪一项？\n发 A–B；或：不知道\n"
    assert printed(say("看", rows=(row(("私聊我", "https://t.me/x")),))) == "看\n私聊我：https://t.me/x\n"


async def test_a_push_does_not_break_the_line_that_is_being_typed() -> None:
    pushes: list[Reply] = []
    shown = asyncio.Event()
    heard: list[str] = []
    answered = asyncio.Event()

    async def waiting() -> list[Reply]:
        if pushes:
            shown.set()
            return [pushes.pop()]
        return []

    async def answer(message: Incoming) -> list[Reply]:
        heard.append(message.text)
        answered.set()
        return [say("好")]

    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        terminal = Terminal("me", waiting)
        running = asyncio.create_task(terminal.run(answer))
        typed.send_text("今")
        pushes.append(say("推送来了"))
        terminal.arrived.set()
        await asyncio.wait_for(shown.wait(), 10)
        typed.send_text("日\n")
        await asyncio.wait_for(answered.wait(), 10)
        typed.send_text("\x04")
        await asyncio.wait_for(running, 10)
    assert heard == ["今日"]
    assert incoming("me", "今日").chat == "me"


# ---------------------------------------------------------------- the whole program in a pseudo-terminal


class Screen:
    """`python -m bot run` in a pseudo-terminal of its own."""

    def __init__(self, folder: Path, config: str) -> None:
        (folder / "config.toml").write_text(config, "utf-8")
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "--config", str(folder / "config.toml")],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        )
        os.close(slave)
        self.seen = b""

    def types(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, wanted: str, seconds: float = 30) -> str:
        """Read until it stands on the screen; what was read since the last time."""
        end = time.monotonic() + seconds
        while wanted.encode() not in (plain := ESCAPES.sub(b"", self.seen)):
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"“{wanted}” does not come; on the screen: {plain.decode(errors='replace')[-2000:]}"
            self.seen += os.read(self.master, 65536)
        self.seen = b""
        return plain.decode(errors="replace")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.mark.slow
def test_run_in_a_real_terminal(tmp_path: Path) -> None:
    screen = Screen(tmp_path, f'[bot]\ndata = "d"\nzone = "{noon_zone()}"\n')
    try:
        screen.until("Ctrl-D 结束。")
        screen.types("订阅\r")
        screen.until("› 第 1/30 天")
        db = sqlite3.connect(tmp_path / "d" / "bot.db", timeout=10)
        with db:  # as if he had subscribed yesterday and the time were now
            db.execute("UPDATE deliveries SET day = date(day, '-1 day')")
            db.execute("UPDATE assigned SET day = date(day, '-1 day')")
            db.execute("UPDATE subscriptions SET next_due = ?", (int(time.time()) - 1,))
        db.close()
        screen.types("搜索 科技自立")  # and he is typing meanwhile
        screen.until("› 第 2/30 天")
        screen.types("自强\r")
        screen.until("3 处，2 篇")
        screen.process.send_signal(signal.SIGTERM)
        assert screen.process.wait(20) == 0
    finally:
        screen.close()
    log = (tmp_path / "d" / "bot.log").read_text("utf-8")
    assert "stopped" in log
    assert "科技" not in log
    assert "Traceback" not in log
