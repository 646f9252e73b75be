"""The two weeks in the terminal. Every other channel runs the same journey beside its own tests."""

from dataclasses import replace
from pathlib import Path

from journeys.house import House
from journeys.people import AtTerminal
from journeys.two_weeks import BEGIN, short_pack, two_weeks

from bot.config import BotSettings, Config


def test_two_weeks_in_the_terminal(tmp_path: Path) -> None:
    short_pack(tmp_path / "packs")
    config = replace(Config(), bot=BotSettings(data=tmp_path))
    house = House(config, AtTerminal.channels, now=BEGIN)
    house.start()
    try:
        two_weeks(AtTerminal(house))
    finally:
        house.stop()
