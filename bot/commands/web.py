"""The way from another channel to the page: a personal link."""

from urllib.parse import urlsplit

from bot.commands.base import Command, Replies, Turn
from bot.messages import Button, Reply, rich
from bot.model import Complaint
from bot.study import entering

PAGE = "page"  # the key of Settings.doors under which the page's own address stands
HERE_ONLY = {"127.0.0.1", "localhost", "::1"}


def link_to(address: str, token: str) -> str:
    """The secret stands behind #, so that it is in no log, no Referer and no preview."""
    return f"{address.rstrip('/')}/#in={token}"


def web(turn: Turn) -> Replies:
    """A link that only this person should have; in a group it goes to the private chat."""
    address = turn.settings.doors.get(PAGE, "")
    if not address:
        how = turn.how("今日", "/today")
        raise Complaint(f"网页现在没有开。请让管理的人打开它，在那之前可以接着在这里看，例如：{how}")
    link = link_to(address, entering.for_member(turn.store, turn.who, turn.now))
    minutes = round(entering.ASKED_FOR.total_seconds() / 60)
    here = "\n这个地址只在运行机器人的那台电脑上打得开。" if urlsplit(address).hostname in HERE_ONLY else ""
    text = f"点开就是你自己的网页：\n{link}\n{minutes} 分钟内有效，只能在一个浏览器里用。不要发到群里。{here}"
    rows = ((Button("打开网页", link),),) if link.startswith("https://") else ()
    return [Reply(rich(text), rows, private=True)]


WEB = Command("web", "网页", ("网页", "网页登录"), web, in_groups=False)
