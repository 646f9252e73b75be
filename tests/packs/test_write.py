"""Writing packs: what is written reads back the same, and nothing is written over."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SHIPPED, Write

from bot.model import Complaint
from bot.packs.read import read_pack
from bot.packs.write import write_pack as write


@pytest.mark.parametrize("shipped", [True, False])
def test_articles_and_cards_read_back_the_same(write_pack: Write, tmp_path: Path, shipped: bool) -> None:
    pack, _ = read_pack(SHIPPED / "xinzhi-shengchanli" if shipped else write_pack())
    assert pack is not None
    bare = replace(pack, terms=(), questions=(), version="", digest="")
    folder = tmp_path / "out" / pack.id
    write(bare, folder)
    again, problems = read_pack(folder)
    assert [p for p in problems if p.error] == []
    assert again is not None
    assert (again.title, again.articles, again.cards) == (bare.title, bare.articles, bare.cards)
    with pytest.raises(Complaint, match="已经有了"):
        write(bare, folder)
    assert [path.name for path in folder.parent.iterdir()] == [pack.id]
