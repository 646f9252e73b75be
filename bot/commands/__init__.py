"""All commands, written out. Their files hold all Chinese wording of the chat."""

from bot.commands import help as door
from bot.commands import read, search, today
from bot.commands.base import Command, Desk

COMMANDS: tuple[Command, ...] = (
    door.START,
    door.HELP,
    today.TODAY,
    today.READ,
    read.ARTICLES,
    read.ARTICLE,
    read.HEADS,
    search.SEARCH,
    search.TERM,
)


def desk() -> Desk:
    """The desk that knows every command; what is no command is searched."""
    return Desk(COMMANDS, search.unknown)
