"""glossary.md: the terms."""

from bot.model import Term
from bot.packs.cards import words
from bot.packs.header import ID, Keys, Section, fold, ident, paragraphs, sections
from bot.packs.index import Index

FILE = "glossary.md"
KEYS = Keys(("编号", "又名", "类别", "文章", "卡片", "例", "易混"), long=("例", "易混"))
_LONGEST = 60  # characters of a name


def read_terms(lines: list[str], index: Index) -> None:
    """Puts all terms into the index, in file order."""
    names: dict[str, int] = {}
    for section in sections(lines, FILE, KEYS, index.problems):

        def wrong(where: str, text: str, at: Section = section) -> None:
            index.wrong(FILE, at.place(where), text)

        name = section.head
        key = ident(section.get("编号")) or name
        if not name:
            wrong("", "“## ”后面没有术语。请写上名称，例如：## 全要素生产率")
            continue
        if len(name) > _LONGEST:
            wrong("", f"术语“{name[:20]}……”太长。请把解释移到下一段，名称不超过 {_LONGEST} 字。")
        if key != name and not ID.fullmatch(key):
            text = f"术语编号“{key[:40]}”要用小写字母加数字，例如：t01。也可以不写，名称就是编号。"
            wrong("编号", text)
        if key in index.terms:
            wrong("编号", f"术语编号“{key[:40]}”用过了，在第 {index.terms[key][1].line} 行。请换一个。")
            continue
        if fold(name).lower() in names:
            wrong("", f"术语“{name[:20]}”在第 {names[fold(name).lower()]} 行写过了。请合成一条。")
        names.setdefault(fold(name).lower(), section.line)
        article, card = ident(section.get("文章")), ident(section.get("卡片"))
        if article:
            index.check_article(article, FILE, section.place("文章"))
        if card:
            index.check_card(card, FILE, section.place("卡片"))
        text = paragraphs(section.body)
        if not text:
            wrong("", f"术语“{name[:20]}”没有解释。请写一两句。")
        term = Term(
            id=key,
            rank=len(index.terms) + 1,
            name=name,
            text=text,
            aliases=words(section.get("又名")),
            category=section.get("类别"),
            article=article,
            card=card,
            example=section.get("例"),
            confusable=section.get("易混"),
        )
        index.terms[key] = (term, section)
