"""How fast the next question comes at 200 members × 500 cards, and what a thousand presses at once come to."""

import json
import random
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.table import Table, quantile
from bot.app import Bot
from bot.messages import Incoming, Reply, plain
from bot.model import Article, Block, Card, Pack, Question
from bot.store import Store, library, memories, open_store
from bot.store.memories import Memory

NOW = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)
MEMBERS, CARDS, PRESSES, THREADS = 200, 500, 1000, 8


def run(full: bool) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), NOW)
        library.put(store, pack(CARDS), "bench")
        names = [f"m{n}" for n in range(MEMBERS)]
        remembered(store, names)
        rounds = 3 if full else 1
        begins, answers, nexts = [], [], []
        bot = Bot(store)
        for turn in range(rounds):
            for name in names:
                now = NOW + timedelta(days=turn)
                begins.append(timed(bot, name, "/quiz", now, "第"))
                for _ in range(4):
                    answers.append(timed(bot, name, "B", now, "✅❌"))
                    nexts.append(timed(bot, name, "下一题", now, "第"))
        store.close()
        taken, awards = storm(Path(folder))
    rows = tuple(
        (
            what,
            f"{quantile(took, 0.5) * 1000:.1f} ms",
            f"{quantile(took, 0.95) * 1000:.1f} ms",
            f"{len(took)}",
        )
        for what, took in (("a new session", begins), ("an answer", answers), ("the next question", nexts))
    )
    rows += (
        (f"{PRESSES} presses at once from {THREADS} connections", f"{taken} answer", f"{awards} award", "1"),
    )
    note = (
        f"Whole messages, committed to disk, {MEMBERS} members with {CARDS} cards and as many questions each."
        " The next question to stay below 50 ms at the 95th percentile; answers and awards to be one."
    )
    return Table(("", "median", "95 %", "runs"), rows, note)


def pack(cards: int) -> Pack:
    """One question a card, in twenty articles."""
    per = cards // 20
    articles = tuple(
        Article(
            f"a{n}",
            n,
            f"第 {n} 篇",
            tuple(Block("para", f"第 {n} 篇第 {k} 段讲第 {k} 件事。") for k in range(per)),
        )
        for n in range(1, 21)
    )
    made = tuple(
        Card(
            f"c{n:03}",
            n + 1,
            f"第 {n} 张",
            articles[n // per].blocks[n % per].text,
            f"a{n // per + 1}",
            anchor=n % per,
        )
        for n in range(cards)
    )
    questions = tuple(
        Question(
            *(
                f"q{n:03}",
                n + 1,
                "single",
                f"第 {n} 题讲第几件事？",
                made[n].article,
                made[n].text,
                "",
                made[n].id,
            ),
            options=("甲", "乙", "丙", "丁"),
            right=(1,),
        )
        for n in range(cards)
    )
    return Pack("bench", "量一量", articles, made, (), questions, digest="bench")


def remembered(store: Store, names: list[str]) -> None:
    """Each member has answered most questions before."""
    dice = random.Random(7)
    bot = Bot(store)
    for name in names:
        say(bot, name, "今日", NOW)
    today = date(2026, 11, 23)
    with store.writing():
        for row in store.rows("SELECT id FROM members"):
            for n in range(CARDS):
                if dice.random() < 0.9:
                    last = today - timedelta(days=dice.randint(1, 60))
                    due = last + timedelta(days=dice.randint(1, 90))
                    memory = Memory(
                        f"q{n:03}", dice.uniform(1, 60), 5.0, last, due, 3, dice.choice((0, 0, 1))
                    )
                    memories.put(store, row["id"], "bench", memory)


def say(bot: Bot, name: str, text: str, now: datetime) -> list[Reply]:
    return bot.answer(Incoming("terminal", name, name, text, name=name, admin=True), now)


def timed(bot: Bot, name: str, text: str, now: datetime, begins: str) -> float:
    """Seconds that a message took; its answer has to begin with one of these characters."""
    began = time.perf_counter()
    replies = say(bot, name, text, now)
    took = time.perf_counter() - began
    assert plain(replies[0].text)[0] in begins
    return took


def right(shuffle: str) -> str:
    """The letter at which the right option stands."""
    return "ABCD"[json.loads(shuffle).index(1)]


def storm(folder: Path) -> tuple[int, int]:
    """(answers, awards) after PRESSES of one button at once."""
    store = open_store(folder, NOW)
    bot = Bot(store)
    now = NOW + timedelta(days=9)
    say(bot, "m0", "/quiz q001", now)
    (row,) = store.rows("SELECT id, stamp, shuffle FROM asked WHERE state = 'open' ORDER BY id DESC LIMIT 1")
    before = [store.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in ("answers", "points")]
    press = f"/answer {row['id']} {right(row['shuffle'])} {row['stamp']}"

    def work() -> None:
        mine = open_store(folder, NOW)
        presser = Bot(mine)
        for _ in range(PRESSES // THREADS):
            say(presser, "m0", press, now)
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    after = [store.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in ("answers", "points")]
    store.close()
    return after[0] - before[0], after[1] - before[1]
