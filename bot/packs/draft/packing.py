"""A draft to the values of a pack, which `write_pack` turns into a folder of Markdown.

Invariant: ids are a1… and c001… in order of the document; what the draft left out is left out here too.
"""

from bot.model import Article, Card, Complaint, Pack
from bot.packs.draft.values import Draft


def to_pack(draft: Draft, pack_id: str, title: str = "") -> Pack:
    """The pack, titled `title` or else as the document calls itself. Raises Complaint without an article."""
    if not any(article.blocks for article in draft.articles):
        raise Complaint("文件里没有读到正文。请看看是不是只有封面或目录，换一个文件再导入。")
    articles = tuple(
        Article(
            id=f"a{number}",
            number=number,
            title=article.title,
            blocks=article.blocks,
            subtitle=article.subtitle,
            source=article.source,
            author=article.author,
            date=article.date,
        )
        for number, article in enumerate(draft.articles, 1)
    )
    cards = tuple(
        Card(
            id=f"c{number:03}",
            rank=number,
            title=card.title,
            text=card.text,
            article=f"a{card.article}",
            section=card.section,
            anchor=card.block,
            damaged=card.damaged,
        )
        for number, card in enumerate(draft.cards, 1)
    )
    return Pack(id=pack_id, title=title or draft.title or articles[0].title, articles=articles, cards=cards)
