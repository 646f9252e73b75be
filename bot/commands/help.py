"""The door: greeting and help. Help tells only of what is built."""

from bot.commands.base import Command, Replies, Turn
from bot.messages import row, say

HELP_ROWS = (
    row(("今日学习", "/today"), ("文章目录", "/articles")),
    row(("术语表", "/term"), ("使用帮助", "/help")),
)


def start(turn: Turn) -> Replies:
    pack = turn.pack
    if not turn.new:
        return [say("欢迎回来。想看今天的卡片，请发：今日", rows=HELP_ROWS)]
    return [
        say(
            "你好，我是每日一学：每天一段，两分钟读完。\n"
            f"现在的内容：《{pack.title}》，{len(pack.articles)} 篇，{len(pack.cards)} 天。\n"
            "可以先看今天的一段。",
            rows=HELP_ROWS,
        )
    ]


def help_(_: Turn) -> Replies:
    return [
        say(
            "直接发这些词就行：\n今日　看今天的卡片\n目录　读文章\n搜索 词　在全部文章里找\n术语 词　查解释\n"
            "其他的词，我会直接拿去搜索。",
            rows=(row(("今日学习", "/today"), ("文章目录", "/articles"), ("术语表", "/term")),),
        )
    ]


START = Command("start", "开始使用", ("开始", "你好", "您好", "hi", "hello"), start)
HELP = Command("help", "使用帮助", ("帮助", "菜单", "?", "help", "怎么用"), help_)
