"""One question, many presses: one answer, one award, whoever comes first; and a killed program loses nothing."""

import os
import shutil
import signal
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SHIPPED, Talk

from bot.app import Bot
from bot.messages import Incoming, plain
from bot.store import Store, open_store
from bot.study import shelf

THREADS = 8


def storm(folder: Path, sentences: list[str], at: float = 0) -> list[str]:
    """All sentences at once, from THREADS connections; the first lines of all replies.

    at: seconds after NOW.
    """
    begin = threading.Barrier(THREADS)
    said: list[str] = []

    def press(mine: list[str]) -> None:
        store = open_store(folder, NOW)
        bot = Bot(store)
        _ = bot.packs
        begin.wait()
        for sentence in mine:
            incoming = Incoming("terminal", "小林", "小林", sentence, name="小林", admin=True)
            said.extend(
                plain(each.text).split("\n")[0] for each in bot.answer(incoming, NOW + timedelta(seconds=at))
            )
        store.close()

    threads = [threading.Thread(target=press, args=(sentences[n::THREADS],)) for n in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


def opened(store: Store, question: str) -> tuple[int, str]:
    """The open question's id and stamp."""
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    talk.says("今日")
    talk.says(f"/quiz {question}")
    (row,) = store.rows("SELECT id, stamp FROM asked WHERE state = 'open'")
    return row["id"], row["stamp"]


def count(store: Store, table: str) -> int:
    return int(store.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"])


@pytest.mark.parametrize("presses", [160, pytest.param(1000, marks=pytest.mark.slow)])
def test_simultaneous_presses_are_one_answer_and_one_award(
    store: Store, tmp_path: Path, presses: int
) -> None:
    asked, stamp = opened(store, "q031")
    said = storm(tmp_path / "data", [f"/answer {asked} {'ABCD'[n % 4]} {stamp}" for n in range(presses)])
    assert len(said) == presses
    assert said.count("这题已结束。") == presses - 1
    (answer,) = store.rows("SELECT how, rating FROM answers")
    assert count(store, "memories") == 1
    assert count(store, "points") == (answer["how"] == "right")


@pytest.mark.parametrize("presses", [80, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_last_press_of_a_session_finishes_it_once(store: Store, tmp_path: Path, presses: int) -> None:
    asked, stamp = opened(store, "q031")
    store.do("UPDATE quizzes SET kind = 'daily'")
    said = storm(tmp_path / "data", [f"/answer {asked} B {stamp}"] * presses)
    assert sum(line.startswith("这一组完成") for line in said) == 1
    assert count(store, "credits") == 1
    assert store.rows("SELECT reason FROM points") == [{"reason": "right"}]


def test_at_the_deadline_it_is_an_answer_or_none_never_both(store: Store, tmp_path: Path) -> None:
    asked, stamp = opened(store, "q031")
    said = storm(tmp_path / "data", [f"/answer {asked} B {stamp}"] * 40, at=1800)
    assert sum(line.startswith("这题先放下。正确答案 B") for line in said) == 1
    assert store.rows("SELECT how FROM answers") == [{"how": "late"}]
    asked, stamp = opened(store, "q060")
    said = storm(tmp_path / "data", [f"/answer {asked} A {stamp}"] * 40, at=1799.999)
    assert said.count("✅ 回答正确：对") == 1


def test_many_sessions_at_once_leave_one_open(store: Store, tmp_path: Path) -> None:
    opened(store, "q031")
    storm(tmp_path / "data", ["/quiz c02", "/quiz again", "答题", "/quiz wrong", "结束"] * 8)
    assert store.rows("SELECT count(*) AS n FROM quizzes WHERE state = 'open'")[0]["n"] <= 1
    assert store.rows("SELECT count(*) AS n FROM asked WHERE state = 'open'")[0]["n"] <= 1


def test_simultaneous_presses_on_a_card_read_before_are_one_credit(store: Store, tmp_path: Path) -> None:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store, NOW - timedelta(days=3))
    talk.says("今日")
    talk.says("已读")
    said = storm(tmp_path / "data", ["/read c01"] * 40)
    assert sum(line.startswith("已读") for line in said) == 1
    assert sum(line.endswith("已经记过。") for line in said) == 39
    assert {count(store, table) for table in ("credits", "points", "reads")} == {2}


# ---------------------------------------------------------------- kill -9


PLAYED = ("答：江苏代表团", "下一题", "不知道", "/quiz q031", "b", "下一题")


def play(folder: Path, kill_at: int, told: int) -> None:
    """Carry out PLAYED, writing a byte to `told` after each answer; die at the n-th statement that writes."""
    store = open_store(folder, NOW)
    seen = 0

    def count_down(sql: str) -> None:
        nonlocal seen
        seen += sql.startswith(("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT"))
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    store.db.conn.set_trace_callback(count_down)
    talk = Talk(store)
    for sentence in PLAYED:
        if "正确" in talk.says(sentence):
            os.write(told, b".")


def consistent(folder: Path) -> int:
    """The answers that are kept, after a look at what hangs on them."""
    with sqlite3.connect(folder / "bot.db") as db:
        one = lambda sql: db.execute(sql).fetchone()[0]  # noqa: E731
        assert one("PRAGMA integrity_check") == "ok"
        assert one("SELECT count(*) FROM answers WHERE rating > 0") == one(
            "SELECT coalesce(sum(times), 0) FROM memories"
        )
        assert one("SELECT count(*) FROM answers WHERE how = 'right' AND rating > 0") == one(
            "SELECT count(*) FROM points WHERE reason = 'right'"
        )
        assert one("SELECT count(*) FROM asked WHERE state = 'answered'") == one(
            "SELECT count(*) FROM answers"
        )
        assert not one(
            "SELECT count(*) FROM quizzes q WHERE state = 'done' AND NOT EXISTS"
            " (SELECT 1 FROM credits c WHERE c.member = q.member AND c.day = q.day)"
        )
        assert one("SELECT count(*) FROM quizzes WHERE state = 'open'") <= 1
        return int(one("SELECT count(*) FROM answers"))


@pytest.mark.slow
def test_kill_at_any_step_loses_no_recorded_answer(tmp_path: Path) -> None:
    """The program dies at every single writing statement of a conversation, one after the other."""
    template = tmp_path / "template"
    store = open_store(template, NOW)
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    talk.says("今日")
    talk.says("答题")
    store.close()
    kill_at, survived = 0, False
    while not survived:
        kill_at += 1
        folder = tmp_path / f"{kill_at}"
        shutil.copytree(template, folder)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            try:
                play(folder, kill_at, write)
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            told = len(pipe.read())
        survived = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert consistent(folder) >= told
        again = open_store(folder, NOW)
        assert Talk(again).says("答题")  # the open question, or a new one: the conversation goes on
        again.close()
        shutil.rmtree(folder)
    assert told == 3
    assert kill_at > 30
