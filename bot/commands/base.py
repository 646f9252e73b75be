"""A sentence in, replies out: the shape of a command, and the desk that finds the right one.

Invariant: every sentence gets at least one reply, and a button that leads to a command nobody built is never
shown. The order of who gets a bare word: command, newest live offer, search.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.fold import fold, visible
from bot.messages import Button, Incoming, Reply, row, say
from bot.model import Article, Card, Complaint, Pack
from bot.store import Store, people
from bot.store.people import Member, Subscription

Replies = list[Reply]
MESSAGE_AT_MOST = 200
NOTHING = "现在没有可学的内容，组织者正在准备。请过些时候再来，例如：今日"


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a command may ask about: who speaks, what he follows, what he wrote after the command."""

    store: Store
    packs: dict[str, Pack]
    incoming: Incoming
    who: Member
    new: bool
    sub: Subscription
    now: datetime
    arg: str = ""

    @property
    def pack(self) -> Pack:
        """The pack that is followed. Complaint while there is none."""
        found = self.packs.get(self.sub.pack)
        if found is None:
            raise Complaint(NOTHING)
        return found

    def article(self, article_id: str) -> Article:
        return next(each for each in self.pack.articles if each.id == article_id)

    def card(self, card_id: str) -> Card | None:
        return next((each for each in self.pack.cards if each.id == card_id), None)


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `words` do the same as /name; `heads` are words that an argument follows (搜索 核心标志)."""

    name: str
    menu: str  # "" = not shown in the menu
    words: tuple[str, ...]
    run: Callable[[Turn], Replies]
    heads: tuple[str, ...] = ()
    touching: str = ""  # the one head whose argument may follow without a space (搜索核心标志)


class Desk:
    """Finds the command for a sentence and keeps what its reply offers."""

    def __init__(self, commands: Sequence[Command], fallback: Callable[[Turn], Replies]) -> None:
        self.commands = {command.name: command for command in commands}
        self.fallback = fallback
        self.words = {fold(word, simplify=False): command for command in commands for word in command.words}
        heads = [(fold(head, simplify=False), command) for command in commands for head in command.heads]
        self.heads = sorted(heads, key=lambda pair: -len(pair[0]))  # the longest wins

    def answer(self, turn: Turn) -> Replies:
        """The replies to a sentence; what they offer is stored. Runs inside one write transaction."""
        try:
            replies = self._run(turn, turn.incoming.text)
        except Complaint as complaint:
            choices = complaint.choices or (("使用帮助", "/help"),)
            replies = [say(str(complaint), rows=(row(*choices),))]
        replies = [replace(reply, rows=self._built(reply.rows)) for reply in replies]
        if offered := choices_of(replies[-1]):
            where = turn.incoming
            people.offer(turn.store, where.channel, where.chat, turn.who.id, offered, turn.now)
        return replies

    def _run(self, turn: Turn, text: str) -> Replies:
        found = self.find(text)
        if found is None:
            typed = key(text)
            where = turn.incoming
            sentence = people.offered(turn.store, where.channel, where.chat, turn.who.id, typed, turn.now)
            found = self.find(sentence) if sentence else None
        if found is None:
            if visible(text).startswith(("/", "／")):
                name = visible(text).split()[0].replace("／", "/")[:20]
                return [
                    say(
                        f"没有“{name}”这个命令。想知道能做什么，请发：帮助",
                        rows=(row(("使用帮助", "/help")),),
                    )
                ]
            return self.fallback(replace(turn, arg=visible(text)))
        command, arg = found
        return command.run(replace(turn, arg=arg))

    def find(self, text: str) -> tuple[Command, str] | None:
        """The command and the argument of a sentence, or None. Cheap spellings first, traditional ones last."""
        plain = visible(text).replace("／", "/")
        if not plain:
            return None
        if slash := re.match(r"/\s?([a-z]+)(?:@\w+)?(?:\s+(.*))?$", plain, re.IGNORECASE | re.DOTALL):
            command = self.commands.get(slash[1].lower())
            if command:
                return command, (slash[2] or "").strip()
            word = self.words.get(slash[1].lower())  # /hi is 你好, too
            return (word, "") if word and not slash[2] else None
        bare = plain.removeprefix("/").strip()
        if len(bare) > MESSAGE_AT_MOST:
            return None
        found = self._word(bare, fold(bare, simplify=False))
        return found or (self._word(bare, fold(bare)) if len(bare) <= 40 else None)

    def _word(self, text: str, folded: str) -> tuple[Command, str] | None:
        for stops in ("", "。!~～", "。!~～?"):  # ？ last: it is a word itself
            if command := self.words.get(folded.rstrip(stops) if stops else folded):
                return command, ""
        for head, command in self.heads:
            if folded.startswith(head) and len(folded) > len(head):
                rest = folded[len(head)]
                if rest in " :：" or rest.isdigit() or head == command.touching:
                    kept = text[len(head) :] if len(text) == len(folded) else folded[len(head) :]
                    return command, kept.lstrip(" :：　")
        return None

    def _built(self, rows: tuple[tuple[Button, ...], ...]) -> tuple[tuple[Button, ...], ...]:
        kept = (tuple(button for button in each if self._is_built(button.says)) for each in rows)
        return tuple(each for each in kept if each)

    def _is_built(self, says: str) -> bool:
        return not says.startswith("/") or says[1:].split(maxsplit=1)[0] in self.commands


def key(text: str) -> str:
    """What a label or number is compared by: no emoji, no case, no final stop.

    >>> key("✅ 已读"), key("２。")
    ('已读', '2')
    """
    plain = fold(text, simplify=False)
    return "".join(c for c in plain if c.isalnum() or c in "/?")


def choices_of(reply: Reply) -> dict[str, str]:
    """What may be typed in answer: labels, and places in the list where the text has no numbers of its own."""
    choices = {key(button.label): button.says for button in reply.buttons}
    if not reply.numbered:
        choices |= {str(n): button.says for n, button in enumerate(reply.buttons, 1)}
    return choices
