"""How two spellings become one: the fold that commands, answers and search compare by.

Invariant: folding is idempotent, and never raises for any text a person can send (surrogates included).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Protocol

INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)
# Of these, what nobody means to write: joiners and variants of emoji are meant, and so are line breaks and tabs.
UNWRITTEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
HAN = "㐀-䶿一-鿿豈-﫿"
GAP = re.compile(rf"(?<=[{HAN}])[ \u3000]+(?=[0-9０-９])|(?<=[0-9０-９])[ \u3000]+(?=[{HAN}])")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _simplifier() -> _Converter:
    from opencc import OpenCC  # 70 ms at first use: only for texts that need it

    converter: _Converter = OpenCC("t2s")
    return converter


def visible(text: str) -> str:
    """Control, zero-width and surrogate characters made spaces or dropped; spaces trimmed.

    >>> visible("科\\u200b技\\n")
    '科技'
    """
    return INVISIBLE.sub(lambda m: " " if m[0] in "\n\t\r" else "", text).strip()


def written(text: str) -> str:
    """A text as its author meant it to be read: line breaks and joined emoji kept, only what is no character gone.

    >>> written(" 甲\\r\\n\\u200b乙 \\0")
    '甲\\n乙'
    """
    return UNWRITTEN.sub("", re.sub("\r\n?|[\u2028\u2029]", "\n", text)).strip()


def close_up(text: str) -> str:
    """Spaces between 汉字 and digits dropped, as they are only typography.

    >>> close_up("3 月 5 日 上午")
    '3月5日 上午'
    """
    return GAP.sub("", text)


def fold(text: str, simplify: bool = True) -> str:
    """NFKC, lower case, traditional to simplified.

    >>> fold("ＴＦＰ")
    'tfp'
    """
    folded = unicodedata.normalize("NFKC", visible(text)).lower()
    if simplify and re.search(f"[{HAN}]", folded):
        folded = _simplifier().convert(folded)
    return folded


_UNEVEN: set[str] = set()  # characters met so far that do not become just one


class _Letters(dict[int, str]):
    """For str.translate: what each character is indexed and compared as. Filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if INVISIBLE.match(character):
            folded = " " if character in "\n\t\r" else ""
        else:
            folded = unicodedata.normalize("NFKC", character).lower()
            if re.search(f"[{HAN}]", folded):
                convert = _simplifier().convert
                folded = "".join(convert(convert(each)) for each in folded)  # one 汉字 needs it twice
        if len(folded) != 1:
            _UNEVEN.add(character)
        self[code] = folded
        return folded


_LETTERS = _Letters()
_WIDE = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
JOINT = re.compile(rf"(?<=[{HAN}])[ \u00a0\u3000]+(?=[{_WIDE}])|(?<=[{_WIDE}])[ \u00a0\u3000]+(?=[{HAN}])")
RUN = re.compile(r"[^\W_]+")  # letters, digits and 汉字; everything else breaks a run


def flat(text: str) -> str:
    """A text as search compares it: spaces between 汉字 and letters or digits dropped, each character folded.

    Character by character and so free of context: a piece of a text is always a piece of the flat text, which
    conversion of whole words to simplified would not keep.

    >>> flat("發展 ＡＩ，3 月")
    '发展ai,3月'
    """
    return closed(text).translate(_LETTERS)


def closed(text: str) -> str:
    """A text without the spaces between 汉字 and letters or digits."""
    return JOINT.sub("", text) if _spaced(text) else text


def _spaced(text: str) -> bool:
    """Whether there are spaces at all: to look takes a tenth of looking for a joint."""
    return " " in text or "\u00a0" in text or "\u3000" in text


@lru_cache(1000)
def loose(run: str) -> re.Pattern[str]:
    """Finds a flat run in a text that is not folded: capitals, and spaces between 汉字 and letters, are the same to it.

    >>> loose("0到1的ai").findall("从0 到 1的 AI")
    ['0 到 1的 AI']
    """
    pieces = [f"[{c}{c.upper()}]" if "a" <= c <= "z" else re.escape(c) for c in run]
    for at in range(len(run) - 1):
        if JOINT.search(f"{run[at]} {run[at + 1]}"):
            pieces[at] += "[ \u00a0\u3000]*"
    return re.compile("".join(pieces))


_MARKS = " \u00a0\u3000\n\r\t，。：；！？、“”‘’（）《》〈〉【】「」—…·～,.:;!?()<>\"'/%+*=_-"


@cache
def _changing() -> re.Pattern[str]:
    """Characters that folding may change or drop. Made in 12 ms, and looks at a text ten times as fast as folding."""
    block = [chr(code) for code in range(0x4E00, 0x9FA6)]
    convert = _simplifier().convert
    folded = convert(convert("\n".join(block))).split("\n")
    same = "".join(c for c, other in zip(block, folded, strict=True) if c == other)
    return re.compile(f"[^0-9A-Za-z{re.escape(_MARKS)}{same}]")


def changing(text: str) -> bool:
    """Whether folding may do more to a text than `loose` overlooks."""
    return _changing().search(text) is not None


def standing(run: str) -> Callable[[str], bool]:
    """What tells whether the flat text holds a flat run. Folding takes longer than all the rest, so a text is folded only
    where a letter of it that changes becomes one of the run, or is dropped.

    >>> stands = standing("发展")
    >>> stands("科技發展"), stands("科技發明")
    (True, False)
    """
    letters, latin = set(run), any(c.isascii() for c in run)
    search, changed = loose(run).search, _changing().findall

    def stands(text: str) -> bool:
        if run in text or (latin and search(text)):
            return True
        if not (others := changed(text)):
            return False
        folded = [_LETTERS[ord(character)] for character in others]
        return any(not each or not letters.isdisjoint(each) for each in folded) and run in flat(text)

    return stands


def aligned(text: str) -> tuple[str, Sequence[int]]:
    """The flat text, and for each of its characters the index of the one it came from.

    That is what lets a hit in the flat text be marked in the original.

    >>> aligned("第 3 ㈱")
    ('第3 (株)', [0, 2, 3, 4, 4, 4])
    """
    folded = flat(text)
    kept: Sequence[int] = range(len(text))
    if gaps := {at for gap in JOINT.finditer(text) for at in range(*gap.span())} if _spaced(text) else ():
        kept = [at for at in kept if at not in gaps]
    if _UNEVEN.isdisjoint(text):
        return folded, kept
    return folded, [at for at in kept for _ in _LETTERS[ord(text[at])]]
