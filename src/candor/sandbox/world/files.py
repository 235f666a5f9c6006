"""Files: storing bytes and describing them as the Bot API does."""

import mimetypes
import secrets
import struct
from pathlib import PurePosixPath

from candor.sandbox.world.model import Json, StoredFile
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

KINDS = frozenset(
    {"photo", "document", "voice", "video", "audio", "animation", "video_note", "sticker"}
)
_FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "audio": "music",
    "animation": "animations",
    "video_note": "video_notes",
    "sticker": "stickers",
}
_PREFIXES = {
    "photo": "AgACAgIAAxkBAA",
    "document": "BQACAgIAAxkBAA",
    "voice": "AwACAgIAAxkBAA",
    "video": "BAACAgIAAxkBAA",
    "audio": "CQACAgIAAxkBAA",
    "animation": "CgACAgIAAxkBAA",
    "video_note": "DQACAgIAAxkBAA",
    "sticker": "CAACAgIAAxkBAA",
}
_SUFFIXES = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "video_note": ".mp4"}
_SIDE = 240


def store(
    world: World,
    *,
    kind: str,
    name: str,
    content: bytes,
    mime_type: str | None = None,
    details: Json | None = None,
) -> StoredFile:
    """Keep a file and give it its ids. `details` are the fields its sender told (duration ...)."""
    number = world.next_id("files")
    suffix = _SUFFIXES.get(kind) or PurePosixPath(name).suffix[:12] or ".bin"
    stored = StoredFile(
        id=_PREFIXES[kind] + secrets.token_urlsafe(32),
        unique_id="AQAD" + secrets.token_urlsafe(9),
        kind=kind,
        name=name,
        size=len(content),
        path=f"{_FOLDERS[kind]}/file_{number}{suffix}",
        details=_describe(kind, name, content, mime_type) | (details or {}),
    )
    world.tables.files[stored.id] = stored
    world.contents[stored.path] = content
    world.save("files", stored)
    world.save("contents", stored)
    return stored


def find(world: World, file_id: str, kind: str | None = None) -> StoredFile:
    """The stored file, which must be of `kind` if one is named."""
    stored = world.tables.files.get(file_id)
    if stored is None or (kind is not None and not _fits(stored.kind, kind)):
        raise Refusal(Reason.FILE_NOT_FOUND)
    return stored


def content_of(stored: StoredFile, kind: str | None = None) -> Json:
    """The content part of a message that shows this file."""
    kind = kind or stored.kind
    if kind == "photo":
        return {"photo": photo_sizes(stored)}
    body = _identity(stored) | stored.details
    if kind == "animation":
        plain = {key: body[key] for key in body if key not in ("width", "height", "duration")}
        return {"animation": body, "document": plain}
    return {kind: body}


def photo_sizes(stored: StoredFile) -> list[Json]:
    """A photo's sizes; the sandbox keeps one."""
    return [
        _identity(stored) | {"width": stored.details["width"], "height": stored.details["height"]}
    ]


def _identity(stored: StoredFile) -> Json:
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
    }


def _fits(stored: str, wanted: str) -> bool:
    return stored == wanted or {stored, wanted} <= {"document", "animation", "video", "audio"}


def _describe(kind: str, name: str, content: bytes, mime_type: str | None) -> Json:
    guessed = mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    width, height = image_size(content) or (_SIDE, _SIDE)
    if kind == "photo":
        return {"width": width, "height": height}
    if kind == "sticker":
        return {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
    if kind == "video_note":
        return {"length": _SIDE, "duration": 0}
    described: Json = {"mime_type": guessed}
    if kind != "voice":
        described["file_name"] = name
    if kind in ("video", "animation"):
        described |= {"width": width, "height": height}
    if kind in ("video", "animation", "voice", "audio"):
        described["duration"] = 0
    return described


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG, None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return int(width), int(height)
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return int(width), int(height)
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return None
