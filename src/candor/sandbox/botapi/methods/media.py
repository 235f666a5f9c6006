"""Photos, documents, voice, video and other files; media groups; places, contacts, dice."""

import secrets
from dataclasses import replace

from candor.sandbox.botapi import formatting
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import ApiError, bad_request
from candor.sandbox.botapi.methods.editing import apply, edited_message
from candor.sandbox.botapi.methods.sending import deliver, draft_for
from candor.sandbox.botapi.parameters import Parameters, Upload
from candor.sandbox.world import files, posting
from candor.sandbox.world.model import Json, StoredFile

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_FILE_BYTES = 50 * 1024 * 1024
TOO_LARGE = "Request Entity Too Large"

_DETAILS = {
    "video": ("duration", "width", "height"),
    "animation": ("duration", "width", "height"),
    "voice": ("duration",),
    "audio": ("duration",),
    "video_note": ("duration", "length"),
}
_AUDIO_TEXTS = ("performer", "title")


def stored_file(call: Call, source: Parameters, field: str, kind: str) -> StoredFile:
    """The file a field names: an upload, `attach://`, or the id of a known file."""
    upload = _upload(call, source, field)
    if upload is None:
        return _known(call, source.text(field), kind)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (MAX_PHOTO_BYTES if kind == "photo" else MAX_FILE_BYTES):
        raise ApiError(413, TOO_LARGE)
    if kind == "photo" and files.image_size(upload.content) is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return files.store(
        call.world,
        kind=kind,
        name=upload.name or "file",
        content=upload.content,
        mime_type=upload.mime_type if upload.mime_type != "application/octet-stream" else None,
        details=_details(source, kind),
    )


def _upload(call: Call, source: Parameters, field: str) -> Upload | None:
    found = source.uploads.get(field)
    if found is not None:
        return found
    given = source.text(field) or ""
    if not given.startswith("attach://"):
        return None
    attached = call.parameters.uploads.get(given.removeprefix("attach://"))
    if attached is None:
        raise bad_request("file attachment not found")
    return attached


def _known(call: Call, given: str | None, kind: str) -> StoredFile:
    if not given:
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    if given.startswith(("http://", "https://")):
        raise bad_request(
            "wrong type of the web page content: the sandbox loads nothing from the web"
        )
    stored = call.world.tables.files.get(given)
    if stored is None:
        raise bad_request(
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        )
    return files.find(call.world, given, kind)


def _details(source: Parameters, kind: str) -> Json:
    found: Json = {}
    for name in _DETAILS.get(kind, ()):
        if (number := source.integer(name)) is not None:
            found[name] = number
    if kind == "audio":
        found |= {name: text for name in _AUDIO_TEXTS if (text := source.text(name))}
    return found


def _send(call: Call, kind: str) -> Json:
    call.target_chat()
    stored = stored_file(call, call.parameters, kind, kind)
    caption = formatting.caption_content(call.world, call.parameters)
    return call.show(deliver(call, files.content_of(stored, kind) | caption))


@method("sendPhoto")
def send_photo(call: Call) -> Json:
    return _send(call, "photo")


@method("sendDocument")
def send_document(call: Call) -> Json:
    return _send(call, "document")


@method("sendVoice")
def send_voice(call: Call) -> Json:
    return _send(call, "voice")


@method("sendVideo")
def send_video(call: Call) -> Json:
    return _send(call, "video")


@method("sendAudio")
def send_audio(call: Call) -> Json:
    return _send(call, "audio")


@method("sendAnimation")
def send_animation(call: Call) -> Json:
    return _send(call, "animation")


@method("sendVideoNote")
def send_video_note(call: Call) -> Json:
    return _send(call, "video_note")


@method("sendSticker")
def send_sticker(call: Call) -> Json:
    return _send(call, "sticker")


_GROUP_KINDS = ("photo", "video", "document", "audio")


@method("sendMediaGroup")
def send_media_group(call: Call) -> list[Json]:
    """All messages or none: everything is checked before the first one is posted."""
    chat = call.target_chat()
    items = call.parameters.mappings("media") or []
    if not 2 <= len(items) <= 10:
        raise bad_request("wrong number of messages in the media group: 2-10 are expected")
    kinds = {str(item.get("type")) for item in items}
    if not kinds <= set(_GROUP_KINDS):
        raise bad_request("can't parse InputMedia: media of this type can't be in a media group")
    if len(kinds) > 1 and not kinds <= {"photo", "video"}:
        raise bad_request("documents and audio can't be mixed with other media types")
    contents = [_media_content(call, item) for item in items]
    group_id = str(secrets.randbits(56))
    drafts = [
        replace(draft_for(call, chat, content), media_group_id=group_id) for content in contents
    ]
    for draft in drafts:
        posting.check(call.world, draft)
    call.api.count_sending(call.bot, chat, len(drafts))
    return [call.show(posting.post(call.world, draft)) for draft in drafts]


def _media_content(call: Call, item: Json) -> Json:
    source = Parameters(item, call.parameters.uploads)
    kind = str(item.get("type"))
    stored = stored_file(call, source, "media", kind)
    return files.content_of(stored, kind) | formatting.caption_content(call.world, source)


@method("editMessageMedia")
def edit_message_media(call: Call) -> Json:
    message = edited_message(call)
    item = call.parameters.mapping("media")
    if item is None or item.get("type") not in (*_GROUP_KINDS, "animation"):
        raise bad_request("can't parse InputMedia: Unsupported type specified")
    return apply(call, message, _media_content(call, item))


@method("sendLocation")
def send_location(call: Call) -> Json:
    return call.show(deliver(call, {"location": _location(call)}))


def _location(call: Call) -> Json:
    place: Json = {}
    for name, limit in (("latitude", 90), ("longitude", 180)):
        text = call.parameters.needed_text(name)
        try:
            place[name] = float(text)
        except ValueError as error:
            raise bad_request(f'can\'t parse field "{name}": expected a number') from error
        if not -limit <= place[name] <= limit:
            raise bad_request("wrong latitude or longitude specified")
    return place


@method("sendVenue")
def send_venue(call: Call) -> Json:
    place = _location(call)
    venue: Json = {
        "location": place,
        "title": call.parameters.needed_text("title"),
        "address": call.parameters.needed_text("address"),
    }
    return call.show(deliver(call, {"venue": venue, "location": place}))


@method("sendContact")
def send_contact(call: Call) -> Json:
    contact: Json = {
        "phone_number": call.parameters.needed_text("phone_number"),
        "first_name": call.parameters.needed_text("first_name"),
    }
    if last_name := call.parameters.text("last_name"):
        contact["last_name"] = last_name
    return call.show(deliver(call, {"contact": contact}))


_FACES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}


@method("sendDice")
def send_dice(call: Call) -> Json:
    emoji = call.parameters.text("emoji") or "🎲"
    if emoji not in _FACES:
        raise bad_request("DICE_EMOJI_INVALID")
    value = secrets.randbelow(_FACES[emoji]) + 1
    return call.show(deliver(call, {"dice": {"emoji": emoji, "value": value}}))
