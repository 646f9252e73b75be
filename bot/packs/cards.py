"""cards.md: the daily cards, in the order of days."""

import re

from bot.model import Card
from bot.packs.anchor import Anchors
from bot.packs.header import ID, Keys, Section, fold, ident, near, paragraphs, sections, truth
from bot.packs.index import Index

FILE = "cards.md"
KEYS = Keys(("文章", "小标题", "标签", "日期说明", "段落", "受损", "想一想"), long=("想一想",))
NONE = "无"  # 小标题: 无 = the card belongs to no head, although its paragraph stands under one


def words(text: str) -> tuple[str, ...]:
    """The parts of a list in one line.

    >>> words("概念，指标、 TFP")
    ('概念', '指标', 'TFP')
    """
    return tuple(part.strip() for part in re.split(r"[,，、;；]", text) if part.strip())


def read_cards(lines: list[str], index: Index) -> None:
    """Puts all sound cards into the index, in file order."""
    seen: dict[str, int] = {}
    anchors: dict[str, Anchors] = {}
    for section in sections(lines, FILE, KEYS, index.problems):
        head = section.head.split(None, 1)
        key = ident(head[0]) if head else ""
        if len(head) < 2 or not ID.fullmatch(key):
            text = f"“{section.head[:20]}”要写成“编号 标题”，例如：## c01 开头的话"
            index.wrong(FILE, section.line, text)
            index.lost_cards = True  # nobody knows what it was to be called
            continue
        if key in seen:
            index.wrong(FILE, section.line, f"卡片编号“{key}”用过了，在第 {seen[key]} 行。请换一个。")
            continue
        seen[key] = section.line
        card = _card(key, head[1].strip(), len(seen), section, index, anchors)
        if card:
            index.cards[key] = (card, section)
        else:
            index.broken.add(key)
    if not seen and not index.lost_cards:
        text = "里面没有卡片，每天没有可推送的。请写上，例如：## c01 开头的话"
        index.wrong(FILE, 0, text, error=False)


def _card(
    key: str, title: str, rank: int, section: Section, index: Index, anchors: dict[str, Anchors]
) -> Card | None:
    def wrong(where: str, text: str) -> None:
        index.wrong(FILE, section.place(where), text)

    text = paragraphs(section.body)
    if not text:
        wrong("", f"卡片 {key} 没有正文。请写 60 到 220 字。")
    named = ident(section.get("文章"))
    if not named:
        wrong(
            "文章", f"卡片 {key} 没写出自哪篇文章。请加一行，例如：文章: {next(iter(index.articles), 'a1')}"
        )
        return None
    if not index.check_article(named, FILE, section.place("文章")):
        return None
    article = index.articles[named][0]
    find = anchors.setdefault(named, Anchors(article))
    heads = list(dict.fromkeys(block.text for block in article.blocks if block.kind == "head"))
    given = section.get("小标题")
    under = given if given in heads else next((head for head in heads if fold(head) == fold(given)), "")
    if given and not under and given != NONE:
        like = near(given, heads)
        mend = f"是不是想写“{like}”？" if like else f"请照抄一个：{'、'.join(heads[:8])}"
        wrong("小标题", f"文章 {named} 没有小标题“{given[:20]}”。{mend}")
    anchor = find.find(text, under)
    if place := fold(section.get("段落")):
        anchor = int(place) - 1 if place.isdecimal() and len(place) < 6 else len(article.blocks)
        if anchor >= len(article.blocks) or (anchor >= 0 and article.blocks[anchor].kind == "head"):
            wrong("段落", f"“{place[:20]}”不是文章 {named} 的段落。请删掉这一行，段落会自动去找。")
            anchor = -1
    damaged = truth(section.get("受损")) if section.get("受损") else False
    if damaged is None:
        wrong("受损", "“受损”只能写是或否。请改成：受损: 是")
    return Card(
        id=key,
        rank=rank,
        title=title,
        text=text,
        article=named,
        section=under or ("" if given else find.section(anchor)),
        anchor=anchor,
        tags=words(section.get("标签")),
        date_note=section.get("日期说明"),
        think=section.get("想一想"),
        damaged=bool(damaged),
    )
