"""Text to whole sentences, with quotations kept together with the words that introduce or follow them.

Invariant: the pieces, joined, are the text; no piece ends inside a quotation whose marks are balanced.
"""

import re

_PAIRS = {"“": "”", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》", "【": "】"}
_ENDS = frozenset(_PAIRS.values())
_MARK = re.compile(r"[。！？!?]+|…+|[“”「」『』（）()《》【】]|(?<=[a-z])\.(?=\s+[A-Z“]|\s*$)")
_STOPS = "。！？!?."
_FULL = frozenset(_STOPS + "…")
_QUOTES = "“「『"


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of one paragraph.

    A stop inside a quotation ends nothing. A closing mark after a stop ends the sentence when the quotation
    came after its introduction (他说：“……。”); when the quotation opened the sentence, what follows is
    usually who said it, and stays with it.

    >>> sentences("渠修好了。水来了！大家都说好。")
    ('渠修好了。', '水来了！', '大家都说好。')
    >>> sentences("他说：“先修渠。再种树。”大家都同意。“好。那就干。”老李说。")
    ('他说：“先修渠。再种树。”', '大家都同意。', '“好。那就干。”老李说。')
    """
    balanced = all(text.count(a) == text.count(b) for a, b in _PAIRS.items())
    pieces: list[str] = []
    begin, depth, size = 0, 0, len(text.rstrip())
    opened = False  # this sentence begins with the quotation that is open now, or was closed last
    for match in _MARK.finditer(text):
        mark, end = match[0], match.end()
        if mark in _PAIRS:
            if balanced:
                if depth == 0:
                    lead = match.start() - begin  # spaces, or words that introduce the quotation
                    opened = mark in _QUOTES and (
                        lead == 0 or (lead < 9 and text[begin : begin + lead].isspace())
                    )
                depth += 1
            continue
        if mark in _ENDS:
            depth -= depth > 0
            if depth or opened or mark in "》】" or text[end - 2] not in _FULL:
                continue
        elif mark[0] == "…":
            if depth or end < size:
                continue  # an ellipsis may stand in the middle of a sentence
        elif depth or text[end : end + 1] in _ENDS:
            continue
        pieces.append(text[begin:end])
        begin, opened = end, False
    if text[begin:].strip():
        pieces.append(text[begin:])
    elif pieces:
        pieces[-1] += text[begin:]
    return tuple(pieces)


def whole(text: str) -> bool:
    """Ends as a sentence does: a stop, perhaps inside closing marks."""
    core = text.rstrip().rstrip("”」』）)】》")
    return bool(core) and core[-1] in _FULL
