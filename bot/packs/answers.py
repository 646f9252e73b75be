"""Whether a question still has the answer it had: people's memory and their record hang on its id.

Invariant: a key is compared by what it says, not by white space, width, case or quotes; an order of options that
was only shuffled and a spelling that was only added change nothing.
"""

import re
import unicodedata
from collections.abc import Mapping

from bot.model import Pack, Question
from bot.packs.header import Section
from bot.packs.index import Index
from bot.packs.quiz import FILE, NAMES

_SOFT = re.compile("[\\s“”‘’「」『』《》\"'，。、；！？,;!?\u200b-\u200f\u2060\ufeff\u00ad]+")
_LINES = {"bool": "答", "fill": "答", "order": "排序", "match": "配对"}  # the line that carries the key


def answer_key(question: Question) -> str:
    """The kind and the right answer, one part a line. It is stored, so its form must not change.

    >>> from bot.model import Question
    >>> answer_key(Question("q1", 1, "single", "？", "a1", "依", options=("甲", "“乙 A”"), right=(1,)))
    'single\\n乙a'
    """
    if question.kind == "fill":
        parts = [_hard(blank[0]) for blank in question.blanks if blank]
    elif question.kind == "order":
        parts = [_hard(item) for item in question.options]
    elif question.kind == "match":
        parts = sorted(f"{_hard(left)}={_hard(other)}" for left, other in question.pairs)
    else:
        parts = sorted(_hard(question.options[n]) for n in question.right)
    return "\n".join([question.kind, *parts])


def same_answer(key: str, question: Question) -> bool:
    """Whether the question may bear an id under which `key` was the answer.

    Of a blank every accepted spelling counts: another one may be put first.
    """
    if question.kind != "fill":
        return answer_key(question) == key
    kind, *old = key.split("\n")
    accepted = [{_hard(spelling) for spelling in blank} for blank in question.blanks]
    return (
        kind == "fill"
        and len(old) == len(accepted)
        and all(spelling in blank for spelling, blank in zip(old, accepted, strict=True))
    )


def answer_keys(pack: Pack) -> dict[str, str]:
    """The key of every question, by id."""
    return {question.id: answer_key(question) for question in pack.questions}


def check_answers(index: Index, known: Mapping[str, str]) -> None:
    """Adds an error for every question that has another answer under an id people have met.

    known: id → key of all questions that were ever live in this pack.
    """
    taken = {*known, *index.questions, *index.cards, *index.terms, *index.articles}
    for question, section in index.questions.values():
        if question.id in known and not same_answer(known[question.id], question):
            free = _free(question.id, taken)
            taken.add(free)
            index.wrong(FILE, _line(question, section), _changed(known[question.id], question, free))


def _hard(text: str) -> str:
    """What is compared; where nothing but punctuation is the answer, the punctuation."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _SOFT.sub("", folded) or folded.strip()


def _line(question: Question, section: Section) -> int:
    return section.place(_LINES.get(question.kind, "题"))


def _changed(key: str, question: Question, free: str) -> str:
    kind, *old = key.split("\n")
    now_kind, *now = answer_key(question).split("\n")
    if kind != now_kind:
        before = next((name for k, name in NAMES.items() if k == kind), kind)
        what = f"的题型从{before}改成了{NAMES[question.kind]}"
    elif kind == "bool":
        what = f"的答案从“{old[0]}”改成了“{now[0]}”" if old else "的答案改了"
    else:
        lost = next((part for part in old if part not in now), old[0] if old else "")
        what = f"的答案改了，原来有“{lost[:20]}”" if lost in old and lost not in now else "的答案改了"
    return f"题 {question.id} {what}。大家的记录记在题号上，请换一个新题号，例如：## {free}"


def _free(key: str, taken: set[str]) -> str:
    """The id with the next number that nobody has.

    >>> _free("q009", {"q009", "q010"})
    'q011'
    """
    found = re.fullmatch(r"(.*?)(\d*)", key)
    stem, digits = (found[1], found[2]) if found else (key, "")
    number = int(digits or 1)
    highest = max(
        (int(each[len(stem) :]) for each in taken if each.startswith(stem) and each[len(stem) :].isdecimal()),
        default=number,
    )
    return f"{stem}{max(number, highest) + 1:0{len(digits)}}"
