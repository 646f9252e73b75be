"""Any file, folder or web page to one draft: the format by its first bytes, the reader for it, parts put together.

Invariant: a file that cannot be read is a Complaint when it stands alone, and a named left-out part in a folder;
nothing of it goes missing silently.
"""

import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.model import Complaint
from bot.packs.draft import MAX_CHARACTERS, from_lines, read_text
from bot.packs.draft.archive import Archive, Bomb, Broken, Locked, shown_name
from bot.packs.draft.encoding import decode
from bot.packs.draft.office import NO_DOC, looks_old
from bot.packs.draft.values import Draft, DraftArticle, DraftCard, LeftOut, Line, Picture

MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 300
SUFFIXES = (".docx", ".pdf", ".html", ".htm", ".md", ".txt", ".doc", ".zip")
TEXT = ("", ".txt", ".md", ".text", ".markdown", ".doc")  # read as text when the bytes say nothing else
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A draft and what cannot stand in it: pictures, the address it came from, what was odd about the file."""

    draft: Draft
    pictures: tuple[Picture, ...] = ()
    link: str = ""
    note: str = ""


def _quiet(_done: int, _of: int) -> None:
    pass


def read_path(path: Path, progress: Progress = _quiet, name: str = "") -> Found:
    """The draft of a file, which people call `name`. Raises Complaint."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Complaint(
                f"《{path.name}》超过 {MAX_BYTES // 1024 // 1024} MB，太大了。请拆成几份再发，例如：每份 200 页以内"
            )
        data = path.read_bytes()
    except OSError as error:
        raise Complaint(f"《{path.name}》读不出来。请看看文件还在不在、有没有权限。") from error
    return read_bytes(data, name or path.name, progress)


def read_bytes(data: bytes, name: str, progress: Progress = _quiet) -> Found:
    """The draft of one file's bytes; `name` is what the person calls it. Raises Complaint."""
    suffix = os.path.splitext(name)[1].lower()
    try:
        return _by_kind(data, name, suffix, progress)
    except (Bomb, MemoryError) as error:
        raise Complaint(
            f"《{name}》解开后太大，为了安全停下了。请拆成几份再发，例如：每份 200 页以内"
        ) from error
    except RecursionError as error:
        raise Complaint(f"《{name}》里套得太深，读不了。请把文字存成 .txt 再发，例如：讲义.txt") from error


def _by_kind(data: bytes, name: str, suffix: str, progress: Progress) -> Found:
    if data.startswith(b"%PDF-") or suffix == ".pdf":
        from bot.packs.draft.pdf import read_pdf

        lines, left_out = read_pdf(data, name, progress)
        return Found(_draft(lines, left_out, name))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        kind = looks_old(data)
        if kind == "locked":
            raise Complaint(f"《{name}》有密码，读不了。请发一份没有密码的，例如：另存为新的 .docx")
        if kind == "doc":  # reached without LibreOffice, or inside a folder
            raise Complaint(NO_DOC)
        raise Complaint(f"《{name}》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx")
    if suffix == ".docx" or (data.startswith(b"PK\x03\x04") and suffix != ".zip"):
        return _docx(data, name)
    if suffix == ".zip":
        return _zip(data, name, progress)
    if suffix in (".html", ".htm", ".xhtml") or re.match(
        rb"\s*(?:<!doctype html|<html)", data[:500], re.IGNORECASE
    ):
        return read_page(data, name)
    if data.startswith(b"{\\rtf"):
        raise Complaint(f"《{name}》是 RTF 文件。请另存为 .docx 再发，例如：辅导材料.docx")
    if suffix not in TEXT:
        raise Complaint(
            f"《{name}》不是能读的格式。请发 .docx、.pdf、.html、.md、.txt 或 .zip，例如：讲义.docx"
        )
    if suffix == ".doc" and data.strip():
        return _not_word(data, name)
    return Found(read_text(decode(data)))


def _not_word(data: bytes, name: str) -> Found:
    """A .doc without the marks of a Word file: read where it is plain text under a wrong name, which is said."""
    try:
        text = decode(data)
    except Complaint:
        raise Complaint(NO_DOC) from None
    return Found(read_text(text), note=f"《{name}》其实是纯文字，按文字读了。")


def _draft(lines: Sequence[Line], left_out: Sequence[LeftOut], name: str) -> Draft:
    if not lines:
        raise Complaint(f"《{name}》里没有文字。请换一个有文字的文件，例如：原来的 .docx")
    if sum(len(line.text) for line in lines) > MAX_CHARACTERS:
        raise Complaint(
            f"《{name}》超过 {MAX_CHARACTERS // 10_000} 万字，太长了。请拆成几份再发，例如：每份 200 页以内"
        )
    return from_lines(lines, left_out)


def _docx(data: bytes, name: str) -> Found:
    from bot.packs.draft.docx import read_docx

    lines, left_out, pictures = read_docx(data, name)
    return Found(_draft(lines, left_out, name), pictures)


def read_page(data: bytes, name: str, charset: str = "", link: str = "") -> Found:
    """The draft of a web page's bytes. Raises Complaint."""
    from bot.packs.draft.html import read_html

    lines, left_out = read_html(data, name, charset)
    return Found(_draft(lines, left_out, name), link=link)


def read_url(url: str, progress: Progress = _quiet) -> Found:
    """The draft of a public web page, or of a file that lies at that address. Raises Complaint."""
    from bot.packs.draft.fetch import fetch

    page = fetch(url)
    name = url.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1] or url
    if page.type in ("text/html", "application/xhtml+xml", "") and not page.data.startswith(
        (b"%PDF-", b"PK")
    ):
        found = read_page(page.data, name, page.charset, page.url)
    else:
        if page.type == "text/plain" and os.path.splitext(name)[1].lower() not in SUFFIXES:
            name += ".txt"  # an address may end in anything
        found = read_bytes(page.data, name, progress)
    return replace(found, link=page.url)


# ---------------------------------------------------------------- several files as one


def _zip(data: bytes, name: str, progress: Progress) -> Found:
    try:
        archive = Archive(data)
    except Broken as error:
        raise Complaint(f"《{name}》不完整或不是压缩包，读不了。请重新打包再发，例如：讲义.zip") from error
    if "[Content_Types].xml" in archive.names and any(each.startswith("word/") for each in archive.names):
        return _docx(data, name)
    files: list[tuple[str, Callable[[], bytes]]] = []
    for entry in archive.names:
        shown = shown_name(entry)
        if not _hidden(shown):
            files.append((shown, lambda entry=entry: archive.read(entry)))  # type: ignore[misc]
    return _together(files, os.path.splitext(name)[0], name, progress)


def read_folder(folder: Path, progress: Progress = _quiet) -> Found:
    """One draft of all documents in a folder, in the natural order of their names. Links are not followed."""
    files: list[tuple[str, Callable[[], bytes]]] = []
    total = 0
    for place, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for each in names:
            path = Path(place, each)
            status = path.lstat()
            shown = path.relative_to(folder).as_posix()
            if _hidden(shown) or not stat.S_ISREG(status.st_mode):
                continue
            total += status.st_size
            files.append((shown, path.read_bytes))
            if len(files) > MAX_FILES or total > 4 * MAX_BYTES:
                raise Complaint(
                    f"“{folder.name}”里的文件太多或太大。请分成几个文件夹，例如：每个 {MAX_FILES} 份以内"
                )
    return _together(files, folder.resolve().name, folder.name, progress)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in name.split("/"))


def _together(
    files: Sequence[tuple[str, Callable[[], bytes]]], title: str, name: str, progress: Progress
) -> Found:
    from bot.packs.files import natural

    if len(files) > MAX_FILES:
        raise Complaint(
            f"《{name}》里有 {len(files)} 个文件，太多了。请分成几份，例如：每份 {MAX_FILES} 个以内"
        )
    found: list[tuple[str, Found]] = []
    left_out: list[LeftOut] = []
    ordered = sorted(files, key=lambda file: natural(file[0]))
    for number, (shown, load) in enumerate(ordered, 1):
        if os.path.splitext(shown)[1].lower() not in SUFFIXES:
            left_out.append(LeftOut(shown, "不是能读的文件"))
        elif shown.lower().endswith(".zip"):
            left_out.append(LeftOut(shown, "压缩包里的压缩包"))
        else:
            try:
                found.append((shown, read_bytes(load(), shown.rsplit("/", 1)[-1])))
            except (Complaint, Broken, Locked, OSError) as error:
                why = str(error) if isinstance(error, Complaint) else "这个文件读不出来。"
                left_out.append(LeftOut(shown, why.split("。")[0]))
        progress(number, len(ordered))
    if not found:
        why = f"（{left_out[0].text}：{left_out[0].why}）" if left_out else ""
        raise Complaint(
            f"“{name}”里没有能读的文件{why}。请放进 .docx、.pdf、.html、.md 或 .txt，例如：讲义.docx"
        )
    if len(found) == 1 and not left_out:
        return found[0][1]
    return joined(found, title, left_out)


def joined(parts: Sequence[tuple[str, Found]], title: str, left_out: Sequence[LeftOut] = ()) -> Found:
    """Several drafts as one: their articles and cards in order, numbers counted on."""
    articles: list[DraftArticle] = []
    damage: list[str] = []
    cards: list[DraftCard] = []
    no_card: list[LeftOut] = []
    out = list(left_out)
    pictures: list[Picture] = []
    for shown, found in parts:
        draft, before = found.draft, len(articles)
        stem = os.path.splitext(shown.rsplit("/", 1)[-1])[0]
        if len(draft.articles) == 1 and draft.guessed and _number_free(stem):
            # One text without marks: its file's name is the best title it has, if it is not in the text itself.
            only = draft.articles[0]
            first = only.blocks[0].text if only.blocks else ""
            if not only.marks and first:
                draft = replace(draft, articles=(replace(only, title=_number_free(stem)),))
        articles.extend(draft.articles)
        cards.extend(replace(card, article=card.article + before) for card in draft.cards)
        damage.extend(
            re.sub(r"^第 (\d+) 篇", lambda m, before=before: f"第 {int(m[1]) + before} 篇", sentence)  # type: ignore[misc]
            for sentence in draft.damage
        )
        out.extend(LeftOut(each.text, f"{shown} 的{each.why}") for each in draft.left_out)
        no_card.extend(draft.no_card)
        pictures.extend(replace(each, origin=f"{shown}/{each.origin}") for each in found.pictures)
    whole = Draft(
        title,
        tuple(articles),
        tuple(cards),
        tuple(out),
        any(found.draft.guessed and len(found.draft.articles) > 1 for _, found in parts),
        tuple(damage),
        tuple(no_card),
    )
    notes = (found.note for _, found in parts if found.note)
    return Found(whole, tuple(pictures), note="\n".join(notes))


def _number_free(stem: str) -> str:
    """A file's name as a title: without the number it is sorted by.

    >>> _number_free("03-修渠的人"), _number_free("2024")
    ('修渠的人', '')
    """
    return re.sub(r"^[\d\s._、-]+", "", stem).strip()
