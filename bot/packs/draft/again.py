"""The same document imported a second time: what changed, which ids stay, and what a person wrote by hand.

Invariant: an item that differs from what the last import wrote is a person's and stays as it is, byte for byte;
ids of matched cards and articles stay, new ones get numbers never used before.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.model import Article, Complaint, Pack
from bot.packs.draft.placing import rendered

RECORD = ".import.json"  # what the last import wrote, beside the pack's own files
ALIKE = 0.5  # share of 4-grams from which two cards are the same one, rewritten
_ID = re.compile(r"^## (\S+)")
_HAS_ID = re.compile(r"^编号\s*[:：]\s*[\"“']?([a-z][a-z0-9-]*)[\"”']?\s*$", re.MULTILINE)
_NUMBER = re.compile(r"(\d+)$")


@dataclass(frozen=True, slots=True)
class Change:
    """What importing again does to the cards, by id. `kept`: edited by hand, so left as they are."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()  # articles whose text changes or that are new


@dataclass(slots=True)
class _Record:
    """card and article ids → (mark of what was written, its text), and the highest numbers ever given."""

    cards: dict[str, tuple[str, str]] = field(default_factory=dict)
    articles: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=lambda: {"a": 0, "c": 0})


def first_files(pack: Pack) -> dict[str, bytes]:
    """All files of a new import, its record among them."""
    files = rendered(pack)
    record = _recorded(pack, files, _Record())
    return {**files, RECORD: _dumped(record)}


def imported(folder: Path) -> bool:
    """Whether the folder came from an import, so that it may be imported again."""
    return (folder / RECORD).is_file()


def same_document(pack: Pack, folder: Path) -> bool:
    """Whether the folder came from an earlier state of this document: a third of its cards or titles come again."""
    if not imported(folder):
        return False
    try:
        record = _loaded(folder)
    except Complaint:
        return False
    titles = {text.split("\n")[0] for _, text in record.articles.values()}
    known = sum(article.title in titles for article in pack.articles)
    old = {key: text for key, (_, text) in record.cards.items()}
    cards = len(_matched({card.id: card.text for card in pack.cards}, old))
    return 3 * known >= max(len(titles), 1) or 3 * cards >= max(len(old), 1)


def again(pack: Pack, now: Pack, folder: Path) -> tuple[dict[str, bytes], Change]:
    """The files the folder should hold after importing `pack` over `now`, which is what it holds; and the change.

    Raises Complaint when the record of the last import cannot be read.
    """
    record = _loaded(folder)
    pack = _with_ids(pack, now, record)
    new = rendered(pack)
    on_disk = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD and not path.is_symlink()
    }
    files = dict(on_disk)
    files.update({name: data for name, data in new.items() if name.startswith("images/")})
    kept_cards, change, text = _cards(pack, now, record, new, on_disk)
    files["cards.md"] = text
    needed = {card.article for card in now.cards if card.id in kept_cards} | _quoted(now)
    updated = _articles(pack, now, record, new, on_disk, files, needed)
    if record.files.get("pack.md") == _mark(on_disk.get("pack.md", b"")):
        files["pack.md"] = new["pack.md"]
    fresh = _recorded(pack, new, record)
    files[RECORD] = _dumped(fresh)
    return files, replace(change, articles=tuple(updated))


# ---------------------------------------------------------------- the record


def _mark(data: bytes) -> str:
    return hashlib.sha256(data.strip()).hexdigest()[:24]


def _recorded(pack: Pack, files: Mapping[str, bytes], before: _Record) -> _Record:
    """The record after this import; cards a person has deleted stay in it, so that they do not come back."""
    record = _Record(dict(before.cards), dict(before.articles), {}, dict(before.last))
    sections = dict(_sections(files.get("cards.md", b"")))
    for card in pack.cards:
        record.cards[card.id] = (_mark(sections.get(card.id, b"")), card.text)
    written = _by_id(files)
    for article in pack.articles:
        record.articles[article.id] = (_mark(written[article.id][1]), _text(article))
    record.files["pack.md"] = _mark(files.get("pack.md", b""))
    for kind, ids in (("a", record.articles), ("c", record.cards)):
        record.last[kind] = max([record.last[kind], *(_number(each) for each in ids)])
    return record


def _dumped(record: _Record) -> bytes:
    data = {"cards": record.cards, "articles": record.articles, "files": record.files, "last": record.last}
    return json.dumps(data, ensure_ascii=False, indent=0).encode()


def _loaded(folder: Path) -> _Record:
    try:
        data: dict[str, Any] = json.loads((folder / RECORD).read_bytes())
        return _Record(
            {str(key): (str(mark), str(text)) for key, (mark, text) in data["cards"].items()},
            {str(key): (str(mark), str(text)) for key, (mark, text) in data["articles"].items()},
            {str(key): str(mark) for key, mark in data["files"].items()},
            {"a": int(data["last"]["a"]), "c": int(data["last"]["c"])},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Complaint(
            f"“{folder.name}”上次导入的记录读不出来，没有动它。请换一个编号，例如：--pack {folder.name}-2"
        ) from error


def _number(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found[1][:9]) if found else 0


def _text(article: Article) -> str:
    return article.title + "\n" + "".join(block.text for block in article.blocks)[:4000]


# ---------------------------------------------------------------- which is which


def _with_ids(pack: Pack, now: Pack, record: _Record) -> Pack:
    """The new pack with the ids its articles and cards had before; others counted on from the highest."""
    last = {
        "a": max([record.last["a"], *(_number(each.id) for each in now.articles)]),
        "c": max([record.last["c"], *(_number(each.id) for each in now.cards)]),
    }
    titled = {text.split("\n")[0]: key for key, (_, text) in record.articles.items()}
    names: dict[str, str] = {}
    for article in pack.articles:
        if (known := titled.pop(article.title, "")) and known not in names.values():
            names[article.id] = known
    free = {key: text for key, (_, text) in record.articles.items() if key not in names.values()}
    rest = {each.id: _text(each) for each in pack.articles if each.id not in names}
    names.update(_matched(rest, free))
    for article in pack.articles:
        if article.id not in names:
            last["a"] += 1
            names[article.id] = f"a{last['a']}"
    cards = _matched(
        {card.id: card.text for card in pack.cards}, {key: text for key, (_, text) in record.cards.items()}
    )
    for card in pack.cards:
        if card.id not in cards:
            last["c"] += 1
            cards[card.id] = f"c{last['c']:03}"
    return replace(
        pack,
        articles=tuple(replace(each, id=names[each.id]) for each in pack.articles),
        cards=tuple(replace(each, id=cards[each.id], article=names[each.article]) for each in pack.cards),
    )


def _matched(new: Mapping[str, str], old: Mapping[str, str]) -> dict[str, str]:
    """New key → old key, the most alike first, each at most once."""
    grams = {key: _grams(text) for key, text in old.items()}
    holders: dict[str, list[str]] = {}
    for key, own in grams.items():
        for gram in own:
            holders.setdefault(gram, []).append(key)
    rated: list[tuple[float, int, str, str]] = []
    for place, (key, text) in enumerate(new.items()):
        own = _grams(text)
        shared: dict[str, int] = {}
        for gram in own:
            for holder in holders.get(gram, ())[:60]:
                shared[holder] = shared.get(holder, 0) + 1
        for holder, count in shared.items():
            likeness = 2 * count / (len(own) + len(grams[holder]))
            if likeness >= ALIKE:
                rated.append((-likeness, place, key, holder))
    found: dict[str, str] = {}
    for _, _, key, holder in sorted(rated):
        if key not in found and holder not in found.values():
            found[key] = holder
    return found


def _grams(text: str) -> set[str]:
    bare = re.sub(r"[\W_]+", "", text)
    return {bare[at : at + 4] for at in range(max(len(bare) - 3, 1))}


# ---------------------------------------------------------------- cards


def _sections(data: bytes) -> list[tuple[str, bytes]]:
    """cards.md cut at its ## lines: (id, the section's own text); what stands above the first has the id ""."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n"):
        if match := _ID.match(line):
            found.append((match[1], []))
        found[-1][1].append(line)
    return [(key, "\n".join(lines).strip().encode()) for key, lines in found if key or "".join(lines).strip()]


def _cards(
    pack: Pack, now: Pack, record: _Record, new: Mapping[str, bytes], on_disk: Mapping[str, bytes]
) -> tuple[set[str], Change, bytes]:
    """Ids of cards kept as they are on disk, the change, and the new cards.md."""
    disk = _sections(on_disk.get("cards.md", b""))
    here, made = dict(disk), dict(_sections(new.get("cards.md", b"")))
    own = {key for key, raw in here.items() if key and record.cards.get(key, ("", ""))[0] != _mark(raw)}
    used = {question.card for question in now.questions} | {term.card for term in now.terms}
    coming = [card.id for card in pack.cards]
    out: list[tuple[str, bytes]] = []
    change: dict[str, list[str]] = {"changed": [], "added": [], "kept": [], "removed": []}
    for key in coming:
        known = key in record.cards
        if known and key not in here:
            continue  # a person took it out
        if known and key in own:
            out.append((key, here[key]))
            if made[key] != here[key]:
                change["kept"].append(key)
        else:
            out.append((key, made[key]))
            if not known:
                change["added"].append(key)
            elif _mark(made[key]) != _mark(here[key]):
                change["changed"].append(key)
    stays = [key for key in here if key and key not in coming and (key in own or key in used)]
    change["kept"] += [key for key in stays if key in record.cards]
    change["removed"] = [key for key in here if key and key not in coming and key not in stays]
    order = [key for key, _ in disk if key]
    for key in stays:  # after the card it stood behind
        before = order[: order.index(key)]
        at = max((n for n, (other, _) in enumerate(out) if other in before), default=-1)
        out.insert(at + 1, (key, here[key]))
    top = [here[""]] if "" in here else []
    text = b"\n\n".join([*top, *(raw for _, raw in out)]) + b"\n"
    kept = set(stays) | {key for key in coming if key in own and key in here}
    return kept, Change(**{name: tuple(ids) for name, ids in change.items()}), text


def _quoted(now: Pack) -> set[str]:
    """Articles that questions and terms lean on."""
    leaning = [each.article for each in now.questions] + [each.article for each in now.terms]
    return set(filter(None, leaning))


# ---------------------------------------------------------------- articles


def _by_id(files: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """Article id → name and bytes of the file whose header has it."""
    found: dict[str, tuple[str, bytes]] = {}
    for name, data in files.items():
        if name.startswith("articles/") and name.endswith(".md"):
            match = _HAS_ID.search(data[:4000].decode("utf-8", "replace"))
            if match:
                found.setdefault(match[1], (name, data))
    return found


def _articles(
    pack: Pack,
    now: Pack,
    record: _Record,
    new: Mapping[str, bytes],
    on_disk: Mapping[str, bytes],
    files: dict[str, bytes],
    needed: set[str],
) -> list[str]:
    """Puts the articles into `files`, in the new order; returns the ids of those that change."""
    coming = [each.id for each in pack.articles]
    disk, fresh, none = _by_id(on_disk), _by_id(new), ("", b"")
    stays: list[str] = []
    for each in now.articles:
        if each.id in coming:
            continue
        _, data = disk.get(each.id, none)
        if each.id in needed or record.articles.get(each.id, ("", ""))[0] != _mark(data):
            stays.append(each.id)
    for each in now.articles:
        files.pop(disk.get(each.id, none)[0], None)
    updated: list[str] = []
    width = max(2, len(str(len(coming) + len(stays))))
    for number, key in enumerate((*coming, *stays), 1):
        here, made = disk.get(key, none)[1], fresh.get(key, none)[1]
        edited = bool(here) and record.articles.get(key, ("", ""))[0] != _mark(here)
        data = here if edited or not made else made
        if made and data is made and _mark(made) != _mark(here):
            updated.append(key)
        files[f"articles/{number:0{width}}-{key}.md"] = data
    return updated
