"""Lines to articles: where each begins, what its heading says, and what belongs to none.

Invariant: every line goes to exactly one article's heading or body, or to left_out with a reason.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from bot.packs.draft.blocks import build
from bot.packs.draft.contents import Contents, Entry, find_contents, locate
from bot.packs.draft.marks import (
    DASH,
    bracketed,
    ending,
    labels,
    letters,
    looks_like_date,
    rank,
    speaker,
    squeeze,
    titleish,
    unnumbered,
)
from bot.packs.draft.values import DraftArticle, LeftOut, Line

_PIECE = 100  # characters an article without any marks should have on average
_HEAD_WORD = re.compile(r"问[：:]|关于")
_LESSON = re.compile(r"第[一二三四五六七八九十百\d]+(?:讲|篇|课|辑|期|回)")
_KIND = re.compile(
    "(?:讲话|发言|致辞|报告|总结|纪要|记录|通知|通报|办法|规定|规则|条例|公约|章程|制度|意见|方案|倡议书|公告)$"
)


@dataclass(frozen=True, slots=True)
class Start:
    """lines[begin:end] are an article's heading: speaker, title, subtitle."""

    begin: int
    end: int
    entry: Entry | None = None
    titled: bool = True  # False: no line of the document is its title


@dataclass(frozen=True, slots=True)
class Structure:
    title: str
    articles: tuple[DraftArticle, ...]
    left_out: tuple[LeftOut, ...]
    guessed: bool
    damage: tuple[str, ...]


def structure(lines: Sequence[Line]) -> Structure:
    """The one structure stage, for every format: lines with whatever marks their format has, in order."""
    contents = find_contents(lines)
    starts: list[Start] = []
    damage: list[str] = []
    begin = 0
    taken: set[int] = set()  # lines that are some article's heading
    if contents:
        begin = contents.end
        places, missing = locate(contents, lines)
        taken = {at for place in places for at in range(place.begin, place.end)}
        for place in places:
            start = _widened(lines, Start(place.begin, place.end, place.entry), contents.end, taken)
            taken.update(range(start.begin, start.end))
            starts.append(start)
        damage = [f"导读里的《{entry.text}》在正文里没有找到，请看看是不是漏了。" for entry in missing]
    signed = [] if starts else _by_speaker(lines, begin)
    # Where the contents list names (nearly) all, lines that only look like titles are heads; # marks still count.
    listed = contents is not None and len(starts) >= 2 and len(starts) * 0.6 >= len(damage)
    leveled = [each for each in _by_level(lines, begin) if not listed or lines[each.begin].raw]
    for start in (*leveled, *_by_source(lines, begin), *signed):
        if taken.isdisjoint(range(start.begin, start.end)):
            starts.append(start)
            taken.update(range(start.begin, start.end))
    guessed = not starts and begin < len(lines)
    if guessed:
        starts = _guess(lines, begin)
    starts.sort(key=lambda start: start.begin)
    return _assembled(lines, contents, starts, guessed, damage)


def _widened(lines: Sequence[Line], start: Start, floor: int, taken: Container[int] = ()) -> Start:
    """The heading with the speaker line above it and the subtitle line below it, unless `taken` by another."""
    begin, end = start.begin, start.end
    if begin > floor and begin - 1 not in taken and speaker(lines[begin - 1].text):
        begin -= 1
    while end < len(lines) and end not in taken and end - begin < 5:
        if not DASH.match(lines[end].text) or len(lines[end].text) > 80:
            break
        end += 1
    return Start(begin, end, start.entry, start.titled)


def _by_level(lines: Sequence[Line], begin: int) -> list[Start]:
    """Heading levels of the format: the highest one that occurs titles the articles."""
    levels = [line.level for line in lines[begin:] if line.level]
    top = min(levels, default=0)
    if top == 0 or (top > 1 and levels.count(top) == len(levels)):
        return []  # only ## heads: they divide one article, they title none
    found: list[Start] = []
    at = begin
    while at < len(lines):
        end = at + 1
        if lines[at].level == top:
            while end < len(lines) and end - at < 3 and _same_title(lines[end - 1], lines[end], top):
                end += 1
            found.append(_widened(lines, Start(at, end), begin))
        at = end
    if len(found) > 1 and found[0].end == found[1].begin and not lines[found[0].begin].raw:
        del found[0]  # a heading without text above the first article is the name of the whole
    return found


def _same_title(line: Line, following: Line, level: int) -> bool:
    """A title over two lines, in formats whose levels come from looks; two # lines are two titles."""
    plain = not line.raw and not following.raw and not following.gap and not following.page
    return plain and following.level == level and not bracketed(line.text)


def _by_source(lines: Sequence[Line], begin: int) -> list[Start]:
    """A source line anchors the title above it: one line, or two that follow one another, and a subtitle."""
    found = []
    for at in range(begin + 1, len(lines)):
        if "source" not in labels(lines[at].text):
            continue
        end = at
        while end > begin and (set(labels(lines[end - 1].text)) & {"author", "date"}):
            end -= 1
        top = end
        while top > begin and end - top < 2 and DASH.match(lines[top - 1].text):
            top -= 1
        if top == begin or not titleish(lines[top - 1].text) or bracketed(lines[top - 1].text):
            continue
        top -= 1
        # A second title line: no third short line above it, or it would be a cover, a list or verse.
        above = [
            titleish(lines[k].text) and not bracketed(lines[k].text) for k in (top - 1, top - 2) if k >= begin
        ]
        if above[:1] == [True] and above[1:] != [True] and lines[top].gap <= max(lines[top - 1].gap, 1):
            top -= 1
        found.append(_widened(lines, Start(top, end), begin))
    return found


def _by_speaker(lines: Sequence[Line], begin: int) -> list[Start]:
    """An office and a name ending in ：, then a title-like line, then text: a signed article begins."""
    return [
        _widened(lines, Start(at, at + 2), begin)
        for at in range(begin, len(lines) - 2)
        if speaker(lines[at].text) and titleish(lines[at + 1].text) and rank(lines[at + 1].text) is None
    ]


def _guess(lines: Sequence[Line], begin: int) -> list[Start]:
    """Without any mark: a short line after an unusually wide gap or a page break, with text below it."""
    gaps = sorted(line.gap for line in lines[begin + 1 :])
    usual = gaps[len(gaps) // 2] if gaps else 0
    starts: list[Start] = []
    for at in range(begin, len(lines)):
        line = lines[at]
        apart = at == begin or line.page or line.gap >= usual + 2
        if (
            not apart
            or not titleish(line.text)
            or (at > begin and ending(lines[at - 1].text) == "open" and not line.gap)
        ):
            continue
        ahead = lines[at + 1 : at + 4]
        if any(len(other.text) > 30 and ending(other.text) != "open" for other in ahead):
            starts.append(Start(at, at + 1))
    if len(starts) < 2 and (more := _guess_words(lines, begin)):
        starts = more
    if not starts:
        return [Start(begin, begin, titled=False)]
    cover = lines[begin : starts[0].begin]
    if any(len(line.text) > 40 for line in cover):
        starts.insert(0, Start(begin, begin, titled=False))
    return [_widened(lines, start, begin) if start.titled else start for start in starts]


def _guess_words(lines: Sequence[Line], begin: int) -> list[Start]:
    """Not even gaps: title-like lines between paragraphs that have ended. Numbered ones and questions are heads;
    names of kinds of documents (纪要, 办法) are titles; where all look alike, each is one, unless they are many.
    """
    found = [
        at
        for at in range(begin, len(lines) - 1)
        if titleish(lines[at].text)
        and lines[at].kind == "para"
        and (at == begin or ending(lines[at - 1].text) != "open" or at - 1 == begin)
    ]
    plain = [at for at in found if not _HEAD_WORD.match(lines[at].text) and rank(lines[at].text) in (None, 0)]
    lessons = [at for at in plain if _LESSON.match(lines[at].text)]
    chapters = [at for at in plain if rank(lines[at].text) == 0 and at not in lessons]
    plain = [at for at in plain if at not in chapters]
    named = [at for at in plain if _KIND.search(lines[at].text)]
    for chosen in (lessons, named):
        if len(chosen) >= 2:
            return [Start(at, at + 1) for at in chosen]
    if len(plain) < len(found):
        return [Start(at, at + 1) for at in plain]
    size = sum(len(line.text) for line in lines[begin:])
    return [Start(at, at + 1) for at in plain] if len(plain) >= 2 and size >= _PIECE * len(plain) else []


def _assembled(
    lines: Sequence[Line], contents: Contents | None, starts: list[Start], guessed: bool, damage: list[str]
) -> Structure:
    names = {letters(group) for group in contents.groups} if contents else set()
    group, articles = "", []
    marked: list[int] = []  # for each start, where its group line stands (or its own begin)
    floor = contents.end if contents else 0
    for start in starts:
        above = start.begin - 1
        is_group = above >= floor and (
            bracketed(lines[above].text) or letters(unnumbered(lines[above].text)) in names
        )
        marked.append(above if is_group and not labels(lines[above].text) else start.begin)
        floor = start.end  # the line above the next heading may be the end of this one
    for number, (start, top) in enumerate(zip(starts, marked, strict=True), 1):
        if top < start.begin:
            group = bracketed(lines[top].text) or unnumbered(lines[top].text)
        elif start.entry and start.entry.grouped:
            group = start.entry.group
        stop = marked[number] if number < len(marked) else len(lines)
        article, found = build(
            number,
            lines[top : start.begin],
            lines[start.begin : start.end],
            lines[start.end : stop],
            group,
        )
        articles.append(article)
        damage.extend(found)
    first = marked[0] if marked else len(lines)
    title, left_out = _front(lines[:first], contents)
    if not title and articles:
        title = articles[0].title
    return Structure(title, tuple(articles), left_out, guessed, tuple(damage))


def _front(lines: Sequence[Line], contents: Contents | None) -> tuple[str, tuple[LeftOut, ...]]:
    """The title of the whole and what stands before the first article: cover, contents list, a lead-in."""
    cover = lines[: contents.begin] if contents else lines
    listed = lines[contents.begin : contents.end] if contents else ()
    lead = lines[contents.end :] if contents else ()
    if listed and len(lead) <= 2 and all(len(line.text) <= 40 for line in lead):
        listed, lead = [*listed, *lead], ()  # 「本期内容如下：」 belongs to the list
    short = all(len(line.text) <= 45 for line in cover) and len(cover) <= 20
    parts = (
        (cover, "封面" if short else "第一篇之前的文字"),
        (listed, "导读"),
        (lead, "导读和第一篇之间的文字"),
    )
    out = tuple(LeftOut("\n".join(line.written for line in part), why) for part, why in parts if part)
    return (_cover_title(cover) if short else ""), out


def _cover_title(cover: Sequence[Line]) -> str:
    """The cover line that names the subject: a labelled one, else the longest that is no date or office.

    >>> _cover_title([Line("山水县水利局"), Line("2023 年 5 月"), Line("专题学习：水利")])
    '专题学习：水利'
    """
    texts = [line.text for line in cover if not looks_like_date(line.text) and letters(line.text)]
    named = [
        text
        for text in texts
        if squeeze(text)[:4] in ("专题学习", "学习专题", "学习主题", "本期主题", "本期专题")
    ]
    if named:
        return named[0]
    offices = ("局", "部", "委", "处", "科", "室", "办公室", "委员会", "学院", "大学", "中心组", "编", "编印")
    rest = [text for text in texts if not text.endswith(offices)] or texts
    return max(rest, key=len, default="")
