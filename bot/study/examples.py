"""A word to show as an example of what can be looked for: one that stands in the pack at hand."""

import re
from itertools import chain

from bot.fold import HAN, RUN
from bot.model import Pack

SHORT = re.compile(f"[{HAN}]{{2,8}}")
LONGEST = 8  # characters of a piece that is cut from a title
LOOKED_AT = 20  # articles: a large pack must not be read through for an example


def example(pack: Pack | None, usual: str) -> str:
    """`usual` where it stands in the pack, or where there is no text at all; else a term, or a piece of a title."""
    articles = pack.articles[:LOOKED_AT] if pack else ()
    if pack is None or any(usual in block.text for each in articles for block in each.blocks):
        return usual
    titles = [piece for each in articles for piece in RUN.findall(each.title)]
    short = (each for each in chain((term.name for term in pack.terms), titles) if SHORT.fullmatch(each))
    return next(short, titles[0][:LONGEST] if titles else usual)
