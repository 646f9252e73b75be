"""The card of the day and 已读."""

from bot.commands.base import NOTHING, Command, Replies, Turn
from bot.days import clock, in_words, local_day, study_day
from bot.messages import Reply, Rows, bold, italic, rich, row, say
from bot.model import Card, Complaint
from bot.study import daily


def card_reply(
    turn: Turn, card: Card, head: str, last: str = "", review: bool = False, read: bool = False
) -> Reply:
    """A card as it is sent. `last` is one more line about the text or the person."""
    article = turn.article(card.article)
    section = f" › {card.section}" if card.section and not review else ""
    source = " · ".join(filter(None, (article.by, card.date_note or article.date)))
    think = f"\n\n想一想：{card.think}" if card.think and not review else ""
    text = rich(
        f"{turn.pack.title} › {head}\n\n",
        bold(card.title),
        f"\n{card.text}{think}\n\n",
        italic(f"出处：《{article.title}》{section}\n{source}"),
        f"\n\n{last}" if last else "",
    )
    return Reply(text, buttons(card, article.number, read))


def buttons(card: Card, number: int, read: bool) -> Rows:
    more = (
        ("📖 读全文", f"/article {number} {card.id}"),
        ("📝 答一题", f"/quiz {card.id}"),
        ("⭐ 收藏", f"/fav {card.id}"),
    )
    return (row(*more),) if read else (row(("✅ 已读", f"/read {card.id}"), more[0]), row(*more[1:]))


def todays(turn: Turn) -> daily.Today:
    found = daily.today(turn.store, turn.who, turn.sub, turn.pack, turn.now)
    if found is None:
        raise Complaint(NOTHING)
    return found


def today(turn: Turn) -> Replies:
    found = todays(turn)
    head = f"温故 {found.n}" if found.review else f"第 {found.n}/{len(turn.pack.cards)} 天"
    last = f"已读 {clock(found.read, turn.who.zone)}" if found.read else ""
    return [card_reply(turn, found.card, head, last, found.review, bool(found.read))]


def read(turn: Turn) -> Replies:
    wanted = turn.card(turn.arg) if turn.arg else todays(turn).card
    if wanted is None:
        raise Complaint("这张卡片现在没有了。请看今天的，例如：今日", ("今日学习", "/today"))
    before = daily.read(turn.store, turn.who, turn.pack, wanted, turn.now)
    if before:
        text = f"{clock(before, turn.who.zone)} 已经记过。"
    elif (day := study_day(turn.now, turn.who.zone)) != local_day(turn.now, turn.who.zone):
        text = f"已读，算在 {in_words(day)}（凌晨 4 点换日）。"
    else:
        text = "已读。"
    return [say(text, rows=buttons(wanted, turn.article(wanted.article).number, read=True))]


TODAY = Command("today", "今日学习", ("今日", "今天", "每日一学", "今日学习"), today)
READ = Command("read", "", ("已读",), read)
