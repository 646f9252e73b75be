"""Drafts that wait for an organiser's word: kept as files, so that they outlive a restart and nobody else sees them.

Invariant: a draft is found only by the member who brought it; dropping it deletes everything of it.
"""

import json
import re
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.packs.draft.reading import Found

KEPT = 7 * 86400.0  # seconds after which a draft nobody decided on is swept away


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft and what its owner has said about it. title "" = the document's own. bare: nothing of it makes a card,
    so that it cannot be adopted."""

    stamp: str
    who: int
    name: str
    title: str = ""
    bare: bool = False


def _folder(data: Path, stamp: str) -> Path:
    return data / "imports" / stamp


def keep(data: Path, waiting: Waiting, found: "Found | None" = None) -> None:
    """Stores what was said, and the draft itself when it is new."""
    folder = _folder(data, waiting.stamp)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if found is not None:
        from bot.packs.draft import carrying

        (folder / "draft.json").write_text(carrying.text(found), "utf-8")
    (folder / "said.json").write_text(json.dumps(asdict(waiting), ensure_ascii=False), "utf-8")


def waiting(data: Path, stamp: str, who: int) -> Waiting | None:
    """The draft of this stamp, when this member brought it."""
    if not re.fullmatch(r"[a-z0-9]{1,12}", stamp):
        return None
    try:
        said = Waiting(**json.loads((_folder(data, stamp) / "said.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return said if said.who == who else None


def all_of(data: Path, who: int) -> list[Waiting]:
    """All drafts that this member brought and has not decided on, the last one first."""
    folders = sorted((data / "imports").glob("*"), key=_brought, reverse=True)
    return [said for folder in folders if (said := waiting(data, folder.name, who))]


def _brought(folder: Path) -> float:
    """When a draft was read, for sorting."""
    try:
        return (folder / "draft.json").stat().st_mtime
    except OSError:
        return 0.0


def draft(data: Path, stamp: str) -> "Found | None":
    """The draft itself; None when it is gone or of another version."""
    from bot.packs.draft import carrying

    try:
        return carrying.found((_folder(data, stamp) / "draft.json").read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def drop(data: Path, stamp: str) -> None:
    """Deletes a draft, and those that have waited too long."""
    shutil.rmtree(_folder(data, stamp), ignore_errors=True)
    for folder in (data / "imports").glob("*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > KEPT:
                shutil.rmtree(folder, ignore_errors=True)


def drop_of(data: Path, who: int) -> None:
    """Deletes all drafts of a member, who has erased himself."""
    for said in all_of(data, who):
        shutil.rmtree(_folder(data, said.stamp), ignore_errors=True)
