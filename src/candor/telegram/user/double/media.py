"""The double's answers about files: parts that are uploaded, and the message that carries them."""

from typing import Any, Final

from telethon import functions, types

from candor.telegram.user.double.desk import Caller, TlDesk, answers
from candor.telegram.user.double.speaking import place_of
from candor.telegram.user.double.wire import Refused

_LARGEST_PART: Final = 512 * 1024


@answers(functions.upload.SaveFilePartRequest)
def save_part(desk: TlDesk, request: Any, caller: Caller) -> Any:
    if not request.bytes or len(request.bytes) > _LARGEST_PART:
        raise Refused(400, "FILE_PART_SIZE_INVALID")
    desk.uploads.setdefault(request.file_id, {})[request.file_part] = request.bytes
    return True


@answers(functions.messages.SendMediaRequest)
def send_media(desk: TlDesk, request: Any, caller: Caller) -> Any:
    if (caller.user_id, request.random_id) in desk.sent:
        raise Refused(500, "RANDOM_ID_DUPLICATE")
    if not isinstance(request.media, types.InputMediaUploadedDocument):
        raise Refused(400, "MEDIA_INVALID")
    name = next((a.file_name for a in request.media.attributes if hasattr(a, "file_name")), "file")
    said = desk.world.send_file(
        caller.user_id,
        place_of(desk, request.peer, caller),
        name=name,
        content=_whole(desk, request.media.file),
        caption=request.message,
    )
    desk.sent[(caller.user_id, request.random_id)] = said
    return desk.own_updates(caller, types.UpdateMessageID(said.id, request.random_id), about=[said])


def _whole(desk: TlDesk, file: Any) -> bytes:
    parts = desk.uploads.pop(file.id, {})
    if sorted(parts) != list(range(file.parts)):
        raise Refused(400, "FILE_PARTS_INVALID")
    return b"".join(parts[number] for number in range(file.parts))
