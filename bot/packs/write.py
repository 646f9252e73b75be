"""A pack's values written as a folder of Markdown that a person can edit.

Invariant: `read_pack` of what was written gives the same values again (digest aside); an existing folder is never
touched, and a folder is there whole or not at all.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.model import Article, Card, Complaint, Pack, Question, Term
from bot.packs import cards as cards_file
from bot.packs import glossary as terms_file
from bot.packs.anchor import Anchors
from bot.packs.header import Keys, plain_line, quote
from bot.packs.markdown import to_lines
from bot.packs.quiz import NAMES

_NO_CARDS = "<!-- 还没有卡片。每张这样写：一行“## c01 标题”，一行“文章: a1”，空一行，再写正文。 -->\n"


def write_pack(pack: Pack, folder: Path) -> None:
    """Writes the pack as the new folder `folder`, whose name becomes its id when it is read.

    Raises Complaint when the folder exists already or cannot be written.
    """
    anchors = {article.id: Anchors(article) for article in pack.articles}
    width = max(2, len(str(len(pack.articles))))
    files = {"pack.md": _pack(pack)}
    for article in pack.articles:
        files[f"articles/{article.number:0{width}}-{article.id}.md"] = _article(article)
    files["cards.md"] = "\n".join(_card(card, anchors) for card in pack.cards) or _NO_CARDS
    if pack.terms:
        files["glossary.md"] = "\n".join(map(_term, pack.terms))
    if pack.questions:
        files["quiz.md"] = "\n".join(map(_question, pack.questions))
    write_files(folder, files)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Makes the folder with these files in one step: a sibling is filled and renamed.

    Raises Complaint when the folder exists already or cannot be written.
    """
    if os.path.lexists(folder):
        raise Complaint(f"“{folder.name}”已经有了。请换一个名字，或先把旧的移走。")
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, text in files.items():
            target = made / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(text.encode("utf-8"))  # bytes: no CRLF on Windows
        made.chmod(0o755)
        made.rename(folder)
    except OSError as error:
        if os.path.lexists(folder):
            raise Complaint(f"“{folder.name}”已经有了。请换一个名字，或先把旧的移走。") from error
        raise Complaint(f"写不进“{folder.parent}”。请看看磁盘空间和目录的权限。") from error
    finally:
        if made is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(made)


def _flat(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).strip()


def _keys(*pairs: tuple[str, str]) -> list[str]:
    return [f"{key}: {quote(_flat(value))}" for key, value in pairs if value]


def _body(text: str, keys: Keys) -> list[str]:
    out: list[str] = []
    for line in text.split("\n"):
        out += ["", plain_line(line.strip(), keys)]
    return out


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _pack(pack: Pack) -> str:
    keys = _keys(("语言", pack.language), ("版本", pack.version), ("节奏", pack.rhythm), ("说明", pack.about))
    return _lines([f"# {_flat(pack.title)}", "", *keys])


def _article(article: Article) -> str:
    keys = _keys(
        ("编号", article.id),
        ("标题", article.title),
        ("副题", article.subtitle),
        ("出处", article.source),
        ("作者", article.author),
        ("日期", article.date),
        ("链接", article.link),
        ("原文", article.original),
    )
    return _lines(["---", *keys, "---", "", *to_lines(article.blocks)])


def _card(card: Card, anchors: Mapping[str, Anchors]) -> str:
    find = anchors[card.article]
    anchor = find.find(card.text, card.section)
    section = card.section or (cards_file.NONE if find.section(card.anchor) else "")
    keys = _keys(
        ("文章", card.article),
        ("小标题", section),
        ("标签", ", ".join(card.tags)),
        ("日期说明", card.date_note),
        ("段落", str(card.anchor + 1) if anchor != card.anchor else ""),
        ("受损", "是" if card.damaged else ""),
    )
    think = ["", *_keys(("想一想", card.think))] if card.think else []
    return _lines([f"## {card.id} {_flat(card.title)}", *keys, *_body(card.text, cards_file.KEYS), *think])


def _term(term: Term) -> str:
    keys = _keys(
        ("编号", term.id if term.id != term.name else ""),
        ("又名", ", ".join(term.aliases)),
        ("类别", term.category),
        ("文章", term.article),
        ("卡片", term.card),
    )
    more = _keys(("例", term.example), ("易混", term.confusable))
    return _lines(
        [f"## {term.name}", *keys, *_body(term.text, terms_file.KEYS), *([""] if more else []), *more]
    )


def _question(question: Question) -> str:
    return _lines(
        [
            f"## {question.id}",
            *_keys(("卡片", question.card), ("文章", question.article)),
            *_keys(("题型", NAMES[question.kind])),
            *_keys(("题", question.stem)),
            *_key_of(question),
            *_keys(("解析", question.explanation), ("依据", question.quote)),
        ]
    )


def _key_of(question: Question) -> list[str]:
    """The lines that carry the right answer."""
    if question.kind == "bool":
        return [f"答: {'对' if question.right == (0,) else '错'}"]
    if question.kind == "order":
        return ["排序:", *(f"{n}. {_flat(item)}" for n, item in enumerate(question.options, 1))]
    if question.kind == "match":
        return ["配对:", *(f"- {_flat(left)} = {_flat(other)}" for left, other in question.pairs)]
    if question.kind == "fill":
        return _keys(("答", _answer(question.blanks)))
    return [f"- [{'x' if n in question.right else ' '}] {_flat(o)}" for n, o in enumerate(question.options)]


def _answer(blanks: tuple[tuple[str, ...], ...]) -> str:
    parts = ["|".join(blank) for blank in blanks]
    if not any("、" in part for part in parts):
        return "、".join(parts)
    return "；".join(parts) + ("；" if len(parts) == 1 else "")
