"""Subscribing, time, days and zone, and leaving."""

from dataclasses import replace
from datetime import timedelta

from bot.commands.base import NOTHING, Command, Replies, Turn
from bot.commands.cards import sends
from bot.commands.shelf import followed, switched
from bot.commands.today import clock_of, shown, todays
from bot.commands.when import (
    When,
    WhenComplaint,
    after_han,
    before_han,
    date_words,
    describe,
    parse_when,
)
from bot.days import clock, clock_on
from bot.messages import Reply, row, say
from bot.model import Complaint, Pack
from bot.store import members, subscriptions
from bot.study import daily, joining
from bot.study.daily import Today
from bot.study.joining import Change

CHANGE = ("改时间", "/time")
SETTINGS = ("推送设置", "/settings")
TODAY = ("今日学习", "/today")
TIMES = (("07:22", "/time 07:22"), ("12:22", "/time 12:22"), ("20:52", "/time 20:52"))


# ---------------------------------------------------------------- subscribing


def subscribe(turn: Turn) -> Replies:
    new, when = _asked(turn)
    turn, moved = _here(turn)
    if new and turn.sub.active:
        said = followed(turn, new)
        turn = replace(turn, sub=replace(turn.sub, pack=new.id))
        return _change(turn, when, CHANGE, SETTINGS, before=[said]) if when else [said]
    if turn.sub.active:
        return _change(turn, when, CHANGE, SETTINGS, moved=moved)
    if new:
        turn = switched(turn, new)
    if turn.empty:
        return [_waiting(turn, when)]
    if turn.incoming.group:
        return [_group(turn, when)]
    _move(turn, when)
    done = joining.subscribe(
        *(turn.store, turn.sub, turn.settings.calendar, turn.now, when.days, when.minute, when.zone)
    )
    turn = replace(turn, sub=done.sub)
    text = f"已订阅：{_described(done)}。{begins(done)}起送达，现在先看今天的一段。"
    card = todays(turn)
    if card.pack.id != turn.sub.pack:
        text += f"\n今天的卡片已经给了，下一张起是《{turn.pack.title}》。"
    return [say(text, rows=(row(CHANGE, SETTINGS),)), shown(turn, card)]


def _asked(turn: Turn) -> tuple[Pack | None, When]:
    """The other pack that the sentence names, if any, and the rest, which says when."""
    words = turn.arg.split()
    named = next((word for word in words if word in turn.packs), None)
    if named:
        words.remove(named)
    when = parse_when(" ".join(words), "/subscribe")
    return turn.packs[named] if named and named != turn.sub.pack else None, when


def _here(turn: Turn) -> tuple[Turn, bool]:
    """A group with topics gets its card in the one where this was asked for; whether that is another one."""
    thread = turn.incoming.thread
    if turn.private or turn.sub.address.thread == thread:
        return turn, False
    return replace(turn, sub=subscriptions.move_thread(turn.store, turn.sub, thread)), True


def _group(turn: Turn, when: When) -> Reply:
    done = joining.subscribe(
        *(turn.store, turn.sub, turn.settings.calendar, turn.now, when.days, when.minute, when.zone),
        with_card=False,
    )
    turn = replace(turn, sub=done.sub)
    text = (
        f"本群已订阅：{_described(done)}。{begins(done)}{sends(coming(turn, done))}。\n"
        "每张卡片下有“已读”，各点各的，只有自己看得到结果。"
    )
    return say(text, rows=(row(SETTINGS, ("现在看一张", "/today")),))


def _waiting(turn: Turn, when: When) -> Reply:
    """Subscribing while there is no card yet."""
    _move(turn, when)
    done = joining.subscribe(
        *(turn.store, turn.sub, turn.settings.calendar, turn.now, when.days, when.minute, when.zone),
        with_card=False,
    )
    return replace(turn, sub=done.sub).nothing_yet()


def _change(
    turn: Turn, when: When, *below: tuple[str, str], before: Replies | None = None, moved: bool = False
) -> Replies:
    """What is subscribed already gets other days, another time or zone. `below`: the buttons; `before`: what
    has been changed already."""
    old = turn.sub
    _move(turn, when)
    done = joining.change(
        *(turn.store, turn.sub, turn.settings.calendar, turn.now, when.days, when.minute, when.zone),
        turn.settings.catch_up_until,
        with_card=not turn.empty,
    )
    turn = replace(turn, sub=done.sub)
    if not done.changed and before:
        return before
    if not done.changed and moved:
        return [
            say(
                f"以后发在这个话题里：{_described(done)}。下一次{after_han(_day(done))}。",
                rows=(row(*below),),
            )
        ]
    if not done.changed:
        return [
            say(
                f"已经是：{_described(done)}。下一次{after_han(_day(done))}，没有改动。",
                rows=(row(CHANGE, TODAY),),
            )
        ]
    new_zone = done.sub.zone != old.zone
    there = f"，当地现在 {clock(turn.now, done.sub.zone)}" if new_zone else ""
    how = "当地时间" if new_zone else "新时间"
    if turn.empty and done.today != "sent":
        rest = f"{NOTHING}上好后按{how}送达。"
    elif done.today == "ahead":
        rest = f"今天 {clock_of(done.sub.minute)} 送达。"
    elif done.today == "now":
        rest = f"今天的现在补上，{begins(done)}起按{how}。"
    elif done.today == "soon":
        rest = f"今天的马上补上，{begins(done)}起按{how}。"
    elif done.today == "sent" and new_zone:
        rest = f"今天的已送达，{begins(done)}按当地时间送下一张。"
    elif done.today == "sent" and done.sent:
        rest = f"今天的已在 {clock_on(done.sent, done.sub.zone, turn.now)} 送达，{begins(done)}起按{how}。"
    elif done.next:
        rest = f"{before_han(_day(done))}起按{how}送达。"
    else:
        rest = "近一年里没有推送日。"
    back = ((f"改回 {old.zone}", f"/time {old.zone}"),) if new_zone else ()
    rest += "以后发在这个话题里。" if moved else ""
    said = say(f"已改为：{_described(done)}{there}。{rest}", rows=(row(*below, *back),))
    replies = [*(before or ()), said]
    return [*replies, shown(turn, todays(turn))] if done.today == "now" else replies


# ---------------------------------------------------------------- time, days, zone


def time(turn: Turn) -> Replies:
    now = describe(turn.sub.days, turn.sub.minute, turn.sub.zone)
    if turn.arg in {"days", "zone"}:
        return [_days(turn) if turn.arg == "days" else _zone(turn)]
    if not turn.arg:
        none = "现在没有订阅" if turn.sub.active_since else "还没有订阅"
        said = f"现在是{now}。" if turn.sub.active else f"{none}；订阅后{now}送达。"
        text = f"{said}{turn.write('直接发', '新时间')}，例如：晚上9点"
        return [
            Reply(
                say(text).text,
                (row(*TIMES, ("只在工作日", "/time 工作日")),),
                prompt="/time",
            )
        ]
    when = parse_when(turn.arg, "/time")
    if not when:
        raise WhenComplaint(
            "days", f"没看懂“{turn.arg[:20]}”是什么时候。请写日子或几点，例如：/time 工作日 07:52", "/time"
        )
    return _set(turn, when)


def zone(turn: Turn) -> Replies:
    """时区 东京: what cannot be read is called a zone."""
    return _set(turn, parse_when(turn.arg, "/time", wants="zone")) if turn.arg else [_zone(turn)]


def _set(turn: Turn, when: When) -> Replies:
    if turn.sub.active:
        return _change(turn, when, SETTINGS)
    _move(turn, when)
    done = joining.change(
        *(turn.store, turn.sub, turn.settings.calendar, turn.now, when.days, when.minute, when.zone)
    )
    return [
        say(
            f"已记下：{_described(done)}。现在没有订阅，不会有推送。要开始，请发：{turn.how('订阅', '/subscribe')}",
            rows=(row((f"订阅 {clock_of(done.sub.minute)}", "/subscribe"), SETTINGS),),
        )
    ]


def _days(turn: Turn) -> Reply:
    choices = row(("每天", "/time 每天"), ("工作日", "/time 工作日"), ("周一到周五", "/time 周一到周五"))
    return Reply(
        say(f"哪几天推送？{turn.write('直接发')}也行，例如：周一三五").text,
        (choices, row(("返回", "/settings"))),
        edits=True,
        prompt="/time",
    )


def _zone(turn: Turn) -> Reply:
    here = f"现在的时区是 {turn.sub.zone}，当地 {clock(turn.now, turn.sub.zone)}"
    text = f"{here}。{turn.write('直接发', '城市')}也行，例如：东京"
    choices = row(
        ("上海", "/time Asia/Shanghai"), ("乌鲁木齐", "/time Asia/Urumqi"), ("东京", "/time Asia/Tokyo")
    )
    return Reply(say(text).text, (choices, row(("返回", "/settings"))), edits=True, prompt="/zone")


def unsubscribe(turn: Turn) -> Replies:
    if not turn.sub.active:
        return [nothing_to_stop(turn)]
    joining.leave(turn.store, turn.sub, turn.settings.calendar, turn.now)
    if turn.incoming.group:
        return [say("本群已退订，不再推送。", rows=(row(("重新订阅", "/subscribe")),))]
    text = "已退订，不再推送。收藏、错题本和学习记录都还在。"
    return [say(text, rows=(row(("重新订阅", "/subscribe"), ("清除数据", "/forgetme")),))]


def nothing_to_stop(turn: Turn) -> Reply:
    at = clock_of(turn.sub.minute)
    return say("现在没有订阅，不会有推送。", rows=(row((f"订阅 {at}", f"/subscribe {at}")),))


# ---------------------------------------------------------------- pieces of sentences


def _described(done: Change) -> str:
    """每天 07:52（Asia/Shanghai）, for workdays with ，随调休."""
    text = describe(done.sub.days, done.sub.minute, done.sub.zone)
    return text + ("，随调休" if done.sub.days.workdays else "")


def begins(done: Change) -> str:
    """From when pushes come: 明天 for whoever gets one every day; else the date, so that nobody waits in vain."""
    if done.next_day is None:
        return "有推送日时"
    tomorrow = done.next_day == done.day + timedelta(days=1)
    if tomorrow and not done.sub.days.workdays and len(done.sub.days.weekdays) == 7:
        return "明天"
    return before_han(_day(done))


def _day(done: Change) -> str:
    return date_words(done.next_day, done.day) if done.next_day else "还没有日期"


def coming(turn: Turn, done: Change) -> Today | None:
    """The card of the next push."""
    day = done.next_day or done.day + timedelta(days=1)
    return daily.upcoming(turn.store, turn.packs, turn.sub, turn.pack, day)


def _move(turn: Turn, when: When) -> None:
    """In private the member's own study day turns by the same zone."""
    if when.zone and turn.private:
        members.move(turn.store, turn.who.id, when.zone)


def is_when(text: str) -> bool:
    """Whether a whole text says when."""
    try:
        return bool(parse_when(text))
    except Complaint:
        return False


SUBSCRIBE = Command(
    "subscribe",
    "订阅每日推送",
    ("订阅", "订阅推送", "重新订阅"),
    subscribe,
    heads=("订阅",),
    loose=("订阅", "我要订阅", "我想订阅"),
    takes=is_when,
    manages=True,
)
UNSUBSCRIBE = Command(
    "unsubscribe", "退订", ("退订", "取消订阅", "TD", "不要再发"), unsubscribe, manages=True, by_name=True
)
TIME = Command(
    "time",
    "时间",
    ("时间", "改时间"),
    time,
    heads=("时间", "改时间"),
    loose=("时间", "改时间", "改到", "改成", "改为", "换到"),
    takes=is_when,
    manages=True,
    in_groups=False,
    fixed={"日子": "days", "时区": "zone", "只在工作日": "工作日"},
)
ZONE = Command("zone", "", (), zone, heads=("时区",), loose=("时区",), takes=is_when, manages=True)
