"""What a platform shows of the bot outside the conversation: menus, descriptions, and the sentences of a channel."""

from collections.abc import Iterable

from bot.commands import COMMANDS
from bot.commands.base import Command

DESCRIPTION = (
    "每日一学：把学习材料拆成每天一段，两分钟读完。\n"
    "到点送来，也可以读全文、搜原文、查术语。\n"
    "点“开始”看看现在有什么。"
)
SHORT_DESCRIPTION = "每天送一段，两分钟读完；随时读全文、搜原文、查术语。"
TOO_LARGE = "这个文件太大，超过 20 MB 的我收不到。请拆小了再发，例如：每份 200 页以内"
NOT_FETCHED = "这个文件没取下来，可能是网络断了一下。请过一分钟再发一次，例如：原来那份 .docx"

Menu = tuple[tuple[str, str], ...]


def private_menu() -> Menu:
    """What everybody can say in private, as (command, what it does)."""
    return _menu(each for each in COMMANDS if not each.organiser)


def group_menu() -> Menu:
    """What makes sense in a group."""
    return _menu(each for each in COMMANDS if each.in_groups and not each.organiser)


def organiser_menu() -> Menu:
    """What an organiser can say in private: his own commands first."""
    return _menu(sorted(COMMANDS, key=lambda each: not each.organiser))


def _menu(commands: Iterable[Command]) -> Menu:
    return tuple((each.name, each.menu) for each in commands if each.menu)
