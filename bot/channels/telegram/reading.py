"""Updates as Incoming values: who speaks where, whether the bot is meant, what happened.

Invariant: in groups only what is addressed to the bot comes through (a command, a mention, a reply to it, a
press); everything else is None and is forgotten here. Nothing in this file asks Telegram anything.
"""

import re
from dataclasses import dataclass, replace

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    Document,
    InlineKeyboardButton,
    Message,
    PollAnswer,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType, MessageEntityType

from bot.channels.telegram.wording import KIND, Wording
from bot.messages import Button, Incoming, Rows

UPDATES = ["message", "channel_post", "callback_query", "my_chat_member", "poll_answer"]
ANONYMOUS = "GroupAnonymousBot"  # in whose name administrators write who do not show themselves
COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?=\s|$)")
AWAY: dict[str, str] = {ChatMemberStatus.BANNED: "kicked", ChatMemberStatus.LEFT: "left"}
NAME_LENGTH = 100  # characters of a name that are kept


@dataclass(frozen=True, slots=True)
class Heard:
    """What came, with what answering it needs. `incoming` lacks the rights and the files as yet."""

    incoming: Incoming
    message: int | None = None  # the person's message, to be quoted in groups
    press: CallbackQuery | None = None
    document: Document | None = None
    asks_rights: bool = False  # whether `admin` is still to be looked up
    private_chat: bool = True  # whether the speaker can have one (an anonymous administrator cannot)


def read(update: Update, me: User, wording: Wording) -> Heard | None:
    """What an update says to us; None: nothing."""
    if update.callback_query:
        heard = _pressed(update.callback_query)
    elif update.message:
        heard = _said(update.message, me, wording.called)
    elif update.channel_post:
        heard = _posted(update.channel_post, me)
    elif update.my_chat_member:
        heard = _membership(update.my_chat_member, wording.joins)
    elif update.poll_answer:
        heard = _voted(update.poll_answer)
    else:
        heard = None
    if heard is None:
        return None
    return replace(heard, incoming=replace(heard.incoming, update=str(update.update_id)))


# ---------------------------------------------------------------- what people say


def _said(message: Message, me: User, called: str) -> Heard | None:
    if message.migrate_to_chat_id:
        return Heard(_incoming(message, event="moved", text=str(message.migrate_to_chat_id)))
    if message.is_automatic_forward or (message.from_user and message.from_user.id == me.id):
        return None
    group = message.chat.type != ChatType.PRIVATE
    text = message.text or message.caption or ""
    if not text and not _is_content(message):
        return None  # a service message: a new title, somebody who came in
    reply = message.reply_to_message
    answers = (
        str(reply.message_id) if group and reply and reply.from_user and reply.from_user.id == me.id else ""
    )
    addressed, text = _addressed(message, text, me)
    if group and not (addressed or answers):
        return None
    if not text and not message.document and message.text is not None and addressed:
        text = called  # nothing but the bot's name
    if group and not text and not message.document:
        return None  # a sticker in answer to a card
    event = "" if text or message.document else "other"
    heard = Heard(
        replace(
            _incoming(message, text=text, event=event),
            reply_to=answers,
            offered=_below(answers, reply),
            poll=reply.poll.id if answers and reply and reply.poll else "",
        ),
        message=message.message_id,
        document=message.document,
        asks_rights=group,
    )
    return _speaker(heard, message) if message.sender_chat else heard


def _below(answers: str, message: Message | None) -> Rows:
    """The buttons below the bot's message that somebody answers."""
    markup = message.reply_markup if answers and message else None
    lines = markup.inline_keyboard if markup else ()
    return tuple(tuple(Button(key.text, _says(key)) for key in line) for line in lines)


def _says(key: InlineKeyboardButton) -> str:
    return key.callback_data if isinstance(key.callback_data, str) else key.url or ""


def _speaker(heard: Heard, message: Message) -> Heard:
    """One who writes as a chat: an anonymous administrator of this one, or somebody as his own channel."""
    chat = message.sender_chat
    assert chat is not None
    hidden = chat.id == message.chat.id
    incoming = replace(
        heard.incoming,
        user=f"{'anonymous' if hidden else 'channel'}{chat.id}",
        name=_title(chat),
        admin=hidden,
    )
    return replace(heard, incoming=incoming, asks_rights=False, private_chat=False)


def _posted(message: Message, me: User) -> Heard | None:
    """A channel only gets pushes; but those who may post in it may give the bot a command by its full name."""
    found = COMMAND.match(message.text or "")
    if not found or (found[2] or "").lower() != (me.username or "").lower():
        return None
    incoming = replace(
        _incoming(message, text=message.text or ""), user=f"channel{message.chat.id}", admin=True
    )
    return Heard(incoming, message=message.message_id, private_chat=False)


def _addressed(message: Message, text: str, me: User) -> tuple[bool, str]:
    """Whether the bot is meant, and the text without its name; in private only where it begins with that, since
    the rest may be a text to be passed on. A command for another bot is not ours."""
    if command := COMMAND.match(text):
        if command[2] and command[2].lower() != (me.username or "").lower():
            return False, text
        return True, text
    private = message.chat.type == ChatType.PRIVATE
    raw = text.encode("utf-16-le", "surrogatepass")
    spans = [
        (entity.offset * 2, (entity.offset + entity.length) * 2)
        for entity in (*message.entities, *message.caption_entities)
        if _is_me(entity.type, entity.user, raw[entity.offset * 2 : (entity.offset + entity.length) * 2], me)
    ]
    if private:
        spans = [span for span in spans if not raw[: span[0]].decode("utf-16-le", "replace").strip()]
    for begin, end in reversed(spans):
        raw = raw[:begin] + raw[end:]
    return private or bool(spans), raw.decode("utf-16-le", "replace").strip() if spans else text


def _is_me(kind: str, user: User | None, raw: bytes, me: User) -> bool:
    if kind == MessageEntityType.TEXT_MENTION:
        return user is not None and user.id == me.id
    name = raw.decode("utf-16-le", "replace").lower()
    return kind == MessageEntityType.MENTION and name == f"@{me.username}".lower()


def _is_content(message: Message) -> bool:
    """Whether a person sent something, be it no text."""
    return message.effective_attachment is not None or message.story is not None


def _pressed(query: CallbackQuery) -> Heard | None:
    message = query.message
    if message is None or query.data is None:
        return None
    label, thread = "", ""
    if isinstance(message, Message):
        thread = _thread(message)
        keys = message.reply_markup.inline_keyboard if message.reply_markup else ()
        label = next((key.text for line in keys for key in line if key.callback_data == query.data), "")
    group = message.chat.type != ChatType.PRIVATE
    incoming = Incoming(
        *(KIND, str(message.chat.id), str(query.from_user.id), query.data),
        name=_name(query.from_user),
        thread=thread,
        group=group,
        title=_title(message.chat) if group else "",
        admin=not group,
        pressed=str(message.message_id),
        label=label,
    )
    return Heard(incoming, press=query, asks_rights=group)


def _voted(answer: PollAnswer) -> Heard | None:
    """A vote; the chat is that of the voter alone, for Telegram does not tell where the poll stands.

    One who votes as a channel of his is nobody whose answers we could keep.
    """
    user = answer.user
    if user is None or answer.voter_chat is not None:
        return None
    numbers = " ".join(map(str, answer.option_ids))
    incoming = Incoming(
        *(KIND, str(user.id), str(user.id), numbers),
        name=_name(user),
        poll=answer.poll_id,
        event="voted",
    )
    return Heard(incoming)


# ---------------------------------------------------------------- what happens


def _membership(change: ChatMemberUpdated, joins: str) -> Heard | None:
    """The bot was added, blocked, kicked, silenced, unblocked."""
    could, can = (
        _can_write(change.old_chat_member, change.chat),
        _can_write(change.new_chat_member, change.chat),
    )
    if could == can:
        return None
    private = change.chat.type == ChatType.PRIVATE
    incoming = Incoming(
        *(KIND, str(change.chat.id), str(change.from_user.id), ""),
        name=_name(change.from_user),
        group=not private,
        title="" if private else _title(change.chat),
        admin=True,
        event="gone",
    )
    if not can:
        reason = "blocked" if private else AWAY.get(str(change.new_chat_member.status), "no rights")
        return Heard(replace(incoming, text=reason))
    if change.chat.type == ChatType.CHANNEL:
        return Heard(replace(incoming, event="added", text=joins))
    was_there = private or change.old_chat_member.status not in AWAY
    return Heard(replace(incoming, event="back" if was_there else "added"))


def _can_write(member: ChatMember, chat: Chat) -> bool:
    if chat.type == ChatType.CHANNEL:
        return bool(getattr(member, "can_post_messages", False))
    if member.status == ChatMemberStatus.RESTRICTED:
        return bool(getattr(member, "is_member", False) and getattr(member, "can_send_messages", False))
    return member.status not in AWAY


# ---------------------------------------------------------------- parts of an Incoming


def _incoming(message: Message, text: str, event: str = "") -> Incoming:
    group = message.chat.type != ChatType.PRIVATE
    user = message.from_user
    return Incoming(
        *(KIND, str(message.chat.id), str(user.id if user else message.chat.id), text),
        name=_name(user) if user else _title(message.chat),
        thread=_thread(message),
        group=group,
        title=_title(message.chat) if group else "",
        admin=not group,
        event=event,  # type: ignore[arg-type]
    )


def _thread(message: Message) -> str:
    """Only topics are threads; in other groups the same field counts answers, and sending to it is refused."""
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""


def _name(user: User) -> str:
    return user.full_name[:NAME_LENGTH]


def _title(chat: Chat) -> str:
    return (chat.title or chat.full_name or "")[:NAME_LENGTH]
