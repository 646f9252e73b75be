"""People's data is theirs: shown, exported, erased."""

import html
import json
import re
import secrets
import shutil
from typing import Any

from bot.commands.base import Command, Replies, Turn
from bot.messages import Reply, rich, row, say
from bot.model import Complaint
from bot.store import Store, members, offers
from bot.study import drafts

EXPORTS = "exports"  # folder of the files that /mydata makes; the running bot empties it after a day
KEPT = "聊天原文不进日志；网页和终端为了下次还能看，另存最近 90 天的对话。"
PRIVACY = (
    "我存这些：你的编号和称呼、推送设置、看过和读过的卡片、答题、报过的题、收藏。\n"
    f"{KEPT}\n"
    "数据只在这台服务器上，不给别人；管服务器的人能看到。\n"
    "组织者看得到几个人订阅、公告没送到谁；看不到你学了什么、收藏了什么。\n"
    "群里的投票题不匿名：谁选了什么，同群的人都看得到。\n"
    "为防乱试，输错的口令按编号的指纹记 10 分钟，到时删掉。"
)


def mydata(turn: Turn) -> Replies:
    """Both files are made on the reading thread: a large history must not hold up the others."""
    who = turn.who
    folder = turn.settings.data / EXPORTS / f"{who.id}-{secrets.token_hex(8)}"

    def export(store: Store) -> list[Reply]:
        everything = members.everything(store, who)
        name = re.sub(r"[^\w-]+", "", who.name)[:30] or "me"
        folder.mkdir(parents=True, exist_ok=True)
        paths = (folder / f"{name}.json", folder / f"{name}.html")
        paths[0].write_text(json.dumps(everything, ensure_ascii=False, indent=1), "utf-8")
        paths[1].write_text(page(who.name, everything), "utf-8")
        return [summary(everything, tuple(str(path) for path in paths))]

    return [Reply(rich("正在整理你的数据。"), private=True, work=export)]


def summary(everything: dict[str, list[Any]], paths: tuple[str, ...]) -> Reply:
    cards = {(row_["pack"], row_["card"]) for row_ in everything["assigned"] if row_["shown"]}
    cards |= {(row_["pack"], row_["card"]) for row_ in everything["reads"]}  # those of groups, too
    parts = [
        "设置",
        f"{len(cards)} 张卡片的送达和已读",
        *([f"{len(everything['answers'])} 次答题"] if everything.get("answers") else []),
        f"{len(everything['favourites'])} 张收藏",
    ]
    text = f"这是你在这里的全部数据：{'、'.join(parts)}。\n{KEPT}"
    below = row(("清除数据", "/forgetme"), ("隐私说明", "/privacy"))
    return Reply(rich(text), (below,), private=True, documents=paths)


def page(name: str, everything: dict[str, list[Any]]) -> str:
    """The same for reading: one table a kind."""
    parts = [
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>我的数据</title>',
        f"<h1>{html.escape(name)} · 我的数据</h1>",
    ]
    for table, rows in everything.items():
        if not rows:
            continue
        parts.append(f"<h2>{html.escape(table)}（{len(rows)}）</h2><table border=1><tr>")
        parts += [f"<th>{html.escape(column)}</th>" for column in rows[0]]
        for each in rows:
            parts.append("</tr><tr>")
            parts += [f"<td>{html.escape(str(value))}</td>" for value in each.values()]
        parts.append("</tr></table>")
    return "".join(parts)


def forgetme(turn: Turn) -> Replies:
    if turn.arg.startswith("ok"):
        sentence = f"/forgetme {turn.arg}"
        where = turn.incoming
        chat = where.user if where.group else where.chat
        if not offers.is_offered(turn.store, where.channel, chat, turn.who.id, sentence, turn.now):
            how = turn.how("清除数据", "/forgetme")
            raise Complaint(f"这个按钮过期了。请重新来一次，例如：{how}", ("清除数据", "/forgetme"))
        members.erase(turn.store, turn.who)
        drafts.drop_of(turn.settings.data, turn.who.id)
        for left in (turn.settings.data / EXPORTS).glob(f"{turn.who.id}-*"):
            shutil.rmtree(left, ignore_errors=True)
        return [Reply(rich("已全部删除。想重新开始，请发：开始"), edits=True, private=True)]
    if turn.arg == "no":
        return [Reply(rich("好，什么都没删。"), (row(("今日学习", "/today")),), edits=True, private=True)]
    too = "、没采用的导入" if turn.organiser else ""
    text = (
        f"会立刻删除：订阅、学习记录、答题、收藏、称呼{too}。不能恢复。\n"
        "你导出过的文件和服务器上的备份，我收不回。"
    )
    below = row(
        ("全部删除", f"/forgetme ok {offers.new_stamp()}"), ("先导出", "/mydata"), ("不删", "/forgetme no")
    )
    return [Reply(rich(text), (below,), private=True, yes=True)]


def privacy(_: Turn) -> Replies:
    return [say(PRIVACY, rows=(row(("我的数据", "/mydata"), ("清除数据", "/forgetme")),))]


MYDATA = Command("mydata", "我的数据", ("我的数据",), mydata, in_groups=False)
FORGETME = Command(
    "forgetme", "清除数据", ("清除数据", "删除我的数据"), forgetme, in_groups=False, by_name=True
)
PRIVACY_ = Command("privacy", "隐私", ("隐私",), privacy, in_groups=False)
