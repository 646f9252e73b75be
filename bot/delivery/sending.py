"""One send, and what it came to.

Invariant: every way a send can end is an Outcome; only cancellation passes through.
"""

import logging
import random
from dataclasses import dataclass

from bot.messages import Address, Channel, Doubtful, Gone, Later, Moved, Rejected, Reply, Stopped, Unsent
from bot.pacing import bulk
from bot.store.outbox import Delivery, State

log = logging.getLogger("bot.delivery")
FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0  # seconds between attempts, doubled each time
STOPPED_WAIT = 60.0
MOVES = 3  # a chat that moves for ever is no chat
CONDEMNED = "rejected: the card is stopped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a send came to. wait: seconds until the next try; counts: it was an attempt; pause: seconds for
    which the whole channel waits with its pushes; gone: why the chat takes nothing any more; moved: its new
    id; stopped: why the channel cannot go on; answered: the platform was there."""

    delivery: Delivery
    address: Address
    state: State
    ref: str = ""
    error: str = ""
    wait: float | None = None
    counts: bool = True
    pause: float | None = None
    gone: str = ""
    moved: str = ""
    stopped: str = ""
    answered: bool = True


async def send(channel: Channel, found: Delivery, address: Address, reply: Reply) -> Outcome:
    """Send one row in the bulk lane."""
    try:
        with bulk():
            return Outcome(found, address, "sent", ref=await channel.send(address, reply))
    except Later as later:
        asked = later.seconds or 0.0
        wait = asked or patience(found.attempts)
        return Outcome(found, address, "queued", error="429", wait=wait, counts=not asked, pause=wait)
    except Gone as gone:
        return Outcome(found, address, "failed", error="gone", gone=str(gone) or "gone")
    except Moved as moved:
        if found.attempts > MOVES:
            return Outcome(found, address, "failed", error="moved too often")
        return Outcome(found, address, "queued", error="moved", wait=0.0, moved=moved.chat)
    except Rejected as rejected:
        return Outcome(found, address, "failed", error=f"rejected: {rejected}"[:200])
    except Unsent as unsent:
        wait = patience(found.attempts)
        return Outcome(found, address, "queued", error=f"unsent: {unsent}"[:200], wait=wait, answered=False)
    except Stopped as stopped:
        return Outcome(
            *(found, address, "queued"),
            error="stopped",
            wait=STOPPED_WAIT,
            counts=False,
            pause=STOPPED_WAIT,
            stopped=str(stopped) or "stopped",
        )
    except Doubtful as doubt:
        return Outcome(found, address, "unknown", error=f"doubt: {doubt}"[:200], answered=False)
    except Exception as fault:
        log.exception("delivery %s: a fault in the channel %s", found.id, channel.kind)
        return Outcome(found, address, "unknown", error=f"doubt: {type(fault).__name__}", answered=False)


def patience(attempts: int) -> float:
    """Seconds until the next try: doubled each time, with jitter so that not all come back at once."""
    wait = min(FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 30), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
