"""All SQL of the product. Values of bot.model go in and come out; rows stay inside."""

from bot.store.database import (
    Store,
    StoreError,
    backup,
    damaged,
    open_reader,
    open_store,
    passing,
    restore,
    trust,
)

__all__ = [
    "Store",
    "StoreError",
    "backup",
    "damaged",
    "open_reader",
    "open_store",
    "passing",
    "restore",
    "trust",
]
