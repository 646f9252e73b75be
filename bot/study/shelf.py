"""The shelf: packs on disk brought into the store, and the live ones as values.

Invariant: a broken pack leaves the working one alone; unchanged files are not read again.
"""

from collections.abc import Mapping
from pathlib import Path

from bot.model import Pack, Problem
from bot.packs import find_packs, fingerprint, read_pack
from bot.store import Store, housekeeping, library


def changed(
    known: Mapping[str, tuple[str, str]], *roots: Path
) -> tuple[list[tuple[Pack, str]], dict[str, tuple[Problem, ...]]]:
    """What differs on disk from the known (digest, fingerprint) of each pack: good packs with their fingerprint,
    and what is wrong, by pack id. Touches no database, so it may run on any thread."""
    folders, misplaced = find_packs(*roots)
    good: list[tuple[Pack, str]] = []
    wrong: dict[str, tuple[Problem, ...]] = {}
    for problem in misplaced:
        wrong[problem.file] = (*wrong.get(problem.file, ()), problem)
    for pack_id, folder in folders.items():
        print_ = fingerprint(folder)
        if pack_id in known and known[pack_id][1] == print_:
            continue
        pack, problems = read_pack(folder)
        if problems:
            wrong[pack_id] = problems
        if pack is not None:
            good.append((pack, print_))
    return good, wrong


def put(store: Store, pack: Pack, print_: str) -> tuple[Problem, ...]:
    """Make a pack the live one; what forbids it (then the old one stays)."""
    if library.put(store, pack, print_):
        housekeeping.free_cards(store, pack.id)
    return ()


def refresh(store: Store, *roots: Path) -> dict[str, tuple[Problem, ...]]:
    """Read what changed under the roots into the store; what is wrong, by pack id."""
    good, wrong = changed(library.known(store), *roots)
    for pack, print_ in good:
        if problems := put(store, pack, print_):
            wrong[pack.id] = (*wrong.get(pack.id, ()), *problems)
    return wrong


def packs(store: Store) -> dict[str, Pack]:
    """All live packs by id."""
    found = {pack_id: library.get(store, pack_id) for pack_id in library.known(store)}
    return {pack_id: pack for pack_id, pack in found.items() if pack is not None}
