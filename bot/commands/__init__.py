"""All commands, written out. Their files hold all Chinese wording of the chat."""

from bot.commands import (
    bringing,
    day,
    favourites,
    mydata,
    organiser,
    originals,
    pausing,
    quiz,
    read,
    search,
    settings,
    shelf,
    subscribe,
    today,
    web,
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
    day.DAY_,
    quiz.QUIZ,
    quiz.WRONG,
    read.ARTICLES,
    read.ARTICLE,
    read.HEADS,
    originals.ORIGINAL,
    search.SEARCH,
    search.TERM,
    quiz.STREAK,
    favourites.FAV,
    settings.SETTINGS,
    subscribe.TIME,
    subscribe.ZONE,
    pausing.PAUSE,
    pausing.RESUME,
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
    quiz.FLAG,
    organiser.CLAIM,
    organiser.INVITE,
    organiser.ANNOUNCE,
    bringing.IMPORT,
    quiz.REPORTED,
)
COMMANDS: tuple[Command, ...] = (*PLAIN, door.helper(PLAIN))


def desk() -> Desk:
    """The desk that knows every command; what is no command answers the open question, or is searched."""
    return Desk(COMMANDS, search.unknown, (bringing.heard, quiz.listen))
