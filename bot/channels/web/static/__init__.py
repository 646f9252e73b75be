"""The page's files, read once; what a request names is a key of this table and never a path."""

import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Part:
    """One file. tag: changes with its content."""

    body: bytes
    type: str
    tag: str


def load() -> dict[str, Part]:
    """File name → its content, without this one."""
    found = {}
    for each in files(__name__).iterdir():
        suffix = "." + each.name.rpartition(".")[2]
        if each.is_file() and suffix != ".py":
            body = each.read_bytes()
            kind = TYPES.get(suffix) or mimetypes.guess_type(each.name)[0] or "application/octet-stream"
            found[each.name] = Part(body, kind, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return found
