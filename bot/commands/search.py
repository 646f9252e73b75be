"""Looking things up: search in articles and cards, and the glossary."""

import re

from bot.commands.base import Command, Replies, Turn
from bot.fold import fold
from bot.messages import SAYS_BYTES, Button, Reply, Run, marked, rich, row, say
from bot.model import Complaint, Term
from bot.study import finding
from bot.study.finding import Hit

SHOWN = 6
WITHIN = re.compile(r"\s*@\s*文章\s*([0-9０-９]{1,6})\s*$")
EXAMPLES = (("科技自立自强", "/search 科技自立自强"), ("核心标志", "/search 核心标志"))


def results(turn: Turn, words: str) -> Reply | None:
    """The hits of a search as a numbered list, or None."""
    within = WITHIN.search(words)
    query = WITHIN.sub("", words)
    article = ""
    if within:
        number = int(within[1])
        if not 1 <= number <= len(turn.pack.articles):
            raise Complaint(
                f"没有第 {number} 篇，一共 {len(turn.pack.articles)} 篇。请换一篇，例如：/search {query[:10]} @文章1"
            )
        article = turn.pack.articles[number - 1].id
    found = finding.find(turn.store, {turn.pack.id: turn.pack}, query, article)
    if found.mode == "none":
        return None
    count = f"{finding.COUNTED}+" if found.more else str(found.total)
    head = (
        f"第 {within[1]} 篇里的“{query}”：{count} 处"
        if within
        else f"“{query}”：{count} 处，{found.articles} 篇"
    )
    parts: list[str | Run] = [head, "。一个字会带出很多，多写一个字更准。" if len(query) == 1 else ""]
    buttons = []
    last = ""
    for n, hit in enumerate(found.hits[:SHOWN], 1):
        if hit.article != last:
            spans = tuple(finding.spans_of(hit.title, finding.words_of(query)))
            parts += ["\n\n《", *marked(hit.title, spans), f"》{hit.by}"]
            last = hit.article
        parts += [f"\n{n} ", *(["标题，从头读"] if hit.in_title else marked(hit.text, hit.spans))]
        buttons.append(Button(str(n), opens(hit, query)))
    rest = found.total - len(buttons)
    parts.append(f"\n\n还有 {rest} 处，多写几个字更准。" if rest > 0 else "\n\n回复序号，打开那一段。")
    return Reply(rich(*parts), (tuple(buttons),))


def opens(hit: Hit, query: str) -> str:
    """The sentence that opens the paragraph of a hit, with the words marked where they fit into a button."""
    place = "" if hit.in_title else f" b{hit.block}" if hit.block >= 0 else f" {hit.card}"
    says = f"/article {hit.number}{place}"
    longer = f"{says} ~{query}"
    return longer if not hit.in_title and fits(longer) else says


def search(turn: Turn) -> Replies:
    words = turn.arg
    if not words:
        return [say("请写要找的词，例如：/search 科技自立自强", rows=(row(*EXAMPLES),))]
    if len(words) > finding.WORDS_AT_MOST:
        return [
            say(
                f"这条有 {len(words)} 字，搜索只看 {finding.WORDS_AT_MOST} 字以内的。请只发关键词，例如：核心标志"
            )
        ]
    if not finding.words_of(words):
        return [say("这里面没有可以查的字。请写汉字、字母或数字，例如：/search 新三样")]
    reply = results(turn, words)
    term = next((t for t in turn.pack.terms if fold(words) in names(t)), None)
    if reply is None and term:
        return explained(turn, term)
    if reply is None:
        nothing = f"没找到“{words[:20]}”。请换个词，例如：/search 核心标志"
        return [say(nothing, rows=(row(("文章目录", "/articles"), ("术语表", "/term")),))]
    return [reply]


def unknown(turn: Turn) -> Replies:
    """What is no command: a search if it finds something, else a hint."""
    words = turn.arg
    if len(words) > finding.WORDS_AT_MOST:
        return search(turn)
    lone = len(words) == 1 and (words.isdigit() or words.isascii())
    named = None if lone else next((t for t in turn.pack.terms if fold(words) in names(t)), None)
    reply = None if lone or not finding.words_of(words) else results(turn, words)
    if reply:
        return [reply]
    if named:
        return explained(turn, named)
    hint = "没找到相关内容。想看今天的卡片，请发：今日"
    return [say(hint, rows=(row(("今日学习", "/today"), ("使用帮助", "/help")),))]


def names(term: Term) -> set[str]:
    return {fold(each) for each in (term.name, *term.aliases)}


def explained(turn: Turn, term: Term) -> Replies:
    """One glossary entry. An alias that is only another spelling of the name is not shown."""
    others = [alias for alias in term.aliases if fold(alias) != fold(term.name)]
    article = next((a for a in turn.pack.articles if a.id == term.article), None)
    lines = [
        " · ".join(filter(None, (term.name, term.category))),
        f"又名：{'、'.join(others)}" if others else "",
        term.text,
        f"例：{term.example}" if term.example else "",
        f"易混：{term.confusable}" if term.confusable else "",
        f"见：《{article.title}》" if article else "",
    ]
    pairs = [("搜索这个词", f"/search {term.name}")] if fits(f"/search {term.name}") else []
    if article:
        pairs.insert(0, ("看原文", f"/article {article.number} {term.card}".strip()))
    return [say("\n".join(filter(None, lines)), rows=(row(*pairs),))]


def term(turn: Turn) -> Replies:
    terms = turn.pack.terms
    categories = list(dict.fromkeys(t.category for t in terms if t.category))
    if found := re.fullmatch("([#@])([0-9]{1,6})", turn.arg):  # a category, or a term too long for a button
        n = int(found[2])
        if found[1] == "#" and 0 < n <= len(categories):
            return [numbered(f"{categories[n - 1]}：", [t for t in terms if t.category == categories[n - 1]])]
        if found[1] == "@" and 0 < n <= len(terms):
            return explained(turn, terms[n - 1])
    if not turn.arg:
        counts = "　".join(
            f"{n} {c} {sum(t.category == c for t in terms)} 条" for n, c in enumerate(categories, 1)
        )
        text = f"术语表：{len(terms)} 条。发“术语 词”看解释" + (
            f"，或按类别看：\n{counts}" if counts else "。"
        )
        return [say(text, rows=(row(*((str(n), f"/term #{n}") for n in range(1, len(categories) + 1))),))]
    wanted = fold(turn.arg)
    exact = next((t for t in terms if wanted in names(t)), None)
    if exact:
        return explained(turn, exact)
    near = [t for t in terms if any(wanted in name or name in wanted for name in names(t))]
    if near:
        return [numbered(f"没有“{turn.arg[:20]}”这一条，相近的有：", near)]
    text = (
        f"没有“{turn.arg[:20]}”这一条。请换个词，例如：/term {terms[0].name}"
        if terms
        else "这个内容还没有术语表。"
    )
    return [say(text, rows=(row(("术语表", "/term"), ("文章目录", "/articles")),))]


def term_says(term: Term) -> str:
    says = f"/term {term.name}"
    return says if fits(says) else f"/term @{term.rank}"


def fits(says: str) -> bool:
    return len(says.encode()) <= SAYS_BYTES


def numbered(head: str, terms: list[Term]) -> Reply:
    lines = [head, *(f"{n} {t.name}" for n, t in enumerate(terms, 1))]
    return Reply(rich("\n".join(lines)), (row(*((str(n), term_says(t)) for n, t in enumerate(terms, 1))),))


SEARCH = Command("search", "搜索", ("搜索",), search, heads=("搜索", "搜", "查", "找"), touching="搜索")
TERM = Command("term", "查术语", ("术语", "术语表"), term, heads=("术语", "什么是"))
