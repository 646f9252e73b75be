"""Methods with files: photos and documents by upload or file id, and the way back to the bytes.

Invariant: what is sent by upload can be sent again by its file id and downloaded byte for byte.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .errors import bad, broken
from .sending import caption, deliver, may_send, target
from .wire import Upload
from .world import File, Json

if TYPE_CHECKING:
    from .server import FakeBotApi

PHOTO_LIMIT, UPLOAD_LIMIT, DOWNLOAD_LIMIT = 10 * 1024 * 1024, 50 * 1024 * 1024, 20 * 1024 * 1024


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG or GIF; None for anything else.

    >>> picture_size(b"nothing") is None
    True
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return int(width), int(height)
    if not data.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + length
    return None


def stored(api: FakeBotApi, params: Json, files: dict[str, Upload], field: str) -> File:
    """The file a request sends in `field`: an upload, attach://name or a file id."""
    value = params.get(field)
    upload = files.get(field)
    if upload is None and isinstance(value, str) and value.startswith("attach://"):
        upload = files.get(value.removeprefix("attach://"))
    if upload is None:
        known = api.world.files.get(value) if isinstance(value, str) else None
        if known is None:
            what = (
                "wrong file identifier/HTTP URL specified" if value else f"there is no {field} in the request"
            )
            raise broken(what)
        if known.kind != field:
            raise bad(f"can't use file of type {known.kind.title()} as {field.title()}")
        return known
    if not upload.data:
        raise broken("file must be non-empty")
    if len(upload.data) > (PHOTO_LIMIT if field == "photo" else UPLOAD_LIMIT):
        raise broken("file is too big")
    size = (0, 0)
    if field == "photo":
        measured = picture_size(upload.data)
        if measured is None:
            raise broken("IMAGE_PROCESS_FAILED")
        width, height = size = measured
        if width + height > 10_000 or max(width, height) > 20 * max(1, min(width, height)):
            raise broken("PHOTO_INVALID_DIMENSIONS")
    return api.world.new_file(field, upload.data, upload.name, upload.mime, size)


def content_of(file: File) -> Json:
    """The message field that shows a file."""
    if file.kind == "photo":
        width, height = file.size
        return {"photo": [file.json() | {"width": width, "height": height}]}
    if file.kind == "sticker":
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return {"sticker": file.json() | shape | {"emoji": "📖"}}
    extra = {"file_name": file.name} if file.name else {}
    return {"document": file.json() | {"mime_type": file.mime} | extra}


def _send(api: FakeBotApi, params: Json, files: dict[str, Upload], field: str) -> Json:
    chat = target(api, params)
    text = caption(api, params)
    may_send(chat, field)
    file = stored(api, params, files, field)
    return deliver(api, chat, params, content_of(file) | text).json()


def send_photo(api: FakeBotApi, params: Json, files: dict[str, Upload]) -> Json:
    return _send(api, params, files, "photo")


def send_document(api: FakeBotApi, params: Json, files: dict[str, Upload]) -> Json:
    return _send(api, params, files, "document")


def get_file(api: FakeBotApi, params: Json, files: dict[str, Upload]) -> Json:
    file = api.world.files.get(params.get("file_id", ""))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return file.json() | {"file_path": file.path}


def download(api: FakeBotApi, path: str) -> bytes | None:
    """Bytes behind a file_path, or None."""
    for file in api.world.files.values():
        if file.path == path:
            return file.data
    return None
