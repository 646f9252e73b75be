"""What is typed while a question is open: answers in everybody's words, and what is none and costs nothing."""

import pytest
from conftest import FILES, SHIPPED, Talk, Write
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.listening import LONE
from bot.messages import bare
from bot.packs.read import read_pack
from bot.store import Store
from bot.study import saying, shelf

FILL = "## q001\n卡片: c01\n题: 翻土要在雨后____。\n答: 两三天\n依据: 雨后两三天\n"
OPEN = "这题还等着：请发 A–D，或：不知道"
RIGHT = "✅ 回答正确：B 全要素生产率大幅提高"
NOTHING_OPEN = "现在没有待答的题。要开始，请发：答题\n1 答题"


def text(talk: Talk, says: str) -> str:
    return bare(talk.replies(says)[0].text)


def marked(talk: Talk) -> int:
    return len(talk.store.rows("SELECT * FROM answers"))


@pytest.fixture
def blank(store: Store, write_pack: Write) -> Talk:
    """One for whom 翻土要在雨后____。 is open."""
    shelf.refresh(store, write_pack({"quiz.md": FILL}).parent)
    talk = Talk(store)
    talk.says("/quiz q001")
    return talk


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize(
    "said",
    [
        "B？",
        "b?",
        "答B",
        "B对吗",
        "B 对吗？",
        "是不是B",
        "是不是B？",
        "B吗",
        "应该是B吧？",
        "我想选B",
        "B是对的",
        "選B吧",
        "我覺得是B",
    ],
)
def test_a_letter_however_it_is_said(talk: Talk, said: str) -> None:
    talk.says("/quiz q031")
    assert text(talk, said).startswith(RIGHT)


@pytest.mark.parametrize("said", ["嗯", "收到", "我想想", "等一下", "知道了。"])
def test_one_who_is_not_ready_is_told_what_is_open(talk: Talk, said: str) -> None:
    talk.says("/quiz q031")
    assert text(talk, said) == OPEN


@pytest.mark.parametrize("said", ["B不对", "不是B", "A 还是 B", "我排除B", "不是B吧"])
def test_a_letter_that_is_not_chosen_is_no_answer(talk: Talk, said: str) -> None:
    talk.says("/quiz q031")
    text(talk, said)
    assert marked(talk) == 0


@pytest.mark.parametrize(
    "said",
    ["不知道啊", "不知道呀。", "我真不知道", "太难了", "这题太难了", "好难啊", "想不起来了", "不太清楚", "没印象", "我放弃", "看答案", "告诉我答案", "答案是什么？", "猜不出来", "太難了", "先跳过吧"],
)  # fmt: skip
def test_one_at_a_loss_is_told_the_answer(talk: Talk, said: str) -> None:
    talk.says("/quiz q031")
    assert text(talk, said).startswith("正确答案 B 全要素生产率大幅提高。记下了")


@pytest.mark.parametrize("said", ["对？", "对吗", "是不是对的", "我觉得是对的吧"])
def test_true_or_false_with_a_doubt(talk: Talk, said: str) -> None:
    talk.says("/quiz q005")
    assert text(talk, said).startswith("✅ 回答正确：对")


@pytest.mark.parametrize("said", ["不对吗", "对不对", "是不是", "是吗？"])
def test_what_may_mean_either_is_asked_back(talk: Talk, said: str) -> None:
    talk.says("/quiz q005")
    assert text(talk, said) == "这题还等着：请发对或错，或：不知道"
    assert marked(talk) == 0


@pytest.mark.parametrize(
    "said", ["先2后3再1", "首先2，然后3，最后1", "先 2 再 3 最后 1", "2到3到1", "2再3再1吧", "先二後三再一"]
)
def test_an_order_in_words(talk: Talk, said: str) -> None:
    talk.says("/quiz q024")
    assert text(talk, said).startswith(("✅ 回答正确：", "❌ 正确答案"))
    kept = talk.store.row("SELECT given FROM answers")
    assert kept
    assert kept["given"] == "231"


@pytest.mark.parametrize("said", ["换一题", "换一题吧", "换个题目", "換一題", "能换一道题吗？", "下一道"])
@pytest.mark.parametrize("question", ["q031", "q062", "q005", "q024"])
def test_another_question_comes_after_this_one(talk: Talk, question: str, said: str) -> None:
    talk.says(f"/quiz {question}")
    told = text(talk, said)
    assert told.startswith("这题还等着：请发")
    assert told.endswith("，或：不知道。答过就有下一题；不答了，请发：结束")
    assert marked(talk) == 0


def test_with_none_open_another_question_is_the_next(talk: Talk) -> None:
    talk.says("/quiz q031")
    talk.says("B")
    assert text(talk, "换一题").startswith("第 2/")


# ---------------------------------------------------------------- picked in turn


def test_picks_go_on_after_other_words(talk: Talk) -> None:
    talk.says("/quiz q064")
    talk.says("A")
    talk.says("目录")
    assert "已选：A C" in talk.says("C")
    talk.says("核心标志")
    assert "已选：C" in talk.says("A").replace("已选：A", "")
    talk.says("谢谢")
    talk.says("目录")
    assert "已选：B C" in talk.says("答：B")
    talk.says("核心标志")
    assert "你选 B C" in talk.says("提交")


def test_an_order_and_pairs_go_on_after_other_words(talk: Talk) -> None:
    talk.says("/quiz q024")
    talk.says("2")
    talk.says("/term 全要素生产率")
    talk.says("帮我")
    assert "你的顺序：2" in talk.says("答：2")  # it stands there already
    talk.says("核心标志 @文章9")
    assert "你的顺序：2 › 3 › 1" in talk.says("答：3")
    talk.says("/quiz q022")
    talk.says("/quiz q023")
    talk.says("A")
    talk.says("目录")
    assert "你的配对：A1" in talk.says("答：1")
    talk.says("目录")
    assert "你的配对：A1 B？" in talk.says("B")
    talk.says("目录")
    assert "你的配对：A1 C？" in talk.says("C")


def test_what_was_begun_anew_is_not_gone_on_with(talk: Talk) -> None:
    talk.says("/quiz q064")
    talk.says("A")
    talk.says("/quiz q064")  # asked again, with nothing picked
    talk.says("目录")
    assert "已选：B" in talk.says("B")


# ---------------------------------------------------------------- blanks


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("谢谢", "不客气，随时来。这题还等着：请发要填的词，或：不知道"),
        ("晚安", "好，随时来。这题还等着：请发要填的词，或：不知道"),
        ("更多", "这题还等着：请发要填的词，或：不知道"),
        ("下一页", "这题还等着：请发要填的词，或：不知道"),
        ("上一页", "这题还等着：请发要填的词，或：不知道"),
        ("嗯", "这题还等着：请发要填的词，或：不知道"),
        ("好的", "这题还等着：请发要填的词，或：不知道"),
        ("提交", "这题还等着：请发要填的词，或：不知道"),
        ("收到", "这题还等着：请发要填的词，或：不知道"),
        ("等一下", "这题还等着：请发要填的词，或：不知道"),
        ("让我想想", "这题还等着：请发要填的词，或：不知道"),
        ("等会再答", "这题还等着：请发要填的词，或：不知道"),
        ("可以吗？", "这题还等着：请发要填的词，或：不知道"),
        ("嗯？", "这题还等着：请发要填的词，或：不知道"),
        ("为什么", "这题还等着：请发要填的词，或：不知道"),
        ("什么意思？", "这题还等着：请发要填的词，或：不知道"),
        ("好了", "这题还等着：请发要填的词，或：不知道"),
        ("哈哈哈", "这题还等着：请发要填的词，或：不知道"),
    ],
)
def test_what_is_no_attempt_is_not_marked(blank: Talk, said: str, answer: str) -> None:
    assert text(blank, said) == answer
    assert marked(blank) == 0
    assert text(blank, "两三天").startswith("✅ 回答正确")


@pytest.mark.parametrize(
    "said", ["不用", "不要", "不", "不了", "no", "先不用了，谢谢", "算了", "取消", "退出", "改天吧"]
)
def test_a_no_to_an_open_question_is_no_answer_and_says_how_to_end(blank: Talk, said: str) -> None:
    assert text(blank, said) == "这题还等着：请发要填的词，或：不知道。不答了，请发：结束"
    assert marked(blank) == 0
    blank.says("结束")
    blank.says("两三天")
    assert marked(blank) == 0


def test_a_no_to_a_choice_leaves_it_open_and_to_a_claim_it_is_the_answer(talk: Talk) -> None:
    for said in ("不用", "不要", "no"):
        talk.says("/quiz q031")
        assert text(talk, said) == f"{OPEN}。不答了，请发：结束", said
    for said in ("否", "no", "不是"):
        talk.says("/quiz q005")
        assert text(talk, said).startswith("❌ 正确答案：对（你选错）"), said


@pytest.mark.parametrize(
    "said",
    ["不答了", "不做了", "不想做了", "先不答了", "算了，不答了", "不玩了。", "结束吧", "今天就到这里吧", "停", "不想答题了", "不做題了"],
)  # fmt: skip
@pytest.mark.parametrize("question", ["q031", "q005", "q034", "q024"])
def test_who_has_had_enough_is_let_go(talk: Talk, question: str, said: str) -> None:
    talk.says(f"/quiz {question}")
    assert text(talk, said) == "先到这里。"
    assert marked(talk) == 0
    assert text(talk, "B") == "现在没有待答的题。要开始，请发：答题"


@pytest.mark.parametrize("said", ["提示一下", "给点提示", "给个提示吧", "有提示吗？", "我要提示"])
def test_a_hint_however_it_is_asked_for(blank: Talk, said: str) -> None:
    assert "提示：3 个字，第一个是“两”。" in text(blank, said)
    assert marked(blank) == 0


@pytest.mark.parametrize(
    ("said", "answer"),
    [("今天学什么", "种菜三课 › 第 1/1 天"), ("有哪些文章", "文章目录："), ("读完了", "已读")],
)
def test_a_command_in_other_words_is_no_attempt(blank: Talk, said: str, answer: str) -> None:
    blank.says("今日")
    assert text(blank, said).startswith(answer)
    assert marked(blank) == 0


def test_an_article_is_turned_while_a_blank_is_open(talk: Talk) -> None:
    talk.says("/quiz q062")
    talk.says("文章 5")
    assert text(talk, "下一页").startswith("《壮大新质生产力的超强机遇》2/3")
    talk.says("下一页")
    assert text(talk, "下一页") == "这是最后一页。要读别的，请发：目录"
    assert marked(talk) == 0


@pytest.mark.parametrize(
    "said",
    ["我觉得是两三天", "答案是两三天", "应该是：两三天", "两三天吧", "我猜两三天？", "是不是两三天", "是两三天吗", "两三天对吗", "我填的是两三天", "可能是两三天吧", "我的答案：两三天", "答案：“两三天”", "我覺得是兩三天", "兩三天", "嗯，应该就是两三天"],
)  # fmt: skip
def test_what_is_said_around_an_answer_is_not_marked(blank: Talk, said: str) -> None:
    assert text(blank, said).startswith("✅ 回答正确：两三天")


@pytest.mark.parametrize(
    ("said", "given"),
    [("我觉得是十天", "十天"), ("答案是十天", "十天"), ("应该", "应该"), ("认为", "认为"), ("酒吧", "酒吧"), ("填土", "填土"), ("应该是", "应该是"), ("就业", "就业"), ("是非", "是非"), ("想象力", "想象力")],
)  # fmt: skip
def test_a_wrong_one_is_repeated_as_it_was_meant(blank: Talk, said: str, given: str) -> None:
    assert f"（你填 {given}）" in text(blank, said)


@pytest.mark.parametrize(
    "answer",
    [
        "应该是两三天",
        "谢谢",
        "更多",
        "是两三天吧",
        "换一题",
        "太难了",
        "答案",
        "嗯",
        "好的",
        "不用",
        "不做了",
        "为什么",
        "停",
        "提示一下",
    ],
)
def test_where_the_answer_is_such_a_word_it_is_one(store: Store, write_pack: Write, answer: str) -> None:
    body = FILES["articles/01-tu.md"] + f"\n他说{answer}。\n"
    quiz = f"## q001\n文章: a1\n题: 他说____。\n答: {answer}\n依据: 他说{answer}\n"
    shelf.refresh(store, write_pack({"articles/01-tu.md": body, "quiz.md": quiz}).parent)
    talk = Talk(store)
    talk.says("/quiz q001")
    assert text(talk, answer).startswith(f"✅ 回答正确：{answer}")


# ---------------------------------------------------------------- nothing open


@pytest.mark.parametrize(
    "said",
    [
        "A吧",
        "我觉得选A",
        "B？",
        "答B",
        "是不是B",
        "B对吗",
        "选c",
        "應該是D",
        "不知道啊",
        "我不会啊",
        "答案是A。",
        "我选A吧",
    ],
)
def test_an_answer_to_nothing_is_no_search(talk: Talk, said: str) -> None:
    talk.says("帮助")
    assert talk.says(said) == NOTHING_OPEN


@pytest.mark.parametrize(
    "said", ["AI", "C语言", "答案", "选择", "太难了", "A股", "GDP", "应该", "我", "A和B", "放弃", "难"]
)
def test_a_word_is_a_word_when_nothing_is_open(talk: Talk, said: str) -> None:
    assert not talk.says(said).startswith("现在没有待答的题。")


PACK, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
SHIPPED_TEXT = [block.text for article in PACK.articles for block in article.blocks] if PACK else []


@given(st.sampled_from(SHIPPED_TEXT), st.integers(0, 400), st.integers(2, 9))
def test_no_piece_of_the_texts_is_taken_for_an_answer(block: str, at: int, size: int) -> None:
    piece = block[at % len(block) :][:size].strip()
    if len(piece) > 1:
        assert not LONE.fullmatch(piece), piece
        assert not saying.lone(piece), piece


# ---------------------------------------------------------------- pages and days


@pytest.mark.parametrize("said", ["下一页", "上一页", "翻页", "下一页吧"])
def test_with_nothing_to_turn_one_is_told_what_to_open(talk: Talk, said: str) -> None:
    talk.says("今日")
    assert text(talk, said) == "现在没有可以翻页的列表或文章。请先打开一个，例如：目录"


@pytest.mark.parametrize(
    "said",
    [
        "我学完了",
        "我看完了",
        "我已经读完了",
        "今天的看完了",
        "我读完啦",
        "都看完了",
        "我讀完了",
        "今天的学完了。",
    ],
)
def test_read_is_understood_before_and_after(xiaolin: Talk, said: str) -> None:
    assert text(xiaolin, said).startswith("已读，连续学习 1 天")
    assert text(xiaolin, said) == "09:10 已经记过。"


def test_a_pack_of_one_card_has_one_day(store: Store, write_pack: Write) -> None:
    shelf.refresh(store, write_pack().parent)
    talk = Talk(store)
    assert text(talk, "第2天") == "没有第 2 天，这个内容只有 1 天。请看这一天，例如：/day 1"
    assert text(talk, "第2篇") == "没有第 2 篇，这个内容只有 1 篇。请看这一篇，例如：/article 1"
    assert text(talk, "第1天").startswith("种菜三课 › 第 1/1 天")


@pytest.mark.parametrize(
    "said",
    [
        "什么是基肥",
        "什麼是基肥",
        "甚麼是基肥？",
        "基肥是什麼",
        "請問什麼是基肥",
        "基肥是什麼意思？",
        "啥是基肥",
    ],
)
def test_the_term_a_question_is_about_is_named_in_any_writing(
    store: Store, write_pack: Write, said: str
) -> None:
    shelf.refresh(store, write_pack().parent)
    assert talk_of(store).says(said).startswith(("术语：底肥（发“术语 基肥”看解释）", "底肥 · 肥料"))


def talk_of(store: Store) -> Talk:
    return Talk(store)
