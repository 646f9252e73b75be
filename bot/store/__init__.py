"""All SQL of the product. Values of bot.model go in and come out; rows stay inside."""

from bot.store.database import Store, backup, open_reader, open_store

__all__ = ["Store", "backup", "open_reader", "open_store"]
