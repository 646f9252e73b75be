"""A pack's folder put in place in one step: a hidden sibling is filled, then it takes the name.

Invariant: at every moment the folder is the old one, the new one, or (the first time) not there; what a killed
import leaves behind is a hidden folder that nobody reads and that the next one sweeps away.
"""

import contextlib
import ctypes
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bot.model import Complaint, Pack
from bot.packs.write import write_pack

_STALE = 3600.0  # seconds after which a hidden sibling belongs to no import that is still running
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE = -100  # AT_FDCWD


def rendered(pack: Pack) -> dict[str, bytes]:
    """The files of a pack as `write_pack` writes them: path inside the folder → bytes."""
    with tempfile.TemporaryDirectory(prefix="daily-study-") as made:
        folder = Path(made) / "pack"
        write_pack(pack, folder)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }


def fill(folder: Path, files: Mapping[str, bytes], sync: bool = False) -> None:
    """Writes these files into a folder that is there; sync: they are on the disk when it returns."""
    for name, data in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """Makes `folder` hold exactly these files. Raises Complaint when it cannot be written; then nothing changed."""
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        fill(made, files, sync=True)
        made.chmod(0o755)
        if os.path.lexists(folder):
            _swap(made, folder)
        else:
            made.rename(folder)
    except OSError as error:
        raise Complaint(f"写不进“{folder.parent}”。请看看磁盘空间和目录的权限。") from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)  # the old content now, or what was not finished


def _sweep(folder: Path) -> None:
    for other in folder.parent.glob(f".{folder.name}-*"):
        with contextlib.suppress(OSError):
            if time.time() - other.stat().st_mtime > _STALE:
                shutil.rmtree(other, ignore_errors=True)


def _swap(made: Path, folder: Path) -> None:
    """Exchanges two folders: in one step where the system can, else by way of a hidden name."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        library = ctypes.CDLL(None, use_errno=True)
        names = (os.fsencode(made), os.fsencode(folder))
        if library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0:
            return
    aside = folder.parent / f"{made.name}-old"
    folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
