"""Offers: what a number, a label or a button of a reply means, for half an hour; and the open prompt.

Invariant: an offer belongs to one person in one chat (person 0: anybody there); its stamp cannot be guessed,
so that a forged or an old button is known as such.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Store

MINUTES = 30
KEPT = 20  # offers of one person in one chat
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a reply asked for: the head of the sentence that the next text completes, and for how long yet."""

    head: str
    minutes: float


@dataclass(frozen=True, slots=True)
class Offer:
    stamp: str
    choices: dict[str, str]  # what may be typed → the sentence it stands for
    says: tuple[str, ...]  # the buttons' sentences, in order
    live: bool
    member: int = 0
    chat: str = ""
    prompt: Prompt | None = None  # what its reply asks for, while that is open
    asks: str = ""  # the same head, as long as the offer lives; also where no text answers it, only buttons
    yes: str = ""  # the label of the first button, where its reply is a question and that is the yes


def new_stamp() -> str:
    """Six characters: short in a button, and no use in guessing within half an hour."""
    return "".join(secrets.choice(ALPHABET) for _ in range(6))


def put(
    store: Store,
    channel: str,
    chat: str,
    who: int,
    offer: Offer,
    now: datetime,
    prompt: str = "",
    prompt_minutes: float = 5,
) -> None:
    """Keep an offer, and the prompt that its reply opens; no minutes: what it asks, to be answered by buttons."""
    made = store.db.execute(
        "INSERT INTO offers (channel, chat, member, stamp, choices, says, yes, prompt, prompt_until,"
        " expires) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            *(channel, chat, who, offer.stamp, json.dumps(offer.choices, ensure_ascii=False)),
            *(json.dumps(offer.says, ensure_ascii=False), offer.yes, prompt),
            (now + timedelta(minutes=prompt_minutes)).isoformat() if prompt else "",
            (now + timedelta(minutes=MINUTES)).isoformat(),
        ),
    )
    if (made.lastrowid or 0) % KEPT == 0:  # now and then is enough
        store.do(
            "DELETE FROM offers WHERE channel = ? AND chat = ? AND member = ? AND id <= coalesce((SELECT id"
            " FROM offers WHERE channel = ? AND chat = ? AND member = ? ORDER BY id DESC LIMIT 1 OFFSET ?), 0)",
            *(channel, chat, who, channel, chat, who, KEPT),
        )


def newest(store: Store, channel: str, chat: str, who: int, now: datetime) -> Offer | None:
    """The newest live offer of this person (or of anybody) in this chat."""
    return next(iter(recent(store, channel, chat, who, now, 1)), None)


def recent(store: Store, channel: str, chat: str, who: int, now: datetime, count: int = KEPT) -> list[Offer]:
    """The live offers of this person (or of anybody) in this chat, newest first."""
    rows = store.rows(
        "SELECT stamp, choices, says, member, chat, yes, prompt, prompt_until FROM offers WHERE channel = ?"
        " AND chat = ? AND member IN (?, 0) AND expires > ? ORDER BY id DESC LIMIT ?",
        *(channel, chat, who, now.isoformat(), count),
    )
    return [
        Offer(
            *(row["stamp"], json.loads(row["choices"]), tuple(json.loads(row["says"])), True),
            *(row["member"], row["chat"], _prompt(row["prompt"], row["prompt_until"], now)),
            *(row["prompt"], row["yes"]),
        )
        for row in rows
    ]


def stamped(store: Store, channel: str, chat: str, stamp: str, now: datetime) -> Offer | None:
    """The offer with that stamp in this chat, live or not; None for a forged or forgotten one."""
    row = store.row(
        "SELECT stamp, choices, says, member, chat, expires FROM offers WHERE stamp = ? AND channel = ? AND chat = ?",
        *(stamp, channel, chat),
    )
    if row is None:
        return None
    return Offer(
        row["stamp"],
        json.loads(row["choices"]),
        tuple(json.loads(row["says"])),
        row["expires"] > now.isoformat(),
        row["member"],
        row["chat"],
    )


def prompt(store: Store, channel: str, chat: str, who: int, now: datetime) -> Prompt | None:
    """What the last reply asked for, while that is open."""
    row = store.row(
        "SELECT prompt, prompt_until FROM offers WHERE channel = ? AND chat = ? AND member = ?"
        " ORDER BY id DESC LIMIT 1",
        *(channel, chat, who),
    )
    return None if row is None else _prompt(row["prompt"], row["prompt_until"], now)


def _prompt(head: str, until: str, now: datetime) -> Prompt | None:
    if not head or until <= now.isoformat():
        return None
    return Prompt(head, (datetime.fromisoformat(until) - now) / timedelta(minutes=1))


def is_offered(store: Store, channel: str, chat: str, who: int, sentence: str, now: datetime) -> bool:
    """Whether a live offer of this person in this chat has this very sentence: a confirmation is no forgery."""
    rows = store.rows(
        "SELECT says FROM offers WHERE channel = ? AND chat = ? AND member = ? AND expires > ?",
        *(channel, chat, who, now.isoformat()),
    )
    return any(sentence in json.loads(row["says"]) for row in rows)
