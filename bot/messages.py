"""The one message language: what comes in and what goes out, for every channel alike.

A button is a shortcut for a sentence: pressing it is saying it. There are no callback types. Styles are the
few a chat knows (bold, italic, mark); each channel renders them its own way and escapes everything else.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Style = Literal["", "bold", "italic", "mark"]
SAYS_BYTES = 64  # Telegram's callback_data limit, kept for every channel


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: Style = ""


Text = tuple[Run, ...]


def bold(text: str) -> Run:
    return Run(text, "bold")


def italic(text: str) -> Run:
    return Run(text, "italic")


def mark(text: str) -> Run:
    """A search hit, to be highlighted."""
    return Run(text, "mark")


def rich(*parts: "str | Run | Iterable[Run]") -> Text:
    """Strings, runs and texts joined into one Text; neighbours of equal style are merged."""
    runs: list[Run] = []
    for part in parts:
        items = (Run(part),) if isinstance(part, str) else (part,) if isinstance(part, Run) else part
        for run in items:
            if not run.text:
                continue
            if runs and runs[-1].style == run.style:
                runs[-1] = Run(runs[-1].text + run.text, run.style)
            else:
                runs.append(run)
    return tuple(runs)


def bare(text: Text) -> str:
    """The characters alone, without any style."""
    return "".join(run.text for run in text)


def plain(text: Text) -> str:
    """For pipes and --json: a hit is set in 「」, or 【】 where the text itself has 「."""
    left, right = "【】" if any("「" in run.text for run in text) else "「」"
    return "".join(f"{left}{run.text}{right}" if run.style == "mark" else run.text for run in text)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Text:
    """The text with the stretches in `spans` (half-open, in order, not overlapping) as search hits."""
    parts: list[str | Run] = []
    at = 0
    for begin, end in spans:
        parts += [text[at:begin], mark(text[begin:end])]
        at = end
    return rich(*parts, text[at:])


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    says: str  # the sentence it stands for (≤ 64 bytes), or an https:// link


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Poll:
    """A question that everybody in a group answers by choosing, once; all see who chose what, and what is right.

    right: places of the right options, ascending. several: more than one may be chosen. key: by it the channel
    tells (event "polled") under which id the platform keeps the poll.
    """

    question: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    explanation: str = ""
    several: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. `text` is what is sent as a new message.

    edits: where the channel can edit, replace the message whose button was pressed, by `edited` and
    `edited_rows` if given; channels that cannot edit send `text` and `rows`. toast: a short notice (Telegram
    callback answer, web notice) that stands for `text` where the channel has notices. prompt: a sentence head,
    e.g. "/time"; the next text is its argument. asks: such a head where only buttons answer, so that 算了 is understood.
    yes: a question that yes or no answers, and its first button is the yes (`ask` makes one).
    own_numbers: digits (or letters) in the text are what a typed
    number means, so the buttons get none. article: a page to be read, which a channel that can lays out as one (title,
    heads in 【】, paragraphs). private: for the eyes of the one who asked; never into a group. for_all: groups: its
    buttons are for whoever may press them, and not only for the one who wrote.
    work: made on the slow, read-only thread once the message is committed; its replies replace this one. It
    gets the read-only Store and must not raise for anything a person can do, except Complaint. slow: work that
    takes seconds and leaves the Store alone; it has a thread of its own, and the text is sent at once.
    new_pack: what work came to, once it has put a pack's folder in place: it is to be live when this is read.
    poll: where the platform has polls that fit, this instead of text and rows, which say the same in words.
    """

    text: Text
    rows: Rows = ()
    edits: bool = False
    edited: Text | None = None
    edited_rows: Rows | None = None
    toast: str = ""
    prompt: str = ""
    prompt_minutes: float = 5
    asks: str = ""
    yes: bool = False
    own_numbers: bool = False
    private: bool = False
    for_all: bool = False
    images: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    article: bool = False
    work: "Callable[[Any], list[Reply]] | None" = None
    slow: bool = False
    new_pack: bool = False
    poll: Poll | None = None

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for row in self.rows for button in row)

    @property
    def numbered(self) -> bool:
        """Whether digits belong to the reply's own text, so that its buttons get no numbers."""
        return self.own_numbers or any(button.label.isdigit() for button in self.buttons)


def inside(title: str) -> str:
    """A title as it stands between 《 and 》: marks in it become single ones. As long as it was.

    >>> inside("学《论语》")
    '学〈论语〉'
    """
    return title.translate({ord("《"): "〈", ord("》"): "〉"})


def say(*parts: "str | Run | Iterable[Run]", rows: Rows = ()) -> Reply:
    """A plain reply from strings and runs."""
    return Reply(rich(*parts), rows)


def ask(text: str, *pairs: tuple[str, str], about: str = "") -> Reply:
    """A question that yes or no answers; its first button is the yes. about: the command it is about, for 算了."""
    return Reply(rich(text), (row(*pairs),), asks=about, yes=True)


def row(*pairs: tuple[str, str]) -> tuple[Button, ...]:
    """`row(("今日学习", "/today"), …)`: one row of buttons."""
    return tuple(Button(label, says) for label, says in pairs)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person said or pressed."""

    channel: str  # "terminal", "web", "telegram", …
    chat: str  # the platform's id of the conversation
    user: str  # the platform's id of the person
    text: str
    name: str = ""  # how the platform calls the person
    thread: str = ""
    group: bool = False
    title: str = ""  # the group's name
    admin: bool = False  # may manage this chat (always true in private)
    addressed: bool = True  # groups: a command, a mention or a reply to the bot
    reply_to: str = ""  # groups: platform's id of the bot's message this answers
    offered: Rows = ()  # groups: the buttons below that message, as it stands there now
    poll: str = ""  # groups: platform's id of the poll that this is about, or answers
    pressed: str = ""  # platform's id of the message whose button was pressed
    label: str = ""  # what stood on that button
    update: str = ""  # platform's id of this update; handled once
    files: tuple[str, ...] = field(default=())  # local paths of what was sent along; in groups names only
    kept: "Callable[[], None] | None" = field(default=None, compare=False, repr=False)
    # called once what it changes is kept: from then on the platform need not tell it again
    event: Literal["", "added", "gone", "back", "moved", "polled", "voted", "other"] = ""
    # What happened instead of a sentence: the bot was added to a group (text, if any, is what that says), blocked or kicked ("gone", text says
    # why), unblocked, the chat's id changed (text is the new one), or something came that is no text. "polled": the poll with the key
    # `text` stands in its chat as `poll`. "voted": somebody chose the options with these numbers ("0 2"; none: took his vote back) in `poll`;
    # chat is his own, since the platform does not tell where the poll stands.


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a chat of a channel, in groups with topics also the thread."""

    channel: str
    chat: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can carry. `unit` is what `length` counts."""

    length: int
    unit: Literal["chars", "utf16", "bytes"] = "chars"
    buttons: bool = True  # pressable; else choices are printed to be typed
    edits: bool = True
    toasts: bool = True
    files: bool = True  # pictures and documents can be sent; else their paths are printed
    polls: bool = False  # polls that fit can be sent; else their text is


# ---------------------------------------------------------------- what a send may come to


class Gone(Exception):
    """This address will not take messages any more; the text says why (blocked, kicked, not found)."""


class Later(Exception):
    """The platform asks to wait; the message was not taken. seconds: None when it does not say how long."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(f"retry after {seconds}s")
        self.seconds = seconds


class Moved(Exception):
    """The chat has another id now (a group became a supergroup); the message was not taken."""

    def __init__(self, chat: str) -> None:
        super().__init__("the chat has another id")
        self.chat = chat


class Unsent(Exception):
    """Nothing left this machine (no connection, no free place); the text says why. To be tried again."""


class Doubtful(Exception):
    """It may have arrived (no answer, a fault on the platform's side); the text says what happened."""


class Rejected(Exception):
    """The platform refuses this message whatever the chat; the text says why."""


class Stopped(Exception):
    """The channel cannot go on (a wrong or revoked token); the text, in Chinese, tells the operator why."""


Answer = Callable[[Incoming], Awaitable[list[Reply]]]


class Listener(Protocol):
    """What takes messages from people. One whose messages are kept in the history needs no more than this."""

    @property
    def kind(self) -> str:
        """The first part of its addresses, e.g. "telegram"."""
        ...

    async def run(self, answer: Answer) -> None:
        """Take messages until cancelled, or until there will be no more (the end of input).

        Raises Stopped when it can never go on; after any other exception it is started again.
        """
        ...


class Channel(Listener, Protocol):
    """A listener that also sends. A push-only one is the same with `run` idle."""

    @property
    def limits(self) -> Limits: ...

    async def send(self, address: Address, reply: Reply) -> str:
        """Send one message; the platform's id of its last part. Raises Gone … Stopped above."""
        ...


# ---------------------------------------------------------------- kept and read again


def to_plain(reply: Reply) -> dict[str, Any]:
    """A reply as JSON values, for a history."""
    kept: dict[str, Any] = {
        "text": _plain_text(reply.text),
        "rows": _plain_rows(reply.rows),
        "own_numbers": reply.own_numbers,
        "images": list(reply.images),
        "documents": list(reply.documents),
    }
    if reply.edits:
        kept["edits"] = True
    if reply.edited is not None:
        kept["edited"] = _plain_text(reply.edited)
    if reply.edited_rows is not None:
        kept["edited_rows"] = _plain_rows(reply.edited_rows)
    if reply.toast:
        kept["toast"] = reply.toast
    if reply.article:
        kept["article"] = True
    return kept


def _plain_text(text: Text) -> list[list[str]]:
    return [[run.text, run.style] for run in text]


def _plain_rows(rows: Rows) -> list[list[list[str]]]:
    return [[[button.label, button.says] for button in each] for each in rows]


def from_plain(kept: dict[str, Any]) -> Reply:
    """The reply that `to_plain` wrote.

    >>> from_plain(to_plain(say("好", rows=(row(("今日", "/today")),)))).rows
    ((Button(label='今日', says='/today'),),)
    """
    return Reply(
        _text(kept["text"]),
        _rows(kept["rows"]),
        own_numbers=kept["own_numbers"],
        images=tuple(kept["images"]),
        documents=tuple(kept["documents"]),
        edits=kept.get("edits", False),
        edited=_text(kept["edited"]) if "edited" in kept else None,
        edited_rows=_rows(kept["edited_rows"]) if "edited_rows" in kept else None,
        toast=kept.get("toast", ""),
        article=kept.get("article", False),
    )


def _text(kept: list[Any]) -> Text:
    return tuple(Run(text, style) for text, style in kept)


def _rows(kept: list[Any]) -> Rows:
    return tuple(tuple(Button(label, says) for label, says in each) for each in kept)
