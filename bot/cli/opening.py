"""How every command gets at the data: the shipped packs, the store with what is on disk read into it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.model import Refused

if TYPE_CHECKING:
    from bot.model import Pack
    from bot.store import Store

PACKAGE = Path(__file__).resolve().parent.parent


def shipped_content() -> Path:
    """Where the shipped packs lie: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "_content"
    return inside if inside.is_dir() else PACKAGE.parent / "content"


def opened(data: Path) -> "tuple[Store, dict[str, Pack]]":
    """The store with the packs on disk read into it. Ends the program with 2 when it cannot be used."""
    from bot.store import open_store
    from bot.study import shelf

    try:
        store = open_store(data, datetime.now(UTC))
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    for pack_id, problems in shelf.refresh(store, shipped_content(), data / "packs").items():
        for problem in problems:
            click.echo(f"{pack_id}/{problem}", err=True)
    return store, shelf.packs(store)
