"""The shelf: packs on disk brought into the store, and the live ones as values.

Invariant: a broken pack leaves the working one alone; unchanged files are not read again.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.model import Pack, Problem
from bot.packs.files import fingerprint
from bot.packs.find import find_packs
from bot.store import Store, housekeeping, library, subscriptions, upkeep
from bot.store.library import Known
from bot.store.upkeep import Progress


def changed(
    known: Mapping[str, Known], *roots: Path
) -> tuple[list[tuple[Pack, str]], dict[str, tuple[Problem, ...]]]:
    """What differs on disk from what is known of each live pack: good packs with their fingerprint, and what is
    wrong, by pack id. Touches no database, so it may run on any thread."""
    folders, misplaced = find_packs(*roots)
    good: list[tuple[Pack, str]] = []
    wrong: dict[str, tuple[Problem, ...]] = {}
    for problem in misplaced:
        wrong[problem.file] = (*wrong.get(problem.file, ()), problem)
    for pack_id, folder in folders.items():
        print_ = fingerprint(folder)
        live = known.get(pack_id)
        if live and live.fingerprint == print_:
            continue
        from bot.packs.read import read_pack  # opened only where something has changed

        pack, problems = read_pack(folder, live.answers if live else None)
        if problems:
            wrong[pack_id] = problems
        if pack is not None:
            good.append((pack, print_))
    return good, wrong


def putting(store: Store, pack: Pack, print_: str) -> Iterator[Progress]:
    """The same as put, bite by bite: each step is one short transaction (see bot.store.upkeep)."""
    yield from upkeep.putting(store, pack, print_)
    _arrived(store, pack)


def put(store: Store, pack: Pack, print_: str) -> None:
    """Make a pack the live one. What forbids it was found when it was read."""
    if library.put(store, pack, print_):
        _arrived(store, pack)


def _arrived(store: Store, pack: Pack) -> None:
    """Its cards may be tried again, and whoever subscribed before there was anything learns from it."""
    housekeeping.free_cards(store, pack.id)
    if pack.cards:
        subscriptions.give_pack(store, pack.id)


def refresh(store: Store, *roots: Path) -> dict[str, tuple[Problem, ...]]:
    """Read what changed under the roots into the store; what is wrong, by pack id."""
    good, wrong = changed(library.known(store), *roots)
    for pack, print_ in good:
        put(store, pack, print_)
    return wrong


def packs(store: Store) -> dict[str, Pack]:
    """All live packs by id."""
    found = {pack_id: library.get(store, pack_id) for pack_id in library.known(store)}
    return {pack_id: pack for pack_id, pack in found.items() if pack is not None}


def asked(store: Store) -> dict[str, Mapping[str, str]]:
    """By pack, the answer key of every question people may have met, by id: what `read_pack` compares with."""
    return {pack_id: live.answers for pack_id, live in library.known(store).items()}
