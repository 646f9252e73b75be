"""The glossary: one entry, what is near to a word, the entries of a category."""

import re

from bot.commands.base import Command, Replies, Turn
from bot.fold import fold
from bot.messages import SAYS_BYTES, Reply, inside, rich, row, say
from bot.model import Term


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
        f"见：《{inside(article.title)}》" if article else "",
    ]
    pairs = [("搜索这个词", f"/search {term.name}")] if fits(f"/search {term.name}") else []
    if article:
        pairs.insert(0, ("看原文", f"/article {article.number} {term.card}".strip()))
    return [say("\n".join(filter(None, lines)), rows=(row(*pairs or (("术语表", "/term"),)),))]


def term(turn: Turn) -> Replies:
    terms = turn.pack.terms
    if not terms:
        look = (
            [(f"搜索 {turn.arg}", f"/search {turn.arg}")] if turn.arg and fits(f"/search {turn.arg}") else []
        )
        below = row(*look, ("文章目录", "/articles"), ("今日学习", "/today"))
        return [say("这个内容还没有术语。", rows=(below,))]
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
        text = f"术语表：{len(terms)} 条。发“{turn.how('术语', '/term')} 词”看解释" + (
            f"，或按类别看：\n{counts}" if counts else "。"
        )
        numbers = row(*((str(n), f"/term #{n}") for n in range(1, len(categories) + 1)))
        some = row((terms[0].name, term_says(terms[0])), ("文章目录", "/articles"))
        return [say(text, rows=(numbers or some,))]
    wanted = fold(turn.arg)
    exact = next((t for t in terms if wanted in names(t)), None)
    if exact:
        return explained(turn, exact)
    near = [t for t in terms if any(wanted in name or name in wanted for name in names(t))]
    if near:
        return [numbered(f"没有“{turn.arg[:20]}”这一条，相近的有：", near)]
    text = f"没有“{turn.arg[:20]}”这一条。请换个词，例如：/term {terms[0].name}"
    return [say(text, rows=(row(("术语表", "/term"), ("文章目录", "/articles")),))]


def term_says(term: Term) -> str:
    says = f"/term {term.name}"
    return says if fits(says) else f"/term @{term.rank}"


def fits(says: str) -> bool:
    return len(says.encode()) <= SAYS_BYTES


def numbered(head: str, terms: list[Term]) -> Reply:
    lines = [head, *(f"{n} {t.name}" for n, t in enumerate(terms, 1))]
    return Reply(rich("\n".join(lines)), (row(*((str(n), term_says(t)) for n, t in enumerate(terms, 1))),))


TERM = Command("term", "查术语", ("术语", "术语表"), term, heads=("术语", "什么是"), in_groups=False)
