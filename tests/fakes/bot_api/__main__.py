"""A Telegram for one person in the terminal: `python -m fakes.bot_api --port 8081 --token 1:x`.

With --bot the program is started too, on a data folder that is thrown away: a conversation as on Telegram,
without an account. Invariant: what is typed goes to the bot as one person's message; "!2" presses button 2 of
the last keyboard.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .people import Person, Press
from .server import FakeBotApi
from .world import Event, Message

HELP = "写一句话按回车就是发给机器人；!2 按第 2 个按钮；!blocks 屏蔽，!unblocks 解除；Ctrl-D 结束。"


def shown(message: Message, numbers: list[tuple[Message, str]]) -> str:
    """A message as lines of text; its buttons are numbered and noted in `numbers`."""
    lines = [message.text] if message.text else []
    names = {"photo": "［图片］", "document": "［文件］"}
    lines += [name for kind, name in names.items() if kind in message.content]
    if message.poll is not None:
        lines += [f"［投票］{message.poll.question}", *(f"  · {option}" for option in message.poll.options)]
    if message.buttons:
        numbers.clear()
    for row in message.rows:
        cells = []
        for label in row:
            numbers.append((message, label))
            cells.append(f"[!{len(numbers)} {label}]")
        lines.append("  " + " ".join(cells))
    return "\n".join(lines)


async def follow(person: Person, numbers: list[tuple[Message, str]]) -> None:
    """Print what the bot does in the private chat, as it happens."""
    chat, position = person.private, 0
    while True:
        while position < len(chat.news):
            event: Event = chat.news[position]
            position += 1
            mark = {"sent": "机器人", "edited": "机器人改了一条", "deleted": "机器人删了一条"}.get(event.kind)
            if mark and event.message is not None:
                print(f"\n{mark}：\n{shown(event.message, numbers)}", flush=True)
        with contextlib.suppress(AssertionError):
            seen = position
            await chat.bell.until(lambda seen=seen: len(chat.news) > seen, 3600, "news")  # type: ignore[misc]


async def act(person: Person, line: str, numbers: list[tuple[Message, str]]) -> None:
    """Do what one typed line says."""
    if line in {"!blocks", "!unblocks"}:
        getattr(person, line[1:])()
    elif line.startswith("!") and line[1:].isdigit() and 1 <= int(line[1:]) <= len(numbers):
        press = await person.presses(numbers[int(line[1:]) - 1])
        if isinstance(press, Press):
            with contextlib.suppress(AssertionError):
                if text := await press.toast(10):
                    print(f"（{text}）", flush=True)
        elif isinstance(press, str):
            print(f"（链接：{press}）", flush=True)
    elif line:
        await person.says(line)


@contextlib.contextmanager
def bot(server: FakeBotApi) -> Iterator[None]:
    """The program itself, talking to this server; its log is printed if it ends before we do."""
    with tempfile.TemporaryDirectory(prefix="daily-study-demo-") as folder:
        config, log = Path(folder, "config.toml"), Path(folder, "log")
        config.write_text(
            f'[telegram]\ntoken = "{server.token}"\nbase_url = "{server.url}"\n[web]\nport = 0\n', "utf-8"
        )
        command = [sys.executable, "-m", "bot", "--config", str(config), "run"]
        with (
            log.open("wb") as out,
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out) as run,
        ):
            try:
                yield
            finally:
                ended = run.poll() is not None
                run.terminate()
                run.wait(20)
                if ended:
                    print(log.read_text("utf-8"), file=sys.stderr)


async def main() -> None:
    """Serve until the input ends, or for ever with --quiet."""
    parser = argparse.ArgumentParser(prog="python -m fakes.bot_api", description="A fake Telegram Bot API.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="1234567:demo-token-for-loopback-only")
    parser.add_argument("--name", default="小林", help="the person's name")
    parser.add_argument("--people", type=int, default=0, help="that many more private chats, ids from 20001")
    parser.add_argument("--no-check", action="store_true", help="do not check requests (benchmarks)")
    parser.add_argument("--quiet", action="store_true", help="no person at the keyboard")
    parser.add_argument("--bot", action="store_true", help="start the program, too")
    options = parser.parse_args()
    server = await FakeBotApi(options.token, check=not options.no_check).start(options.port)
    print(f"base_url = {server.base_url}", flush=True)
    for number in range(options.people):
        server.person(f"读者{number + 1}", id=20001 + number, opened=True)
    running = bot(server) if options.bot else contextlib.nullcontext()
    try:
        running.__enter__()
        if options.quiet:
            await asyncio.Event().wait()
        person = server.person(options.name)
        numbers: list[tuple[Message, str]] = []
        print(HELP, flush=True)
        printer = asyncio.create_task(follow(person, numbers))
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                await act(person, line.strip(), numbers)
            except AssertionError as error:
                print(f"（做不到：{error}）", flush=True)
        with contextlib.suppress(AssertionError):
            await server.hub.confirmed(10)  # what was said last is still answered
            await asyncio.sleep(1)
        printer.cancel()
        for text in [*server.rejected, *server.unchecked, *server.faults]:
            print(f"不合规：{text}", flush=True)
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
        await server.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
