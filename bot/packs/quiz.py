"""quiz.md: questions as a teacher writes them, with everything that is wrong about them."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Protocol

from bot.model import Article, Card, Problem, Question, QuestionKind
from bot.packs.header import Section, fold, sections, value_of

FILE = "quiz.md"
KEYS = ("卡片", "文章", "题型", "题", "答", "解析", "依据", "停用")
KINDS: dict[str, QuestionKind] = {
    "单选": "single",
    "多选": "multi",
    "判断": "bool",
    "填空": "fill",
    "排序": "order",
    "配对": "match",
}
NAMES = {kind: name for name, kind in KINDS.items()}
OPTION = re.compile(r"^\s*[-*]\s*[\[［【]\s*([xX×√✓✔*]?)\s*[\]］】]\s*(.+?)\s*$")
NUMBERED = re.compile(r"^\s*\d+\s*[.、．)）]\s*(.+?)\s*$")
PAIR = re.compile(r"^\s*[-*]\s*(.+?)\s*(?:=|＝|——|→)\s*(.+?)\s*$")
BLANK = re.compile(r"[_＿]{2,}")
TRUE = frozenset({"对", "√", "✓", "是", "正确", "true", "t", "v"})
FALSE = frozenset({"错", "×", "✗", "x", "否", "错误", "不对", "false", "f"})


def same(text: str) -> str:
    """What two options are compared by: NFKC, no spaces, no case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def read_quiz(
    lines: list[str], articles: Mapping[str, Article], cards: Mapping[str, Card], problems: list[Problem]
) -> tuple[Question, ...]:
    """All questions that are sound, in file order; each mistake is added to `problems`."""
    found: list[Question] = []
    seen: dict[str, int] = {}
    for section in sections(lines, FILE, (), problems, everywhere=KEYS):
        if fold(section.get("停用")) in TRUE:
            continue
        key = fold(section.head)
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", key):
            problems.append(
                Problem(FILE, section.line, f"题号“{section.head}”要用小写字母加数字，例如：q001")
            )
            continue
        if key in seen:
            problems.append(Problem(FILE, section.line, f"题号“{key}”在第 {seen[key]} 行用过了。请换一个。"))
            continue
        seen[key] = section.line
        before = len(problems)
        question = _question(key, len(found) + 1, section, articles, cards, problems)
        if question and len(problems) == before:
            found.append(question)
    return tuple(found)


def _question(
    key: str,
    rank: int,
    section: Section,
    articles: Mapping[str, Article],
    cards: Mapping[str, Card],
    problems: list[Problem],
) -> Question | None:
    def wrong(where: str, text: str) -> None:
        problems.append(Problem(FILE, section.place(where), text))

    card, article = fold(section.get("卡片")), fold(section.get("文章"))
    if card and card not in cards:
        wrong("卡片", f"没有编号为“{card}”的卡片。请写 cards.md 里有的编号。")
    article = article or (cards[card].article if card in cards else "")
    if not card and not article:
        wrong("卡片", f"题 {key} 没写“卡片”或“文章”。请写它出自哪里，例如：卡片: c01")
    if article and article not in articles:
        wrong("文章", f"没有编号为“{article}”的文章。请写 articles 里有的编号。")
    stem, quote = section.get("题"), section.get("依据")
    if not stem:
        wrong("题", f"题 {key} 没有题干。请加一行，例如：题: 第一篇讲的是什么？")
    if not quote:
        wrong("依据", f"题 {key} 没有依据。请从文章里照抄一句，例如：依据: ……")
    elif article in articles and not stands_in(quote, articles[article]):
        wrong("依据", f"依据不在文章 {article} 里：“{quote[:20]}”。请照抄原文一句。")
    options: list[str] = []
    right: list[int] = []
    items: list[str] = []
    pairs: list[tuple[str, str]] = []
    mode = ""
    for number, line in section.body:
        stripped = fold(line).rstrip(":：").strip()
        if not stripped:
            continue
        if stripped in {"排序", "配对"}:
            mode = stripped
        elif found := OPTION.match(line):
            if found[1]:
                right.append(len(options))
            options.append(value_of(found[2]))
        elif mode == "排序" and (found := NUMBERED.match(line)):
            items.append(value_of(found[1]))
        elif mode == "配对" and (found := PAIR.match(line)):
            pairs.append((value_of(found[1]), value_of(found[2])))
        elif not stripped.startswith("<!--"):
            problems.append(
                Problem(FILE, number, f"看不懂这一行：“{line.strip()[:20]}”。选项要写成“- [ ] 文字”。")
            )
    answer = section.get("答")
    kind = _kind(options, right, items, pairs, answer, mode, stem)
    if kind is None:
        wrong("题", f"题 {key} 没有选项，也没有答案。请写“- [x] 选项”，或一行“答: 对”。")
        return None
    named = fold(section.get("题型"))
    if named and KINDS.get(named) != kind:
        what = f"题型写的是“{named}”，内容却像{NAMES[kind]}题。请改题型，或改正确选项的个数。"
        wrong("题型", what if named in KINDS else f"没有“{named}”这种题型。可以写：{'、'.join(KINDS)}。")
    blanks: tuple[tuple[str, ...], ...] = ()
    if kind in {"single", "multi"}:
        _check_options(key, kind, options, right, wrong)
    elif kind == "bool":
        options, right = ["对", "错"], [0 if fold(answer).lower() in TRUE else 1]
    elif kind == "fill":
        blanks = tuple(
            tuple(value_of(each) for each in re.split(r"[|｜]", part) if each.strip())
            for part in re.split(r"[、；;]", answer)
        )
        if len(blanks) != len(BLANK.findall(stem)) or not all(blanks):
            wrong(
                "答",
                f"题 {key} 有 {len(BLANK.findall(stem))} 个空，答案有 {len(blanks)} 个。请用“、”隔开每空的答案。",
            )
    elif kind == "order":
        options = items
        _check_items(key, items, wrong, "排序")
    else:
        _check_items(key, [left for left, _ in pairs], wrong, "配对左边")
        _check_items(key, [other for _, other in pairs], wrong, "配对右边")
    return Question(
        id=key,
        rank=rank,
        kind=kind,
        stem=BLANK.sub("____", stem),
        article=article,
        quote=quote,
        explanation=section.get("解析"),
        card=card,
        options=tuple(options),
        right=tuple(right),
        blanks=blanks,
        pairs=tuple(pairs),
    )


def _kind(
    options: list[str],
    right: list[int],
    items: list[str],
    pairs: list[tuple[str, str]],
    answer: str,
    mode: str,
    stem: str,
) -> QuestionKind | None:
    if options:
        return "multi" if len(right) > 1 else "single"
    if mode == "排序" or items:
        return "order"
    if mode == "配对" or pairs:
        return "match"
    if BLANK.search(stem):
        return "fill"
    return "bool" if fold(answer).lower() in TRUE | FALSE else None


def _check_options(key: str, kind: str, options: list[str], right: list[int], wrong: "Wrong") -> None:
    if not 2 <= len(options) <= 8:
        wrong("题", f"题 {key} 有 {len(options)} 个选项。请写 2 到 8 个。")
    if not right:
        wrong("题", f"题 {key} 没有正确选项。请在对的那一项写“- [x]”。")
    if kind == "multi" and len(right) == len(options):
        wrong("题", f"题 {key} 的选项全对。多选题至少要有一项是错的。")
    if len({same(option) for option in options}) < len(options):
        wrong("题", f"题 {key} 有两个选项一样。请改掉一个。")


def _check_items(key: str, items: list[str], wrong: "Wrong", what: str) -> None:
    if not 3 <= len(items) <= 6:
        wrong("题", f"题 {key} 的{what}有 {len(items)} 项。请写 3 到 6 项。")
    if len({same(item) for item in items}) < len(items):
        wrong("题", f"题 {key} 的{what}有两项一样。请改掉一个。")


class Wrong(Protocol):  # how a check reports: the key whose line is meant, and the sentence
    def __call__(self, where: str, text: str) -> None: ...


def stands_in(quote: str, article: Article) -> bool:
    """Whether the quote stands verbatim in one of the article's blocks, white space aside."""
    wanted = re.sub(r"\s+", "", quote)
    return any(wanted in re.sub(r"\s+", "", block.text) for block in article.blocks)
