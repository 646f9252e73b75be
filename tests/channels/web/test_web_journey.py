"""The two weeks at the page: the same journey as everywhere, over HTTP, restarted after every step."""

from pathlib import Path

import pytest
from channels.web.visitor import AtPage, config, open_house
from journeys.two_weeks import BEGIN, short_pack, two_weeks


@pytest.mark.slow
def test_two_weeks_at_the_page(tmp_path: Path) -> None:
    short_pack(tmp_path / "packs")
    with open_house(config(tmp_path), BEGIN) as house:
        two_weeks(AtPage(house))
