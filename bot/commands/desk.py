"""The desk: finds the command for a sentence, says who may, and keeps what the replies offer.

Invariant: every sentence gets at least one reply (in a group a command that is none, and names no bot, gets
silence); a button that leads to a command nobody built, or would be refused, is never shown;
an id in a button is no authority, since rights are looked at when it is pressed. Who gets a sentence, in order:
a whole command (with a slash or with an argument), the button of the last reply that is called so, the bare word
of a command, yes or no to what the last reply asks, the open prompt, the open question, the number of the last reply, search.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.commands import consent, everyday
from bot.commands.base import Command, Replies, Turn
from bot.commands.choices import BACK, ONWARD, choices_of, key, no_choice, no_more, replied, shortened
from bot.fold import fold, visible, written
from bot.messages import Reply, Rows, bare, row, say
from bot.model import Complaint
from bot.store import offers
from bot.store.offers import Offer, Prompt

MESSAGE_AT_MOST = 200
LABEL_AT_MOST = 40  # characters that may be a word or a label in traditional writing
GO = re.compile(r"/go ([a-z0-9]{6}) (\d{1,3})$")
HELP = row(("使用帮助", "/help"))
INVITED_ONLY = "这里只对受邀的人开放。请向组织者要一个邀请码，再发给我，例如：/start 邀请码"
OLD_BUTTON = "这个按钮过期了。请重新打开，例如：{}"
OPEN_TO_ALL = {"start", "claim", "forgetme", "mydata", "privacy"}  # what one may say without an invitation

Listener = Callable[[Turn], Replies | None]


class Desk:
    """Finds the command for a sentence and keeps what its reply offers.

    fallback: for what is nothing else, with this desk. listeners: asked in order about text that is no command (an open question); None: not for me.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        fallback: "Callable[[Turn, Desk], Replies]",
        listeners: Sequence[Listener] = (),
    ) -> None:
        self.commands = {command.name: command for command in commands}
        self.fallback = fallback
        self.listeners = tuple(listeners)
        self.words = {
            fold(word, simplify=False): (command, "") for command in commands for word in command.words
        } | {
            fold(word, simplify=False): (command, arg)
            for command in commands
            for word, arg in command.fixed.items()
        }
        heads = [(fold(head, simplify=False), command) for command in commands for head in command.heads]
        self.heads = sorted(heads, key=lambda pair: -len(pair[0]))  # the longest wins
        loose = [(fold(head, simplify=False), command) for command in commands for head in command.loose]
        self.loose = sorted(loose, key=lambda pair: -len(pair[0]))

    # ---- answering

    def answer(self, turn: Turn) -> Replies:
        """The replies to a sentence; what they offer is stored. Runs inside one write transaction.

        A command that complains leaves nothing written.
        """
        try:
            with turn.store.part():
                replies = self._run(turn)
        except Complaint as complaint:
            replies = [complained(complaint)]
        return self.offered(turn, replies)

    def offered(self, turn: Turn, replies: Replies) -> Replies:
        """The replies as they may be sent: only what is built, long sentences shortened, the offer stored."""
        ready = [
            replace(
                reply,
                rows=self._built(turn, reply, reply.rows),
                edited_rows=None
                if reply.edited_rows is None
                else self._built(turn, reply, reply.edited_rows),
            )
            for reply in replies
        ]
        for n, reply in enumerate(ready):
            stamp = offers.new_stamp()
            says = [button.says for button in reply.buttons]
            rows, edited = shortened(reply.rows, stamp), reply.edited_rows
            if edited == reply.rows:
                edited = rows
            elif edited:
                edited = shortened(edited, stamp, len(says))
                says += [button.says for each in reply.edited_rows or () for button in each]
            # The last one owns what is typed.
            if n == len(ready) - 1 or (rows, edited) != (reply.rows, reply.edited_rows):
                chat = turn.incoming.user if reply.private and turn.incoming.group else turn.incoming.chat
                yes = consent.asked(replies[n], reply)
                offer = Offer(stamp, choices_of(reply), tuple(says), True, yes=yes)
                if offer.says or reply.prompt or reply.asks:
                    offers.put(
                        *(turn.store, turn.incoming.channel, chat, turn.who.id, offer, turn.now),
                        reply.prompt or reply.asks,
                        reply.prompt_minutes if reply.prompt else 0,
                    )
            ready[n] = replace(reply, rows=rows, edited_rows=edited)
        return ready

    def _run(self, turn: Turn) -> Replies:
        text = turn.incoming.text
        if turn.incoming.event == "other" and not turn.incoming.files:
            return [only_text(turn)]
        shown = visible(text)
        if pressed := GO.match(shown):
            return self._go(turn, pressed[1], int(pressed[2]))
        found = self.find(text, turn)
        if shown.startswith(("/", "／")):
            return self._carry_out(turn, *found) if found else self._unknown(turn)
        where = turn.incoming
        offer, prompt = self._open(turn)
        chosen = self._chosen(offer, shown)
        if chosen and not key(shown).isdigit() and not (found and self._keeps(found[0], shown)):
            return self.carry_out(turn, chosen)
        if found:
            return self._carry_out(turn, *found)
        if not serves(turn):
            return self.carry_out(turn, chosen) if chosen else [say(INVITED_ONLY)]
        if not chosen and (agreed := consent.answered(turn, self, offer)) is not None:
            return agreed
        if not chosen and (aside := everyday.set_aside(turn, self, offer)) is not None:
            return aside
        if prompt and shown:
            return self.carry_out(turn, chosen) if chosen else self._prompted(turn, prompt, offer)
        asked = replace(turn, arg=shown)
        for listener in self.listeners if shown or where.files else ():
            if (replies := listener(asked)) is not None:
                return replies
        if chosen:
            return self.carry_out(turn, chosen)
        said = key(shown)
        return no_choice(turn, offer, said) or no_more(turn, offer, said) or self.fallback(asked, self)

    def _open(self, turn: Turn) -> tuple[Offer | None, Prompt | None]:
        """What a number, a label or a text may answer: the last reply; in a group the message it is a reply to."""
        where = turn.incoming
        asked = (turn.store, where.channel, where.chat, turn.who.id, turn.now)
        if where.group and where.reply_to:
            offer = replied(where.offered, offers.recent(*asked))
            return offer, offer.prompt if offer else None
        return offers.newest(*asked), offers.prompt(*asked)

    def _chosen(self, offer: Offer | None, shown: str) -> str:
        """The sentence of the button that a text names by its label or number; "" = none."""
        if offer is None or not shown:
            return ""
        if sentence := offer.choices.get(key(shown)):
            return sentence
        turning = key(shown).rstrip("?")
        if turning in ONWARD and (more := offer.choices.get("更多") or offer.choices.get("下一页")):
            return more
        if turning in BACK and (back := offer.choices.get("上一页")):
            return back
        plain = self._word(shown, fold(shown, simplify=False))
        return "" if plain or len(shown) > LABEL_AT_MOST else offer.choices.get(key(fold(shown)), "")

    def _keeps(self, command: Command, shown: str) -> bool:
        """Whether a sentence stays a command where a button is called the same."""
        return command.keeps_words or self._head(shown, fold(shown, simplify=False)) is not None

    def _prompted(self, turn: Turn, prompt: Prompt, offer: Offer | None) -> Replies:
        """The answer to what was asked for. A wrong one leaves the question open for the rest of its time.

        What cannot be the answer but means something else, 谢谢 or 退订吧, is no wrong one; a nod is, for 好，随时来。
        would sound as if it were done.
        """
        shown = visible(turn.incoming.text)
        found = self.find(prompt.head, turn)
        takes = found and found[0].takes
        if takes and not takes(shown) and not everyday.nods(shown):
            other = everyday.meant(replace(turn, arg=shown), self)
            if other is not None:
                return other
        try:
            return self.carry_out(turn, f"{prompt.head} {turn.incoming.text.strip()}")
        except Complaint as complaint:
            digits = offer is not None and any(typed.isdigit() for typed in offer.choices)
            again = replace(complained(complaint), prompt=prompt.head, prompt_minutes=prompt.minutes)
            raise Misanswered(replace(again, own_numbers=not digits)) from complaint

    def _unknown(self, turn: Turn) -> Replies:
        where = turn.incoming
        if where.group and not (where.pressed or where.reply_to or "@" in visible(where.text).split()[0]):
            return []  # for another bot, most likely
        return [unknown(turn)] if serves(turn) else [say(INVITED_ONLY)]

    def carry_out(self, turn: Turn, sentence: str) -> Replies:
        """What a number, a label, a prompt or another way of saying it stands for."""
        if pressed := GO.match(sentence):
            return self._go(turn, pressed[1], int(pressed[2]))
        if sentence.startswith(("https://", "http://")):
            return [say(f"在这里打开：\n{sentence}")]
        found = self.find(sentence, turn)
        return self._carry_out(turn, *found) if found else [old_button(turn)]

    def _go(self, turn: Turn, stamp: str, n: int) -> Replies:
        """A button whose sentence was too long to stand in it."""
        where = turn.incoming
        offer = offers.stamped(turn.store, where.channel, where.chat, stamp, turn.now)
        if offer is None or offer.member not in {0, turn.who.id} or n >= len(offer.says):
            return [old_button(turn)]
        replies = self.carry_out(turn, offer.says[n])
        if offer.live or not replies:
            return replies
        fresh = replace(replies[0], toast=replies[0].toast or "这一页过期了，这是新的", edits=True)
        return [fresh, *replies[1:]]

    def _carry_out(self, turn: Turn, command: Command, arg: str) -> Replies:
        if command.name not in OPEN_TO_ALL and not serves(turn):
            return [say(INVITED_ONLY)]
        if command.manages and turn.barred:
            return [turn.admins_only()]
        try:
            return command.run(replace(turn, arg=arg))
        except Complaint as complaint:
            complaint.about = complaint.about or command.name
            raise

    # ---- finding

    def find(self, text: str, turn: Turn | None = None) -> tuple[Command, str] | None:
        """The command and the argument of a sentence, or None. Cheap spellings first, traditional ones last.

        For one who is no organiser the organisers' commands are not there.
        """
        found = self._find(text)
        if found and found[0].organiser and turn is not None and not turn.organiser:
            return None
        if found and found[0].as_written and found[1]:
            return found[0], as_written(text, found[0]) or found[1]
        return found

    def _find(self, text: str) -> tuple[Command, str] | None:
        plain = visible(text).replace("／", "/")
        if not plain:
            return None
        if slash := re.match(r"/\s?([a-z]+)(?:@\w+)?(?:\s+(.*))?$", plain, re.IGNORECASE | re.DOTALL):
            command = self.commands.get(slash[1].lower())
            if command:
                return command, (slash[2] or "").strip()
            word = self.words.get(slash[1].lower())  # /hi is 你好, too
            return word if word and not slash[2] else None
        bare = plain.removeprefix("/").strip()
        if len(bare) > MESSAGE_AT_MOST:
            return self._head(bare, fold(bare[:20], simplify=False))
        found = self._word(bare, fold(bare, simplify=False))
        return found or (self._word(bare, fold(bare)) if len(bare) <= LABEL_AT_MOST else None)

    def _word(self, text: str, folded: str) -> tuple[Command, str] | None:
        for stops in ("", "。！!~～", "。！!~～?"):  # ？ last: it is a word itself
            if found := self.words.get(folded.rstrip(stops) if stops else folded):
                return found
        return self._head(text, folded)

    def _head(self, text: str, folded: str) -> tuple[Command, str] | None:
        for head, command in self.heads:
            if folded.startswith(head) and len(folded) > len(head):
                rest = folded[len(head)]
                if rest in " :：" or rest.isdigit() or head == command.touching:
                    same = len(text) == len(folded) or len(text) > MESSAGE_AT_MOST
                    kept = text[len(head) :] if same else folded[len(head) :]
                    return command, kept.lstrip(" :：　")
        for head, command in self.loose if len(folded) <= LABEL_AT_MOST else ():
            rest = folded[len(head) :].lstrip(" :：")
            if folded.startswith(head) and rest and command.takes and command.takes(rest):
                return command, rest
        return None

    # ---- what may be shown

    def _built(self, turn: Turn, reply: Reply, rows: Rows) -> Rows:
        barred = turn.barred and not (reply.for_all or reply.private)
        kept = (tuple(button for button in each if self._may(turn, button.says, barred)) for each in rows)
        return tuple(each for each in kept if each)

    def _may(self, turn: Turn, says: str, barred: bool) -> bool:
        """Whether what a button says is built, and would not be refused."""
        if not says.startswith("/"):
            return bool(says)
        command = self.commands.get(says[1:].split(maxsplit=1)[0])
        if command is None or (barred and command.manages):
            return False
        return turn.organiser or not command.organiser


def serves(turn: Turn) -> bool:
    """Whether somebody is served: everybody, or where one needs an invitation those who have one."""
    invited = turn.organiser or turn.who.admitted or turn.sub.admitted
    return turn.settings.access != "invite" or invited


class Misanswered(Complaint):
    """A wrong answer to an open prompt; `reply` says so and asks again."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(bare(reply.text))
        self.reply = reply


def complained(complaint: Complaint) -> Reply:
    """What somebody can put right, with what helps him."""
    if isinstance(complaint, Misanswered):
        return complaint.reply
    said = say(str(complaint), rows=(row(*complaint.choices) if complaint.choices else HELP,))
    return replace(said, asks=f"/{complaint.about}" if complaint.about else "")


def flooded(dropped: int, seconds: int) -> Reply:
    """Once for each flood: how long to wait, and how much was not looked at."""
    return say(f"发得有点快，{seconds} 秒后再继续。刚才的 {dropped} 条没有处理。")


def only_text(turn: Turn) -> Reply:
    """The answer to a picture, a voice, a file that is not taken."""
    word = turn.example("新三样")
    below = row(("今日学习", "/today"), ("使用帮助", "/help"))
    return say(
        f"我只看得懂文字。要找内容，请发关键词，例如：{turn.how(word, f'/search {word}')}", rows=(below,)
    )


def old_button(turn: Turn) -> Reply:
    return say(OLD_BUTTON.format(turn.how("今日", "/today")), rows=(HELP,))


def unknown(turn: Turn) -> Reply:
    """The answer to a command that does not exist, or not for this person."""
    if turn.incoming.pressed:
        return old_button(turn)
    name = visible(turn.incoming.text).split()[0].replace("／", "/").split("@")[0][:20]
    how = turn.how("帮助", "/help")
    return say(f"没有“{name}”这个命令。想知道能做什么，请发：{how}", rows=(HELP,))


def as_written(text: str, command: Command) -> str:
    """What follows the command in a sentence, character by character as somebody wrote it."""
    heads = {fold(head, simplify=False) for head in command.heads}
    text = text.lstrip()
    for end in range(1, min(len(text), MESSAGE_AT_MOST)):
        begun = visible(text[:end]).replace("／", "/")
        name = re.fullmatch(r"/\s?([a-z]+)(@\w+)?", begun, re.IGNORECASE)
        if name and name[1].lower() == command.name and not re.match(r"[\w@]", text[end]):
            return written(text[end:])
        if fold(begun.removeprefix("/"), simplify=False) in heads:
            return written(text[end:]).lstrip(" :：　\n")
    return ""
