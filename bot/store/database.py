"""The database file: opened, migrated, locked for one writer at a time.

Invariant: a database newer than this program is refused, and one that has to be migrated is copied first.
Write transactions are BEGIN IMMEDIATE, so that two processes wait for each other instead of failing half way.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.model import Refused
from bot.store.schema import migrations

Row = dict[str, Any]  # stays inside the store room; what leaves it are values of bot.model
FILE = "bot.db"
ASIDE = "replaced-"  # how the names of databases begin that a restore has put aside
CACHE = 16_000  # KiB of pages, at most: the two megabytes of SQLite hold less than one search in a large library reads
BUSY_MS = 5_000
StoreError = sqlite3.Error  # the database cannot do it (now): full, locked, damaged
SMALL = 64 * 1024 * 1024  # bytes of a database that is read whole before it is trusted


def damaged(error: BaseException) -> bool:
    """Whether the file itself is broken, so that trying again is no use."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def passing(error: BaseException) -> bool:
    """Whether it may go by itself: the disk is full, the file is locked, the device does not answer."""
    return isinstance(error, sqlite3.OperationalError) and not damaged(error)


def newest_backup(folder: Path) -> Path | None:
    """The latest copy in the data folder's `backup`; what a restore has put aside there is none."""
    found = (folder / "backup").glob("*.db")
    copies = [each for each in found if each.is_file() and not each.name.startswith(ASIDE)]
    return max(copies, key=lambda each: each.stat().st_mtime, default=None)


def broken(folder: Path, why: object) -> Refused:
    """The sentence for a database that cannot be trusted."""
    copy = newest_backup(folder)
    way = (
        f"请用最近的副本恢复，例如：python -m bot restore {copy}"
        if copy
        else f"{folder / 'backup'} 里没有副本，请从别处的备份恢复"
    )
    return Refused(f"数据库坏了：{folder / FILE}（{why}）。没有改动它，也没有推送。{way}")


class Store:
    """One connection. It belongs to the thread that opened it."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.folder = folder

    def writing(self) -> AbstractContextManager[None]:
        """One write transaction; a nested one joins the outer one. Rolled back when anything is raised."""
        return self._transaction("BEGIN IMMEDIATE")

    def reading(self) -> AbstractContextManager[None]:
        """Several questions to one state of the database, whatever is written meanwhile; each costs less, too.
        Nothing is to be written in it, unless it stands in a write transaction, which it joins."""
        return self._transaction("BEGIN")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        if self.db.conn.in_transaction:
            yield
            return
        self.db.conn.execute(begin)
        try:
            yield
            self.db.conn.execute("COMMIT")
        except BaseException:
            if self.db.conn.in_transaction:  # on a full disk SQLite may have rolled back by itself
                self.db.conn.execute("ROLLBACK")
            raise

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a write transaction, taken back on its own when anything is raised in it."""
        self.db.conn.execute("SAVEPOINT part")
        try:
            yield
            self.db.conn.execute("RELEASE part")
        except BaseException:
            if self.db.conn.in_transaction:  # on a full disk SQLite may have rolled back by itself
                self.db.conn.execute("ROLLBACK TO part")
                self.db.conn.execute("RELEASE part")
            raise

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query (or of an INSERT/UPDATE … RETURNING).

        Straight from the connection: `db.query` sets a savepoint around every question, a third of a short answer.
        """
        found = self.db.conn.execute(sql, values)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]

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
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
    except OSError as error:
        raise Refused(f"数据目录不能写：{folder}。请检查权限，或用 --data 换一个目录。") from error
    except sqlite3.OperationalError as error:
        raise Refused(
            f"数据目录不能写：{folder}（{error}）。请检查权限和空间，或用 --data 换一个目录。"
        ) from error
    except sqlite3.DatabaseError as error:
        raise broken(folder, error) from error
    store = Store(Database(connection, execute_plugins=False), folder)
    try:
        _migrate(store, fresh, now)
    except sqlite3.DatabaseError as error:
        if not damaged(error):
            raise
        raise broken(folder, error) from error
    return store


def trust(store: Store, whole: bool = False) -> None:
    """Refuse a truncated or damaged database. A large one is only looked at where it ends, unless `whole`."""
    path = store.folder / FILE
    try:
        row = {} if whole else store.row("PRAGMA wal_checkpoint(PASSIVE)") or {}
        pages, size = (
            next(iter((store.row(f"PRAGMA {each}") or {}).values())) for each in ("page_count", "page_size")
        )
        if row.get("busy") == 0 and row.get("log") == row.get("checkpointed"):
            missing = pages * size - path.stat().st_size
            if missing > 0:
                raise broken(store.folder, f"少了 {missing} 字节")
        if whole or pages * size <= SMALL:
            found = store.row("PRAGMA quick_check(1)") or {}
            if (said := next(iter(found.values()), "")) != "ok":
                raise broken(store.folder, said)
        else:
            for table in ("subscriptions", "deliveries", "assigned", "members"):
                store.row(f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT 1")
    except sqlite3.DatabaseError as error:
        if not damaged(error):
            raise
        raise broken(store.folder, error) from error


def open_reader(folder: Path) -> Store:
    """A second, read-only connection to a store that is open: for exports, reports and slow look-ups."""
    path = (folder / FILE).resolve().as_uri() + "?mode=ro"
    connection = sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
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
        said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        copy.close()
    if said != "ok":
        half.unlink()
        raise broken(store.folder, said)
    half.rename(target)
    return target


def restore(folder: Path, copy: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the database; where the old one lies now (None: there was none).

    Nobody may have it open. Raises Refused when the copy is no good; then nothing has changed.
    """
    trial = folder / "restored.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Without a log of its own nothing is written beside it.
        alone = "" if copy.with_name(copy.name + "-wal").exists() else "&immutable=1"
        source = sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro{alone}", uri=True)
        target = sqlite3.connect(trial)
        try:
            source.backup(target)
            said = target.execute("PRAGMA quick_check(1)").fetchone()[0]
            tables = target.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'deliveries'"
            ).fetchone()[0]
        finally:
            source.close()
            target.close()
    except sqlite3.Error as error:
        trial.unlink(missing_ok=True)
        raise Refused(f"这份副本不能用：{copy}（{error}）。什么都没改。请换一份。") from error
    if said != "ok" or not tables:
        trial.unlink(missing_ok=True)
        raise Refused(
            f"这份副本不能用：{copy}（{said if said != 'ok' else '不是这个程序的数据库'}）。什么都没改。请换一份。"
        )
    path, aside = folder / FILE, None
    if path.exists():
        ending = "db" if _with_its_log(path) else "broken"
        aside = folder / "backup" / f"{ASIDE}{now:%Y%m%d-%H%M%S}.{ending}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.rename(aside)
    for ending in ("-wal", "-shm"):  # they belong to the old file and would spoil the new one
        path.with_name(FILE + ending).unlink(missing_ok=True)
    trial.rename(path)
    return aside


def _with_its_log(path: Path) -> bool:
    """Take what stands in the log of a database into its file; False where it is no whole database."""
    try:
        with closing(sqlite3.connect(path)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(old.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
