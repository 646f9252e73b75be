"""Which folders are packs.

Invariant: an id belongs to one folder; a second one of the same name is refused, never merged.
"""

from collections.abc import Iterable
from pathlib import Path

from bot.model import Problem
from bot.packs.files import printable
from bot.packs.header import ID


def find_packs(*roots: Path) -> tuple[dict[str, Path], tuple[Problem, ...]]:
    """Pack folders by id, and what is wrong with the folders; a Problem's file is the folder's name.

    An id that stands in two roots is refused in the second. Missing roots are empty ones.
    """
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for root in roots:
        for folder in _folders(root):
            name = printable(folder.name)
            if not _has_pack(folder):
                text = "这个目录里没有 pack.md，没有当作内容。请补上，或在目录名前加“_”。"
                problems.append(Problem(name, 0, text, error=False))
            elif not ID.fullmatch(name):
                problems.append(Problem(name, 0, "内容的目录名只能用小写字母、数字和连字符，例如：my-course"))
            elif name in found:
                problems.append(
                    Problem(name, 0, f"“{name}”有两份：{found[name].parent} 和 {root}。请把其中一份改名。")
                )
            else:
                found[name] = folder
    return found, tuple(problems)


def _folders(root: Path) -> Iterable[Path]:
    try:
        entries = sorted(root.iterdir())
    except OSError:
        return ()
    return [entry for entry in entries if not entry.name.startswith((".", "_")) and _is_folder(entry)]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _has_pack(folder: Path) -> bool:
    try:
        return (folder / "pack.md").is_file()
    except OSError:
        return False
