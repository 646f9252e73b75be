"""What is shown as an example of a search is found."""

import pytest
from conftest import FILES, SHIPPED, Write

from bot.packs.read import read_pack
from bot.store import Store
from bot.study import finding, shelf
from bot.study.examples import example


@pytest.mark.parametrize(
    "title", ["土要松", "翻土施肥浇水修渠的办法", "How to dig", "2025 年的土", "《土》：松"]
)
@pytest.mark.parametrize("terms", [True, False])
def test_an_example_is_found(store: Store, write_pack: Write, title: str, terms: bool) -> None:
    article = FILES["articles/01-tu.md"].replace("标题: 土要松", f"标题: {title}")
    folder = write_pack({"articles/01-tu.md": article})
    if not terms:
        (folder / "glossary.md").unlink()
    shelf.refresh(store, folder.parent)
    packs = shelf.packs(store)
    word = example(packs["zhongcai"], "核心标志")
    assert finding.find(store, finding.Search(packs), word).total
    assert (word == "底肥") == terms


def test_the_usual_one_where_it_stands_or_nothing_does() -> None:
    pack, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert example(pack, "核心标志") == "核心标志"
    assert example(None, "核心标志") == "核心标志"
