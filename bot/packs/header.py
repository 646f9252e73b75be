"""The forgiving `键: 值` lines and `## ` sections that teachers type.

Invariant: no line is silently lost: each becomes a value, a line of the body, or a Problem.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.model import Problem

ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
YES = frozenset({"对", "√", "✓", "✔", "是", "正确", "true", "t", "yes", "y"})
NO = frozenset({"错", "×", "✗", "✘", "x", "否", "错误", "不对", "不是", "false", "f", "no", "n"})
_PAIRS = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ("＂", "＂"))
_STRAY = str.maketrans("“”‘’「」『』＂'", '""""""""""')
_HEAD = re.compile(r"[ \t　]*(?:##|＃＃)(?![#＃])(.*)")
_TITLE = re.compile(r"[ \t　]*[#＃](?![#＃])(.*)")
_GROUP = re.compile(r"[ \t　]*[#＃](?:\s|$)")
_HIDDEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


@dataclass(slots=True)
class Section:
    """One `## head` and what stands under it; for a header without heads, head is the `# title`.

    body: (line number, text) with blank lines as "" between paragraphs.
    """

    head: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    body: list[tuple[int, str]] = field(default_factory=list)

    def get(self, key: str) -> str:
        """The value without quotes around it, "" when the key is missing."""
        return unquote(self.values.get(key, ""))

    def place(self, key: str) -> int:
        """The line to name in a complaint about this key."""
        return self.at.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys a kind of section has. long: those whose value may go on over the next lines."""

    known: tuple[str, ...]
    long: tuple[str, ...] = ()
    special: Callable[[str], bool] = lambda _line: False  # a line that never continues a value
    strict: bool = False  # every line must be a key: there is no body


def fold(text: str) -> str:
    """Full-width letters and digits made half-width, invisible characters and outer spaces dropped.

    >>> fold("　ｃ０７ ")
    'c07'
    """
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).strip()


def ident(text: str) -> str:
    """An id as typed, folded and in small letters.

    >>> ident("“Ｃ０７”")
    'c07'
    """
    return fold(unquote(text)).lower()


def truth(text: str) -> bool | None:
    """对/√/是/正确 → True, 错/×/否/错误 → False, anything else None.

    >>> truth("√"), truth("错误。"), truth("也许")
    (True, False, None)
    """
    word = fold(unquote(text)).rstrip("。.").lower()
    return True if word in YES else False if word in NO else None


def unquote(text: str) -> str:
    """A value without one pair of quotes around the whole of it.

    >>> unquote(' “新华社” '), unquote('“甲”和“乙”'), unquote('"“三新”"')
    ('新华社', '“甲”和“乙”', '“三新”')
    """
    text = text.strip()
    if len(text) < 3:
        return text
    inner = text[1:-1]
    for left, right in _PAIRS:
        if text[0] == left and text[-1] == right and left not in inner and right not in inner:
            return inner.strip()
    # Mixed quotes, as in “新华社": two strays, provided that nothing inside is quoted.
    if text[0] in '“”"＂' and text[-1] in '“”"＂' and '"' not in inner.translate(_STRAY):
        return inner.strip()
    return text


def quote(text: str) -> str:
    """The value as it must be written so that `unquote` gives it back.

    >>> quote("新华社"), quote("“三新”")
    ('新华社', '"“三新”"')
    """
    if unquote(text) == text:
        return text
    for left, right in _PAIRS:
        if left not in text and right not in text:
            return f"{left}{text}{right}"
    return text


def key_of(line: str) -> tuple[str, str] | None:
    """(key, value as typed) when the line looks like one, else None.

    >>> key_of("　标 签：概念，指标 "), key_of("没有冒号")
    (('标签', '概念，指标'), None)
    """
    at = min((i for i in (line.find(":"), line.find("：")) if i >= 0), default=-1)
    if not 0 < at <= 16:
        return None
    key = "".join(fold(line[:at]).split())
    return (key, line[at + 1 :].strip()) if key else None


def join(first: str, then: str) -> str:
    """Two lines of one paragraph as one; a space only between two Latin letters or digits.

    >>> join("质优", "是关键"), join("per", "capita")
    ('质优是关键', 'per capita')
    """
    if not first or not then:
        return first or then
    return f"{first} {then}" if first[-1].isascii() and then[0].isascii() else first + then


def near(word: str, known: Iterable[str]) -> str:
    """The known word that `word` is probably meant to be, or ""."""
    found = difflib.get_close_matches(word[:24], list(known), 1, 0.5)
    return found[0] if found else ""


def unknown_key(file: str, line: int, key: str, known: Sequence[str], mend: str = "") -> Problem:
    """The complaint about a key nobody reads, naming the one that was probably meant."""
    meant = near(key, known)
    if meant:
        return Problem(file, line, f"不认识的键“{key}”，是不是想写“{meant}”？{mend}")
    return Problem(file, line, f"不认识的键“{key}”。可以写的有：{'、'.join(known)}。{mend}")


def read_keys(
    lines: Iterable[tuple[int, str]], into: Section, keys: Keys, file: str, problems: list[Problem]
) -> None:
    """Sorts numbered lines into values and body of one section, adding what is wrong to `problems`."""
    top, going = True, ""  # top: still among the keys; going: the long key whose value may continue
    for number, line in lines:
        if not line.strip():
            going = ""
            top = top and not into.values and not into.body
            if into.body and into.body[-1][1]:
                into.body.append((number, ""))
            continue
        pair = None if line.lstrip().startswith("\\") or keys.special(line) else key_of(line)
        if pair and pair[0] in keys.known:
            key, value = pair
            if key in into.values:
                problems.append(Problem(file, number, f"“{key}”写了两次。请只留一行。"))
            else:
                into.values[key], into.at[key] = value, number
            going = key if key in keys.long else ""
        elif going and pair and len(pair[0]) <= 4 and near(pair[0], keys.known):
            problems.append(unknown_key(file, number, pair[0], keys.known))
        elif going and not keys.special(line):
            into.values[going] = join(into.values[going], line.strip())
        elif pair and (wrong := _mistyped(file, number, line, pair, keys, top and not into.body)):
            problems.append(wrong)
        elif keys.strict:
            problems.append(
                Problem(
                    file,
                    number,
                    f"看不懂这一行：“{line.strip()[:20]}”。请写成“键: 值”，例如：{keys.known[0]}: ……",
                )
            )
        else:
            going = ""
            into.body.append((number, line.strip()))
    while into.body and not into.body[-1][1]:
        into.body.pop()


def _mistyped(
    file: str, number: int, line: str, pair: tuple[str, str], keys: Keys, top: bool
) -> Problem | None:
    """The Problem when a line is meant as a key but is none; None when it is ordinary text."""
    key, value = pair
    if keys.strict:
        return unknown_key(file, number, key, keys.known)
    later = [known for known in keys.long if len(known) >= 3]
    if not top:
        wrong = near(key, later) if len(key) <= 4 and later else ""
        return unknown_key(file, number, key, later) if wrong else None
    short = len(key) <= 6 and len(value) <= 40 and not value.endswith(("。", "！", "？", "；", "”"))
    if short and (near(key, keys.known) or ":" in line[:17]):
        return unknown_key(file, number, key, keys.known, "如果这是正文，请在它上面空一行。")
    return None


def sections(lines: Sequence[str], file: str, keys: Keys, problems: list[Problem]) -> list[Section]:
    """The `## ` sections of a file, in order. A `# ` line is a title for the eye and is passed over."""
    found: list[tuple[Section, list[tuple[int, str]]]] = []
    stray = False
    for number, line in enumerate(lines, 1):
        if head := _HEAD.match(line):
            found.append((Section(head[1].strip(), number), []))
        elif _GROUP.match(line):
            if found:
                found[-1][1].append((number, ""))
        elif found:
            found[-1][1].append((number, line))
        elif line.strip() and not stray:
            stray = True
            problems.append(Problem(file, number, "第一个“## ”标题前面有文字。请把它移到标题下面，或删掉。"))
    for section, under in found:
        read_keys(under, section, keys, file, problems)
    return [section for section, _ in found]


def paragraphs(body: Sequence[tuple[int, str]]) -> str:
    """The text of a body: paragraphs parted by one line feed, broken lines joined, list items on lines of their
    own. A backslash at the start of a line says: this is text, whatever it looks like.
    """
    out: list[str] = []
    fresh = True
    for _, line in body:
        if not line:
            fresh = True
            continue
        item = re.match(r"(?:[-*+·•]|\d+[.、)）])\s", line)
        text = line[1:].strip() if line.startswith("\\") else line
        if fresh or item or not out:
            out.append(text)
        else:
            out[-1] = join(out[-1], text)
        fresh = False
    return "\n".join(part for part in out if part)


def title_of(line: str) -> str | None:
    """The text of a `# title` line, else None."""
    found = _TITLE.match(line)
    return found[1].strip() if found else None


def plain_line(line: str, keys: Keys) -> str:
    """A line of a body as it must be written, under a blank line, so that it is read as text.

    >>> plain_line("标签: 不是键", Keys(("标签",))), plain_line("记者说：好", Keys(("标签",)))
    ('\\\\标签: 不是键', '记者说：好')
    """
    pair = key_of(line)
    taken = pair is not None and (
        pair[0] in keys.known or _mistyped("", 0, line, pair, keys, False) is not None
    )
    return "\\" + line if taken or line.startswith(("#", "＃", "\\", "<!--")) else line
