"""Searching: results as a numbered list, grouped by article, guesses labelled, a hint where there is nothing.

The sentence is `/search 词 @文章3 @第7处`: the words, the article of the pack followed that they are wanted in,
and the place from which the list goes on; the last two are for buttons, though they may be typed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.commands import consent, everyday
from bot.commands.base import Command, Replies, Turn
from bot.commands.term import TERM, explained, names
from bot.fold import fold, visible
from bot.messages import Button, Reply, Run, inside, marked, rich, row, say
from bot.model import Complaint, Term
from bot.store import Store, progress
from bot.study import asking, finding, guessing
from bot.study.finding import Found, Hit, Search

if TYPE_CHECKING:
    from bot.commands.desk import Desk

__all__ = ["SEARCH", "TERM", "unknown"]

SHOWN = 6  # hits of one reply
LINES = 12  # of one reply, blank ones not counted
STEPS = 4
QUOTED = 30  # characters of a query that are repeated in the answer
PER_MINUTE = 200_000  # paragraphs indexed in a minute, a careful figure
SUFFIX = re.compile(r"\s*@\s*(?:文章\s*(\d{1,6})|第\s*(\d{1,4})\s*处)\s*$")
QUOTES = re.compile("([“\"‘'「『])([^“”\"‘’'「」『』]*)([”\"’'」』])")  # round the whole query
ABOUT = re.compile(
    "^(?:请问|想知道)?(?:[什甚]么是|啥是|何谓)?|(?:指的|指)?(?:是[什甚]么|是啥)?(?:意思)?[?？。]*$"
)
GUESSED: dict[str, str] = {
    "article": "没有一张卡片同时有这些词，以下文章都提到了：",
    "pinyin": "没有完全匹配，以下按拼音猜测：",
    "initials": "没有完全匹配，以下按拼音首字母猜测：",
    "sound": "没有完全匹配，以下按同音字猜测：",
    "near": "没有完全匹配，以下按相近的字猜测：",
    "words": "没有完全匹配，以下按句中的词猜测：",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was written: the words, the article they are wanted in (0 = all), the first place."""

    words: str
    article: int = 0
    place: int = 1

    @property
    def shown(self) -> str:
        return self.words if len(self.words) <= QUOTED else self.words[:QUOTED] + "…"

    def says(self, article: int = 0, place: int = 1) -> str:
        """The sentence that asks for these words."""
        narrow = f" @文章{article}" if article else ""
        return f"/search {self.words}{narrow}{f' @第{place}处' if place > 1 else ''}"


def asked(text: str) -> Asked:
    """What a member writes, or a button says.

    >>> asked("跟跑 @文章５"), asked("跟跑@第7处").place
    (Asked(words='跟跑', article=5, place=1), 7)
    """
    words, article, place = visible(text), 0, 1
    while found := SUFFIX.search(words):
        article = int(found[1]) if found[1] else article
        place = max(1, int(found[2])) if found[2] else place
        words = words[: found.start()]
    if quoted := QUOTES.fullmatch(words):
        words = quoted[2].strip()
    return Asked(words, article, place)


Otherwise = Callable[[Asked], Reply]


def search(turn: Turn) -> Replies:
    """/search 词"""
    wanted = asked(turn.arg)
    if not turn.searchable:
        raise turn.nothing()
    if not wanted.words:
        words = dict.fromkeys(turn.example(each) for each in ("科技自立自强", "核心标志"))
        below = row(*((each, f"/search {each}") for each in words))
        return [
            replace(say(f"请写要找的词，例如：/search {next(iter(words))}", rows=(below,)), asks="/search")
        ]
    if len(wanted.words) <= finding.WORDS_AT_MOST and not finding.words_of(wanted.words):
        word = turn.example("新三样")
        text = f"这里面没有可以查的字。请写汉字、字母或数字，例如：/search {word}"
        return [say(text, rows=(row((f"搜索 {word}", f"/search {word}")),))]
    return answered(turn, wanted, partial(nothing, turn))


def unknown(turn: Turn, desk: "Desk") -> Replies:
    """What is no command: a search if it finds something, else what may have been meant, a guess, a hint."""
    wanted = asked(turn.arg)
    instead = partial(everyday.meant, turn, desk)
    if not turn.searchable:
        offer = everyday.offered(turn, desk)
        return instead() or [offer or turn.nothing_yet()]
    # One character that means something else wherever it stands, a number or a letter; and 好的, though it stands in
    # 良好的环境.
    word = wanted.words.rstrip("。.！!~～")
    letter = len(word) == 1 and (word.isdigit() or word.isascii() or word in everyday.SEEN)
    lone = letter or consent.idle(word)
    if lone or not finding.words_of(wanted.words[: finding.WORDS_AT_MOST]):
        return instead() or [hint(turn, desk, wanted)]
    return answered(turn, wanted, partial(hint, turn, desk), instead)


def nothing(turn: Turn, wanted: Asked) -> Reply:
    if wanted.article:
        text = f"第 {wanted.article} 篇里没找到“{wanted.shown}”。请在全部文章里找，例如：/search {wanted.words[:10]}"
        return say(text, rows=(row(("搜全部", wanted.says())),))
    word = turn.example("核心标志")
    text = f"没找到“{wanted.shown}”，相近的写法也没有。请换个词，例如：/search {word}"
    terms = (("术语表", "/term"),) if turn.pack.terms else ()
    return say(text, rows=(row(("文章目录", "/articles"), *terms),))


def hint(turn: Turn, desk: "Desk", _wanted: Asked) -> Reply:
    if offer := everyday.offered(turn, desk):
        return offer
    text = f"没找到相关内容。想看今天的卡片，请发：{turn.how('今日', '/today')}"
    return say(text, rows=(row(("今日学习", "/today"), ("使用帮助", "/help")),))


def answered(
    turn: Turn, wanted: Asked, otherwise: Otherwise, instead: Callable[[], Replies | None] = lambda: None
) -> Replies:
    """What is found at once; what has to be guessed is left to the slow thread.

    instead: what goes before a guess. otherwise: the reply where nothing can be guessed.
    """
    if len(wanted.words) > finding.WORDS_AT_MOST:
        word = turn.example("核心标志")
        raise Complaint(
            f"这条有 {len(wanted.words)} 字，搜索只看 {finding.WORDS_AT_MOST} 字以内的。请只发关键词，例如：{turn.how(word, f'/search {word}')}"
        )
    followed = turn.pack
    count = len(followed.articles)
    if wanted.article > count or (wanted.article == 0 and "@文章0" in turn.arg):
        raise Complaint(
            f"没有第 {wanted.article} 篇，一共 {count} 篇。请换一篇，例如：/search {wanted.words[:10]} @文章1",
            ("文章目录", "/articles"),
        )
    if left := finding.waiting(turn.store):
        minutes = -(-left // PER_MINUTE)
        text = f"搜索正在重建，约 {minutes} 分钟后能用。今日学习和答题照常。"
        return [say(text, rows=(row(("今日学习", "/today")),))]
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    what = Search(
        {followed.id: followed, **turn.visible},
        wanted.article,
        start=wanted.place - 1,
        count=SHOWN,
        first=finding.First(given.pack, given.card) if given else None,
    )
    found = finding.find(turn.store, what, wanted.words)
    if 0 < found.total <= what.start:
        return answered(turn, replace(wanted, place=1), otherwise, instead)
    term = next((t for t in followed.terms if fold(wanted.words) in names(t)), None)
    if found.total:
        return [listed(turn, what, wanted, found, term)]
    if term and not wanted.article:
        return named(turn, turn.store, what, wanted, term, wanted.words)

    subject = asked_about(wanted.words)
    meant = next((t for t in followed.terms if fold(subject) in names(t)), None)

    if (replies := instead()) is not None:
        return replies

    def guess(reader: Store) -> Replies:
        guessed = guessing.guess(reader, what, wanted.words)
        if guessed.hits:
            return [listed(turn, what, wanted, guessed, meant, subject)]
        if meant and not wanted.article:
            return named(turn, reader, what, wanted, meant, subject)
        return [otherwise(wanted)]

    return [replace(otherwise(wanted), work=guess)]


def asked_about(text: str) -> str:
    """What a question in everyday words is about, in the writing it is asked in.

    >>> asked_about("什么是新三样？"), asked_about("請問什麼是碳達峰"), asked_about("新三样")
    ('新三样', '碳達峰', '新三样')
    """
    folded = fold(text)
    left = ABOUT.sub("", folded).strip()
    at = folded.find(left)
    return text[at : at + len(left)] if len(text) == len(folded) else left


def named(turn: Turn, store: Store, what: Search, wanted: Asked, term: Term, typed: str) -> Replies:
    """Where a term stands that was called by another name."""
    found = finding.find(store, what, term.name)
    return (
        [listed(turn, what, replace(wanted, words=term.name), found, term, typed)]
        if found.total
        else explained(turn, term)
    )


def listed(
    turn: Turn, what: Search, wanted: Asked, found: Found, term: Term | None, typed: str = ""
) -> Reply:
    """The hits as a numbered list. typed: what was written instead of the words, another name of the term."""
    parts: list[str | Run] = []
    if term:
        how = turn.how("术语", "/term")
        parts.append(f"术语：{term.name}（发“{how} {typed or wanted.shown}”看解释）\n")
    parts.append(headline(wanted, found))
    lines = 2 + bool(term)
    buttons: list[Button] = []
    words = found.guess or (" ".join(found.words) if found.how == "article" else wanted.words)
    last: tuple[str, str, bool] | None = None
    for n, hit in enumerate(found.hits[:SHOWN], what.start + 1):
        group = (hit.pack, hit.article, hit.first)
        fresh = group != last and not wanted.article
        if lines + 1 + fresh > LINES:
            break
        if fresh:
            parts += ["\n\n", *group_head(what, hit, found)]
        last = group
        parts += [f"\n{n} ", *(["标题，从头读"] if hit.in_title else marked(hit.text, hit.spans))]
        buttons.append(Button(str(n), opens(what, hit, words)))
        lines += 1 + fresh
    shown = what.start + len(buttons)
    rest = f"{found.total - shown}{'+' if found.more else ''}"
    if found.total > shown:
        parts.append(f"\n\n还有 {rest} 处，{'发' if turn.private else '点'}“更多”。")
    elif not wanted.article:
        parts.append(f"\n\n{turn.write('回复', '序号')}，打开那一段。")
    steps = steps_below(what, wanted, found, len(buttons))
    return Reply(rich(*parts), tuple(filter(None, (tuple(buttons), row(*steps[: STEPS - 1])))))


def headline(wanted: Asked, found: Found) -> str:
    """The first line: how much there is, or what was guessed."""
    if found.how:
        return f"{GUESSED[found.how]}{found.guess or ''}"
    count = f"{finding.COUNTED}+" if found.more else str(found.total)
    if wanted.article:
        return f"第 {wanted.article} 篇里的“{wanted.shown}”：{count} 处"
    lone = "。一个字会带出很多，多写一个字更准。" if len(wanted.words) == 1 else ""
    spread = "" if found.more else f"，{found.articles} 篇"
    return f"“{wanted.shown}”：{count} 处{spread}{lone}"


def group_head(what: Search, hit: Hit, found: Found) -> list[str | Run]:
    title = marked(inside(hit.title), finding.spans_of(hit.title, found.words))
    if hit.first:
        return ["今天的卡片：《", *title, "》"]
    by = marked(hit.by, finding.spans_of(hit.by, found.words))
    other = "" if hit.pack == followed_of(what) else f"（{what.packs[hit.pack].title}）"
    return ["《", *title, "》", *by, other]


def followed_of(what: Search) -> str:
    return next(iter(what.packs))


def opens(what: Search, hit: Hit, words: str) -> str:
    """The sentence that opens the paragraph of a hit and marks the words' sentence in it."""
    at = "" if hit.pack == followed_of(what) else f"{hit.pack}/"
    if hit.in_title:
        return f"/article {at}{hit.number}"
    return f"/article {at}{hit.number} {hit.card or f'b{hit.block}'} ~{words}"


def steps_below(what: Search, wanted: Asked, found: Found, shown: int) -> list[tuple[str, str]]:
    """更多, then what else may be done with these hits, most useful first."""
    steps = []
    if found.total > what.start + shown:
        steps.append(("更多", wanted.says(wanted.article, what.start + shown + 1)))
    if wanted.article:
        steps.append(("搜全部", wanted.says()))
    if quiz := quiz_says(what, found.hits[:shown]):
        steps.append(quiz)
    steps += [(other, f"/search {other}") for other in found.others]
    mine = [hit.number for hit in found.hits[:shown] if hit.pack == followed_of(what)]
    if (
        not found.how
        and not wanted.article
        and found.total > SHOWN
        and (found.more or found.articles > 1)
        and mine
    ):
        best = mine[0]
        steps.append((f"只看第 {best} 篇", wanted.says(best)))
    return steps


def quiz_says(what: Search, hits: tuple[Hit, ...]) -> tuple[str, str] | None:
    """The button that asks about the paragraphs shown; None when no question is about them."""
    if not hits:
        return None
    pack = what.packs[hits[0].pack]
    places = [
        (pack.articles[hit.number - 1], hit.block) for hit in hits if hit.pack == pack.id and hit.block >= 0
    ]
    about = [(article.id, block) for article, block in places if asking.about(pack, article, [block])]
    if not about:
        return None
    other = "" if pack.id == followed_of(what) else pack.id
    return ("考我这几段" if len(set(about)) > 1 else "考我这一段", f"/quiz {asking.spell(about, other)}")


SEARCH = Command("search", "搜索", ("搜索",), search, heads=("搜索", "搜", "查", "找"), touching="搜索")
