"""A house with the page open, and a browser at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from channels.web.visitor import Browser, WebHouse, config, open_house
from journeys.two_weeks import BEGIN


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_house(config(tmp_path), BEGIN) as opened:
        yield opened


@pytest.fixture
def browser(house: WebHouse) -> Browser:
    return house.browser()
