"""The card of the day while the pack changes under people: nobody's past or position moves."""

from dataclasses import replace
from datetime import date, timedelta

from conftest import FILES, SHIPPED, Write

from bot.model import Pack
from bot.packs.read import read_pack
from bot.store import Store, library
from bot.store.progress import Given
from bot.study.daily import following

DAY = date(2026, 11, 23)


def shipped() -> Pack:
    pack, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert pack is not None
    return pack


def renumbered(pack: Pack, ids: list[str]) -> Pack:
    cards = {card.id: card for card in pack.cards}
    cards["new"] = replace(pack.cards[0], id="new")
    return replace(pack, cards=tuple(replace(cards[key], rank=n) for n, key in enumerate(ids, 1)))


def past(pack: Pack, count: int) -> list[Given]:
    return [Given(DAY + timedelta(n), card.id, card.rank, False) for n, card in enumerate(pack.cards[:count])]


def test_a_card_put_in_before_the_position_moves_nobody() -> None:
    pack = shipped()
    ids = [card.id for card in pack.cards]
    changed = renumbered(pack, ["new", *ids])
    assert following(past(pack, 7), changed, DAY + timedelta(9)).card == "c08"


def test_a_card_put_in_ahead_comes_in_its_turn() -> None:
    pack = shipped()
    ids = [card.id for card in pack.cards]
    changed = renumbered(pack, [*ids[:7], "new", *ids[7:]])
    assert following(past(pack, 7), changed, DAY + timedelta(9)).card == "new"


def test_the_last_card_given_is_taken_out() -> None:
    pack = shipped()
    ids = [card.id for card in pack.cards if card.id != "c07"]
    assert following(past(pack, 7), renumbered(pack, ids), DAY + timedelta(9)).card == "c08"


def test_a_review_is_the_card_seen_longest_ago_and_a_grown_pack_goes_on() -> None:
    pack = shipped()
    seen = past(pack, 30)
    first = following(seen, pack, DAY + timedelta(40))
    assert (first.card, first.review) == ("c01", True)
    assert following([*seen, first], pack, DAY + timedelta(41)).card == "c02"
    grown = renumbered(pack, [*(card.id for card in pack.cards), "new"])
    more = following([*seen, first], grown, DAY + timedelta(41))
    assert (more.card, more.review) == ("new", False)


def test_a_damaged_card_stays_marked_in_the_store(store: Store, write_pack: Write) -> None:
    text = FILES["cards.md"].replace("文章: a1", "文章: a1\n受损: 是")
    pack, _ = read_pack(write_pack({"cards.md": text}))
    assert pack is not None
    assert pack.cards[0].damaged
    library.put(store, pack, "")
    assert library.get(store, pack.id) == pack
