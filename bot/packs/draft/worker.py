"""The child process that reads one document: `python -m bot.packs.draft.worker WHAT NAME SECONDS BYTES`.

Invariant: its limits are set before the document is opened; it writes to stdout only, one line each: P done of
peak-bytes, then D draft or C complaint.
"""

import os
import sys
import threading
from pathlib import Path
from typing import TextIO


def limit(seconds: float, memory: int) -> None:
    """Bounds this process; where the system knows no such bounds, the parent's clock is all there is."""
    try:
        import resource
    except ImportError:
        return
    soft = int(seconds) + 1
    for what, most in ((resource.RLIMIT_CPU, soft), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def peak() -> int:
    """The most memory this process has had at once, in bytes; 0 where that is not known."""
    try:  # what rusage counts begins before exec, with the memory of whoever started us
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _watch_parent() -> None:
    """Ends this process when stdin does: the parent has died."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os._exit(3)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: list[str], out: TextIO) -> int:
    what, name, seconds, memory = arguments
    limit(float(seconds), int(memory))
    _watch_parent()
    from bot.model import Complaint

    def say(line: str) -> None:
        out.write(line + "\n")
        out.flush()

    def progress(done: int, of: int) -> None:
        say(f"P{done} {of} {peak()}")

    try:
        from bot.packs.draft import carrying, reading
        from bot.packs.links import is_link

        if is_link(what):
            found = reading.read_url(what, progress)
        elif Path(what).is_dir():
            found = reading.read_folder(Path(what), progress)
        else:
            found = reading.read_path(Path(what), progress, name)
        line = "D" + carrying.text(found)
    except Complaint as complaint:
        line = "C" + str(complaint)
    except MemoryError:
        line = f"C《{name}》解开后太大，为了安全停下了。请拆成几份再发，例如：每份 200 页以内"
    progress(0, 0)
    say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
