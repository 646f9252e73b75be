"""Articles, heads, quotes, damage on documents written for the tests; each rule of the reader in one example."""

import pytest

from bot.model import Complaint
from bot.packs.draft import Line, from_lines, read_text, to_pack

LONG = "渠修好的头三年，上游放水，下游看水，年年都要吵几架，后来村里立了规矩，吵架的人才慢慢少了。"
OTHER = "水少人多的时候，没有规矩就没有公平，规矩是吵出来、试出来、改出来的，所以大家才肯照着做。"


def test_the_made_up_collection_is_read_whole(collection: str, shape) -> None:
    draft = read_text(collection)
    assert draft.title == "专题学习：一条渠的故事"
    assert [a.title for a in draft.articles] == shape.titles
    assert [[b.kind for b in a.blocks] for a in draft.articles] == shape.kinds
    assert [a.subtitle for a in draft.articles] == ["老渠工回忆开山放炮的那个冬天", "", "", ""]
    assert [a.source for a in draft.articles] == ["清水日报", "水利简报", "", ""]
    assert [a.group for a in draft.articles] == ["", "", "关注春灌，基层之声", "关注春灌，基层之声"]
    assert [a.author for a in draft.articles][2:] == [
        "周大山 · 清水县人大代表、北渠管理站站长",
        "林小雨 · 县农技中心高级农艺师",
    ]
    assert [a.date for a in draft.articles] == ["", "", "", ""]
    assert draft.articles[0].blocks[0].text.endswith("七年，也没有想到最后通水的那天会下起小雨。")
    assert draft.articles[0].blocks[3].text == "“水来了，心就定了”——北渠村老支书孙长福"
    assert [b.text for b in draft.articles[1].blocks if b.kind == "head"] == [
        "为什么要立规矩？",
        "规矩里写了什么？",
    ]
    assert draft.damage == ("第 3 篇末段以“水；”开头，像是缺了字。留在文章里，不做卡片。",)
    assert not draft.guessed


def test_a_typing_error_in_the_contents_list_still_finds_the_article(collection: str, shape) -> None:
    draft = read_text(collection.replace("《渠成之后怎样管好水》", "《渠成以后怎样管好水》"))
    assert [a.title for a in draft.articles] == shape.titles
    assert not any("没有找到" in sentence for sentence in draft.damage)


def test_an_entry_without_article_is_reported(collection: str, shape) -> None:
    draft = read_text(collection.replace("2. 《渠成", "2. 《水库移民的新家》2\n3. 《渠成"))
    assert [a.title for a in draft.articles] == shape.titles
    assert draft.damage[0] == "导读里的《水库移民的新家》在正文里没有找到，请看看是不是漏了。"


def test_plain_contents_list_without_marks() -> None:
    text = f"目 录\n修渠的人\n管水的人\n\n修渠的人\n{LONG}\n\n管水的人\n{OTHER}\n"
    draft = read_text(text)
    assert [a.title for a in draft.articles] == ["修渠的人", "管水的人"]
    assert [out.why for out in draft.left_out] == ["导读"]


def test_sections_in_the_contents_list_are_heads_not_articles() -> None:
    text = (
        "目录\n一、修渠的人 …… 1\n（一）上山 …… 1\n（二）下山 …… 4\n二、管水的人 …… 7\n\n"
        f"一、修渠的人\n\n（一）上山\n\n{LONG}\n\n（二）下山\n\n{OTHER}\n\n二、管水的人\n\n{OTHER}"
    )
    draft = read_text(text)
    assert [a.title for a in draft.articles] == ["一、修渠的人", "二、管水的人"]
    assert [b.text for b in draft.articles[0].blocks if b.kind == "head"] == ["（一）上山", "（二）下山"]


def test_label_lines_become_fields() -> None:
    text = f"修渠的人\n来源：清水日报  作者：李长山  日期：2021年3月5日\n{LONG}\n\n管水的人\n【作者：周大山】\n【来源：水利简报】\n{OTHER}"
    first, second = read_text(text).articles
    assert (first.title, first.source, first.author, first.date) == (
        "修渠的人",
        "清水日报",
        "李长山",
        "2021年3月5日",
    )
    assert (second.title, second.source, second.author, second.date) == ("管水的人", "水利简报", "周大山", "")
    assert [b.text for b in second.blocks] == [OTHER]


def test_source_at_the_end_and_date_in_brackets() -> None:
    text = f"# 修渠的人\n（2021年3月5日）\n\n{LONG}\n（来源：清水日报）\n# 管水的人\n{OTHER}"
    first, second = read_text(text).articles
    assert (first.date, first.source, second.source) == ("2021年3月5日", "清水日报", "")
    assert [b.text for b in first.blocks] == [LONG]


def test_what_an_organiser_marks_with_hashes_holds() -> None:
    draft = read_text(f"# 修渠的人\n## 上山\n{LONG}\n## 下山\n{OTHER}\n# 管水的人\n短的一行\n{OTHER}")
    assert [a.title for a in draft.articles] == ["修渠的人", "管水的人"]
    assert [b.kind for b in draft.articles[0].blocks] == ["head", "para", "head", "para"]
    assert not draft.guessed


def test_lines_of_another_format_go_through_the_same_stage() -> None:
    lines = [
        Line("修渠的人", level=1),
        Line(LONG),
        Line("斗口 | 户数\n东口 | 12", kind="table"),
        Line("下山", level=2),
        Line(OTHER),
    ]
    draft = from_lines(lines)
    assert [(b.kind, b.text[:2]) for b in draft.articles[0].blocks] == [
        ("para", "渠修"),
        ("table", "斗口"),
        ("head", "下山"),
        ("para", "水少"),
    ]


def test_page_cuts_are_joined_across_page_numbers() -> None:
    head, tail = LONG[:33], LONG[33:]
    draft = read_text(f"# 修渠的人\n{OTHER}\n{OTHER}\n{head}\n- 3 -\n\f{tail}\n{OTHER}")
    assert [b.text for b in draft.articles[0].blocks] == [OTHER, OTHER, LONG, OTHER]
    assert [(out.why, out.text) for out in draft.left_out] == [("页码", "- 3 -")]


def test_running_heads_are_left_out() -> None:
    pages = "\f".join(f"职工读书会材料\n{LONG}\n{n}" for n in range(1, 5))
    draft = read_text("# 修渠的人\n" + pages)
    assert {out.why for out in draft.left_out} == {"页码", "页眉页脚"}
    assert {b.text for b in draft.articles[0].blocks} >= {LONG}


def test_hard_wrapped_paragraphs_are_put_together() -> None:
    def wrapped(text: str) -> str:
        text = "\u3000\u3000" + text
        return "\n".join(text[at : at + 24] for at in range(0, len(text), 24))

    draft = read_text(
        "# 修渠的人\n\n" + "\n".join(wrapped(part) for part in (LONG, OTHER, LONG + OTHER, OTHER))
    )
    assert [b.text for b in draft.articles[0].blocks] == [LONG, OTHER, LONG + OTHER, OTHER]


def test_short_lists_stay_lists() -> None:
    draft = read_text(
        f"# 规矩\n{LONG}\n1. 先远后近\n2. 先田后园\n3. 谁家的口子谁家看\n{OTHER}\n• 不争\n• 不抢"
    )
    assert [(b.kind, b.text) for b in draft.articles[0].blocks if b.kind == "list"] == [
        ("list", "1. 先远后近\n2. 先田后园\n3. 谁家的口子谁家看"),
        ("list", "不争\n不抢"),
    ]


def test_an_end_that_was_cut_is_listed_and_its_sentence_makes_no_card() -> None:
    draft = read_text(f"# 修渠的人\n{LONG}{OTHER}后来渠尾的村子也来人商量想把水接过去再往前修十里一直")
    assert draft.damage == ("第 1 篇末段以“十里一直”结尾，像是没有完。留在文章里，这一句不做卡片。",)
    assert [card.text for card in draft.cards] == [LONG + OTHER]


def test_verse_and_lists_of_names_are_not_joined() -> None:
    verse = [
        "山上有雪山下有田一条渠水连着天",
        "石头是硬的手也是硬的七年不停歇",
        "水来的那天下着小雨没有人说话啊",
    ] * 4
    draft = read_text("# 渠歌\n" + "\n\n".join(verse))
    assert len(draft.articles[0].blocks) == 12


def test_group_title_between_articles_without_contents_list() -> None:
    text = f"修渠的人\n【来源：清水日报】\n{LONG}\n\n【基层之声】\n\n管水的人\n【来源：水利简报】\n{OTHER}"
    draft = read_text(text)
    assert [(a.title, a.group) for a in draft.articles] == [("修渠的人", ""), ("管水的人", "基层之声")]
    assert [b.text for b in draft.articles[0].blocks] == [LONG]


def test_unmarked_text_is_one_article_and_says_so() -> None:
    draft = read_text(f"{LONG}\n{OTHER}")
    assert draft.guessed
    assert len(draft.articles) == 1
    assert draft.articles[0].title == "渠修好的头三年"
    assert [b.text for b in draft.articles[0].blocks] == [LONG, OTHER]


def test_unmarked_text_with_wide_gaps_is_guessed_apart() -> None:
    text = f"修渠的人\n\n{LONG}\n\n{OTHER}\n\n\n\n管水的人\n\n{OTHER}\n\n{LONG}"
    draft = read_text(text)
    assert draft.guessed
    assert [a.title for a in draft.articles] == ["修渠的人", "管水的人"]


def test_only_a_contents_list_has_no_article_and_makes_no_pack() -> None:
    draft = read_text("目录\n1. 《修渠的人》1\n2. 《管水的人》3\n")
    assert (draft.articles, draft.cards) == ((), ())
    assert [out.why for out in draft.left_out] == ["导读"]
    with pytest.raises(Complaint, match="没有读到正文"):
        to_pack(draft, "shui", "")


def test_pack_takes_the_given_title(collection: str) -> None:
    draft = read_text(collection)
    assert to_pack(draft, "shui", "渠与水").title == "渠与水"
    assert to_pack(draft, "shui").title == "专题学习：一条渠的故事"
