"""Sessions, answers pressed and typed, hints. What is open stands in the database."""

import re

from bot.commands import course, questions
from bot.commands.base import Replies, Turn
from bot.commands.events import event_lines
from bot.days import in_words, study_day
from bot.fold import fold
from bot.messages import Reply, Rows, rich, row, say
from bot.model import Complaint, Pack, Question
from bot.store import offers, progress
from bot.study import asking, choosing, marking, quizzing, reading
from bot.study.marking import Misread
from bot.study.quizzing import Outcome, Place, Shown, Summary

STALE = "这题已结束"
NOTHING_OPEN = "现在没有待答的题。要开始，请发：答题"
PICK_ONE = "先选至少一项"
HAND_IN = "提交"
NONE_HERE = "这一段还没有题目。"
OTHERS = "想做别的题，请发："
START_WITH = ("答题", "/quiz")
START = row(START_WITH)
COUNT = re.compile(r"([0-9]{1,6})\s*(?:题|道题|道)?$")
PAGE = re.compile(r"([a-z][a-z0-9-]*?)p([0-9]{1,4})$")
POINTS = {"read": "已读", "right": "答对", "finished": "完成", "perfect": "全对"}


def place(turn: Turn) -> Place:
    return Place(turn.store, turn.packs, turn.who, turn.sub, turn.settings.calendar, turn.now)


# ---------------------------------------------------------------- /quiz


def quiz(turn: Turn) -> Replies:
    at, arg = place(turn), turn.arg.strip()
    if arg == "next":
        return going_on(turn, at)
    if arg == "end":
        summary = quizzing.end(at)
        return [ended(summary)] if summary else [say(NOTHING_OPEN, rows=(START,))]
    if arg == "again":
        return again(turn, at)
    if arg.split(" ")[0] == "wrong":
        return missed(turn, at, arg)
    if not arg:
        return daily(turn, at, choosing.SESSION)
    if found := COUNT.match(fold(arg, simplify=False)):
        return daily(turn, at, int(found[1]), asked_for=True)
    return [begun(turn, at, *chosen(turn, at, arg))]


def daily(turn: Turn, at: Place, count: int, asked_for: bool = False) -> Replies:
    """The open question again, or a new session of what is due."""
    if not asked_for and (shown := quizzing.current(at)):
        return [questions.asked(shown)]
    pack = with_questions(turn, at)
    most = choosing.AT_MOST
    if count < 1:
        raise Complaint(f"一组有 1 到 {most} 题。请写题数，例如：/quiz 5", ("答题", "/quiz"))
    plan = quizzing.ordinary(at, pack, min(count, most))
    if not plan.questions:
        return [nothing_due(turn, plan)]
    shown = quizzing.begin(at, pack, plan.questions, "daily")
    if shown is None:
        return [nothing_due(turn, plan)]
    limit = f"一组最多 {most} 题，" if count > most else ""
    if asked_for and shown.count < min(count, most):
        return [questions.asked(shown, before=f"{limit}现在只有 {shown.count} 题，先做这些。")]
    return [questions.asked(shown, before=f"{limit}先来 {most} 题。" if limit else "")]


def with_questions(turn: Turn, at: Place) -> Pack:
    pack = turn.pack
    if not quizzing.live(at.store, pack):
        raise Complaint("这个内容还没有题目。", ("今日学习", "/today"))
    return pack


def nothing_due(turn: Turn, plan: choosing.Plan) -> Reply:
    day = study_day(turn.now, turn.who.zone)
    more = row(("随便来一组", "/quiz again"))
    if plan.next is None:
        return say("现在没有到期的题。读了新卡片，就有新的题。", rows=(more,))
    ahead = (plan.next - day).days
    when = "明天" if ahead <= 1 else "后天" if ahead == 2 else in_words(plan.next)
    return say(f"现在没有到期的题，下一题{when}到期。", rows=(more,))


def again(turn: Turn, at: Place) -> Replies:
    """More for one who has not enough; it earns no points."""
    pack = with_questions(turn, at)
    shown = quizzing.begin(at, pack, quizzing.anything(at, pack, quizzing.live(at.store, pack)), "again")
    return [questions.asked(shown)] if shown else [say(NOTHING_OPEN, rows=(START,))]


def missed(turn: Turn, at: Place, arg: str) -> Replies:
    """The 错题本, all of it or of one article, as a session."""
    pack = turn.pack
    found = quizzing.missed(at, pack)
    number = arg.removeprefix("wrong").strip()
    if number.isdecimal() and 1 <= int(number[:6]) <= len(pack.articles):
        article = pack.articles[int(number) - 1].id
        found = [question for question in found if question.article == article]
    if not found:
        return [say("错题本是空的。", rows=(START,))]
    return [begun(turn, at, pack, quizzing.anything(at, pack, found, choosing.AT_MOST), "wrong")]


def going_on(turn: Turn, at: Place) -> Replies:
    shown, summary = quizzing.following(at)
    if shown:
        return [questions.asked(shown)]
    return [finished(summary)] if summary else daily(turn, at, choosing.SESSION)


def begun(turn: Turn, at: Place, pack: Pack, among: tuple[Question, ...], kind: str) -> Reply:
    shown = quizzing.begin(at, pack, among, kind) if among else None
    return questions.asked(shown) if shown else none_here(turn)


def none_here(turn: Turn) -> Reply:
    """There is nothing to ask about what was named; how to come by other questions."""
    return say(f"{NONE_HERE}{OTHERS}{turn.how(*START_WITH)}", rows=(START,))


def chosen(turn: Turn, at: Place, arg: str, lone: int = 1) -> tuple[Pack, tuple[Question, ...], str]:
    """The questions a sentence names: a card (so many of its questions: `lone`), a question, a term, a page,
    paragraphs."""
    if named := turn.named_card(arg):
        pack, card = named
        live = quizzing.live(at.store, pack)
        home = choosing.homes(pack)
        among = choosing.of_card(live, card) or [q for q in live if home(q) == card.id]
        if not among:
            raise Complaint(f"这张卡片还没有题目。{OTHERS}{turn.how(*START_WITH)}", START_WITH)
        return pack, quizzing.anything(at, pack, among, lone), "lone"
    pack_id, _, name = arg.rpartition("/")
    packs = [turn.packs[pack_id]] if pack_id in turn.packs else [] if pack_id else [*turn.visible.values()]
    for pack in packs:
        live = quizzing.live(at.store, pack)
        if found := [q for q in live if q.id == name]:
            return pack, tuple(found), "lone"
        if any(q.id == name for q in pack.questions):
            raise Complaint(f"这一题已经停用。{OTHERS}{turn.how(*START_WITH)}", START_WITH)
        if term := next((t for t in pack.terms if fold(name) in {fold(t.id), fold(t.name)}), None):
            return pack, quizzing.anything(at, pack, choosing.of_term(live, term)), "place"
    if (about := asking.questions(turn.visible, turn.sub.pack, arg)) is not None:
        pack = turn.visible.get(pack_id) or turn.pack
        return pack, quizzing.anything(at, pack, alive(at, pack, about)), "place"
    if (page := PAGE.match(name)) and packs:
        pack = packs[0]
        article = next((a for a in pack.articles if a.id == page[1]), None)
        pages = reading.pages(article) if article else ()
        if article and 1 <= int(page[2]) <= len(pages):
            about = tuple(asking.about(pack, article, pages[int(page[2]) - 1].at))
            return pack, quizzing.anything(at, pack, alive(at, pack, about)), "place"
    # A group is asked one at a time, whatever number is written.
    how = "请写题数，例如：/quiz 5" if turn.private else f"要随便来一题，请发：{turn.how(*START_WITH)}"
    raise Complaint(f"没看懂“{arg[:20]}”要考什么。{how}", START_WITH)


def alive(at: Place, pack: Pack, among: tuple[Question, ...]) -> list[Question]:
    """Those that no organiser has retired."""
    live = {question.id for question in quizzing.live(at.store, pack)}
    return [question for question in among if question.id in live]


# ---------------------------------------------------------------- answers


def answer(turn: Turn) -> Replies:
    """`41 B x7` from a button; anything else is what somebody typed after 答：."""
    at = place(turn)
    if found := re.fullmatch(r"([0-9]{1,12}) (\S{1,20}) ([a-z0-9]{1,12})", turn.arg):
        if found[2] == marking.EMPTY:
            return [Reply(rich(PICK_ONE + "。"), toast=PICK_ONE)]
        shown = quizzing.find(at, int(found[1]), found[3])
        return told(turn, at, quizzing.answer(at, int(found[1]), found[3], pressed(shown, found[2])))
    shown = quizzing.current(at)
    if shown is None:
        return [say(NOTHING_OPEN, rows=(START,))]
    return typed(turn, at, shown, turn.arg) or [say(questions.waiting(shown))]


def pressed(shown: Shown | None, token: str) -> str:
    """A button's token in its one spelling. What cannot be an answer stays as it is: it is wrong."""
    if shown is None or token == marking.UNKNOWN or shown.question.kind == "fill":
        return token
    try:
        return marking.read(shown.question, shown.asked.shuffle, token) or token
    except Misread as misread:
        raise questions.complaint(misread, shown) from None


def told(turn: Turn, at: Place, outcome: Outcome) -> Replies:
    """What became of an answer."""
    if outcome.stale:
        return [stale(at)]
    if outcome.retired:
        gone = "这题刚停用，不算。"
        rest = [questions.asked(outcome.shown)] if outcome.shown else []
        below = () if outcome.shown or outcome.summary else (START,)
        return [
            Reply(rich(gone), below, edits=True, toast=gone[:-1]),
            *rest,
            *([finished(outcome.summary)] if outcome.summary else []),
        ]
    assert outcome.shown is not None
    if outcome.changed:
        return [questions.asked(outcome.shown, before="这题刚改过，请按新的再答一次。")]
    if outcome.how == "late" and not outcome.summary:
        return [questions.answered(turn, outcome, outcome.shown)]
    extra = event_lines(outcome.read) if outcome.read else []
    if outcome.shown.alone and outcome.read and outcome.read.points:
        extra = [
            f"今天的卡片算已读，连续学习 {outcome.read.streak.length} 天，今天 +{outcome.read.points} 分。",
            *extra,
        ]
    replies = [questions.answered(turn, outcome, outcome.shown, extra)]
    if outcome.summary:
        replies.append(finished(outcome.summary))
    if outcome.summary or outcome.shown.alone:  # in the middle of a session it would part question and answer
        given = progress.given_on(turn.store, turn.sub.id, turn.day)
        replies += course.ended(turn, outcome.shown.pack, given.card) if given else []
    return replies


def stale(at: Place) -> Reply:
    """The press came too late or twice; what is open now is one step away."""
    going = row(("接着答", "/quiz")) if quizzing.current(at) else START
    return Reply(rich(STALE + "。"), (going,), toast=STALE)


def pick(turn: Turn) -> Replies:
    """`42 AC x7`: what has been tapped together so far."""
    at = place(turn)
    found = re.fullmatch(r"([0-9]{1,12}) (\S{1,20}) ([a-z0-9]{1,12})", turn.arg)
    shown = quizzing.find(at, int(found[1]), found[3]) if found else None
    if found is None or shown is None:
        return [stale(at)]
    if shown.asked.expires and shown.asked.expires <= at.now:
        return told(turn, at, quizzing.answer(at, int(found[1]), found[3], found[2]))
    return picked(at, shown, found[2])


def picked(at: Place, shown: Shown, token: str) -> Replies:
    chosen_ = marking.picked(shown.question, shown.asked.shuffle, token)
    if chosen_ is None:
        return [stale(at)]
    return [questions.asked(shown, chosen_)]


def hint(turn: Turn) -> Replies:
    """`44 x7`."""
    at = place(turn)
    found = re.fullmatch(r"([0-9]{1,12}) ([a-z0-9]{1,12})", turn.arg)
    shown = quizzing.find(at, int(found[1]), found[2]) if found else quizzing.current(at)
    if shown is None or shown.question.kind != "fill":
        return [stale(at)]
    if shown.asked.expires and shown.asked.expires <= at.now:
        return told(turn, at, quizzing.answer(at, shown.asked.id, shown.asked.stamp, marking.UNKNOWN))
    quizzing.hint(at, shown)
    again_ = quizzing.find(at, shown.asked.id, shown.asked.stamp)
    assert again_ is not None
    reply = questions.asked(again_)
    return [Reply(reply.text, reply.rows, edits=True, own_numbers=True)]


# ---------------------------------------------------------------- typed answers


def typed(turn: Turn, at: Place, shown: Shown, text: str) -> Replies | None:
    """An answer in somebody's own words; None when it is none."""
    try:
        token = marking.read(shown.question, shown.asked.shuffle, text)
    except Misread as misread:
        raise questions.complaint(misread, shown) from None
    if token is None:
        return None
    taps = shown.question.kind in {"multi", "order", "match"} and len(token) == 1
    if taps and token != marking.UNKNOWN:
        now = marking.added(shown.question, so_far(turn, shown), token)
        return None if now is None else picked(at, shown, now)
    return told(turn, at, quizzing.answer(at, shown.asked.id, shown.asked.stamp, token))


def so_far(turn: Turn, shown: Shown) -> str:
    """What has been tapped together, as the last keys of this question have it; "" = nothing.

    Older keys show what 重来 took back.
    """
    where, about = turn.incoming, re.compile(rf"/\w+ {shown.asked.id} (\S+) {shown.asked.stamp}$")
    for offer in offers.recent(turn.store, where.channel, where.chat, turn.who.id, turn.now):
        keys = {label: found[1] for label, says in offer.choices.items() if (found := about.match(says))}
        if not keys:
            continue
        if whole := keys.get(HAND_IN):
            return "" if whole == marking.EMPTY else whole
        return next((token[:-1] for label, token in keys.items() if label.upper() == token[-1:]), "")
    return ""


# ---------------------------------------------------------------- summaries


def next_steps() -> Rows:
    return (row(("再来一组", "/quiz again"), ("错题本", "/wrong"), ("学习记录", "/streak")),)


def finished(summary: Summary | None) -> Reply:
    assert summary is not None
    if not summary.answered:
        return say(NOTHING_OPEN, rows=(START,))
    n, rights = summary.answered, summary.rights
    lines = [f"这一组完成：{n} 题全对。" if n == rights else f"这一组完成：{n} 题，对 {rights}。"]
    streak = summary.gain.streak.length if summary.gain else 0
    days = f"连续学习 {streak} 天。" if streak else ""
    if points := earned(summary):
        lines.append(points + days)
    elif days:
        lines.append(days)
    if n > rights:
        lines.append(f"错的 {n - rights} 题进了错题本，到期会再问。")
    if summary.gain:
        lines += event_lines(summary.gain)
    return say("\n".join(lines), rows=next_steps())


def earned(summary: Summary) -> str:
    """今天 +6 分：答对 4，完成 2。 Empty when nothing was earned."""
    parts = [
        f"{word} {summary.earned[reason]}" for reason, word in POINTS.items() if summary.earned.get(reason)
    ]
    total = sum(summary.earned.values())
    return f"今天 +{total} 分：{'，'.join(parts)}。" if total else ""


def ended(summary: Summary) -> Reply:
    done = f"：答了 {summary.answered} 题，对 {summary.rights}" if summary.answered else ""
    text = f"先到这里{done}。"
    rows = row(("答题", "/quiz"), ("错题本", "/wrong"), ("学习记录", "/streak"))
    return say(text, rows=(rows,))
