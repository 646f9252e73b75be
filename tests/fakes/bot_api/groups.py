"""Groups, supergroups with topics, channels: who is in, who rules, what moves.

Invariant: every change a bot would be told of in reality becomes an update here, service messages included.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from .world import ADMIN_RIGHTS, CHANNEL_RIGHTS, Chat, Json, Member, User

if TYPE_CHECKING:
    from .people import Person
    from .server import FakeBotApi

# What an administrator gets when the app's switches are left alone (posting included in channels).
USUAL = frozenset(ADMIN_RIGHTS + CHANNEL_RIGHTS) - {"can_promote_members"}


class Group(Chat):
    """A chat of several people, with the acts of its administrators."""

    server: FakeBotApi

    @classmethod
    def found(
        cls,
        server: FakeBotApi,
        kind: str,
        title: str,
        owner: Person | None,
        members: Iterable[Person],
        bot: bool,
        topics: bool = False,
    ) -> Group:
        """Make a chat. Without an owner somebody unknown to the tests is its creator. No updates."""
        world = server.world
        group = cls(world.new_chat_id(kind), kind, world.bot, title=title, is_forum=topics)
        group.server = server
        group._reserve()
        creator = owner.user if owner is not None else world.new_user("群主")
        group.members[creator.id] = Member(creator, "creator")
        for person in members:
            group.members[person.user.id] = Member(person.user)
        if bot:
            rights = frozenset(
                {"can_manage_chat", "can_post_messages", "can_edit_messages", "can_delete_messages"}
            )
            made = Member(world.bot, "administrator", rights) if kind == "channel" else Member(world.bot)
            group.members[world.bot.id] = made
        world.chats[group.id] = group
        return group

    def _reserve(self) -> None:
        """Message 1 of a supergroup is its making, and 1 is the number of the general topic."""
        if self.type != "group":
            next(self.ids)

    @property
    def creator(self) -> User:
        """The account that owns the chat."""
        return next(m.user for m in self.members.values() if m.status == "creator")

    def _by(self, person: Person | None) -> User:
        return person.user if person is not None else self.creator

    def _service(self, by: User, content: Json, thread: int | None = None) -> None:
        if self.type == "channel":
            return
        message = self.server.world.post(self, content, sender=by, thread=thread)
        if self.member(self.bot).inside:
            self.server.hub.put("message", message.json())

    # -- the bot ------------------------------------------------------------------------------------------

    def add_bot(
        self, by: Person | None = None, *, admin: bool = False, rights: Iterable[str] = USUAL
    ) -> None:
        """Add the bot, in channels (or with `admin`) as an administrator."""
        ruling = admin or self.type == "channel"
        new = Member(self.bot, "administrator", frozenset(rights)) if ruling else Member(self.bot)
        self.server.change_member(self, self.bot, new, self._by(by))
        self._service(self._by(by), {"new_chat_members": [self.bot.json()]})

    def kick_bot(self, by: Person | None = None) -> None:
        """Remove and ban the bot."""
        self.server.change_member(self, self.bot, Member(self.bot, "kicked"), self._by(by))

    def promote_bot(self, by: Person | None = None, rights: Iterable[str] = USUAL) -> None:
        """Make the bot an administrator, or change its rights."""
        new = Member(self.bot, "administrator", frozenset(rights))
        self.server.change_member(self, self.bot, new, self._by(by))

    def demote_bot(self, by: Person | None = None) -> None:
        """Back to an ordinary member."""
        self.server.change_member(self, self.bot, Member(self.bot), self._by(by))

    def restrict_bot(self, by: Person | None = None, may: Iterable[str] = ()) -> None:
        """Restrict the bot to these permissions (none: it may not even write)."""
        self.server.change_member(
            self, self.bot, Member(self.bot, "restricted", frozenset(may)), self._by(by)
        )

    # -- people -------------------------------------------------------------------------------------------

    def joins(self, person: Person) -> None:
        """A person comes in."""
        self.server.change_member(self, person.user, Member(person.user), person.user)
        self._service(person.user, {"new_chat_members": [person.user.json()]})

    def leaves(self, person: Person) -> None:
        """A person goes."""
        self.server.change_member(self, person.user, Member(person.user, "left"), person.user)
        self._service(person.user, {"left_chat_member": person.user.json()})

    def promote(self, person: Person, *, anonymous: bool = False, rights: Iterable[str] = USUAL) -> None:
        """Make a person administrator; `anonymous` ones write as the group itself."""
        status = "creator" if self.member(person.user).status == "creator" else "administrator"
        new = Member(person.user, status, frozenset(rights), anonymous)
        self.server.change_member(self, person.user, new, self.creator)

    def demote(self, person: Person) -> None:
        """Back to an ordinary member."""
        self.server.change_member(self, person.user, Member(person.user), self.creator)

    # -- the chat -----------------------------------------------------------------------------------------

    def topic(self, name: str, by: Person | None = None) -> int:
        """Open a topic; returns its message_thread_id."""
        assert self.is_forum, "only a supergroup with topics has topics"
        made: Json = {"name": name, "icon_color": 0x6FB9F0}
        message = self.server.world.post(self, {"forum_topic_created": made}, sender=self._by(by))
        message.thread, message.topic = message.id, True
        self.topics[message.id] = {"name": name, "closed": False}
        if self.member(self.bot).inside:
            self.server.hub.put("message", message.json())
        return message.id

    def close_topic(self, thread: int, by: Person | None = None) -> None:
        """Close a topic; the bot can no longer write in it."""
        self.topics[thread]["closed"] = True
        self._service(self._by(by), {"forum_topic_closed": {}}, thread)

    def delete_topic(self, thread: int) -> None:
        """Remove a topic with its messages; the bot is not told."""
        del self.topics[thread]
        for message in self.messages.values():
            if message.thread == thread:
                message.deleted = True

    def rename(self, title: str, by: Person | None = None) -> None:
        """Give the chat another title."""
        self.title = title
        self._service(self._by(by), {"new_chat_title": title})

    def migrate(self, by: Person | None = None) -> Group:
        """Turn a basic group into a supergroup with a new id; sends to the old id are refused from now on."""
        assert self.type == "group", "only basic groups migrate"
        world = self.server.world
        new = Group(world.new_chat_id("supergroup"), "supergroup", self.bot, title=self.title)
        new.server = self.server
        new._reserve()
        new.members = dict(self.members)
        world.chats[new.id] = new
        # The two service messages come in this order, the first in the old chat, the second in the new one.
        self._service(self._by(by), {"migrate_to_chat_id": new.id})
        self.migrated_to = new.id
        new._service(world.anonymous, {"migrate_from_chat_id": self.id})
        return new


def group_of(chat: Any) -> Group:
    """The chat as a Group, for type checkers."""
    return cast(Group, chat)
