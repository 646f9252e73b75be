"""A pack's folder read into one value, or refused whole with every mistake at once.

Invariant: content never makes this raise; a pack with an error is None, one with warnings is a pack.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.model import Pack, Problem
from bot.packs.answers import check_answers
from bot.packs.articles import read_articles
from bot.packs.cards import read_cards
from bot.packs.check import check
from bot.packs.files import Files, printable
from bot.packs.glossary import read_terms
from bot.packs.header import ID, Keys, Section, near, read_keys, title_of
from bot.packs.index import Index
from bot.packs.quiz import read_quiz
from bot.packs.rhythm import EXAMPLES, rhythm

MOST = 100  # complaints shown of one file; nobody reads more at once
PACK_ID = ID  # the name others know it by
KEYS = Keys(("语言", "版本", "节奏", "说明"), long=("说明",), strict=True)
_NAMES = ("pack.md", "cards.md", "glossary.md", "quiz.md")


def read_pack(
    folder: Path, answers: Mapping[str, str] | None = None
) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The pack in `folder` and everything that is wrong with it, sorted by file and line.

    answers: what people were asked before under which id (`answers.answer_key`); a question of this pack that
    has another answer under such an id is an error.
    """
    problems: list[Problem] = []
    files = Files(folder, problems)
    header = _pack_md(files)
    if not os.path.isdir(folder):  # never raises, unlike Path.is_dir
        return None, tuple(problems)
    index = Index(problems)
    read_articles(files, index)
    if not files.has("cards.md"):
        text = "没有这个文件，每天没有可推送的。请新建，写上卡片，例如：## c01 开头的话"
        files.wrong("cards.md", text, error=False)
    elif (lines := files.lines("cards.md")) is not None:
        read_cards(lines, index)
    else:
        index.lost_cards = True
    for name, reader in (("glossary.md", read_terms), ("quiz.md", read_quiz)):
        if files.has(name) and (lines := files.lines(name)) is not None:
            reader(lines, index)
    _other_files(files)
    check(index)
    check_answers(index, answers or {})
    shown = _sorted(problems)
    if any(problem.error for problem in problems):
        return None, shown
    pack = Pack(
        id=folder.name if ID.fullmatch(folder.name) else folder.resolve().name,  # a link bears the id
        title=header.head,
        articles=tuple(article for article, _ in index.articles.values()),
        cards=tuple(card for card, _ in index.cards.values()),
        terms=tuple(term for term, _ in index.terms.values()),
        questions=tuple(question for question, _ in index.questions.values()),
        language=header.get("语言") or "zh-Hans",
        version=header.get("版本"),
        rhythm=header.get("节奏"),
        about=header.get("说明"),
        digest=files.digest(),
    )
    return pack, shown


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    """By file and line; of a file that is wrong all over, the first MOST and how many more."""
    problems = [replace(p, file=printable(p.file), text=printable(p.text)) for p in problems]
    out: list[Problem] = []
    for file in sorted({problem.file for problem in problems}):
        found = sorted(
            (problem for problem in problems if problem.file == file), key=lambda p: (p.line, not p.error)
        )
        out += found[:MOST]
        rest = found[MOST:]
        if rest:
            error = any(problem.error for problem in rest)
            text = f"后面还有 {len(rest)} 处。请先改好上面的，再检查一次。"
            out.append(Problem(file, rest[0].line, text, error))
    return tuple(out)


def _pack_md(files: Files) -> Section:
    header = Section("", 1)
    if not files.has("pack.md"):
        files.wrong("pack.md", "没有这个文件。请新建，第一行写“# 标题”。")
        return header
    lines = files.lines("pack.md")
    if lines is None:
        return header
    under: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        title = title_of(line)
        if title is None:
            under.append((number, line))
        elif header.head:
            files.wrong("pack.md", "标题写了两次。请只留一行“# ”。", number)
        else:
            header.head = title
    read_keys(under, header, KEYS, "pack.md", files.problems)
    if not header.head:
        files.wrong("pack.md", "没有标题。请在第一行写，例如：# 入门三十天", 1)
    if rhythm(header.get("节奏")) is None:
        text = f"看不懂节奏“{header.get('节奏')[:20]}”，先按每天。可以写：{EXAMPLES}。"
        files.wrong("pack.md", text, header.place("节奏"), error=False)
    return header


def _other_files(files: Files) -> None:
    """Warns of Markdown files beside the known ones: most likely a misspelt name."""
    try:
        names = sorted(entry.name for entry in files.root.iterdir())
    except OSError:
        return
    for name in names:
        if (
            name.lower().endswith(".md")
            and name not in _NAMES
            and not name.lower().startswith(("readme", ".", "_"))
        ):
            like = near(name, _NAMES)
            mend = f"是不是想写“{like}”？" if like else "文章请放进 articles/，别的请移走。"
            files.wrong(name, f"不认识这个文件，没有读。{mend}", error=False)
