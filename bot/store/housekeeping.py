"""Facts about the running program: what it handled last, which channel waits, who holds the lease."""

from datetime import datetime, timedelta

from bot.store.database import Store

UPDATES_KEPT = timedelta(days=3)  # platforms repeat an update for a day at most


def fact(store: Store, key: str) -> str:
    row = store.row("SELECT value FROM facts WHERE key = ?", key)
    return row["value"] if row else ""


def put_fact(store: Store, key: str, value: str) -> None:
    store.do(
        "INSERT INTO facts (key, value) VALUES (?,?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )


def first_time(store: Store, channel: str, update: str, now: datetime) -> bool:
    """Note a platform's update; False when it had been handled before. Runs in the update's transaction."""
    return bool(
        store.do(
            'INSERT INTO updates (channel, "update", at) VALUES (?,?,?) ON CONFLICT DO NOTHING',
            *(channel, update, now.isoformat()),
        )
    )


def forget_updates(store: Store, now: datetime, most: int = 1000) -> int:
    """Drop what is too old to matter: updates that were handled, and wrong codes."""
    from bot.store import members

    members.forget_misses(store, now)
    return store.do(
        "DELETE FROM updates WHERE rowid IN (SELECT rowid FROM updates WHERE at < ? LIMIT ?)",
        (now - UPDATES_KEPT).isoformat(),
        most,
    )


# ---------------------------------------------------------------- channels


def pause_channel(store: Store, channel: str, until: float, why: str) -> None:
    """No bulk sends before `until` (Unix seconds); survives a restart. Never made shorter."""
    store.do(
        "INSERT INTO channel_states (channel, paused_until, why, stopped) VALUES (?,?,?,'')"
        " ON CONFLICT (channel) DO UPDATE SET paused_until = max(coalesce(paused_until, 0), excluded.paused_until),"
        " why = excluded.why",
        *(channel, until, why),
    )


def paused_until(store: Store, channel: str) -> float:
    row = store.row("SELECT paused_until FROM channel_states WHERE channel = ?", channel)
    return (row["paused_until"] or 0.0) if row else 0.0


def pauses(store: Store, now: float) -> dict[str, tuple[float, str]]:
    """Channel → (until when its bulk waits, why), those that do."""
    rows = store.rows("SELECT channel, paused_until, why FROM channel_states WHERE paused_until > ?", now)
    return {row["channel"]: (row["paused_until"], row["why"]) for row in rows}


def set_back(store: Store, by: float, now: float) -> None:
    """The clock was set back by `by` seconds: a pause does not last that much longer."""
    store.do(
        "UPDATE channel_states SET paused_until = max(?, paused_until - ?) WHERE paused_until > ?",
        *(now, by, now),
    )


def put_pace(store: Store, channel: str, pace: float, at: float) -> None:
    """How many messages a second a channel's broadcast made lately."""
    store.do(
        "INSERT INTO channel_states (channel, paused_until, why, stopped, pace, pace_at) VALUES (?,0,'','',?,?)"
        " ON CONFLICT (channel) DO UPDATE SET pace = excluded.pace, pace_at = excluded.pace_at",
        *(channel, pace, at),
    )


def paces(store: Store) -> dict[str, tuple[float, float]]:
    """Channel → (messages a second, when that was measured)."""
    rows = store.rows("SELECT channel, pace, pace_at FROM channel_states WHERE pace_at > 0")
    return {row["channel"]: (row["pace"], row["pace_at"]) for row in rows}


def stop_channel(store: Store, channel: str, why: str) -> None:
    """Why a channel does not run; "" when it does."""
    store.do(
        "INSERT INTO channel_states (channel, paused_until, why, stopped) VALUES (?,0,'',?)"
        " ON CONFLICT (channel) DO UPDATE SET stopped = excluded.stopped",
        channel,
        why,
    )


def stopped(store: Store) -> dict[str, str]:
    """Channel → why it stands still, those that do."""
    rows = store.rows("SELECT channel, stopped FROM channel_states WHERE stopped <> ''")
    return {row["channel"]: row["stopped"] for row in rows}


# ---------------------------------------------------------------- cards that are refused


def stop_card(store: Store, pack: str, card: str, day: str, why: str) -> bool:
    """False when it was stopped already."""
    return bool(
        store.do(
            "INSERT INTO stopped_cards (pack, card, day, why) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
            *(pack, card, day, why),
        )
    )


def stopped_cards(store: Store) -> dict[tuple[str, str], str]:
    """(pack, card) → why."""
    rows = store.rows("SELECT pack, card, why FROM stopped_cards")
    return {(row["pack"], row["card"]): row["why"] for row in rows}


def free_cards(store: Store, pack: str) -> int:
    """A pack has been put in anew: its cards may be tried again."""
    return store.do("DELETE FROM stopped_cards WHERE pack = ?", pack)


# ---------------------------------------------------------------- the lease


def take_lease(store: Store, holder: str, now: float, seconds: float) -> int:
    """Become the one that pushes; the epoch, by which every claim is checked. The file lock comes first."""
    with store.writing():
        row = store.row("SELECT epoch FROM lease WHERE id = 1")
        epoch = (row["epoch"] if row else 0) + 1
        store.do(
            "INSERT INTO lease (id, holder, epoch, expires) VALUES (1,?,?,?) ON CONFLICT (id) DO UPDATE SET"
            " holder = excluded.holder, epoch = excluded.epoch, expires = excluded.expires",
            *(holder, epoch, now + seconds),
        )
    return epoch


def keep_lease(store: Store, epoch: int, now: float, seconds: float) -> bool:
    """Renew it; False when another process has taken it since: stop pushing at once."""
    return bool(store.do("UPDATE lease SET expires = ? WHERE id = 1 AND epoch = ?", now + seconds, epoch))


def lease(store: Store) -> tuple[str, float] | None:
    """Who holds it, and until when."""
    row = store.row("SELECT holder, expires FROM lease WHERE id = 1")
    return (row["holder"], row["expires"]) if row else None
