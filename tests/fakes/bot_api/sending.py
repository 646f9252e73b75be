"""Methods that write, change and remove messages, and answer button presses.

Invariant: a method either raises an ApiError and changes nothing, or changes the world and tells the chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import NOT_MODIFIED, OLD_QUERY, bad, broken, forbidden
from .markup import Entity, MarkupError, finish, parse_html, utf16
from .world import Chat, Json, Message

if TYPE_CHECKING:
    from .server import FakeBotApi

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
NEEDS = {
    "text": "can_send_messages", "photo": "can_send_photos", "document": "can_send_documents",
    "poll": "can_send_polls",
}  # fmt: skip


def target(api: FakeBotApi, params: Json, field: str = "chat_id") -> Chat:
    """The chat a request names. Unknown ones are rejected: a bot only knows chats it was told of."""
    name = params.get(field)
    if name is None or name == "":
        raise broken(f"{field} is empty")
    chat = api.world.chat(name)
    if chat is None:
        raise broken("chat not found")
    if chat.migrated_to is not None:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    return chat


def may_send(chat: Chat, what: str = "text") -> None:
    """Raise what the real server says when the bot may not write here."""
    if chat.type == "private":
        user = chat.user
        assert user is not None
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.blocked:
            raise forbidden("bot was blocked by the user")
        if not user.opened:
            raise (
                forbidden("bot can't initiate conversation with a user")
                if user.known
                else bad("chat not found")
            )
        return
    here = chat.member(chat.bot)
    if here.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if here.status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    if chat.type == "channel":
        if not (here.rules and here.may("can_post_messages")):
            raise bad("need administrator rights in the channel chat")
    elif here.status == "restricted" and not here.may(NEEDS.get(what, "can_send_other_messages")):
        raise bad(f"not enough rights to send {what} messages to the chat")


def thread_of(chat: Chat, params: Json) -> int | None:
    """message_thread_id if it names an open topic; the general topic has no id that can be sent to."""
    thread = params.get("message_thread_id")
    if thread is None:
        return None
    if not chat.is_forum or thread not in chat.topics:
        raise bad("message thread not found")
    if chat.topics[thread].get("closed"):
        raise bad("TOPIC_CLOSED")
    return int(thread)


def formatted(
    api: FakeBotApi, text: str | None, mode: str | None, entities: list[Entity] | None, limit: int, what: str
) -> tuple[str, list[Entity]]:
    """Text and entities as stored. `what` is "message" or "caption", for the error sentences."""
    if not text:
        if what == "message":
            raise broken("message text is empty")
        return "", []
    found: list[Entity] = list(entities or ())
    if mode and mode.upper() == "HTML":
        try:
            text, found = parse_html(text)
        except MarkupError as error:
            raise broken(f"can't parse entities: {error}") from None
    elif mode:
        if mode.lower() not in {"markdown", "markdownv2"}:
            raise broken("unsupported parse_mode")
        api.unchecked.append(f"parse_mode {mode} is not read by the fake")
    text, found = finish(text, found)
    if not text and what == "message":
        raise broken("text must be non-empty")
    if utf16(text) > limit:
        raise broken("message is too long" if what == "message" else "message caption is too long")
    return text, found


def split_markup(markup: Json | None) -> tuple[Json | None, Json | None]:
    """reply_markup as (inline keyboard or None, any other keyboard or None)."""
    if not markup:
        return None, None
    if "inline_keyboard" in markup:
        rows = [row for row in markup["inline_keyboard"] if row]
        return ({"inline_keyboard": rows} if rows else None), None
    return None, markup


def replied(chat: Chat, params: Json) -> Message | None:
    """The message replied to, or None."""
    wanted = params.get("reply_parameters") or {}
    number = wanted.get("message_id", params.get("reply_to_message_id"))
    if number is None:
        return None
    message = chat.messages.get(number)
    if message is None or message.deleted:
        if wanted.get("allow_sending_without_reply", params.get("allow_sending_without_reply")):
            return None
        raise bad("message to be replied not found")
    return message


def deliver(api: FakeBotApi, chat: Chat, params: Json, content: Json, poll: Any = None) -> Message:
    """Store a message of the bot and tell the chat. The caller has asked `may_send`."""
    thread = thread_of(chat, params)
    reply_to = replied(chat, params)
    markup, keyboard = split_markup(params.get("reply_markup"))
    sender, sender_chat = (None, chat) if chat.type == "channel" else (api.world.bot, None)
    message = api.world.post(
        chat,
        content,
        sender=sender,
        sender_chat=sender_chat,
        markup=markup,
        reply_to=reply_to,
        thread=thread,
        poll=poll,
    )
    message.keyboard = keyboard
    chat.tell("sent", message)
    return message


def send_message(api: FakeBotApi, params: Json, files: Json) -> Json:
    chat = target(api, params)
    text, entities = formatted(
        api, params.get("text"), params.get("parse_mode"), params.get("entities"), TEXT_LIMIT, "message"
    )
    may_send(chat)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return deliver(api, chat, params, content).json()


def own(api: FakeBotApi, params: Json, doing: str) -> Message:
    """The bot's own message that a request wants to change. `doing`: "edit" or "delete"."""
    chat = target(api, params)
    if (number := params.get("message_id")) is None:
        raise broken("message identifier is not specified")
    if (chat.type != "private" and not chat.member(chat.bot).inside) or (
        chat.user is not None and chat.user.blocked
    ):
        may_send(chat)
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad(f"message to {doing} not found")
    mine = message.from_bot or (chat.type == "channel" and message.sender_chat is chat)
    if doing == "edit" and not mine:
        raise bad("message can't be edited")
    return message


def _changed(api: FakeBotApi, message: Message, content: Json, markup: Json | None) -> Json:
    if message.content == content and message.markup == markup:
        raise bad(NOT_MODIFIED)
    message.content, message.markup = content, markup
    message.edit_date = api.world.now()
    message.chat.tell("edited", message)
    return message.json()


def edit_message_text(api: FakeBotApi, params: Json, files: Json) -> Json:
    if params.get("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    message = own(api, params, "edit")
    text, entities = formatted(
        api, params.get("text"), params.get("parse_mode"), params.get("entities"), TEXT_LIMIT, "message"
    )
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    return _changed(api, message, content, split_markup(params.get("reply_markup"))[0])


def edit_message_caption(api: FakeBotApi, params: Json, files: Json) -> Json:
    message = own(api, params, "edit")
    if not {"photo", "document"} & message.content.keys():
        raise bad("there is no caption in the message to edit")
    content = {k: v for k, v in message.content.items() if k not in {"caption", "caption_entities"}}
    content |= caption(api, params)
    return _changed(api, message, content, split_markup(params.get("reply_markup"))[0])


def edit_message_reply_markup(api: FakeBotApi, params: Json, files: Json) -> Json:
    message = own(api, params, "edit")
    return _changed(api, message, message.content, split_markup(params.get("reply_markup"))[0])


def caption(api: FakeBotApi, params: Json) -> Json:
    """caption and caption_entities as fields of a message's content."""
    text, entities = formatted(
        api,
        params.get("caption"),
        params.get("parse_mode"),
        params.get("caption_entities"),
        CAPTION_LIMIT,
        "caption",
    )
    return ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})


def delete_message(api: FakeBotApi, params: Json, files: Json) -> bool:
    message = own(api, params, "delete")
    chat = message.chat
    if (
        chat.type != "private"
        and not message.from_bot
        and not chat.member(chat.bot).may("can_delete_messages")
    ):
        raise bad("message can't be deleted")
    message.deleted = True
    chat.tell("deleted", message)
    return True


def delete_messages(api: FakeBotApi, params: Json, files: Json) -> bool:
    chat = target(api, params)
    for number in params.get("message_ids", ()):
        if number in chat.messages and not chat.messages[number].deleted:
            delete_message(api, {"chat_id": chat.id, "message_id": number}, {})
    return True


def _source(api: FakeBotApi, params: Json, verb: str) -> Message:
    chat = target(api, params, "from_chat_id")
    message = chat.messages.get(params.get("message_id", 0))
    if message is None or message.deleted:
        raise bad(f"message to {verb} not found")
    return message


def copy_message(api: FakeBotApi, params: Json, files: Json) -> Json:
    chat, source = target(api, params), _source(api, params, "copy")
    may_send(chat)
    if not {"text", "photo", "document", "sticker"} & source.content.keys():
        raise bad("message can't be copied")
    content = dict(source.content)
    if "caption" in params:
        content = {k: v for k, v in content.items() if k not in {"caption", "caption_entities"}} | caption(
            api, params
        )
    return {"message_id": deliver(api, chat, params, content).id}


def forward_message(api: FakeBotApi, params: Json, files: Json) -> Json:
    chat, source = target(api, params), _source(api, params, "forward")
    may_send(chat)
    origin: Json = {"type": "hidden_user", "date": source.date, "sender_user_name": "?"}
    if source.sender is not None:
        origin = {"type": "user", "date": source.date, "sender_user": source.sender.json()}
    elif source.sender_chat is not None:
        kind = "channel" if source.chat.type == "channel" else "chat"
        origin = {
            "type": kind,
            "date": source.date,
            "chat" if kind == "channel" else "sender_chat": source.chat.json(),
        }
        if kind == "channel":
            origin["message_id"] = source.id
    return deliver(api, chat, params, {**source.content, "forward_origin": origin}, source.poll).json()


def send_chat_action(api: FakeBotApi, params: Json, files: Json) -> bool:
    chat = target(api, params)
    may_send(chat)
    thread_of(chat, params)
    chat.tell("action", None, params.get("action", ""))
    return True


def answer_callback_query(api: FakeBotApi, params: Json, files: Json) -> bool:
    press = api.presses.get(params.get("callback_query_id", ""))
    if press is None:
        api.faults.append(f"answered an unknown callback query {params.get('callback_query_id')!r}")
        raise bad(OLD_QUERY)
    if press.answer is not None:
        api.faults.append(f"answered the press of {press.label!r} twice")
        raise bad(OLD_QUERY)
    if press.expired:
        raise bad(OLD_QUERY)
    press.take(params)
    return True
