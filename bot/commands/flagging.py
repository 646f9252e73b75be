"""题目有误: from the one who noticed to the organisers, and back."""

import re

from bot.commands.base import Replies, Turn
from bot.commands.questions import KINDS, told_key
from bot.messages import Button, Reply, rich, row
from bot.model import Complaint, Pack, Question
from bot.store import flags, members, posed, quizzes
from bot.study import flagging, marking
from bot.study.flagging import Case

REASONS = {"key": "答案不对", "stem": "题意不清", "quote": "与原文不符", "other": "别的问题"}
FLAG = re.compile(r"(\S+)(?:\s+(key|stem|quote|other))?(?:\s+(.+))?", re.DOTALL)
NOTE_AT_MOST = 200
GONE = "这一题现在没有了。想做别的题，请发：{}"
PASSED_ON = "已转给组织者，附上了题目、答案和依据。处理后告诉你结果。"
NEXT = row(("下一题", "/quiz next"), ("结束", "/quiz end"))


def named(turn: Turn, name: str) -> tuple[Pack, Question]:
    """A question by its id, of the pack followed or PACK/id."""
    pack_id, _, question_id = name.rpartition("/")
    packs = [turn.packs[pack_id]] if pack_id in turn.packs else [] if pack_id else list(turn.visible.values())
    for pack in packs:
        for question in pack.questions:
            if question.id == question_id:
                return pack, question
    raise Complaint(GONE.format(turn.how("答题", "/quiz")), ("答题", "/quiz"))


def flag(turn: Turn) -> Replies:
    """`q031` asks what is wrong; `q031 key` passes it on; a sentence may follow."""
    found = FLAG.fullmatch(turn.arg.strip())
    if found is None:
        last = of_poll(turn) or quizzes.last_answered(turn.store, turn.who.id)
        if last is None:
            raise Complaint(f"还没有答过题。请先答一题，例如：{turn.how('答题', '/quiz')}", ("答题", "/quiz"))
        found = FLAG.fullmatch(f"{last[0]}/{last[1]}")
        assert found is not None
    pack, question = named(turn, found[1])
    if flags.is_open(turn.store, turn.who.id, pack.id, question.id):
        return [Reply(rich("这题你报过，组织者还在看。"), (NEXT,), private=True)]
    name = (
        found[1]
        if "/" not in found[1]
        else f"{at}/{question.id}"
        if (at := turn.other(pack))
        else question.id
    )
    if not found[2]:
        rows = [
            row(*((REASONS[r], f"/flag {name} {r}") for r in pair))
            for pair in (("key", "stem"), ("quote", "other"))
        ]
        return [Reply(rich("这题哪里不对？"), tuple(rows), private=True, asks="/flag")]
    note = (found[3] or "").strip()
    if found[2] == "other" and not note:
        skip = row(("不写了，直接转", f"/flag {name} other -"))
        return [
            Reply(
                rich("请用一句话说哪里不对，直接发就行。"),
                (skip,),
                prompt=f"/flag {name} other",
                private=True,
            )
        ]
    note = "" if note == "-" else note[:NOTE_AT_MOST]
    made = flagging.report(turn.store, turn.who, pack, question, found[2], note, turn.now)
    if made:
        text = alert(pack, question, found[2], note)
        for organiser in members.organisers(turn.store, turn.settings.organisers):
            flagging.tell(turn.store, organiser, f"flag-{made}", text, turn.now)
    return [Reply(rich(PASSED_ON), (NEXT,), edits=True, private=True)]


def of_poll(turn: Turn) -> tuple[str, str] | None:
    """Pack and question of the poll that somebody answers with these words; None: he answers none."""
    where = turn.incoming
    on = posed.named(turn.store, where.channel, where.poll) if where.poll else None
    return (on.pack, on.question) if on else None


def alert(pack: Pack, question: Question, reason: str, note: str) -> str:
    """What organisers are told."""
    said = f"，他说：{note}" if note else ""
    return f"⚠️ 有人报《{pack.title}》{question.id} {REASONS[reason]}{said}。\n{whole(pack, question)}\n看了请定去留，发：/reported"


def whole(pack: Pack, question: Question) -> str:
    """A question as an organiser judges it: stem, options, key, explanation, sentence and where that stands."""
    order = tuple(range(len(question.options) or len(question.pairs)))
    article = next(a for a in pack.articles if a.id == question.article)
    lines = [f"题（{KINDS[question.kind]}）：{question.stem}"]
    if question.kind in {"single", "multi"}:
        lines += [f"{marking.LETTERS[n]} {option}" for n, option in enumerate(question.options)]
    lines += [f"答案：{key_of(question, order)}"]
    if question.explanation:
        lines.append(f"解析：{question.explanation}")
    return "\n".join([*lines, f"依据：“{question.quote}”——第 {article.number} 篇"])


def key_of(question: Question, order: tuple[int, ...]) -> str:
    if question.kind == "match":
        return "；".join(f"{left} = {right}" for left, right in question.pairs)
    if question.kind == "order":
        return " › ".join(question.options)
    if question.kind == "fill":
        return "、".join("|".join(blank) for blank in question.blanks)
    return told_key(question, order, marking.key(question, order))


# ---------------------------------------------------------------- organisers


def reported(turn: Turn) -> Replies:
    """One case at a time: `off PACK/q031 DIGEST`, `keep …` decide; a number shows that case."""
    word, _, rest = turn.arg.partition(" ")
    if word in {"off", "keep"}:
        return decided(turn, word, rest)
    found = flagging.cases(turn.store, turn.packs)
    if not found:
        text = "没有要看的题：没有人报错，也没有一题多数人答错。"
        return [Reply(rich(text), (row(("学习资料", "/packs"), ("使用帮助", "/help")),), private=True)]
    n = min(int(word), len(found)) if word.isdecimal() and len(word) < 6 and int(word) else 1
    return [case(found[n - 1], n, len(found))]


def case(each: Case, n: int, count: int) -> Reply:
    name = f"{each.pack.id}/{each.question.id} {marking.digest(each.question)}"
    reasons = [f"{REASONS[r]} {k}" for r in REASONS if (k := sum(flag.reason == r for flag in each.reports))]
    told = [f"报错 {len(each.reports)} 次：{'，'.join(reasons)}"] if each.reports else []
    told.append(f"答过 {each.tries} 次，对 {each.rights} 次")
    lines = [
        f"待看 {n}/{count} · 《{each.pack.title}》{each.question.id}",
        whole(each.pack, each.question),
        "；".join(told) + "。",
        *(f"有人说：{flag.note}" for flag in each.reports[:3] if flag.note),
    ]
    buttons = [Button("停用", f"/reported off {name}"), Button("保留", f"/reported keep {name}")]
    if count > 1:
        buttons.append(Button("看下一题", f"/reported {n % count + 1}"))
    return Reply(rich("\n".join(lines)), (tuple(buttons),), private=True, asks="/reported")


def decided(turn: Turn, word: str, rest: str) -> Replies:
    name, _, digest = rest.partition(" ")
    pack, question = named(turn, name)
    if digest.strip() != marking.digest(question):
        raise Complaint("这题的内容改过了。请按新的再看一次，例如：/reported", ("再看一次", "/reported"))
    settled = flagging.decide(
        turn.store, turn.who, pack, question, "retired" if word == "off" else "kept", turn.now
    )
    if word == "off":
        new = flagging.replacement(pack, question)
        told = f"{question.id} 有误，已停用{f'，换成新题 {new}' if new else ''}。谢谢你指出来。"
    else:
        told = f"你报的 {question.id} 看过了，答案不变。依据：“{question.quote}”"
    for flag_ in settled:
        if who := members.get(turn.store, flag_.member):
            flagging.tell(turn.store, who, f"flagged-{flag_.id}", told, turn.now)
    thanks = f"，{len(settled)} 位报错的人会收到结果" if settled else ""
    what = (
        f"已停用 {question.id}，不再抽到；文件没有动，改好题目后自动恢复"
        if word == "off"
        else f"已保留 {question.id}"
    )
    left = len(flagging.cases(turn.store, turn.packs))
    more = (f"还有 {left} 题要看", "/reported") if left else ("使用帮助", "/help")
    rest = "" if left else "没有别的题要看了。"
    return [Reply(rich(f"{what}{thanks}。{rest}"), (row(more),), edits=True, private=True)]
