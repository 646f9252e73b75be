"""What a number or a button means: offers, stamps, prompts, and presses that come too late or are forged."""

import json
from dataclasses import replace

import pytest
from conftest import Talk

from bot.commands import desk
from bot.commands.choices import shortened
from bot.messages import SAYS_BYTES, Button, Incoming, bare, row, say
from bot.store import offers


def test_a_sentence_that_is_too_long_goes_through_the_offer(talk: Talk) -> None:
    turn = talk.bot._turn(Incoming("terminal", "小林", "小林", ""), talk.now)
    words = "/search " + "碳中和" * 10
    (reply,) = desk().offered(turn, [say("看", rows=(row(("长", words), ("短", "/today")),))])
    long, short = reply.buttons
    assert long.says.startswith("/go ")
    assert long.says.endswith(" 0")
    assert short.says == "/today"
    assert all(len(b.says.encode()) <= SAYS_BYTES for b in reply.buttons)
    assert "没找到" in bare(talk.replies("长")[0].text)
    assert "没找到" in bare(talk.replies(long.says, pressed="1")[0].text)


def test_an_old_page_is_shown_anew_and_a_forged_one_is_not(talk: Talk) -> None:
    turn = talk.bot._turn(Incoming("terminal", "小林", "小林", ""), talk.now)
    (reply,) = desk().offered(
        turn,
        [
            say(
                "看",
                rows=(
                    row(
                        ("长", "/search 核心标志" + " " * 60),
                    ),
                ),
            )
        ],
    )
    says = reply.buttons[0].says
    fresh = talk.later(minutes=31).replies(says, pressed="1")[0]
    assert fresh.toast == "这一页过期了，这是新的"
    assert "核心标志" in bare(fresh.text)
    for forged in ("/go zzzzzz 0", says[:-1] + "9"):
        assert bare(talk.replies(forged, pressed="1")[0].text) == "这个按钮过期了。请重新打开，例如：今日"
    other = Talk(talk.store, talk.now, "小张")
    assert bare(other.replies(says, pressed="1")[0].text).startswith("这个按钮过期了。")


def test_a_button_of_a_command_that_is_gone(talk: Talk) -> None:
    assert bare(talk.replies("/gone x7", pressed="9")[0].text) == "这个按钮过期了。请重新打开，例如：今日"


def test_a_prompt_takes_the_next_text_for_five_minutes(xiaolin: Talk) -> None:
    xiaolin.says("时间")
    assert "每天 08:30" in xiaolin.later(minutes=4).says("8点半")
    xiaolin.says("时间")
    assert xiaolin.later(minutes=6).says("9点半").startswith("要改成每天 09:30")  # asked, not done
    xiaolin.says("时间")
    assert xiaolin.says("今日").startswith("新质生产力")  # a command wins over the prompt
    assert "只在工作日" not in xiaolin.says("只在工作日")


def test_a_label_of_the_last_reply_wins_over_its_prompt(xiaolin: Talk) -> None:
    xiaolin.says("/time")
    assert xiaolin.says("只在工作日").startswith("已改为：工作日 07:52")


def test_an_update_is_handled_once(talk: Talk) -> None:
    assert talk.replies("订阅", update="77")
    assert talk.replies("退订", update="77") == []
    assert "下一次明天" in talk.says("设置")


def test_the_offers_of_one_person_do_not_pile_up(talk: Talk) -> None:
    for _ in range(60):
        talk.says("今日")
    (row_,) = talk.store.rows("SELECT count(*) AS n FROM offers")
    assert row_["n"] <= 2 * offers.KEPT


def test_stickers_and_the_like(talk: Talk) -> None:
    answer = talk.replies("", event="other")[0]
    assert bare(answer.text) == "我只看得懂文字。要找内容，请发关键词，例如：新三样"


@pytest.mark.parametrize("n", range(3))
def test_shortened_keeps_links_and_places(n: int) -> None:
    rows = (
        (Button("a", "https://example.com/" + "x" * 90), Button("b", "/search " + "汉" * 40)),
        (Button("c", "/" + "c" * 70),),
    )
    found = [b.says for each in shortened(rows, "abcdef") for b in each]
    assert found == ["https://example.com/" + "x" * 90, "/go abcdef 1", "/go abcdef 2"]
    assert replace(rows[0][0], label="b").label == "b"


def test_every_stored_sentence_of_a_button_leads_somewhere(xiaolin: Talk) -> None:
    for said in (
        "开始",
        "今日",
        "目录",
        "设置",
        "时间",
        "日子",
        "时区",
        "暂停",
        "资料",
        "收藏",
        "没收到",
        "帮助",
        "更多",
    ):
        xiaolin.says(said)
    found = desk()
    for kept in xiaolin.store.rows("SELECT says FROM offers"):
        for sentence in json.loads(kept["says"]):
            assert found.find(sentence) is not None, sentence


# ---------------------------------------------------------------- numbers and labels


@pytest.mark.parametrize("typed", ["2", "２", " 2 ", "2。", "2.", "2️⃣"])
def test_a_number_is_taken_however_it_is_written(talk: Talk, typed: str) -> None:
    talk.says("目录")
    assert talk.says(typed).startswith("《中央政治局新年首次集体学习聚焦新质生产力》1/")


@pytest.mark.parametrize("typed", ["-1", "1，2", "1-2", "（1）", "1!", "+1", "1.5", "1/2", "1:2", "“1”"])
def test_what_only_has_digits_in_it_is_no_number(talk: Talk, typed: str) -> None:
    talk.says("目录")
    assert not talk.says(typed).startswith("《")


@pytest.mark.parametrize("typed", ["下一页", "下一页 ➡", "下一页。", "下一页！", "➡下一页"])
def test_a_label_is_taken_however_it_is_written(talk: Talk, typed: str) -> None:
    talk.says("文章 5")
    assert talk.says(typed).startswith("《壮大新质生产力的超强机遇》2/3")


def test_a_long_button_of_an_edited_message_presses_itself(talk: Talk) -> None:
    turn = talk.bot._turn(Incoming("terminal", "小林", "小林", ""), talk.now)
    new = (row(("今日", "/today"), ("甲", "/search " + "核心标志" * 9)),)
    edited = (row(("乙", "/search " + "碳中和" * 9), ("今日", "/today")), row(("丙", "/heads 5" + " " * 60)))
    (reply,) = desk().offered(turn, [replace(say("看", rows=new), edits=True, edited_rows=edited)])
    assert reply.edited_rows is not None
    says = {button.label: button.says for each in reply.edited_rows for button in each}
    assert says["今日"] == "/today"
    assert bare(talk.replies(says["乙"], pressed="1")[0].text).startswith("没找到“碳中和")
    assert bare(talk.replies(says["丙"], pressed="1")[0].text).startswith(
        "《壮大新质生产力的超强机遇》的小标题"
    )
    (once_more,) = desk().offered(turn, [replace(say("看", rows=new), edits=True, edited_rows=new)])
    assert once_more.edited_rows == once_more.rows


def test_a_label_of_the_last_reply_wins_over_the_word_of_a_command(xiaolin: Talk) -> None:
    xiaolin.says("/card c05")
    assert xiaolin.says("已读").startswith("已读，算在今天。")
    kept = xiaolin.store.rows("SELECT card FROM reads")
    assert [row_["card"] for row_ in kept] == ["c05"]
    xiaolin.says("/card c04")
    assert xiaolin.says("已讀").startswith("已读，算在今天。")  # traditional, too
    xiaolin.says("/card c03")
    assert xiaolin.says("/已读").startswith("已读，连续学习 1 天")  # with a slash it is the command: today's
    assert {row_["card"] for row_ in xiaolin.store.rows("SELECT card FROM reads")} == {"c04", "c05", "c07"}
    xiaolin.says("/card c05")
    assert not xiaolin.says("答一题").startswith("第 1/")  # one question about this card, no session


def test_with_an_argument_a_command_stays_a_command(xiaolin: Talk) -> None:
    xiaolin.says("/article abc")  # its button is called 搜索 abc
    assert xiaolin.says("搜索 核心标志").startswith("“核心标志”：2 处")
    xiaolin.says("暂停")  # 3 天, 7 天 …
    assert xiaolin.says("暂停 5").startswith("已暂停 5 天")


def test_the_word_for_favourites_lists_them_below_a_card_too(xiaolin: Talk) -> None:
    xiaolin.says("今日")  # its last button is called 收藏
    assert xiaolin.says("收藏").startswith("还没有收藏。")


def test_a_label_of_an_earlier_reply_is_no_button_any_more(xiaolin: Talk) -> None:
    xiaolin.says("/card c05")
    xiaolin.says("帮助")
    xiaolin.says("已读")
    assert [row_["card"] for row_ in xiaolin.store.rows("SELECT card FROM reads")] == ["c07"]


# ---------------------------------------------------------------- a prompt outlives a wrong answer


def test_a_prompt_stays_open_after_a_wrong_answer(xiaolin: Talk) -> None:
    xiaolin.says("时间")
    assert xiaolin.later(minutes=1).says("隔天").startswith("没看懂“隔天”是什么时候。")
    assert xiaolin.later(minutes=1).says("25:61").startswith("“25:61”不是一天里的时间。")
    assert xiaolin.later(minutes=1).says("晚上9点").startswith("已改为：每天 21:00")
    assert xiaolin.says("晚上8点").startswith("要改成")  # answered: closed


def test_its_five_minutes_are_not_made_longer_by_a_wrong_answer(xiaolin: Talk) -> None:
    xiaolin.says("时间")
    xiaolin.later(minutes=4).says("隔天")
    assert xiaolin.later(minutes=2).says("晚上9点").startswith("要改成")


def test_what_a_wrong_answer_is_offered_can_be_pressed_and_typed(xiaolin: Talk) -> None:
    for typed in ("工作日 07:52", "工作日07:52"):
        xiaolin.says("时间")
        (wrong,) = xiaolin.replies("隔天")
        assert [b.label for b in wrong.buttons] == ["每天 07:52", "工作日 07:52"]
        assert xiaolin.says(typed).startswith(("已改为：工作日 07:52", "已经是：工作日 07:52"))
        xiaolin.says("/time 每天 07:52")
    xiaolin.says("时间")
    (wrong,) = xiaolin.replies("隔天")
    assert bare(xiaolin.replies(wrong.buttons[1].says, pressed="1")[0].text).startswith("已改为：工作日")


def test_numbers_answer_a_prompt_that_asks_for_one(xiaolin: Talk) -> None:
    xiaolin.says("暂停")
    assert xiaolin.says("900").endswith("例如：/pause 7\n或：7 天、退订")
    assert xiaolin.says("2").startswith("已暂停 2 天")  # and not its second button, 退订


def test_numbers_press_what_is_numbered_also_where_a_prompt_is_open(xiaolin: Talk) -> None:
    assert xiaolin.says("日子").endswith("1 每天　2 工作日　3 周一到周五　4 返回")
    assert xiaolin.says("隔天").endswith("1 每天 07:52　2 工作日 07:52")
    assert xiaolin.says("2").startswith("已改为：工作日 07:52")
    xiaolin.says("日子")
    assert xiaolin.says("3").startswith("已改为：周一到周五 07:52")


def test_another_command_closes_a_prompt_even_if_it_fails(xiaolin: Talk) -> None:
    xiaolin.says("时间")
    assert xiaolin.says("/article 99").startswith("没有第 99 篇")
    assert xiaolin.says("晚上9点").startswith("要改成")


# ---------------------------------------------------------------- after the last page


def test_after_the_last_hits_there_are_no_more(talk: Talk) -> None:
    assert talk.says("更多").startswith("现在没有列表可以往下翻。")
    seen = talk.says("搜索 质")
    while "更多" in seen:
        seen = talk.says("更多")
    assert talk.says("更多") == "就这些了。上面的序号还能选，也可以换个词再找。"
    assert talk.says("还有吗？").startswith("就这些了。")
    assert talk.says("下一页").startswith("就这些了。")
    number = next(line for line in seen.split("\n") if line[:1].isdigit()).split(" ")[0]
    assert talk.says(number).startswith("《")  # the list still stands


def test_before_the_first_and_after_the_last_page(talk: Talk) -> None:
    talk.says("文章 5")
    assert talk.says("上一页") == "这是第一页。要读别的，请发：目录"
    talk.says("下一页")
    assert talk.says("下一页").startswith("《壮大新质生产力的超强机遇》3/3")
    assert talk.says("下一页") == "这是最后一页。要读别的，请发：目录"
    assert talk.says("更多") == "这是最后一页。要读别的，请发：目录"
    assert talk.says("上一页").startswith("《壮大新质生产力的超强机遇》2/3")
    assert talk.says("继续").startswith("《壮大新质生产力的超强机遇》3/3")
    assert talk.says("往上翻").startswith("《壮大新质生产力的超强机遇》2/3")
