"""What ARCHITECTURE.md shows is true: its example runs as it stands, in as few lines as it says."""

import re
import types
from pathlib import Path

from conftest import NOW, SHIPPED

from bot.commands import PLAIN, search
from bot.commands.base import Command
from bot.commands.desk import Desk
from bot.messages import Incoming, bare
from bot.store import Store
from bot.study import shelf

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def test_the_example_of_a_command_works(store: Store) -> None:
    from bot.app import Bot

    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    written = types.ModuleType("progress")
    exec(compile(example, "progress.py", "exec"), written.__dict__)
    command: Command = written.PROGRESS
    assert len(example.splitlines()) + 2 <= 25  # and its import and its place in the list
    shelf.refresh(store, SHIPPED)
    bot = Bot(store)
    bot.desk = Desk((*PLAIN, command), search.unknown)
    bot.answer(Incoming("terminal", "me", "me", "订阅", admin=True), NOW)
    (reply,) = bot.answer(Incoming("terminal", "me", "me", "进度", admin=True), NOW)
    assert bare(reply.text) == "《新质生产力：五篇材料三十天》学到第 1/30 天。"
    assert [button.label for button in reply.buttons] == ["今日学习", "文章目录"]


def test_every_room_stands_in_the_table() -> None:
    rooms = {path.stem for path in (ROOT / "bot").iterdir() if path.name[0] not in "_." and path.stem != "py"}
    table = TEXT.split("## Flows")[0]
    for room in rooms:
        assert re.search(rf"`{room}/?`", table), room
