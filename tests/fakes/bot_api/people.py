"""A person with a phone: says, presses, sends, votes, blocks, looks.

Invariant: a person can only do what the app would let them do (press a button that is there, vote once);
anything else is an AssertionError of the test, never an update.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from . import polls
from .about import menu_for
from .markup import Entity, automatic
from .media import content_of, picture_size
from .world import Bell, Chat, Event, Json, Member, Message, User

if TYPE_CHECKING:
    from .server import FakeBotApi


@dataclass(eq=False)
class Press:
    """One press of a callback button. `answer` holds the parameters of answerCallbackQuery once it came."""

    id: str
    label: str
    data: str
    message: Message
    answer: Json | None = None
    expired: bool = False
    bell: Bell = field(default_factory=Bell)

    def take(self, params: Json) -> None:
        """Note the bot's answer."""
        self.answer = params
        self.bell.ring()

    def expire(self) -> None:
        """Let the query grow too old; a later answer is refused, as after a long outage."""
        self.expired = True

    async def toast(self, timeout: float = 5.0) -> str:
        """Wait for the answer; its text ("" for a silent one)."""
        await self.bell.until(
            lambda: self.answer is not None, timeout, f"an answer to the press of {self.label!r}"
        )
        assert self.answer is not None
        return str(self.answer.get("text", ""))


class Person:
    """One account and what it does. Methods that reach the bot are coroutines and return at once."""

    def __init__(self, server: FakeBotApi, user: User) -> None:
        self.server = server
        self.user = user
        self._read: dict[tuple[int, str], int] = {}

    def __repr__(self) -> str:
        return f"<Person {self.user.first_name} {self.user.id}>"

    @property
    def id(self) -> int:
        """User id, also the id of the private chat."""
        return self.user.id

    @property
    def private(self) -> Chat:
        """The private chat with the bot."""
        return self.server.world.chats[self.user.id]

    # -- doing --------------------------------------------------------------------------------------------

    async def says(
        self,
        text: str,
        chat: Chat | None = None,
        *,
        thread: int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Write a text in private, in a group or (as its administrator) in a channel."""
        content: Json = {"text": text}
        if entities := automatic(text):
            content["entities"] = entities
        return self._write(content, chat, thread, reply_to)

    async def sends_document(
        self,
        data: bytes,
        name: str,
        chat: Chat | None = None,
        *,
        mime: str = "",
        caption: str = "",
        **where: Any,
    ) -> Message:
        """Send a file."""
        kind = mime or ("text/plain" if name.endswith((".txt", ".md")) else "application/octet-stream")
        file = self.server.world.new_file("document", data, name, kind)
        return self._write(
            content_of(file) | _caption(caption), chat, where.get("thread"), where.get("reply_to")
        )

    async def sends_photo(
        self, data: bytes = b"picture", chat: Chat | None = None, *, caption: str = "", **where: Any
    ) -> Message:
        """Send a picture."""
        file = self.server.world.new_file("photo", data, size=picture_size(data) or (800, 600))
        return self._write(
            content_of(file) | _caption(caption), chat, where.get("thread"), where.get("reply_to")
        )

    async def sends_sticker(self, chat: Chat | None = None, **where: Any) -> Message:
        """Send a sticker."""
        content = content_of(self.server.world.new_file("sticker", b"sticker"))
        return self._write(content, chat, where.get("thread"), where.get("reply_to"))

    async def edits(self, message: Message, text: str) -> None:
        """Change an own text; the bot gets edited_message."""
        assert message.sender is self.user, "people edit their own messages only"
        message.content = {"text": text} | ({"entities": e} if (e := automatic(text)) else {})
        message.edit_date = self.server.world.now()
        if self._heard(message):
            self.server.hub.put("edited_message", message.json())

    def _write(
        self, content: Json, chat: Chat | None, thread: int | None, reply_to: Message | None
    ) -> Message:
        chat = chat or self.private
        here = chat.member(self.user)
        if chat.type == "private":
            assert chat is self.private, "that is somebody else's private chat"
            assert not self.user.blocked, "unblock the bot first"
            self.user.opened = self.user.known = True
            here = Member(self.user)
        assert chat.migrated_to is None, "the group is a supergroup now"
        assert here.inside, f"{self} is not in {chat.title}"
        assert thread is None or thread in chat.topics, f"no topic {thread}"
        world = self.server.world
        if chat.type == "channel":
            assert here.rules, "only administrators post in a channel"
            message = world.post(chat, content, sender_chat=chat, reply_to=reply_to)
            self.server.hub.put("channel_post", message.json())
            return message
        hidden = here.rules and here.anonymous
        message = world.post(
            chat, content, sender=world.anonymous if hidden else self.user,
            sender_chat=chat if hidden else None, reply_to=reply_to, thread=thread,
        )  # fmt: skip
        if self._heard(message):
            self.user.known = True
            self.server.hub.put("message", message.json())
        return message

    def _heard(self, message: Message) -> bool:
        """Whether the bot is given this message: privacy mode hears commands, mentions and replies."""
        chat, bot = message.chat, self.server.world.bot
        if chat.type == "private":
            return True
        me = chat.member(bot)
        if not me.inside:
            return False
        if not self.server.privacy or me.rules:
            return True
        if message.reply_to is not None and message.reply_to.from_bot:
            return True
        name = f"@{bot.username}".lower()
        for entity in message.entities:
            raw = message.text.encode("utf-16-le")[
                entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2
            ]
            part = raw.decode("utf-16-le").lower()
            if entity["type"] == "bot_command" and (part.endswith(name) or "@" not in part):
                return True
            if entity["type"] == "mention" and part == name:
                return True
        return False

    async def presses(
        self, label: str | tuple[Message, str], chat: Chat | None = None
    ) -> Press | Message | str:
        """Press the newest button with this label (or (message, label)).

        A callback button gives a Press; a link that starts this bot opens the private chat and gives the
        /start message, any other link its address; a key of a reply keyboard says its text.
        """
        message, label = label if isinstance(label, tuple) else (None, label)
        chat = message.chat if message is not None else chat or self.private
        candidates = [message] if message is not None else list(reversed(chat.visible()))
        for candidate in candidates:
            if (button := candidate.button(label)) is not None:
                return await self._press(candidate, button)
            for row in (candidate.keyboard or {}).get("keyboard", ()):
                if label in [key["text"] if isinstance(key, dict) else key for key in row]:
                    return await self.says(label, chat)
        seen = [m.buttons for m in candidates if m.buttons]
        raise AssertionError(f"no button {label!r}; there are {seen[:3]}")

    async def _press(self, message: Message, button: Json) -> Press | Message | str:
        if "url" in button:
            return await self.opens(button["url"])
        assert "callback_data" in button, f"{button} cannot be pressed here"
        chat = message.chat
        assert chat.type == "private" or chat.member(self.user).inside, f"{self} is not in {chat.title}"
        press = Press(self.server.next_id(), button["text"], button["callback_data"], message)
        self.server.presses[press.id] = press
        self.user.known = True
        update: Json = {
            "id": press.id, "from": self.user.json(), "message": message.json(),
            "chat_instance": str(-chat.id * 7919), "data": press.data,
        }  # fmt: skip
        if self.server.hub.put("callback_query", update) is None:
            press.expired = True
        return press

    async def opens(self, url: str) -> Message | str:
        """Follow a link: t.me/BOT?start=X says /start X in private; any other is returned."""
        parts = urlsplit(url)
        if (
            parts.netloc == "t.me"
            and parts.path.strip("/").lower() == str(self.server.world.bot.username).lower()
        ):
            payload = parse_qs(parts.query).get("start", [""])[0]
            return await self.says(f"/start {payload}".strip())
        return url

    async def votes(self, message: Message, numbers: list[int]) -> None:
        """Vote in a poll or quiz; [] takes the vote back."""
        assert message.poll is not None, "that message is no poll"
        polls.vote(self.server, message.poll, self.user, numbers)

    def blocks(self) -> None:
        """Block the bot: my_chat_member with status kicked."""
        self._membership("kicked", True)

    def unblocks(self) -> None:
        """Unblock the bot: my_chat_member with status member."""
        self._membership("member", False)

    def _membership(self, status: str, blocked: bool) -> None:
        bot = self.server.world.bot
        self.private.members[bot.id] = Member(bot, "member" if blocked else "kicked")
        self.user.blocked = blocked
        self.server.change_member(self.private, bot, Member(bot, status), by=self.user)

    def vanishes(self) -> None:
        """Delete the account; the bot is not told."""
        self.user.deactivated = True

    # -- seeing -------------------------------------------------------------------------------------------

    async def waits(
        self, n: int = 1, timeout: float = 5.0, chat: Chat | None = None, kind: str = "sent"
    ) -> list[Message]:
        """The next `n` things of the bot in a chat that this person has not waited for yet.

        kind: "sent" (new messages) or "edited" (each edit). Raises AssertionError after `timeout` seconds.
        """
        place = chat or self.private
        key = (place.id, kind)

        def fresh() -> list[Event]:
            return [e for e in place.news[self._read.get(key, 0) :] if e.kind == kind]

        what = f"{n} × {kind} for {self.user.first_name}"
        await place.bell.until(lambda: len(fresh()) >= n, timeout, what)
        taken: list[Message] = []
        position = self._read.get(key, 0)
        while len(taken) < n:
            event = place.news[position]
            position += 1
            if event.kind == kind and event.message is not None:
                taken.append(event.message)
        self._read[key] = position
        return taken

    async def hears(self, timeout: float = 5.0, chat: Chat | None = None) -> Message:
        """The next new message."""
        return (await self.waits(1, timeout, chat))[0]

    async def sees_edit(self, timeout: float = 5.0, chat: Chat | None = None) -> Message:
        """The next edited message."""
        return (await self.waits(1, timeout, chat, "edited"))[0]

    def skips(self, chat: Chat | None = None) -> None:
        """Forget what came until now; `waits` begins behind it."""
        place = chat or self.private
        for kind in ("sent", "edited"):
            self._read[place.id, kind] = len(place.news)

    def chat_view(self, chat: Chat | None = None) -> list[Message]:
        """What stands in the chat now, oldest first: text, html, rows and buttons, edited, poll."""
        return (chat or self.private).visible()

    def menu(self, chat: Chat | None = None) -> list[str]:
        """Commands shown behind "/", as "today 今日学习"."""
        place = chat or self.private
        language = re.split(r"[-_]", self.user.language_code or "")[0]
        found = menu_for(self.server.menu, place, place.member(self.user), language)
        return [f"{command['command']} {command['description']}" for command in found]


def _caption(text: str) -> dict[str, str | list[Entity]]:
    if not text:
        return {}
    entities = automatic(text)
    return {"caption": text} | ({"caption_entities": entities} if entities else {})
