"""The files of a pack's folder: read with limits, fingerprinted, never trusted.

Invariant: nothing outside the folder is opened, nothing larger than MAX_BYTES is kept, nothing here raises.
"""

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bot.model import Problem

MAX_BYTES = 2_000_000  # 660,000 汉字 in one file; a book has half of that
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")


@dataclass(slots=True)
class Files:
    """One folder while it is read: collects problems and seals what was read."""

    root: Path
    problems: list[Problem]
    parts: list[bytes] = field(default_factory=list)

    def lines(self, name: str) -> list[str] | None:
        """The lines of a text file, comments blanked; None (and a Problem) when it cannot be used."""
        data = self._bytes(name)
        if data is None:
            return None
        self.parts.append(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
        text = self._text(name, data)
        if text is None:
            return None
        if not text.strip():
            self.wrong(name, "文件是空的。请写上内容，或删掉这个文件。")
            return None
        return self._uncommented(name, text.split("\n"))

    def wrong(self, name: str, text: str, line: int = 0, error: bool = True) -> None:
        self.problems.append(Problem(name, line, text, error))

    def digest(self) -> str:
        """SHA-256 over names and bytes of all files that were read, in hex."""
        return hashlib.sha256(b"".join(self.parts)).hexdigest()

    def inside(self, path: Path) -> bool:
        """Whether the path, links followed, is in the folder."""
        try:
            return path.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError, ValueError):  # loops of links, names with NUL
            return False

    def has(self, name: str) -> bool:
        """Whether something of this name is there, be it a broken link."""
        return os.path.lexists(self.root / name)

    def image(self, name: str, line: int, target: str) -> None:
        """Checks the target of an image in the file `name`; it may be relative to the folder or to the file."""
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", target) or target.startswith("//"):
            self.wrong(name, f"图片“{target[:40]}”不在内容目录里。请把它存到 images/ 再引用。", line)
            return
        places = [self.root / target, (self.root / name).parent / target]
        try:
            within = [place for place in places if self.inside(place)]
            if not within or PurePosixPath(target).is_absolute() or "\\" in target:
                self.wrong(name, f"图片“{target[:40]}”指到内容目录外面。请把它存到 images/ 再引用。", line)
            elif not any(place.is_file() for place in within):
                self.wrong(name, f"没有图片“{target[:40]}”。请把它放进内容目录，或删掉这一行。", line)
        except (OSError, ValueError):
            self.wrong(name, f"图片“{target[:40]}”读不出来。请换一个文件名。", line)

    def _bytes(self, name: str) -> bytes | None:
        path = self.root / name
        if self._loops(path):
            self.wrong(name, "这个链接绕回它自己。请换成文件本身。")
            return None
        if not self.inside(path):
            self.wrong(name, "这个文件指到内容目录外面去了。请把文件放进目录里。")
            return None
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # a folder, or a pipe that would block for ever
                self.wrong(name, "这不是文件。请换成一个文本文件。")
                return None
            if status.st_size > MAX_BYTES:
                self.wrong(name, f"文件超过 {MAX_BYTES // 1_000_000} MB。请分成几个内容。")
                return None
            with path.open("rb") as file:
                return file.read(MAX_BYTES)
        except FileNotFoundError:
            self.wrong(name, "没有这个文件。请补上，或删掉指向它的链接。")
        except PermissionError:
            self.wrong(name, "没有权限读这个文件。请改一下文件的权限。")
        except (OSError, ValueError):
            self.wrong(name, "文件读不出来。请重新保存一次。")
        return None

    def _loops(self, path: Path) -> bool:
        try:
            path.stat()
        except OSError as error:
            return error.errno == errno.ELOOP
        except ValueError:
            pass
        return False

    def _text(self, name: str, data: bytes) -> str | None:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            kind = _guess(data)
            what = f"文件不是 UTF-8 编码，像是 {kind}。" if kind else "文件不是 UTF-8 编码，或已经损坏。"
            self.wrong(name, what + "请另存为 UTF-8 再放进来。")
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        odd = _CONTROL.search(text)
        if odd and (odd[0] == "\0" or len(_CONTROL.findall(text)) * 100 > len(text)):
            self.wrong(name, "文件里有二进制内容。请换成文字文件。")
            return None
        return _CONTROL.sub(" ", text).replace("\ufeff", "")

    def _uncommented(self, name: str, lines: list[str]) -> list[str]:
        """Comments `<!-- … -->` that begin a line become blank; line numbers stay."""
        out: list[str] = []
        opened = 0  # the line a comment began on, 0 = none is open
        for number, line in enumerate(lines, 1):
            rest = line
            while opened or rest.lstrip().startswith("<!--"):
                if not opened:
                    opened, rest = number, rest.lstrip()[4:]
                _, end, rest = rest.partition("-->")
                if not end:
                    break
                opened = 0
            out.append(rest)
        if opened:
            self.wrong(name, "注释“<!--”没有结束。请在注释后面加上“-->”。", opened)
        return out


def _guess(data: bytes) -> str:
    """The likely encoding of bytes that are no UTF-8; "" when they look like no text at all."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    for encoding, name in (("gb18030", "GBK"), ("big5", "Big5")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [c for c in text if c > "\x7f"]
        plain = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c > "\uff00" for c in wide)
        if not _CONTROL.search(text) and plain * 10 >= len(wide) * 9:
            return name
    return ""


def printable(text: str) -> str:
    r"""A file's name or a sentence about it, fit for any screen: bytes that are no UTF-8 become "?".

    >>> printable("\udcd0\udcc2.txt")
    '??.txt'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts 2-x.md before 10-x.md.

    >>> sorted(["10-b.md", "2-a.md"], key=natural)
    ['2-a.md', '10-b.md']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part[:18]), part) if part[0] in "0123456789" else (1, 0, part) for part in parts)


def fingerprint(folder: Path) -> str:
    """A cheap mark of a folder's state, from names, sizes and times of change; equal = most likely unchanged.

    Opens no file. "" when the folder is missing or cannot be listed.
    """
    found: list[str] = []
    try:
        if not folder.is_dir():
            return ""
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(name for name in files if not name.startswith(".")):
                path = Path(place, name)
                try:
                    status = path.stat()
                    mark = f"{status.st_size} {status.st_mtime_ns}"
                except OSError:
                    mark = "?"
                found.append(f"{path.relative_to(folder).as_posix()} {mark}")
    except (OSError, ValueError):
        return ""
    return hashlib.sha256("\n".join(found).encode("utf-8", "surrogateescape")).hexdigest()
