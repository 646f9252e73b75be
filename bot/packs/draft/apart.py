"""Reading a stranger's document in a process of its own, with limits on time and memory.

Invariant: whatever the document does, the caller gets a draft or a Complaint within `Limits.seconds`, and the
process is gone when the call returns. The child dies with its parent.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.model import Complaint
from bot.packs.draft import carrying, office
from bot.packs.draft.reading import Found
from bot.packs.links import is_link

MAX_ANSWER = 400 * 1024 * 1024
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds: wall clock and processor time of the child. memory: bytes of its address space."""

    seconds: float = 180.0
    memory: int = 1536 * 1024 * 1024


@dataclass(slots=True)
class Used:
    """What the reading cost: the child's process id, its exit code, peak memory in bytes, bytes it answered."""

    pid: int = 0
    code: int | None = None
    peak: int = 0
    answered: int = 0


def read_apart(
    what: str,
    progress: Progress = lambda _done, _of: None,
    limits: Limits | None = None,
    used: Used | None = None,
) -> Found:
    """The draft of a file, a folder or an http(s) address. Raises Complaint.

    progress: told (done, of) now and then, pages or files. used: filled in, for whoever wants to know.
    """
    limits, used = limits or Limits(), used if used is not None else Used()
    path = Path(what)
    if not is_link(what) and path.is_file() and office.is_doc(path):
        with office.as_docx(path) as converted:
            return _child(str(converted), path.name, progress, limits, used)
    return _child(what, what if is_link(what) else path.name, progress, limits, used)


def _child(what: str, name: str, progress: Progress, limits: Limits, used: Used) -> Found:
    command = [
        sys.executable,
        "-m",
        "bot.packs.draft.worker",
        what,
        name,
        str(limits.seconds),
        str(limits.memory),
    ]
    environment = {**os.environ, "PYTHONPATH": str(_PACKAGE_ROOT), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(  # noqa: S603 - our own module; the name is one argument, no shell
        command,
        stdin=subprocess.PIPE,  # held open: its end tells the child that we are gone
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )
    used.pid = process.pid
    try:
        answer = _answer(process, progress, limits, used)
    finally:
        _end(process, used)
    return _understood(answer, name)


def _answer(process: "subprocess.Popen[bytes]", progress: Progress, limits: Limits, used: Used) -> str:
    """The child's last word: a line that begins with D (draft) or C (complaint); P lines are progress."""
    assert process.stdout is not None
    out = process.stdout
    until = time.monotonic() + limits.seconds
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                return "T"
            part = os.read(out.fileno(), 1 << 20)
            used.answered += len(part)
            if not part or used.answered > MAX_ANSWER:
                return ""
            pending += part
            if not pending.startswith(b"P") and b"\n" not in part:
                continue
            while b"\n" in pending:
                line, _, pending = pending.partition(b"\n")
                text = line.decode("utf-8", "replace")
                if not text.startswith("P"):
                    return text
                with contextlib.suppress(ValueError):
                    done, of, peak = map(int, text[1:].split())
                    used.peak = peak
                    if of:
                        progress(done, of)


def _end(process: "subprocess.Popen[bytes]", used: Used) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    used.code = process.wait()


def _understood(answer: str, name: str) -> Found:
    if answer.startswith("D"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return carrying.found(answer[1:])
    if answer.startswith("C"):
        raise Complaint(answer[1:])
    if answer == "T":
        raise Complaint(f"《{name}》读了太久，为了安全停下了。请拆成几份再发，例如：每份 200 页以内")
    raise Complaint(f"《{name}》解开后太大，为了安全停下了。请拆成几份再发，例如：每份 200 页以内")
