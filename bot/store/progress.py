"""How far each is: cards given and read, the place in an article, favourites, packs followed."""

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


def read_at(store: Store, who: int, pack: str, card: str) -> datetime | None:
    """When a member marked a card read, or None."""
    row = store.row("SELECT at FROM reads WHERE member = ? AND pack = ? AND card = ?", who, pack, card)
    return datetime.fromisoformat(row["at"]) if row else None


def mark_read(store: Store, who: int, pack: str, card: str, now: datetime, study_day: date) -> bool:
    """Mark a card read; False when it was."""
    return bool(
        store.do(
            "INSERT INTO reads (member, pack, card, at, study_day) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
            *(who, pack, card, now.isoformat(), study_day.isoformat()),
        )
    )


def reads(store: Store, who: int, pack: str) -> int:
    """How many cards of a pack a member has marked read."""
    row = store.row("SELECT count(*) AS n FROM reads WHERE member = ? AND pack = ?", who, pack)
    return int(row["n"]) if row else 0


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
