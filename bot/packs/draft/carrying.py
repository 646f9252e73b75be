"""A draft as JSON and back: how it comes out of the parsing process, and what `import --json` prints.

Invariant: `found(text(x))` is x; the JSON is data only, so that a parser taken over by a hostile file can at
worst hand over a wrong draft.
"""

import base64
import json
from dataclasses import asdict
from typing import Any

from bot.model import Block
from bot.packs.draft.reading import Found
from bot.packs.draft.values import Draft, DraftArticle, DraftCard, LeftOut, Picture


def text(found: Found) -> str:
    """One line of JSON that `found` reads back."""
    pictures = [{**asdict(each), "data": base64.b64encode(each.data).decode()} for each in found.pictures]
    rest = {"pictures": pictures, "link": found.link, "note": found.note}
    return json.dumps({"draft": asdict(found.draft), **rest})


def found(line: str) -> Found:
    """The value of a line that `text` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    data = json.loads(line)
    draft = data["draft"]
    return Found(
        Draft(
            title=str(draft["title"]),
            articles=tuple(_article(each) for each in draft["articles"]),
            cards=tuple(DraftCard(**each) for each in draft["cards"]),
            left_out=tuple(LeftOut(**each) for each in draft["left_out"]),
            guessed=bool(draft["guessed"]),
            damage=tuple(map(str, draft["damage"])),
            no_card=tuple(LeftOut(**each) for each in draft["no_card"]),
        ),
        tuple(Picture(**{**each, "data": base64.b64decode(each["data"])}) for each in data["pictures"]),
        str(data["link"]),
        str(data.get("note", "")),  # a draft that an older version put aside has none
    )


def _article(each: dict[str, Any]) -> DraftArticle:
    return DraftArticle(
        **{
            **each,
            "blocks": tuple(Block(**block) for block in each["blocks"]),
            "marks": tuple(each["marks"]),
            "damaged": tuple(each["damaged"]),
        }
    )


def shown(draft: Draft, title: str = "") -> str:
    """What `import --json` prints: the structure that other programs read."""
    fields = ("title", "subtitle", "group", "source", "author", "date")
    return json.dumps(
        {
            "title": title or draft.title,
            "articles": [
                {
                    **{field: getattr(article, field) for field in fields},
                    "blocks": [{"kind": block.kind, "text": block.text} for block in article.blocks],
                }
                for article in draft.articles
            ],
            "cards": [
                {"article": card.article, "section": card.section, "text": card.text, "damaged": card.damaged}
                for card in draft.cards
            ],
            "left_out": [{"text": out.text, "why": out.why} for out in draft.left_out],
        },
        ensure_ascii=False,
    )
