"""The contents list (导读, 目录) as oracle: what it names, and where in the body each entry stands.

Invariant: an entry is found in the body, or it is reported as not found; nothing else depends on its order.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest

from bot.packs.draft.marks import DASH, bracketed, letters, rank, squeeze, titleish, unnumbered
from bot.packs.draft.values import Line

HEADS = frozenset(
    prefix + noun
    for prefix in ("", "本期", "内容", "学习", "材料", "文章", "总")
    for noun in ("导读", "目录", "目次", "要目", "篇目", "CONTENTS", "Contents")
)
_SEARCHED = 400  # a contents list stands within the first lines of a document
_LONGEST = 300  # entries
_LEADER = re.compile(r"(?:[\s.．…·・‥_—-]{2,}|\s+|(?<=[》）】”]))[(（]?\d{1,4}[)）]?\s*$")
_LIKE = 0.86  # likeness of letters from which an entry and a heading are the same


_COMPARED = 3000  # possible headings looked at when an entry has no exact match
_Heading = tuple[tuple[int, int], str, Counter[str]]  # lines, their letters, how often each


@dataclass(frozen=True, slots=True)
class Entry:
    text: str  # without number, page and 《》
    group: str = ""
    grouped: bool = False  # the list has groups, so "" means: in none of them


@dataclass(frozen=True, slots=True)
class Contents:
    begin: int  # index of the heading line
    end: int  # first line after the list
    entries: tuple[Entry, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Lines[begin:end] are the heading of `entry`."""

    begin: int
    end: int
    entry: Entry


def cleaned(text: str) -> str:
    """An entry without its number, page and outer 《》.

    >>> cleaned("2. 《修渠记——写在通水那天》12"), cleaned("一、总论 ……… 3"), cleaned("《水法》学习体会 5")
    ('修渠记——写在通水那天', '总论', '《水法》学习体会')
    """
    bare = _LEADER.sub("", unnumbered(text.strip())).strip()
    if bare[:1] == "《" and bare.find("》") == len(bare) - 1:
        bare = bare[1:-1].strip()
    return bare


def _strong(text: str) -> bool:
    """Has a mark of its own that makes it a contents entry, wherever it stands."""
    bare = unnumbered(text)
    return (
        rank(text) is not None or bare.startswith("《") or bool(_LEADER.search(text)) or bool(bracketed(bare))
    )


def find_contents(lines: Sequence[Line]) -> Contents | None:
    """The contents list, or None. Its end is the first line that repeats an entry or looks like none."""
    head = next(
        (i for i, line in enumerate(lines[:_SEARCHED]) if squeeze(line.text).strip("【】《》：:") in HEADS),
        None,
    )
    if head is None:
        return None
    end = _end(lines, head + 1)
    merged = _merged([line.text for line in lines[head + 1 : end]])
    entries, groups = _entries(merged)
    return Contents(head, end, entries, groups) if entries else None


def _end(lines: Sequence[Line], begin: int) -> int:
    limit = min(len(lines), begin + _LONGEST)
    firsts: dict[str, int] = {}
    for at in range(begin, limit):
        text = lines[at].text
        if len(text) > 200:
            return _last_strong(lines, begin, at)
        key = letters(cleaned(text))
        # A body title may repeat an entry whole, or only up to its subtitle or to the end of a broken line.
        if (
            key
            and at > begin
            and (
                key in firsts
                or letters(text) in firsts
                or (len(key) >= 6 and any(k.startswith(key) for k in firsts))
            )
        ):
            return at
        if key:
            firsts[key] = at
        if not _strong(text) and (len(text) > 80 or text[-1] in "。！；：:;"):
            return _last_strong(lines, begin, at)
    return _last_strong(lines, begin, limit)


def _last_strong(lines: Sequence[Line], begin: int, limit: int) -> int:
    """Where the run of lines that are surely entries ends; `begin` when there is none."""
    while begin < limit and _strong(lines[begin].text):
        begin += 1
    return begin


def _merged(texts: list[str]) -> list[str]:
    """Entries that were broken inside 《…》 are put together."""
    out: list[str] = []
    for text in texts:
        if out and out[-1].count("《") > out[-1].count("》"):
            out[-1] += text
        else:
            out.append(text)
    return out


def _entries(texts: list[str]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    quoted = [unnumbered(text).startswith("《") for text in texts]
    grouping = [
        bool(bracketed(unnumbered(t))) or (any(quoted) and not q and rank(t) in (0, 2))
        for t, q in zip(texts, quoted, strict=True)
    ]
    depths = [rank(t) for t, g in zip(texts, grouping, strict=True) if not g]
    numbered = [depth for depth in depths if depth is not None]
    top = min(numbered, default=None)
    entries: list[Entry] = []
    groups: list[str] = []
    group, group_depth = "", None
    for text, is_quoted, is_group in zip(texts, quoted, grouping, strict=True):
        depth = rank(text)
        if is_group:
            group, group_depth = bracketed(unnumbered(text)) or cleaned(text), depth
            groups.append(group)
            continue
        if depth is not None and depth == group_depth:
            group = ""  # the list counts on at the group's own level: this entry stands beside the group
        if depth is not None and top is not None and depth > top and not is_quoted:
            continue  # a section inside an article
        title = cleaned(text)
        if letters(title):
            entries.append(Entry(title, group, any(grouping)))
    return tuple(entries), tuple(groups)


def _wordings(entry: Entry) -> list[str]:
    """What the body may write for an entry: all of it, without its subtitle, without its speaker."""
    text = entry.text
    main = re.split(r"——|――|──|--", text, maxsplit=1)[0]
    bare = re.split(r"[：:]", main, maxsplit=1)[-1]
    return list(dict.fromkeys(key for key in (letters(text), letters(main), letters(bare)) if len(key) >= 2))


def locate(contents: Contents, lines: Sequence[Line]) -> tuple[tuple[Place, ...], tuple[Entry, ...]]:
    """Where each entry stands after the list (one to four joined lines), and which entries were not found."""
    exact: dict[str, list[tuple[int, int]]] = {}
    for at in range(contents.end, len(lines)):
        key = whole = ""
        for size in range(1, 5):
            if (
                at + size > len(lines)
                or len(lines[at + size - 1].text) > 120
                or lines[at + size - 1].text[-1] in "。；"
            ):
                break
            text = lines[at + size - 1].text
            key += letters(unnumbered(text) if size == 1 else text)
            whole += letters(text)
            for each in {key, whole}:  # 第一讲 may be part of the title, or its number
                exact.setdefault(each, []).append((at, at + size))
    taken: set[int] = set()
    places: list[Place] = []
    missing: list[Entry] = []
    after = contents.end
    headings: list[_Heading] | None = None
    for entry in contents.entries:
        span = _exact(entry, exact, taken, after)
        if span is None:
            headings = _headings(lines, contents.end) if headings is None else headings
            span = _like(entry, headings, taken)
        if span is None:
            missing.append(entry)
            continue
        places.append(Place(*span, entry))
        taken.update(range(*span))
        after = span[1]
    return tuple(sorted(places, key=lambda place: place.begin)), tuple(missing)


def _exact(
    entry: Entry, exact: dict[str, list[tuple[int, int]]], taken: set[int], after: int
) -> tuple[int, int] | None:
    for key in _wordings(entry):
        free = [span for span in exact.get(key, ()) if taken.isdisjoint(range(*span))]
        if free:
            return min(free, key=lambda span: (span[0] < after, span))
    return None


def _headings(lines: Sequence[Line], begin: int) -> list[_Heading]:
    """All runs of one to four lines that could be a heading; at most `_COMPARED`, so that it stays quick."""
    found: list[_Heading] = []
    for at in range(begin, len(lines)):
        joined = ""
        for size in range(1, min(5, len(lines) - at + 1)):
            text = lines[at + size - 1].text
            if not (titleish(text, 60) or DASH.match(text) or (text[-1] in "：:" and len(text) <= 60)):
                break
            joined += letters(unnumbered(text) if size == 1 else text)
            found.append(((at, at + size), joined, Counter(joined)))
        if len(found) >= _COMPARED:
            break
    return found


def _like(entry: Entry, headings: list[_Heading], taken: set[int]) -> tuple[int, int] | None:
    """The most similar heading when none is equal: a typing error in the list or in the body."""
    rated: list[tuple[float, tuple[int, int], str, str]] = []
    for key in _wordings(entry):
        count = Counter(key)
        for span, joined, own in headings:
            total = len(key) + len(joined)
            if len(key) < 5 or 2 * min(len(key), len(joined)) < _LIKE * total:
                continue
            overlap = 2 * sum((count & own).values()) / total  # an upper bound of the likeness
            if overlap >= _LIKE and taken.isdisjoint(range(*span)):
                rated.append((overlap, span, key, joined))
    best: tuple[float, tuple[int, int]] = (0.0, (0, 0))
    for _, span, key, joined in nlargest(8, rated):
        ratio = SequenceMatcher(None, key, joined, autojunk=False).ratio()
        best = max(best, (ratio, span), key=lambda pair: pair[0])
    return best[1] if best[0] >= _LIKE else None
