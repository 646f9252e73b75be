"""How a card looks, in a reply and as a push: the one place that lays it out."""

from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.commands.base import Turn
from bot.days import clock, clock_on, in_words
from bot.messages import Reply, Rows, bold, inside, italic, rich, row
from bot.model import Article, Card, Pack
from bot.study.daily import Today

SHARE = "分享"
FROM_THE_START = "从第 1 天开始"
GROWS = "这是最后一张。明天起每天一张温故，有新内容时告诉你。"


def head_of(today: Today) -> str:
    """第 7/30 天, or 温故 1."""
    return f"温故 {today.n}" if today.review else f"第 {today.n}/{len(today.pack.cards)} 天"


def goes_on(found: Today | None) -> str:
    """Where one goes on, found being the next card: 从第 8 天接着学, or with reviewing."""
    if found is None or (found.n == 1 and not found.review):
        return FROM_THE_START
    return "接着温故" if found.review else f"从第 {found.n} 天接着学"


def sends(found: Today | None) -> str:
    """What the next push brings: 送第 8 天."""
    return "接着温故" if found and found.review else f"送第 {found.n if found else 1} 天"


def card_reply(
    today: Today, first: str = "", last: str = "", rows: Rows | None = None, read: bool = False
) -> Reply:
    """A card as it is sent. `first`: a line about this delivery; `last`: one about the text or the person.

    rows: other buttons than those of a private chat. read: whether the person has marked this card read before,
    which a review says.
    """
    card, pack = today.card, today.pack
    article = next(each for each in pack.articles if each.id == card.article)
    section = f"› {card.section}" if card.section and not today.review else ""
    seen = in_words(today.seen, today.day) if today.review and today.seen else ""
    seen = (f"你在 {seen}读过" if read else f"{seen}送过") if seen else ""
    source = " · ".join(filter(None, (article.by, card.date_note or article.date, seen)))
    think = f"\n\n想一想：{card.think}" if card.think and not today.review else ""
    text = rich(
        f"{first}\n" if first else "",
        f"{pack.title} › {head_of(today)}\n\n",
        bold(card.title),
        f"\n{card.text}{think}\n\n",
        italic(f"出处：《{inside(article.title)}》{section}\n{source}"),
        f"\n\n{last}" if last else "",
    )
    return Reply(text, buttons(card, article) if rows is None else rows)


def buttons(
    card: Card,
    article: Article,
    read: bool = False,
    kept: bool = False,
    pack: str = "",
    joins: str = "",
    share: str = "",
) -> Rows:
    """The buttons below a card in a private chat.

    pack: id of the card's pack where it is not the one followed; the sentences then name it (PACK/c07). joins:
    for one who has not subscribed, the time that a button offers instead of 收藏. share: a link to pass on.
    """
    at = f"{pack}/" if pack else ""
    whole = ("📖 读全文", f"/article {at}{article.number} {card.id}")
    keep = ("⭐ 已收藏", f"/fav -{at}{card.id}") if kept else ("⭐ 收藏", f"/fav {at}{card.id}")
    if joins:
        keep = (f"订阅 {joins}", f"/subscribe {joins}")
    more = (("📝 答一题", f"/quiz {at}{card.id}"), keep, *(((SHARE, share),) if share else ()))
    return (row(whole, *more),) if read else (row(("✅ 已读", f"/read {at}{card.id}"), whole), row(*more))


def shared(turn: Turn, pack: Pack) -> str:
    """A link that passes the pack on to a friend, where the platform has such links; "" elsewhere."""
    door = turn.door(f"pack_{pack.id}")
    if not door.startswith("https://t.me/") or turn.settings.access == "invite":
        return ""
    return f"https://t.me/share/url?url={quote(door, '')}&text={quote(f'《{pack.title}》：每天一段，两分钟读完', '')}"


def group_buttons(card: Card, article: Article, door: str) -> Rows:
    """In a group 读全文 and 答一题 open the private chat, so that one reader does not turn the page for forty."""
    read, keep = ("✅ 已读", f"/read {card.id}"), ("⭐ 收藏", f"/fav {card.id}")
    if not door:
        return (row(read, keep),)
    return (
        row(read, ("📖 读全文", f"{door}{article.id}-{card.id}")),
        row(("📝 答一题", f"{door}q-{card.id}"), keep),
    )


def late_line(due: datetime, now: datetime, zone: str, outage: bool) -> str:
    """The first line of a push that was sent late. outage: because the bot did not run, not for the queue."""
    why = "服务中断，" if outage else ""
    return f"（补发：原定 {clock(due, zone)}，{why}{clock(now, zone)} 送达。）"


def read_line(read: datetime, zone: str, now: datetime) -> str:
    return f"已读 {clock_on(read, zone, now)}"


def day_of(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
