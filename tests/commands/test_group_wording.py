"""In a group no sentence promises what only works in private: bare words are never heard there."""

import re

import pytest
from conftest import SHIPPED, Talk

from bot.commands import COMMANDS
from bot.commands.help import LINES, MORE
from bot.messages import Reply, bare
from bot.study import shelf

BOT = "@daily_study_bot"


@pytest.fixture
def group(talk: Talk) -> Talk:
    shelf.refresh(talk.store, SHIPPED)
    talk.settings.doors["telegram"] = "https://t.me/daily_study_bot?start="
    return talk


def text(replies: list[Reply]) -> str:
    return bare(replies[0].text)


def test_help_in_a_group_tells_commands(group: Talk) -> None:
    assert text(group.in_group("/help", admin=True)) == (
        "群里发这些命令：\n/today　看今天的卡片\n/quiz　出一题，大家答\n/articles　读文章\n/search 词　在全部文章里找\n"
        "/settings　时间、日子、时区、暂停\n@我 再写一个词，就去搜索。其他的话我不听也不记。"
    )
    more = text(group.in_group("/help more", admin=True))
    assert "\n/term 词　查解释\n" in more
    assert "\n/pause 7　停几天\n" in more
    built = {command.name for command in COMMANDS}
    for name, line in (*LINES, *MORE):
        word = line.partition("　")[0].partition(" ")[0]
        assert not re.search(rf"^{word}(　| )", more, re.MULTILINE), word
        assert name not in built or f"/{name}" in more + text(group.in_group("/help", admin=True)), name


def test_what_to_do_next_is_a_command(group: Talk) -> None:
    assert text(group.in_group(f"/foo{BOT}")) == f"没有“/foo”这个命令。想知道能做什么，请发：/help{BOT}"
    assert (
        text(group.in_group("今天天气怎么样", reply_to="17"))
        == f"没找到相关内容。想看今天的卡片，请发：/today{BOT}"
    )
    assert text(group.in_group("/why", admin=True)) == (
        f"现在没有订阅，所以没有推送。要开始，请发时间，例如：/subscribe{BOT} 07:52"
    )
    assert text(group.in_group("/gone x7", pressed="9")) == f"这个按钮过期了。请重新打开，例如：/today{BOT}"
    assert (
        text(group.in_group("7", reply_to="17"))
        == f"这里没有等你选的序号。请先打开一个列表，例如：/articles{BOT}"
    )
    assert text(group.in_group("/read zzz")) == f"这张卡片现在没有了。请看今天的，例如：/today{BOT}"
    assert text(group.in_group("质" * 300)).endswith(f"请只发关键词，例如：/search{BOT} 核心标志")
    assert text(group.in_group("/time 8:30", admin=True)).endswith(f"要开始，请发：/subscribe{BOT}")
    assert text(group.in_group("/term")).startswith(f"术语表：30 条。发“/term{BOT} 词”看解释")


def test_without_a_known_name_the_command_stands_alone(talk: Talk) -> None:
    assert text(talk.in_group("/foo", reply_to="17")).endswith("请发：/help")


def test_lists_and_prompts_are_answered_by_a_reply(group: Talk) -> None:
    assert text(group.in_group("/articles")).endswith("\n回复这条消息写序号就能读。")
    found = text(group.in_group("/search 科技自立自强"))
    assert found.endswith("\n\n回复这条消息写序号，打开那一段。")
    assert f"（发“/term{BOT} 全要素生产率”看解释）\n" in text(group.in_group("/search 全要素生产率"))
    (many,) = group.in_group("/search 质")
    assert re.search(r"还有 \d+ 处，点“更多”。$", bare(many.text))
    group.in_group("/subscribe 07:52", admin=True)
    (asked,) = group.in_group("/time", admin=True)
    assert bare(asked.text) == "现在是每天 07:52（Asia/Shanghai）。回复这条消息写新时间，例如：晚上9点"
    later = group.in_group("晚上9点", admin=True, reply_to="17", offered=asked.rows)
    assert text(later).startswith("已改为：每天 21:00")
    assert text(group.in_group("/time days", admin=True)) == "哪几天推送？回复这条消息写也行，例如：周一三五"
    assert "回复这条消息写城市也行，例如：东京" in text(group.in_group("/time zone", admin=True))
    group.in_group("blocked", event="gone")
    assert text(group.in_group("/why")).endswith(f"停了：当时消息发不到本群。发“/start{BOT}”就恢复。")


def test_in_private_nothing_changes(group: Talk) -> None:
    assert group.says("帮助").startswith("直接发这些词就行：\n今日　看今天的卡片\n")
    assert "回复序号就能读。" in group.says("目录")


def test_no_sentence_promises_a_bare_word(group: Talk) -> None:
    """Everything that may be said in a group, by whoever manages it, before and after it has subscribed."""
    words = {word for command in COMMANDS for word in (*command.words, *command.heads, *command.fixed)}
    promised = re.compile(
        f"(?:发[：“]|例如：)({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?![\\w@])"
    )
    asked = [f"/{command.name}{arg}" for command in COMMANDS for arg in ("", " zzz", " 3", " 0")]
    asked += [
        "/foo" + BOT,
        "没有这个东西",
        "怎么订阅",
        "退订吧",
        "取消",
        "更多",
        "谢谢",
        "晚上9点",
        "9",
        "/forgetme ok zz",
    ]
    for _ in ("before", "after"):
        for said in asked:
            for reply in group.in_group(said, admin=True, reply_to="17"):
                found = promised.search(bare(reply.text))
                assert reply.private or not found, (said, bare(reply.text))
        group.in_group("/subscribe", admin=True)


def test_nothing_is_offered_to_one_who_may_not(group: Talk) -> None:
    group.in_group("/subscribe 07:52", admin=True)
    for said in ("晚上9点", "退订吧", "我想改时间", "请暂停三天"):
        assert text(group.in_group(said, reply_to="17")).startswith("本群的推送由群管理员设置。"), said
    assert text(group.in_group("晚上9点", admin=True, reply_to="17")).startswith("要改成每天 21:00")
