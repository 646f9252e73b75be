"""What every part prints: a Markdown table, and the statistics that fill it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `note` tells what was compared with what, and the bound that it should keep."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"{table}\n\n{self.note}" if self.note else table


def quantile(values: Sequence[float], q: float) -> float:
    """The value below which a share `q` (0–1) of the values lies; the largest for q = 1.

    >>> quantile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[min(int(q * len(ordered)), len(ordered) - 1)]
