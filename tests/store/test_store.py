"""The store: packs switched whole, older programs refused, copies complete."""

import sqlite3
from pathlib import Path

import pytest
from conftest import FILES, NOW, Write
from sqlite_utils import Database

from bot.model import Refused
from bot.packs.files import fingerprint
from bot.packs.read import read_pack
from bot.store import Store, backup, library, open_store
from bot.store.schema import migrations
from bot.study import shelf


def put(store: Store, folder: Path) -> bool:
    pack, _ = read_pack(folder)
    assert pack is not None
    return library.put(store, pack, fingerprint(folder))


def test_a_pack_comes_back_as_it_went_in(store: Store, write_pack: Write) -> None:
    folder = write_pack()
    assert put(store, folder)
    assert library.get(store, "zhongcai") == read_pack(folder)[0]
    assert not put(store, folder)


def test_a_changed_pack_leaves_nothing_of_the_old_one(store: Store, write_pack: Write) -> None:
    put(store, write_pack())
    assert put(store, write_pack({"glossary.md": "## 追肥\n\n长苗以后再给的肥。\n"}))
    pack = library.get(store, "zhongcai")
    assert pack is not None
    assert [term.name for term in pack.terms] == ["追肥"]
    assert store.rows("SELECT revision FROM indexed") == [{"revision": library.revision(store)}]


def test_a_broken_pack_leaves_the_working_one(store: Store, write_pack: Write) -> None:
    root = write_pack().parent
    assert shelf.refresh(store, root) == {}
    before = shelf.packs(store)
    write_pack({"quiz.md": FILES["quiz.md"].replace("[x]", "[ ]")})
    assert "没有正确选项" in shelf.refresh(store, root)["zhongcai"][0].text
    assert shelf.packs(store) == before


def test_a_failure_half_way_leaves_the_old_pack(store: Store, write_pack: Write) -> None:
    put(store, write_pack())
    before = library.get(store, "zhongcai")
    pack, _ = read_pack(write_pack({"pack.md": "# 新名字\n"}))
    assert pack is not None
    store.db.execute("CREATE TRIGGER boom BEFORE INSERT ON questions BEGIN SELECT RAISE(ABORT, 'boom'); END")
    with pytest.raises(sqlite3.Error):
        library.put(store, pack, "")
    assert library.get(store, "zhongcai") == before


def test_a_newer_database_is_refused(tmp_path: Path, store: Store) -> None:
    store.do(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?,?,?)",
        "daily-study-bot",
        "m999_future",
        "2030-01-01",
    )
    store.close()
    with pytest.raises(Refused, match="数据库比程序新（m999_future）"):
        open_store(tmp_path / "data", NOW)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(Refused, match="数据库坏了"):
        open_store(tmp_path, NOW)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(Refused, match="数据目录不能写"):
        open_store(tmp_path / "data", NOW)


def test_a_backup_opens_and_is_equal(store: Store, write_pack: Write, tmp_path: Path) -> None:
    put(store, write_pack())
    copy = backup(store, tmp_path / "copy" / "bot.db")
    again = open_store(copy.parent, NOW)
    assert library.get(again, "zhongcai") == library.get(store, "zhongcai")
    again.close()


def test_two_stores_wait_for_each_other(store: Store, tmp_path: Path) -> None:
    other = open_store(tmp_path / "data", NOW)
    other.do("PRAGMA busy_timeout = 0")
    with store.writing(), pytest.raises(sqlite3.OperationalError, match="locked"), other.writing():
        pass
    with other.writing():
        pass
    other.close()


def test_what_is_read_together_is_one_state_and_ends_however_it_ends(store: Store, tmp_path: Path) -> None:
    other = open_store(tmp_path / "data", NOW)
    ask = "SELECT count(*) AS n FROM facts WHERE key = 'k'"
    with store.reading():
        before = store.row(ask)
        other.do("INSERT INTO facts (key, value) VALUES ('k', '')")
        with store.reading():
            assert store.row(ask) == before == {"n": 0}
        assert store.row(ask) == before  # the inner one has not ended the outer one
    assert store.row(ask) == {"n": 1}
    with pytest.raises(KeyError), store.reading():
        raise KeyError
    assert not store.db.conn.in_transaction
    with store.writing():
        with store.reading():
            store.do("DELETE FROM facts WHERE key = 'k'")
        assert store.db.conn.in_transaction
    assert other.row(ask) == {"n": 0}

    def broken_off() -> None:
        with store.reading():
            store.db.conn.execute("ROLLBACK")  # as SQLite does by itself when the disk cannot be read
            raise KeyError

    with pytest.raises(KeyError):  # no other error hides what happened
        broken_off()
    with store.reading():
        store.do("INSERT INTO facts (key, value) VALUES ('k', '')")  # against the rules, but not lost
    assert other.row(ask) == {"n": 1}
    other.close()


def test_a_group_that_had_a_subscription_a_topic_keeps_the_active_one(tmp_path: Path) -> None:
    db = Database(tmp_path / "bot.db")
    migrations.apply(db, stop_before="m_one_subscription_a_group")
    some = [("-1", "", 0), ("-1", "5", 1), ("-1", "9", 1), ("-2", "", 0), ("-2", "7", 0)]
    for n, (chat, thread, active) in enumerate(some, 1):
        row = {"id": n, "channel": "telegram", "chat": chat, "thread": thread, "active": active}
        db.table("subscriptions").insert({**row, "pack": "p", "minute": 472, "zone": "Asia/Shanghai"})
        db.table("assigned").insert({"subscription": n, "day": "2026-11-23"})
    db.close()
    store = open_store(tmp_path, NOW)
    kept = store.rows("SELECT id, thread FROM subscriptions ORDER BY id")
    assert kept == [{"id": 2, "thread": "5"}, {"id": 4, "thread": ""}]
    assert store.rows("SELECT subscription FROM assigned") == [{"subscription": 2}, {"subscription": 4}]
    store.close()
