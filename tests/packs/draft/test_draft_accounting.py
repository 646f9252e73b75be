"""Nothing is dropped and nothing invented: every character is in an article or left out, whatever comes in."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Complaint
from bot.packs.draft import read_text

SENTENCES = [
    "渠修好的头三年，上游放水，下游看水，年年都要吵几架。",
    "规矩是吵出来、试出来、改出来的，",
    "他说：“先远后近。先田后园。”大家都同意。",
    "“石头再硬，也硬不过人的手。”",
    "——北渠村老支书孙长福",
    "水；还要把看水的人组织起来。",
    "表上的数字每天傍晚贴在村口，一眼就能看明白，过去说不清的账现在有了凭据，吵架的人也",
    "就少了。",
]
TITLES = [
    "把雪水引到山里来",
    "渠成之后",
    "怎样管好水",
    "让每一滴水都有主人",
    "“新三宝”进山",
    "省下来的水去了哪里？",
]
MARKS = [
    "【来源：清水日报】", "来源：水利简报 作者：李长山", "【为什么要立规矩？】", "【关注春灌，基层之声】", "县长周大山：",
    "——写在通水那天", "导读", "目 录", "1. 《渠成之后怎样管好水》3", "《让每一滴水都有主人》……8", "# 把雪水引到山里来",
    "## 上山", "- 3 -", "第 4 页", "12", "• 先远后近", "1. 先田后园", "（一）上山", "一、总论", "（2021年3月5日）",
    "日期：2021-03-05", "2021 年 5 月", "如下：", "“”", "》", "\f", "\u3000\u3000缩进的一行没有句号", "English words here.", "-",
]  # fmt: skip
PIECES = st.sampled_from(SENTENCES + TITLES + MARKS) | st.text(
    alphabet="水渠。，“”—【】：；#1. 一\n", max_size=12
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(PIECES, st.sampled_from(["\n", "\n\n", "\n\n\n\n", "\r\n", "\n\f"])),
        min_size=1,
        max_size=40,
    )
)
def test_composed_documents_are_accounted_for(account_for, parts) -> None:
    account_for("".join(piece + end for piece, end in parts))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_accounted_for(account_for, text: str) -> None:
    account_for("".join(c for c in text if c.isprintable() or c in "\n\t\r\f "))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffled_collections_are_accounted_for(account_for, collection: str, rng: random.Random) -> None:
    lines = [line for line in collection.split("\n") if line]
    rng.shuffle(lines)
    account_for("\n\n".join(lines))


def test_a_heading_in_brackets_above_another_heading_is_counted_once(account_for) -> None:
    account_for(f"# 【修渠的人】\n# 管水的人\n{SENTENCES[0]}")


@pytest.fixture(scope="session")
def account_for(account):
    def check(text: str) -> None:
        try:
            draft = read_text(text)
        except Complaint:
            assert not "".join(text.split()).strip("\u200b\u00ad\ufeff")
            return
        document, found = account(text, draft)
        assert found == document
        for article in draft.articles:
            assert article.title
            written = "".join("".join(article.marks).split())
            heads = ["".join(b.text.split()) for b in article.blocks if b.kind == "head"]
            assert all(head in written for head in heads)
        for card in draft.cards:
            stretch = "".join(b.text for b in draft.articles[card.article - 1].blocks if b.kind != "head")
            assert "".join(card.text.split()) in "".join(stretch.split())
            assert 60 <= len(card.text) <= 220

    return check
