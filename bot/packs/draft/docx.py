"""A Word document to lines: what a reader sees on paper, in order, and what he does not see with the reason.

Invariant: every character of the body is in a line or in what was left out. Tracked changes count as accepted;
hidden text, deletions, comments, headers, ruby readings are left out by name.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.model import Complaint
from bot.packs.draft.archive import MAX_ENTRY, Archive, Broken, Locked
from bot.packs.draft.contents import HEADS
from bot.packs.draft.docxstyle import Numbers, Styles, Traits, child, on, value
from bot.packs.draft.looks import Look, levelled
from bot.packs.draft.marks import squeeze
from bot.packs.draft.values import LeftOut, Line, Picture
from bot.packs.draft.xmlsafe import Unsafe, local, parse

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_XML = 48 * 1024 * 1024  # one part; a book has 5 MB
MAX_PICTURES = 200
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_THROUGH = frozenset(
    [
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "smartTag",
        "customXml",
        "hyperlink",
        "fldSimple",
        "dir",
        "bdo",
        "AlternateContent",
        "Choice",
        "rubyBase",
    ]
)
_GONE = {"del": "修订里删掉的字", "moveFrom": "修订里移走的字", "rt": "注音"}
_PAGE = "\f"
_BREAKS = re.compile("([\n\f])")


@dataclass(slots=True)
class Read:
    """What a document gave: lines with their looks, what was left out, pictures."""

    lines: list[Line] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)

    def leave(self, why: str, text: str) -> None:
        if text.strip():
            self.left.setdefault(why, []).append(text.strip())


def read_docx(data: bytes, name: str) -> tuple[tuple[Line, ...], tuple[LeftOut, ...], tuple[Picture, ...]]:
    """Lines, what was left out, pictures. Raises Complaint when it is no sound Word document; Bomb when too big."""
    broken = Complaint(f"《{name}》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx")
    try:
        archive = Archive(data)
        walker = _Walker(archive)
        walker.document()
    except (Broken, KeyError, IndexError) as error:
        raise broken from error
    except Locked as error:
        raise Complaint(f"《{name}》有密码，读不了。请发一份没有密码的，例如：另存为新的 .docx") from error
    except Unsafe as error:
        raise Complaint(
            f"《{name}》里有外部引用，为了安全没有读。请重新导出再发，例如：另存为 .docx"
        ) from error
    read = walker.read
    lines = _contents_lines(read)
    return (
        tuple(levelled(lines, read.looks)),
        tuple(LeftOut("\n".join(texts), why) for why, texts in read.left.items()),
        tuple(read.pictures),
    )


def _contents_lines(read: Read) -> list[Line]:
    """Lines of an automatic contents list stay only under its heading; alone they only repeat the titles."""
    kept: list[Line] = []
    looks: list[Look] = []
    inside = False
    for line, look in zip(read.lines, read.looks, strict=True):
        if line.toc and not inside:
            read.leave("目录", line.written)
            continue
        if not line.toc:
            inside = squeeze(line.text).strip("【】《》：:") in HEADS
        kept.append(line)
        looks.append(look)
    read.lines, read.looks = kept, looks
    return kept


@dataclass(slots=True)
class _Para:
    """The paragraph under construction: pieces of text with their traits, and what hangs on it."""

    pieces: list[tuple[str, Traits]] = field(default_factory=list)
    boxes: list["_Element"] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class _Walker:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.read = Read()
        self.names = {name.lstrip("/").lower(): name for name in archive.names}
        self.main = self._main()
        self.folder = posixpath.dirname(self.main)
        self.relations = self._relations(self.main)
        self.styles = Styles(self._part("styles"))
        self.numbers = Numbers(self._part("numbering"))
        self.notes = {
            kind: {self._id(note): note for note in root if local(note) == kind}
            for kind, root in (("footnote", self._part("footnotes")), ("endnote", self._part("endnotes")))
            if root is not None
        }
        self.noted: list[str] = []  # notes waiting for the end of their article
        self.gap = 0
        self.page = False

    # ------------------------------------------------------------ parts of the package

    def _main(self) -> str:
        for target, kind in self._relations("").values():
            if kind.endswith("/officeDocument"):
                return target
        if "word/document.xml" in self.names:
            return "word/document.xml"
        raise Broken

    def _xml(self, path: str) -> "_Element | None":
        name = self.names.get(path.lstrip("/").lower())
        return None if name is None else parse(self.archive.read(name, MAX_XML))

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (path inside the archive, kind) of a part; external targets are not followed."""
        folder, base = posixpath.split(part)
        root = self._xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for each in root if root is not None else ():
            if local(each) != "Relationship" or each.get("TargetMode") == "External":
                continue
            target = each.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[each.get("Id", "")] = (posixpath.normpath(path), each.get("Type", ""))
        return found

    def _part(self, kind: str) -> "_Element | None":
        path = next((path for path, type_ in self.relations.values() if type_.endswith("/" + kind)), "")
        return self._xml(path) if path else None

    def _id(self, element: "_Element") -> str:
        return value(element, "id")

    # ------------------------------------------------------------ the document

    def document(self) -> None:
        root = self._xml(self.main)
        if root is None:
            raise Broken
        body = next((each for each in root if local(each) == "body"), None)
        if body is None:
            raise Broken
        self._blocks(body)
        self._flush_notes()
        seen: set[str] = set()
        for path, kind in self.relations.values():
            why = {"header": "页眉页脚", "footer": "页眉页脚", "comments": "批注"}.get(
                kind.rsplit("/", 1)[-1]
            )
            part = self._xml(path) if why else None
            for paragraph in part.iter("{*}p") if part is not None else ():
                text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
                if text and text not in seen:
                    seen.add(text)
                    self.read.leave(why or "", text)
        self._unreferenced()

    def _unreferenced(self) -> None:
        for found in self.notes.values():
            for note in found.values():
                self.read.leave("没有用到的脚注", self._plain(note))

    def _blocks(self, parent: "_Element") -> None:
        for each in parent:
            kind = local(each)
            if kind == "p":
                self._paragraph(each)
            elif kind == "tbl":
                self._table(each)
            elif kind in _GONE:
                self.read.leave(_GONE[kind], self._plain(each))
            elif kind == "AlternateContent":
                self._blocks(_choice(each))
            elif kind in _THROUGH:
                self._blocks(each)
            elif kind == "altChunk":
                self.read.leave("嵌入的另一份文件", "（嵌入的文件）")

    def _paragraph(self, paragraph: "_Element") -> None:
        properties = child(paragraph, "pPr")
        traits = self.styles.paragraph(properties)
        if properties is not None and on(properties, "pageBreakBefore"):
            self.page = True
        para = _Para()
        self._runs(paragraph, traits, para)
        # A paragraph whose mark was deleted runs on into the next one; a rare case that only costs a line.
        number = self.numbers.text(traits) if any(t.strip() for t, _ in para.pieces) else ""
        self._emit(para, traits, number)
        if properties is not None and child(properties, "sectPr") is not None:
            self.page = True
        for box in para.boxes:
            self._blocks(box)
        self.noted.extend(f"注 {label}：{text}" for label, text in para.notes if text)

    def _emit(self, para: _Para, traits: Traits, number: str) -> None:
        """The paragraph as lines: a line break or page break inside it makes a new one."""
        rows: list[tuple[bool, list[tuple[str, Traits]]]] = [(False, [])]
        for text, look in para.pieces:
            for part in _BREAKS.split(text):
                if part in ("\n", _PAGE):
                    rows.append((part == _PAGE, []))
                elif part:
                    rows[-1][1].append((part, look))
        first = True
        for page, pieces in rows:
            self.page = self.page or page
            bare = " ".join("".join(text for text, _ in pieces).split())
            if not bare:
                self.gap += 1
                continue
            if traits.level and self.noted:
                self._flush_notes()
            line = Line(
                f"{number}{bare}" if first else bare,
                gap=self.gap,
                page=self.page,
                indent=traits.indent,
                level=traits.level,
                toc=traits.toc,
            )
            self._add(line, _look(pieces, traits))
            first = False

    def _add(self, line: Line, look: Look) -> None:
        self.read.lines.append(line)
        self.read.looks.append(look)
        self.gap, self.page = 0, False

    def _flush_notes(self) -> None:
        for text in self.noted:
            self._add(Line(text, kind="list"), Look())
        self.noted.clear()

    # ------------------------------------------------------------ runs

    def _runs(self, parent: "_Element", traits: Traits, para: _Para) -> None:
        for each in parent:
            kind = local(each)
            if kind == "r":
                self._run(each, traits, para)
            elif kind in _GONE:
                self.read.leave(_GONE[kind], self._plain(each))
            elif kind == "AlternateContent":
                self._runs(_choice(each), traits, para)
            elif kind in _THROUGH:
                self._runs(each, traits, para)
            elif kind in ("oMath", "oMathPara"):
                para.pieces.append(("".join(t.text or "" for t in each.iter("{*}t")), traits))

    def _run(self, run: "_Element", traits: Traits, para: _Para) -> None:
        look = self.styles.run(child(run, "rPr"), traits)
        for each in run:
            kind = local(each)
            text = ""
            if kind == "t":
                text = each.text or ""
            elif kind in ("tab", "ptab"):
                text = " "
            elif kind == "br":
                text = {"page": _PAGE, "column": " "}.get(value(each, "type"), "\n")
            elif kind == "cr":
                text = "\n"
            elif kind == "lastRenderedPageBreak":
                continue
            elif kind == "noBreakHyphen":
                text = "-"
            elif kind == "sym":
                text = "□"
            elif kind == "ruby":
                self._ruby(each, traits, para)
            elif kind in ("footnoteReference", "endnoteReference"):
                self._note(each, kind.removesuffix("Reference"), para)
            elif kind in ("drawing", "pict", "object", "AlternateContent"):
                self._drawing(each, para)
            elif kind == "delText":
                self.read.leave(_GONE["del"], each.text or "")
            if text and look.hidden:
                self.read.leave("隐藏文字", text.replace(_PAGE, ""))
            elif text:
                para.pieces.append((text, look))

    def _ruby(self, ruby: "_Element", traits: Traits, para: _Para) -> None:
        for part in ruby:
            if local(part) == "rubyBase":
                self._runs(part, traits, para)
            elif local(part) == "rt":
                self.read.leave(_GONE["rt"], self._plain(part))

    def _note(self, reference: "_Element", kind: str, para: _Para) -> None:
        note = self.notes.get(kind, {}).pop(self._id(reference), None)
        if note is None:
            return
        count = len(self.noted) + len(para.notes) + 1
        para.notes.append((str(count), self._plain(note)))

    def _drawing(self, element: "_Element", para: _Para) -> None:
        """Text boxes hang on the paragraph; pictures are kept as files. Of alternatives, the first counts."""
        stack = [element]
        while stack:
            each = stack.pop()
            kind = local(each)
            if kind == "txbxContent":
                para.boxes.append(each)
                continue
            if kind == "AlternateContent":
                each = _choice(each)
            elif kind in ("blip", "imagedata"):
                self._picture(value(each, "embed") or value(each, "id"))
            stack.extend(reversed(list(each)))

    def _picture(self, relation: str) -> None:
        path, _ = self.relations.get(relation, ("", ""))
        name = self.names.get(path.lower())
        if name is None or len(self.read.pictures) >= MAX_PICTURES:
            return
        suffix = posixpath.splitext(path)[1].lower()
        if suffix in _PICTURES and all(each.origin != path for each in self.read.pictures):
            after = len(self.read.lines)
            self.read.pictures.append(Picture(path, suffix, self.archive.read(name, MAX_ENTRY), after))

    # ------------------------------------------------------------ tables

    def _table(self, table: "_Element") -> None:
        rows = [
            [self._cell(cell) for cell in _through(row, "tc") if not self._merged(cell)]
            for row in _through(table, "tr")
        ]
        width = max((len(row) for row in rows), default=0)
        if width <= 1:  # a frame around prose, no table
            for row in _through(table, "tr"):
                for cell in _through(row, "tc"):
                    self._blocks(cell)
            return
        text = "\n".join(" | ".join(row) for row in rows if any(row))
        if text:
            self._add(Line(text, gap=self.gap, page=self.page, kind="table"), Look())

    def _merged(self, cell: "_Element") -> bool:
        """A cell that only continues the one above it, and is empty."""
        properties = child(cell, "tcPr")
        merge = child(properties, "vMerge") if properties is not None else None
        return False if merge is None else value(merge, "val") != "restart" and not self._plain(cell)

    def _cell(self, cell: "_Element") -> str:
        parts: list[str] = []
        for paragraph in cell.iter("{*}p"):
            inner = _Para()
            self._runs(paragraph, self.styles.paragraph(child(paragraph, "pPr")), inner)
            text = " ".join("".join(piece for piece, _ in inner.pieces).replace(_PAGE, " ").split())
            if text:
                parts.append(text.replace("|", "｜"))
            self.noted.extend(f"注 {label}：{note}" for label, note in inner.notes if note)
        return " ".join(parts)

    def _plain(self, element: "_Element") -> str:
        """All characters below an element, for what is left out and for notes."""
        texts = [each.text or "" for each in element.iter("{*}t", "{*}delText")]
        return " ".join("".join(texts).split())


def _look(pieces: list[tuple[str, Traits]], traits: Traits) -> Look:
    """The look of a line: the size of most of its characters; bold when nearly all of it is."""
    sizes: dict[float, int] = {}
    bold = total = 0
    for text, look in pieces:
        count = len(text.strip())
        sizes[look.size] = sizes.get(look.size, 0) + count
        bold += count * look.bold
        total += count
    size = max(sizes, key=lambda each: sizes[each]) if sizes else traits.size
    return Look(size, bold > 0.8 * total, traits.centred)


def _choice(alternate: "_Element") -> "_Element":
    """The first alternative of mc:AlternateContent that holds something, else its fallback."""
    options = [each for each in alternate if local(each) in ("Choice", "Fallback")]
    return next((each for each in options if len(each)), alternate)


def _through(parent: "_Element", name: str) -> Iterator["_Element"]:
    """Children of that name, also inside content controls and tracked insertions."""
    for each in parent:
        if local(each) == name:
            yield each
        elif local(each) in _THROUGH:
            yield from _through(each, name)
