"""Broken and hostile text: an answer within seconds, whatever it is."""

import time

import pytest

from bot.model import Complaint
from bot.packs.draft import decode, read_text, to_pack

SENTENCE = "渠修好的头三年，上游放水，下游看水，年年都要吵几架，县里派人来劝了好几回也没有用。"
MEGA = 1024 * 1024
SECONDS = 60.0  # a hang guard, no measure of speed


def timed(text: str):
    begin = time.perf_counter()
    try:
        return read_text(text)
    except Complaint:
        return None  # a refusal is an answer, too, when it comes quickly
    finally:
        assert time.perf_counter() - begin < SECONDS


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\f\f\n", "\x00\x00", "\u200b\ufeff", "\u3000"])
def test_nothing(text: str) -> None:
    with pytest.raises(Complaint, match="没有文字"):
        read_text(text)


def test_one_line() -> None:
    draft = read_text("水来了")
    assert [a.title for a in draft.articles] == ["水来了"]
    assert draft.guessed
    assert draft.cards == ()


def test_one_sentence_makes_a_pack() -> None:
    draft = read_text(SENTENCE + SENTENCE.replace("三年", "五年").replace("吵", "闹").replace("县里", "乡里"))
    pack = to_pack(draft, "shui")
    assert (pack.title, len(pack.articles), len(pack.cards)) == ("渠修好的头三年", 1, 1)


@pytest.mark.parametrize("size", [10 * MEGA, 5 * MEGA])
def test_ten_megabytes_of_one_line(size: int) -> None:
    begin = time.perf_counter()
    data = (SENTENCE * (size // len(SENTENCE.encode()))).encode()
    text = decode(data)
    if len(text) > 2_000_000:
        with pytest.raises(Complaint, match="分成几份"):
            read_text(text)
    else:
        draft = read_text(text)
        assert len(draft.articles) == 1
        assert draft.no_card
    assert time.perf_counter() - begin < SECONDS


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "水",
        "好。",
        "“”",
        "“",
        "…",
        "好…",
        "1",
        ". ",
        "。”",
        "# ",
        "——",
        "【",
        "水。\n",
        "# 水渠\n",
        "- 水\n",
        "\n",
        "\f水",
        "县长周大山：\n水渠通了\n",
    ],
)
def test_half_a_million_characters_of_the_same(piece: str) -> None:
    timed(piece * (500_000 // len(piece) // (2 if "\n" in piece or "\f" in piece else 1)))


def test_a_contents_list_without_end() -> None:
    timed("目录\n" + "".join(f"{n}. 《水渠故事第{n}集》{n}\n" for n in range(20_000)))


def test_a_contents_list_that_nearly_matches_everything() -> None:
    listed = "".join(f"{n}. 《水渠故事选{n}》{n}\n" for n in range(200))
    timed("目录\n" + listed + "\n" + "选水渠故事九\n" * 20_000)


def test_too_many_lines() -> None:
    with pytest.raises(Complaint, match="万行"):
        read_text("水。\n" * 160_000)


def test_huge_numbers_of_blank_lines() -> None:
    draft = timed("\n" * 500_000 + "# 修渠\n" + "\n" * 500_000 + SENTENCE + "\n" * 500_000)
    assert [a.title for a in draft.articles] == ["修渠"]


def test_control_characters_and_lone_surrogates() -> None:
    draft = read_text("# 修\x00渠\n渠\u200b修好\x07了，水\ud800来了。")
    assert draft.articles[0].title == "修渠"
    assert draft.articles[0].blocks[0].text == "渠修好了，水\ufffd来了。"
    assert draft.damage == ("第 1 篇末段有认不出的字。留在文章里，不做卡片。",)


def test_every_kind_of_line_end() -> None:
    for end in ("\n", "\r\n", "\r", "\u2028", "\x85", "\v"):
        assert len(read_text(end.join(["# 修渠", SENTENCE, SENTENCE])).articles[0].blocks) == 2


def test_a_page_break_inside_a_sentence() -> None:
    draft = read_text(f"# 修渠\n{SENTENCE}\n{SENTENCE[:33]}\f{SENTENCE[33:]}")
    assert [b.text for b in draft.articles[0].blocks] == [SENTENCE, SENTENCE]
