"""How two spellings become one: the fold that commands, answers and search compare by.

Invariant: folding is idempotent, and never raises for any text a person can send (surrogates included).
"""

import re
import unicodedata
from functools import cache
from typing import Protocol

INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\ud800-\udfff]"
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


def letters(text: str) -> list[tuple[str, int]]:
    """The letters, digits and 汉字 of a text, folded, each with the index of the character it came from.

    The map is what lets a hit in the folded text be marked in the original. Conversion to simplified is done
    character by character where a whole-text conversion would change the length.
    """
    gaps = {at for gap in GAP.finditer(text) for at in range(gap.start(), gap.end())}
    folded = [
        (each, index)
        for index, character in enumerate(text)
        if index not in gaps
        for each in unicodedata.normalize("NFKC", character).lower()
    ]
    plain = "".join(each for each, _ in folded)
    plain = plain.encode("utf-8", "replace").decode("utf-8")
    if re.search(f"[{HAN}]", plain):
        simple = _simplifier().convert(plain)
        if len(simple) == len(plain):
            folded = [(new, index) for new, (_, index) in zip(simple, folded, strict=True)]
    return folded


def runs(folded: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Runs of letters, digits and 汉字; everything else breaks a run."""
    found: list[list[tuple[str, int]]] = [[]]
    for character, index in folded:
        if character.isalnum():
            found[-1].append((character, index))
        elif found[-1]:
            found.append([])
    return [run for run in found if run]
