"""Polls and quizzes: sending, voting, stopping.

Invariant: a poll's counts are those of its votes; a stopped poll takes none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import bad, broken
from .markup import utf16
from .sending import deliver, formatted, may_send, own, split_markup, target
from .world import Json, User

if TYPE_CHECKING:
    from .server import FakeBotApi

OPTIONS, QUESTION_LIMIT, OPTION_LIMIT, EXPLANATION_LIMIT = 12, 300, 100, 200


@dataclass(eq=False)
class Poll:
    """A poll as sent. `votes`: option numbers by person."""

    id: str
    question: str
    options: list[str]
    quiz: bool
    anonymous: bool
    several: bool
    revoting: bool
    members_only: bool
    correct: list[int]
    explanation: str
    explanation_entities: list[Json]
    closed: bool = False
    period: int | None = None
    close_date: int | None = None
    votes: dict[int, list[int]] = field(default_factory=dict)

    def json(self) -> Json:
        """The Poll object."""
        counts = [sum(number in vote for vote in self.votes.values()) for number in range(len(self.options))]
        data: Json = {
            "id": self.id,
            "question": self.question,
            "options": [
                {"persistent_id": f"{self.id}o{i}", "text": text, "voter_count": counts[i]}
                for i, text in enumerate(self.options)
            ],
            "total_voter_count": sum(1 for vote in self.votes.values() if vote),
            "is_closed": self.closed,
            "is_anonymous": self.anonymous,
            "type": "quiz" if self.quiz else "regular",
            "allows_multiple_answers": self.several,
            "allows_revoting": self.revoting,
            "members_only": self.members_only,
        }
        if self.quiz:
            data["correct_option_ids"] = self.correct
        if self.explanation:
            data["explanation"] = self.explanation
            data["explanation_entities"] = self.explanation_entities
        if self.period is not None:
            data["open_period"] = self.period
        if self.close_date is not None:
            data["close_date"] = self.close_date
        return data


def _options(params: Json) -> list[str]:
    options = [o["text"] if isinstance(o, dict) else o for o in params.get("options") or ()]
    if not options:
        raise broken("poll must have at least 1 option")
    if len(options) > OPTIONS:
        raise broken(f"poll can't have more than {OPTIONS} options")
    for text in options:
        if not text.strip():
            raise broken("poll options must be non-empty")
        if utf16(text) > OPTION_LIMIT:
            raise broken(f"poll options length must not exceed {OPTION_LIMIT}")
    return options


def _right(params: Json, options: list[str], quiz: bool) -> list[int]:
    given = params.get("correct_option_ids")
    if given is None and (one := params.get("correct_option_id")) is not None:
        given = [one]
    if not quiz:
        if given:
            raise broken("correct option can be set for quizzes only")
        return []
    if not given:
        raise broken("quiz must have at least one correct option")
    if sorted(set(given)) != given or any(not 0 <= number < len(options) for number in given):
        raise broken("wrong correct option ID specified")
    if len(given) > 1 and not params.get("allows_multiple_answers"):
        raise broken("quiz with several correct options must allow multiple answers")
    return list(given)


def send_poll(api: FakeBotApi, params: Json, files: Json) -> Json:
    chat = target(api, params)
    question = params.get("question", "").strip()
    if not question:
        raise broken("poll question must be non-empty")
    if utf16(question) > QUESTION_LIMIT:
        raise broken(f"poll question length must not exceed {QUESTION_LIMIT}")
    options = _options(params)
    kind = params.get("type", "regular")
    if kind not in {"regular", "quiz"}:
        raise broken("unsupported poll type specified")
    quiz = kind == "quiz"
    correct = _right(params, options, quiz)
    explanation, marks = formatted(
        api,
        params.get("explanation"),
        params.get("explanation_parse_mode"),
        params.get("explanation_entities"),
        EXPLANATION_LIMIT,
        "explanation",
    )
    if explanation.count("\n") > 2:
        raise broken("explanation must not have more than 2 line feeds")
    if chat.type == "channel" and params.get("is_anonymous") is False:
        raise bad("non-anonymous polls can't be sent to channel chats")
    may_send(chat, "poll")
    poll = Poll(
        api.next_id("5"), question, options, quiz, params.get("is_anonymous", True),
        params.get("allows_multiple_answers", False), params.get("allows_revoting", not quiz),
        params.get("members_only", False), correct, explanation, marks, params.get("is_closed", False),
        params.get("open_period"), params.get("close_date"),
    )  # fmt: skip
    message = deliver(api, chat, params, {}, poll)
    seconds = poll.period or (poll.close_date - api.world.now() if poll.close_date else None)
    if seconds is not None:
        api.later(seconds, lambda: close(api, message, poll))
    return message.json()


def close(api: FakeBotApi, message: Any, poll: Poll) -> None:
    """End a poll whose time is over."""
    if not poll.closed:
        poll.closed = True
        message.chat.tell("edited", message)
        api.hub.put("poll", poll.json())


def stop_poll(api: FakeBotApi, params: Json, files: Json) -> Json:
    message = own(api, params, "edit")
    poll = message.poll
    if poll is None:
        raise bad("message with poll to stop not found")
    if poll.closed:
        raise bad("poll has already been closed")
    poll.closed = True
    message.markup = split_markup(params.get("reply_markup"))[0]
    message.chat.tell("edited", message)
    api.hub.put("poll", poll.json())
    result: Json = poll.json()
    return result


def vote(api: FakeBotApi, poll: Poll, user: User, numbers: list[int]) -> None:
    """A person votes; [] takes the vote back. Raises AssertionError for what the app would not offer."""
    assert not poll.closed, "the poll is closed"
    assert all(0 <= number < len(poll.options) for number in numbers), f"no option {numbers}"
    assert len(numbers) <= 1 or poll.several, "only one answer is allowed"
    assert user.id not in poll.votes or poll.revoting, "this poll takes one vote from each person"
    poll.votes[user.id] = list(numbers)
    if poll.anonymous:
        api.hub.put("poll", poll.json())
        return
    answer: Json = {
        "poll_id": poll.id, "user": user.json(), "option_ids": list(numbers),
        "option_persistent_ids": [f"{poll.id}o{number}" for number in numbers],
    }  # fmt: skip
    api.hub.put("poll_answer", answer)
