"""What a teacher's keyboard and editor do to a file, and what is made of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FILES, Write

from bot.model import Pack, Question
from bot.packs.read import read_pack

QUIZ, CARDS, ARTICLE = FILES["quiz.md"], FILES["cards.md"], FILES["articles/01-tu.md"]
PLAIN_QUIZ = """## q003
文章: a1
题: 追肥要____，底肥要____。
答: 少量多次|少量 多次、一次给足
解析: 都在施肥一节。
依据: 追肥少量多次

## q004
文章: a1
题: 排一排。
排序:
1. 下雨
2. 等两三天
3. 翻土
依据: 雨后两三天

## q005
文章: a1
题: 连一连。
配对:
- 底肥 = 一次给足
- 追肥 = 少量多次
- 翻土 = 雨后两三天
依据: 底肥一次给足
"""


def good(folder: Path) -> Pack:
    pack, problems = read_pack(folder)
    assert problems == ()
    assert pack is not None
    return replace(pack, digest="")


def test_every_kind(write_pack: Write) -> None:
    fill, order, match = good(write_pack({"quiz.md": PLAIN_QUIZ})).questions
    assert fill == Question(
        id="q003",
        rank=1,
        kind="fill",
        stem="追肥要____，底肥要____。",
        article="a1",
        quote="追肥少量多次",
        explanation="都在施肥一节。",
        blanks=(("少量多次", "少量 多次"), ("一次给足",)),
    )
    assert (order.kind, order.options, order.right) == ("order", ("下雨", "等两三天", "翻土"), ())
    assert (match.kind, match.options, match.pairs) == (
        "match",
        (),
        (("底肥", "一次给足"), ("追肥", "少量多次"), ("翻土", "雨后两三天")),
    )


@pytest.mark.parametrize(
    "typed",
    [
        PLAIN_QUIZ.replace(": ", "："),
        PLAIN_QUIZ.replace(": ", " ： ").replace("##", "##\t"),
        PLAIN_QUIZ.replace("\n", "\r\n"),
        PLAIN_QUIZ.replace("\n", "\r"),
        "\ufeff" + PLAIN_QUIZ,
        PLAIN_QUIZ.replace("\n", " \t\u3000\n"),
        PLAIN_QUIZ.replace("q0", "Ｑ０").replace("a1", "Ａ１"),
        PLAIN_QUIZ.replace("文章: a1", '文章: "a1"'),
        PLAIN_QUIZ.replace("解析: 都在施肥一节。", "解析: 「都在施肥一节。」"),
        PLAIN_QUIZ.replace("依据: 追肥少量多次", "依据: “追肥少量多次”"),
        PLAIN_QUIZ.replace("依据: 追肥少量多次", '依据: “追肥少量多次"'),
        PLAIN_QUIZ.replace("____", "＿＿＿"),
        PLAIN_QUIZ.replace("____", "______"),
        PLAIN_QUIZ.replace("|", "｜").replace("、一次", "；一次"),
        PLAIN_QUIZ.replace("1. ", "１．").replace("2. ", "2、").replace("3. ", "3) "),
        PLAIN_QUIZ.replace(" = ", "＝"),
        PLAIN_QUIZ.replace(" = ", " —— "),
        PLAIN_QUIZ.replace(" = ", "→"),
        PLAIN_QUIZ.replace("题: 追肥要____，底", "题: 追肥要____，\n底"),
        "<!-- 一行注释 -->\n" + PLAIN_QUIZ.replace("排序:", "<!--\n## q9 注释里\n-->排序:"),
        "<!-- 一 --> <!-- 二 -->" + PLAIN_QUIZ,
        "# 题库\n\n" + PLAIN_QUIZ,
        PLAIN_QUIZ + "\n## q099\n停用: 是\n题: 写了一半\n",
        PLAIN_QUIZ.replace("## q004\n", "## q004\n题型: 排序题\n"),
        PLAIN_QUIZ.replace("## q004\n", "## q004\n\n停用: 否\n"),
        PLAIN_QUIZ.replace("文章: a1\n题: 追", "题: 追").replace(
            "依据: 追肥少量多次", "依据: 追肥少量多次\n文章: a1"
        ),
    ],
    ids=range(26),
)
def test_typing_that_makes_no_difference(write_pack: Write, typed: str) -> None:
    plain = good(write_pack({"quiz.md": PLAIN_QUIZ}))
    assert good(write_pack({"quiz.md": typed})) == plain


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("- [ ]", "- [X]"),
        ("- []", "- [x ]"),
        ("- ［　］", "- ［x］"),
        ("- 【】", "- 【√】"),
        ("* [ ]", "* [✓]"),
        ("-[ ]", "-[ｘ]"),
        ("[ ]", "[√]"),
        ("- [×]", "- [√]"),
    ],
)
def test_marks_of_the_right_option(write_pack: Write, wrong: str, right: str) -> None:
    typed = QUIZ.replace("- [ ]", wrong).replace("- [x]", right)
    question = good(write_pack({"quiz.md": typed})).questions[0]
    assert (question.options, question.right) == (("雨刚停", "雨后两三天"), (1,))


@pytest.mark.parametrize(
    ("answer", "right"),
    [("√", 0), ("×", 1), ("对", 0), ("错", 1), ("是", 0), ("否", 1), ("正确", 0), ("错误。", 1), ("Ｘ", 1)],
)
def test_true_and_false(write_pack: Write, answer: str, right: int) -> None:
    question = good(write_pack({"quiz.md": QUIZ.replace("答: 对", f"答：{answer}")})).questions[1]
    assert (question.kind, question.options, question.right) == ("bool", ("对", "错"), (right,))


def test_two_marks_make_a_multi(write_pack: Write) -> None:
    typed = QUIZ.replace("- [ ] 雨刚停", "- [ ] 雨刚停\n- [x] 土不粘锹的时候")
    question = good(write_pack({"quiz.md": typed})).questions[0]
    assert (question.kind, question.right) == ("multi", (1, 2))


def test_a_header_as_typed(write_pack: Write) -> None:
    typed = (
        ARTICLE.replace("---", "－－－－")
        .replace("编号: a1", " 编 号 ：Ａ1")
        .replace("标题: 土要松", "标题： 《土》要“松”")
        .replace("日期: ", "日期:\u3000")
    )
    article = good(write_pack({"articles/01-tu.md": "\n" + typed})).articles[0]
    assert (article.id, article.title, article.date) == ("a1", "《土》要“松”", "2025 年 4 月")


def test_a_card_as_typed(write_pack: Write) -> None:
    body = "翻土要在雨后两三天，\n土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。\n"
    typed = (
        f"## ｃ０１　翻土：何时\n文章：“ａ１”\n小标题：翻土\n标签：土、 雨，锹\n\n{body}\n"
        "老周说：不急。\n别踩。\n1. 先等\n2. 再翻，雨刚停就踩进地里，土会结成硬块。\n\n想一想：你家阳台的土，\n捏起来什么样？\n"
    )
    card = good(write_pack({"cards.md": typed})).cards[0]
    assert (card.id, card.title, card.tags) == ("c01", "翻土：何时", ("土", "雨", "锹"))
    assert card.think == "你家阳台的土，捏起来什么样？"
    assert card.text == (
        "翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。\n"
        "老周说：不急。别踩。\n1. 先等\n2. 再翻，雨刚停就踩进地里，土会结成硬块。"
    )
    assert (card.section, card.anchor) == ("翻土", 1)


def test_articles_follow_the_numbers_of_their_files(write_pack: Write) -> None:
    more = {f"articles/{n}-x.md": f"---\n编号: b{n}\n标题: 第 {n} 篇\n---\n\n正文{n}。\n" for n in (10, 2, 9)}
    pack = good(write_pack(more))
    assert [(a.number, a.id) for a in pack.articles] == [(1, "a1"), (2, "b2"), (3, "b9"), (4, "b10")]


def test_an_image_inside_the_pack_is_fine(write_pack: Write) -> None:
    pack = good(
        write_pack(
            {
                "articles/01-tu.md": ARTICLE + "\n![锹](images/a.png)\n\n![锹](../images/a.png)\n",
                "images/a.png": b"x",
            }
        )
    )
    assert pack == good(write_pack())


def test_a_card_belongs_to_the_paragraph_it_is_most_like(write_pack: Write) -> None:
    article = ARTICLE + "\n底肥一次给足，追肥少量多次，看叶子的颜色定。\n\n## 收\n\n黄瓜天天摘。\n"
    like = CARDS.replace(
        "翻土要在雨后两三天，土不粘锹的时候。", "老周的办法，是底肥一次给足，追肥看叶子的颜色定。"
    )
    for line, anchor, section in (
        ("", 4, "施肥"),
        ("小标题: 施肥\n", 4, "施肥"),
        ("小标题: 无\n", 4, ""),
        ("段落: 4\n", 3, "施肥"),
        ("小标题: 收\n", -1, "收"),
    ):
        cards = like.replace("文章: a1\n", f"文章: a1\n{line}")
        card = good(write_pack({"articles/01-tu.md": article, "cards.md": cards})).cards[0]
        assert (card.anchor, card.section) == (anchor, section), line
