"""The card of the day and 已读."""

from datetime import datetime, timedelta

from bot.commands.base import Command, Replies, Turn
from bot.commands.cards import GROWS, buttons, card_reply, group_buttons, read_line, shared
from bot.days import clock_on, in_words, local_day, study_day
from bot.messages import Reply, Rows, rich, say
from bot.model import Card, Complaint, Pack
from bot.store import progress
from bot.study import daily
from bot.study.daily import Today


def todays(turn: Turn) -> Today:
    """The card of this chat's day; for one who comes on a rest day before his first card, the first one."""
    found = daily.today(turn.store, turn.packs, turn.sub, turn.settings.calendar, turn.now)
    found = found or daily.first(turn.pack)
    if found is None:
        raise turn.nothing()
    return found


def today(turn: Turn) -> Replies:
    return [shown(turn, todays(turn))]


def shown(turn: Turn, found: Today, last: str = "") -> Reply:
    """A card with the lines and the buttons that this chat needs; `last` wins over its own last line."""
    rows = rows_below(turn, found)
    return card_reply(
        found, first_line(turn, found), last or last_line(turn, found), rows, was_read(turn, found)
    )


def first_line(turn: Turn, found: Today) -> str:
    if not found.rest or not turn.sub.active or turn.sub.paused(turn.day):
        return ""
    what = "工作日" if turn.sub.days.workdays else "推送日"
    return f"今天不是{what}，不推送；这是最近一张。"


def last_line(turn: Turn, found: Today) -> str:
    until = turn.sub.paused_until
    read = read_today(turn, found.pack, found.card)
    if not turn.sub.active and turn.private and not read:
        return f"还没有订阅。想每天收到，点“订阅”或发时间，例如：订阅 {clock_of(turn.sub.minute)}"
    if until and turn.sub.paused(turn.day):
        return f"暂停中，{in_words(until, turn.day)}恢复；今天的照样可以看。"
    if read and turn.private:
        return read_line(read, turn.who.zone, turn.now)
    if turn.private and (line := frozen(turn)):
        return line
    return GROWS if found.last and not found.rest else ""


def read_today(turn: Turn, pack: Pack, card: Card) -> datetime | None:
    """When this person marked the card read on the study day that it is now."""
    day = study_day(turn.now, turn.who.zone)
    return progress.read_on(turn.store, turn.who.id, pack.id, card.id, day)


def frozen(turn: Turn) -> str:
    """The line about a freeze that yesterday used up."""
    from bot.commands.events import frozen_line
    from bot.study import record

    streak = record.current(turn.store, turn.who, turn.settings.calendar, turn.now)
    yesterday = study_day(turn.now, turn.who.zone) - timedelta(days=1)
    return frozen_line(yesterday, streak.frozen, streak.length, streak.freezes)


def rows_below(turn: Turn, found: Today) -> Rows:
    article = next(each for each in found.pack.articles if each.id == found.card.article)
    if not turn.private:
        return group_buttons(found.card, article, turn.door(""))
    read = read_today(turn, found.pack, found.card) is not None
    kept = (found.pack.id, found.card.id) in progress.favourites(turn.store, turn.who.id)
    joins = "" if turn.sub.active or read else clock_of(turn.sub.minute)
    return buttons(found.card, article, read, kept, turn.other(found.pack), joins, shared(turn, found.pack))


def clock_of(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def withdrawn(turn: Turn) -> str:
    return f"这张卡片现在没有了。请看今天的，例如：{turn.how('今日', '/today')}"


def named(turn: Turn) -> tuple[Pack, Card]:
    """The card a sentence names."""
    wanted = turn.named_card(turn.arg)
    if wanted is None:
        raise Complaint(withdrawn(turn), ("今日学习", "/today"))
    return wanted


def read(turn: Turn) -> Replies:
    """已读; without a name the card that was shown last for today. One that nobody has shown is shown first."""
    if turn.arg:
        pack, card = named(turn)
    else:
        study = study_day(turn.now, turn.who.zone)
        found = daily.seen(turn.store, turn.packs, turn.sub, turn.settings.calendar, turn.now, study)
        if found is None:
            return today(turn)
        pack, card = found.pack, found.card
    before = daily.read(turn.store, turn.who, pack, card, turn.now)
    said, events = credited(turn, card) if before is None else (before_line(turn, before), [])
    if not turn.private:
        return [for_him_alone(turn, said, "已经记过。" if before else "已读记下了。", "已读")]
    article = next(each for each in pack.articles if each.id == card.article)
    kept = (pack.id, card.id) in progress.favourites(turn.store, turn.who.id)
    rows = buttons(card, article, read=True, kept=kept, pack=turn.other(pack), share=shared(turn, pack))
    last = "\n".join([read_line(before or turn.now, turn.who.zone, turn.now), *events])
    again = once_more(turn, pack, card)
    edited = card_reply(again, last=last, read=was_read(turn, again))
    text = "\n".join([said + "。", *events])
    noted = Reply(rich(text), rows, edits=True, edited=edited.text, edited_rows=rows, toast=said)
    return [noted, *(course_end(turn, pack, card) if card == pack.cards[-1] else [])]


def course_end(turn: Turn, pack: Pack, card: Card) -> Replies:
    """What is said once when the last card has been read."""
    from bot.commands import course

    return course.ended(turn, pack, card.id)


def for_him_alone(turn: Turn, said: str, short: str, button: str) -> Reply:
    """What one person of a group gets: a notice if he pressed a button; if he wrote, nothing about himself."""
    if turn.incoming.pressed:
        return Reply((), toast=f"{turn.who.name}，{said}")
    return say(f"{short}下次点卡片下的“{button}”，只有自己看得到。")


def before_line(turn: Turn, before: datetime) -> str:
    return f"{clock_on(before, turn.who.zone, turn.now)} 已经记过"


def credited(turn: Turn, card: Card) -> tuple[str, list[str]]:
    """What reading the card counts for, and the lines that are said once."""
    from bot.commands.events import event_lines
    from bot.study import record

    gain = record.read(turn.store, turn.who, turn.sub.id, turn.settings.calendar, turn.now)
    day = study_day(turn.now, turn.who.zone)
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    streak = f"连续学习 {gain.streak.length} 天"
    if day != local_day(turn.now, turn.who.zone):
        said = f"已读，算在 {in_words(day)}（凌晨 4 点换日）"
    elif not turn.private:
        said = f"已读；{streak}"
    elif given and given.card != card.id:
        said = "已读，算在今天"
    else:
        said = f"已读，{streak}" + (f"，今天 +{gain.points} 分" if gain.points else "")
    return said, event_lines(gain)


def was_read(turn: Turn, found: Today) -> bool:
    """Whether this person has marked a card of 温故 read; in a group nobody in particular has."""
    if not (turn.private and found.review):
        return False
    return progress.first_read(turn.store, turn.who.id, found.pack.id, found.card.id) is not None


def once_more(turn: Turn, pack: Pack, card: Card) -> Today:
    """A card looked at once more: as it was last given, or by its place where it never was."""
    mine = next(
        (g for g in reversed(progress.given(turn.store, turn.sub.id, pack.id)) if g.card == card.id), None
    )
    found = daily.shown(turn.store, turn.packs, turn.sub.id, mine) if mine else None
    return found or Today(card, pack, card.rank)


def when_read(turn: Turn, found: Today) -> str:
    """The last line of a card that was asked for by its name; a review says by itself when it was seen."""
    if read := read_today(turn, found.pack, found.card):
        return read_line(read, turn.who.zone, turn.now)
    first = None
    if not (found.review and found.seen):
        first = progress.first_read(turn.store, turn.who.id, found.pack.id, found.card.id)
    return f"你在 {in_words(first, turn.day)}读过" if first else ""


def card(turn: Turn) -> Replies:
    """Any card by its name, with its buttons: from the favourites, or one that was missed."""
    if not turn.arg:
        return today(turn)
    pack, wanted = named(turn)
    found = once_more(turn, pack, wanted)
    last = when_read(turn, found) if turn.private else ""
    return [card_reply(found, last=last, rows=rows_below(turn, found), read=was_read(turn, found))]


TODAY = Command("today", "今日学习", ("今日", "今天", "每日一学", "今日学习"), today)
READ = Command("read", "", ("已读",), read)
CARD = Command("card", "", (), card)
