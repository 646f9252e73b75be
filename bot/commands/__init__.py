"""All commands, written out. Their files hold all Chinese wording of the chat."""

from bot.commands import (
    bringing,
    favourites,
    flagging,
    mydata,
    organiser,
    originals,
    quiz,
    read,
    record,
    search,
    settings,
    shelf,
    subscribe,
    today,
    web,
    wrong,
)
from bot.commands import help as door
from bot.commands.base import Command
from bot.commands.desk import Desk

PLAIN: tuple[Command, ...] = (
    door.START,
    subscribe.SUBSCRIBE,
    subscribe.UNSUBSCRIBE,
    today.TODAY,
    today.READ,
    today.CARD,
    quiz.QUIZ,
    wrong.WRONG,
    read.ARTICLES,
    read.ARTICLE,
    read.HEADS,
    originals.ORIGINAL,
    search.SEARCH,
    search.TERM,
    record.STREAK,
    favourites.FAV,
    settings.SETTINGS,
    subscribe.TIME,
    subscribe.ZONE,
    subscribe.PAUSE,
    subscribe.RESUME,
    settings.WHY,
    shelf.PACKS,
    shelf.PACK,
    mydata.MYDATA,
    mydata.FORGETME,
    mydata.PRIVACY_,
    web.WEB,
    quiz.ANSWER,
    quiz.PICK,
    quiz.HINT,
    flagging.FLAG_,
    organiser.CLAIM,
    organiser.INVITE,
    organiser.ANNOUNCE,
    bringing.IMPORT,
    flagging.REPORTED,
)
COMMANDS: tuple[Command, ...] = (*PLAIN, door.helper(frozenset(each.name for each in PLAIN)))


def desk() -> Desk:
    """The desk that knows every command; what is no command answers the open question, or is searched."""
    return Desk(COMMANDS, search.unknown, (bringing.heard, quiz.listen))
