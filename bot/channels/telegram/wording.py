"""What the channel is told by those who build it: its menus and the few sentences it says by itself."""

from dataclasses import dataclass

from bot.messages import Limits

KIND = "telegram"
LIMITS = Limits(4096, "utf16", polls=True)  # after the marks are read, so HTML tags do not count
CAPTION = Limits(1024, "utf16")
TOAST = Limits(200, "utf16")

Menu = tuple[tuple[str, str], ...]  # (command without its slash, what it does)


@dataclass(frozen=True, slots=True)
class Wording:
    """Chinese text that the chat's rooms own. An empty menu or text is left as it is on Telegram."""

    private: Menu = ()
    group: Menu = ()
    organiser: Menu = ()  # in the private chats of organisers: everything they may say
    description: str = ""  # ≤ 512, shown in an empty chat
    short_description: str = ""  # ≤ 120, shown on the profile
    only_private: str = ""  # said in a group where the private message cannot be delivered
    joins: str = ""  # the sentence that being made administrator of a channel stands for
    called: str = "/help"  # the sentence that a bare mention stands for
    too_large: str = ""  # said about a file that a bot may not fetch
    not_fetched: str = ""  # said about a file that could not be fetched
