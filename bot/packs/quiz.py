"""quiz.md: questions of six kinds as a teacher writes them, with everything that is wrong about them.

Invariant: a question that comes out can be asked and marked: it has a key and a quote from its article.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.model import Article, Problem, Question, QuestionKind
from bot.packs.anchor import bare, grams
from bot.packs.header import ID, Keys, Section, fold, ident, near, sections, truth, unknown_key
from bot.packs.index import Index

FILE = "quiz.md"
KINDS: dict[str, QuestionKind] = {
    "单选": "single",
    "多选": "multi",
    "判断": "bool",
    "填空": "fill",
    "排序": "order",
    "配对": "match",
}
NAMES = {kind: name for name, kind in KINDS.items()}
OPTION = re.compile(r"[-*+·•]?\s*[\[［【]\s*([xXｘＸvV√✓✔×✗✘*]?)\s*[\]］】]\s*(\S.*)")
NUMBERED = re.compile(r"\d{1,2}\s*[.、．)）]\s*(\S.*)")
PAIR = re.compile(r"[-*+·•]\s*(\S.*)")
EQUALS = (re.compile(r"\s[=＝]\s"), re.compile(r"\s(?:—+|→|->)\s"), re.compile(r"=|＝|—+|→|->"))
BLANK = re.compile(r"[_＿]{2,}")
TICKS = "xXｘＸvV√✓✔"
_LOOSE_OPTION = re.compile(r"(?:[-*+·•]\s|[A-HＡ-Ｈ]\s*[.、．)）:：])")

Wrong = Callable[[str, str], None]  # the key whose line is meant, and the sentence


def _special(line: str) -> bool:
    line = line.strip()
    return bool(OPTION.match(line) or NUMBERED.match(line) or _LOOSE_OPTION.match(line))


KEYS = Keys(
    ("卡片", "文章", "题型", "题", "答", "排序", "配对", "解析", "依据", "停用"),
    long=("题", "解析", "依据"),
    special=_special,
)


@dataclass(slots=True)
class _Parts:
    """What stands under a question besides its keys."""

    options: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # on which line each option, item or pair stands


def same(text: str) -> str:
    """What two options are compared by: NFKC, no white space, no case.

    >>> same("ＡＩ 技术") == same("ai技术")
    True
    """
    return bare(unicodedata.normalize("NFKC", text)).lower()


def read_quiz(lines: list[str], index: Index) -> None:
    """Puts all sound questions into the index, in file order; retired ones (停用: 是) are left out."""
    seen: dict[str, int] = {}
    for section in sections(lines, FILE, KEYS, index.problems):
        key = ident(section.head)
        if not ID.fullmatch(key):
            text = f"题号“{section.head[:20]}”要用小写字母加数字，例如：q001"
            index.wrong(FILE, section.line, text)
            continue
        if key in seen:
            index.wrong(FILE, section.line, f"题号“{key}”在第 {seen[key]} 行用过了。请换一个。")
            continue
        seen[key] = section.line
        retired = truth(section.get("停用")) if section.get("停用") else False
        if retired is None:
            index.wrong(FILE, section.place("停用"), "“停用”只能写是或否。请改成：停用: 是")
        if retired:
            continue
        before = len(index.problems)
        question = _question(key, len(index.questions) + 1, section, index)
        if question and not any(problem.error for problem in index.problems[before:]):
            index.questions[key] = (question, section)


def _question(key: str, rank: int, section: Section, index: Index) -> Question | None:
    def wrong(where: str, text: str) -> None:
        index.wrong(FILE, section.place(where), text)

    card, article = _belongs(key, section, index, wrong)
    stem, quote = section.get("题"), section.get("依据")
    if not stem:
        wrong("题", f"题 {key} 没有题干。请加一行，例如：题: 第一篇讲的是什么？")
    if not bare(quote):
        wrong("依据", f"题 {key} 没有依据。请从文章里照抄一句，例如：依据: ……")
    elif article in index.articles:
        _check_quote(quote, article, index, wrong)
    parts = _parts(section, index)
    right = _right(parts.marks)
    answer = section.get("答")
    kind = _kind(parts, right, answer, section, stem)
    named = fold(section.get("题型")).removesuffix("题")
    if named and named not in KINDS:
        like = near(named, KINDS)
        mend = f"是不是想写“{like}”？" if like else f"可以写：{'、'.join(KINDS)}。"
        wrong("题型", f"没有“{named[:10]}”这种题型。{mend}")
    elif named and kind and KINDS[named] != kind:
        wrong("题型", _disagree(named, kind, len(right)))
    if kind is None:
        wrong("答" if answer else "题", _no_key(key, answer))
        return None
    if parts.options and answer:
        wrong("答", "有选项的题不用写“答”。请在对的选项前写“- [x]”，删掉这一行。")
    _check(key, kind, parts, right, wrong)
    blanks = _blanks(answer, len(BLANK.findall(stem))) if kind == "fill" else ()
    if kind == "fill" and (len(blanks) != len(BLANK.findall(stem)) or not all(blanks)):
        wrong("答", _blank_count(key, len(BLANK.findall(stem)), len(blanks)))
    if kind == "bool":
        parts.options, right = ["对", "错"], [0 if truth(answer) else 1]
    return Question(
        id=key,
        rank=rank,
        kind=kind,
        stem=BLANK.sub("____", stem),
        article=article,
        quote=quote,
        explanation=section.get("解析"),
        card=card,
        options=tuple(parts.items if kind == "order" else () if kind == "match" else parts.options),
        right=tuple(right),
        blanks=blanks,
        pairs=tuple(parts.pairs) if kind == "match" else (),
    )


def _belongs(key: str, section: Section, index: Index, wrong: Wrong) -> tuple[str, str]:
    """Card and article of a question; the article is the card's when it is not written."""
    card, article = ident(section.get("卡片")), ident(section.get("文章"))
    if not card and not article:
        wrong("卡片", f"题 {key} 没写“卡片”或“文章”。请写它出自哪里，例如：卡片: c01")
    if article:
        index.check_article(article, FILE, section.place("文章"))
    if card and index.check_card(card, FILE, section.place("卡片")):
        of_card = index.cards[card][0].article
        if article and article != of_card:
            wrong("文章", f"卡片 {card} 出自文章 {of_card}，这里写的是 {article}。请改成一致，或删掉这一行。")
        article = article or of_card
    return card, article


def _parts(section: Section, index: Index) -> _Parts:
    """Options, items and pairs of a question; lines that are none of them become problems."""
    parts = _Parts()
    ordering, matching = section.at.get("排序", 0), section.at.get("配对", 0)
    for key in ("排序", "配对"):
        if section.get(key):
            index.wrong(FILE, section.place(key), f"“{key}:”后面不写字。请从下一行开始，一行写一项。")
    for number, line in section.body:
        if not line:
            continue
        parts.lines.append(number)
        if found := OPTION.fullmatch(line):
            parts.marks.append(found[1])
            parts.options.append(found[2].strip())
        elif ordering and ordering > matching and (found := NUMBERED.fullmatch(line)):
            parts.items.append(found[1].strip())
        elif matching and matching > ordering and (pair := _pair(line)):
            parts.pairs.append(pair)
        else:
            parts.lines.pop()
            index.problems.append(_misread(number, line, bool(ordering), bool(matching)))
    return parts


def _misread(number: int, line: str, ordering: bool, matching: bool) -> Problem:
    key = re.split("[:：]", line, maxsplit=1)[0].strip() if re.search("[:：]", line) else ""
    if key and len(key) <= 4 and near(key, KEYS.known):
        return unknown_key(FILE, number, key, KEYS.known)
    shape = "1. 文字" if ordering else "- 左 = 右" if matching else "- [ ] 文字"
    what = "每一项" if ordering or matching else "选项"
    return Problem(FILE, number, f"看不懂这一行：“{line[:20]}”。{what}要写成“{shape}”。")


def _pair(line: str) -> tuple[str, str] | None:
    found = PAIR.fullmatch(line)
    at = next((at for sign in EQUALS if found and (at := sign.search(found[1]))), None)
    if not found or not at:
        return None
    left, other = found[1][: at.start()].strip(), found[1][at.end() :].strip()
    return (left, other) if left and other else None


def _right(marks: Sequence[str]) -> list[int]:
    """Indices of the options marked right. × means wrong only beside a √."""
    ticked = any(mark in "√✓✔" for mark in marks if mark)
    good = TICKS if ticked else TICKS + "×✗✘*"
    return [n for n, mark in enumerate(marks) if mark and mark in good]


def _kind(
    parts: _Parts, right: Sequence[int], answer: str, section: Section, stem: str
) -> QuestionKind | None:
    if parts.options:
        return "multi" if len(right) > 1 else "single"
    if "排序" in section.values:
        return "order"
    if "配对" in section.values:
        return "match"
    if BLANK.search(stem):
        return "fill"
    return "bool" if truth(answer) is not None else None


def _disagree(named: str, kind: QuestionKind, right: int) -> str:
    if (named, kind) == ("单选", "multi"):
        return f"题型写的是“单选”，却有 {right} 个正确选项。请只留一个“[x]”，或把题型改成多选。"
    if (named, kind) == ("多选", "single") and right:
        return "题型写的是“多选”，却只有 1 个正确选项。请再标一个“[x]”，或把题型改成单选。"
    return f"题型写的是“{named}”，内容却像{NAMES[kind]}题。请改题型，或改题的内容。"


def _no_key(key: str, answer: str) -> str:
    if answer:
        return f"题 {key} 的答案“{answer[:10]}”不是对或错，题干里也没有空。请写“答: 对”，或在题干里写“____”。"
    return f"题 {key} 没有选项，也没有答案。请写“- [x] 选项”，或一行“答: 对”。"


def _blanks(answer: str, wanted: int) -> tuple[tuple[str, ...], ...]:
    """Accepted spellings for each blank. `；` parts the blanks when there is one, else `、` does.

    >>> _blanks("质优|質優、量大", 2), _blanks("堵点、卡点；", 1)
    ((('质优', '質優'), ('量大',)), (('堵点、卡点',),))
    """
    parts = re.split("[；;]", answer) if re.search("[；;]", answer) else answer.split("、")
    if len(parts) > wanted and not parts[-1].strip():
        parts.pop()
    return tuple(tuple(each.strip() for each in re.split(r"[|｜]", part) if each.strip()) for part in parts)


def _blank_count(key: str, blanks: int, answers: int) -> str:
    if not answers or answers == blanks:
        return f"题 {key} 有 {blanks} 个空，答案没有写全。请一空写一个，用“、”隔开。"
    return (
        f"题 {key} 有 {blanks} 个空，答案有 {answers} 个。请用“、”隔开每空的答案，同一空的几种写法用“|”隔开。"
    )


def _check(key: str, kind: QuestionKind, parts: _Parts, right: Sequence[int], wrong: Wrong) -> None:
    if kind in {"single", "multi"}:
        if not 2 <= len(parts.options) <= 8:
            wrong("题", f"题 {key} 有 {len(parts.options)} 个选项。请写 2 到 8 个。")
        if not right:
            wrong("题", f"题 {key} 没有正确选项。请在对的那一项写“- [x]”。")
        if kind == "multi" and len(right) == len(parts.options):
            wrong("题", f"题 {key} 的选项全对。多选题至少要有一项是错的。")
        if twice := _twice(parts.options):
            wrong("题", f"题 {key} 有两个选项一样：“{twice[:20]}”。请改掉一个。")
        return
    sides = [("排序", parts.items)] if kind == "order" else []
    if kind == "match":
        sides = [("配对左边", [a for a, _ in parts.pairs]), ("配对右边", [b for _, b in parts.pairs])]
    for n, (what, items) in enumerate(sides):
        where = what[:2]
        if not n and not 3 <= len(items) <= 6:
            wrong("题", f"题 {key} 的{where}有 {len(items)} 项。请写 3 到 6 项。")
        if twice := _twice(items):
            wrong("题", f"题 {key} 的{what}有两项一样：“{twice[:20]}”。请改掉一个。")


def _twice(texts: Sequence[str]) -> str:
    seen: set[str] = set()
    for text in texts:
        if same(text) in seen:
            return text
        seen.add(same(text))
    return ""


def stands_in(quote: str, article: Article) -> bool:
    """Whether the quote stands verbatim in one of the article's paragraphs, white space aside."""
    wanted = bare(quote)
    return any(wanted in bare(block.text) for block in article.blocks if block.kind != "head")


def _check_quote(quote: str, article: str, index: Index, wrong: Wrong) -> None:
    mine = index.articles[article][0]
    if all(block.kind == "head" for block in mine.blocks):
        return  # an empty article has its own complaint
    if stands_in(quote, mine):
        return
    others = [key for key, (other, _) in index.articles.items() if key != article and stands_in(quote, other)]
    if others:
        wrong("依据", f"依据不在文章 {article} 里，在文章 {others[0]} 里。请改出处，或换一句依据。")
        return
    best = _likest(quote, mine)
    hint = f"最像的一句是：“{best}”。请照抄。" if best else "请照抄原文一句。"
    wrong("依据", f"依据不在文章 {article} 里：“{quote[:20]}”。{hint}")


def _likest(quote: str, article: Article) -> str:
    """The sentence that shares most with the quote, "" when none shares anything."""
    wanted = grams(quote)
    parts = [
        part.strip()
        for block in article.blocks
        if block.kind != "head"
        for part in re.split(r"(?<=[。！？；\n])", block.text)
        if part.strip()
    ]
    share, _, best = max(
        ((len(wanted & grams(part)), -n, part) for n, part in enumerate(parts)), default=(0, 0, "")
    )
    return best[:60] if share * 3 >= max(len(wanted), 1) else ""
