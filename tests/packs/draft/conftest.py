"""What the tests of drafts share: a made-up collection about a canal, an independent card checker, accounting."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.packs.draft import Draft, decode, read_text

# The source document is not part of the repository: beside the checkout, or where DAILY_STUDY_SOURCE says.
SOURCES = Path(
    os.environ.get("DAILY_STUDY_SOURCE") or Path(__file__).resolve().parents[4] / "shared" / "source"
)

COLLECTION = """
清水县水利局 职工读书会学习材料

局办公室

2021 年 5 月

专题学习：一条渠的故事

导读

1. 《把雪水引到山里来——老渠工回忆开山放炮的那个冬天》1
2. 《渠成之后怎样管好水》3
3. 【关注春灌，基层之声】
《清水县人大代表、北渠管理站站长周大山：让每一滴水都有主人》5
《县农技中心高级农艺师林小雨：省下来的水去了哪里》8

本期学习内容如下：

把雪水引到山里来

——老渠工回忆开山放炮的那个冬天

【来源：清水日报】

那一年冬天来得早，雪还没有停，第一批民工就背着铺盖上了山。大家住在石洞里，白天凿石，夜里编筐，谁也没有想到这条渠要修整整七年，

也没有想到最后通水的那天会下起小雨。

修渠靠的是人，也是一代人认下的理。

“石头再硬，也硬不过人的手。我们那时候只有一个念头，就是让娃娃们不再走十里路去挑水。”

——原北渠工地爆破队队长马有才

“水来了，心就定了”

——北渠村老支书孙长福

渠成之后

怎样管好水

【来源：水利简报】

渠修好的头三年，上游放水，下游看水，年年都要吵几架。后来村里立了规矩：先远后近，先田后园，谁家的口子谁家看。

【为什么要立规矩？】

水少人多的时候，没有规矩就没有公平。规矩不是写在纸上给人看的，而是吵出来、试出来、改出来的，所以大家才肯照着做。

【规矩里写了什么？】

轮水的次序：从渠尾开始，按户头抓阄，一户一个时辰；

看水的办法：每个斗口两个人，一个是上家的，一个是下家的；

违规的处理：停水一轮。

“规矩管的是口子，其实管的是人心。”孙长福说。

【关注春灌，基层之声】

清水县人大代表、北渠管理站站长周大山：

让每一滴水都有主人

今年春灌比往年早了十天，全县三十二个斗口已经全部装上了量水的表。表上的数字每天傍晚贴在村口，谁用了多少，一眼就能看明白。过去说不清的账，现在有了凭据，吵架的人也就少了。

管水先要量水，量水先要修口。我们用了两个冬天，把一百多处跑冒滴漏的地方补好，光是这一项，每年就能省下够三个村子浇一遍地的水，

其中大半送到了渠尾。

水；还要把看水的人组织起来，让他们有名分、有报酬，也有人接班。

县农技中心高级农艺师林小雨：

省下来的水去了哪里

渠尾的地活了

渠尾的两千亩旱地，从前十年有七年种不上麦子。量水以后，水能流到最后一户，地里第一次出现了连片的绿色。林小雨说：“我算过一笔账，一亩地多打三百斤，两千亩就是六十万斤。这不是天上掉下来的，是从口子上省出来的。”

种什么由水说了算

水多种稻，水少种豆，这是老话，也是科学。农技中心根据每个斗口的水量给出种植建议，农户自己拿主意，年底再对一次账。
"""


@dataclass
class Shape:
    """What the made-up collection should become, written down by hand."""

    titles: list[str] = field(
        default_factory=lambda: [
            "把雪水引到山里来",
            "渠成之后怎样管好水",
            "让每一滴水都有主人",
            "省下来的水去了哪里",
        ]
    )
    kinds: list[list[str]] = field(
        default_factory=lambda: [
            ["para", "para", "quote", "quote"],
            ["para", "head", "para", "head", "para", "para", "para", "para"],
            ["para", "para", "para"],
            ["head", "para", "head", "para"],
        ]
    )


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def accounts(text: str, draft: Draft) -> tuple[Counter[str], Counter[str]]:
    """Every character of the document, and every character of the draft (heads stand in the marks)."""
    parts = [mark for article in draft.articles for mark in article.marks]
    parts += [block.text for article in draft.articles for block in article.blocks if block.kind != "head"]
    parts += [out.text for out in draft.left_out]
    return Counter(bare(text)), Counter(bare("".join(parts)))


def faults(draft: Draft) -> list[str]:
    """What an independent reader would object to in the cards, one line a card."""
    found = []
    for number, card in enumerate(draft.cards, 1):
        article = draft.articles[card.article - 1]
        sections, name = [], ""
        current: list[tuple[str, bool]] = []
        for at, block in enumerate(article.blocks):
            if block.kind == "head":
                sections.append((name, current))
                name, current = block.text, []
            else:
                current.append((block.text, at in article.damaged))
        sections.append((name, current))
        flat = bare(card.text)
        where = None
        for name, blocks in sections:
            joined = bare("".join(text for text, _ in blocks))
            if name == card.section and flat in joined:
                where = joined, joined.index(flat), blocks
        if where is None:
            found.append(f"{number}: not one stretch of section {card.section!r}")
            continue
        joined, begin, blocks = where
        ends, edge = {0}, 0
        for text, _ in blocks:
            edge += len(bare(text))
            ends.add(edge)
        end = begin + len(flat)
        if not 60 <= len(card.text) <= 220:
            found.append(f"{number}: {len(card.text)} characters")
        if begin not in ends and not re.search(r"[。！？…][”’」』）]*$", joined[:begin]):
            found.append(f"{number}: begins inside a sentence")
        if not re.search(r"[。！？…][”’」』）]*$", flat) and not (end in ends and "——" in flat):
            found.append(f"{number}: ends inside a sentence")
        if begin > 0 and flat[0] in "，；、。！？）》”’":
            found.append(f"{number}: begins with punctuation")
        if flat.count("“") != flat.count("”"):
            found.append(f"{number}: quotation cut")
        if any(broken and bare(text)[:8] in flat for text, broken in blocks):
            found.append(f"{number}: damaged text")
    return found


@pytest.fixture(scope="session")
def collection() -> str:
    return COLLECTION


@pytest.fixture
def shape() -> Shape:
    return Shape()


@pytest.fixture(scope="session")
def check_cards():
    return faults


@pytest.fixture(scope="session")
def account():
    return accounts


@pytest.fixture(scope="session")
def source_text() -> str:
    files = sorted(SOURCES.glob("*.txt")) if SOURCES.is_dir() else []
    if not files:
        pytest.skip(f"the source document is not here: {SOURCES} (it stands beside the repository)")
    return decode(files[0].read_bytes())


@pytest.fixture(scope="session")
def source_draft(source_text: str) -> Draft:
    return read_text(source_text)
