"""Somebody at the page, by HTTP only: a browser's cookies and headers, and what its script would keep."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from journeys.house import House
from journeys.people import Seen

from bot.app.service import Service
from bot.channels.web import Web
from bot.cli.webbing import page
from bot.config import BotSettings, Config, WebSettings

PATIENCE = 20


def config(folder: Path, **web: Any) -> Config:
    return replace(Config(), bot=BotSettings(data=folder), web=WebSettings(**{"port": 0, **web}))


class WebHouse(House):
    """A house whose only door is the page. `address` is where it stands; `more`: fields of the service."""

    def __init__(self, settings: Config, now: datetime, **more: Any) -> None:
        self.web: Web | None = None
        self.found = threading.Event()
        self.browsers: list[Browser] = []
        self.more = more
        super().__init__(settings, self._channels, now=now)

    def _channels(self, service: Service) -> list[Web]:
        for name, value in self.more.items():
            setattr(service, name, value)
        made = page(service, self.config.web, say=False)
        opened = made.ports.opened

        async def told(address: str) -> None:
            await opened(address)
            self.address = address
            self.found.set()

        made.ports = replace(made.ports, opened=told)
        self.web = made
        return [made]

    def start(self) -> None:
        self.found.clear()
        super().start()
        assert self.found.wait(PATIENCE), "the page did not open"

    def browser(self, visit: bool = True, **headers: str) -> "Browser":
        """A new browser, with no cookie yet."""
        made = Browser(self.direct, **headers)
        self.browsers.append(made)
        if visit:
            made.visit()
        return made

    @property
    def direct(self) -> str:
        """Where the server really listens, whatever address people are told."""
        return self.address if not self.config.web.public_url else f"http://127.0.0.1:{self.config.web.port}/"


@contextmanager
def open_house(settings: Config, now: datetime, **more: Any) -> Iterator[WebHouse]:
    house = WebHouse(settings, now, **more)
    house.start()
    try:
        yield house
    finally:
        for browser in house.browsers:
            browser.client.close()
        house.stop()


@dataclass
class Message:
    """A message as the page holds it."""

    id: str
    text: str
    rows: list[list[list[str]]]
    raw: dict[str, Any]

    @property
    def seen(self) -> Seen:
        labels = [label for row in self.rows for label, says in row if not says.startswith("http")]
        return Seen(self.text, tuple(labels))


class Browser:
    """Cookies, the csrf word, the last id, and the messages as they stand."""

    def __init__(self, address: str, **headers: str) -> None:
        self.client = httpx.Client(timeout=PATIENCE, headers=headers)
        self.move(address)
        self.messages: dict[str, Message] = {}
        self.entries: list[dict[str, Any]] = []
        self.last = 0
        self.toasts: list[str] = []
        self.csrf = ""

    def move(self, address: str) -> None:
        self.address = address.rstrip("/")

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(f"{self.address}{path}", **more)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        known = {"Origin": self.address, "X-CSRF": self.csrf, "Content-Type": "application/json"}
        content = body if isinstance(body, (bytes, str)) else json.dumps(body)
        sent = {key: value for key, value in {**known, **headers}.items() if value != "-"}
        return self.client.post(f"{self.address}{path}", content=content, headers=sent)

    def visit(self) -> list[Message]:
        """Load the page anew: everything is drawn again from the history."""
        answer = self.get("/api/start")
        found = answer.json()
        self.csrf = found["csrf"]
        if answer.status_code != 200:
            return []
        self.messages, self.last, self.entries = {}, 0, []
        return self.take(found["entries"])

    def enter(self, link: str) -> httpx.Response:
        """Open a personal link."""
        self.visit()
        answer = self.post("/api/enter", {"token": link.partition("#in=")[2]})
        if answer.status_code == 200:
            self.visit()
        return answer

    def body(self, text: str, pressed: str = "", label: str = "", key: str = "") -> dict[str, Any]:
        return {
            "text": text,
            "key": key or uuid4().hex,
            "pressed": pressed,
            "label": label,
            "after": self.last,
        }

    def says(self, text: str, pressed: str = "", label: str = "", key: str = "") -> list[Message]:
        """What is new or changed on the page."""
        answer = self.post("/api/say", self.body(text, pressed, label, key))
        assert answer.status_code == 200, answer.text
        found = answer.json()
        changed = self.take(found["entries"])
        if found["empty"]:
            self.messages, self.last, self.entries = {}, 0, []
        loose = [Message("", text_of(each), each.get("rows", []), each) for each in found["loose"]]
        return changed + loose

    def presses(self, label: str) -> list[Message]:
        """The newest message that has such a button."""
        for message in reversed(self.messages.values()):
            for row in message.rows:
                for name, says in row:
                    if name == label:
                        return self.says(says, message.id, label)
        raise AssertionError(f"no button {label}")

    def news(self) -> list[Message]:
        """What came since, as a stream gives it when it is opened."""
        with self.stream() as events:
            return self.take(events.until_quiet())

    @contextmanager
    def stream(self, after: int | None = None) -> Iterator["Events"]:
        where = self.last if after is None else after
        with self.client.stream("GET", f"{self.address}/api/stream?after={where}") as answer:
            assert answer.status_code == 200, answer.read()
            yield Events(answer)

    def take(self, entries: list[dict[str, Any]]) -> list[Message]:
        """As view.js draws them: what was pressed is changed in place."""
        changed = []
        for entry in entries:
            if entry["id"] <= self.last:
                continue
            self.last = entry["id"]
            self.entries.append(entry)
            for n, reply in enumerate(entry["replies"]):
                toast, edits = reply.get("toast", ""), reply.get("edits", False)
                id_ = f"{entry['id']}.{n}"
                if entry["pressed"] and toast:
                    self.toasts.append(toast)
                if entry["pressed"] and edits:
                    text = text_of(reply, "edited") if "edited" in reply else text_of(reply)
                    rows = reply.get("editedRows", reply.get("rows", []))
                    message = Message(entry["pressed"], text, rows, reply)
                elif (entry["pressed"] and toast) or not reply["text"]:
                    continue
                else:
                    message = Message(id_, text_of(reply), reply.get("rows", []), reply)
                self.messages[message.id] = message
                changed.append(message)
        return changed


class Events:
    """An open stream, event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.lines = answer.iter_lines()

    def next(self) -> dict[str, Any]:
        """The next exchange; blocks until there is one."""
        for line in self.lines:
            if line.startswith("data: "):
                return json.loads(line[6:])
        raise AssertionError("the stream ended")

    def until_quiet(self) -> list[dict[str, Any]]:
        """What the server sent at once, before it waits for more."""
        found = []
        for line in self.lines:
            if line.startswith("data: "):
                found.append(json.loads(line[6:]))
            if line == ": now":
                return found
        raise AssertionError("the stream ended")


def text_of(reply: dict[str, Any], part: str = "text") -> str:
    return "".join(run[0] for run in reply[part])


class AtPage:
    """A person of the journeys, at the page."""

    def __init__(self, house: WebHouse) -> None:
        self.house = house
        self.browser = house.browser()

    @property
    def now(self) -> datetime:
        return self.house.now

    def says(self, text: str) -> list[Seen]:
        return [message.seen for message in self.browser.says(text)]

    def presses(self, label: str) -> list[Seen]:
        return [message.seen for message in self.browser.presses(label)]

    def at(self, when: datetime) -> list[Seen]:
        self.house.now = when
        self.house.tick()
        return [message.seen for message in self.browser.news()]

    def down_until(self, when: datetime) -> list[Seen]:
        self.house.stop()
        self.house.now = when
        self.house.start()
        self.browser.move(self.house.address)
        return self.at(when)
