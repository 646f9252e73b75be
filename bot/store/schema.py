"""The tables, as append-only migrations: one that has been released is never edited.

Times are UTC in ISO 8601, days are local dates "YYYY-MM-DD". Content rows carry a revision: a pack is read into
a revision nobody sees and switched on by one UPDATE of `packs.revision`.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("daily-study-bot")


@migrations()
def m001_content(db: Database) -> None:
    """Packs and what is in them, and the search index over paragraphs and cards."""
    key = ("pack", "revision", "id")
    db.table("packs").create(
        {
            "id": str,
            "revision": int,
            "title": str,
            "language": str,
            "version": str,
            "rhythm": str,
            "about": str,
            "digest": str,
            "fingerprint": str,
        },
        pk="id",
        not_null={"revision", "title", "digest"},
        strict=True,
    )
    db.table("articles").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "number": int,
            "title": str,
            "subtitle": str,
            "source": str,
            "author": str,
            "date": str,
            "link": str,
            "original": str,
        },
        pk=key,
        strict=True,
    )
    db.table("blocks").create(
        {"pack": str, "revision": int, "article": str, "n": int, "kind": str, "text": str},
        pk=("pack", "revision", "article", "n"),
        strict=True,
    )
    db.table("cards").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "rank": int,
            "title": str,
            "text": str,
            "article": str,
            "section": str,
            "anchor": int,
            "tags": str,
            "date_note": str,
            "think": str,
        },
        pk=key,
        strict=True,
    )
    db.table("terms").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "rank": int,
            "name": str,
            "text": str,
            "aliases": str,
            "category": str,
            "article": str,
            "card": str,
            "example": str,
            "confusable": str,
        },
        pk=key,
        strict=True,
    )
    db.table("questions").create(
        {
            "pack": str,
            "revision": int,
            "id": str,
            "rank": int,
            "kind": str,
            "stem": str,
            "article": str,
            "card": str,
            "quote": str,
            "explanation": str,
            "options": str,
            "right": str,
            "blanks": str,
            "pairs": str,
        },
        pk=key,
        strict=True,
    )
    db.table("passages").create(
        {
            "id": int,
            "pack": str,
            "revision": int,
            "article": str,
            "block": int,  # index into the article's blocks; -1 = the title, -2 = a card of its own
            "card": str,
            "text": str,
        },
        pk="id",
        strict=True,
    )
    db.table("passages").create_index(["pack", "revision"])
    db.execute(
        'CREATE VIRTUAL TABLE passage_index USING fts5(grams, tokenize="unicode61 remove_diacritics 0")'
    )


@migrations()
def m002_people(db: Database) -> None:
    """Who talks to us where, what each has been shown and read, and what a typed number means."""
    db.table("members").create(
        {"id": int, "name": str, "channel": str, "user": str, "zone": str, "created": str},
        pk="id",
        not_null={"channel", "user", "zone"},
        strict=True,
    )
    db.table("members").create_index(["channel", "user"], unique=True)
    db.table("subscriptions").create(
        {
            "id": int,
            "channel": str,
            "chat": str,
            "thread": str,
            "pack": str,
            "minute": int,  # of the local day
            "zone": str,
            "days": str,
            "active": int,
        },
        pk="id",
        not_null={"channel", "chat", "thread", "pack", "minute", "zone", "active"},
        strict=True,
    )
    db.table("subscriptions").create_index(["channel", "chat", "thread"], unique=True)
    db.table("assigned").create(
        {"subscription": int, "day": str, "pack": str, "card": str, "rank": int, "review": int, "shown": str},
        pk=("subscription", "day"),
        strict=True,
    )
    db.table("reads").create(
        {"member": int, "pack": str, "card": str, "at": str, "study_day": str},
        pk=("member", "pack", "card"),
        strict=True,
    )
    db.table("places").create(
        {"member": int, "pack": str, "article": str, "page": int, "at": str},
        pk=("member", "pack"),
        strict=True,
    )
    db.table("offers").create(
        {"id": int, "channel": str, "chat": str, "member": int, "choices": str, "expires": str},
        pk="id",
        strict=True,
    )
    db.table("offers").create_index(["channel", "chat", "member"])


@migrations()
def m003_damaged_cards(db: Database) -> None:
    """Imported cards may be flagged as damaged; the organiser is shown which."""
    db.execute("ALTER TABLE cards ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0")


@migrations()
def m004_push(db: Database) -> None:
    """Subscriptions that push, the ledger of what went to whom on which day, and who may do what.

    The instants of subscriptions and deliveries are Unix seconds, since they are compared by the million.
    """
    for column in (
        "active_since TEXT NOT NULL DEFAULT ''",
        "ended TEXT NOT NULL DEFAULT ''",  # '' | 'left' (退订) | 'gone' (switched off by the platform)
        "ended_why TEXT NOT NULL DEFAULT ''",
        "ended_at TEXT NOT NULL DEFAULT ''",
        "paused_until TEXT NOT NULL DEFAULT ''",  # first local date with pushes again
        "next_due INTEGER",  # the next slot; NULL while there is none
        "is_group INTEGER NOT NULL DEFAULT 0",
        "title TEXT NOT NULL DEFAULT ''",
        "admitted INTEGER NOT NULL DEFAULT 0",
        "member INTEGER",  # whose private chat it is
    ):
        db.execute(f"ALTER TABLE subscriptions ADD COLUMN {column}")
    db.execute(
        "CREATE INDEX subscriptions_due ON subscriptions (next_due, id) WHERE active = 1 AND next_due IS NOT NULL"
    )
    db.execute("ALTER TABLE members ADD COLUMN admitted INTEGER NOT NULL DEFAULT 0")
    db.table("deliveries").create(
        {
            "id": int,
            "subscription": int,
            "day": str,  # local date
            "kind": str,  # 'daily', 'announce-7', 'alert-…'
            "channel": str,  # that of the subscription, so that claims need no join
            "pack": str,
            "card": str,
            "body": str,  # the text, where it is no card
            "state": str,  # queued, sending, sent, failed, unknown, missed
            "due": float,  # the slot
            "expires": float,  # not sent after this instant
            "not_before": float,
            "attempts": int,
            "doubts": int,  # how often nobody knows whether it arrived
            "sending": float,  # when the request was about to leave
            "sent": float,
            "ref": str,  # the platform's id of the message
            "error": str,
        },
        pk="id",
        not_null={"subscription", "day", "kind", "channel", "state", "due", "expires", "not_before"},
        defaults={"pack": "", "card": "", "body": "", "attempts": 0, "doubts": 0, "ref": "", "error": ""},
        strict=True,
    )
    db.table("deliveries").create_index(["subscription", "day", "kind"], unique=True)
    db.execute(
        "CREATE INDEX deliveries_queued ON deliveries (channel, not_before, id) WHERE state = 'queued'"
    )
    db.execute(
        "CREATE INDEX deliveries_doubtful ON deliveries (state, sending) WHERE state IN ('sending', 'unknown')"
    )
    db.table("channel_states").create(
        {"channel": str, "paused_until": float, "why": str, "stopped": str}, pk="channel", strict=True
    )
    db.table("stopped_cards").create(
        {"pack": str, "card": str, "day": str, "why": str}, pk=("pack", "card"), strict=True
    )
    db.table("lease").create({"id": int, "holder": str, "epoch": int, "expires": float}, pk="id", strict=True)
    db.table("facts").create({"key": str, "value": str}, pk="key", strict=True)
    db.table("history").create(
        {
            "id": int,
            "channel": str,
            "chat": str,
            "thread": str,
            "at": str,
            "said": str,  # NULL: the bot spoke of itself
            "replies": str,
            "seen": int,
        },
        pk="id",
        strict=True,
    )
    db.table("history").create_index(["channel", "chat", "thread", "id"])
    db.table("updates").create(
        {"channel": str, "update": str, "at": str}, pk=("channel", "update"), strict=True
    )
    db.table("follows").create({"member": int, "pack": str, "at": str}, pk=("member", "pack"), strict=True)
    db.table("favourites").create(
        {"member": int, "pack": str, "card": str, "at": str}, pk=("member", "pack", "card"), strict=True
    )
    db.table("organisers").create({"member": int, "at": str}, pk="member", strict=True)
    db.table("codes").create(
        {"code": str, "kind": str, "by": int, "expires": str}, pk="code", strict=True
    )  # kind: 'claim' (kept as a hash) or 'invite'
    db.table("misses").create({"id": int, "member": int, "at": str}, pk="id", strict=True)
    db.table("announcements").create(
        {"id": int, "by": int, "text": str, "count": int, "made": str, "sent": str, "chat": int},
        pk="id",
        strict=True,
    )
    db.execute("DROP TABLE offers")
    db.table("offers").create(
        {
            "id": int,
            "channel": str,
            "chat": str,
            "member": int,  # 0: anybody in the chat (a push into a group)
            "stamp": str,
            "choices": str,  # what may be typed → sentence, as JSON
            "says": str,  # the buttons' sentences in order, as JSON
            "prompt": str,
            "prompt_until": str,
            "expires": str,
        },
        pk="id",
        strict=True,
    )
    db.table("offers").create_index(["channel", "chat", "member"])
    db.table("offers").create_index(["stamp"])


@migrations()
def m005_answer_keys(db: Database) -> None:
    """What was the right answer under which question's id, kept when the question goes: an id is not reused."""
    db.table("answer_keys").create({"pack": str, "id": str, "key": str}, pk=("pack", "id"), strict=True)


@migrations()
def m006_search_index(db: Database) -> None:
    """The index laid out by revision, contentless, with one table for single characters and one for titles.

    What was indexed before is left out here: the packs are found to be behind and indexed again in bites.
    """
    db.execute("DROP TABLE passages")
    db.execute("DROP TABLE passage_index")
    db.table("indexed").create(
        {
            "revision": int,
            "pack": str,
            "next": int,  # entries below this one are in the index
            "total": int,
            "form": int,  # passages.FORM at that time
        },
        pk="revision",
        not_null={"pack", "next", "total", "form"},
        strict=True,
    )
    db.table("passages").create(
        {
            "id": int,  # revision * 2**32 + place in the pack
            "block": int,  # index into the article's blocks; -1 = the title, -2 = a card of its own
            "head": int,  # 1 = a head or the title of a card
            "card": str,
            "text": str,
        },
        pk="id",
        strict=True,
    )
    db.execute("CREATE INDEX titles ON passages (id) WHERE block = -1")
    words = "tokenize=\"unicode61 remove_diacritics 0\", content='', columnsize=0"
    db.execute(f"CREATE VIRTUAL TABLE passage_index USING fts5(grams, {words})")
    db.execute(f"CREATE VIRTUAL TABLE char_index USING fts5(characters, {words}, detail=none)")
    db.execute(f"CREATE VIRTUAL TABLE title_index USING fts5(title, head, {words}, prefix='1')")
    db.execute("CREATE VIRTUAL TABLE passage_terms USING fts5vocab('passage_index', 'row')")
    db.execute("CREATE VIRTUAL TABLE title_terms USING fts5vocab('title_index', 'row')")
    db.execute(
        "CREATE TABLE vocabulary (gram TEXT, sound TEXT, initials TEXT, df INTEGER, round INTEGER,"
        " PRIMARY KEY (gram, sound)) STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE INDEX vocabulary_sound ON vocabulary (sound)")
    db.execute("CREATE INDEX vocabulary_initials ON vocabulary (initials)")
    db.execute("CREATE TABLE syllables (sound TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
    db.execute(
        "CREATE TABLE vocabulary_state (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER,"
        " round INTEGER, cursor TEXT, done INTEGER, grams INTEGER) STRICT"
    )
    db.execute("INSERT INTO vocabulary_state VALUES (1, -1, 0, '', 0, 0)")


@migrations()
def m_web_page(db: Database) -> None:
    """The page: what was pressed (so that a reload shows edits as edits), whose window a browser is, used links."""
    db.execute("ALTER TABLE history ADD COLUMN pressed TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE history ADD COLUMN \"update\" TEXT NOT NULL DEFAULT ''")
    db.table("windows").create({"user": str, "member": int, "at": str}, pk="user", strict=True)
    db.table("windows").create_index(["member"], unique=True)
    db.table("entries").create(
        {"nonce": str, "browser": str, "expires": str}, pk="nonce", strict=True
    )  # which browser a personal link belongs to


@migrations()
def m_ledger_by_time(db: Database) -> None:
    """What is too late, and what went wrong lately, is found without reading the whole ledger; and how fast a
    channel last went, for doctor."""
    db.execute("CREATE INDEX deliveries_expiring ON deliveries (expires) WHERE state = 'queued'")
    db.execute("CREATE INDEX deliveries_slot ON deliveries (due, state) WHERE kind = 'daily'")
    db.execute(
        "CREATE INDEX deliveries_wrong ON deliveries (due, state) WHERE state IN ('failed', 'unknown')"
    )
    for column in ("pace REAL NOT NULL DEFAULT 0", "pace_at REAL NOT NULL DEFAULT 0"):
        db.execute(f"ALTER TABLE channel_states ADD COLUMN {column}")


@migrations()
def m010_quiz(db: Database) -> None:
    """Sessions of questions, what was answered, and when each question comes back."""
    from bot.store import study_tables

    study_tables.quizzes(db)


@migrations()
def m011_record(db: Database) -> None:
    """Points, the days on which somebody studied, and what makes a day without study neutral."""
    from bot.store import study_tables

    study_tables.record(db)


@migrations()
def m012_reported_questions(db: Database) -> None:
    """题目有误, and what the organiser decided: both are kept here, never in the files."""
    from bot.store import study_tables

    study_tables.reports(db)


@migrations()
def m_ledger_notices(db: Database) -> None:
    """How an announcement goes is seen without reading the whole ledger."""
    db.execute("CREATE INDEX deliveries_notices ON deliveries (kind, state) WHERE kind <> 'daily'")


@migrations()
def m_tries_without_names(db: Database) -> None:
    """Wrong codes are counted for ten minutes by a hash of who sent them: erasing oneself does not begin anew."""
    db.execute("DROP TABLE misses")
    db.table("misses").create({"id": int, "who": str, "at": str}, pk="id", strict=True)


@migrations()
def m_one_subscription_a_group(db: Database) -> None:
    """A group with topics has one subscription, not one a topic: the first active one stays, else the first."""
    db.execute(
        "CREATE TEMP TABLE kept AS SELECT (SELECT id FROM subscriptions s WHERE s.channel = c.channel"
        " AND s.chat = c.chat ORDER BY s.active DESC, s.id LIMIT 1) AS id"
        " FROM (SELECT DISTINCT channel, chat FROM subscriptions) c"
    )
    for table in ("assigned", "deliveries", "rhythms"):
        db.execute(f"DELETE FROM {table} WHERE subscription NOT IN (SELECT id FROM kept)")
    db.execute("DELETE FROM subscriptions WHERE id NOT IN (SELECT id FROM kept)")
    db.execute("DROP TABLE kept")
    db.execute("DROP INDEX idx_subscriptions_channel_chat_thread")
    db.table("subscriptions").create_index(["channel", "chat"], unique=True)


@migrations()
def m_reads_by_day(db: Database) -> None:
    """A card read again on another study day is that day's reading, so a row is one card on one study day."""
    from bot.store import study_tables

    study_tables.reads_by_day(db)


@migrations()
def m_pairs_with_letters(db: Database) -> None:
    """The vocabulary counts pairs with a letter or digit, too: it is built anew, the index is not."""
    db.execute("UPDATE vocabulary_state SET revision = -1, done = 0")


@migrations()
def m_group_polls(db: Database) -> None:
    """Questions put to a whole group: which poll of the platform's each is, and one vote a member."""
    from bot.store import study_tables

    study_tables.posed(db)


@migrations()
def m_questions_asked(db: Database) -> None:
    """A reply that is a question keeps what its yes is called, so that a typed 好 answers it."""
    db.execute("ALTER TABLE offers ADD COLUMN yes TEXT NOT NULL DEFAULT ''")
