"""Methods about the bot and its chats: who is it, its menu and texts, memberships.

Invariant: the menu a person sees follows Telegram's order of scopes, narrowest first, language before none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import bad, broken, forbidden
from .sending import target
from .world import Chat, Json, Member, User

if TYPE_CHECKING:
    from .server import FakeBotApi

Menu = dict[tuple[Any, ...], list[Json]]


def get_me(api: FakeBotApi, params: Json, files: Json) -> Json:
    return api.world.bot.json() | {
        "can_join_groups": True, "can_read_all_group_messages": not api.privacy,
        "supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


def log_out(api: FakeBotApi, params: Json, files: Json) -> bool:
    api.revoke()
    return True


def close(api: FakeBotApi, params: Json, files: Json) -> bool:
    return True


def scope_key(scope: Json | None) -> tuple[Any, ...]:
    """A scope as a key: (type, chat, person)."""
    scope = scope or {"type": "default"}
    chat = scope.get("chat_id")
    return (
        scope["type"],
        int(chat) if isinstance(chat, str) and chat.lstrip("-").isdigit() else chat,
        scope.get("user_id"),
    )


def _scoped(api: FakeBotApi, params: Json) -> tuple[Any, ...]:
    key = scope_key(params.get("scope"))
    if key[0] not in {
        "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
        "chat_administrators", "chat_member",
    }:  # fmt: skip
        raise broken("unsupported BotCommandScope specified")
    if key[1] is not None:
        target(api, {"chat_id": key[1]})
    return (*key, params.get("language_code", ""))


def set_my_commands(api: FakeBotApi, params: Json, files: Json) -> bool:
    if params.get("commands") is None:
        raise broken("commands must be specified")
    api.menu[_scoped(api, params)] = params["commands"]
    return True


def get_my_commands(api: FakeBotApi, params: Json, files: Json) -> list[Json]:
    return api.menu.get(_scoped(api, params), [])


def delete_my_commands(api: FakeBotApi, params: Json, files: Json) -> bool:
    api.menu.pop(_scoped(api, params), None)
    return True


def menu_for(menu: Menu, chat: Chat, member: Member, language: str) -> list[Json]:
    """The commands a person is shown in a chat."""
    if chat.type == "private":
        order: list[tuple[Any, ...]] = [("chat", chat.id, None), ("all_private_chats", None, None)]
    else:
        order = [("chat_member", chat.id, member.user.id)]
        order += [("chat_administrators", chat.id, None)] if member.rules else []
        order += [("chat", chat.id, None)]
        order += [("all_chat_administrators", None, None)] if member.rules else []
        order += [("all_group_chats", None, None)]
    for key in [*order, ("default", None, None)]:
        for code in (language, ""):
            if (*key, code) in menu:
                return menu[(*key, code)]
    return []


def _text(field: str, remove: bool) -> Any:
    def put(api: FakeBotApi, params: Json, files: Json) -> bool:
        api.texts[field, params.get("language_code", "")] = params.get(field, "")
        return True

    def get(api: FakeBotApi, params: Json, files: Json) -> Json:
        return {
            field: api.texts.get((field, params.get("language_code", "")), api.texts.get((field, ""), ""))
        }

    return put if remove else get


set_my_name, get_my_name = _text("name", True), _text("name", False)
set_my_description, get_my_description = _text("description", True), _text("description", False)
set_my_short_description = _text("short_description", True)
get_my_short_description = _text("short_description", False)


def _looked_at(api: FakeBotApi, params: Json) -> Chat:
    chat = target(api, params)
    if chat.type == "private":
        assert chat.user is not None
        if not chat.user.opened and not chat.user.known:
            raise broken("chat not found")
        return chat
    here = chat.member(api.world.bot)
    if here.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if here.status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def get_chat(api: FakeBotApi, params: Json, files: Json) -> Json:
    chat = _looked_at(api, params)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if chat.pinned is not None:
        full["pinned_message"] = chat.pinned.json()
    return chat.json() | full


def _person(api: FakeBotApi, params: Json) -> User:
    user = api.world.users.get(params.get("user_id", 0))
    if user is None:
        raise bad("invalid user_id specified")
    return user


def get_chat_member(api: FakeBotApi, params: Json, files: Json) -> Json:
    chat = _looked_at(api, params)
    user = _person(api, params)
    if chat.type == "channel" and not chat.member(api.world.bot).rules:
        raise bad("member list is inaccessible")
    return chat.member(user).json(chat.type == "channel")


def get_chat_administrators(api: FakeBotApi, params: Json, files: Json) -> list[Json]:
    chat = _looked_at(api, params)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    bots = params.get("return_bots", False)
    me = api.world.bot
    found = [m for m in chat.members.values() if m.rules and (not m.user.is_bot or m.user is me or bots)]
    return [member.json(chat.type == "channel") for member in found]


def get_chat_member_count(api: FakeBotApi, params: Json, files: Json) -> int:
    chat = _looked_at(api, params)
    return 2 if chat.type == "private" else sum(member.inside for member in chat.members.values())


def leave_chat(api: FakeBotApi, params: Json, files: Json) -> bool:
    chat = _looked_at(api, params)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    api.change_member(chat, api.world.bot, Member(api.world.bot, "left"), by=api.world.bot)
    return True
