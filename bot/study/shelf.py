"""The shelf: packs on disk brought into the store, and the live ones as values.

Invariant: a broken pack leaves the working one alone; unchanged files are not read again.
"""

from pathlib import Path

from bot.model import Pack, Problem
from bot.packs import find_packs, fingerprint, read_pack
from bot.store import Store, library


def refresh(store: Store, *roots: Path) -> dict[str, tuple[Problem, ...]]:
    """Read what changed under the roots into the store; what is wrong, by pack id."""
    folders, misplaced = find_packs(*roots)
    wrong: dict[str, tuple[Problem, ...]] = {}
    for problem in misplaced:
        wrong[problem.file] = (*wrong.get(problem.file, ()), problem)
    known = library.known(store)
    for pack_id, folder in folders.items():
        print_ = fingerprint(folder)
        if pack_id in known and known[pack_id][1] == print_:
            continue
        pack, problems = read_pack(folder)
        if problems:
            wrong[pack_id] = problems
        if pack is not None:
            library.put(store, pack, print_)
    return wrong


def packs(store: Store) -> dict[str, Pack]:
    """All live packs by id."""
    found = {pack_id: library.get(store, pack_id) for pack_id in library.known(store)}
    return {pack_id: pack for pack_id, pack in found.items() if pack is not None}
