"""Pages: together they are the article, and each can be read in two minutes."""

from conftest import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Block
from bot.packs.read import read_pack
from bot.study.reading import PAGE, block_of, page_of, pages, size

SENTENCES = st.lists(st.integers(1, 120).map(lambda n: "土" * n + "。"), min_size=1, max_size=8).map("".join)
BLOCKS = st.one_of(
    st.builds(Block, st.just("head"), st.sampled_from(["翻土", "施肥"])),
    st.builds(Block, st.sampled_from(["para", "quote"]), SENTENCES),
)


@given(st.lists(BLOCKS, min_size=1, max_size=14))
def test_pages_are_the_article(found: list[Block]) -> None:
    article = Article("a1", 1, "土", tuple(found))
    cut = pages(article)
    assert "".join(b.text for page in cut for b in page.blocks) == "".join(b.text for b in found)
    for page in cut:
        body = sum(size(b.text) for b in page.blocks if b.kind != "head")
        heads = sum(size(b.text) for b in page.blocks if b.kind == "head")
        assert body + heads <= PAGE or (page.blocks[0].kind == "head" and body <= PAGE)
    for n, block in enumerate(found):
        assert n in cut[page_of(article, n) - 1].at, block


def test_a_head_never_ends_a_page_that_has_more() -> None:
    long = Block("para", "土" * 380 + "。")
    article = Article("a1", 1, "土", (long, Block("head", "施肥"), long))
    assert [[b.kind for b in page.blocks] for page in pages(article)] == [["para"], ["head", "para"]]


def test_cards_and_questions_lead_to_their_paragraph() -> None:
    pack, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert pack is not None
    articles = {article.id: article for article in pack.articles}
    for item in (*pack.cards, *pack.questions):
        assert block_of(pack, articles[item.article], item.id) >= 0, item.id
    assert block_of(pack, pack.articles[0], "zzz") == -1
