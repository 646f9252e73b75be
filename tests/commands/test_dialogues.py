"""Conversations as a newcomer has them, letter for letter where the wording is settled."""

import json

import pytest
from conftest import Talk, Write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import COMMANDS, desk
from bot.commands.help import LINES, MORE
from bot.messages import SAYS_BYTES
from bot.store import Store
from bot.study import shelf


def test_a_newcomer_reads_todays_card(talk: Talk) -> None:
    assert talk.says("/start") == (
        "你好，我是每日一学：每天送一段，两分钟读完。\n"
        "现在的内容：《新质生产力：五篇材料三十天》，5 篇，30 天。\n"
        "订阅后每天 07:52（Asia/Shanghai）送到；也可以先看今天的一段。\n"
        "1 订阅 07:52　2 今日学习　3 文章目录　4 使用帮助"
    )
    card = talk.says("2")
    assert card.startswith(
        "新质生产力：五篇材料三十天 › 第 1/30 天\n\n因地制宜与传统产业\n2024 年 3 月 5 日，"
    )
    assert card.endswith(
        "出处：《以新质生产力为高质量发展注入强大动力》\n新华社 · 2024 年 3 月\n\n"
        "还没有订阅。想每天收到，点“订阅”或发时间，例如：订阅 07:52\n"
        "1 ✅ 已读　2 📖 读全文　3 📝 答一题　4 订阅 07:52"
    )
    below = "\n1 📖 读全文　2 📝 答一题　3 ⭐ 收藏"
    assert talk.says("1") == "已读，连续学习 1 天，今天 +1 分。" + below
    assert talk.later(minutes=5).says("已读") == "09:10 已经记过。" + below


def test_one_card_a_local_day(talk: Talk) -> None:
    heads = [talk.says("今日").split("\n")[2]]
    assert talk.says("今天。").split("\n")[2] == heads[0]
    for _ in range(8):  # the days between are missed and cost no card
        card = talk.later(days=3).says("／今日")
        heads.append(card.split("\n")[2])
    assert heads[6] == "定义里的三层意思"
    assert len(set(heads)) == 9


def test_after_the_last_card_the_oldest_comes_again(talk: Talk) -> None:
    first = talk.says("今日").split("\n")[2]
    for _ in range(29):
        last = talk.later(days=1).says("今日")
    assert "› 第 30/30 天" in last
    again = talk.later(days=1).says("今日")
    assert again.startswith("新质生产力：五篇材料三十天 › 温故 1\n\n" + first)
    assert "想一想" not in again


def test_before_four_the_credit_is_yesterdays(talk: Talk) -> None:
    talk.later(hours=17).says("今日")  # 02:10 in Shanghai, 24 November
    assert (
        talk.says("已读") == "已读，算在 11 月 23 日（凌晨 4 点换日）。\n1 📖 读全文　2 📝 答一题　3 ⭐ 收藏"
    )


def test_articles_and_pages(talk: Talk) -> None:
    listed = talk.says("目录").split("\n")
    assert listed[:3] == [
        "文章目录：5 篇，约 3800 字",
        "1 以新质生产力为高质量发展注入强大动力 · 新华社 · 2024 年 3 月",
        "2 中央政治局新年首次集体学习聚焦新质生产力 · 新华社 · 记 2024 年 1 月",
    ]
    page = talk.says("5")
    assert page.startswith(
        "《壮大新质生产力的超强机遇》1/3\n丁奎岭 · 上海交通大学校长 · 2024 年 3 月\n\n【新在哪里，质在何处】\n"
    )
    assert page.endswith("1 1/3　2 下一页 ➡　3 考我这一段　4 返回目录")
    assert talk.says("下一页").startswith("《壮大新质生产力的超强机遇》2/3\n\n【跟跑、并跑、领跑】\n")
    assert talk.says("2/3") == (
        "《壮大新质生产力的超强机遇》的小标题\n1 新在哪里，质在何处 · 第 1 页\n"
        "2 跟跑、并跑、领跑 · 第 2 页（读到这里）\n3 青年的机会 · 第 3 页\n或：返回目录"
    )
    assert talk.later(days=2).says("继续读").startswith("《壮大新质生产力的超强机遇》2/3")
    assert "上次读到第 5 篇 2/3 页。" in talk.says("返回目录") + talk.says("文章")
    assert talk.says("文章 超强机遇").startswith("《壮大新质生产力的超强机遇》1/3")
    assert talk.says("第 3 篇") == talk.says("文章３") == talk.says("/article 3")


def test_wrong_articles(talk: Talk) -> None:
    assert talk.says("/article 99") == "没有第 99 篇，一共 5 篇。请写 1 到 5，例如：/article 3\n1 文章目录"
    assert talk.says("/article abc") == (
        "没有叫“abc”的文章。请写序号或标题里的词，例如：/article 3\n1 文章目录　2 搜索 abc"
    )


def test_search_and_open_the_place(talk: Talk) -> None:
    found = talk.says("/search 科技自立自强")
    assert found.startswith(
        "“科技自立自强”：3 处，2 篇\n\n《以高水平「科技自立自强」赋能新质生产力提升》杨振斌\n1 标题，从头读\n"
    )
    assert found.endswith("\n\n回复序号，打开那一段。\n或：考我这一段")
    assert "\n「他的看法是，研究型大学的创新能级提高一步，科技自立自强就快一步。」\n" in talk.says("3")
    assert talk.says("搜索 跟跑 @文章5").startswith("第 5 篇里的“跟跑”：1 处\n")
    assert talk.says("核心标志").startswith("“核心标志”：2 处，1 篇")
    assert talk.says("搜索核心标志").startswith("“核心标志”：2 处，1 篇")
    assert "一个字会带出很多，多写一个字更准。" in talk.says("/search 质")


def test_terms(talk: Talk) -> None:
    assert talk.says("术语 TFP") == (
        "全要素生产率 · 指标\n又名：TFP\n人力和资本的投入都不变，产出仍能增加的那一部分。\n"
        "例：同样的人、同样的机器，改了排班，产量多了一成。\n易混：劳动生产率，只拿产出和人比。\n"
        "见：《中央政治局新年首次集体学习聚焦新质生产力》\n1 看原文　2 搜索这个词"
    )
    assert talk.says("术语 全要素").startswith("没有“全要素”这一条，相近的有：\n1 ")
    assert talk.says("1").startswith("全要素生产率 · 指标")
    assert talk.says("/term").endswith("1 指标 6 条　2 产业 9 条　3 改革 7 条　4 高校 8 条")
    assert talk.says("2").startswith("产业：\n1 ")


REFUSED = [
    ("/search", "请写要找的词，例如：/search 科技自立自强"),
    ("/search 😀***", "这里面没有可以查的字。请写汉字、字母或数字，例如：/search 新三样"),
    ("/search 碳中和", "没找到“碳中和”，相近的写法也没有。请换个词，例如：/search 核心标志"),
    ("质" * 10_000, "这条有 10000 字，搜索只看 200 字以内的。请只发关键词，例如：核心标志"),
    ("/foo", "没有“/foo”这个命令。想知道能做什么，请发：帮助"),
    ("今天天气怎么样", "没找到相关内容。想看今天的卡片，请发：今日"),
    ("\x00\u200b", "没找到相关内容。想看今天的卡片，请发：今日"),
    ("9", "这里没有等你选的序号。请先打开一个列表，例如：目录\n1 文章目录　2 答题"),
    ("0", "这里没有等你选的序号。"),
    ("７。", "这里没有等你选的序号。"),
    ("３️⃣", "这里没有等你选的序号。"),
    ("/article " + "9" * 150, "没有叫“99999999999999999999”的文章。"),
    ("/article 5 p" + "9" * 5_000, "《壮大新质生产力的超强机遇》1/3"),
    ("/article 5 p999999", "《壮大新质生产力的超强机遇》3/3"),
    ("/article 0", "没有第 0 篇"),
    ("/heads ²", "文章目录：5 篇"),
    ("/heads " + "9" * 5_000, "文章目录：5 篇"),
    ("/term #²", "没有“#²”这一条。"),
    ("/search 跟跑 @文章9", "没有第 9 篇"),
    ("/read zzz", "这张卡片现在没有了。请看今天的，例如：今日"),
]


@pytest.mark.parametrize(("typed", "answer"), REFUSED, ids=[answer[:8] for _, answer in REFUSED])
def test_what_cannot_be_done_is_said(talk: Talk, typed: str, answer: str) -> None:
    assert talk.says(typed).startswith(answer)


def test_an_offer_ends_after_half_an_hour_and_is_personal(talk: Talk) -> None:
    talk.says("目录")
    none = "这里没有等你选的序号。请先打开一个列表，例如：目录"
    assert Talk(talk.store, talk.now, "小王").says("3").startswith(none)
    assert talk.later(minutes=31).says("3").startswith(none)


def test_a_number_that_is_no_choice(talk: Talk) -> None:
    talk.says("目录")
    for typed, number in (("0", 0), ("７", 7), ("12。", 12), ("6", 6)):
        assert talk.says(typed) == f"没有第 {number} 项。请发 1 到 5，例如：1"
    assert talk.says("5").startswith("《壮大新质生产力的超强机遇》1/3")  # the list still stands
    talk.says("/search 科技自立自强 @文章5")
    assert talk.says("9") == "没有第 9 项。这里只有 1，例如：1"
    talk.says("目录")
    assert talk.says("2024").startswith("“2024”：")  # a year is looked for


def test_every_command_and_word_is_understood() -> None:
    found = desk()
    for command in COMMANDS:
        assert found.find(f"/{command.name}") == (command, "")
        for word in command.words:
            for typed in (word, f"/{word}", f"／{word}。", f" {word} "):
                assert found.find(typed) == (command, ""), typed
        for head in command.heads:
            assert found.find(f"{head} 新") == (command, "新")
    assert found.find("搜尋") is None
    assert found.find("術語 TFP") == (next(c for c in COMMANDS if c.name == "term"), "TFP")


def test_help_tells_only_of_what_is_built(talk: Talk) -> None:
    built = {command.name for command in COMMANDS}
    lines = talk.says("帮助").split("\n") + talk.says("更多").split("\n")
    told = {name: line.split("　")[0].split(" ")[0] for name, line in (*LINES, *MORE)}
    for name, word in told.items():
        assert any(line.startswith(word) for line in lines) == (name in built), name


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(), min_size=1, max_size=40))
def test_any_text_gets_an_answer_and_never_an_apology(talk: Talk, text: str) -> None:
    answer = talk.says(text)
    assert answer
    assert "抱歉" not in answer


def test_button_sentences_fit_every_channel(talk: Talk) -> None:
    said = [
        "开始",
        "今日",
        "目录",
        "文章 5",
        "/heads 5",
        "搜索 质",
        "全要素生产率",
        "术语",
        "/term #2",
        "/foo",
        "质" * 99,
    ]
    for text in said:
        talk.says(text)
    for row in talk.store.rows("SELECT choices FROM offers"):
        assert all(len(says.encode()) <= SAYS_BYTES for says in json.loads(row["choices"]).values())


def test_a_long_term_still_fits_into_a_button(store: Store, write_pack: Write) -> None:
    name = "雨后两三天土不粘锹时才下锹深翻的老办法和它的由来"
    shelf.refresh(store, write_pack({"glossary.md": f"## {name}\n编号: t01\n\n等土面发白再翻。\n"}).parent)
    talk = Talk(store)
    assert talk.says("术语 老办法").startswith("没有“老办法”这一条，相近的有：\n1 " + name)
    assert talk.says("1").startswith(f"{name}\n等土面发白再翻。")
    choices = [json.loads(row["choices"]) for row in store.rows("SELECT choices FROM offers")]
    assert all(len(says.encode()) <= SAYS_BYTES for each in choices for says in each.values())
