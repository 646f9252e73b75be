"""Packs go in bite by bite: nobody sees half of one, no bite is long, and a kill at any moment is mended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import NOW

from bot.model import Article, Block, Card, Pack
from bot.store import Store, library, open_store, passages, upkeep, vocabulary
from bot.store.schema import migrations
from bot.study import finding
from bot.study.finding import Search

layout = passages.entries
WORDS = "春耕夏耘秋收冬藏深翻细耙底肥追肥浇水间苗除草培土轮作套种选种育苗移栽打顶整枝授粉采收晾晒入库"


def pack_of(n: int, mark: str = "好土", id_: str = "p") -> Pack:
    """A pack of n paragraphs, 20 to an article; each holds the mark and some words of its own."""
    texts = [
        f"{mark}第 {i} 段，" + "，".join(WORDS[(i * k) % 30 : (i * k) % 30 + 12] for k in (3, 7)) + "。"
        for i in range(n)
    ]
    articles = tuple(
        Article(f"a{k}", k, f"第 {k} 篇{mark}", tuple(Block("para", t) for t in texts[i : i + 20]))
        for k, i in enumerate(range(0, n, 20), 1)
    )
    return Pack(
        id_, f"{mark}一组", articles, (Card("c1", 1, "题", texts[0], "a1", anchor=0),), digest=f"{mark}{n}"
    )


def found(store: Store, word: str) -> int:
    return finding.find(store, Search({"p": library.get(store, "p") or Pack("p", "", (), ())}), word).total


def index_rows(store: Store) -> int:
    """Documents in the index, counted by a term they all have."""
    rows = store.rows("SELECT doc FROM passage_terms WHERE term IN ('好土', '坏土')")
    return sum(row["doc"] for row in rows)


def test_until_the_switch_the_old_pack_is_seen_whole(store: Store) -> None:
    library.put(store, pack_of(300), "")
    stages = []
    for step in upkeep.putting(store, pack_of(500, "坏土"), "new"):
        stages.append(step.stage)
        old = "switched" not in stages
        pack = library.get(store, "p")
        assert pack == (pack_of(300) if old else pack_of(500, "坏土"))
        assert (found(store, "好土"), found(store, "坏土")) == ((315, 0) if old else (0, 525))
    assert list(dict.fromkeys(stages)) == ["rows", "index", "switched", "old"]
    known = library.known(store)["p"]
    assert (known.digest, known.fingerprint) == ("坏土500", "new")
    for table in ("articles", "blocks", "cards"):
        assert len({row["revision"] for row in store.rows(f"SELECT revision FROM {table}")}) == 1
    assert index_rows(store) == 500
    for table in ("passage_index", "char_index", "title_index"):
        store.do(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")


def test_a_later_revision_is_never_replaced_by_an_earlier_one(store: Store) -> None:
    slow = upkeep.putting(store, pack_of(100, "坏土"), "")
    next(slow)
    library.put(store, pack_of(100), "")
    list(slow)
    assert (found(store, "好土"), found(store, "坏土")) == (105, 0)
    library.put(store, pack_of(101), "")
    assert len(store.rows("SELECT * FROM indexed")) == 1


def test_a_nested_put_is_one_transaction(store: Store) -> None:
    library.put(store, pack_of(40), "")

    def fail() -> None:
        with store.writing():
            library.put(store, pack_of(60, "坏土"), "")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (found(store, "好土"), found(store, "坏土")) == (42, 0)


def test_an_index_of_another_form_is_made_anew_in_bites(store: Store) -> None:
    library.put(store, pack_of(400), "")
    store.do("UPDATE indexed SET form = form - 1")
    assert passages.behind(store) == {"p": 400}
    steps = list(upkeep.catching_up(store))
    assert not passages.behind(store)
    assert not vocabulary.behind(store)
    assert [step.done for step in steps if step.stage == "index"][
        -1
    ] == 400 + 20 + 1  # titles, the card's too
    assert found(store, "好土") == 420
    assert index_rows(store) == 400
    assert list(upkeep.catching_up(store)) == []


def test_a_database_from_before_is_indexed_when_it_is_first_searched(tmp_path: Path) -> None:
    store = open_store(tmp_path, NOW)
    library.put(store, pack_of(60), "")
    names = [migration.name for migration in migrations._migrations]
    later = [n for n in names if n.endswith(("search_index", "pairs_with_letters"))]
    for table in ("passage_terms", "title_terms", "passage_index", "char_index", "title_index"):
        store.db.execute(f"DROP TABLE {table}")
    for table in ("passages", "indexed", "vocabulary", "syllables", "vocabulary_state"):
        store.db.execute(f"DROP TABLE {table}")
    store.db.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, pack TEXT)")
    store.db.execute("CREATE VIRTUAL TABLE passage_index USING fts5(grams)")
    for name in later:
        store.do("DELETE FROM _sqlite_migrations WHERE name = ?", name)
    store.close()
    store = open_store(tmp_path, NOW)
    assert passages.behind(store) == {"p": 60}
    assert finding.waiting(store, 60) == 0
    assert found(store, "好土") == 63
    store.close()


def test_while_it_is_behind_a_search_goes_on_with_it_and_says_how_much_is_left(store: Store) -> None:
    library.put(store, pack_of(4_000), "")
    store.do("UPDATE indexed SET form = form - 1")
    left = [finding.waiting(store, 0.0)]
    while left[-1]:
        left.append(finding.waiting(store, 0.0))
        assert len(left) < 500
    assert len(left) > 2
    assert left == sorted(left, reverse=True)
    assert found(store, "好土") == 1000


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from store.test_upkeep import pack_of
from bot.store import open_store, upkeep
store = open_store(Path(sys.argv[1]), datetime.now(UTC))
steps = upkeep.catching_up(store) if store.row("SELECT 1 FROM indexed WHERE form < 1") else upkeep.putting(
    store, pack_of(20_000, "坏土"), "")
for step in steps:
    print(step.stage, step.done, flush=True)
"""


def killed(folder: Path, stage: str, done: int) -> None:
    """Another process at work on the store, killed with -9 once it has come so far."""
    tests = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-c", CHILD, str(folder), str(tests), str(tests.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            if line.split()[0] == stage and int(line.split()[1]) >= done:
                os.kill(child.pid, signal.SIGKILL)
                break
    assert child.returncode == -signal.SIGKILL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = open_store(tmp_path, NOW)
    library.put(store, pack_of(2_000), "")
    store.close()
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "done"), [("rows", 4_000), ("index", 6_000), ("old", 300)])
def test_killed_in_mid_import(folder: Path, stage: str, done: int) -> None:
    killed(folder, stage, done)
    store = open_store(folder, NOW)
    assert passages.behind(store) == {}
    old = (1000, 0) if stage != "old" else (0, 1000)
    assert (found(store, "好土"), found(store, "坏土")) == old
    library.put(store, pack_of(20_000, "坏土"), "")  # what the start does: the files differ from what is live
    for _ in upkeep.catching_up(store):
        pass
    assert (found(store, "好土"), found(store, "坏土")) == (0, 1000)
    assert index_rows(store) == 20_000
    assert len(store.rows("SELECT * FROM indexed")) == 1
    for table in ("passage_index", "char_index", "title_index"):
        store.do(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    store.close()


@pytest.mark.slow
def test_killed_while_the_index_is_made_anew(folder: Path) -> None:
    store = open_store(folder, NOW)
    library.put(store, pack_of(20_000), "")
    store.do("UPDATE indexed SET form = 0")
    store.close()
    killed(folder, "index", 5_000)
    store = open_store(folder, NOW)
    (left,) = passages.behind(store).values()
    assert 0 < left <= 15_000 + 2_000
    steps = [step for step in upkeep.catching_up(store) if step.stage == "index"]
    assert steps[0].done > 5_000  # it goes on, it does not begin anew
    assert found(store, "好土") == 1000
    assert index_rows(store) == 20_000
    store.close()


@pytest.mark.slow
def test_no_bite_of_a_large_import_is_long(store: Store) -> None:
    library.put(store, pack_of(10_000), "")
    took = []
    began = time.perf_counter()
    steps = upkeep.putting(store, pack_of(30_000, "坏土"), "")
    for _ in steps:
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
    took = sorted(took)
    assert len(took) > 20
    assert took[int(len(took) * 0.95)] < 0.1


def test_the_layout_of_an_older_index_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(passages, "entries", lambda pack: layout(pack)[:-1])
        library.put(store, pack_of(30), "")
    monkeypatch.setattr(passages, "FORM", passages.FORM + 1)
    assert passages.scopes(store, ["p"])[0].high % passages.SLOT == len(layout(pack_of(30))) - 1
    assert upkeep.catch_up(store, 60)
    assert passages.scopes(store, ["p"])[0].high % passages.SLOT == len(layout(pack_of(30)))


def test_an_index_in_many_segments_becomes_one_in_bites_while_searches_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BITE", 0.001)  # many transactions, so many segments
    library.put(store, pack_of(1200), "")
    monkeypatch.setattr(upkeep, "BITE", 0.0003)
    for name, value in (("SEGMENTS", 1), ("PAGES", 1)):
        monkeypatch.setattr(passages, name, value)
    assert set(passages.scattered(store)) == set(passages.INDEXES)
    before = found(store, "好土"), found(store, "春耕夏耘秋收冬藏"), found(store, "土")
    merged = 0
    for step in upkeep.catching_up(store):
        merged += step.stage == "merge"
        if step.stage == "merge":
            assert (found(store, "好土"), found(store, "春耕夏耘秋收冬藏"), found(store, "土")) == before
        if merged == 2:
            break  # killed: what was merged stays merged, the next call goes on
    assert passages.scattered(store)
    steps = [step.stage for step in upkeep.catching_up(store)]
    assert steps.count("merge") > 1
    assert passages.scattered(store) == []
    assert (found(store, "好土"), found(store, "春耕夏耘秋收冬藏"), found(store, "土")) == before
    for table in passages.INDEXES:
        store.do(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    assert list(upkeep.catching_up(store)) == []
