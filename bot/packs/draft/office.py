"""Old Word files (.doc) through LibreOffice, where it is installed.

Invariant: the office suite gets a profile and a folder of its own, a time limit, and is gone afterwards.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from bot.model import Complaint

MAX_BYTES = 64 * 1024 * 1024
SECONDS = 90.0
NO_DOC = "服务器上不能读 .doc。请另存为 .docx 再发，例如：辅导材料.docx"


def soffice() -> str:
    """The path of the office suite, "" when there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


_OLE = b"\xd0\xcf\x11\xe0"


def looks_old(data: bytes) -> str:
    """What a compound file of the old Office is, by the names of its streams: "doc", "locked", "" = something else."""
    if not data.startswith(_OLE):
        return ""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "locked"  # a .docx with a password
    return "doc" if "WordDocument".encode("utf-16-le") in data else ""


def is_doc(path: Path) -> bool:
    """An old Word file, by its bytes."""
    try:
        with path.open("rb") as file:
            return (
                file.read(4) == _OLE
                and path.stat().st_size <= MAX_BYTES
                and looks_old(_OLE + file.read()) == "doc"
            )
    except OSError:
        return False


@contextlib.contextmanager
def as_docx(path: Path, seconds: float = SECONDS):  # type: ignore[no-untyped-def]
    """Yields the path of a .docx made from a .doc, which lives as long as the block. Raises Complaint."""
    program = soffice()
    if not program:
        raise Complaint(NO_DOC)
    with tempfile.TemporaryDirectory(prefix="daily-study-doc-") as folder:
        yield convert(program, path, Path(folder), "docx", seconds)


def convert(program: str, path: Path, folder: Path, to: str, seconds: float = SECONDS) -> Path:
    """The file converted into `folder`; raises Complaint when it did not come to be in time."""
    source = folder / ("in" + path.suffix.lower())
    shutil.copyfile(path, source)
    profile = (folder / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", to]
    process = subprocess.Popen(  # noqa: S603 - a program found on PATH, arguments of our own
        [*command, "--outdir", str(folder / "out"), str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(folder)},
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    made = folder / "out" / f"in.{to}"
    if not made.is_file():
        raise Complaint(f"《{path.name}》转换不了。请另存为 .docx 再发，例如：辅导材料.docx")
    return made
