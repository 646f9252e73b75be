"""One message in, its replies out, in one transaction; a push made ready the same way.

Invariant: what a message changes and what its reply offers are committed together, or not at all; a fault of
ours becomes an apology with a number that stands in the log too, never a trace in the chat.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.commands import desk, quiz
from bot.commands.base import Replies, Settings, Turn
from bot.commands.cards import card_reply, group_buttons, late_line
from bot.commands.desk import complained, serves
from bot.commands.shelf import DEFAULT
from bot.commands.today import last_line, rows_below, was_read
from bot.messages import Address, Incoming, Reply, row, say
from bot.model import Complaint, Pack
from bot.store import Store, history, housekeeping, library, members, posed, progress, subscriptions
from bot.store.members import Member
from bot.store.outbox import DAILY, Delivery
from bot.store.subscriptions import Subscription
from bot.study import daily, joining, pushing, shelf

log = logging.getLogger(__name__)
LATE = 600  # seconds after its slot from which a push says that it is late
PATIENCE = 2.0  # seconds for which a conversation without a running bot may tend the index
TO_YOURSELF = "这条只发给你自己。请先私聊我一次，再来一遍。"
KEEPS = ("web",)  # channels whose whole conversation is kept, since nobody else keeps it


class Bot:
    """The bot of one process: a store, the live packs, the desk. Belongs to the thread of its store."""

    def __init__(self, store: Store, settings: Settings | None = None) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.desk = desk()
        self._packs: dict[str, Pack] = {}
        self._revision = -1

    @property
    def packs(self) -> Mapping[str, Pack]:
        """The live packs; read again when the library's revision has moved."""
        revision = library.revision(self.store)
        if revision != self._revision:
            self._packs, self._revision = shelf.packs(self.store), revision
        return self._packs

    @property
    def default(self) -> str:
        """The pack that new subscriptions follow."""
        named = (housekeeping.fact(self.store, DEFAULT), self.settings.pack)
        packs = self.packs
        full = (name for name, pack in packs.items() if pack.cards)
        return next((name for name in named if name in packs), next(full, next(iter(packs), "")))

    # ---- messages

    def answer(self, incoming: Incoming, now: datetime) -> Replies:
        """The replies to one message, slow work included. Never raises for anything a person can send."""
        replies = self.begin(incoming, now)
        if any(reply.work for reply in replies):
            from bot.study import guessing  # in a running bot the service tends the vocabulary

            guessing.prepare(self.store, PATIENCE)
            done = [
                each
                for reply in replies
                for each in (worked(reply, self.store, incoming.group) if reply.work else [reply])
            ]
            return self.end(incoming, done, now)
        return replies

    def begin(self, incoming: Incoming, now: datetime) -> Replies:
        """What can be said at once. A reply with `work` is still to be worked out, and then `end` is called."""
        try:
            with self.store.writing():
                return self._begin(incoming, now)
        except Exception as fault:
            return [apology(fault, incoming.channel, incoming.group)]

    def _begin(self, incoming: Incoming, now: datetime) -> Replies:
        if incoming.update and not housekeeping.first_time(
            self.store, incoming.channel, incoming.update, now
        ):
            return []
        if incoming.event in {"polled", "voted"}:
            self._polled(incoming, now)
            return []
        if incoming.group and not incoming.addressed and not incoming.event:
            return []  # in a group only what is said to the bot is heard, and nothing of the rest is kept
        turn = self._turn(incoming, now)
        if self._happened(turn):
            return []
        if incoming.event == "added":
            turn = replace(turn, incoming=replace(incoming, text=incoming.text or "/start"))
        replies = [self._to_yourself(turn, reply) for reply in self.desk.answer(turn)]
        if not any(reply.work for reply in replies):
            self._keep(turn, replies)
        return replies

    def end(self, incoming: Incoming, replies: Replies, now: datetime) -> Replies:
        """The replies that slow work came to, as they may be sent."""
        try:
            with self.store.writing():
                turn = self._turn(incoming, now)
                ready = self.desk.offered(turn, replies)
                self._keep(turn, ready)
                return ready
        except Exception as fault:
            return [apology(fault, incoming.channel, incoming.group)]

    def _turn(self, incoming: Incoming, now: datetime) -> Turn:
        settings = self.settings
        who, _ = members.member(
            self.store, incoming.channel, incoming.user, incoming.name, settings.zone, now
        )
        organiser = members.is_organiser(self.store, who, settings.organisers)
        default = self.default
        sub = self._subscription(incoming, who, default)
        if incoming.group and sub.admitted and not who.admitted:
            members.admit(self.store, who.id)  # members of an admitted group are served in private, too
        if incoming.event == "added" and organiser and not sub.admitted:
            sub = replace(sub, admitted=True)
            subscriptions.save(self.store, sub)
        return Turn(
            *(self.store, self._packs, incoming, who, sub, now, settings),
            organiser=organiser,
            default=default,
        )

    def _subscription(self, incoming: Incoming, who: Member, default: str) -> Subscription:
        """The chat's; an inactive one is made where there is none. One that nobody has used follows the default."""
        address = Address(incoming.channel, incoming.chat, incoming.thread if incoming.group else "")
        if (
            not incoming.group and who.channel != incoming.channel
        ):  # a window: his home decides, and gets the push
            address = Address(who.channel, who.user)
        sub = subscriptions.of_chat(self.store, address)
        if sub is None:
            fresh = Subscription(
                *(0, default, self.settings.minute, self.settings.zone, False),
                address=address,
                group=incoming.group,
                title=incoming.title,
                member=None if incoming.group else who.id,
            )
            return subscriptions.make(self.store, fresh)
        if not sub.active and sub.active_since is None and sub.pack != default and self._unused(sub, who):
            sub = replace(sub, pack=default)
            subscriptions.save(self.store, sub)
        return sub

    def _unused(self, sub: Subscription, who: Member) -> bool:
        """Nothing was given and nobody chose the pack: it may still follow another default."""
        chosen = sub.pack in progress.followed(self.store, who.id)
        return not chosen and not progress.given(self.store, sub.id, sub.pack)

    def _happened(self, turn: Turn) -> bool:
        """Events that nobody is told about."""
        event = turn.incoming.event
        if event == "gone":
            joining.gone(self.store, turn.sub, self.settings.calendar, turn.now, turn.incoming.text)
        elif event == "moved":
            subscriptions.move_chat(self.store, turn.incoming.channel, turn.incoming.chat, turn.incoming.text)
        return event in {"gone", "moved", "back"}

    def _polled(self, incoming: Incoming, now: datetime) -> None:
        """A poll stands in its group, or somebody has voted in one; a vote is a member's turn in that group."""
        if incoming.event == "polled":
            posed.name(self.store, int(incoming.text), incoming.poll)
            return
        found = posed.named(self.store, incoming.channel, incoming.poll)
        sub = subscriptions.get(self.store, found.subscription) if found and incoming.text else None
        if found is None or sub is None:
            return  # a poll of before, or a vote taken back
        where = replace(
            incoming, chat=sub.address.chat, thread=sub.address.thread, group=True, title=sub.title
        )
        turn = self._turn(where, now)
        if serves(turn):
            quiz.voted(turn, found)

    def _to_yourself(self, turn: Turn, reply: Reply) -> Reply:
        """Personal output asked for in a group goes to the private chat, or a hint where there is none."""
        if not reply.private or turn.private:
            return reply
        if subscriptions.of_chat(self.store, Address(turn.incoming.channel, turn.incoming.user)):
            return reply
        door = turn.door("g")
        return say(TO_YOURSELF, rows=(row(("私聊我", door)),) if door else ())

    def _keep(self, turn: Turn, replies: Replies) -> None:
        """The conversation of a channel that nobody else keeps; nothing for one who has just erased himself."""
        where = turn.incoming
        if where.channel in KEEPS and members.get(self.store, turn.who.id):
            address = Address(where.channel, where.chat, where.thread)
            history.add(
                *(self.store, address, where.label or where.text, replies, turn.now),
                seen=True,
                pressed=where.pressed,
                update=where.update,
            )

    # ---- pushes

    def push(self, found: Delivery, address: Address, now: datetime) -> Reply | None:
        """A delivery as it is sent; None: there is nothing to send any more."""
        sub = subscriptions.get(self.store, found.subscription)
        if sub is None:
            return None
        who = members.get(self.store, sub.member) if sub.member else None
        incoming = Incoming(address.channel, address.chat, address.chat, "", group=sub.group)
        turn = Turn(
            *(self.store, self.packs, incoming, who or Member(0, sub.title, sub.zone), sub, now),
            self.settings,
            default=self.default,
        )
        if found.kind != DAILY:
            return self.desk.offered(turn, [say(found.body)])[0]
        given = progress.given_on(self.store, sub.id, found.day)
        card = daily.shown(self.store, self.packs, sub.id, given) if given else None
        if card is None:
            return None
        due = datetime.fromtimestamp(found.due, now.tzinfo)
        late = ""
        if now.timestamp() - found.due > LATE:
            still = pushing.stood_still(self.store, due, now)
            late = late_line(due, now, sub.zone, outage=still >= (now - due) / 2)
        if sub.group:
            article = next(each for each in card.pack.articles if each.id == card.card.article)
            rows = group_buttons(card.card, article, turn.door(""))
        else:
            rows = rows_below(turn, card)
        return self.desk.offered(
            turn, [card_reply(card, late, last_line(turn, card), rows, was_read(turn, card))]
        )[0]

    def waiting(self, address: Address, now: datetime) -> Replies:
        """What came while nobody looked (pushes to a terminal or the page); shown once, its buttons alive again."""
        entries = history.waiting(self.store, address)
        if not entries:
            return []
        with self.store.writing():
            history.mark_seen(self.store, address, entries[-1].id)
            replies = [reply for entry in entries for reply in entry.replies]
            sub = subscriptions.of_chat(self.store, address)
            who = members.get(self.store, sub.member) if sub and sub.member else None
            if sub and who:
                incoming = Incoming(address.channel, address.chat, who.user, "")
                turn = Turn(self.store, self.packs, incoming, who, sub, now, self.settings)
                replies = self.desk.offered(turn, replies)
        return replies


def worked(reply: Reply, reader: Store, group: bool = False) -> Replies:
    """A reply's slow work, on whatever thread this is; a Complaint is answered, a fault apologised for."""
    assert reply.work is not None
    try:
        return reply.work(reader)
    except Complaint as complaint:
        return [complained(complaint)]
    except Exception as fault:
        return [apology(fault, "work", group)]


def apology(fault: Exception, where: str, group: bool = False) -> Reply:
    """The sentence for a fault of ours; its number stands in the log with the trace."""
    number = secrets.token_hex(2).upper()
    again = "/today" if group else "今日"
    log.error("fault %s while answering on %s", number, where, exc_info=fault)
    return say(f"抱歉，这一步没办成，是我这边的问题，已记下（编号 {number}）。过一分钟再试，例如：{again}")
