"""What a message of the world carries beside its text, as TL objects."""

from typing import Any, Final

from telethon import types

from candor.telegram.user.double.world import WorldMessage

_DC: Final = 2


def media_of(said: WorldMessage) -> Any:
    """What a message carries beside its text, or None."""
    content = said.content
    if "photo" in content:
        size = content["photo"][0]
        shown = types.PhotoSize("x", size["width"], size["height"], size["file_size"])
        photo = types.Photo(_number(size), 0, b"", None, [shown], _DC)
        return types.MessageMediaPhoto(photo=photo)
    for kind, attributes in _ATTRIBUTES.items():
        if kind in content:
            return types.MessageMediaDocument(document=_document(content[kind], attributes))
    return None


_ATTRIBUTES: Final[dict[str, Any]] = {
    "voice": lambda body: [types.DocumentAttributeAudio(duration=0, voice=True)],
    "video_note": lambda body: [types.DocumentAttributeVideo(0.0, 240, 240, round_message=True)],
    "sticker": lambda body: [types.DocumentAttributeSticker("", types.InputStickerSetEmpty())],
    "animation": lambda body: [types.DocumentAttributeAnimated()],
    "video": lambda body: [types.DocumentAttributeVideo(0.0, body["width"], body["height"])],
    "audio": lambda body: [types.DocumentAttributeAudio(duration=0)],
    "document": lambda body: [],
}


def _document(body: Any, attributes: Any) -> Any:
    named = [types.DocumentAttributeFilename(body["file_name"])] if "file_name" in body else []
    return types.Document(
        id=_number(body),
        access_hash=0,
        file_reference=b"",
        date=None,
        mime_type=body.get("mime_type", "application/octet-stream"),
        size=body["file_size"],
        dc_id=_DC,
        attributes=[*attributes(body), *named],
    )


def _number(body: Any) -> int:
    """A number of the file that stays the same."""
    return int.from_bytes(body["file_unique_id"].encode()[-7:], "big")
