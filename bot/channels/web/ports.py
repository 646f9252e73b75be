"""What the page needs from the rest of the program, and what it was told to be."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Reply

KIND = "web"
AT_FIRST = 20  # exchanges of a first view, and of each stretch before it
AT_ONCE = 100  # exchanges that are read at once when somebody catches up


class Kept(Protocol):
    """One exchange as the history gives it. said: None where the bot spoke of itself."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def said(self) -> str | None: ...
    @property
    def replies(self) -> tuple[Reply, ...]: ...
    @property
    def pressed(self) -> str: ...
    @property
    def update(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """What /metrics tells of the push."""

    queued: int
    oldest: float  # seconds that the oldest of them has waited
    subscriptions: int


@dataclass(frozen=True, slots=True)
class Ports:
    """The rest of the program. `after` and `latest` read a conversation, oldest first, a bounded number."""

    after: Callable[[str, int], Awaitable[Sequence[Kept]]]  # chat, above which id
    latest: Callable[[str, int | None], Awaitable[Sequence[Kept]]]  # chat, below which id
    seen: Callable[[Sequence[str]], Awaitable[None]]  # these have their pushes before their eyes now
    enter: Callable[[str, str], Awaitable[tuple[str, str]]]  # a link's secret, the browser → who, or why not
    health: Callable[[], Awaitable[str]]  # "" or what is wrong
    figures: Callable[[], Awaitable[Figures]]
    opened: Callable[[str], Awaitable[None]]  # the page stands at this address now
    secret: Callable[[], Awaitable[bytes]]  # what cookies are signed with
    clock: Callable[[], datetime]
    menu: Sequence[tuple[str, str]] = ()  # (/command, what it does)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page stands. loopback and port: of the socket that was really bound."""

    host: str
    port: int
    loopback: bool
    public_url: str = ""
    names: frozenset[str] = field(
        default_factory=frozenset
    )  # hosts, lower case, by which it may be asked for

    @property
    def address(self) -> str:
        """What people type."""
        if self.public_url:
            return self.public_url.rstrip("/") + "/"
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - a comparison
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"
