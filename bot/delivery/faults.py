"""What ends the push, and what only makes it wait: a database that is full or locked is tried again."""

import logging
from dataclasses import dataclass

log = logging.getLogger("bot.delivery")


class LeaseLost(Exception):
    """Another process pushes from this database now."""


class Damaged(Exception):
    """The database file is broken: nothing may be pushed from it."""


@dataclass
class Trouble:
    """Says once that the database does not take anything, and once that it does again."""

    what: str = ""

    def met(self, error: Exception) -> None:
        if str(error) != self.what:
            log.error("the database takes nothing (%s): pushes wait, nothing is lost", error)
            self.what = str(error)

    def over(self) -> None:
        if self.what:
            log.info("the database takes entries again: pushes go on")
            self.what = ""
