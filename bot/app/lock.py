"""One `run` per data folder: a lock that the operating system takes back when its holder dies.

Invariant: whoever holds the lock has written who he is into the file, for the one who is refused.
"""

import os
import socket
from pathlib import Path
from typing import IO

from bot.model import Refused

FILE = "run.lock"


def identity() -> str:
    """Who this process is, for people: host and process number."""
    return f"{socket.gethostname()} 上的进程 {os.getpid()}"


def take(folder: Path) -> IO[str]:
    """The lock file, locked until it is closed. Raises Refused naming the holder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / FILE, "a+", encoding="utf-8")  # noqa: SIM115 - held open for the life of the process
    except OSError as error:
        raise Refused(f"数据目录不能写：{folder}。请检查权限，或用 --data 换一个目录。") from error
    try:
        _lock(file)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "另一个进程"
        file.close()
        raise Refused(
            f"这个数据目录已经有一个在运行：{holder}。请先停掉它，或用 --data 换一个目录。"
        ) from None
    file.seek(0)
    file.truncate()
    file.write(identity())
    file.flush()
    return file


def _lock(file: IO[str]) -> None:
    if os.name == "nt":  # pragma: no cover - not on this system
        import msvcrt

        file.seek(1_000)  # beyond the name, which others must be able to read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
