"""How far each is: cards given and read, the place in an article, favourites, packs followed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.store.database import Store


@dataclass(frozen=True, slots=True)
class Given:
    """The card a subscription got on a local day. rank is the card's place at that time.

    shown: it was seen or sent; one that was only put aside for a push that never left is tomorrow's again.
    """

    day: date
    card: str
    rank: int
    review: bool
    pack: str = ""
    shown: bool = True


def given(store: Store, sub: int, pack: str) -> list[Given]:
    """All cards of a pack that a subscription got, by day."""
    rows = store.rows(
        "SELECT day, card, rank, review, pack, shown FROM assigned WHERE subscription = ? AND pack = ?"
        " ORDER BY day",
        sub,
        pack,
    )
    return [
        Given(
            date.fromisoformat(r["day"]), r["card"], r["rank"], bool(r["review"]), r["pack"], bool(r["shown"])
        )
        for r in rows
    ]


def given_on(store: Store, sub: int, day: date) -> Given | None:
    """The card of a local day, whichever pack it is from."""
    r = store.row(
        "SELECT day, card, rank, review, pack, shown FROM assigned WHERE subscription = ? AND day = ?",
        sub,
        day.isoformat(),
    )
    return Given(day, r["card"], r["rank"], bool(r["review"]), r["pack"], bool(r["shown"])) if r else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subscription stands when its slot comes. noted: the ledger has its row for that day already;
    given: (pack, card) of that day, if it has been given one; last: (card, rank) of the last new card."""

    noted: bool
    given: tuple[str, str] | None
    last: tuple[str, int] | None


def standings(store: Store, wanted: Sequence[tuple[int, str, str]]) -> list[Standing]:
    """For many (subscription, day, pack) at once, in their order."""
    rows = store.db.conn.execute(
        "WITH w AS (SELECT key AS n, json_extract(value, '$[0]') AS sub, json_extract(value, '$[1]') AS day,"
        " json_extract(value, '$[2]') AS pack FROM json_each(?))"
        " SELECT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription = w.sub AND d.day = w.day"
        " AND d.kind = 'daily'), g.pack, g.card, l.card, l.rank FROM w"
        " LEFT JOIN assigned g ON g.subscription = w.sub AND g.day = w.day"
        " LEFT JOIN assigned l ON l.rowid = (SELECT a.rowid FROM assigned a WHERE a.subscription = w.sub"
        " AND a.pack = w.pack AND a.review = 0 ORDER BY a.day DESC LIMIT 1) ORDER BY w.n",
        (json.dumps(wanted),),
    )
    return [
        Standing(bool(noted), (pack, card) if card else None, (last, rank) if last else None)
        for noted, pack, card, last, rank in rows
    ]


def given_before(store: Store, wanted: Sequence[tuple[int, str, str]]) -> set[int]:
    """Of many (subscription, pack, card): the places of those that were given already."""
    rows = store.db.conn.execute(
        "SELECT w.key FROM json_each(?) w WHERE EXISTS (SELECT 1 FROM assigned a"
        " WHERE a.subscription = json_extract(w.value, '$[0]') AND a.pack = json_extract(w.value, '$[1]')"
        " AND a.card = json_extract(w.value, '$[2]'))",
        (json.dumps(wanted),),
    )
    return {row[0] for row in rows}


def put_aside(store: Store, many: Iterable[tuple[int, Given]]) -> None:
    """(subscription, card) of many pushes to come; not seen yet."""
    store.db.conn.executemany(
        "INSERT INTO assigned (subscription, day, pack, card, rank, review, shown) VALUES (?,?,?,?,?,?,'')",
        [(sub, g.day.isoformat(), g.pack, g.card, g.rank, int(g.review)) for sub, g in many],
    )


def give(store: Store, sub: int, pack: str, card: Given, now: datetime | None) -> None:
    """Note the card of the day; `now`: it is being shown, None: put aside for a push.

    A second one on one local day cannot be noted.
    """
    store.do(
        "INSERT INTO assigned (subscription, day, pack, card, rank, review, shown) VALUES (?,?,?,?,?,?,?)",
        *(sub, card.day.isoformat(), pack, card.card, card.rank, int(card.review)),
        now.isoformat() if now else "",
    )


def show(store: Store, sub: int, day: date, now: datetime) -> None:
    """The card of that day has been seen (or sent)."""
    store.do(
        "UPDATE assigned SET shown = ? WHERE subscription = ? AND day = ? AND shown = ''",
        *(now.isoformat(), sub, day.isoformat()),
    )


def take_back(store: Store, sub: int, day: date) -> None:
    """A push did not leave: the card put aside for it is tomorrow's, unless it has been seen."""
    store.do("DELETE FROM assigned WHERE subscription = ? AND day = ? AND shown = ''", sub, day.isoformat())


def read_on(store: Store, who: int, pack: str, card: str, study_day: date) -> datetime | None:
    """When a member marked a card read on that study day, or None."""
    row = store.row(
        "SELECT at FROM reads WHERE member = ? AND pack = ? AND card = ? AND study_day = ?",
        *(who, pack, card, study_day.isoformat()),
    )
    return datetime.fromisoformat(row["at"]) if row else None


def first_read(store: Store, who: int, pack: str, card: str) -> date | None:
    """The first study day on which a member marked a card read, or None."""
    row = store.row(
        "SELECT min(study_day) AS day FROM reads WHERE member = ? AND pack = ? AND card = ?", who, pack, card
    )
    return date.fromisoformat(row["day"]) if row and row["day"] else None


def cards_read(store: Store, who: int, pack: str) -> set[str]:
    """The cards of a pack that a member has marked read, on whichever day."""
    rows = store.rows("SELECT DISTINCT card FROM reads WHERE member = ? AND pack = ?", who, pack)
    return {row["card"] for row in rows}


def mark_read(store: Store, who: int, pack: str, card: str, now: datetime, study_day: date) -> bool:
    """Mark a card read on a study day; False when it was."""
    return bool(
        store.do(
            "INSERT INTO reads (member, pack, card, at, study_day) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
            *(who, pack, card, now.isoformat(), study_day.isoformat()),
        )
    )


def place(store: Store, who: int, pack: str) -> tuple[str, int] | None:
    """Where a member last read: (article id, page from 1)."""
    row = store.row("SELECT article, page FROM places WHERE member = ? AND pack = ?", who, pack)
    return (row["article"], row["page"]) if row else None


def keep_place(store: Store, who: int, pack: str, article: str, page: int, now: datetime) -> None:
    store.do(
        "INSERT INTO places (member, pack, article, page, at) VALUES (?,?,?,?,?) ON CONFLICT (member, pack)"
        " DO UPDATE SET article = excluded.article, page = excluded.page, at = excluded.at",
        *(who, pack, article, page, now.isoformat()),
    )


def favourites(store: Store, who: int) -> list[tuple[str, str]]:
    """(pack, card), the latest first."""
    rows = store.rows("SELECT pack, card FROM favourites WHERE member = ? ORDER BY at DESC, rowid DESC", who)
    return [(row["pack"], row["card"]) for row in rows]


def keep_favourite(store: Store, who: int, pack: str, card: str, now: datetime) -> bool:
    """False when it was kept already."""
    return bool(
        store.do(
            "INSERT INTO favourites (member, pack, card, at) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
            *(who, pack, card, now.isoformat()),
        )
    )


def drop_favourite(store: Store, who: int, pack: str, card: str) -> bool:
    return bool(
        store.do("DELETE FROM favourites WHERE member = ? AND pack = ? AND card = ?", who, pack, card)
    )


def follow(store: Store, who: int, pack: str, now: datetime) -> None:
    store.do(
        "INSERT INTO follows (member, pack, at) VALUES (?,?,?) ON CONFLICT DO NOTHING",
        *(who, pack, now.isoformat()),
    )


def followed(store: Store, who: int) -> set[str]:
    """Packs a member follows or has followed."""
    return {row["pack"] for row in store.rows("SELECT pack FROM follows WHERE member = ?", who)}
