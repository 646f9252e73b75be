"""Members, their subscriptions, what each has been given and has read, and their open offers."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.store.database import Store

OFFER_MINUTES = 30
OFFERS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """One chat following one pack. Inactive: it has a position, but gets no push."""

    id: int
    pack: str
    minute: int
    zone: str
    active: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The card a subscription got on a local day. rank is the card's place at that time."""

    day: date
    card: str
    rank: int
    review: bool


def member(store: Store, channel: str, user: str, name: str, zone: str, now: datetime) -> tuple[Member, bool]:
    """The member behind a platform's user, and whether he is new. Must run inside a write transaction."""
    row = store.row("SELECT id, name, zone FROM members WHERE channel = ? AND user = ?", channel, user)
    if row:
        return Member(**row), False
    made = store.rows(
        "INSERT INTO members (name, channel, user, zone, created) VALUES (?,?,?,?,?) RETURNING id, name, zone",
        *(name, channel, user, zone, now.isoformat()),
    )
    return Member(**made[0]), True


def subscription(store: Store, channel: str, chat: str, thread: str, default: Subscription) -> Subscription:
    """The chat's subscription; an inactive one like `default` is made where there is none."""
    row = store.row(
        "SELECT id, pack, minute, zone, active FROM subscriptions WHERE channel = ? AND chat = ? AND thread = ?",
        *(channel, chat, thread),
    )
    if row is None:
        row = store.rows(
            "INSERT INTO subscriptions (channel, chat, thread, pack, minute, zone, days, active)"
            " VALUES (?,?,?,?,?,?,'daily',0) RETURNING id, pack, minute, zone, active",
            *(channel, chat, thread, default.pack, default.minute, default.zone),
        )[0]
    return Subscription(row["id"], row["pack"], row["minute"], row["zone"], bool(row["active"]))


def given(store: Store, sub: int, pack: str) -> list[Given]:
    """All cards of a pack that a subscription got, by day."""
    rows = store.rows(
        "SELECT day, card, rank, review FROM assigned WHERE subscription = ? AND pack = ? ORDER BY day",
        sub,
        pack,
    )
    return [Given(date.fromisoformat(r["day"]), r["card"], r["rank"], bool(r["review"])) for r in rows]


def give(store: Store, sub: int, pack: str, card: Given, now: datetime) -> None:
    """Note the card of the day. A second one on one local day cannot be noted."""
    store.do(
        "INSERT INTO assigned (subscription, day, pack, card, rank, review, shown) VALUES (?,?,?,?,?,?,?)",
        *(sub, card.day.isoformat(), pack, card.card, card.rank, int(card.review), now.isoformat()),
    )


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


def offer(store: Store, channel: str, chat: str, who: int, choices: dict[str, str], now: datetime) -> None:
    """Keep what may be typed in answer to a reply: what is typed → the sentence it stands for."""
    made = store.db.execute(
        "INSERT INTO offers (channel, chat, member, choices, expires) VALUES (?,?,?,?,?)",
        (
            *(channel, chat, who, json.dumps(choices, ensure_ascii=False)),
            (now + timedelta(minutes=OFFER_MINUTES)).isoformat(),
        ),
    )
    store.do(
        "DELETE FROM offers WHERE channel = ? AND chat = ? AND member = ? AND id <= ?",
        *(channel, chat, who, (made.lastrowid or 0) - OFFERS_KEPT),
    )


def offered(store: Store, channel: str, chat: str, who: int, typed: str, now: datetime) -> str | None:
    """What a typed number or label stands for in the newest live offer of this person in this chat."""
    row = store.row(
        "SELECT choices FROM offers WHERE channel = ? AND chat = ? AND member = ? AND expires > ?"
        " ORDER BY id DESC LIMIT 1",
        *(channel, chat, who, now.isoformat()),
    )
    choices: dict[str, str] = json.loads(row["choices"]) if row else {}
    return choices.get(typed)
