"""The forgiving `键: 值` lines that teachers type, and their complaints.

Invariant: a line is never silently ignored: it becomes a value, part of the body, or a Problem.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.model import Problem

QUOTES = "“”‘’\"'「」『』"
KEY = re.compile(r"^\s*([\w一-鿿]{1,8})\s*[:：]\s*(.*?)\s*$")


@dataclass(slots=True)
class Section:
    """One `## head` and what stands under it. `at` says on which line each key stood."""

    head: str
    line: int
    keys: dict[str, str] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    body: list[tuple[int, str]] = field(default_factory=list)

    def get(self, key: str) -> str:
        return self.keys.get(key, "")

    def place(self, key: str) -> int:
        """The line to name in a complaint about this key."""
        return self.at.get(key, self.line)


def fold(text: str) -> str:
    """Full-width letters and digits made half-width, spaces at the ends dropped.

    >>> fold("　ｃ０７ ")
    'c07'
    """
    return unicodedata.normalize("NFKC", text).strip()


def value_of(text: str) -> str:
    """A value as typed, without one pair of stray quotes around it.

    >>> value_of(' “新华社” ')
    '新华社'
    """
    text = text.strip()
    if len(text) >= 2 and text[0] in QUOTES and text[-1] in QUOTES:
        inner = text[1:-1]
        if not any(mark in inner for mark in QUOTES):
            return inner.strip()
    return text


def key_line(line: str) -> tuple[str, str] | None:
    """(key, value) when the line is one, else None. Full-width colons and letters are as good as plain ones."""
    found = KEY.match(line)
    return (fold(found[1]), value_of(found[2])) if found else None


def unknown_key(file: str, line: int, key: str, known: Iterable[str]) -> Problem:
    """The complaint about a key that nobody reads, with the nearest one that somebody does."""
    options = list(known)
    near = difflib.get_close_matches(key, options, 1, 0.4)
    mend = f"是不是想写“{near[0]}”？" if near else f"可以写的有：{'、'.join(options)}。"
    return Problem(file, line, f"不认识的键“{key}”，{mend}")


def sections(
    lines: Sequence[str],
    file: str,
    known: Sequence[str],
    problems: list[Problem],
    everywhere: Sequence[str] = (),
) -> list[Section]:
    """The `##` sections of a file. Keys in `known` are read at the top of a section, those in `everywhere` also
    below its text. A line above the first head, a repeated key and an unknown one become problems.
    """
    found: list[Section] = []
    top = True
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("## "):
            found.append(Section(line.strip()[3:].strip(), number))
            top = True
            continue
        if not found:
            if line.strip() and not line.startswith(("# ", "<!--")):
                problems.append(
                    Problem(file, number, "第一个“## ”标题前面有文字。请把它移到某个标题下面，或删掉。")
                )
            continue
        section, pair = found[-1], key_line(line)
        readable = (*known, *everywhere) if top else everywhere
        if pair and pair[0] in readable:
            if pair[0] in section.keys:
                problems.append(Problem(file, number, f"“{pair[0]}”写了两次。请只留一个。"))
            section.keys[pair[0]], section.at[pair[0]] = pair[1], number
        elif pair and pair[1] and top and not section.body and len(pair[0]) <= 4 and len(pair[1]) <= 60:
            problems.append(unknown_key(file, number, pair[0], (*known, *everywhere)))
        else:
            if not line.strip() and section.keys:
                top = False
            section.body.append((number, line.rstrip()))
    return found
