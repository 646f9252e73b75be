"""What is set, and why nothing came: both answered from what is stored."""

from datetime import date, datetime, timedelta

from bot.commands.base import Command, Replies, Turn
from bot.commands.pausing import comes_back
from bot.commands.when import after_han, before_han, date_words, describe
from bot.commands.when import clock as clock_of
from bot.days import NAMES, clock, clock_on, in_words, local_day, slot
from bot.messages import Reply, rich, row, say
from bot.store import housekeeping, outbox, progress
from bot.store.outbox import Delivery
from bot.study import daily, joining

# What each channel can do, said where people set their time.
CARRIED = {
    "telegram": "Telegram 私聊，能主动推送",
    "terminal": "终端，先存在这里，你一来就能看到",
    "web": "网页，先存在这里，你一来就能看到",
}
LOOK_AHEAD_FROM = 11  # the month in which next year's 放假安排 is usually out
PACE = 28.0  # messages a second of a broadcast, as long as none was measured
BELOW = (row(("今日学习", "/today"), ("推送设置", "/settings")),)


def settings(turn: Turn) -> Replies:
    lines = [
        "推送设置",
        f"内容：{learning(turn)}",
        f"时间：{describe(turn.sub.days, turn.sub.minute, turn.sub.zone)}",
        f"状态：{state(turn)}",
        f"送到：{'本群' if turn.incoming.group else CARRIED.get(turn.sub.address.channel, '这里')}",
    ]
    pause = ("恢复", "/pause 0") if turn.sub.paused(turn.day) else ("暂停", "/pause")
    if not turn.sub.active:
        at = clock_of(turn.sub.minute)
        pause = (f"订阅 {at}", f"/subscribe {at}")
    choices = row(("时间", "/time"), ("日子", "/time days"), ("时区", "/time zone"), pause)
    return [Reply(rich("\n".join(lines)), (choices,), edits=True)]


def learning(turn: Turn) -> str:
    """What is learned from, and how far one has come."""
    pack = turn.packs.get(turn.sub.pack)
    if pack is None:
        return "还没有"
    n = daily.reached(turn.store, turn.sub, pack)
    far = f"第 {n}/{len(pack.cards)} 天" if n else "还没开始" if pack.cards else "还没有卡片"
    return f"《{pack.title}》{far}"


def state(turn: Turn) -> str:
    sub = turn.sub
    if not sub.active:
        return "没有订阅"
    if sub.paused_until and sub.paused(turn.day):
        return f"暂停，{before_han(date_words(sub.paused_until, turn.day))}恢复"
    row_ = outbox.on_day(turn.store, sub.id, turn.day)
    if row_ and row_.state in {"queued", "sending"}:
        said = "开启，今天的在排队"
    elif come(turn):
        said = "开启，今天的马上就送" if running(turn) else "开启，今天的等服务恢复就补"
    else:
        at = joining.next_push(turn.store, sub, turn.settings.calendar, turn.now)
        nxt = date_words(local_day(at, sub.zone), turn.day) if at else "还没有日期"
        said = f"开启，下一次{after_han(nxt)}"
    year = missing_year(turn)
    return f"{said}。{year} 年放假安排还没有，届时先按周一到周五" if year else said


def come(turn: Turn) -> bool:
    """Whether today's slot has come and no tick of the push has noted it yet."""
    return bool(joining.come(turn.sub, turn.settings.calendar, turn.now, turn.settings.catch_up_until))


def running(turn: Turn) -> bool:
    """Whether a bot is running that pushes; a `chat` beside it does not."""
    held = housekeeping.lease(turn.store)
    return held is not None and held[1] > turn.now.timestamp()


def missing_year(turn: Turn) -> int | None:
    """The year, this or soon the next, for which 工作日 has no table; None when all is well."""
    if not turn.sub.days.workdays:
        return None
    years = [turn.day.year, *([turn.day.year + 1] if turn.day.month >= LOOK_AHEAD_FROM else [])]
    return next((year for year in years if not turn.settings.calendar.has_table(year)), None)


# ---------------------------------------------------------------- why


def why(turn: Turn) -> Replies:
    text, *more = reason(turn)
    rows = (row(("现在恢复", "/pause 0"), *((b.label, b.says) for b in BELOW[0])),) if more else BELOW
    return [say(text, rows=rows)]


def reason(turn: Turn) -> tuple[str, ...]:
    """The answer, from the ledger; a second item where 恢复 helps."""
    sub, day = turn.sub, turn.day
    if not sub.active:
        if sub.ended == "gone" and sub.ended_at:
            reached = f"当时消息发不到{'你这里' if turn.private else '本群'}"
            how = turn.how("开始", "/start")
            return (f"推送在 {in_words(sub.ended_at, day)}停了：{reached}。发“{how}”就恢复。",)
        how = turn.how("订阅", "/subscribe")
        begin = f"请{'群管理员' if turn.barred else ''}发时间，例如：{how} {clock_of(sub.minute)}"
        return (f"现在没有订阅，所以没有推送。要开始，{begin}",)
    at = f"{clock_of(sub.minute)}（{sub.zone}）"
    nxt = joining.next_push(turn.store, sub, turn.settings.calendar, turn.now)
    if sub.paused_until and sub.paused(day):
        after_it = local_day(nxt, sub.zone) if nxt else None
        return f"暂停中：{comes_back(sub, sub.paused_until, after_it, day)}", "resume"
    after = (
        f"下一次{later(local_day(nxt, sub.zone), day, clock(nxt, sub.zone))}" if nxt else "近一年没有下一次"
    )
    row_ = outbox.on_day(turn.store, sub.id, day)
    if row_ is not None and (row_.ref != "reply" or progress.given_on(turn.store, sub.id, day)):
        return (ledger(turn, row_, after),)
    if turn.empty:
        return (str(turn.nothing()),)
    if not turn.settings.calendar.is_push_day(sub.days, day):
        return (f"今天（{NAMES[day.isoweekday() - 1]}）不在推送日里。{after}（{sub.zone}）。",)
    today = slot(day, sub.minute, sub.zone)
    if today and today > turn.now:
        return (f"今天的还没到时间：{at}送达。",)
    if come(turn) and running(turn):
        return (f"今天 {at}的马上就送。还没看到就点“今日学习”。",)
    if come(turn):
        return (f"今天 {at}的还没送：服务暂时停着，恢复了就补。等不及就点“今日学习”。",)
    if sub.next_due is not None and sub.next_due <= turn.now.timestamp():
        return (missed(f"今天 {at}", after),)
    if nxt and local_day(nxt, sub.zone) > day:
        return (f"今天的没有安排：设置是在 {clock_of(sub.minute)} 以后改的。{after}（{sub.zone}）。",)
    return (f"今天 {at}没有推送。{after}。",)


def missed(at: str, after: str) -> str:
    """The bot did not run, and it is too late for today."""
    return f"{at}的错过了：那时服务中断，太晚就不补了，卡片不会少。{after}。"


def ledger(turn: Turn, found: Delivery, after: str) -> str:
    """What the ledger says of today. After a journey its hour may have been yesterday's: then it has its date."""
    zone = turn.sub.zone
    slot_ = at_(found.due, turn)
    today = "今天 " if local_day(slot_, zone) == turn.day else ""
    due = f"{today}{clock_on(slot_, zone, turn.now)}（{zone}）"
    if found.state == "sent":
        sent = clock_on(at_(found.sent or found.due, turn), zone, turn.now)
        return f"今天的已送达：{sent}（{zone}）{_number(turn)}。往上翻能看到。{after}。"
    if found.state in {"queued", "sending"} and found.error and found.attempts:
        again = clock(at_(found.not_before, turn), zone)
        return f"{due}没送成：{wording(found.error)}。已试 {found.attempts} 次，{again} 再试。"
    if found.state in {"queued", "sending"} and found.channel in housekeeping.stopped(turn.store):
        return f"{due}的在排队：这个渠道暂时停了，修好就送。等不及就点“今日学习”。"
    if found.state in {"queued", "sending"}:
        ready = clock(at_(expected(turn, found), turn) + timedelta(minutes=1), zone)
        return f"今天的在排队：平台限速，预计 {ready}（{zone}）前送达，不会漏。"
    if found.state == "unknown":
        return f"{due}发出了，平台没有回执，可能已到。没看到就点“今日学习”。"
    if found.state == "missed" and found.error == "empty":
        return f"{due}没有送：那时没有可学的内容，组织者正在准备。{after}。"
    if found.state == "missed" and found.error:
        return f"{due}的错过了：太晚还没送成，就不补了，卡片不会少。{after}。"
    if found.state == "missed":
        return missed(due, after)
    return "今天没送成：平台没有接收。组织者已收到提醒。现在点“今日学习”就能看。"


def _number(turn: Turn) -> str:
    """，第 7 天 of the card that was given today; "" when it has been taken out since."""
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    found = daily.shown(turn.store, turn.packs, turn.sub.id, given) if given else None
    return "" if found is None else f"，温故 {found.n}" if found.review else f"，第 {found.n} 天"


def expected(turn: Turn, found: Delivery) -> float:
    """When a queued row will have gone, Unix seconds: after the pause, behind those that stand before it."""
    begin = max(housekeeping.paused_until(turn.store, found.channel), turn.now.timestamp(), found.not_before)
    pace, _ = housekeeping.paces(turn.store).get(found.channel, (0.0, 0.0))
    return begin + outbox.ahead(turn.store, found) / (pace or PACE)


def wording(error: str) -> str:
    """Why a send failed, for people."""
    return (
        "平台限速" if error.startswith("429") else "平台没有应答" if error.startswith("doubt") else "网络不通"
    )


def later(day: date, today: date, at: str) -> str:
    """明天 07:52, or a date and the time.

    >>> later(date(2026, 11, 24), date(2026, 11, 23), "07:52")
    '明天 07:52'
    >>> later(date(2026, 11, 25), date(2026, 11, 23), "07:52")
    ' 11 月 25 日（周三）07:52'
    """
    if day <= today + timedelta(days=1):
        return f"{'明天' if day > today else '今天'} {at}"
    return after_han(before_han(date_words(day, today)) + at)


def at_(instant: float, turn: Turn) -> datetime:
    return datetime.fromtimestamp(instant, turn.now.tzinfo)


SETTINGS = Command("settings", "推送设置", ("设置", "推送设置"), settings, manages=True)
WHY = Command("why", "为什么没收到", ("没收到", "为什么没收到", "怎么没收到"), why, in_groups=False)
