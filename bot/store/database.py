"""The database file: opened, migrated, locked for one writer at a time.

Invariant: a database newer than this program is refused, and one that has to be migrated is copied first.
Write transactions are BEGIN IMMEDIATE, so that two processes wait for each other instead of failing half way.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.model import Refused
from bot.store.schema import migrations

Row = dict[str, Any]  # stays inside the store room; what leaves it are values of bot.model
FILE = "bot.db"
BUSY_MS = 5_000


class Store:
    """One connection. It belongs to the thread that opened it."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.folder = folder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write transaction; a nested one joins the outer one. Rolled back when anything is raised."""
        if self.db.conn.in_transaction:
            yield
            return
        self.db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.conn.execute("ROLLBACK")
            raise
        self.db.conn.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query (or of an INSERT/UPDATE … RETURNING)."""
        return list(self.db.query(sql, values))

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def do(self, sql: str, *values: object) -> int:
        """Carry out a statement; the number of rows it changed."""
        return self.db.execute(sql, values).rowcount

    def close(self) -> None:
        self.db.close()


def open_store(folder: Path, now: datetime) -> Store:
    """The store in the data folder, made or migrated as needed.

    `now` names the copy taken before a migration. Raises Refused, with a Chinese sentence for the operator,
    when the folder cannot be written, the file is no database, or a newer program has written it.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # an acknowledged push must survive a power cut
        connection.execute("PRAGMA foreign_keys = ON")
    except OSError as error:
        raise Refused(f"数据目录不能写：{folder}。请检查权限，或用 --data 换一个目录。") from error
    except sqlite3.OperationalError as error:
        raise Refused(
            f"数据目录不能写：{folder}（{error}）。请检查权限和空间，或用 --data 换一个目录。"
        ) from error
    except sqlite3.DatabaseError as error:
        raise Refused(
            f"数据库打不开：{path}（{error}）。请从 {folder / 'backup'} 里最近的副本恢复。"
        ) from error
    db = Database(connection, execute_plugins=False)
    _migrate(Store(db, folder), fresh, now)
    return Store(db, folder)


def open_reader(folder: Path) -> Store:
    """A second, read-only connection to a store that is open: for exports, reports and slow look-ups."""
    path = (folder / FILE).resolve().as_uri() + "?mode=ro"
    connection = sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return Store(Database(connection, execute_plugins=False), folder)


def _migrate(store: Store, fresh: bool, now: datetime) -> None:
    known = {migration.name for migration in migrations._migrations}
    applied = {migration.name for migration in migrations.applied(store.db)}
    if newer := sorted(applied - known):
        raise Refused(f"数据库比程序新（{newer[-1]}）。请升级程序，或换一个数据目录。")
    if known == applied:
        return
    if not fresh and applied:
        backup(store, store.folder / "backup" / f"before-migration-{now:%Y%m%d-%H%M%S}.db")
    migrations.apply(store.db)


def backup(store: Store, target: Path) -> Path:
    """A consistent copy of the database, also while others write. Complete, or not there at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    half.unlink(missing_ok=True)
    copy = sqlite3.connect(half)
    try:
        store.db.conn.backup(copy)
    finally:
        copy.close()
    half.rename(target)
    return target
