"""Questions by the places they are about: how a button says "ask me about this paragraph".

The sentence is `/quiz PLACES`. PLACES are blocks of articles of the pack being followed, by article id and
index (from 0, as in Article.blocks), with commas between and ranges for neighbours: `a2.3`, `a2.3-5`,
`a2.3,a5.1-4`. For another pack its id goes first: `gongwen/a2.3`. `questions(packs, followed, PLACES)` gives
the questions whose 依据 stands in one of the blocks, in file order.

Invariant: spell() and questions() agree: a button made by spell leads to the questions that were there.
"""

import re
from collections.abc import Iterable, Mapping

from bot.model import Article, Pack, Question
from bot.packs.anchor import bare

_PLACES = re.compile(
    r"(?:([a-z][a-z0-9-]{0,31})/)?([a-z][a-z0-9-]{0,31}\.\d{1,6}(?:-\d{1,6})?(?:,[a-z][a-z0-9-]{0,31}\.\d{1,6}(?:-\d{1,6})?)*)"
)


def spell(places: Iterable[tuple[str, int]], pack: str = "") -> str:
    """Places as the argument of /quiz; `pack`: the pack's id when it is not the one being followed.

    >>> spell([("a2", 3), ("a2", 4), ("a5", 1)])
    'a2.3-4,a5.1'
    """
    spans: list[tuple[str, int, int]] = []
    for article, block in places:
        if spans and spans[-1][0] == article and block in (spans[-1][2], spans[-1][2] + 1):
            spans[-1] = (article, spans[-1][1], block)
        else:
            spans.append((article, block, block))
    text = ",".join(f"{a}.{first}" if first == last else f"{a}.{first}-{last}" for a, first, last in spans)
    return f"{pack}/{text}" if pack else text


def questions(packs: Mapping[str, Pack], followed: str, text: str) -> tuple[Question, ...] | None:
    """The questions about the places, in file order; None when the text names no places."""
    found = _PLACES.fullmatch(text.strip())
    if not found:
        return None
    pack = packs.get(found[1] or followed)
    if pack is None:
        return ()
    chosen: dict[str, Question] = {}
    for part in found[2].split(","):
        article_id, _, span = part.rpartition(".")
        article = next((a for a in pack.articles if a.id == article_id), None)
        first, _, last = span.partition("-")
        if article:
            blocks = range(int(first), min(int(last or first), len(article.blocks) - 1) + 1)
            chosen |= {q.id: q for q in about(pack, article, blocks)}
    return tuple(sorted(chosen.values(), key=lambda question: question.rank))


def about(pack: Pack, article: Article, blocks: Iterable[int]) -> list[Question]:
    """The questions whose 依据 stands in one of these blocks of the article."""
    texts = [bare(article.blocks[n].text) for n in blocks if 0 <= n < len(article.blocks)]
    return [
        question
        for question in pack.questions
        if question.article == article.id and any(bare(question.quote) in text for text in texts)
    ]
