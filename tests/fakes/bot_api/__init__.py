"""A fake Telegram Bot API on loopback: for tests, the demo and benchmarks.

Invariant: it answers what the real server would answer, refuses what it would refuse, and remembers all.

    async with FakeBotApi() as server:
        lin = server.person("小林")
        ...  # start the bot with base_url=server.base_url, token=server.token
        await lin.says("/today")
        card = await lin.hears()
        press = await lin.presses("✅ 已读")
        assert await press.toast() == "已读，连续学习 7 天，今天 +1 分"
        server.assert_clean()
"""

from .errors import ApiError
from .groups import Group
from .hub import Hub
from .people import Person, Press
from .records import Call
from .server import METHODS, FakeBotApi
from .threads import Threaded
from .trouble import Order, SlidingWindow, TokenBucket, Trouble, per_chat, per_group
from .world import Chat, Member, Message, User

__all__ = [
    "METHODS",
    "ApiError",
    "Call",
    "Chat",
    "FakeBotApi",
    "Group",
    "Hub",
    "Member",
    "Message",
    "Order",
    "Person",
    "Press",
    "SlidingWindow",
    "Threaded",
    "TokenBucket",
    "Trouble",
    "User",
    "per_chat",
    "per_group",
]
