"""The 错题本: what was missed and is not settled yet, by article."""

from datetime import date

from bot.commands.answering import START, place
from bot.commands.base import Replies, Turn
from bot.days import in_words, study_day
from bot.messages import Button, Reply, inside, rich, row
from bot.model import Article, Question
from bot.store import memories
from bot.store.memories import Memory
from bot.study import quizzing

SHOWN = 8  # questions of one article that are listed
STEM = 30


def wrong(turn: Turn) -> Replies:
    pack = turn.pack
    found = quizzing.missed(place(turn), pack)
    if not found:
        return [Reply(rich("错题本是空的。"), (START,), private=True)]
    known = memories.of_pack(turn.store, turn.who.id, pack.id)
    day = study_day(turn.now, turn.who.zone)
    if turn.arg.isdecimal() and 1 <= int(turn.arg[:6]) <= len(pack.articles):
        article = pack.articles[int(turn.arg) - 1]
        return [of_article(article, [q for q in found if q.article == article.id], known, day)]
    due = sum(known[q.id].due <= day for q in found)
    by_article = [(a, sum(q.article == a.id for q in found)) for a in pack.articles]
    listed = [(a, n) for a, n in by_article if n]
    lines = [
        f"错题本：{len(found)} 题，" + (f"今天到期 {due} 题" if due else "今天没有到期的"),
        *(f"{at} 《{inside(a.title)}》{n} 题" for at, (a, n) in enumerate(listed, 1)),
        "答对后隔些日子再问，记牢了就移出。",
    ]
    numbers = tuple(Button(str(at), f"/wrong {a.number}") for at, (a, _) in enumerate(listed, 1))
    return [Reply(rich("\n".join(lines)), (numbers, row(("全部练一遍", "/quiz wrong"))), private=True)]


def of_article(article: Article, found: list[Question], known: dict[str, Memory], day: date) -> Reply:
    """The questions of one article, each with the day on which it comes back."""
    if not found:
        return Reply(
            rich(f"《{inside(article.title)}》没有错题。"), (row(("错题本", "/wrong")),), private=True
        )
    found = sorted(found, key=lambda q: (known[q.id].due, q.rank))[:SHOWN]
    lines = [f"《{inside(article.title)}》的错题：{len(found)} 题"]
    for n, question in enumerate(found, 1):
        stem = question.stem if len(question.stem) <= STEM else question.stem[:STEM] + "…"
        lines.append(f"{n} {stem}（{when(known[question.id].due, day)}）")
    numbers = tuple(Button(str(n), f"/quiz {question.id}") for n, question in enumerate(found, 1))
    below = row(("练这一篇", f"/quiz wrong {article.number}"), ("返回", "/wrong"))
    return Reply(rich("\n".join(lines)), (numbers, below), private=True)


def when(due: date, day: date) -> str:
    """When a question is asked again."""
    ahead = (due - day).days
    return "今天到期" if ahead <= 0 else "明天到期" if ahead == 1 else f"{in_words(due)}到期"
