"""How lines look (size, bold, centred) to heading levels, for documents whose format names no headings.

Invariant: only levels are added; no text is changed, and lines that already have a level stay as they are.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.packs.draft.contents import HEADS, find_contents
from bot.packs.draft.marks import bracketed, labels, looks_like_date, rank, speaker, squeeze, titleish
from bot.packs.draft.values import Line

_SECTION = 500  # characters under each heading from which headings divide a collection, not one article
_CHAPTER = 1500  # the same, where the headings are numbered as sections are
_LESSON = re.compile(r"第[一二三四五六七八九十百\d]+(?:讲|篇|课|辑|期|回)")
_PROSE = 40  # characters from which a line is body text


@dataclass(frozen=True, slots=True)
class Look:
    """Size in points, rounded to halves; bold and centred as a reader sees them."""

    size: float = 0.0
    bold: bool = False
    centred: bool = False

    @property
    def weight(self) -> tuple[float, bool, bool]:
        return (self.size, self.bold, self.centred)


def levelled(lines: Sequence[Line], looks: Sequence[Look]) -> list[Line]:
    """Lines with the levels their looks suggest: 1 = article title, 2 and more = heads.

    A look is a heading's when its lines are short and title-like, and it stands out from the look that most
    characters have. The order of looks by weight is the order of levels.
    """
    body = _body(lines, looks)
    if body is None or any(line.level for line in lines):
        return promoted(lines)
    contents = find_contents(lines)
    floor = contents.end if contents else 0
    found: dict[Look, list[int]] = {}
    prose: Counter[Look] = Counter()
    for at in range(floor, len(lines)):
        line, look = lines[at], looks[at]
        if line.kind != "para" or not _stands_out(look, body):
            continue
        if _head_like(line.text):
            found.setdefault(look, []).append(at)
        elif len(line.text) > _PROSE:
            prose[look] += 1
    ranked = [
        look
        for look in sorted(found, key=lambda look: look.weight, reverse=True)
        if prose[look] <= 0.2 * len(found[look])  # else a bold kind of paragraph, no heading
    ]
    start = next((at for at in range(floor, len(lines)) if len(lines[at].text) > _PROSE), len(lines))
    only_front = [look for look in ranked if found[look][-1] < start]
    for look in only_front:  # a cover's many looks: its heaviest may name the whole, the others name nothing
        if look is not ranked[0]:
            ranked.remove(look)
    levels = {at: depth for depth, look in enumerate(ranked, 1) for at in found[look]}
    return promoted([replace(line, level=levels.get(at, 0)) for at, line in enumerate(lines)])


def _body(lines: Sequence[Line], looks: Sequence[Look]) -> Look | None:
    """The look most characters of running text have."""
    weights: Counter[Look] = Counter()
    for line, look in zip(lines, looks, strict=True):
        if len(line.text) > 30 and line.kind == "para":
            weights[look] += len(line.text)
    return weights.most_common(1)[0][0] if weights else None


def _stands_out(look: Look, body: Look) -> bool:
    if look.size < body.size - 0.4:
        return False
    return (
        look.size >= body.size + 0.9 or (look.bold and not body.bold) or (look.centred and not body.centred)
    )


def _head_like(text: str) -> bool:
    if bracketed(text):
        return not labels(text)
    return titleish(text, 60) and not speaker(text) and not looks_like_date(text)


def promoted(lines: Sequence[Line]) -> list[Line]:
    """Levels shifted so that 1 means an article: a lone top heading is the collection's name when the ones
    below it carry sources, have heads of their own, or are long enough to be read alone.
    """
    out = list(lines)
    for _ in range(3):
        levels = sorted({line.level for line in out if line.level})
        if len(levels) < 2:
            break
        top = [at for at, line in enumerate(out) if line.level == levels[0]]
        second = [at for at, line in enumerate(out) if line.level == levels[1]]
        if top[-1] - top[0] != len(top) - 1 or len(second) < 2 or top[-1] > second[0]:
            break
        if not _are_articles(out, top[-1], second, len(levels) > 2):
            break
        for at in top:
            out[at] = replace(out[at], level=0)
    least = min((line.level for line in out if line.level), default=0)
    if least == 2:  # Word's first heading level, without a Title above it
        out = [replace(line, level=line.level - 1) if line.level else line for line in out]
    return out


def _are_articles(lines: Sequence[Line], top: int, second: Sequence[int], deeper: bool) -> bool:
    """Whether the second-highest headings begin articles of their own rather than divide one."""
    between = range(top + 1, second[0])
    signed = sum(any(labels(lines[k].text) for k in range(at + 1, min(at + 4, len(lines)))) for at in second)
    if signed * 2 >= len(second) or any(squeeze(lines[at].text) in HEADS for at in between):
        return True
    if any(labels(lines[at].text) for at in between) or sum(len(lines[at].text) for at in between) > 120:
        return False
    ends = [*second[1:], len(lines)]
    sizes = [sum(len(lines[k].text) for k in range(at, end)) for at, end in zip(second, ends, strict=True)]
    usual = sum(sizes) / len(sizes)
    if any(rank(lines[at].text) is not None and not _LESSON.match(lines[at].text) for at in second):
        return usual >= _CHAPTER  # 一、 and 第一章 divide one text, unless it is a book
    return deeper or usual >= _SECTION or sum(lines[at].page for at in second) * 2 >= len(second)
