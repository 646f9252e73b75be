"""The push: what is due is noted, taken, sent and settled; each channel has a dispatcher of its own.

Invariant: a row is committed as `sending` before its request leaves, and settled only by what the platform
said; what nobody knows is `unknown`, and is sent again once at most, never silently. All database work goes
through `call`, on the one thread that owns the writing connection.
"""

from bot.delivery.engine import Engine
from bot.delivery.faults import Damaged, LeaseLost

__all__ = ["Damaged", "Engine", "LeaseLost"]
