"""The full text beside a digest: an imported document whose title equals the digest's 原文.

Invariant: offered only while such a document is live; reading it moves nobody's place in the pack followed.
"""

import re

from bot.commands.base import Command, Replies, Turn
from bot.messages import Reply, inside, rich, row
from bot.model import Article, Complaint, Pack
from bot.study import originals, reading

_WANTED = re.compile(r"(?:([a-z][a-z0-9-]{0,31})/)?([a-z][a-z0-9-]*)(?:\s+p(\d{1,6}))?$")


def offer(turn: Turn, pack: Pack, digest: Article) -> tuple[tuple[str, str], ...]:
    """The button that leads to the original, when there is one."""
    if not digest.original or originals.original_of(turn.packs.values(), digest, pack) is None:
        return ()
    return (("原文", f"/original {_named(turn, pack, digest)}"),)


def _named(turn: Turn, pack: Pack, digest: Article) -> str:
    return f"{turn.other(pack)}/{digest.id}".lstrip("/")


def original(turn: Turn) -> Replies:
    """/original [PACK/]a2 [p3]: the document that article a2 is a digest of."""
    wanted = _WANTED.match(turn.arg)
    pack = turn.visible.get(wanted[1], turn.pack) if wanted and wanted[1] else turn.pack
    digest = next((a for a in pack.articles if wanted and a.id == wanted[2]), None)
    found = originals.original_of(turn.packs.values(), digest, pack) if digest else None
    if wanted is None or digest is None or found is None:
        raise Complaint("这篇没有原文可看。请从目录里选一篇，例如：/articles", ("文章目录", "/articles"))
    _, article = found
    pages = reading.pages(article)
    number = min(max(int(wanted[3] or 1), 1), len(pages))
    text = "\n".join(f"【{b.text}】" if b.kind == "head" else b.text for b in pages[number - 1].blocks)
    by = " · ".join(filter(None, (article.author or article.source, article.date)))
    head = f"原文《{inside(article.title)}》{number}/{len(pages)}" + (f"\n{by}" if by and number == 1 else "")
    name, at = _named(turn, pack, digest), f"{turn.other(pack)}/{digest.number}".lstrip("/")
    turns = []
    if number > 1:
        turns.append(("⬅ 上一页", f"/original {name} p{number - 1}"))
    if number < len(pages):
        turns.append(("下一页 ➡", f"/original {name} p{number + 1}"))
    below = row(("返回", f"/article {at}"), ("返回目录", "/articles"))
    return [Reply(rich(f"{head}\n\n{text}"), tuple(filter(None, (row(*turns), below))), edits=True)]


ORIGINAL = Command("original", "", (), original)
