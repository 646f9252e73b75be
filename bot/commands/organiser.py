"""What organisers do: become one, let people in, tell all of them something."""

import re
import secrets
from datetime import timedelta

from bot.commands.base import Command, Replies, Turn
from bot.commands.desk import HELP
from bot.days import in_words, local_day
from bot.messages import Reply, rich, row, say
from bot.model import Complaint
from bot.store import announcements, members, offers

TRIES = 5
INVITED = timedelta(days=30)
CONFIRM = timedelta(minutes=10)
LONGEST = 3000  # characters of an announcement
BUTTON = re.compile(r"(ok|edit|no) ([0-9]{1,9}) [a-z0-9]{6}")
ANEW = "请在服务器上看新的口令，例如：python -m bot doctor"
NAMES = {"telegram": "Telegram", "web": "网页", "terminal": "终端"}
DIGITS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def claim(turn: Turn) -> Replies:
    """A one-time code from the server makes one an organiser. One that everybody in a group has seen is void.

    What is wrong is answered, not raised: it is counted, and a Complaint takes back what was written.
    """
    code = turn.arg.strip().upper()
    if turn.incoming.group:
        return [_claimed_in_group(turn, code)]
    if not code:
        raise Complaint("请写口令，它在服务器的屏幕上，例如：/claim 4F7Q-92KD")
    if members.misses(turn.store, turn.who, turn.now) >= TRIES:
        raise Complaint(f"试得太多了，10 分钟后再来。{_elsewhere(turn) or ANEW}")
    if not members.has_code(turn.store, "claim", code, turn.now):
        members.miss(turn.store, turn.who, turn.now)
        if other := _elsewhere(turn):
            return [say(f"这个口令不能用：已经有组织者了，不再发新的。{other}", rows=(HELP,))]
        return [say(f"这个口令不能用：不对、用过或过期了。{ANEW}", rows=(HELP,))]
    members.drop_claims(turn.store)
    members.make_organiser(turn.store, turn.who.id, turn.now)
    below = row(("学习统计", "/report"), ("导入文件", "/import"), ("使用帮助", "/help"))
    return [say("你现在是组织者。口令已失效，不能再用。", rows=(below,))]


def _elsewhere(turn: Turn) -> str:
    """How one becomes an organiser beside those there are; "" while a code does it."""
    if not turn.settings.organisers and not members.organisers(turn.store, ()):
        return ""
    me = f"{turn.incoming.channel}:{turn.incoming.user}"
    return f'请在服务器的配置里加上自己，例如：[organisers] members = ["{me}"]'


def _claimed_in_group(turn: Turn, code: str) -> Reply:
    link = turn.door("g")
    below = (row(("私聊我", link)),) if link else ()
    if not members.has_code(turn.store, "claim", code, turn.now):
        return say("口令请私聊发给我，群里发的不算，例如：先点我的头像，再发口令", rows=below)
    members.drop_code(turn.store, "claim", code)
    void = "口令请私聊发给我。刚才那个已作废，请换一个新的，例如：python -m bot doctor"
    return say(void, rows=below)


def new_code() -> str:
    """Eight letters and digits that cannot be mistaken for each other, as 4F7Q-92KD."""
    letters = [secrets.choice(DIGITS) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def invite(turn: Turn) -> Replies:
    """A code that lets people in for a month; where the channel has links, as a link."""
    code = "".join(secrets.choice(DIGITS) for _ in range(10))
    until = turn.now + INVITED
    members.put_code(turn.store, "invite", code, turn.who.id, until)
    link = turn.door(code)
    day = in_words(local_day(until, turn.who.zone))
    how = f"转发这个链接：\n{link}" if link else f"请对方发这句：\n/start {code}"
    text = f"邀请码 {code}，{day}前有效，不限人数。{how}"
    if turn.settings.access == "open":
        text += "\n现在谁都可以用，不用邀请码也行。"
    return [Reply(rich(text), private=True)]


def announce(turn: Turn) -> Replies:
    """Preview, count, confirmation; then every subscriber gets it through the outbox.

    Only what has a button's form is one; any other text is an announcement, whatever word it begins with.
    """
    if button := BUTTON.fullmatch(turn.arg):
        if button[1] == "ok":
            return [_announced(turn, int(button[2]))]
        if button[1] == "edit":
            return [Reply(rich("请发新的公告内容。"), prompt="/announce", private=True)]
        announcements.drop(turn.store, turn.who.id)
        below = row(("再写一条", "/announce"), ("使用帮助", "/help"))
        return [Reply(rich("已取消，没有发出。"), (below,), edits=True, private=True)]
    if not turn.arg:
        return [
            Reply(rich("请写公告内容，例如：/announce 明晚七点讨论第二篇"), prompt="/announce", private=True)
        ]
    if len(turn.arg) > LONGEST:
        raise Complaint(
            f"公告有 {len(turn.arg)} 字，太长了。请写 {LONGEST} 字以内，例如：/announce 明晚七点讨论第二篇"
        )
    return [_preview(turn, turn.arg, "预览：\n")]


def _preview(turn: Turn, text: str, head: str) -> Reply:
    reach, idle = announcements.reach(turn.store, turn.day)
    count = sum(reach.values())
    if not count:
        raise Complaint("现在没有人订阅，公告没有人收。等有人订阅了再发，例如：/invite", ("邀请", "/invite"))
    made = announcements.make(turn.store, turn.who.id, turn.sub.id, text, count, turn.now)
    by_channel = "，".join(f"{NAMES.get(name, name)} {n}" for name, n in reach.items())
    rest = f"另有 {idle} 人暂停或退订，不发。" if idle else ""
    body = f"{head}{text}\n\n将发给 {count} 人：{by_channel}。{rest}发出后不能收回。"
    if rest:
        body = f"{head}{text}\n\n将发给 {count} 人：{by_channel}；{rest}发出后不能收回。"
    stamp = offers.new_stamp()
    below = row(
        (f"发给 {count} 人", f"/announce ok {made} {stamp}"),
        ("改内容", f"/announce edit {made} {stamp}"),
        ("取消", f"/announce no {made} {stamp}"),
    )
    return Reply(rich(body), (below,), private=True, yes=True)


def _announced(turn: Turn, number: int) -> Reply:
    where = turn.incoming
    chat = where.user if where.group else where.chat
    found = announcements.get(turn.store, number)
    sentence = f"/announce {turn.arg}"
    offered = offers.is_offered(turn.store, where.channel, chat, turn.who.id, sentence, turn.now)
    if found is None or found.by != turn.who.id or not offered:
        raise Complaint("这个按钮过期了。请重新发公告，例如：/announce 明晚七点讨论第二篇")
    if found.sent:
        raise Complaint("这条公告已经发出了。要再发一条，例如：/announce 明晚七点讨论第二篇")
    reach, _ = announcements.reach(turn.store, turn.day)
    count = sum(reach.values())
    if turn.now - found.made > CONFIRM or count != found.count:
        announcements.drop(turn.store, turn.who.id)
        changed = f"人数从 {found.count} 变成 {count}，" if count != found.count else "隔得有点久了，"
        return _preview(turn, found.text, f"{changed}请再确认一次。\n")
    announcements.send(turn.store, found, turn.day, turn.now)
    return Reply(rich(f"正在发：0/{count}"), edits=True, private=True)


CLAIM = Command("claim", "", (), claim)
INVITE = Command("invite", "邀请", ("邀请",), invite, organiser=True)
ANNOUNCE = Command(
    "announce", "公告", ("公告",), announce, heads=("公告",), organiser=True, as_written=True, by_name=True
)
