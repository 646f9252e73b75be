"""How a question looks: as it is asked, while it is being tapped together, and once it is answered."""

from collections.abc import Iterable

from bot.commands.base import Turn
from bot.messages import Button, Reply, Rows, inside, rich, row
from bot.model import Complaint, Question
from bot.study import marking
from bot.study.marking import LETTERS, Misread, Picked
from bot.study.quizzing import Outcome, Shown

KINDS = {"single": "单选", "multi": "多选", "bool": "判断", "fill": "填空", "order": "排序", "match": "配对"}
AGAIN = "再来一组，不计分。"


def head(shown: Shown) -> str:
    """The session's line and the stem; a lone question has both on one line."""
    kind = KINDS[shown.question.kind]
    if shown.alone:
        return f"{kind}：{shown.question.stem}"
    first = f"{AGAIN}\n" if shown.quiz.kind == "again" and shown.n == 1 else ""
    return f"{first}第 {shown.n}/{shown.count} 题 · {kind}\n{shown.question.stem}"


def asked(shown: Shown, picked: Picked | None = None, before: str = "") -> Reply:
    """A question with its keys; `picked`: what has been tapped so far; `before`: a line above it.

    Every key says the whole answer it leads to, so that a double press changes nothing.
    """
    question, token = shown.question, picked.token if picked else ""
    lines = [before] if before else []
    lines += [head(shown), *body(shown)]
    if question.kind == "fill" and shown.asked.hinted:
        lines.append(hint_line(question))
    typed = ""  # what a channel without buttons cannot see on the keys
    if picked and question.kind == "multi" and token:
        typed = f"已选：{' '.join(token)}"
    elif picked and question.kind == "order" and token:
        lines.append(f"你的顺序：{' › '.join(token)}")
    elif picked and question.kind == "match" and (token or picked.left):
        pairs = " ".join(pairs_of(token))
        lines.append(f"你的配对：{' '.join(filter(None, (pairs, picked.left and f'{picked.left}？')))}")
    rows = keys(shown, picked)
    text = "\n".join(lines)
    own = question.kind != "bool"  # digits are (part of) the answer, not places in the row of buttons
    if picked is None:
        return Reply(rich(text), rows, own_numbers=own)
    whole = rich(text, f"\n{typed}" if typed else "")
    return Reply(whole, rows, edits=True, edited=rich(text), edited_rows=rows, own_numbers=own)


def body(shown: Shown) -> list[str]:
    """Options or items, and how to answer, below the stem."""
    question, order = shown.question, shown.asked.shuffle
    example = marking.example(question, order)
    if question.kind == "single":
        return ["", *choices(question, order)]
    if question.kind == "multi":
        options = choices(question, order)
        one_line = "　".join(options)
        shown_as = [one_line] if len(one_line) <= 24 else options
        return ["", *shown_as, f"选好再点“提交”，也可以直接发，例如：{example}"]
    if question.kind == "fill":
        return ["直接发答案；有几个空就用“、”隔开。"]
    if question.kind == "order":
        items = [f"{at} {question.options[n]}" for at, n in enumerate(order, 1)]
        return ["", *items, f"依次点，或直接发，例如：{example}"]
    if question.kind == "match":
        lefts = [f"{LETTERS[n]} {left}" for n, (left, _) in enumerate(question.pairs)]
        rights = [f"{at} {question.pairs[n][1]}" for at, n in enumerate(order, 1)]
        table = [f"{left}　　{right}" for left, right in zip(lefts, rights, strict=True)]
        return ["", *table, f"先点字母再点数字，或直接发，例如：{example}"]
    return []


def choices(question: Question, order: tuple[int, ...]) -> list[str]:
    """The options as they are shown, each behind its letter."""
    return [f"{LETTERS[at]} {question.options[n]}" for at, n in enumerate(order)]


def hint_line(question: Question) -> str:
    """How long each blank is and how it begins.

    >>> hint_line(Question("q", 1, "fill", "____", "a1", "", blanks=(("1 到 100",),)))
    '提示：5 个字，第一个是“1”。'
    """
    told = [(len("".join(blank[0].split())), blank[0].strip()[:1]) for blank in question.blanks]
    return "提示：" + "；".join(f"{n} 个字，第一个是“{first}”" for n, first in told) + "。"


def keys(shown: Shown, picked: Picked | None) -> Rows:
    question, at, stamp = shown.question, shown.asked.id, shown.asked.stamp
    count, token = len(shown.asked.shuffle), picked.token if picked else ""

    def pick(said: str) -> str:
        return f"/pick {at} {said or '-'} {stamp}"

    def hand_in(said: str) -> str:
        return f"/answer {at} {said or '-'} {stamp}"

    unknown, stop, again = ("不知道", hand_in("?")), ("结束", "/quiz end"), ("重来", pick(""))
    if question.kind == "single":
        return (row(*((LETTERS[n], hand_in(LETTERS[n])) for n in range(count))), row(unknown, stop))
    if question.kind == "bool":
        return (row(("对", hand_in("A")), ("错", hand_in("B"))), row(unknown, stop))
    if question.kind == "fill":
        hint = [] if shown.asked.hinted else [("提示", f"/hint {at} {stamp}")]
        return (row(*hint, unknown, stop),)
    if question.kind == "multi":
        letters = LETTERS[:count]
        toggles = tuple(
            Button(f"{c} ✓" if c in token else c, pick("".join(sorted(set(token) ^ {c})))) for c in letters
        )
        return (toggles, row(("提交", hand_in(token)), unknown, stop))
    if picked and picked.whole:
        return (row(("提交", hand_in(token)), again, unknown, stop),)
    if question.kind == "order":
        digits = row(*((c, pick(token + c)) for c in "12345678"[:count] if c not in token))
        return (digits, row(*([again] if token else []), unknown, stop))
    if picked and picked.left:
        free = [c for c in "12345678"[:count] if c not in token]
        return (row(*((c, pick(f"{token}{picked.left}{c}")) for c in free)), row(again))
    lefts = row(*((c, pick(token + c)) for c in LETTERS[:count] if c not in token))
    return (lefts, row(*([again] if token else []), unknown, stop))


def pairs_of(token: str) -> list[str]:
    """A3B1 → A3, B1."""
    return [token[i : i + 2] for i in range(0, len(token), 2)]


# ---------------------------------------------------------------- answered


def verdict(outcome: Outcome, shown: Shown) -> str:
    """The line that says whether it was right."""
    question, order = shown.question, shown.asked.shuffle
    right = marking.key(question, order)
    told = told_key(question, order, right)
    colon = "：" if question.kind == "bool" else " "
    if outcome.how == "right":
        if question.kind == "order":
            told = " › ".join(question.options)
        return f"✅ 回答正确：{told}"
    if outcome.how == "unknown":
        later = "记下了，明天再问。" if outcome.learned else "记下了，到期再问。"
        return f"正确答案{colon}{told}。{later}"
    if outcome.how == "late":
        return f"这题先放下。正确答案{colon}{told}。"
    return f"❌ 正确答案{colon}{told}（{said(question, right, outcome.given)}）"


def told_key(question: Question, order: tuple[int, ...], right: str) -> str:
    if question.kind == "single":
        return f"{right} {question.options[order[LETTERS.index(right)]]}"
    if question.kind == "bool":
        return "对" if right == "A" else "错"
    if question.kind == "match":
        return " ".join(pairs_of(right))
    return right if question.kind == "fill" else " ".join(right)


def said(question: Question, right: str, given: str) -> str:
    """What he chose, and where it differs."""
    if question.kind == "bool":
        return f"你选{'对' if given == 'A' else '错'}"
    if question.kind == "fill":
        return f"你填 {given}"
    if question.kind == "order":
        return f"你排 {' '.join(given)}"
    if question.kind == "match":
        return mixed(right, given)
    if question.kind == "single":
        return f"你选 {given}"
    lacks = " ".join(c for c in right if c not in given)
    extra = " ".join(c for c in given if c not in right)
    parts = [f"你选 {' '.join(given)}", lacks and f"漏了 {lacks}", extra and f"多了 {extra}"]
    return "，".join(part for part in parts if part)


def mixed(right: str, given: str) -> str:
    """Which pairs are right, and which two only changed places.

    >>> mixed("A3B1C2", "A3B2C1"), mixed("A1B2C3D4", "A2B3C1D4"), mixed("A1B2C3", "A2B3C1")
    ('A 对，B、C 换一下', 'D 对，A、B、C 不对', 'A、B、C 不对')
    """
    good = [pair[0] for pair in pairs_of(given) if pair in pairs_of(right)]
    bad = [pair[0] for pair in pairs_of(given) if pair not in pairs_of(right)]
    wrong = f"{'、'.join(bad)} {'换一下' if len(bad) == 2 else '不对'}"
    return f"{'、'.join(good)} 对，{wrong}" if good else wrong


def explained(shown: Shown) -> list[str]:
    """Explanation, the sentence it rests on, and where that stands."""
    question = shown.question
    article = next(a for a in shown.pack.articles if a.id == question.article)
    lines = [f"解析：{question.explanation}"] if question.explanation else []
    quote = (
        f"「{question.quote}」" if "“" in question.quote else f"“{question.quote}”"
    )  # never quotes in quotes
    return [*lines, f"依据：{quote}", f"——《{inside(article.title)}》"]


def answered(turn: Turn, outcome: Outcome, shown: Shown, extra: Iterable[str] = ()) -> Reply:
    """The verdict; where messages are edited, below the stem. `extra`: lines that are said once."""
    told = "\n".join([verdict(outcome, shown), *explained(shown), *extra])
    rows = after(turn, shown, last=outcome.summary is not None)
    edited = rich(f"{head(shown).removeprefix(AGAIN).strip()}\n\n{told}")
    return Reply(rich(told), rows, edits=True, edited=edited, edited_rows=rows)


def after(turn: Turn, shown: Shown, last: bool) -> Rows:
    """Next steps below an answer; after the last one the summary has the others."""
    at = f"{other}/" if (other := turn.other(shown.pack)) else ""
    article = next(a for a in shown.pack.articles if a.id == shown.question.article)
    source = ("看原文", f"/article {at}{article.number} {shown.question.id}")
    wrong = ("题目有误", f"/flag {at}{shown.question.id}")
    if last:
        return (row(source, wrong),)
    return (row(("下一题", "/quiz next"), source), row(wrong, ("结束", "/quiz end")))


def complaint(misread: Misread, shown: Shown) -> Complaint:
    """What to write instead."""
    question, count = shown.question, len(shown.asked.shuffle)
    example = marking.example(question, shown.asked.shuffle)
    if misread.why == "range":
        example = "B" if question.kind == "single" else example
        one = "其中一个" if question.kind == "single" else "其中的字母"
        return Complaint(
            f"这题只有 A 到 {LETTERS[count - 1]}。请发{one}，例如：{example}", ("不知道", unknown(shown))
        )
    if misread.why == "one":
        return Complaint("这题只选一个。请发一个字母，例如：B", ("不知道", unknown(shown)))
    if misread.why == "bool":
        return Complaint("这题只有对和错。请发其中一个，例如：对", ("不知道", unknown(shown)))
    if misread.why == "order":
        return Complaint(
            f"顺序要把 1 到 {count} 各写一次。请写全，例如：{example}", ("不知道", unknown(shown))
        )
    if misread.why == "match":
        return Complaint(f"每个字母要配一个数字，不重复。请写全，例如：{example}", ("不知道", unknown(shown)))
    if misread.why == "long":
        return Complaint(
            f"这条有 {misread.got} 字，不像一个空里的词。请只发要填的词，例如：创新",
            ("不知道", unknown(shown)),
        )
    blanks = len(question.blanks)
    if blanks == 1:
        said = f"这题有 1 个空，收到 {misread.got} 个。请只填一个，例如：创新"
        return Complaint(said, ("不知道", unknown(shown)))
    return Complaint(
        f"这题有 {blanks} 个空，收到 {misread.got} 个。请用“、”隔开，例如：甲、乙", ("不知道", unknown(shown))
    )


def waiting(shown: Shown) -> str:
    """What an open question takes, for one whose words were no answer to it."""
    kind, count = shown.question.kind, len(shown.asked.shuffle)
    example = marking.example(shown.question, shown.asked.shuffle)
    what = {
        "single": f" A–{LETTERS[count - 1]}",
        "bool": "对或错",
        "multi": f"字母，例如 {example}",
        "order": f"顺序，例如 {example}",
        "match": f"配对，例如 {example}",
        "fill": "要填的词",
    }[kind]
    return f"这题还等着：请发{what}，或：不知道"


def unknown(shown: Shown) -> str:
    return f"/answer {shown.asked.id} ? {shown.asked.stamp}"
