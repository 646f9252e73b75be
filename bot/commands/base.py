"""A sentence in, replies out: the shape of a command, and what it may ask about.

Invariant: a command gets everything through its Turn, the time included, and changes nothing but through the
store, inside the one write transaction of its message.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from bot.days import CATCH_UP_UNTIL, Calendar, local_day
from bot.messages import Incoming, Reply, row, say
from bot.model import Article, Card, Complaint, Pack
from bot.store import Store, progress
from bot.store.members import Member
from bot.store.subscriptions import Subscription
from bot.study.examples import example

Replies = list[Reply]
NOTHING = "现在没有可学的内容，组织者正在准备。"
ADMINS_ONLY = "本群的推送由群管理员设置。想自己收，可以私聊我订阅，例如：订阅 07:52"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided, as far as commands need it."""

    zone: str = "Asia/Shanghai"
    minute: int = 7 * 60 + 52
    pack: str = ""  # the default pack by configuration; "" = the first shipped one
    access: str = "open"
    organisers: tuple[str, ...] = ()  # "channel:user"
    calendar: Calendar = field(default_factory=Calendar)
    catch_up_until: int = CATCH_UP_UNTIL
    data: Path = Path("data")
    font: Path | None = None
    # Channel → the address that opens a private chat with the bot, up to its payload ("https://t.me/x?start=").
    # Filled in by a channel once it knows its own name.
    doors: MutableMapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a command may ask about: who speaks, what he follows, what he wrote after the command."""

    store: Store
    packs: Mapping[str, Pack]  # all live ones
    incoming: Incoming
    who: Member
    sub: Subscription  # of this chat: his own in private, the group's in a group
    now: datetime
    settings: Settings = field(default_factory=Settings)
    organiser: bool = False
    default: str = ""  # id of the pack that new subscriptions follow
    arg: str = ""

    @property
    def pack(self) -> Pack:
        """The pack that is followed. Complaint while there is none."""
        found = self.packs.get(self.sub.pack)
        if found is None:
            raise self.nothing()
        return found

    @property
    def empty(self) -> bool:
        """Whether the pack that is followed is not there, or has no cards yet."""
        found = self.packs.get(self.sub.pack)
        return found is None or not found.cards

    @property
    def lack(self) -> str:
        """That there is nothing to learn from, and whose turn it is."""
        return "现在没有可学的内容，请先导入一份。" if self.organiser else NOTHING

    @property
    def searchable(self) -> bool:
        """Whether there is any text that a word could be looked for in."""
        texts = self.packs.get(self.sub.pack)
        return texts is not None and any(pack.articles for pack in (texts, *self.visible.values()))

    def example(self, usual: str) -> str:
        """A word that a search finds here."""
        return example(self.packs.get(self.sub.pack), usual)

    def nothing(self) -> Complaint:
        """There is nothing to learn from; a push is promised to those only who subscribe."""
        at = f"{self.sub.minute // 60:02}:{self.sub.minute % 60:02}（{self.sub.zone}）"
        then = f"上好后会按 {at}推送。" if self.sub.active else ""
        if self.organiser:
            return Complaint(
                f"现在没有可学的内容。{then}请先导入一份，例如：/import", ("导入文件", "/import")
            )
        own = (("我的收藏", "/fav"), ("学习记录", "/streak"))
        if not self.barred and any(pack.cards for pack in self.visible.values()):
            then = then or "也可以换一份来学，例如：/packs"
            return Complaint(NOTHING + then, ("学习资料", "/packs"), *own)
        return Complaint(NOTHING + (then or "过些时候再来看，例如：/today"), *own)

    def nothing_yet(self) -> Reply:
        """The same as an answer, for what is written already: a complaint would take it back."""
        said = self.nothing()
        return say(str(said), rows=(row(*said.choices),))

    @property
    def visible(self) -> dict[str, Pack]:
        """The packs this person sees, the one that is followed first."""
        mine = {self.sub.pack, self.default} | progress.followed(self.store, self.who.id)
        seen = [pack for pack in self.packs.values() if self.organiser or pack.id in mine]
        return {pack.id: pack for pack in sorted(seen, key=lambda pack: pack.id != self.sub.pack)}

    @property
    def day(self) -> date:
        """The local date of this chat."""
        return local_day(self.now, self.sub.zone)

    @property
    def private(self) -> bool:
        return not self.incoming.group

    def article(self, article_id: str) -> Article:
        return next(each for each in self.pack.articles if each.id == article_id)

    def card(self, card_id: str) -> Card | None:
        return next((each for each in self.pack.cards if each.id == card_id), None)

    def named_card(self, name: str) -> tuple[Pack, Card] | None:
        """A card by what a sentence calls it: c07 of the pack followed (else of any other seen), PACK/c07."""
        pack_id, _, card_id = name.rpartition("/")
        packs = [self.packs[pack_id]] if pack_id in self.packs else [] if pack_id else self.visible.values()
        for pack in packs:
            for card in pack.cards:
                if card.id == card_id:
                    return pack, card
        return None

    def other(self, pack: Pack) -> str:
        """The id by which sentences must name a pack: "" for the one followed."""
        return "" if pack.id == self.sub.pack else pack.id

    @property
    def barred(self) -> bool:
        """Whether this person may not set this chat's push: then nothing of it is offered to him."""
        return self.incoming.group and not self.incoming.admin

    def admins_only(self) -> Reply:
        """Who sets the push of a group, for those who do not."""
        link = self.door("g")
        below = (row(("私聊我", link)),) if link else ()
        return replace(say(ADMINS_ONLY, rows=below), toast=ADMINS_ONLY.partition("。")[0])

    @property
    def handle(self) -> str:
        """@NAME of the bot, where it has a door at t.me: in a group with several bots a command names the one it
        is for. "" elsewhere."""
        found = re.match(r"https://t\.me/(\w+)", self.door(""))
        return f"@{found[1]}" if found else ""

    def how(self, words: str, command: str) -> str:
        """How to say something here: in bare words, or in a group, where these are not heard, by a command."""
        if self.private:
            return words
        name, gap, rest = command.partition(" ")
        return f"{name}{self.handle}{gap}{rest}"

    def write(self, verb: str, what: str = "") -> str:
        """How to answer this very message: 直接发新时间; in a group only a reply to it is heard."""
        return verb + what if self.private else f"回复这条消息写{what}"

    def door(self, payload: str) -> str:
        """A link that opens a private chat with the bot and says /start payload; "" where there is none."""
        address = self.settings.doors.get(self.incoming.channel, "")
        return address + payload if address else ""


def span_of(count: int, unit: str, command: str, example: int) -> str:
    """How many there are, and which numbers choose one of them.

    >>> span_of(30, "天", "/day", 5)
    '一共 30 天。请写 1 到 30，例如：/day 5'
    """
    if count == 1:
        return f"这个内容只有 1 {unit}。请看这一{unit}，例如：{command} 1"
    return f"一共 {count} {unit}。请写 1 到 {count}，例如：{command} {example}"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `words` do the same as /name; `heads` are words that an argument follows (搜索 核心标志).

    loose: words that an argument follows in any way, if it is one that `takes` says it is (订阅早上八点, 停一周).
    manages: in a group only its administrators may. organiser: for everybody else it does not exist.
    as_written: its argument keeps its line breaks and every character, as it is passed on to others.
    by_name: too much for a vague 好: where a reply asks whether to do it, its button's own words are needed.
    keeps_words: its words mean the command even where a button of the last reply is called the same.
    """

    name: str
    menu: str  # "" = not shown in the menu
    words: tuple[str, ...]
    run: Callable[[Turn], Replies]
    heads: tuple[str, ...] = ()
    touching: str = ""  # the one head whose argument may follow without a space (搜索核心标志)
    loose: tuple[str, ...] = ()
    takes: Callable[[str], bool] | None = None
    manages: bool = False
    organiser: bool = False
    as_written: bool = False
    by_name: bool = False
    keeps_words: bool = False
    in_groups: bool = True  # shown in the menu of groups
    # Words that mean the command with this argument: {"恢复": "0"}.
    fixed: Mapping[str, str] = field(default_factory=dict)
