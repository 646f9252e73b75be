"""What Telegram knows: people, chats, memberships, messages, files. State only, no rules of methods.

Invariant: every value here can be written as the JSON of the Bot API by its `json()`; message ids count per
chat, so a (chat, id) pair is needed to name a message.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .markup import Entity, to_html

Json = dict[str, Any]

ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_pin_messages", "can_manage_topics", "can_send_welcome_messages",
)  # fmt: skip
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info",
    "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
ANONYMOUS_ID = 1087968824
SERVICE_ID = 777000


class Bell:
    """Wakes everybody who waits; nobody polls."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all who wait now."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, ready: Callable[[], bool], timeout: float, what: str) -> None:
        """Return as soon as `ready()`; AssertionError naming `what` after `timeout` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not ready():
            future = loop.create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait_for(future, max(0.0, end - loop.time()))
            except TimeoutError:
                if not ready():
                    raise AssertionError(f"waited {timeout:g} s in vain for {what}") from None
            finally:
                self._waiting.discard(future)


@dataclass(eq=False)
class User:
    """An account. `opened`: the private chat with the bot exists; `blocked`: this person blocked the bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    opened: bool = False
    blocked: bool = False
    deactivated: bool = False
    known: bool = False  # the bot has met this account (a shared group, an earlier message)

    def json(self) -> Json:
        """The User object."""
        data: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            data["username"] = self.username
        if self.language_code:
            data["language_code"] = self.language_code
        return data


@dataclass(eq=False)
class Member:
    """One account in one chat. status: creator administrator member restricted left kicked."""

    user: User
    status: str = "member"
    rights: frozenset[str] = frozenset()
    anonymous: bool = False

    @property
    def inside(self) -> bool:
        """Whether the account is in the chat at all."""
        return self.status not in {"left", "kicked"}

    @property
    def rules(self) -> bool:
        """Creator or administrator."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether the account has this right (permissions count only when restricted)."""
        if self.status == "creator":
            return True
        if self.status in {"administrator", "restricted"}:
            return right in self.rights
        return self.status == "member" and right.startswith("can_send")

    def json(self, channel: bool = False) -> Json:
        """The ChatMember object of this status."""
        data: Json = {"user": self.user.json(), "status": self.status}
        if self.status == "creator":
            data["is_anonymous"] = self.anonymous
        elif self.status == "administrator":
            names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if channel else ())
            data |= {"can_be_edited": False, "is_anonymous": self.anonymous}
            data |= {name: name in self.rights for name in names}
        elif self.status == "restricted":
            data |= {"is_member": True, "until_date": 0}
            data |= {name: name in self.rights for name in PERMISSIONS}
        elif self.status == "kicked":
            data["until_date"] = 0
        return data


@dataclass(eq=False)
class Message:
    """A stored message. `content` holds the JSON fields of its kind (text, entities, photo, poll, …)."""

    id: int
    chat: Chat
    date: int
    content: Json
    sender: User | None = None
    sender_chat: Chat | None = None
    markup: Json | None = None
    reply_to: Message | None = None
    thread: int | None = None
    topic: bool = False
    edit_date: int | None = None
    poll: Any = None
    keyboard: Json | None = None  # a reply keyboard; shown to people, never part of the JSON
    deleted: bool = False

    @property
    def from_bot(self) -> bool:
        """Whether the bot under test wrote it."""
        return self.sender is not None and self.sender is self.chat.bot

    @property
    def text(self) -> str:
        """Text or caption, "" if there is neither."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[Entity]:
        """Entities of text or caption."""
        found: list[Entity] = self.content.get("entities") or self.content.get("caption_entities") or []
        return list(found)

    @property
    def html(self) -> str:
        """Text with its entities as HTML."""
        return to_html(self.text, self.entities)

    @property
    def edited(self) -> bool:
        """Whether it was edited."""
        return self.edit_date is not None

    @property
    def rows(self) -> list[list[str]]:
        """Labels of the inline keyboard, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", ())
        return [[button["text"] for button in row] for row in rows]

    @property
    def buttons(self) -> list[str]:
        """Labels of the inline keyboard in reading order."""
        return [label for row in self.rows for label in row]

    def button(self, label: str) -> Json | None:
        """The inline button with exactly this label."""
        for row in (self.markup or {}).get("inline_keyboard", ()):
            for button in row:
                if button["text"] == label:
                    return dict(button)
        return None

    def json(self, deep: bool = True) -> Json:
        """The Message object; a reply carries the message replied to, but not that one's own reply."""
        data: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        if self.sender is not None:
            data["from"] = self.sender.json()
        if self.sender_chat is not None:
            data["sender_chat"] = self.sender_chat.json()
        if self.thread is not None:
            data["message_thread_id"] = self.thread
            if self.topic:
                data["is_topic_message"] = True
        if self.edit_date is not None:
            data["edit_date"] = self.edit_date
        if deep and self.reply_to is not None:
            data["reply_to_message"] = self.reply_to.json(deep=False)
        data.update(self.content)
        if self.poll is not None:
            data["poll"] = self.poll.json()
        if self.markup is not None:
            data["reply_markup"] = self.markup
        return data


@dataclass(eq=False)
class Event:
    """Something people can see the bot doing in a chat. kind: sent, edited, deleted, action."""

    kind: str
    message: Message | None
    detail: str = ""


@dataclass(eq=False)
class Chat:
    """A private chat, group, supergroup or channel."""

    id: int
    type: str
    bot: User
    title: str = ""
    username: str | None = None
    user: User | None = None
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Json] = field(default_factory=dict)
    migrated_to: int | None = None
    pinned: Message | None = None
    news: list[Event] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _json: Json | None = None

    def json(self) -> Json:
        """The Chat object."""
        if self.type == "private":
            assert self.user is not None
            data: Json = {"id": self.id, "type": "private", "first_name": self.user.first_name}
            if self.user.username:
                data["username"] = self.user.username
            return data
        data = {"id": self.id, "type": self.type, "title": self.title}
        if self.username:
            data["username"] = self.username
        if self.is_forum:
            data["is_forum"] = True
        return data

    @property
    def kind(self) -> str:
        """The word used in error messages: group, supergroup, channel."""
        return self.type

    def member(self, user: User) -> Member:
        """The membership of an account; a stranger is "left"."""
        return self.members.get(user.id) or Member(user, "left")

    def tell(self, kind: str, message: Message | None, detail: str = "") -> None:
        """Note what the bot did, and wake the people who look at this chat."""
        self.news.append(Event(kind, message, detail))
        self.bell.ring()

    def visible(self) -> list[Message]:
        """Messages that are still there, oldest first."""
        return [message for message in self.messages.values() if not message.deleted]


@dataclass(eq=False)
class File:
    """A stored file. `kind` is photo, document, sticker …; `data` the bytes."""

    id: str
    unique: str
    kind: str
    data: bytes
    name: str = ""
    mime: str = "application/octet-stream"
    size: tuple[int, int] = (0, 0)

    @property
    def path(self) -> str:
        """Path for the download address."""
        dot, ending = self.name.rpartition(".")[1:]
        return f"{self.kind}s/file_{self.unique}{dot}{ending if dot else ''}"

    def json(self) -> Json:
        """The fields that all file objects share."""
        return {"file_id": self.id, "file_unique_id": self.unique, "file_size": len(self.data)}


class World:
    """All state of one fake Telegram with one bot in it."""

    def __init__(self, bot: User, clock: Callable[[], float]) -> None:
        self.bot = bot
        self.clock = clock
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self._people = itertools.count(10001)
        self._groups = itertools.count(5001)
        self._files = itertools.count(1)
        self.anonymous = User(ANONYMOUS_ID, "Group", "GroupAnonymousBot", is_bot=True)

    def now(self) -> int:
        """Unix time in whole seconds."""
        return int(self.clock())

    def new_user(self, first_name: str, **more: Any) -> User:
        """A new account and its (not yet opened) private chat."""
        number = more.pop("id", None) or next(self._people)
        if number in self.users:
            raise ValueError(f"user {number} exists")
        user = User(number, first_name, **more)
        self.users[user.id] = user
        self.chats[user.id] = Chat(user.id, "private", self.bot, user=user)
        return user

    def new_chat_id(self, kind: str) -> int:
        """A fresh id of the shape Telegram gives this kind of chat."""
        number = next(self._groups)
        return -number if kind == "group" else -1_000_000_000_000 - number

    def chat(self, name: int | str) -> Chat | None:
        """A chat by id or @username."""
        if isinstance(name, int):
            return self.chats.get(name)
        if name.startswith("@"):
            wanted = name[1:].lower()
            for chat in self.chats.values():
                if chat.username and chat.username.lower() == wanted:
                    return chat
        return None

    def new_file(
        self, kind: str, data: bytes, name: str = "", mime: str = "", size: tuple[int, int] = (0, 0)
    ) -> File:
        """Store bytes under a new file id."""
        number = next(self._files)
        made = File(f"BQACAgU{number:08d}{kind}", f"AgAD{number:08d}", kind, data, name, mime or "", size)
        self.files[made.id] = made
        return made

    def post(
        self,
        chat: Chat,
        content: Json,
        *,
        sender: User | None = None,
        sender_chat: Chat | None = None,
        markup: Json | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        poll: Any = None,
    ) -> Message:
        """Store a message in a chat. A message in a topic without a reply replies to the topic's root."""
        topic = thread is not None and chat.is_forum
        if topic and reply_to is None:
            assert thread is not None
            reply_to = chat.messages.get(thread)
        if thread is None and reply_to is not None and chat.type == "supergroup" and not chat.is_forum:
            # Plain supergroups thread replies too: the id is there, but sending to it is refused.
            thread = reply_to.thread or reply_to.id
        message = Message(
            next(chat.ids), chat, self.now(), content, sender, sender_chat, markup, reply_to, thread, topic,
            poll=poll,
        )  # fmt: skip
        chat.messages[message.id] = message
        return message
