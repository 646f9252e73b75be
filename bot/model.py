"""The nouns every room shares, as frozen values: packs and what is in them, complaints.

Invariant: nothing here reads a clock, a file or a database, and no dict crosses a room.
"""

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["head", "para", "quote", "list", "table"]
QuestionKind = Literal["single", "multi", "bool", "fill", "order", "match"]


class Complaint(Exception):
    """Something the person can put right. Its text is the whole Chinese sentence he reads.

    choices: buttons that go with it, as (label, sentence); none = whoever shows it offers help.
    about: the command that complains, filled in by whoever carries it out.
    """

    about = ""

    def __init__(self, sentence: str, *choices: tuple[str, str]) -> None:
        super().__init__(sentence)
        self.choices = choices


class Refused(Exception):
    """A start that must not happen (config, database, second copy): text for the operator, exit code 2."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a pack: where it stands, what is wrong and what to do, in Chinese."""

    file: str  # relative to the pack's folder, "/" as separator
    line: int  # 1-based; 0 = the whole file
    text: str
    error: bool = True  # False: a warning, the pack may go live all the same

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'错误' if self.error else '提醒'}：{self.text}"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, head, quote, list or table of an article. `text` has no Markdown marks of its kind."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    number: int  # 1-based, file order within the pack
    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    source: str = ""  # 出处: who published it, e.g. 新华社
    author: str = ""  # 作者: "姓名" or "姓名 · 身份"
    date: str = ""  # 日期, as people read it: "2024 年 3 月", "约 2023 年 9 月"
    link: str = ""
    original: str = ""  # 原文: full title of the document this digest is about

    @property
    def by(self) -> str:
        """Who stands behind the text, short: the author's name, else the source."""
        return self.author.split(" · ")[0] or self.source


@dataclass(frozen=True, slots=True)
class Card:
    id: str
    rank: int  # 1-based, file order = order of days
    title: str
    text: str
    article: str  # article id
    section: str = ""  # 小标题: the article's head it belongs to ("" = none)
    anchor: int = -1  # index into the article's blocks of the paragraph it stands for; -1 = unknown
    tags: tuple[str, ...] = ()
    date_note: str = ""  # 日期说明: replaces the article's date on the card
    think: str = ""  # 想一想
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    id: str  # 编号, or the name itself
    rank: int
    name: str
    text: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    article: str = ""  # article id, "" = none
    card: str = ""  # card id, "" = none
    example: str = ""  # 例
    confusable: str = ""  # 易混, as written: "劳动生产率，只拿产出和人比。"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Which fields carry the key depends on `kind`:

    single, multi, bool: `options` and `right` (0-based indices; bool has options 对, 错).
    fill: `blanks`, one tuple of accepted spellings per ____ in the stem, the first one is shown.
    order: `options` in the right order (the session shuffles them).
    match: `pairs` of (left, right) that belong together.
    """

    id: str
    rank: int
    kind: QuestionKind
    stem: str
    article: str  # article id
    quote: str  # 依据: stands verbatim in that article
    explanation: str = ""
    card: str = ""
    options: tuple[str, ...] = ()
    right: tuple[int, ...] = ()
    blanks: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    id: str
    title: str
    articles: tuple[Article, ...]
    cards: tuple[Card, ...]
    terms: tuple[Term, ...] = ()
    questions: tuple[Question, ...] = ()
    language: str = "zh-Hans"
    version: str = ""
    rhythm: str = ""  # 节奏: suggested days, e.g. 工作日
    about: str = ""  # 说明
    digest: str = ""  # hash over all files it was read from; equal digest = equal pack
