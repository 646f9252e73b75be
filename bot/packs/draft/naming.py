"""A short name for a text that has none: the first clause that says something.

Invariant: a name is made of the text's own words, in their order, and at most MOST characters long.
"""

import re
from collections.abc import Container

MOST = 28
_SENTENCE = re.compile(r"[。！？!?\n]")
_WHEN = re.compile(
    r"\s*(?:\d{4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?日(?:[上下]午|晚上?)?\s*"
)  # the line under a card has it
_CLAUSE = re.compile(r"[，；：,;:…]+|——")
_DUTY = re.compile(r"^(?:需要?|必须|应当?|要(?![素求点领闻])|就要)(?=.{4})")
# A clause that begins so leans on the one before it.
_LEANING = re.compile(
    r"^(?:是|并|使|将|让|但|而|也|还|又|才|就|都|以及|特别是|影响|从而|不断|同样|其|它|他|她|这|此)"
)
# Words that only lead to what is said: a time, a connective, who speaks, from where it is seen.
_LEADING = re.compile(
    r"^(?:当前|当下|目前|如今|现在|首先|其次|再次|最后|第[一二三四五六七八九十]|[一二三四五六]是|因此|同时|然而|但是?|所以|此外|另外|不过"
    r"|与此同时|总之|可见|可以说|正如.*|概括地说|近年来|长期以来|一直以来|新春伊始|(?:去|今|明|近).{0,4}[年月日]|.{0,6}年.{0,6}[月日年]"
    r"|.{1,6}问|.{0,48}(?:指出|强调|认为|说|说道|表示|提出|看来|看|建议|呼吁|介绍|告诉记者|来讲|来说|而言|期间|以来|之际|时))$"
)


def short_title(text: str, longest: int = 20, used: Container[str] = ()) -> str:
    """At most `longest` characters; a clause that is in `used`, too long or only leads in is passed over.

    A first clause of up to MOST characters is kept whole: a sentence that breaks off names nothing.

    >>> short_title("老李说：“山里缺水，人人都知道。”")
    '山里缺水'
    >>> short_title("当前，修渠的钱从三个地方来。一是集体出。")
    '修渠的钱从三个地方来'
    """
    head = next(
        (part for part in _SENTENCE.split(text[:600]) if part.strip("”’」）") and _said(part)), text[:600]
    )
    clauses = [clause for part in _CLAUSE.split(head) if (clause := _bare(part))]
    if not clauses:
        return text.strip()[:longest]
    telling = [c for c in clauses if not _LEADING.match(c) and c not in used]
    good = [c for c in telling[:3] if 4 <= len(c) <= longest and not _LEANING.match(c)]
    if good and (len(telling[0]) <= longest or good[0] == telling[0]):
        return good[0]
    first = telling[0] if telling else clauses[0]
    first = _WHEN.sub("", first) if len(first) > MOST else first
    return first if len(first) <= max(longest, MOST) else first[: longest - 1].rstrip("、“‘「（《 ") + "…"


def _said(sentence: str) -> bool:
    """It has a clause that does not only lead in."""
    return any((clause := _bare(part)) and not _LEADING.match(clause) for part in _CLAUSE.split(sentence))


def _bare(clause: str) -> str:
    """Without the quotation marks and brackets that the cut has left open."""
    for opening, closing in ("“”", "‘’", "「」", "（）", "《》", "【】", "『』"):
        if clause.count(opening) != clause.count(closing):
            clause = clause.replace(opening, "").replace(closing, "")
    clause = clause.strip(" \t\u3000、")
    if clause[:1] in "“‘「" and clause[-1:] in "”’」" and not set(clause[1:-1]) & set("“‘「"):
        clause = clause[1:-1]
    return _DUTY.sub("", clause)
