"""How every command gets at the data: the store with what is on disk read into it."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.config import Config, content_roots
from bot.model import Refused

if TYPE_CHECKING:
    from bot.store import Store


def opened(config: Config) -> "Store":
    """The store, current with the packs on disk. Ends the program with 2 when it cannot be used."""
    from bot.store import open_store
    from bot.study import shelf

    try:
        store = open_store(config.bot.data, datetime.now(UTC))
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    for pack_id, problems in shelf.refresh(store, *content_roots(config)).items():
        for problem in problems:
            click.echo(f"{pack_id}/{problem}", err=True)
    return store
