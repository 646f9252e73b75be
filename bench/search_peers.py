"""One way to search, built and asked in a process of its own: `python search_peers.py KIND FOLDER`.

FOLDER holds texts.json and queries.json ({class: [[query, true hits], …]}); what was measured is printed as
JSON. Kinds: trigram, jieba, like, tantivy. Runs in the peers' venv and knows nothing of the bot.
"""

import json
import sqlite3
import sys
import time
from pathlib import Path

ALL = 100_000_000


class Trigram:
    """SQLite FTS5 with its own trigram tokenizer."""

    sql = "SELECT rowid FROM t WHERE t MATCH ? LIMIT ?"
    make = "CREATE VIRTUAL TABLE t USING fts5(body, tokenize='trigram', content='', detail=full)"

    def __init__(self, folder):
        self.db = sqlite3.connect(folder / f"{type(self).__name__}.db")
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute(self.make)

    def tokens(self, text):
        return text

    def build(self, texts):
        self.db.executemany(
            "INSERT INTO t (rowid, body) VALUES (?, ?)", ((n, self.tokens(t)) for n, t in enumerate(texts))
        )
        self.db.commit()

    def ask(self, query, limit):
        rows = self.db.execute(self.sql, ('"' + self.tokens(query) + '"', limit))
        return [row[0] for row in rows]


class Jieba(Trigram):
    """jieba's words in FTS5, as a phrase, best first by bm25."""

    sql = "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?"
    make = "CREATE VIRTUAL TABLE t USING fts5(body, content='')"

    def __init__(self, folder):
        import jieba

        jieba.setLogLevel(40)
        self.cut = jieba.cut
        super().__init__(folder)

    def tokens(self, text):
        return " ".join(self.cut(text, HMM=False))


class Like(Trigram):
    """A plain table and LIKE '%…%'."""

    sql = "SELECT rowid FROM t WHERE body LIKE ? LIMIT ?"
    make = "CREATE TABLE t (body TEXT)"

    def ask(self, query, limit):
        return [row[0] for row in self.db.execute(self.sql, (f"%{query}%", limit))]


class Tantivy:
    """tantivy over the same bigrams as ours, as a phrase, the ten best."""

    def __init__(self, folder):
        import tantivy

        path = folder / "tantivy"
        path.mkdir()
        self.t = tantivy
        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("n", stored=True, indexed=False)
        schema.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="position")
        self.schema = schema.build()
        self.index = tantivy.Index(self.schema, path=str(path))
        self.index.register_tokenizer(
            "whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )

    def build(self, texts):
        writer = self.index.writer(heap_size=100_000_000, num_threads=1)
        for n, text in enumerate(texts):
            writer.add_document(self.t.Document(n=n, body=bigrams(text)))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def ask(self, query, limit):
        words = [query[i : i + 2] for i in range(len(query) - 1)] or [query]
        if len(words) == 1:
            asked = self.t.Query.term_query(self.schema, "body", words[0])
        else:
            asked = self.t.Query.phrase_query(self.schema, "body", words)
        found = self.searcher.search(asked, min(limit, self.searcher.num_docs), count=False)
        return [self.searcher.doc(address)["n"][0] for _, address in found.hits]


def bigrams(text):
    words = []
    for run in "".join(c if c.isalnum() else " " for c in text).split():
        words += [run[i : i + 2] for i in range(len(run) - 1)]
        words.append(run[-1])
    return " ".join(words)


def memory():
    """The most memory this process has had, in MB (Linux; getrusage would count the parent's)."""
    return next(int(x.split()[1]) for x in open("/proc/self/status") if x.startswith("VmHWM")) // 1024


KINDS = {"trigram": Trigram, "jieba": Jieba, "like": Like, "tantivy": Tantivy}


def main(kind, folder):
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    classes = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    peer = KINDS[kind](folder)
    began = time.perf_counter()
    peer.build(texts)
    built = time.perf_counter() - began
    recall, precision, took = {}, {}, {}
    few = {"like": 8}.get(kind, 10_000)  # a scan of everything tells nothing new after some
    most = 3 if kind == "like" else 9
    for name, asked in classes.items():
        true = found = wanted = 0
        times = []
        for query, count in asked[:few]:
            tries = []
            for _ in range(most):  # of which the best counts: other work on the machine is not theirs
                began = time.perf_counter()
                peer.ask(query, 60 if kind in {"trigram", "like"} else 10)
                tries.append(time.perf_counter() - began)
            times.append(min(tries))
            hits = peer.ask(query, ALL)
            found += len(hits)
            true += sum(query in texts[n] for n in hits)
            wanted += count
        recall[name] = true / wanted
        precision[name] = true / found if found else None
        took[name] = times
    size = sum(p.stat().st_size for p in folder.rglob("*") if type(peer).__name__.lower() in str(p).lower())
    peak = memory()
    print(
        json.dumps(
            {
                "built": built,
                "recall": recall,
                "precision": precision,
                "took": took,
                "bytes": size,
                "peak": peak,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
