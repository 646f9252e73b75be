"""What an import says about itself: the preview of a document, in the terminal and in the chat.

Invariant: sentences only; nothing here reads a file or changes anything.
"""

from datetime import date
from typing import TYPE_CHECKING

from bot.days import WORKDAYS, Calendar
from bot.model import Article

if TYPE_CHECKING:
    from bot.packs.draft.values import Draft, LeftOut
    from bot.study.importing import Plan

NO_CARD = "没有一段能做成卡片，所以不能采用。请补上正文再发，例如：讲义.docx"
GUESSED = "没有目录和标题样式，以下是猜的，请核对。"


def headline(plan: "Plan", calendar: Calendar, first: date) -> str:
    """How much there is and until when it lasts, when the first card comes on `first` or the next workday."""
    from bot.study import importing

    pack = plan.pack
    text = f"读完了：{len(pack.articles)} 篇 → {len(pack.cards)} 天"
    last, _ = importing.last_day(len(pack.cards), calendar, WORKDAYS, first)
    return text + (f"；{WORKDAYS.label}推送，到 {last.isoformat()}" if last else "")


def article_line(article: Article) -> str:
    """1 title · by · date · length"""
    size = sum(len(block.text) for block in article.blocks)
    parts = (article.title, article.by, article.date or "无日期", f"{size} 字")
    return f"{article.number} {' · '.join(filter(None, parts))}"


def doubts(draft: "Draft", most: int = 0) -> list[str]:
    """The damage, in one line or (most = 0) as many as there are."""
    if not draft.damage:
        return []
    shown = draft.damage[:most] if most else draft.damage
    lines = [f"存疑 {len(draft.damage)} 处：{shown[0]}", *shown[1:]]
    if len(shown) < len(draft.damage):
        lines[-1] += f"另 {len(draft.damage) - len(shown)} 处采用后请看文章。"
    return lines


def left_out(draft: "Draft") -> list[str]:
    """没收 2 处：封面 3 行，导读 6 行。"""
    if not draft.left_out:
        return []
    parts = [f"{each.why} {_size(each)}" for each in draft.left_out]
    shown = parts[:8]
    more = f"，另 {len(parts) - 8} 处" if len(parts) > 8 else ""
    return [f"没收 {len(parts)} 处：{'，'.join(shown)}{more}。"]


def _size(out: "LeftOut") -> str:
    lines = out.text.count("\n") + 1
    return f"{lines} 行" if lines > 1 or len(out.text) > 12 else f"“{out.text}”"


def dates(plan: "Plan") -> list[str]:
    """Which articles have no date; a cover's date is named, for it was not taken over."""
    from bot.packs.draft.marks import looks_like_date

    pack = plan.pack
    missing = sum(1 for article in pack.articles if not article.date)
    if not missing:
        return []
    cover = next((out.text for out in plan.draft.left_out if out.why.endswith("封面")), "")
    dated = next((line.strip() for line in cover.split("\n") if looks_like_date(line.strip())), "")
    whose = f"{len(pack.articles)} 篇都没写" if missing == len(pack.articles) else f"{missing} 篇没写"
    return [f"日期 {whose}；封面是 {dated}，没有套用。" if dated else f"日期 {whose}。"]


def years(plan: "Plan", calendar: Calendar, first: date) -> list[str]:
    from bot.study import importing

    _, unknown = importing.last_day(len(plan.pack.cards), calendar, WORKDAYS, first)
    return [f"{year} 年放假安排还没有，先按周一到周五估算。" for year in unknown[:1]]


def change(plan: "Plan") -> list[str]:
    """What importing again changes."""
    found = plan.change
    if found is None:
        return []
    counts = f"改 {len(found.changed)} 张，增 {len(found.added)} 张，删 {len(found.removed)} 张"
    lines = [f"与上次比：{counts}。每个人的进度不变。"]
    if found.kept:
        some = "、".join(found.kept[:6]) + ("……" if len(found.kept) > 6 else "")
        lines.append(f"你改过的 {len(found.kept)} 张留着：{some}。")
    return lines


def warned(plan: "Plan") -> list[str]:
    """What `check` will warn of once it is adopted, in two lines at most."""
    from bot.packs.check import undated

    pack = plan.pack
    articles = {article.id: article for article in pack.articles}
    when = [word for card in pack.cards if (word := undated(card, articles[card.article]))]
    lines = []
    if when:
        some = "、".join(dict.fromkeys(when))
        lines.append(
            f"{len(when)} 张写了“{some}”，文章没有日期。可以在文章开头补上，例如：日期: 2024 年 3 月"
        )
    if rest := len(plan.warnings) - len(when):
        lines.append(f"其他提醒 {rest} 处，在服务器上看，例如：python -m bot check {pack.id}")
    return lines


def preview(plan: "Plan", calendar: Calendar, first: date, articles: int = 0) -> list[str]:
    """The whole preview; `articles`: how many of them are named (0 = all)."""
    pack = plan.pack
    shown = pack.articles[:articles] if articles else pack.articles
    rest = len(pack.articles) - len(shown)
    head = headline(plan, calendar, first)
    return [
        f"{head}。{GUESSED}" if plan.draft.guessed else head,
        *([plan.note] if plan.note else []),
        *([] if pack.cards else [NO_CARD]),
        *map(article_line, shown),
        *([f"… 另 {rest} 篇，发“更多”"] if rest else []),
        *change(plan),
        *doubts(plan.draft, 1 if articles else 0),
        *left_out(plan.draft),
        *dates(plan),
        *([f"图片 {plan.pictures} 张，存在 images/，没有放进卡片。"] if plan.pictures else []),
        *years(plan, calendar, first),
    ]
