"""What is not broken but reads badly: lengths, give-aways, relative time, doubles. Almost all warnings.

Invariant: looks only at what was read soundly, and changes nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable

from bot.model import Article, Card, Question
from bot.packs import cards as cards_file
from bot.packs import glossary as terms_file
from bot.packs import quiz as quiz_file
from bot.packs.anchor import bare, grams
from bot.packs.header import Section, fold
from bot.packs.index import Index
from bot.packs.quiz import same

STEM, OPTION, EXPLANATION = 280, 90, 200  # characters a Telegram poll takes, with room for our marks
CARD = (60, 220)  # 汉字 (a Latin word counts as one); what reads well in one screen of a phone
ALIKE = 0.85  # share of 4-grams from which two cards say the same
_ALL = re.compile("以上(?:都|全|皆|均|各项|说法|选项)|全都(?:对|正确)|都不对|以上.{0,3}(?:不是|没有)")
_RELATIVE = re.compile("今年|去年|明年|前年|本月|上个?月|下个?月|今天|昨天|明天|近日|日前|此次|本周|上周")
_HARMLESS = re.compile(
    "不同|不断|不仅|不但|不只|不久|不少|不过|不如|不变|不论|不管|不足|无论|无人|无线|无锡|非常|非洲|没收|除非|是不是|能不能|有没有|会不会"
)
_NO = "(?:不|没|無|无|非|未|莫|否认|否定)"
_DOUBLE = re.compile(f"{_NO}[^，。；：、？！“”《》]{{0,5}}{_NO}")


def check(index: Index) -> None:
    """Adds errors for ids used twice across files, and warnings of style, to the index."""
    _ids(index)
    _cards(index)
    _aliases(index)
    for question, section in index.questions.values():
        for where, text in _question(question):
            index.wrong(quiz_file.FILE, section.place(where), f"题 {question.id} {text}", error=False)
    _positions(index)


def _ids(index: Index) -> None:
    used = {key: f"{name} 里" for key, (_, name) in index.articles.items()}
    places: list[tuple[str, dict[str, Section]]] = [
        (cards_file.FILE, {key: section for key, (_, section) in index.cards.items()}),
        (terms_file.FILE, {key: section for key, (_, section) in index.terms.items()}),
        (quiz_file.FILE, {key: section for key, (_, section) in index.questions.items()}),
    ]
    for file, sections in places:
        for key, section in sections.items():
            if key in used:
                index.wrong(file, section.place("编号"), f"编号“{key}”在 {used[key]}用过了。请换一个。")
            else:
                used[key] = f"{file} 第 {section.line} 行里"


def _cards(index: Index) -> None:
    for card, section in index.cards.values():
        count = len(re.findall("[㐀-鿿]|[A-Za-z]+", card.text))
        if card.text and not CARD[0] <= count <= CARD[1]:
            text = f"卡片 {card.id} 有 {count} 字，{CARD[0]} 到 {CARD[1]} 字最好读。"
            index.wrong(cards_file.FILE, section.line, text, error=False)
        if when := undated(card, index.articles[card.article][0]):
            text = f"卡片 {card.id} 写了“{when}”，文章没有日期。请加一行，例如：日期说明: 2024 年 3 月的报道"
            index.wrong(cards_file.FILE, section.line, text, error=False)
    for one, two in _doubles([card for card, _ in index.cards.values()]):
        text = f"卡片 {two.id} 和 {one.id} 几乎一样。请删掉一张，或改写一张。"
        index.wrong(cards_file.FILE, index.cards[two.id][1].line, text, error=False)


def undated(card: Card, article: Article) -> str:
    """The word of a card that only a date makes clear (今年), where there is none; else ""."""
    when = _RELATIVE.search(card.text)
    return when[0] if when and not card.date_note and not article.date else ""


def _doubles(cards: Iterable[Card]) -> Iterable[tuple[Card, Card]]:
    """Pairs of cards of which one holds nearly all of the other, by the 4-grams they share."""
    where: dict[str, list[int]] = {}
    seen: list[tuple[Card, frozenset[str]]] = []
    for n, card in enumerate(cards):
        mine = grams(card.text)
        shared = Counter(other for gram in mine for other in where.get(gram, ())[:50])
        for other, count in sorted(shared.items()):
            if (
                count >= ALIKE * min(len(mine), len(seen[other][1]))
                and min(len(mine), len(seen[other][1])) >= 10
            ):
                yield seen[other][0], card
                break
        for gram in mine:
            where.setdefault(gram, []).append(n)
        seen.append((card, mine))


def _aliases(index: Index) -> None:
    names = {fold(term.name).lower(): term.id for term, _ in index.terms.values()}
    for term, section in index.terms.values():
        for alias in term.aliases:
            other = names.get(fold(alias).lower())
            if other and other != term.id:
                text = f"又名“{alias[:20]}”已经是另一条术语。请删掉这个又名，或把两条合成一条。"
                index.wrong(terms_file.FILE, section.place("又名"), text, error=False)


def _question(question: Question) -> Iterable[tuple[str, str]]:
    """(key whose line is meant, what is the matter) for every weakness of one question."""
    texts = [*question.options, *(part for pair in question.pairs for part in pair)]
    if len(question.stem) > STEM:
        yield "题", f"的题干有 {len(question.stem)} 字，超过 {STEM} 字只能用按钮作答。请写短一些。"
    if question.kind in {"single", "multi", "order", "match"} and max(map(len, texts), default=0) > OPTION:
        yield "题", f"有一项超过 {OPTION} 字，只能用按钮作答。请写短一些。"
    if len(question.explanation) > EXPLANATION:
        yield (
            "解析",
            f"的解析有 {len(question.explanation)} 字，超过 {EXPLANATION} 字会另发一条。请写短一些。",
        )
    if shown := _shown(question):
        yield "题", f"的题干里看得到答案“{shown[:20]}”。请改题干。"
    if long := _too_long(question):
        yield "题", f"的正确选项“{long[:20]}”比其他选项长得多。请改得一样长。"
    if any(_ALL.search(option) for option in question.options):
        yield "题", "有“以上都对”一类的选项，选项换了次序就说不通。请换成具体的内容。"
    if _DOUBLE.search(_HARMLESS.sub("", _asked(question.stem))):
        yield "题", "的题干有两重否定。请改成正面的说法。"
    for where, text in (("题", " ".join((question.stem, *texts))), ("解析", question.explanation)):
        if when := _RELATIVE.search(_unquoted(text)):
            yield where, f"写了“{when[0]}”，过后读不懂。请写年份或日期。"


def _unquoted(text: str) -> str:
    return re.sub("“[^”]*”|《[^》]*》|「[^」]*」", "", text)


def _asked(stem: str) -> str:
    """The last sentence of a stem, which asks, without what it quotes."""
    parts = [part for part in re.split("(?<=[。？！])", _unquoted(stem)) if part.strip()]
    return parts[-1] if parts else ""


def _shown(question: Question) -> str:
    """The right answer when it can be read off the stem, else ""."""
    stem = same(question.stem)
    if question.kind == "fill":
        answers = [spelling for blank in question.blanks for spelling in blank]
    elif question.kind in {"single", "multi"}:
        if any(same(o) in stem for n, o in enumerate(question.options) if n not in question.right):
            return ""  # the stem offers several of them
        answers = [question.options[n] for n in question.right]
    else:
        return ""
    return next((answer for answer in answers if len(same(answer)) >= 2 and same(answer) in stem), "")


def _too_long(question: Question) -> str:
    if question.kind not in {"single", "multi"}:
        return ""
    wrong = [len(bare(o)) for n, o in enumerate(question.options) if n not in question.right]
    right = [question.options[n] for n in question.right]
    # Among short options a difference of a few letters tells nobody anything.
    return next((o for o in right if len(bare(o)) > max(1.6 * max(wrong), max(wrong) + 4)), "")


def _positions(index: Index) -> None:
    questions = [question for question, _ in index.questions.values()]
    at = Counter(q.right[0] for q in questions if q.kind == "single")
    truths = Counter(q.right[0] for q in questions if q.kind == "bool")
    for counts, what in ((at, "单选题的正确选项在同一个位置"), (truths, "判断题的答案相同")):
        total = sum(counts.values())
        if total >= 5 and max(counts.values()) > 0.7 * total:
            text = f"{total} 道里有 {max(counts.values())} 道{what}。请调换一些。"
            index.wrong(quiz_file.FILE, 0, text, error=False)
