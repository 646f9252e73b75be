"""Zip files from strangers: what is inside, read with limits that hold before and while unpacking.

Invariant: no more than MAX_UNPACKED bytes ever come out of one archive, whatever it declares.
"""

import zipfile
import zlib
from io import BytesIO

MAX_ENTRIES = 5000
MAX_UNPACKED = 256 * 1024 * 1024
MAX_ENTRY = 64 * 1024 * 1024
MAX_RATIO = 100  # a text of one repeated character shrinks up to a thousandfold, real documents below 50
_RATIO_FROM = 1024 * 1024  # small entries may shrink as they like
_CHUNK = 1 << 16


class Bomb(Exception):
    """The archive unpacks to too much."""


class Broken(Exception):
    """Not a zip file, or a damaged one."""


class Locked(Exception):
    """An entry needs a password."""


class Archive:
    """An open zip file. `read` counts the bytes that came out; `unpacked` is their sum so far."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
            raise Broken from error
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise Bomb
        for entry in entries:
            if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise Bomb
        self._entries = {entry.filename: entry for entry in entries if not entry.is_dir()}
        self.unpacked = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The files inside, as the archive calls them."""
        return tuple(self._entries)

    def read(self, name: str, most: int = MAX_ENTRY) -> bytes:
        """The bytes of one entry. KeyError when there is none."""
        entry = self._entries[name]
        if entry.flag_bits & 1:
            raise Locked
        if entry.file_size > most:
            raise Bomb
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(entry) as file:
                while part := file.read(_CHUNK):
                    size += len(part)
                    self.unpacked += len(part)
                    if size > most or self.unpacked > MAX_UNPACKED:
                        raise Bomb
                    parts.append(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise Broken from error
        except RuntimeError as error:
            raise Locked from error
        return b"".join(parts)


def shown_name(name: str) -> str:
    """An entry's name as its maker wrote it: old Windows tools store GBK, which zipfile reads as cp437.

    >>> shown_name("讲义.txt".encode("gbk").decode("cp437"))
    '讲义.txt'
    """
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    if raw.isascii():
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name
