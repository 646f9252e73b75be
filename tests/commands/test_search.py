"""Searching and reading on, as conversations; the wording is the norm."""

import re

import pytest
from conftest import FILES, NOW, Talk, Write

from bot.app import Bot
from bot.messages import Incoming, Reply, bare
from bot.store import Store, library
from bot.study import shelf
from bot.study.reading import PAGE, pages, size

HITS = (
    "\n\n《以高水平「科技自立自强」赋能新质生产力提升》杨振斌\n1 标题，从头读\n"
    "2 …教育、科技、人才连成一体，目的是支撑国家的「科技自立自强」。\n\n"
    "《壮大新质生产力的超强机遇》丁奎岭\n3 他的看法是，研究型大学的创新能级提高一步，「科技自立自强」就快一步。\n\n"
    "回复序号，打开那一段。\n或：考我这一段"
)


def replies(talk: Talk, text: str) -> list[Reply]:
    incoming = Incoming("terminal", talk.name, talk.name, text, name=talk.name, admin=True)
    return Bot(talk.store, talk.settings).answer(incoming, talk.now)


def buttons(talk: Talk, text: str) -> list[tuple[str, str]]:
    return [(button.label, button.says) for reply in replies(talk, text) for button in reply.buttons]


def test_a_search_letter_for_letter(talk: Talk) -> None:
    assert talk.says("/search 科技自立自强") == "“科技自立自强”：3 处，2 篇" + HITS
    assert buttons(talk, "搜索 科技自立自强") == [
        ("1", "/article 4"),
        ("2", "/article 4 c21 ~科技自立自强"),
        ("3", "/article 5 b7 ~科技自立自强"),
        ("考我这一段", "/quiz a4.7"),
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("kjzlzq", "没有完全匹配，以下按拼音首字母猜测：科技自立自强"),
        ("科技自力自强", "没有完全匹配，以下按同音字猜测：科技自立自强"),
        ("/search ke ji zi li zi qiang", "没有完全匹配，以下按拼音猜测：科技自立自强"),
        ("科技自立目强", "没有完全匹配，以下按相近的字猜测：科技自立自强"),
    ],
)
def test_a_guess_is_labelled_and_followed_by_the_hits(talk: Talk, typed: str, first: str) -> None:
    assert talk.says(typed) == first + HITS
    assert "「他的看法是" in talk.says("3")


def test_other_first_lines(talk: Talk) -> None:
    for typed, first in (
        ("kejizili", "没有完全匹配，以下按拼音猜测：科技自立\n"),
        ("全要素生产力", "没有完全匹配，以下按相近的字猜测：全要素生产率\n"),
        ("新质生产力的核心标志是什么", "没有完全匹配，以下按句中的词猜测：核心标志\n"),
        ("跟跑 青年", "没有一张卡片同时有这些词，以下文章都提到了：\n"),
        ("TFP", "术语：全要素生产率（发“术语 TFP”看解释）\n“全要素生产率”：3 处，2 篇\n"),
        ("全要素生產率", "术语：全要素生产率（发“术语 全要素生產率”看解释）\n“全要素生產率”：3 处，2 篇\n"),
    ):
        assert talk.says(typed).startswith(first), typed


def test_more_goes_on_to_the_end_and_every_number_opens(talk: Talk) -> None:
    text = talk.says("搜索 质")
    counted = re.match("“质”：([0-9]+) 处，5 篇。一个字会带出很多，多写一个字更准。\n", text)
    assert counted
    total = int(counted[1])
    assert text.endswith(f"\n\n还有 {total - 6} 处，发“更多”。\n或：更多、考我这几段、只看第 1 篇")
    seen = 6
    while "还有" in text:
        text = talk.says("更多")
        seen += sum(line[0].isdigit() for line in text.split("\n") if line)
        assert len([line for line in text.split("\n") if line]) <= 12 + 1
    assert seen == total > 20
    assert f"\n{total} " in text
    assert "」" in talk.says(str(total))
    talk.says("搜索 质")
    assert talk.says("只看第 1 篇").startswith("第 1 篇里的“质”：")
    assert talk.says("搜索 质 @第999处") == talk.says("搜索 质")


def test_outer_quotes_are_not_searched_for(talk: Talk) -> None:
    plain = talk.says("搜索 全要素生产率")
    assert plain.startswith("术语：全要素生产率（")
    for typed in (
        "“全要素生产率”",
        '"全要素生产率"',
        "「全要素生产率」",
        "‘全要素生产率’",
        "“ 全要素生产率 ”",
    ):
        assert talk.says(f"搜索 {typed}") == plain
        assert talk.says(typed) == plain
    assert talk.says("搜索 “跟跑” @文章5") == talk.says("搜索 跟跑 @文章5")
    assert "““" not in talk.says("“跟跑”和“并跑”")
    assert talk.says("搜索 “”") == talk.says("搜索")


def test_a_question_about_a_term_names_the_term(talk: Talk) -> None:
    for typed in (
        "什么是全要素生产率",
        "全要素生产率是什么",
        "请问全要素生产率是什么意思？",
        "搜索 何谓全要素生产率",
    ):
        assert talk.says(typed).startswith(
            "术语：全要素生产率（发“术语 全要素生产率”看解释）\n没有完全匹配，以下按句中的词猜测：全要素生产率\n"
        ), typed
    assert talk.says("什么是TFP").startswith("术语：全要素生产率（发“术语 TFP”看解释）\n“全要素生产率”：3 处")
    assert talk.says("新质生产力的核心标志是什么").startswith("没有完全匹配，以下按句中的词猜测：核心标志\n")


def test_in_one_article(talk: Talk) -> None:
    said = (
        "第 5 篇里的“跟跑”：1 处\n"
        "1 丁奎岭给大学的建议分三处：资源投入要“「跟跑」”，校企合作要“并跑”，科技制高点要“领跑”。\n或：搜全部、考我这一段"
    )
    for typed in ("搜索 跟跑 @文章5", "/search 跟跑@文章５", "搜 跟跑 @ 文章 5"):
        assert talk.says(typed) == said
    assert talk.says("搜全部").startswith("“跟跑”：1 处，1 篇\n\n《")
    nothing = talk.says("搜索 跟跑 @文章1")
    assert nothing == "第 1 篇里没找到“跟跑”。请在全部文章里找，例如：/search 跟跑\n1 搜全部"
    assert talk.says("1").startswith("“跟跑”：1 处，1 篇")
    assert talk.says("搜索 跟跑 @文章0").startswith("没有第 0 篇，一共 5 篇。")
    assert talk.says("搜索 @文章5") == talk.says("搜索")


def test_the_button_speaks_of_as_many_paragraphs_as_it_asks_about(talk: Talk) -> None:
    (found,) = replies(talk, "科技自立自强")
    assert next(b for b in found.buttons if b.says.startswith("/quiz")).label == "考我这一段"
    several = next(b for b in replies(talk, "搜索 新质生产力")[0].buttons if b.says.startswith("/quiz"))
    assert several.label == "考我这几段"
    assert "," in several.says or "-" in several.says


def test_two_words_without_a_space(talk: Talk) -> None:
    apart = talk.says("跟跑 青年")
    assert apart.startswith("没有一张卡片同时有这些词，以下文章都提到了：")
    assert talk.says("跟跑青年") == apart
    assert "「" in talk.says("1")
    both = talk.says("跟跑领跑")
    assert both.startswith("没有完全匹配，以下按句中的词猜测：跟跑 领跑\n")
    assert "资源投入要“「跟跑」”，校企合作要“并跑”，科技制高点要“「领跑」”" in both
    for typed in ("全要素生产力", "科技自力自强"):  # what may be one word misspelt stays one
        assert "：全要素 生产力" not in talk.says(typed)


def test_a_number_is_not_found_inside_another(talk: Talk) -> None:
    for typed in ("2/3", "-3", "1+1", "1/2", "3.0"):
        said = talk.says(f"搜索 {typed}")
        assert not re.search("[0-9]「|」[0-9]", said), said
    assert "「3」 月" in talk.says("搜索 -3")
    assert "「20」24" in talk.says("搜索 20")  # one run of digits is a piece of text like any other


def test_todays_card_comes_first(talk: Talk) -> None:
    head = "今天的卡片：《以新质生产力为高质量发展注入强大动力》\n1 "
    assert head not in talk.says("搜索 江苏")  # nothing was given yet, and a search gives nothing
    assert talk.store.rows("SELECT * FROM assigned") == []
    talk.says("今日")
    assert talk.says("搜索 江苏").startswith("“江苏”：4 处，2 篇\n\n" + head + "2024 年 3 月 5 日，")
    assert talk.says("因地制宜").startswith(
        "“因地制宜”：2 处，1 篇\n\n" + head + "「因地制宜」与传统产业\n\n《"
    )
    assert "今天的卡片" not in talk.later(days=1).says("因地制宜")


def test_the_sentence_is_marked_in_its_paragraph_only(talk: Talk) -> None:
    opened = talk.says("/article 5 c26 ~跟跑")
    assert (
        "「丁奎岭给大学的建议分三处：资源投入要“跟跑”，校企合作要“并跑”，科技制高点要“领跑”。」\n" in opened
    )
    assert opened.count("「") == 1
    assert talk.says("/article 1 q001").count("「") == 1  # a question marks what its answer rests on
    assert "「" not in talk.says("/article 1 c03")


def test_reading_goes_on(talk: Talk) -> None:
    first = replies(talk, "/article 5 c26 ~跟跑")[0]
    assert not first.edits  # a list of hits stays where it is
    assert replies(talk, "/article 5 p3")[0].edits
    assert talk.says("继续读").startswith("《壮大新质生产力的超强机遇》3/3")
    card = talk.says("今日")
    assert "2 📖 读全文" in card
    assert talk.says("读全文").startswith("《以新质生产力为高质量发展注入强大动力》1/2")


def test_what_else_a_member_may_write(talk: Talk) -> None:
    for typed in ("<b>科技自立自强</b>", "**科技自立自强**", "“科技自立自强”", "科技 自立自强 "):
        assert "科技自立自强」" in talk.says(f"搜索 {typed}"), typed
    assert talk.says("搜索 ' OR 1=1 --").startswith("没找到“' OR 1=1 --”，相近的写法也没有。")
    assert talk.says("搜索 \ud800").startswith("请写要找的词") or "没有可以查的字" in talk.says("搜索 \ud800")


def test_a_pack_beside_the_one_followed(talk: Talk, write_pack: Write) -> None:
    shelf.refresh(talk.store, write_pack().parent)
    assert talk.says("土不粘锹").startswith("没找到相关内容")  # he does not see it
    assert talk.says("/article zhongcai/1").startswith("《以新质生产力")
    talk.says("/pack zhongcai")
    talk.says("/pack xinzhi-shengchanli")
    found = talk.says("土不粘锹")
    assert found.startswith(
        "“土不粘锹”：2 处，1 篇\n\n《土要松》老周（种菜三课）\n1 翻土要在雨后两三天，「土不粘锹」的时候。"
    )
    opened = replies(talk, "1")[0]
    assert bare(opened.text).startswith("《土要松》1/1\n老周 · 菜农 · 2025 年 4 月\n\n【翻土】\n")
    assert ("1/1", "/heads zhongcai/1") in [(b.label, b.says) for b in opened.buttons]
    assert talk.says("/heads zhongcai/1").startswith(
        "《土要松》的小标题\n1 翻土 · 第 1 页（读到这里）\n2 施肥"
    )
    assert talk.says("1").startswith("《土要松》1/1")


def test_while_the_index_is_made_anew(store: Store) -> None:
    from store.test_upkeep import pack_of

    library.put(store, pack_of(6_000), "")
    talk = Talk(store)
    assert "处，" in talk.says("好土")
    store.do("UPDATE indexed SET form = 0")
    said = talk.says("好土")
    assert said == "搜索正在重建，约 1 分钟后能用。今日学习和答题照常。\n1 今日学习"
    assert "第 1/1 天" in talk.says("今日")
    for _ in range(200):
        if (said := talk.says("好土")).startswith("“好土”：1000+ 处\n"):
            break
    assert said.startswith("“好土”：1000+ 处\n")  # in how many articles nobody has counted
    assert "还有 994+ 处，发“更多”。" in said


def test_an_article_without_heads_and_with_long_paragraphs(store: Store, write_pack: Write) -> None:
    long = "".join(
        f"第{n}垄先浇透再松土，等土面发白以后下锹，翻得深一些，根就扎得稳。"
        for n in "一二三四五六七八九十" * 4
    )
    text = (
        FILES["articles/01-tu.md"].split("## 翻土")[0]
        + f"{FILES['cards.md'].split(chr(10))[3]}\n\n{long}\n\n追肥少量多次。\n"
    )
    folder = write_pack({"articles/01-tu.md": text, "quiz.md": FILES["quiz.md"].split("\n\n")[0]})
    problems = shelf.refresh(store, folder.parent)
    assert [problem for each in problems.values() for problem in each if problem.error] == []
    talk = Talk(store)
    (article,) = shelf.packs(store)["zhongcai"].articles
    assert len(pages(article)) > 3
    assert all(size("".join(b.text for b in page.blocks)) <= PAGE for page in pages(article))
    listed = talk.says("/heads 1")
    assert listed.startswith("《土要松》没有小标题，各页这样开头\n1 翻土要在雨后两三天")
    opened = talk.says("/article 1 b1 ~第十垄")  # somewhere in the middle of a paragraph of several pages
    assert "「第十垄先浇透再松土，" in opened


@pytest.mark.parametrize("typed", ["科技自立自强", "kjzlzq", "跟跑 青年", "质", "TFP", "碳中和"])
def test_members_of_a_group_get_the_same(talk: Talk, typed: str) -> None:
    incoming = Incoming("telegram", "g1", "u1", f"/search {typed}", name="小王", group=True, title="读书组")
    (reply,) = Bot(talk.store, talk.settings).answer(incoming, NOW)
    assert bare(reply.text).replace("「", "").startswith(talk.says(f"/search {typed}")[:6].replace("「", ""))
