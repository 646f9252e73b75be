"""Cards: whole sentences, quotations with speakers, sensible cuts, no doubles; and the short names they get."""

import doctest
import importlib
import pkgutil

import pytest

import bot.packs.draft
from bot.packs.draft import read_text
from bot.packs.draft.naming import short_title
from bot.packs.draft.sentences import sentences

A = "渠修好的头三年，上游放水，下游看水，年年都要吵几架，县里派人来劝了好几回也没有用。"
B = "水少人多的时候，没有规矩就没有公平，规矩是吵出来、试出来、改出来的，所以大家才肯照着做。"
C = "全县三十二个斗口已经全部装上了量水的表，表上的数字每天傍晚贴在村口，谁用了多少一眼就明白。"
D = "过去说不清的账，现在有了凭据，邻里之间说话的声音也低了下来，渠边又听得见笑声。"

E = "今年春灌比往年早了十天，水流到最后一户的时候麦子刚刚返青，老人们说这是头一回。"


@pytest.mark.parametrize("module", [m.name for m in pkgutil.iter_modules(bot.packs.draft.__path__)])
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"bot.packs.draft.{module}"))
    assert result.failed == 0


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("渠修好了。水来了！", ["渠修好了。", "水来了！"]),
        ("他问：“水呢？”没有人回答。", ["他问：“水呢？”", "没有人回答。"]),
        ("“水呢？”他问。没有人回答。", ["“水呢？”他问。", "没有人回答。"]),
        ("他把渠叫作“命脉”。大家都笑了。", ["他把渠叫作“命脉”。", "大家都笑了。"]),
        ("石头、炸药、钢钎……样样都缺。后来有了。", ["石头、炸药、钢钎……样样都缺。", "后来有了。"]),
        ("他说了半句……", ["他说了半句……"]),
        ("（那天下雨。）水来了。", ["（那天下雨。）", "水来了。"]),
        ("“引号没有关上。水来了。大家笑了。", ["“引号没有关上。", "水来了。", "大家笑了。"]),
        ("真的吗？！是真的。", ["真的吗？！", "是真的。"]),
    ],
)
def test_sentences(text: str, pieces: list[str]) -> None:
    assert list(sentences(text)) == pieces


def test_the_collection_passes_the_independent_checker(collection: str, check_cards) -> None:
    draft = read_text(collection)
    assert draft.cards
    assert check_cards(draft) == []


def test_the_checker_sees_a_bad_card(collection: str, check_cards) -> None:
    draft = read_text(collection)
    from dataclasses import replace

    first = draft.cards[0]
    for text in (first.text[3:], first.text[:-2], first.text[:30], first.text[:70] + first.text[80:]):
        assert check_cards(replace(draft, cards=(replace(first, text=text),)))


def test_no_card_crosses_a_head() -> None:
    draft = read_text(f"# 渠\n## 上山修渠\n{A}{B}\n## 下山管水\n{C}{D}")
    assert [(card.section, card.text) for card in draft.cards] == [("上山修渠", A + B), ("下山管水", C + D)]
    assert [card.title for card in draft.cards] == ["上山修渠", "下山管水"]


def test_a_card_does_not_begin_with_a_pointing_word() -> None:
    pointing = "此后十年，这条渠没有断过一天水，渠尾的旱地也种上了麦子，连最远的一户都不再挑水。"
    cards = read_text(f"# 渠\n{A}\n{B}\n{C}\n{pointing}\n{D}\n{E}").cards
    assert len(cards) == 2
    assert not any(card.text.startswith("此") for card in cards)


def test_a_topic_sentence_goes_with_what_follows() -> None:
    cards = read_text(f"# 渠\n{A}\n{B}\n管水先要量水。\n{C}\n{D}\n{E}").cards
    assert len(cards) == 2
    assert any("管水先要量水。\n" + C in card.text for card in cards)


def test_a_quotation_keeps_its_speaker() -> None:
    quote = (
        "“石头再硬，也硬不过人的手。我们那时候只有一个念头，就是让娃娃们不再走十里路去挑水，哪怕少睡一会儿。”"
    )
    cards = read_text(f"# 渠\n{A}\n{B}\n{C}\n{quote}\n——原北渠工地爆破队队长马有才\n{D}").cards
    assert sum(quote + "——原北渠工地爆破队队长马有才" in card.text for card in cards) == 1


def test_nearly_equal_cards_come_once_and_the_second_is_listed() -> None:
    draft = read_text(f"# 甲\n{A}{B}\n# 乙\n{C}{D}\n# 丙\n{A.replace('几架', '好几架')}{B}")
    assert [card.article for card in draft.cards] == [1, 2]
    assert [out.why for out in draft.no_card] == ["与第 1 张几乎相同"]


def test_what_makes_no_card_is_listed() -> None:
    endless = "水" * 230 + "。"
    draft = read_text(f"# 甲\n短短一句。\n# 乙\n{endless}\n# 丙\n周大山")
    assert draft.cards == ()
    assert [out.why for out in draft.no_card] == ["太短", "一句太长", "不成句"]


def test_an_unclosed_quotation_mark_is_marked() -> None:
    (card,) = read_text(f"# 甲\n“{A}{B}").cards
    assert card.damaged


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("当前，渠水已经流到村口。", "渠水已经流到村口"),
        ("周大山指出，要把看水的人组织起来。", "把看水的人组织起来"),
        ("“水来了”，他说。", "水来了"),
        ("今年7月，量水的表全部装好了。", "量水的表全部装好了"),
        ("。", "。"),
    ],
)
def test_short_titles(text: str, title: str) -> None:
    assert short_title(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "科技制高点的本质就是在某个领域形成竞争壁垒，人无我有。",
            "科技制高点的本质就是在某个领域形成竞争壁垒",
        ),
        (
            "村里 1 月 31 日下午就修渠和护林这两件大事开了全年第一次会。",
            "村里就修渠和护林这两件大事开了全年第一次会",
        ),
        ("老李 3 月 5 日下午参加全县第十四次水利工作大会小组讨论时强调，先修渠。", "先修渠"),
        (
            "修渠的人走遍了县里大大小小七十多个村子里的每一道沟和每一道坎。",
            "修渠的人走遍了县里大大小小七十多个村子…",
        ),
    ],
)
def test_a_title_does_not_break_off_where_a_little_more_is_whole(text: str, title: str) -> None:
    assert short_title(text) == title


def test_a_short_title_is_never_too_long_and_not_used_twice() -> None:
    assert len(short_title("水" * 50)) == 20
    assert short_title("渠水流到村口，旱地变成绿洲。", used={"渠水流到村口"}) == "旱地变成绿洲"
