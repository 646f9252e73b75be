"""The tables of questions and of the record, as the migrations of schema.py make them: never edited once released."""

from sqlite_utils import Database


def quizzes(db: Database) -> None:
    """Sessions of questions, what was answered, and when each question comes back."""
    db.table("quizzes").create(
        {
            "id": int,
            "channel": str,
            "chat": str,
            "member": int,
            "pack": str,
            "kind": str,  # daily, lone (one question, until 下一题 makes it five), wrong, place, again
            "scored": int,
            "began": str,
            "day": str,  # study day
            "state": str,  # open, done (all answered), ended
        },
        pk="id",
        not_null={"channel", "chat", "member", "pack", "kind", "scored", "began", "day", "state"},
        strict=True,
    )
    db.execute("CREATE UNIQUE INDEX quizzes_open ON quizzes (channel, chat, member) WHERE state = 'open'")
    db.table("quizzes").create_index(["member"])
    db.table("asked").create(
        {
            "id": int,
            "quiz": int,
            "n": int,  # planned place in the session
            "member": int,
            "pack": str,
            "question": str,
            "state": str,  # waiting, open, answered, late, dropped (not live any more), ended
            "digest": str,  # of the question as it was shown
            "shuffle": str,  # the order in which options (items, right sides) were shown, as JSON
            "stamp": str,
            "hinted": int,
            "shown": str,
            "expires": str,
        },
        pk="id",
        not_null={"quiz", "n", "member", "pack", "question", "state"},
        defaults={"digest": "", "shuffle": "[]", "stamp": "", "hinted": 0, "shown": "", "expires": ""},
        strict=True,
    )
    db.table("asked").create_index(["quiz", "n"])
    db.table("asked").create_index(["member"])
    db.table("answers").create(
        {
            "asked": int,  # one answer a question asked: the key is the guard
            "member": int,
            "pack": str,
            "question": str,
            "kind": str,
            "day": str,  # study day
            "at": str,
            "given": str,  # as the options were shown: "B", "AC", "231", "A3B1C2", the words filled in
            "how": str,  # right, wrong, unknown (不知道), late
            "rating": int,  # 1 again, 2 hard, 3 good; 0: not the first of its day, memory does not learn from it
            "seconds": float,
        },
        pk="asked",
        not_null={"member", "pack", "question", "kind", "day", "at", "given", "how", "rating", "seconds"},
        strict=True,
    )
    db.execute("CREATE UNIQUE INDEX answers_rated ON answers (member, pack, question, day) WHERE rating > 0")
    db.table("answers").create_index(["pack", "question"])
    db.table("answers").create_index(["member", "kind"])
    db.table("memories").create(
        {
            "member": int,
            "pack": str,
            "question": str,
            "stability": float,  # days until recall has fallen to 90%
            "difficulty": float,  # 1 to 10
            "last": str,  # study day of the last rated answer
            "due": str,  # study day from which it is asked again
            "times": int,
            "missed": int,  # right answers on different days until it leaves the 错题本; 0: not in it
        },
        pk=("member", "pack", "question"),
        not_null={"stability", "difficulty", "last", "due", "times", "missed"},
        strict=True,
    )


def record(db: Database) -> None:
    """Points, the days on which somebody studied, and what makes a day without study neutral."""
    db.table("points").create(
        {"member": int, "day": str, "reason": str, "n": int, "points": int, "quiz": int, "at": str},
        pk=("member", "day", "reason", "n"),  # reason: read, right (n 1 to 5), finished, perfect
        not_null={"points", "at"},
        strict=True,
    )
    db.table("credits").create(
        {
            "member": int,
            "day": str,  # study day, stored when written, never worked out again
            "level": int,  # 1 read, 2 a finished session, 3 a session all right
            "subscription": int,  # of the chat where it was earned: its rest days are neutral
            "at": str,
        },
        pk=("member", "day"),
        not_null={"level", "subscription", "at"},
        strict=True,
    )
    db.table("milestones").create(
        {"member": int, "what": str, "began": str, "at": str}, pk=("member", "what", "began"), strict=True
    )
    db.table("rhythms").create(
        {
            "subscription": int,
            "since": str,  # local date from which it holds
            "active": int,
            "days": str,
            "paused_until": str,
        },
        pk=("subscription", "since"),
        not_null={"active", "days", "paused_until"},
        strict=True,
    )
    db.execute(
        "INSERT INTO rhythms (subscription, since, active, days, paused_until)"
        " SELECT id, '', active, days, paused_until FROM subscriptions"
    )


def reports(db: Database) -> None:
    """题目有误, and what the organiser decided: both are kept here, never in the files."""
    db.table("flags").create(
        {
            "id": int,
            "member": int,
            "pack": str,
            "question": str,
            "digest": str,
            "reason": str,  # key, stem, quote, other
            "note": str,
            "at": str,
            "state": str,  # open, retired, kept
        },
        pk="id",
        not_null={"member", "pack", "question", "digest", "reason", "note", "at", "state"},
        strict=True,
    )
    db.execute("CREATE UNIQUE INDEX flags_open ON flags (member, pack, question) WHERE state = 'open'")
    db.table("verdicts").create(
        {"pack": str, "question": str, "digest": str, "verdict": str, "by": int, "at": str},
        pk=("pack", "question"),  # verdict: retired or kept; void once the question's text changes
        not_null={"digest", "verdict", "at"},
        strict=True,
    )


def reads_by_day(db: Database) -> None:
    """What a member marked read, once a study day; the earliest row of a card says when it was first read."""
    db.execute("ALTER TABLE reads RENAME TO reads_once")
    db.table("reads").create(
        {"member": int, "pack": str, "card": str, "study_day": str, "at": str},
        pk=("member", "pack", "card", "study_day"),
        not_null={"at"},
        strict=True,
    )
    db.execute(
        "INSERT INTO reads (member, pack, card, study_day, at)"
        " SELECT member, pack, card, coalesce(study_day, substr(at, 1, 10)), at FROM reads_once"
    )
    db.execute("DROP TABLE reads_once")


def posed(db: Database) -> None:
    """Questions put to a whole group, and which asked question is somebody's vote on one of them."""
    db.table("posed").create(
        {
            "id": int,
            "subscription": int,
            "channel": str,
            "ref": str,  # the platform's id of the poll; "": none stands there (a link, or it was not sent)
            "n": int,  # 第 n 题 of this group; 0: no poll
            "pack": str,
            "question": str,
            "digest": str,  # of the question as it was shown
            "shuffle": str,  # the order in which the options were shown, as JSON
            "at": str,
        },
        pk="id",
        not_null={"subscription", "channel", "ref", "n", "pack", "question", "digest", "shuffle", "at"},
        strict=True,
    )
    db.table("posed").create_index(["subscription", "pack"])
    db.execute("CREATE UNIQUE INDEX posed_ref ON posed (channel, ref) WHERE ref <> ''")
    db.execute("ALTER TABLE asked ADD COLUMN posed INTEGER")
    db.execute("CREATE UNIQUE INDEX asked_once ON asked (posed, member) WHERE posed IS NOT NULL")
