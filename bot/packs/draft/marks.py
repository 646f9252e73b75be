"""What a single line looks like: title, source line, speaker, head, attribution, cut end, orphan start.

Invariant: pure predicates over one line's text; nothing here knows where in the document the line stands.
"""

import re
import unicodedata
from typing import Literal

OPENERS, CLOSERS = "“‘「『（(《〈【[", "”’」』）)》〉】]"
_STOPS = "。！？!?…；;：:"
DASH = re.compile(r"^(?:——|―|──|--|－－|—|–)[—―─\-–－]*\s*")
_NUMERAL = r"[一二三四五六七八九十百零〇两\d]+"
_RANKS = (
    re.compile(rf"^第{_NUMERAL}(?:章|篇|编|部分|辑|讲|单元)[\s、.．:：]*"),
    re.compile(rf"^第{_NUMERAL}(?:节|条|课)[\s、.．:：]*"),
    re.compile(r"^[一二三四五六七八九十]{1,3}[、.．]\s*"),
    re.compile(r"^[（(][一二三四五六七八九十]{1,3}[)）]\s*"),
    re.compile(r"^\d{1,3}(?:[、．]|[.](?!\d))\s*"),
    re.compile(r"^(?:[（(]\d{1,3}[)）]|\d{1,3}[)）]|[①-⑳]|\d{1,2}(?:\.\d{1,2}){1,3})\s*"),
)
_BULLET = re.compile(r"^(?:[•●○▪■◆◇‣∙·]\s*|[-*+]\s+)(?=\S)")
_LABELS = {
    "source": "来源|出处|稿源|转自|文章来源|信息来源|稿件来源|资料来源",
    "author": "作者|撰文|撰稿|本文作者",
    "date": "日期|发布时间|发布日期|发表时间|发表日期|成文日期|写作时间",
}
_LABEL = re.compile(
    r"(?:^|(?<=[\s|｜丨　]))(?:"
    + "|".join(
        f"(?P<{field}>{'|'.join(sorted(words.split('|'), key=len, reverse=True))})"
        for field, words in _LABELS.items()
    )
    + r")\s*[：:]"
)
_DATE = re.compile(
    r"^[（(]?\s*(?:约\s*)?(?:19|20)\d\d\s*[年./-]\s*\d{1,2}\s*(?:[月./-]\s*(?:\d{1,2}\s*日?)?)?\s*[）)]?$"
)
_OFFICE = (
    "书记|主任|教授|委员|代表|主席|总经理|经理|研究员|记者|院士|专家|工程师|作者|顾问|秘书|技师|教师|老师|馆员|评论员|学者"
    "|部长|省长|市长|县长|区长|镇长|乡长|村长|厂长|校长|院长|所长|局长|处长|科长|馆长|站长|队长|社长|会长|理事长|董事长|行长|组长|总裁|首席科学家|科学家|农艺师"
)
_SPEAKER = re.compile(rf"^(?P<office>.*(?:{_OFFICE}))\s*(?P<name>[\u4e00-\u9fff·]{{2,4}})$")
_SPEAKER_BRACKET = re.compile(r"^(?P<name>[\u4e00-\u9fff·]{2,4})\s*[（(](?P<office>[^（）()]{2,40})[）)]$")
_ORPHAN = re.compile(r"^(?:[，。；：、！？,;!?）)》〉】」』”’]|\w{1,2}；)")
_PAGE = re.compile(
    r"^(?:[-—–·•\s]+\d{1,4}[-—–·•\s]+|第\s*\d{1,4}\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*[/／]\s*\d{1,4})$"
)
_FIXED = str.maketrans("", "", " \t\u3000\xa0")

Ending = Literal["closed", "soft", "open"]


def letters(text: str) -> str:
    """Only letters and digits, one width, lower case: for comparing titles.

    >>> letters("《河长制 十年——从Ａ到B》")
    '河长制十年从a到b'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def squeeze(text: str) -> str:
    """Without spaces: many covers write 目　录."""
    return text.translate(_FIXED)


def ending(text: str) -> Ending:
    """How a line ends: closed (a stop), soft (a bracket or quote without a stop inside), open (the rest).

    >>> ending("水渠修好了。"), ending("他说：“修好了。”"), ending("去看“样板渠”"), ending("修渠，")
    ('closed', 'closed', 'soft', 'open')
    """
    bare = text.rstrip()
    core = bare.rstrip(CLOSERS)
    if core and (core[-1] in _STOPS or re.search(r"[a-z0-9)]\.$", core[-2:])):
        return "closed"
    return "soft" if len(core) < len(bare) else "open"


def whole_quote(text: str) -> bool:
    """The line is one quotation from its first to its last character.

    >>> whole_quote("“水是命脉。”"), whole_quote("“水”和“土”")
    (True, False)
    """
    if len(text) < 3 or (text[0], text[-1]) not in (("“", "”"), ("「", "」"), ("『", "』"), ('"', '"')):
        return False
    depth = 0
    for at, char in enumerate(text):
        depth += (char == text[0]) - (char == text[-1])
        if depth == 0 and at < len(text) - 1 and text[0] != '"':
            return False
    return True


def bracketed(text: str) -> str:
    """What stands inside a line that is one 【…】 (or ［…］), else "".

    >>> bracketed("【为什么修渠？】"), bracketed("【甲】和【乙】")
    ('为什么修渠？', '')
    """
    if len(text) > 120 or text[:1] not in "【［":
        return ""
    match = re.fullmatch(r"[【［]\s*([^【】［］]+?)\s*[】］]", text)
    return match[1] if match else ""


def labels(text: str) -> dict[str, str]:
    """Fields (source, author, date) that a line of labels names; empty when the line is anything else.

    >>> labels("【来源：县水利局】"), labels("来源：县报  作者：李渠"), labels("问题的来源：很多")
    ({'source': '县水利局'}, {'source': '县报', 'author': '李渠'}, {})
    """
    if len(text) > 120:
        return {}
    bare = re.sub(r"^[【\[（(［]\s*|\s*[】\]）)］]$", "", text) if text[:1] in "【[（(［" else text
    found = list(_LABEL.finditer(bare))
    if not found or found[0].start() != 0:
        return {}
    fields: dict[str, str] = {}
    for match, following in zip(found, [*found[1:], None], strict=True):
        value = bare[match.end() : following.start() if following else len(bare)].strip(" \t\u3000|｜丨")
        if not value or "。" in value or str(match.lastgroup) in fields:
            return {}
        fields[str(match.lastgroup)] = value
    return fields


def bracketed_date(text: str) -> str:
    """A line that is only a date in brackets, as speeches carry it under the title."""
    return text[1:-1].strip() if text[:1] in "（(" and text[-1:] in "）)" and _DATE.match(text) else ""


def looks_like_date(text: str) -> bool:
    return bool(_DATE.match(text))


def rank(text: str) -> int | None:
    """Depth of the leading number: 第一章 0, 第一节 1, 一、 2, （一） 3, 1. 4, (1) 5; None without one."""
    return next((depth for depth, pattern in enumerate(_RANKS) if pattern.match(text)), None)


def unnumbered(text: str) -> str:
    """The line without the number it begins with.

    >>> unnumbered("一、修渠的人"), unnumbered("3.14 节")
    ('修渠的人', '节')
    """
    depth = rank(text)
    return text if depth is None else _RANKS[depth].sub("", text, count=1)


def bullet(text: str) -> str:
    """The list mark a line begins with (with the space after it), or ""."""
    match = _BULLET.match(text)
    return match[0] if match else ""


def titleish(text: str, longest: int = 45) -> bool:
    """Could be a title or a head: short, no stop or comma at its end, no list mark, label, date or dash.

    >>> titleish("渠水怎样流进山里"), titleish("渠修好了。"), titleish("——记一条渠")
    (True, False, False)
    """
    bare = text.strip()
    if not 2 <= len(bare) <= longest or bare[-1] in "。！；：，、,;:…!.—" or "。" in bare:
        return False
    if bare[-1] in "？?" and len(bare) > 30:
        return False
    if not re.search(r"[^\W\d_]", bare) or _ORPHAN.match(bare):
        return False
    return not (
        DASH.match(bare)
        or bullet(bare)
        or whole_quote(bare)
        or labels(bare)
        or looks_like_date(bare)
        or page_number(bare)
    )


def speaker(text: str) -> str:
    """ "姓名 · 身份" from a line or line start that names an office and a person and ends in ：, else "".

    >>> speaker("县人大代表、红旗渠管理处处长李长山：")
    '李长山 · 县人大代表、红旗渠管理处处长'
    >>> speaker("主要做法如下：")
    ''
    """
    bare = text.strip().rstrip("：: ")
    if len(bare) == len(text.strip()) or len(bare) > 60 or re.search(r"[。！？；“”]|如下|以下", bare):
        return ""
    match = _SPEAKER.match(bare) or _SPEAKER_BRACKET.match(bare)
    return f"{match['name']} · {match['office']}" if match else ""


def orphan(text: str) -> str:
    """The beginning that shows the start of a paragraph is missing, "" when there is none.

    >>> orphan("渠；应当继续修。"), orphan("，而且要快。"), orphan("渠，是命脉。")
    ('渠；', '，', '')
    """
    match = _ORPHAN.match(text)
    return match[0] if match else ""


def page_number(text: str) -> bool:
    """A line that is only a page number written as one: - 3 -, 第 3 页, 3/12."""
    return bool(_PAGE.match(text))


def unbalanced(text: str) -> bool:
    """A quotation mark or bracket is opened and not closed, or the other way round."""
    return any(text.count(a) != text.count(b) for a, b in ("“”", "「」", "『』", "（）", "《》", "【】"))
