"""What people really write: the command said another way, a time alone, thanks; and nothing done on a guess."""

import pytest
from conftest import Talk

from bot.messages import bare
from bot.store import subscriptions


def text(talk: Talk, says: str) -> str:
    return bare(talk.replies(says)[0].text)


def labels(talk: Talk, says: str) -> list[str]:
    return [f"{b.label} → {b.says}" for b in talk.replies(says)[0].buttons]


@pytest.mark.parametrize("said", ["07:52", "8点", "早上八点", "每天晚上9点", "工作日 8:30", "８：００"])
def test_a_time_alone_is_offered_and_not_taken(talk: Talk, said: str) -> None:
    talk.says("今日")
    assert text(talk, said).startswith("要订阅吗？")
    assert subscriptions.all_active(talk.store) == []
    assert labels(talk, said)[0].startswith("订阅 ")


def test_a_time_alone_says_what_it_would_change(talk: Talk) -> None:
    assert text(talk, "早上八点") == "要订阅吗？每天 08:00（Asia/Shanghai）送到。"
    assert labels(talk, "早上八点") == ["订阅 08:00 → /subscribe 早上八点", "今日学习 → /today"]
    assert text(talk, "订阅 08:00").startswith("已订阅：每天 08:00")
    assert text(talk, "工作日晚上9点") == "要改成工作日 21:00（Asia/Shanghai）吗？"
    assert text(talk, "1").startswith("已改为：工作日 21:00")


@pytest.mark.parametrize("said", ["2024", "1953", "25:61", "3.15", "99"])
def test_a_year_is_no_time(talk: Talk, said: str) -> None:
    assert not text(talk, said).startswith("要订阅吗")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("今天学什么", "新质生产力：五篇材料三十天 › 第 7/30 天"),
        ("我想看今日", "新质生产力：五篇材料三十天 › 第 7/30 天"),
        ("看完了", "已读，连续学习 1 天"),
        ("读完了。", "已读，连续学习 1 天"),
        ("我想换个时间", "现在是每天 07:52（Asia/Shanghai）。直接发新时间"),
        ("能不能改时间", "现在是每天 07:52（Asia/Shanghai）。直接发新时间"),
        ("暂停三天", "已暂停 3 天"),
        ("停一周", "已暂停 7 天"),
        ("暂停一周", "已暂停 7 天"),
        ("停两周吧", "要停两周吗？"),
        ("请帮我订阅早上八点", "要订阅早上八点吗？"),
        ("帮我找 核心标志", "“核心标志”：2 处"),
        ("我想看第3篇", "《习近平总书记首次提到"),
        ("停", "停几天？"),
        ("停止", "停几天？"),
        ("暂停一下", "停几天？"),
        ("订阅早上八点", "已改为：每天 08:00"),
        ("改到晚上9点", "已改为：每天 21:00"),
        ("时区东京", "已改为：每天 07:52（Asia/Tokyo）"),
        ("帮助我", "直接发这些词就行"),
        ("??", "直接发这些词就行"),
        ("？？", "直接发这些词就行"),
        ("功能", "直接发这些词就行"),
        ("你能做什么", "我是每日一学：每天送一段学习材料"),
        ("你能做什么？", "我是每日一学：每天送一段学习材料"),
        ("这是什么？", "我是每日一学：每天送一段学习材料"),
        ("帮我看看目录", "文章目录：5 篇"),
        ("请答题", "第 1/"),
        ("设置一下", "推送设置"),
        ("谢谢", "不客气，随时来。"),
        ("谢谢！", "不客气，随时来。"),
        ("晚安", "好，随时来。"),
        ("好", "好，随时来。"),  # a nod to what was told, though 好 stands in eight places
        ("行。", "好，随时来。"),
        ("搜索 好", "“好”：8 处"),
        ("你是谁", "我是每日一学：每天送一段学习材料"),
        ("你是什么", "我是每日一学：每天送一段学习材料"),
        ("在吗", "欢迎回来。"),
    ],
)
def test_everyday_words_are_understood(xiaolin: Talk, said: str, answer: str) -> None:
    assert text(xiaolin, said).startswith(answer)


@pytest.mark.parametrize("said", ["怎么订阅", "我想订阅", "能不能订阅", "订阅吧", "请问怎么订阅？"])
def test_subscribing_is_offered(talk: Talk, said: str) -> None:
    (offered,) = talk.replies(said)
    assert bare(offered.text) == "要订阅吗？例如：订阅 07:52"
    assert offered.buttons[0].says == "/subscribe 07:52"
    assert subscriptions.all_active(talk.store) == []


@pytest.mark.parametrize("said", ["退订吧", "不要再发了", "我想退订", "别再发了", "我不想收了"])
def test_leaving_is_offered_and_not_done(xiaolin: Talk, said: str) -> None:
    assert text(xiaolin, said).endswith("不想再收推送，请发：退订")
    assert labels(xiaolin, said)[0] == "退订 → /unsubscribe"
    assert len(subscriptions.all_active(xiaolin.store)) == 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("今天天气怎么样", "没找到相关内容。想看今天的卡片，请发：今日"),
        ("怎样把我的错题找出来练", "没找到相关内容。想练错过的题，请发：错题本"),
        ("隐私会被你卖掉吗", "没找到相关内容。想知道存了什么，请发：隐私"),
        ("已经订阅过的人", "已经订阅了"),
        ("推送太早了", "没找到相关内容。想改推送时间，请发：改时间"),
        ("关闭推送", "没找到相关内容。不想再收推送，请发：退订"),
    ],
)
def test_a_commands_word_in_a_text_that_finds_nothing_is_offered(
    xiaolin: Talk, said: str, answer: str
) -> None:
    assert answer in text(xiaolin, said)


@pytest.mark.parametrize("said", ["功能", "时间", "学习", "停止"])
def test_what_stands_in_the_texts_is_found_all_the_same(talk: Talk, said: str) -> None:
    found = text(talk, f"/search {said}")
    if not found.startswith("没找到") and not found.startswith("没有完全匹配") and said != "时间":
        assert text(talk, said) == found


def test_at_a_prompt_what_cannot_be_the_answer_may_mean_something_else(xiaolin: Talk) -> None:
    for said, answer in (
        ("退订吧", "不想再收推送"),
        ("看完了", "已读"),
        ("谢谢", "不客气"),
        ("早上八点", "要改成每天 08:00"),
        ("不知道", "没看懂“不知道”是几天"),
        ("0", "现在没有暂停"),
    ):
        xiaolin.says("暂停")
        assert text(xiaolin, said).startswith(answer), said
    xiaolin.says("改时间")
    assert text(xiaolin, "8").startswith("“8”是几点？")
    assert text(xiaolin, "帮助我").startswith("直接发这些词就行")


def test_what_is_said_around_no_command_is_searched(talk: Talk) -> None:
    assert "核心标志" in text(talk, "我想看核心标志")
    assert text(talk, "时间就是金钱").startswith("没找到")
    assert text(talk, "停电了").startswith("没")


# ---------------------------------------------------------------- going back on it


@pytest.mark.parametrize("said", ["取消", "算了", "不改了。", "取消！"])
@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        ("改时间", "好，没有改。"),
        ("日子", "好，没有改。"),
        ("时区", "好，没有改。"),
        ("暂停", "好，照常推送。"),
        ("清除数据", "好，什么都没删。"),
    ],
)
def test_what_was_begun_can_be_left(xiaolin: Talk, begun: str, said: str, answer: str) -> None:
    xiaolin.says(begun)
    assert text(xiaolin, said) == answer
    assert not text(xiaolin, "3").startswith(("已暂停", "已改为"))  # closed
    assert text(xiaolin, "你好").startswith("欢迎回来。今天是第 7/30 天")


def test_a_wrong_answer_can_be_left_too(xiaolin: Talk) -> None:
    xiaolin.says("改时间")
    xiaolin.says("隔天")
    assert text(xiaolin, "算了") == "好，没有改。"
    assert text(xiaolin, "隔天").startswith("没")  # no prompt any more
    assert "隔天”是什么时候" not in text(xiaolin, "隔天")


def test_with_nothing_begun_there_is_nothing_to_leave(xiaolin: Talk) -> None:
    assert text(xiaolin, "取消") == "现在没有要取消的。不想再收推送，请发：退订"
    assert text(xiaolin, "取消订阅").startswith("已退订")


def test_more_goes_on_with_a_list_and_is_not_its_end_below_a_card(talk: Talk) -> None:
    assert "13 " not in talk.says("搜索 科技")
    talk.says("更多")
    assert "就这些了" not in talk.says("下一页")
    talk.says("今日")
    assert talk.says("还有吗").startswith("现在没有列表可以往下翻。")


def test_the_opposite_of_pausing_and_leaving(talk: Talk) -> None:
    talk.says("订阅 07:52")
    talk.says("暂停 7")
    for said in ("取消暂停", "不暂停了", "结束暂停"):
        assert "请发：恢复" in talk.says(said), said
    assert "请发：退订" not in talk.says("取消退订")
    assert "不想再收推送，请发：退订" in talk.says("以后不要推送给我")


def test_what_the_bot_is_is_said_in_two_sentences(talk: Talk) -> None:
    assert text(talk, "你是谁") == (
        "我是每日一学：每天送一段学习材料，两分钟读完。\n还可以读全文、搜原文、查术语、答题；错的题到期会再问。"
    )
    assert labels(talk, "你能做什么") == [
        "今日学习 → /today",
        "订阅 07:52 → /subscribe 07:52",
        "使用帮助 → /help",
    ]
    talk.says("订阅")
    assert labels(talk, "你能做什么") == ["今日学习 → /today", "使用帮助 → /help"]
    (said,) = talk.in_group("你是谁")
    assert bare(said.text).startswith("我是每日一学：每天在群里送一段学习材料")
    assert [b.label for b in said.buttons] == ["今日学习", "使用帮助"]


# ---------------------------------------------------------------- labels of replies further up


def test_the_article_of_todays_card_wherever_one_is(xiaolin: Talk) -> None:
    xiaolin.says("设置")
    assert text(xiaolin, "读全文").startswith("《中央政治局新年首次集体学习聚焦新质生产力》")
    xiaolin.says("目录")
    assert text(xiaolin, "看原文").startswith("《中央政治局新年首次集体学习聚焦新质生产力》")
    xiaolin.says("/card c01")
    assert text(xiaolin, "读全文").startswith(
        "《以新质生产力为高质量发展注入强大动力》"
    )  # the button stands there


def test_before_the_first_card_it_is_shown_first(talk: Talk) -> None:
    assert "› 第 1/30 天" in text(talk, "读全文")
    talk.says("设置")
    assert text(talk, "读全文").startswith("《以新质生产力为高质量发展注入强大动力》")


def test_the_source_of_the_last_answer(xiaolin: Talk) -> None:
    xiaolin.says("/quiz c26")
    xiaolin.says("不知道")
    xiaolin.says("设置")
    assert text(xiaolin, "看原文").startswith("《壮大新质生产力的超强机遇》")
    xiaolin.later(hours=13).says("设置")
    assert text(xiaolin, "看原文").startswith("《中央政治局新年首次集体学习聚焦新质生产力》")


def test_another_set_of_questions(xiaolin: Talk) -> None:
    for said in ("再来一组", "随便来一组"):
        xiaolin.says("设置")
        assert text(xiaolin, said).startswith("再来一组，不计分。\n第 1/5 题")
        xiaolin.says("设置")
        assert "第 1/5 题" in text(xiaolin, "接着答")
        xiaolin.says("结束")
    assert text(xiaolin, "全部练一遍") == "错题本是空的。"


def test_other_labels_mean_the_same_further_down(xiaolin: Talk) -> None:
    xiaolin.says("暂停 7")
    xiaolin.says("目录")
    assert text(xiaolin, "现在恢复").startswith("已恢复")
    xiaolin.says("退订")
    xiaolin.says("目录")
    assert text(xiaolin, "重新订阅").startswith("已订阅")
    xiaolin.says("目录")
    assert text(xiaolin, "只在工作日").startswith("已改为：工作日")


def test_pages_are_turned_after_something_else(xiaolin: Talk) -> None:
    assert "》1/" in text(xiaolin, "文章 5")
    xiaolin.says("设置")
    assert "》2/" in text(xiaolin, "下一页")
    xiaolin.says("设置")
    assert "》1/" in text(xiaolin, "上一页")
    xiaolin.says("设置")
    assert text(xiaolin, "上一页") == "已经是《壮大新质生产力的超强机遇》的第一页。"
    assert text(Talk(xiaolin.store, xiaolin.now, "小张"), "下一页").endswith("请先打开一个，例如：目录")


def test_questions_about_the_page_read_last(xiaolin: Talk) -> None:
    xiaolin.says("设置")
    assert text(xiaolin, "考我这一段").startswith("第 1/")  # nothing was read: a session
    xiaolin.says("结束")
    xiaolin.says("文章 5")
    xiaolin.says("设置")
    xiaolin.says("考我这一段")
    assert "壮大新质生产力的超强机遇" in xiaolin.says("不知道")
    assert text(xiaolin, "返回目录").startswith("文章目录：5 篇")


def test_the_label_of_a_link_says_the_link(talk: Talk) -> None:
    talk.settings.doors["telegram"] = "https://t.me/daily_study_bot?start="
    (card,) = talk.replies("今日", channel="telegram")
    assert card.buttons[-1].label == "分享"
    (said,) = talk.replies("分享", channel="telegram")
    assert bare(said.text) == f"在这里打开：\n{card.buttons[-1].says}"


@pytest.mark.parametrize("said", ["退订吧", "我想退订", "我不想再收推送了", "请帮我退订"])
def test_who_has_no_push_is_not_told_how_to_end_it(talk: Talk, said: str) -> None:
    (reply,) = talk.replies(said)
    assert bare(reply.text).endswith("现在没有订阅，不会有推送。")
    assert [b.label for b in reply.buttons] == ["订阅 07:52"]
    talk.replies("好")
    assert not reply.yes  # it asks nothing
    assert subscriptions.all_active(talk.store) == []
    talk.says("订阅")
    assert bare(talk.replies(said)[0].text).endswith("不想再收推送，请发：退订")
