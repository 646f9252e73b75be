"""The door: greeting, links that lead in, and help. Help tells only of what is built."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.commands import quiz, read
from bot.commands.base import Command, Replies, Turn
from bot.commands.cards import FROM_THE_START, goes_on, head_of
from bot.commands.desk import INVITED_ONLY, serves
from bot.commands.shelf import goes_on_with
from bot.commands.subscribe import begins
from bot.commands.today import clock_of, read_today, shown, todays
from bot.commands.when import describe
from bot.days import in_words
from bot.messages import Reply, ask, row, say
from bot.model import Complaint, Pack
from bot.store import members, progress, record, subscriptions
from bot.study import daily, joining

# Every line with the command it needs, so that nothing is told that does not exist.
LINES = (
    ("today", "今日　看今天的卡片"),
    ("quiz", "答题　来一组题"),
    ("articles", "目录　读文章"),
    ("search", "搜索 词　在全部文章里找"),
    ("settings", "设置　时间、日子、时区、暂停"),
)
MORE = (
    ("term", "术语 词　查解释"),
    ("wrong", "错题本　练错过的题"),
    ("fav", "收藏　看留下的卡片"),
    ("streak", "打卡　学习记录"),
    ("rank", "排行榜　自愿参加"),
    ("why", "没收到　查推送去向"),
    ("pause", "暂停 7　停几天"),
    ("unsubscribe", "退订　不再推送"),
    ("packs", "资料　换一份来学"),
    ("link", "连接　换设备接着学"),
    ("web", "网页　在浏览器里看"),
    ("privacy", "隐私　存了什么"),
    ("mydata", "我的数据　导出"),
    ("forgetme", "清除数据　全部删除"),
)
IN_GROUPS = {"quiz": "答题　出一题，大家答"}  # lines that say something else there
ORGANISER = (
    ("report", "统计"),
    ("remind", "提醒"),
    ("announce", "公告 字"),
    ("invite", "邀请"),
    ("import", "导入"),
    ("draft", "审题"),
    ("reported", "报错的题"),
)
ARTICLE_LINK = re.compile(r"(a[a-z0-9]*)-([a-z][a-z0-9-]*)")
INTRODUCED = "introduced"
WRONG_CODE = "这个邀请码不能用：不对或过期了。请向组织者再要一个，例如：/start 邀请码"
QUIZ_LINK = re.compile(r"q-(?:([a-z][a-z0-9-]*)_)?([a-z][a-z0-9-]*)")


def start(turn: Turn) -> Replies:
    turn = _admitted(turn)
    if not serves(turn):
        return [say(WRONG_CODE if turn.arg and not _is_link(turn, turn.arg) else INVITED_ONLY)]
    if turn.incoming.group:
        back = joining.revive(turn.store, turn.sub, turn.settings.calendar, turn.now)
        return [_group(replace(turn, sub=back.sub) if back else turn)]
    if turn.arg and turn.arg != "g" and not turn.arg.startswith("invited"):
        return linked(turn, turn.arg)
    revived = joining.revive(turn.store, turn.sub, turn.settings.calendar, turn.now)
    if revived:
        turn = replace(turn, sub=revived.sub)
        if turn.empty:
            return [turn.nothing_yet()]
        found = daily.upcoming(turn.store, turn.packs, turn.sub, turn.pack, turn.day)
        text = (
            f"欢迎回来，推送已恢复：{describe(turn.sub.days, turn.sub.minute, turn.sub.zone)}。\n"
            f"{goes_on(found)}，一张不少。{begins(revived)}起按时送达，现在先看今天的一段。"
        )
        below = row(("今日学习", "/today"), ("推送设置", "/settings"))
        return [say(text, rows=(below,)), shown(turn, todays(turn))]
    return [_back(turn) if known(turn) else _new(turn)]


def known(turn: Turn) -> bool:
    """Whether he has subscribed before, or seen an introduction, of which this is noted as the first.

    Other words, or a press in a group, make somebody a member and show him none.
    """
    subscribed = turn.sub.active or turn.sub.active_since is not None
    return not record.once(turn.store, turn.who.id, INTRODUCED, None, turn.now) or subscribed


def _new(turn: Turn) -> Reply:
    at = clock_of(turn.sub.minute)
    if turn.empty:
        text = (
            f"你好，我是每日一学：每天送一段，两分钟读完。\n{turn.lack}\n"
            f"可以先订阅，上好后每天 {at}（{turn.sub.zone}）送到。"
        )
        below = row((f"订阅 {at}", f"/subscribe {at}"), ("导入文件", "/import"), ("使用帮助", "/help"))
        return say(text, rows=(below,))
    pack = turn.pack
    text = (
        "你好，我是每日一学：每天送一段，两分钟读完。\n"
        f"现在的内容：《{pack.title}》，{len(pack.articles)} 篇，{len(pack.cards)} 天。\n"
        f"订阅后每天 {at}（{turn.sub.zone}）送到；也可以先看今天的一段。"
    )
    return say(
        text,
        rows=(
            row((f"订阅 {at}", f"/subscribe {at}"), ("今日学习", "/today")),
            row(("文章目录", "/articles"), ("使用帮助", "/help")),
        ),
    )


def _back(turn: Turn) -> Reply:
    given = progress.given_on(turn.store, turn.sub.id, turn.day)
    found = daily.shown(turn.store, turn.packs, turn.sub.id, given) if given else None
    read_ = found and read_today(turn, found.pack, found.card)
    card = "今天的卡片已读" if read_ else "卡片还没读"
    where = turn.lack if turn.empty else f"《{turn.pack.title}》，{len(turn.pack.cards)} 天。"
    where = f"今天是{head_of(found)}，{card}。" if found else where
    what = describe(turn.sub.days, turn.sub.minute, turn.sub.zone)
    push = f"推送：{what}。" if turn.sub.active else "现在没有订阅，想每天收到，请发：订阅"
    first = (("今日学习", "/today"), ("答题", "/quiz"))
    if turn.empty and not found:
        first = (("导入文件", "/import"), ("学习资料", "/packs"))
    if turn.sub.active and turn.sub.paused_until and turn.sub.paused(turn.day):
        push = f"暂停中，{in_words(turn.sub.paused_until, turn.day)}恢复。"
        first = (("现在恢复", "/pause 0"), ("今日学习", "/today"))
    return say(
        f"欢迎回来。{where}\n{push}",
        rows=(
            row(*first),
            row(("推送设置", "/settings"), ("使用帮助", "/help")),
        ),
    )


def _group(turn: Turn) -> Reply:
    at, door = clock_of(turn.sub.minute), turn.door("g")
    private = (("私聊我", door),) if door else ()
    content = turn.lack if turn.empty else f"内容：《{turn.pack.title}》，{len(turn.pack.cards)} 天。"
    if turn.sub.active:
        what = describe(turn.sub.days, turn.sub.minute, turn.sub.zone)
        if turn.sub.paused_until and turn.sub.paused(turn.day):
            what = f"暂停中，{in_words(turn.sub.paused_until, turn.day)}恢复"
        text = f"大家好，我是每日一学。本群的推送：{what}。\n{content}"
        return say(text, rows=(row(("今日学习", "/today"), *private),))
    text = (
        "大家好，我是每日一学：每天在群里送一段。\n"
        f"{content}本群还没有订阅。\n"
        f"请群管理员点“订阅”，或发时间，例如：/subscribe{turn.handle} {at}"
    )
    return replace(say(text, rows=(row((f"订阅 {at}", f"/subscribe {at}"), *private),)), for_all=True)


# ---------------------------------------------------------------- links that lead in


def _admitted(turn: Turn) -> Turn:
    """A good invitation lets a person in (in a group: the group); the payload is used up."""
    if turn.arg and members.has_code(turn.store, "invite", turn.arg, turn.now):
        if turn.incoming.group:
            sub = replace(turn.sub, admitted=True)
            subscriptions.save(turn.store, sub)
            return replace(turn, sub=sub, arg="")
        members.admit(turn.store, turn.who.id)
        return replace(turn, who=replace(turn.who, admitted=True), arg="")
    return turn


def _is_link(turn: Turn, payload: str) -> bool:
    """Whether a payload leads to something, so that it is no invitation."""
    named = payload.removeprefix("pack_") in turn.packs or payload == "g" or payload.startswith("invited")
    return named or bool(ARTICLE_LINK.fullmatch(payload) or QUIZ_LINK.fullmatch(payload))


def linked(turn: Turn, payload: str) -> Replies:
    """What stands behind t.me/BOT?start=PAYLOAD: a pack, a paragraph, a question."""
    payload = payload.removeprefix("pack_")
    if found := turn.packs.get(payload):
        return [_pack_link(turn, found)]
    if place := ARTICLE_LINK.fullmatch(payload):
        article = next((a for a in turn.pack.articles if a.id == place[1]), None)
        if article:
            return read.article(replace(turn, arg=f"{article.number} {place[2]}"))
    if place := QUIZ_LINK.fullmatch(payload):
        return quiz.quiz(replace(turn, arg="/".join(filter(None, place.groups()))))
    raise Complaint(
        f"没找到链接里的内容“{payload[:20]}”，可能已下架。请先看现有的内容，例如：/articles",
        ("今日学习", "/today"),
        ("文章目录", "/articles"),
    )


def _pack_link(turn: Turn, pack: Pack) -> Reply:
    at = clock_of(turn.sub.minute)
    size = f"《{pack.title}》，{len(pack.articles)} 篇，{len(pack.cards)} 天。"
    n = daily.reached(turn.store, turn.sub, turn.pack)
    if pack.id != turn.sub.pack and (turn.sub.active or n):
        here = f"你正在学《{turn.pack.title}》，第 {n}/{len(turn.pack.cards)} 天。"
        if not n:
            here = f"你现在的内容是《{turn.pack.title}》，还没开始。"
        text = f"{here}\n换成《{pack.title}》会{goes_on_with(turn, pack)}；原来的进度留着，随时换回。"
        below = (("换成新内容", f"/subscribe {pack.id}"), ("不换，看今天的", "/today"))
        return ask(text, *below, about="/pack")
    if turn.sub.active:
        return _back(turn)
    if pack.id != turn.sub.pack:
        sub = joining.follow(turn.store, turn.sub, turn.who.id, pack.id, turn.now)
        turn = replace(turn, sub=sub)
    known(turn)
    begin = goes_on_with(turn, pack)
    text = f"你好，我是每日一学。这个链接对应{size}\n订阅后每天 {at}（{turn.sub.zone}）送一段，{begin}。"
    look = "先看第 1 天" if begin == FROM_THE_START else "今日学习"
    return say(text, rows=(row(("订阅这个内容", f"/subscribe {pack.id}"), (look, "/today")),))


# ---------------------------------------------------------------- help


def as_command(name: str, line: str) -> str:
    """A line of help with the command in place of the word.

    >>> as_command("pause", "暂停 7　停几天")
    '/pause 7　停几天'
    """
    word, _, what = line.partition("　")
    return f"/{name}{word[len(word.partition(' ')[0]) :]}　{what}"


def others(turn: Turn) -> str:
    if turn.private:
        return "其他的词，我会直接拿去搜索。"
    heard = "@我 再写一个词，就去搜索。其他的话我不听也不记。"
    return f"{heard}\n推送由群管理员设置。" if turn.barred else heard


def helper(commands: Sequence[Command]) -> Command:
    """The help of a bot with these commands."""
    built = {each.name for each in commands}
    managing = {each.name for each in commands if each.manages}

    def told(turn: Turn, lines: tuple[tuple[str, str], ...]) -> list[str]:
        may = built - managing if turn.barred else built
        return [
            line if turn.private else as_command(name, IN_GROUPS.get(name, line))
            for name, line in lines
            if name in may
        ]

    def help_(turn: Turn) -> Replies:
        if turn.arg in {"more", "更多"}:
            lines = ["还可以：", *told(turn, MORE)]
            return [Reply(say("\n".join(lines)).text, (row(("返回", "/help")),), edits=True)]
        lines = [
            "直接发这些词就行：" if turn.private else "群里发这些命令：",
            *told(turn, LINES),
            others(turn),
        ]
        if turn.organiser:
            lines.append("组织者：" + "、".join(word for name, word in ORGANISER if name in built))
        rows = row(
            ("今日学习", "/today"), ("答题", "/quiz"), ("推送设置", "/settings"), ("更多", "/help more")
        )
        return [Reply(say("\n".join(lines)).text, (rows,), edits=True)]

    return Command("help", "使用帮助", ("帮助", "菜单", "?", "help", "怎么用"), help_, heads=("帮助",))


START = Command("start", "开始使用", ("开始", "你好", "您好", "hi", "hello"), start)
