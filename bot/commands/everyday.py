"""What people say every day that is no command's word: said another way, with 吧 or 请, or just a time.

Invariant: it is asked only where search finds nothing exactly, so that no word of a text is hidden by it (but for a
bare yes or no, `consent.idle`); and what would change something is offered by a button, never done on a guess.
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands import consent, quiz
from bot.commands.base import Command, Replies, Turn
from bot.commands.choices import BACK, MORE, ONWARD
from bot.commands.subscribe import nothing_to_stop
from bot.commands.when import When, clock, describe, parse_when
from bot.fold import fold, visible
from bot.messages import Reply, ask, row, say
from bot.model import Complaint
from bot.store import progress
from bot.store.offers import Offer

if TYPE_CHECKING:
    from bot.commands.desk import Desk

# Whole sentences, and the sentence that each is another way of saying.
SAME: dict[str, tuple[str, ...]] = {
    "/start": ("在吗", "早", "早安", "早上好", "下午好", "晚上好"),
    "/today": ("今天学什么", "今天学啥", "今天的内容", "今天的卡片", "开始学习", "学习", "打开卡片"),
    "/read": ("看完了", "读完了", "学完了", "看过了", "读过了", "已经读了", "已经看了", "已读了", "打卡了"),
    "/time": ("换时间", "换个时间", "改个时间", "调时间", "调整时间", "改一下时间", "换一下时间", "几点推送"),
    "/pause": ("停", "停止", "停一停", "停几天", "暂停几天", "别发了", "先别发", "先别发了", "停止推送"),
    "/help": ("??", "???", "帮助我", "帮帮我", "功能", "能做什么", "有什么功能", "怎么使用", "命令"),
    "/articles": ("有哪些文章", "有什么文章", "看文章", "读文章", "返回目录", "回目录"),
    "/quiz next": ("换一题", "换题", "换个题", "换一道", "换一道题", "换个题目", "再来一题", "下一道", "下一道题", "下个题"),
    "/quiz": ("考我", "做题", "来一题", "来一组题", "开始答题"),
    "/why": ("没有收到", "收不到", "怎么没推送", "没推送"),
}  # fmt: skip
SAID = {phrase: sentence for sentence, phrases in SAME.items() for phrase in phrases}
# What is wrapped around a command: 我想订阅, 请帮我看看目录, 退订吧.
BEFORE = re.compile(
    "我想要|我想|我要|想要|想|要|请问|请|麻烦|帮我|给我|能不能|可不可以|可以|怎么样|怎么|如何|怎样|我|去|再"
)
LOOKING = re.compile("看一下|看一看|看看|查看|打开|看|做")
AFTER = re.compile("(?:一下|一个|谢谢|好吗|行吗|可以吗|[吧啊呀了呢吗嘛啦哦下！!。.?~～ ])$")
ABOUT_THIS = {"考我这一段", "考我这几段"}  # the page that was read last
CHANGING = {"subscribe", "unsubscribe", "resume", "read"}  # these do something without asking back
SHOWING = {"search", "term", "article", "day", "quiz"}  # these may run with an argument
WHO = {
    *(
        "你是谁",
        "你是谁啊",
        "你是什么",
        "你是什么东西",
        "你是干什么的",
        "你是做什么的",
        "你是机器人吗",
        "你叫什么",
        "你叫什么名字",
    ),
    *(
        "你能做什么",
        "你会什么",
        "你会做什么",
        "你能干什么",
        "你能干嘛",
        "你可以做什么",
        "你有什么用",
        "你有什么功能",
    ),
    *("这是什么", "这是什么机器人", "介绍一下你自己", "自我介绍", "自我介绍一下", "who are you"),
}
THANKS = {"谢谢", "谢谢你", "谢谢您", "多谢", "感谢", "谢了", "辛苦了", "thanks", "thank you", "thx"}
FAREWELL = {"再见", "拜拜", "晚安", "明天见"}
SEEN = {
    "好",
    "行",
    "嗯",
    "嗯嗯",
    "好的",
    "好的好的",
    "收到",
    "知道了",
    "明白了",
    "明白",
    "了解",
    "ok",
    "哦",
    "哦哦",
}
DONE = re.compile("我?(?:今天|今日)?的?(?:已经?|都|刚刚?|全)*[看读学](?:完|过)[啦了]+")
ASIDE = {
    "取消",
    "算了",
    "算了吧",
    "不用了",
    "不要了",
    "不改了",
    "不改",
    "不停了",
    "不删了",
    "不发了",
    "不写了",
    "返回",
    "退出",
    "先算了",
    "没事",
    "没事了",
    "下次吧",
    "以后再说",
}
PRIVATE = {"import", "announce", "flag", "reported"}  # what these ask is nobody else's business
NO = re.compile(r"/[a-z]+ no(?: |$)")  # the button that says no to what is asked
# What one who goes back on what was asked reads, and what he can do next.
LEFT: dict[str, tuple[str, tuple[str, str]]] = {
    "subscribe": ("好，没有订阅。", ("今日学习", "/today")),
    "unsubscribe": ("好，没有改。", ("推送设置", "/settings")),
    "time": ("好，没有改。", ("推送设置", "/settings")),
    "zone": ("好，没有改。", ("推送设置", "/settings")),
    "pause": ("好，没有改。", ("推送设置", "/settings")),
    "resume": ("好，没有改。", ("推送设置", "/settings")),
    "pack": ("好，没有换。", ("今日学习", "/today")),
    "read": ("好，没有记。", ("今日学习", "/today")),
    "search": ("好，先不找。", ("文章目录", "/articles")),
    "import": ("好，先不导入。", ("使用帮助", "/help")),
    "announce": ("好，没有发。", ("使用帮助", "/help")),
    "flag": ("好，没有报。", ("下一题", "/quiz next")),
    "reported": ("好，先放着。", ("再看一次", "/reported")),
    "forgetme": ("好，什么都没删。", ("今日学习", "/today")),
}
UNASKED = ("好，先不做。", ("使用帮助", "/help"))
# What a text that finds nothing may be about, by the words in it: command, words, what it is for, the word to
# write. The first that fits is offered.
ABOUT: tuple[tuple[str, str, str, str], ...] = (
    ("resume", "恢复|(?:取消|不|结束|停止|别|还在)再?暂停|(?:继续|接着|重新)推送", "恢复推送", "恢复"),
    ("subscribe", "(?:不|别|取消|不想|不要)退订", "", "订阅"),
    ("unsubscribe", "退订|取消订阅|不想订阅|不要订阅|不订阅|不要再发|别再[发推]|不再收|不想再?[收学]|不要推送|取消推送|关闭推送|关掉推送", "不再收推送", "退订"),
    ("subscribe", "订阅|每天发|定时发|打开推送|开启推送", "", "订阅"),
    ("pause", "暂停|停几天|停推送|停一|停两", "停几天", "暂停 7"),
    ("zone", "时区", "改时区", "时区 东京"),
    ("time", "时间|几点|[早晚]一点|[早晚]点|太[早晚]", "改推送时间", "改时间"),
    ("wrong", "错题", "练错过的题", "错题本"),
    ("quiz", "答题|做题|题目|考考|测验", "答题", "答题"),
    ("read", "已读|读完|看完", "记下今天读过", "已读"),
    ("forgetme", "清除|注销|删除我|删掉我", "删掉自己的数据", "清除数据"),
    ("mydata", "我的数据|导出", "看自己的数据", "我的数据"),
    ("why", "没收到|没有收到|收不到|没推送", "知道推送去了哪里", "没收到"),
    ("fav", "收藏", "看收藏的卡片", "收藏"),
    ("streak", "打卡|积分|连续学习", "看学习记录", "打卡"),
    ("articles", "目录|文章", "看文章目录", "目录"),
    ("term", "术语", "查术语", "术语表"),
    ("packs", "资料|换一份|换个?内容", "换一份来学", "资料"),
    ("privacy", "隐私", "知道存了什么", "隐私"),
    ("settings", "设置|推送", "改推送设置", "设置"),
    ("help", "帮助|功能|怎么用|菜单|命令|使用", "知道能做什么", "帮助"),
)  # fmt: skip


def set_aside(turn: Turn, desk: "Desk", offer: Offer | None) -> Replies | None:
    """算了 to what the last reply asks: what holds now, or the button pressed that says no. None: nothing is asked."""
    said = fold(visible(turn.incoming.text)).rstrip("。.！!~～ ")
    asked = offer is not None and bool(offer.asks or offer.yes)
    if not (declines(said) or (asked and consent.refuses(said))):
        return None
    name, _, rest = offer.asks.removeprefix("/").partition(" ") if offer else ("", "", "")
    if name == "resume" and "停" in said:  # 不暂停了 wants just that
        return None
    if name == "import" and rest:  # a draft is deleted by the word on its button only
        at, _, stamp = rest.partition(" ")
        return desk.carry_out(turn, f"/import left {stamp} {at}")
    if offer and (asked or said in ASIDE) and (no := refusal(offer, said)):
        return desk.carry_out(turn, no)
    if name not in LEFT and (waits := quiz.goes_back(turn)) is not None:
        return waits
    if not name:
        return None
    said, step = LEFT.get(name, UNASKED)
    if name == "subscribe" and turn.sub.active:  # another time was asked for
        said, step = LEFT["time"]
    if name in {"pause", "unsubscribe", "resume"}:
        said = "好，还停着。" if turn.sub.paused(turn.day) else "好，照常推送。"
        said = said if turn.sub.active else "好，没有改。"
    return [replace(say(said, rows=(row(step),)), private=name in PRIVATE)]


def nods(text: str) -> bool:
    """Whether a whole text says no more than that it was seen: 好, 收到, 行吧."""
    return fold(text).strip(" 。.！!~～") in SEEN or consent.nods(text)


def declines(text: str) -> bool:
    """Whether a whole text says no more than no: 算了, 不用."""
    return fold(text).strip(" 。.！!~～") in ASIDE or consent.declines(text)


def refusal(offer: Offer, said: str) -> str:
    """The sentence of the button that says no to what is asked; "" where there is none, or 算了 means none at all."""
    if no := next((says for says in offer.says if NO.match(says)), ""):
        return no
    if said in ASIDE or not offer.yes:
        return ""
    return next((says for label, says in offer.choices.items() if label.startswith("不")), "")


def meant(turn: Turn, desk: "Desk") -> Replies | None:
    """What somebody means who says it in everyday words; None: nothing that is known here."""
    text = fold(visible(turn.arg))
    plain = text.rstrip("。.！!~～ ")
    if (waiting := quiz.waits(turn)) is not None:
        return waiting
    if sentence := SAID.get(plain) or (DONE.fullmatch(plain) and "/read"):
        return desk.carry_out(turn, sentence)
    if plain in WHO or plain.rstrip("?") in WHO:
        return [who(turn)]
    if plain in ABOUT_THIS and turn.private:
        place = progress.place(turn.store, turn.who.id, turn.sub.pack)
        return desk.carry_out(turn, f"/quiz {place[0]}p{place[1]}" if place else "/quiz")
    if polite := courtesy(text) or (nods(plain) and "好，随时来。"):
        return [say(polite)]
    if plain in MORE:
        how = turn.how("目录", "/articles")
        return [
            say(f"现在没有列表可以往下翻。请先打开一个，例如：{how}", rows=(row(("文章目录", "/articles")),))
        ]
    if (turning := AFTER.sub("", plain)) in ONWARD | BACK:
        if turn.private and progress.place(turn.store, turn.who.id, turn.sub.pack):
            return desk.carry_out(turn, f"/article {'back' if turning in BACK else 'next'}")
        how = turn.how("目录", "/articles")
        nothing = f"现在没有可以翻页的列表或文章。请先打开一个，例如：{how}"
        return [say(nothing, rows=(row(("文章目录", "/articles")),))]
    if declines(plain):
        how = turn.how("退订", "/unsubscribe")
        leave = f"不想再收推送，请发：{how}" if turn.sub.active and not turn.barred else ""
        return [say(f"现在没有要取消的。{leave}", rows=(row(("使用帮助", "/help")),))]
    if (core := within(plain, desk, turn)) is not None:
        command, arg, sentence = core
        if turn.barred and command.manages:
            return [turn.admins_only()]
        if command.name not in SHOWING and command.takes and command.takes(arg):
            return [ask(f"要{sentence}吗？", (sentence, f"/{command.name} {arg}"), about=f"/{command.name}")]
        if command.name in CHANGING:
            return [about(turn, command.name)]
        if not arg or command.name in SHOWING:
            return desk.carry_out(turn, sentence)
    offer = at_a_time(turn)
    return [turn.admins_only()] if offer and turn.barred else offer


def who(turn: Turn) -> Reply:
    """What the bot is and what it is good for."""
    at = clock(turn.sub.minute)
    to = "" if turn.private else "在群里"
    text = (
        f"我是每日一学：每天{to}送一段学习材料，两分钟读完。\n"
        "还可以读全文、搜原文、查术语、答题；错的题到期会再问。"
    )
    learn = (("文章目录", "/articles"),) if turn.empty else (("今日学习", "/today"),)
    join = () if turn.sub.active or turn.barred else ((f"订阅 {at}", f"/subscribe {at}"),)
    return say(text, rows=(row(*learn, *join, ("使用帮助", "/help")),))


def courtesy(text: str) -> str:
    """What is said to 谢谢 and 晚安; "" for any other text."""
    plain = fold(visible(text)).rstrip("。.！!~～ ")
    return "不客气，随时来。" if plain in THANKS else "好，随时来。" if plain in FAREWELL else ""


def otherwise_said(text: str) -> bool:
    """Whether a text is a command in everyday words, a whole phrase that nobody takes for the name of a thing."""
    plain = fold(visible(text)).rstrip("。.！!~～ ")
    return (plain in SAID and len(plain) > 2) or DONE.fullmatch(plain) is not None


def within(text: str, desk: "Desk", turn: Turn) -> tuple[Command, str, str] | None:
    """The command, its argument, and the sentence that is both, once what is politely said around it is gone.

    Only whole commands: 想看今天的新闻 is not 今天.
    """
    if len(text) > 20:
        return None
    cores, left = [text], text
    while found := BEFORE.match(left):
        left = left[found.end() :]
        cores.append(left)
    cores += [each[found.end() :] for each in cores if (found := LOOKING.match(each))]
    while cores:
        core = cores.pop(0)
        if core != text and core in SAID:
            core = SAID[core]
        if core != text and core and (known := desk.find(core, turn)):
            return *known, core
        if shorter := AFTER.search(core):
            cores.append(core[: shorter.start()])
    return None


def about(turn: Turn, name: str) -> Reply:
    """An offer of a command, by a button and a sentence."""
    _, _, what, word = next(each for each in ABOUT if each[0] == name)
    if name == "subscribe":
        return subscribing(turn)
    if name == "unsubscribe" and not turn.sub.active:
        return nothing_to_stop(turn)
    _, _, rest = word.partition(" ")
    says = "/pause 0" if name == "resume" else f"/{name} {rest}".strip()
    wish = f"不想{what.removeprefix('不')}" if what.startswith("不") else f"想{what}"
    below = ((word, says), ("使用帮助", "/help"))
    return ask(f"{wish}，请发：{turn.how(word, says)}", *below, about=f"/{name}")


def subscribing(turn: Turn) -> Reply:
    at = clock(turn.sub.minute)
    if turn.sub.active:
        what = describe(turn.sub.days, turn.sub.minute, turn.sub.zone)
        below = row(("改时间", "/time"), ("推送设置", "/settings"))
        return say(f"已经订阅了：{what}。", rows=(below,))
    how = turn.how(f"订阅 {at}", f"/subscribe {at}")
    offer = (f"订阅 {at}", f"/subscribe {at}")
    return ask(f"要订阅吗？例如：{how}", offer, ("使用帮助", "/help"), about="/subscribe")


def offered(turn: Turn, desk: "Desk") -> Reply | None:
    """What a text that finds nothing may have wanted, by a command's word in it."""
    text = fold(visible(turn.arg))
    name = next((name for name, words, _, _ in ABOUT if re.search(words, text)), None)
    if name is None or len(text) > 40:
        return None
    if turn.barred and desk.commands[name].manages:
        return turn.admins_only()
    reply = about(turn, name)
    # Not asked for: 嗯 below it means that he has seen it.
    return replace(reply, text=say("没找到相关内容。", reply.text).text, yes=False)


# ---------------------------------------------------------------- a time alone


def time_in(text: str) -> When | None:
    """The time of day, with or without days, that a whole text is; None for anything else, years among it."""
    if re.fullmatch(r"[\d.\s]*", text):
        return None
    try:
        when = parse_when(text)
    except Complaint:
        return None
    return when if when.minute is not None else None


def at_a_time(turn: Turn) -> Replies | None:
    """07:52 alone: a card says 发时间, so somebody does."""
    text = visible(turn.arg)
    when = time_in(text) if len(text) <= 40 else None
    if when is None or when.minute is None:
        return None
    what = describe(when.days or turn.sub.days, when.minute, when.zone or turn.sub.zone)
    at = clock(when.minute)
    if turn.sub.active:
        change = (f"改到 {at}", f"/time {text}")
        return [ask(f"要改成{what}吗？", change, ("推送设置", "/settings"), about="/time")]
    offer = (f"订阅 {at}", f"/subscribe {text}")
    return [ask(f"要订阅吗？{what}送到。", offer, ("今日学习", "/today"), about="/subscribe")]
