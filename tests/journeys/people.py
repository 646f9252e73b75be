"""What a person can do on any channel. Each channel brings a driver that does it; the journeys are the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from journeys.house import House

from bot.app.service import Service
from bot.channels.terminal import KIND, incoming
from bot.fit import is_link
from bot.messages import Address, Answer, Listener, Reply, bare


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as the person sees it: its text without any style, and the labels below it."""

    text: str
    labels: tuple[str, ...] = ()


class Person(Protocol):
    """Somebody with a device, and a clock that only moves when told."""

    now: datetime

    def says(self, text: str) -> list[Seen]:
        """Write, and read what comes back."""
        ...

    def presses(self, label: str) -> list[Seen]:
        """Press a button of the newest message that has it; what the chat then shows anew (edits included)."""
        ...

    def at(self, when: datetime) -> list[Seen]:
        """The clock moves on with the program running; what arrived by itself."""
        ...

    def down_until(self, when: datetime) -> list[Seen]:
        """The program stops now and is started again then; what arrived by itself."""
        ...


def seen(reply: Reply) -> Seen:
    return Seen(bare(reply.text), tuple(button.label for button in reply.buttons if not is_link(button)))


class Idle:
    """A terminal at which a test sits instead of a person."""

    kind = KIND

    async def run(self, answer: Answer) -> None:
        import asyncio

        await asyncio.Event().wait()


class AtTerminal:
    """Typing and reading in a terminal. Buttons are typed as their labels."""

    def __init__(self, house: House, name: str = "小林") -> None:
        self.house, self.name = house, name

    @property
    def now(self) -> datetime:
        return self.house.now

    @staticmethod
    def channels(_: Service) -> list[Listener]:
        return [Idle()]

    def says(self, text: str) -> list[Seen]:
        replies = self.house.do(self.house.service.answer(incoming(self.name, text)))
        return [seen(reply) for reply in replies]

    def presses(self, label: str) -> list[Seen]:
        return self.says(label)

    def at(self, when: datetime) -> list[Seen]:
        self.house.now = when
        self.house.tick()
        waiting = self.house.do(self.house.service.waiting(Address(KIND, self.name)))
        return [seen(reply) for reply in waiting]

    def down_until(self, when: datetime) -> list[Seen]:
        self.house.stop()
        self.house.now = when
        self.house.start()
        return self.at(when)
