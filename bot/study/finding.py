"""Finding: which paragraphs hold the words, best first, and where in the excerpt they stand.

Invariant: an excerpt is a piece of the original text, and every span in it covers a word that was asked for.
"""

from dataclasses import dataclass

from bot.fold import close_up, letters, runs, visible
from bot.model import Pack
from bot.store import Store, passages
from bot.store.passages import OWN_CARD, TITLE, Passage

EXCERPT = 60  # characters: three lines on a phone
WORDS_AT_MOST = 200
COUNTED = 1000
STOPS = "。！？；\n"


@dataclass(frozen=True, slots=True)
class Hit:
    """One place. `spans` are half-open code-point offsets into `text`; block is an index, TITLE or OWN_CARD."""

    pack: str
    article: str  # article id
    number: int
    title: str
    by: str
    block: int
    card: str
    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def in_title(self) -> bool:
        return self.block == TITLE


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. mode: exact, or none; total is capped at COUNTED."""

    mode: str
    total: int
    hits: tuple[Hit, ...]
    guess: str | None = None
    more: bool = False  # there are more than COUNTED

    @property
    def articles(self) -> int:
        return len({(hit.pack, hit.article) for hit in self.hits})


def words_of(text: str) -> list[str]:
    """The words of a query: split at spaces, those without a letter, digit or 汉字 dropped."""
    return [word for word in close_up(visible(text)).split() if any(c.isalnum() for c in word)]


def find(store: Store, packs: dict[str, Pack], text: str, article: str = "") -> Found:
    """Passages of these packs that hold every word. Articles stand together, best article first."""
    words = words_of(text[:WORDS_AT_MOST])
    rows = passages.find(store, words, list(packs))
    if article:
        rows = [row for row in rows if row.article == article]
    if not rows:
        return Found("none", 0, ())
    scores: dict[tuple[str, str], float] = {}
    scored = []
    for order, row in enumerate(rows):
        spans = spans_of(row.text, words)
        score = (4.0 if row.block == TITLE else 0.0) + len(spans) / (len(spans) + 1.5)
        key = (row.pack, row.article)
        scores[key] = max(scores.get(key, 0.0), score)
        scored.append((key, order, row, spans))
    scored.sort(key=lambda item: (-scores[item[0]], item[0], item[2].block == OWN_CARD, item[1]))
    hits = tuple(_hit(packs[row.pack], row, spans) for _, _, row, spans in scored[:COUNTED])
    return Found("exact", len(hits), hits, more=len(rows) > COUNTED)


def spans_of(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where the words stand in a text, in order, overlaps merged. Offsets are those of the original text."""
    found: list[tuple[int, int]] = []
    text_runs = runs(letters(text))
    for word in words:
        for run in runs(letters(word)):
            wanted = "".join(character for character, _ in run)
            for candidate in text_runs:
                hay = "".join(character for character, _ in candidate)
                start = hay.find(wanted)
                while start >= 0:
                    found.append((candidate[start][1], candidate[start + len(wanted) - 1][1] + 1))
                    start = hay.find(wanted, start + len(wanted))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def excerpt(text: str, spans: list[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence around the first span, at most EXCERPT characters and the marks …; spans moved along.

    >>> excerpt("前一句。好的，科技创新。", [(7, 9)])
    ('…好的，科技创新。', ((4, 6),))
    """
    first, last = spans[0] if spans else (0, 0)
    begin = max((text.rfind(stop, 0, first) + 1 for stop in STOPS), default=0)
    if last - begin > EXCERPT:
        begin = max(begin, first - EXCERPT // 3)
    end = min(len(text), max(begin + EXCERPT, last))
    stop = min((at for at in (text.find(s, last, end) for s in STOPS) if at >= 0), default=end - 1)
    end = min(stop + 1, end)
    head = "…" if begin else ""
    tail = "" if end == len(text) or text[end - 1] in STOPS else "…"
    moved = tuple((b - begin + len(head), e - begin + len(head)) for b, e in spans if b >= begin and e <= end)
    return head + text[begin:end] + tail, moved


def _hit(pack: Pack, row: Passage, spans: list[tuple[int, int]]) -> Hit:
    article = next(each for each in pack.articles if each.id == row.article)
    text, moved = (row.text, tuple(spans)) if row.block == TITLE else excerpt(row.text, spans)
    return Hit(
        row.pack, article.id, article.number, article.title, article.by, row.block, row.card, text, moved
    )
