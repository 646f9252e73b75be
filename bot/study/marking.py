"""What an answer says, and whether it is right: from the many ways of writing "the second" to one token.

A token is what a button carries, always in terms of what is shown: "B", "AC", "231" (order), "A3B1C2" (match),
for a fill-in the words themselves. Invariant: marking depends on the question, the order in which it was shown
and the token alone.
"""

import hashlib
import random
import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Literal

from bot.fold import fold
from bot.model import Question
from bot.study import saying

LETTERS = "ABCDEFGH"
UNKNOWN = "?"  # the token of 不知道
EMPTY = "-"  # the token of nothing picked yet
LONGEST = 200  # characters of an answer
Why = Literal["range", "one", "bool", "order", "match", "count", "long"]

# Shuffles and examples are drawn from the question's id with this salt, so that they are the same for everybody
# who sees a question the same time round. It is the first salt with which the documented conversations come out.
SALT = 578

ORDINAL = re.compile(
    "第?([一二三四五六七八])(?:个|個|项|項|条|條)|第([一二三四五六七八1-8])(?:个|個|项|項|条|條)?"
)
FILLER = re.compile(
    r"我的?|觉得|认为|感觉|猜|想|可能|大概|也许|好像|肯定|那就|选择|選擇|选项|選項|选|選|答案|答|应该|應該|就|是不是|是|为|吧|呢|和|与|跟|及|以及|还有|同|加"
    r"|[\s、，,。.．;；:：!！~～+&/\\()（）\"'“”‘’_-]"
)
DOUBT = re.compile(
    r"都?是?(?:正确|对|没错)?的?(?:对吗|对吧|对不对|是吗|是吧|没错吧|行吗|可以吗|吗|吧|呢|啊|呀|[?\s。.!！~～])*$"
)
IN_TURN = re.compile("首先|其次|然后|接着|之后|最先|最后|先|再|后|到")
BETWEEN = re.compile(r"[\s、，,。.．;；:：>›→=＝\-—()（）]")
SEVERAL = re.compile("[、，；;]")  # between several words; a half-width comma stands in numbers
AROUND = re.compile(  # 对 or 错
    r"^我?(?:(?:觉得|认为|感觉|猜)(?:应该)?是?|应该是?|是不是(?=.)|选|選|答案是?|答)|[\s。.!！~～，,]|吧$"
)
HAN_DIGITS = str.maketrans("一二三四五六七八", "12345678")
YES = {
    "对",
    "對",
    "√",
    "✓",
    "✔",
    "是",
    "a",
    "1",
    "t",
    "y",
    "yes",
    "true",
    "正确",
    "正確",
    "对的",
    "是的",
    "没错",
    "v",
}
NO = {
    "错",
    "錯",
    "×",
    "✗",
    "✘",
    "x",
    "否",
    "b",
    "2",
    "f",
    "n",
    "no",
    "false",
    "错误",
    "錯誤",
    "不对",
    "不對",
    "错的",
    "不是",
}
ALL = {"全选", "全選", "都选", "都選", "全部", "全都选", "都对", "全对", "都是"}


class Misread(Exception):
    """Meant as an answer, but of a form that cannot be one. got: how many parts came, for `count`."""

    def __init__(self, why: Why, got: int = 0) -> None:
        super().__init__(why)
        self.why: Why = why
        self.got = got


def digest(question: Question) -> str:
    """Short; another one as soon as anything about the question changes but its place in the file."""
    told = (question.kind, question.stem, question.options, question.right, question.blanks, question.pairs)
    return hashlib.sha256(repr((told, question.quote)).encode()).hexdigest()[:12]


def _dice(question: Question, times: int, what: str) -> random.Random:
    return random.Random(f"{SALT}/{what}/{question.id}/{times}")  # noqa: S311 - no secret, only variety


def shuffle(question: Question, times: int) -> tuple[int, ...]:
    """The order in which options (items, right sides) are shown to one who has seen the question `times` times.

    Choices stand as written the first time and change places afterwards; items to be ordered or matched are
    never shown in the right order.
    """
    if question.kind in {"bool", "fill"} or (question.kind in {"single", "multi"} and times == 0):
        return tuple(range(len(question.options)))
    count = len(question.pairs) if question.kind == "match" else len(question.options)
    order = list(range(count))
    dice = _dice(question, times, "shuffle")
    while True:
        dice.shuffle(order)
        if question.kind in {"single", "multi"} or order != sorted(order):
            return tuple(order)


def key(question: Question, order: tuple[int, ...]) -> str:
    """The right token. For a fill-in the spellings that are shown, joined by 、."""
    if question.kind == "fill":
        return "、".join(blank[0] for blank in question.blanks)
    if question.kind == "order":  # item n of the right order stands at place order.index(n)
        return "".join(str(order.index(n) + 1) for n in range(len(order)))
    if question.kind == "match":
        return "".join(f"{LETTERS[n]}{order.index(n) + 1}" for n in range(len(order)))
    return "".join(LETTERS[at] for at, original in enumerate(order) if original in question.right)


def example(question: Question, order: tuple[int, ...]) -> str:
    """A token to show how an answer is written, drawn so that it is never the key."""
    right = key(question, order)
    if question.kind == "multi":
        drawn = ["".join(pair) for pair in combinations(LETTERS[: len(order)], 2)]
    elif question.kind == "order":
        drawn = ["".join(map(str, each)) for each in permutations(range(1, len(order) + 1))][1:]
    elif question.kind == "match":  # never the key: right sides are not shown in their own order
        return " ".join(f"{LETTERS[n]}{n + 1}" for n in range(len(order)))
    else:
        return "B"
    return _dice(question, 0, "example").choice([each for each in drawn if each != right])


def plain(text: str) -> str:
    """What words are compared by: NFKC, no case, no quotes, spaces or punctuation.

    >>> plain("“１ 到 １００”。") == plain("1到100")
    True
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum() or c in "+%.°")


def is_right(question: Question, order: tuple[int, ...], token: str) -> bool:
    if question.kind != "fill":
        return token == key(question, order)
    words = parts(token, len(question.blanks))
    return len(words) == len(question.blanks) and all(
        plain(word).strip(".") in {plain(each).strip(".") for each in blank}
        for word, blank in zip(words, question.blanks, strict=True)
    )


def parts(text: str, blanks: int) -> list[str]:
    """The words for each blank. One blank takes everything.

    >>> parts("甲，乙", 2), parts("甲 乙", 2), parts("甲，乙", 1)
    (['甲', '乙'], ['甲', '乙'], ['甲，乙'])
    """
    text = text.strip()
    if blanks == 1:
        return [text]
    for cut in (r"[、]", r"[、，,;；/|\n]", r"[、，,;；/|\s]+"):
        found = [each.strip() for each in re.split(cut, text.strip("、，,;；/|")) if each.strip()]
        if len(found) == blanks:
            return found
    return found


# ---------------------------------------------------------------- reading what was typed


def read(question: Question, order: tuple[int, ...], text: str) -> str | None:
    """The token of a typed answer; "?" for 不知道; None: this is no answer. Raises Misread.

    For order and match a single letter or digit is a token too: a step that is not the whole answer yet.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    if question.kind == "fill" and is_right(question, order, text):
        return _words(question, text)  # even where it is a word that else says nothing
    if saying.at_a_loss(text):
        return UNKNOWN
    if question.kind == "fill":
        return _words(question, _meant(question, text))
    token = _read(question, order, folded)
    if token is None and (simple := fold(text)) != folded:  # in traditional writing
        return _read(question, order, simple)
    return token


def _read(question: Question, order: tuple[int, ...], folded: str) -> str | None:
    sure = DOUBT.sub("", folded) if len(folded) <= saying.LONGEST else folded
    if question.kind == "bool":
        return _bool(folded)
    if question.kind == "order":
        return _order(sure, len(order))
    if question.kind == "match":
        return _match(sure, len(order))
    return _choice(question, order, folded, sure)


def _meant(question: Question, text: str) -> str:
    """The words of a typed answer to a blank: 两三天 of 我觉得是两三天吧, unless the answer begins like that."""
    meant, otherwise = saying.words(text)
    return next((each for each in meant if is_right(question, (), each)), otherwise)


def _words(question: Question, text: str) -> str:
    if len(text) > LONGEST:
        raise Misread("long", len(text))
    words = parts(text, len(question.blanks))
    if len(question.blanks) == 1 and plain(text) in map(plain, question.blanks[0]):
        return text.strip()
    if len(question.blanks) == 1 and not any(SEVERAL.search(each) for each in question.blanks[0]):
        words = [each for each in SEVERAL.split(text) if plain(each)] or words
        words = [text.strip()] if len(words) == 1 else words
    if len(words) != len(question.blanks):
        raise Misread("count", len(words))
    return "、".join(words) if len(words) > 1 else words[0]


def _bool(folded: str) -> str | None:
    bare = AROUND.sub("", folded).rstrip("?") or folded
    for said in (bare, saying.doubtless(bare)):
        if said in YES and (said == bare or not said.startswith("是")):
            return "A"
        if said in NO and (said == bare or not said.startswith("不")):  # 是吗 and 不对吗 may mean either
            return "B"
    if re.fullmatch("[c-h]", bare):
        raise Misread("bool")
    return None


def _choice(question: Question, order: tuple[int, ...], folded: str, sure: str) -> str | None:
    shown = [plain(question.options[each]) for each in order]
    said = plain(folded)
    if said.removesuffix("吧") in ALL and said not in shown:
        if question.kind == "single":
            raise Misread("one")
        return LETTERS[: len(order)]
    for at, option in enumerate(shown):
        if said and (said == option or said in {f"{LETTERS[at].lower()}{option}", f"{at + 1}{option}"}):
            return LETTERS[at]
    for meant in map(plain, saying.words(folded)[0]):  # 应该是全要素生产率吧
        if meant in shown:
            return LETTERS[shown.index(meant)]
    if question.kind == "multi":
        named = [plain(each) for each in re.split(r"[、，,;；\s和与]+", folded)]
        if len(named) > 1 and all(each in shown for each in named if each):
            return "".join(sorted({LETTERS[shown.index(each)] for each in named if each}))
    counted = ORDINAL.sub(lambda m: (m[1] or m[2]).translate(HAN_DIGITS), sure)
    rest = FILLER.sub("", counted)
    if re.fullmatch("[a-h]{1,8}", rest):
        picked = sorted({"abcdefgh".index(c) for c in rest})
    elif re.fullmatch("[1-8]{1,8}", rest):
        picked = sorted({int(c) - 1 for c in rest})
    elif re.fullmatch("[a-z09]", rest):
        raise Misread("range")
    else:
        return None
    if picked[-1] >= len(order):
        raise Misread("range")
    if question.kind == "single" and len(picked) > 1:
        raise Misread("one")
    return "".join(LETTERS[at] for at in picked)


def _order(folded: str, count: int) -> str | None:
    rest = BETWEEN.sub("", FILLER.sub("", IN_TURN.sub(" ", folded))).translate(HAN_DIGITS)
    if re.fullmatch("[a-h]{2,8}", rest):
        rest = "".join(str("abcdefgh".index(c) + 1) for c in rest)
    if not re.fullmatch("[0-9]{1,10}", rest):
        if re.fullmatch("[a-z]", rest):
            raise Misread("order")
        return None
    if len(rest) == 1:
        if not 1 <= int(rest) <= count:
            raise Misread("order")
        return rest
    if sorted(rest) != [str(n) for n in range(1, count + 1)]:
        raise Misread("order")
    return rest


def _match(folded: str, count: int) -> str | None:
    rest = BETWEEN.sub("", FILLER.sub("", folded)).replace("配", "").replace("对", "").upper()
    if re.fullmatch("[A-Z]|[0-9]", rest):
        if rest not in LETTERS[:count] and rest not in "12345678"[:count]:
            raise Misread("match")
        return rest
    if re.fullmatch("[0-9]{2,8}", rest):  # the right sides in the order of the letters
        rest = "".join(f"{LETTERS[n]}{digit}" for n, digit in enumerate(rest[:8]))
    if re.fullmatch("(?:[0-9][A-H])+", rest):  # 1A 2B, the other way round
        rest = "".join(rest[i + 1] + rest[i] for i in range(0, len(rest), 2))
    if not re.fullmatch("(?:[A-H][0-9])+", rest):
        return None
    pairs = sorted(rest[i : i + 2] for i in range(0, len(rest), 2))
    lefts, rights = [pair[0] for pair in pairs], sorted(pair[1] for pair in pairs)
    if lefts != list(LETTERS[:count]) or rights != [str(n) for n in range(1, count + 1)]:
        raise Misread("match")
    return "".join(pairs)


# ---------------------------------------------------------------- tapping in turn


@dataclass(frozen=True, slots=True)
class Picked:
    """What has been tapped so far. whole: nothing is left to tap, `token` can be handed in."""

    token: str
    whole: bool = False
    left: str = ""  # match: the letter that still wants its digit


def added(question: Question, before: str, step: str) -> str | None:
    """What has been tapped so far with one more letter or digit typed; what stands in it already changes nothing
    but in a multiple choice, where it is taken back. None: the digit of no letter.
    """
    if question.kind == "multi":
        return "".join(sorted(set(before) ^ {step})) or EMPTY
    if question.kind == "order":
        return before if step in before else before + step
    left = before[-1:] if before[-1:].isalpha() else ""
    if step.isdigit():
        return (before if step in before else before + step) if left else None
    whole = before.removesuffix(left) if left else before
    return before if step in whole else whole + step


def picked(question: Question, order: tuple[int, ...], token: str) -> Picked | None:
    """A pick as a button carries it; the last place is filled in by itself. None: no such pick."""
    count = len(order)
    token = "" if token == EMPTY else token.upper()
    if question.kind == "multi":
        good = len(set(token)) == len(token) and all(c in LETTERS[:count] for c in token)
        return Picked("".join(sorted(token)), bool(token)) if good else None
    if question.kind == "order":
        digits = "12345678"[:count]
        if len(set(token)) != len(token) or any(c not in digits for c in token):
            return None
        if len(token) == count - 1:
            token += next(c for c in digits if c not in token)
        return Picked(token, len(token) == count)
    if question.kind != "match" or not re.fullmatch("(?:[A-H][1-8])*[A-H]?", token):
        return None
    left = token[-1] if token and token[-1].isalpha() else ""
    pairs = sorted(token[i : i + 2] for i in range(0, len(token) - len(left), 2))
    lefts, rights = "".join(p[0] for p in pairs) + left, "".join(p[1] for p in pairs)
    if len(set(lefts)) != len(lefts) or len(set(rights)) != len(rights):
        return None
    if any(c not in LETTERS[:count] for c in lefts) or any(c not in "12345678"[:count] for c in rights):
        return None
    if not left and len(pairs) == count - 1:
        last = next(c for c in LETTERS if c not in lefts)
        pairs = sorted([*pairs, last + next(c for c in "12345678" if c not in rights)])
    return Picked("".join(pairs), len(pairs) == count, left)
