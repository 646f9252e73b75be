"""The end of a course: what was done is told once, in true numbers, with the 已读 of the last card."""

import pytest
from conftest import FILES, Talk, Write

from bot.messages import Reply, bare
from bot.store import Store
from bot.study import shelf

CARD = (
    "## c0{n} 第 {n} 课\n文章: a1\n\n第 {n} 课，老周讲过好几遍。等土面发白、一捏就散再下锹，翻得深，根扎得稳，"
    "出苗也齐。雨刚停就踩进地里，土会结成硬块，晒干以后更难敲碎。\n\n"
)


def garden(write_pack: Write, cards: int = 4) -> dict[str, str]:
    return {
        "cards.md": "".join(CARD.format(n=n) for n in range(1, cards + 1)),
        "quiz.md": FILES["quiz.md"].replace("卡片: c01", "卡片: c04"),
    }


@pytest.fixture
def talk4(store: Store, write_pack: Write) -> Talk:
    """Four cards, the first three given; the fourth, the last one, was pushed just now."""
    shelf.refresh(store, write_pack(garden(write_pack)).parent)
    talk = Talk(store).at("2026-11-20")
    talk.says("订阅 07:52")
    return talk


def to_the_end(talk: Talk, *read: int) -> Talk:
    """Every card is pushed, those of `read` are read on their day."""
    if 1 in read:
        talk.says("已读")
    for n in (2, 3):
        talk.pushed(f"2026-11-2{n - 1}")
        if n in read:
            talk.says("已读")
    return talk.pushed("2026-11-23").at("2026-11-23", "07:55")


def told(replies: list[Reply]) -> tuple[str, list[tuple[str, str]]]:
    return bare(replies[-1].text), [(b.label, b.says) for b in replies[-1].buttons]


def test_the_last_card_tells_what_was_done(talk4: Talk) -> None:
    to_the_end(talk4, 1, 2, 3)
    first, end = talk4.replies("/read c04", pressed="1")
    assert first.toast == "已读，连续学习 4 天，今天 +1 分"
    assert told([end]) == ("《种菜三课》学完了：4 天，读了 4 张。", [("学习记录", "/streak")])
    for said in ("/read c04", "/read c03"):
        assert len(talk4.replies(said)) == 1
    talk4.pushed("2026-11-24")
    assert len(talk4.replies("已读")) == 1  # said once, not with every review


def test_what_was_left_out_and_what_went_wrong(talk4: Talk) -> None:
    to_the_end(talk4, 1, 3)
    talk4.says("/quiz q002")
    talk4.says("错")
    talk4.later(days=1).says("/quiz q002")
    talk4.says("对")
    talk4.says("/quiz q002")
    talk4.says("错")
    text, below = told(talk4.replies("/read c04"))
    assert (
        text == "《种菜三课》学完了：4 天，读了 3 张，答对 1/3 题。\n没读的 1 张可以补看；错题本还有 1 题。"
    )
    assert below == [("补看第 2 天", "/card c02"), ("错题本", "/wrong"), ("学习记录", "/streak")]
    assert "第 2 课" in talk4.says("1")
    assert talk4.says("已读").startswith("已读，连续学习 1 天。")


def test_many_unread_cards_come_again_by_themselves(talk4: Talk) -> None:
    text, below = told(to_the_end(talk4).replies("已读"))
    assert text == "《种菜三课》学完了：4 天，读了 1 张。\n没读的 3 张，温故时会再来。"
    assert below == [("学习记录", "/streak")]


def test_the_answer_that_reads_the_last_card_tells_it_too(talk4: Talk) -> None:
    to_the_end(talk4, 1, 2, 3)
    talk4.says("/quiz q001")
    replies = talk4.replies("B")
    assert told(replies)[0] == "《种菜三课》学完了：4 天，读了 4 张，答对 1/1 题。"
    assert len(talk4.replies("已读")) == 1


def test_in_a_session_it_waits_for_the_end(talk4: Talk) -> None:
    to_the_end(talk4, 1, 2, 3)
    asked = talk4.says("答题")
    while "学完了" not in asked:
        answer = "B" if "翻土挑什么时候" in asked else "对"
        replies = talk4.replies(answer)
        if len(replies) == 1:
            asked = talk4.says("下一题")
        else:
            assert bare(replies[1].text).startswith("这一组完成：2 题全对。")
            asked = bare(replies[2].text)
    assert asked == "《种菜三课》学完了：4 天，读了 4 张，答对 2/2 题。"


def test_a_card_that_was_not_given_yet_ends_nothing(talk4: Talk) -> None:
    assert len(talk4.replies("/read c04")) == 1


def test_in_a_group_nobodys_numbers_are_told(talk4: Talk) -> None:
    for n in range(20, 24):
        talk4.at(f"2026-11-{n}").in_group("/today")
    assert len(talk4.in_group("/read c04", pressed="1")) == 1


def test_a_pack_that_grew_ends_once_more(talk4: Talk, write_pack: Write) -> None:
    to_the_end(talk4, 1, 2, 3).says("已读")
    shelf.refresh(talk4.store, write_pack(garden(write_pack, 5)).parent)
    talk4.pushed("2026-11-24")
    assert told(talk4.replies("已读"))[0] == "《种菜三课》学完了：5 天，读了 5 张。"
