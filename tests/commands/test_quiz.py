"""Questions as people answer them: the golden conversations of CONVERSATIONS.md §8, letter for letter."""

import json
import re

import pytest
from conftest import FILES, Talk, Write

from bot.messages import SAYS_BYTES, Button, Reply, bare, plain
from bot.model import Question
from bot.store import Store
from bot.study import marking, shelf

SINGLE = "学习材料把哪一项当作新质生产力的核心标志？\n\nA 固定资产投资增速\nB 全要素生产率大幅提高\nC 新开工项目数\nD 出口总额"
WHY = "解析：标志看的是效率，不是规模。\n依据：“核心标志是全要素生产率大幅提高”\n——《中央政治局新年首次集体学习聚焦新质生产力》"


def said(reply: Reply) -> list[list[tuple[str, str]]]:
    """Labels and sentences of a reply's buttons, ids and stamps made plain: 41 and x7."""
    rows = reply.edited_rows if reply.edited_rows is not None else reply.rows
    return [[(button.label, named(button)) for button in row] for row in rows]


def named(button: Button) -> str:
    return re.sub(r"^/(answer|pick|hint) \d+ (.*?) ?[a-z0-9]{6}$", r"/\1 41 \2 x7", button.says).replace(
        "  ", " "
    )


def press(talk: Talk, reply: Reply, label: str) -> list[Reply]:
    """Press a button of a message."""
    rows = reply.edited_rows if reply.edited_rows is not None else reply.rows
    button = next(b for row in rows for b in row if b.label.replace("✓", "").strip() == label)
    return talk.replies(button.says, pressed="1", label=label)


def one(talk: Talk, question: str) -> Reply:
    (reply,) = talk.replies(f"/quiz {question}")
    return reply


def test_quiz_single(talk: Talk) -> None:
    asked = one(talk, "q031")
    assert bare(asked.text) == "单选：" + SINGLE
    assert said(asked) == [
        [(c, f"/answer 41 {c} x7") for c in "ABCD"],
        [("不知道", "/answer 41 ? x7"), ("结束", "/quiz end")],
    ]
    (answered,) = press(talk, asked, "B")
    assert answered.edits
    assert bare(answered.edited or ()) == (
        "单选：学习材料把哪一项当作新质生产力的核心标志？\n\n✅ 回答正确：B 全要素生产率大幅提高\n" + WHY
    )
    assert said(answered)[0] == [("下一题", "/quiz next"), ("看原文", "/article 2 q031")]
    assert said(answered)[-1][-1] == ("结束", "/quiz end")


def test_quiz_terminal(talk: Talk) -> None:
    assert talk.says("/quiz q031") == f"单选：{SINGLE}\n发 A–D；或：不知道、结束"
    assert talk.says("ｂ").startswith(f"✅ 回答正确：B 全要素生产率大幅提高\n{WHY}\n1 下一题　2 看原文")


def test_a_session_says_where_it_is(talk: Talk) -> None:
    talk.says("今日")
    assert talk.says("答题").startswith("第 1/2 题 · 单选\n2024 年 3 月 5 日，")
    assert talk.says("答题").startswith("第 1/2 题 · 单选\n2024 年 3 月 5 日，")  # the open one goes on
    answered = talk.replies("b")[0]
    assert bare(answered.edited or ()).startswith("第 1/2 题 · 单选\n2024 年 3 月 5 日，习近平总书记")
    assert talk.says("下一题").startswith("第 2/2 题 · 单选\n河钢集团的王兰玉代表")


WRONG = [
    ("q031", "C", "❌ 正确答案 B 全要素生产率大幅提高（你选 C）"),
    ("q031", "不知道", "正确答案 B 全要素生产率大幅提高。记下了，明天再问。"),
    ("q064", "AD", "❌ 正确答案 A B D（你选 A D，漏了 B）"),
    ("q064", "ABCD", "❌ 正确答案 A B D（你选 A B C D，多了 C）"),
    ("q064", "AC", "❌ 正确答案 A B D（你选 A C，漏了 B D，多了 C）"),
    ("q064", "abd", "✅ 回答正确：A B D"),
    ("q060", "√", "✅ 回答正确：对"),
    ("q060", "×", "❌ 正确答案：对（你选错）"),
    ("q060", "不知道", "正确答案：对。记下了，明天再问。"),
    ("q071", "１到１００", "✅ 回答正确：1 到 100"),
    ("q071", "1 到 10", "❌ 正确答案 1 到 100（你填 1 到 10）"),
    ("q024", "231", "✅ 回答正确：创新 › 全面深化改革 › 教育、科技、人才的循环"),
    ("q024", "213", "❌ 正确答案 2 3 1（你排 2 1 3）"),
    ("q065", "A3B1C2", "✅ 回答正确：A3 B1 C2"),
    ("q065", "A3 B2 C1", "❌ 正确答案 A3 B1 C2（A 对，B、C 换一下）"),
]


@pytest.mark.parametrize(("question", "answer", "verdict"), WRONG, ids=[f"{q}-{a}" for q, a, _ in WRONG])
def test_verdicts(talk: Talk, question: str, answer: str, verdict: str) -> None:
    one(talk, question)
    (answered,) = talk.replies(answer)
    assert bare(answered.text).split("\n")[0] == verdict


def test_quiz_multi(talk: Talk) -> None:
    asked = one(talk, "q064")
    text = "多选：丁奎岭建议大学的三种“跑”，是哪几项？\n\nA 跟跑　B 并跑　C 陪跑　D 领跑\n选好再点“提交”，也可以直接发，例如：AC"
    assert bare(asked.text) == text
    below = [("不知道", "/answer 41 ? x7"), ("结束", "/quiz end")]
    assert said(asked) == [
        [(c, f"/pick 41 {c} x7") for c in "ABCD"],
        [("提交", "/answer 41 - x7"), *below],
    ]
    (chosen,) = press(talk, asked, "A")
    assert (chosen.edits, bare(chosen.edited or ())) == (True, text)
    assert said(chosen) == [
        [("A ✓", "/pick 41 - x7"), *((f"{c}", f"/pick 41 A{c} x7") for c in "BCD")],
        [("提交", "/answer 41 A x7"), *below],
    ]
    assert said(press(talk, asked, "A")[0]) == said(chosen)  # a double press changes nothing
    (none,) = press(talk, press(talk, chosen, "A")[0], "提交")
    assert none.toast == "先选至少一项"
    (answered,) = press(talk, press(talk, chosen, "D")[0], "提交")
    assert bare(answered.text).startswith("❌ 正确答案 A B D（你选 A D，漏了 B）")


def test_quiz_true_false(talk: Talk) -> None:
    asked = one(talk, "q060")
    assert bare(asked.text) == "判断：丁奎岭谈到的“新三样”里有锂电池。"
    assert said(asked) == [
        [("对", "/answer 41 A x7"), ("错", "/answer 41 B x7")],
        [("不知道", "/answer 41 ? x7"), ("结束", "/quiz end")],
    ]
    assert bare(press(talk, asked, "对")[0].text).startswith("✅ 回答正确：对\n")


def test_quiz_fill(talk: Talk) -> None:
    asked = one(talk, "q071")
    text = "填空：丁奎岭说，创新链要从“0 到 1”一直接到“____”。\n直接发答案；有几个空就用“、”隔开。"
    assert bare(asked.text) == text
    assert said(asked) == [[("提示", "/hint 41 x7"), ("不知道", "/answer 41 ? x7"), ("结束", "/quiz end")]]
    (hinted,) = press(talk, asked, "提示")
    assert (hinted.edits, bare(hinted.text)) == (True, text + "\n提示：5 个字，第一个是“1”。")
    assert talk.says("１到１００").startswith("✅ 回答正确：1 到 100\n")


def test_a_fill_in_takes_any_text_but_commands_win(talk: Talk) -> None:
    one(talk, "q006")
    assert talk.says("目录").startswith("文章目录：5 篇")
    assert talk.says("3").startswith("《习近平总书记首次提到")  # digits belong to the last list
    assert talk.says("核心标志").startswith("❌ 正确答案 硬道理（你填 核心标志）")
    one(talk, "q006")
    assert talk.says("答：目录").startswith("❌ 正确答案 硬道理（你填 目录）")
    one(talk, "q006")
    assert talk.says("理" * 300).startswith("这条有 300 字，不像一个空里的词。请只发要填的词，例如：创新")
    assert talk.says("“硬道理”。").startswith("✅ 回答正确：硬道理\n")


def test_quiz_order(talk: Talk) -> None:
    asked = one(talk, "q024")
    text = "排序：报道讲怎样加快发展，先后讲了哪三件事？\n\n1 教育、科技、人才的循环\n2 创新\n3 全面深化改革\n依次点，或直接发，例如：213"
    assert bare(asked.text) == text
    below = [("不知道", "/answer 41 ? x7"), ("结束", "/quiz end")]
    assert said(asked) == [[(c, f"/pick 41 {c} x7") for c in "123"], below]
    (second,) = press(talk, asked, "2")
    assert bare(second.text) == text + "\n你的顺序：2"
    assert said(second) == [
        [("1", "/pick 41 21 x7"), ("3", "/pick 41 23 x7")],
        [("重来", "/pick 41 - x7"), *below],
    ]
    (third,) = press(talk, second, "3")
    assert bare(third.text) == text + "\n你的顺序：2 › 3 › 1"
    assert said(third) == [[("提交", "/answer 41 231 x7"), ("重来", "/pick 41 - x7"), *below]]
    assert said(press(talk, third, "重来")[0]) == said(asked)
    (answered,) = press(talk, third, "提交")
    assert bare(answered.text).startswith("✅ 回答正确：创新 › 全面深化改革 › 教育、科技、人才的循环\n")


def test_quiz_match(talk: Talk) -> None:
    asked = one(talk, "q065")
    text = (
        "配对：把三种“跑”和它说的事连起来。\n\nA 跟跑　　1 校企合作\nB 并跑　　2 科技制高点\nC 领跑　　3 资源投入\n"
        "先点字母再点数字，或直接发，例如：A1 B2 C3"
    )
    assert bare(asked.text) == text
    below = [("不知道", "/answer 41 ? x7"), ("结束", "/quiz end")]
    assert said(asked) == [[(c, f"/pick 41 {c} x7") for c in "ABC"], below]
    (left,) = press(talk, asked, "A")
    assert bare(left.text) == text + "\n你的配对：A？"
    assert said(left) == [[(c, f"/pick 41 A{c} x7") for c in "123"], [("重来", "/pick 41 - x7")]]
    (pair,) = press(talk, left, "3")
    assert bare(pair.text) == text + "\n你的配对：A3"
    (whole,) = press(talk, press(talk, pair, "B")[0], "1")
    assert bare(whole.text) == text + "\n你的配对：A3 B1 C2"
    assert bare(press(talk, whole, "提交")[0].text).startswith("✅ 回答正确：A3 B1 C2\n")


def test_order_and_match_can_be_tapped_by_typing(talk: Talk) -> None:
    one(talk, "q024")
    assert talk.says("2").endswith("你的顺序：2\n或：重来、不知道、结束")
    assert talk.says("3").endswith("你的顺序：2 › 3 › 1\n或：提交、重来、不知道、结束")
    assert talk.says("提交").startswith("✅ 回答正确：")
    one(talk, "q065")
    talk.says("A")
    talk.says("3")
    talk.says("B")
    assert talk.says("1").endswith("你的配对：A3 B1 C2\n或：提交、重来、不知道、结束")
    assert talk.says("提交").startswith("✅ 回答正确：")


def test_quiz_end(talk: Talk) -> None:
    talk.says("今日")
    talk.says("已读")
    talk.says("答题")
    talk.says("b")
    talk.says("下一题")
    answered, summary = talk.replies("a")
    assert plain(answered.text).startswith("❌ 正确答案 D ")
    assert plain(summary.text) == (
        "这一组完成：2 题，对 1。\n今天 +1 分：答对 1。连续学习 1 天。\n错的 1 题进了错题本，到期会再问。"
    )
    assert talk.says("结束").startswith("现在没有待答的题。要开始，请发：答题\n")
    nothing = talk.replies("答题")[0]
    assert plain(nothing.text) == "现在没有到期的题，下一题明天到期。"
    assert said(nothing) == [[("随便来一组", "/quiz again")]]
    assert talk.says("随便来一组").startswith("再来一组，不计分。\n第 1/5 题 · ")


def test_finishing_five_earns_the_points_of_the_day(talk: Talk) -> None:
    talk.says("今日")
    talk.says("/quiz c02")  # one question, which 下一题 makes a session of five
    while True:
        (open_,) = talk.store.rows("SELECT pack, question, shuffle FROM asked WHERE state = 'open'")
        question = next(q for q in talk.bot.packs[open_["pack"]].questions if q.id == open_["question"])

        replies = talk.replies("答：" + marking.key(question, tuple(json.loads(open_["shuffle"]))))
        assert plain(replies[0].text).startswith("✅ 回答正确：")
        if len(replies) > 1:
            break
        assert "第 " in talk.says("下一题")
    assert plain(replies[1].text) == (
        "这一组完成：5 题全对。\n今天 +10 分：已读 1，答对 5，完成 2，全对 2。连续学习 1 天。"
    )
    assert sum(row["points"] for row in talk.store.rows("SELECT points FROM points")) == 10


def test_after_a_lone_question_there_may_be_no_other(talk: Talk) -> None:
    talk.says("今日")
    for question in ("q001", "q002", "q031"):
        talk.says(f"/quiz {question}")
        talk.says("不知道")
    assert talk.says("下一题").startswith("现在没有到期的题，下一题明天到期。")


def test_ended_early(talk: Talk) -> None:
    talk.says("今日")
    talk.says("答题")
    talk.says("a")
    talk.says("下一题")
    assert talk.says("结束").startswith("先到这里：答了 1 题，对 0。\n")
    assert talk.says("D").startswith("现在没有待答的题。要开始，请发：答题\n1 答题")


def test_too_many_and_none(talk: Talk, store: Store, write_pack: Write) -> None:
    talk.says("今日")
    assert talk.says("/quiz 50").startswith("一组最多 10 题，现在只有 2 题，先做这些。\n第 1/2 题 · 单选\n")
    assert talk.says("答题 5").startswith("现在只有 2 题，先做这些。\n第 1/2 题 · 单选\n")
    assert talk.says("/quiz 2").startswith("第 1/2 题 · 单选\n")
    assert talk.says("答题 1").startswith("第 1/1 题 · 单选\n")
    folder = write_pack(name="empty")
    (folder / "quiz.md").unlink()
    shelf.refresh(store, folder.parent)
    other = Talk(store, talk.now, "小王")
    other.settings = type(other.settings)(pack="empty")
    assert other.says("答题") == "这个内容还没有题目。\n1 今日学习"


def test_quiz_stale(talk: Talk) -> None:
    asked = one(talk, "q031")
    press(talk, asked, "B")
    (stale,) = press(talk, asked, "C")
    assert (stale.toast, plain(stale.text)) == ("这题已结束", "这题已结束。")
    (forged,) = talk.replies("/answer 1 B aaaaaa")
    assert forged.toast == "这题已结束"
    assert talk.says("B").startswith("现在没有待答的题。要开始，请发：答题")
    one(talk, "q031")
    assert talk.says("F").startswith("这题只有 A 到 D。请发其中一个，例如：B\n")


def test_digits_mean_what_the_last_reply_says(talk: Talk) -> None:
    one(talk, "q031")
    assert talk.says("5").startswith("这题只有 A 到 D。请发其中一个，例如：B\n1 不知道")
    assert talk.says("1").startswith("正确答案 B 全要素生产率大幅提高。记下了，明天再问。")
    one(talk, "q060")
    assert talk.says("3").startswith("正确答案：对。记下了，明天再问。")
    one(talk, "q020")
    one(talk, "q001")
    assert talk.says("2").startswith("✅ 回答正确：B 江苏代表团")
    one(talk, "q002")
    assert talk.says("目录").startswith("文章目录")
    assert talk.says("2").startswith("《中央政治局新年首次")
    assert talk.says("d").startswith("✅ 回答正确：D ")


def test_a_question_left_alone_is_put_aside(talk: Talk) -> None:
    asked = one(talk, "q031")
    talk.later(minutes=30)
    (late,) = press(talk, asked, "B")
    assert plain(late.text).split("\n")[0] == "这题先放下。正确答案 B 全要素生产率大幅提高。"
    assert talk.store.rows("SELECT how, rating FROM answers") == [{"how": "late", "rating": 1}]
    asked = one(talk, "q024")
    talk.later(minutes=29, seconds=59)
    assert plain(press(talk, asked, "不知道")[0].text).startswith("正确答案 2 3 1。记下了，明天再问。")
    one(talk, "q060")
    talk.later(minutes=31)
    assert talk.says("对").startswith("现在没有待答的题。")


def test_a_session_has_as_many_questions_as_it_says(xiaolin: Talk) -> None:
    xiaolin.says("/quiz 50")
    told = re.search(r"先来 (\d+) 题|只有 (\d+) 题", xiaolin.says("/quiz 50"))
    counted = re.search(r"第 1/(\d+) 题", xiaolin.says("/quiz 50"))
    assert told
    assert counted
    assert counted[1] in told.groups()


def test_ten_are_ten(talk: Talk) -> None:
    talk.says("今日")
    for _ in range(4):
        talk.says("/quiz again")
        for _ in range(5):
            talk.says("不知道")
            talk.says("下一题")
    assert talk.later(days=3).says("/quiz 50").startswith("一组最多 10 题，先来 10 题。\n第 1/10 题 · ")


@pytest.mark.parametrize("typed", ["/quiz 0", "答题 0", "/quiz 00", "答题 ０ 题"])
def test_no_questions_are_no_session(talk: Talk, typed: str) -> None:
    talk.says("今日")
    assert talk.says(typed) == "一组有 1 到 10 题。请写题数，例如：/quiz 5\n1 答题"


@pytest.mark.parametrize("typed", ["B", "提示", "不知道", "不会。", "对", "提交"])
def test_an_answer_to_nothing_is_told_how_to_begin(talk: Talk, typed: str) -> None:
    talk.says("帮助")
    assert talk.says(typed) == "现在没有待答的题。要开始，请发：答题\n1 答题"


def test_a_hint_may_be_typed_at_any_time(store: Store, write_pack: Write) -> None:
    fill = "## q001\n卡片: c01\n题: 翻土要在雨后____。\n答: 两三天\n依据: 雨后两三天\n"
    shelf.refresh(store, write_pack({"quiz.md": fill}).parent)
    talk = Talk(store)
    talk.says("/quiz q001")
    talk.says("今日")
    assert "提示：3 个字，第一个是“两”。" in talk.says("提示")
    assert talk.says("两三天").startswith("✅ 回答正确")


def test_a_blank_line_answers_nothing(store: Store, write_pack: Write) -> None:
    fill = "## q001\n卡片: c01\n题: 翻土要在雨后____。\n答: 两三天\n依据: 雨后两三天\n"
    shelf.refresh(store, write_pack({"quiz.md": fill}).parent)
    talk = Talk(store)
    talk.says("/quiz q001")
    for blank in ("  ", "\u200b", ""):
        assert talk.says(blank).startswith("没找到相关内容。")
    assert talk.says("两三天").startswith("✅ 回答正确")


def test_only_blanks_have_a_hint(talk: Talk) -> None:
    assert talk.says("/quiz q001").startswith("单选")
    assert talk.says("提示") == "只有填空题有提示。答不上来，请发：不知道\n1 不知道"
    assert talk.says("不知道").startswith("正确答案 B 江苏代表团。记下了")


def test_what_is_asked_about(talk: Talk) -> None:
    assert talk.says("/quiz c07").startswith("单选：学习材料把哪一项")
    assert talk.says("/quiz a5p2").startswith("第 1/5 题 · ")
    assert talk.says("/quiz a2.1").startswith("第 1/")
    assert talk.says("/quiz a2.1,a5.1-3").startswith("第 1/5 题 · ")
    assert talk.says("/quiz xinzhi-shengchanli/a2.1").startswith("第 1/")
    assert talk.says("/quiz 全要素生产率").startswith("第 1/")
    assert talk.says("/quiz xinzhi-shengchanli/c07").startswith("单选：学习材料")
    assert talk.says("/quiz a9.9").startswith("这一段还没有题目。")
    assert talk.says("/quiz zzz").startswith("没看懂“zzz”要考什么。请写题数，例如：/quiz 5")


def test_the_source_opens_at_the_quote(talk: Talk) -> None:
    one(talk, "q031")
    talk.says("B")
    page = talk.says("看原文")
    assert page.startswith("《中央政治局新年首次集体学习聚焦新质生产力》2/3")
    assert "核心标志是全要素生产率大幅提高。」" in page  # the sentence is marked


def test_a_question_that_changes_or_goes_while_it_is_open(
    talk: Talk, store: Store, write_pack: Write
) -> None:
    root = write_pack().parent
    shelf.refresh(store, root)
    talk.settings = type(talk.settings)(pack="zhongcai")
    other = Talk(store, talk.now, "小王")
    other.settings = talk.settings
    asked = one(other, "q001")
    write_pack({"quiz.md": FILES["quiz.md"].replace("- [ ] 雨刚停", "- [ ] 大雨天")})
    shelf.refresh(store, root)
    (again,) = press(other, asked, "B")
    assert plain(again.text).startswith(
        "这题刚改过，请按新的再答一次。\n单选：翻土挑什么时候？\n\nA 大雨天\n"
    )
    assert press(other, asked, "B")[0].toast == "这题已结束"
    write_pack(
        {
            "quiz.md": FILES["quiz.md"].split("## q002")[0]
            + "停用: 是\n\n## q002"
            + FILES["quiz.md"].split("## q002")[1]
        }
    )
    shelf.refresh(store, root)
    gone = press(other, again, "B")
    assert plain(gone[0].text) == "这题刚停用，不算。"
    assert store.rows("SELECT count(*) AS n FROM answers") == [{"n": 0}]


def test_two_devices_of_one_member(talk: Talk) -> None:
    asked = one(talk, "q064")
    phone, laptop = press(talk, asked, "A")[0], press(talk, asked, "D")[0]
    assert plain(press(talk, phone, "提交")[0].text).startswith("❌ 正确答案")
    assert press(talk, laptop, "提交")[0].toast == "这题已结束"
    assert talk.store.rows("SELECT count(*) AS n FROM answers") == [{"n": 1}]


def test_every_sentence_of_every_question_fits(talk: Talk) -> None:
    """All questions of the shipped pack, answered right by typing and by what their buttons say."""
    pack = talk.bot.packs["xinzhi-shengchanli"]
    for question in pack.questions:
        (asked,) = talk.replies(f"/quiz {question.id}")
        assert all(len(b.says.encode()) <= SAYS_BYTES for b in asked.buttons)
        assert len(plain(asked.text).split("\n")) <= 12
        row = talk.store.row("SELECT shuffle FROM asked WHERE state = 'open'")
        assert row

        token = marking.key(question, tuple(json.loads(row["shuffle"])))
        typed = {"A": "对", "B": "错"}[token] if question.kind == "bool" else token
        (answered,) = talk.replies(typed)
        assert plain(answered.text).startswith("✅ 回答正确："), question.id
        article = next(a for a in pack.articles if a.id == question.article)
        quote = "".join(question.quote.split())
        assert quote in "".join("".join(block.text for block in article.blocks).split())
        assert question.quote in plain(answered.text)


def test_two_words_for_one_blank_are_asked_again_and_not_marked(talk: Talk) -> None:
    talk.says("今日")
    talk.says("/quiz q071")
    for said in ("甲、乙", "答：1 到 100，1 到 10"):
        told = talk.says(said).split("\n")[0]
        assert told == "这题有 1 个空，收到 2 个。请只填一个，例如：创新"
    assert talk.store.rows("SELECT * FROM answers") == []
    assert "✅ 回答正确：1 到 100" in talk.says("1到100")


# ---------------------------------------------------------------- words that answer nothing, while a question is open


@pytest.mark.parametrize("typed", ["跳过", "我不会", "不会做", "忘了。", "跳过吧"])
def test_one_who_does_not_know_may_say_so_in_many_ways(talk: Talk, typed: str) -> None:
    one(talk, "q031")
    assert bare(talk.replies(typed)[0].text).startswith("正确答案 B 全要素生产率大幅提高。记下了")


@pytest.mark.parametrize(
    "typed", ["我觉得对", "我选乙方案", "以上都对", "第九个", "1A 2B 3C", "随便", "提交"]
)
def test_what_sounds_like_an_answer_leaves_the_question_open(talk: Talk, typed: str) -> None:
    one(talk, "q031")
    assert talk.says(typed) == "这题还等着：请发 A–D，或：不知道"
    assert talk.says("我觉得是B").startswith("✅ 回答正确：B 全要素生产率大幅提高")


def test_all_of_them_is_an_answer_where_several_may_be_chosen(talk: Talk) -> None:
    one(talk, "q031")
    assert talk.says("全选").startswith("这题只选一个。")
    one(talk, "q064")
    assert "你选 A B C D" in talk.says("全选")


def test_a_search_is_a_search_while_a_question_is_open(talk: Talk) -> None:
    one(talk, "q031")
    assert talk.says("核心标志").startswith("“核心标志”：2 处")
    assert talk.says("kejizili").startswith("没有完全匹配，以下按拼音猜测")
    assert talk.says("应该怎么发展新质生产力").startswith("没有完全匹配")
    assert talk.says("今天天气怎么样").startswith("没找到相关内容。")
    assert talk.says("Ｂ").startswith("✅ 回答正确")


def test_what_was_picked_is_handed_in_after_other_words(talk: Talk) -> None:
    asked = one(talk, "q064")
    (picked,) = press(talk, asked, "A")
    press(talk, picked, "B")
    talk.says("目录")
    talk.says("核心标志")
    assert "你选 A B" in talk.says("提交")


def test_an_order_that_is_not_whole_is_not_handed_in(talk: Talk) -> None:
    one(talk, "q024")
    assert talk.says("提交").startswith("这题还等着：请发顺序，例如 ")


def test_what_was_taken_back_is_not_handed_in(talk: Talk) -> None:
    one(talk, "q024")
    for said in ("2", "1", "重来"):
        talk.says(said)
    assert talk.says("提交").startswith("这题还等着：请发顺序，例如 ")
    talk.says("错题本")
    assert "错题本是空的" in talk.says("错题本")


@pytest.mark.parametrize("question", ["q001", "q062"], ids=["single", "fill"])
def test_who_goes_back_is_told_how_and_nothing_is_marked(talk: Talk, question: str) -> None:
    one(talk, question)
    for said in ("算了", "取消"):
        told = talk.says(said)
        assert told.startswith("这题还等着：请发"), told
        assert "，或：不知道。不答了，请发：结束" in told
    assert "错题本是空的" in talk.says("错题本")


def test_pairs_may_be_written_the_other_way_round() -> None:
    match = Question("q5", 1, "match", "?", "a1", "x", pairs=(("a", "1"), ("b", "2"), ("c", "3")))
    assert marking.read(match, (2, 0, 1), "1A 2B 3C") == "A1B2C3"
    truth = Question("q2", 1, "bool", "?", "a1", "x", options=("对", "错"), right=(0,))
    for said, token in (("我觉得对", "A"), ("应该是错的", "B"), ("我认为是对的吧", "A")):
        assert marking.read(truth, (0, 1), said) == token
    blank = Question("q3", 1, "fill", "____", "a1", "x", blanks=(("忘了",),))
    assert marking.read(blank, (), "忘了") == "忘了"
