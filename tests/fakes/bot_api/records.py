"""What the server remembers of each request, for assertions and benchmarks.

Invariant: times are `time.monotonic()` seconds of the server's process; a call is listed when it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, slots=True)
class Call:
    """One request. `error` is the description of a failure; `trouble` the kind of an order it met."""

    method: str
    params: dict[str, Any]
    at: float
    files: dict[str, Any] = field(default_factory=dict)
    done: float | None = None
    ok: bool | None = None
    code: int = 0
    error: str = ""
    trouble: str = ""
    result: Any = None

    @property
    def chat(self) -> Any:
        """chat_id as given, or None."""
        return self.params.get("chat_id")

    def __str__(self) -> str:
        return f"{self.method}({self.params}) → {'ok' if self.ok else f'{self.code} {self.error}'}"
