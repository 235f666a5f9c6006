"""getFile and profile photos."""

from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.render import photo_sizes
from candor.sandbox.world import files
from candor.sandbox.world.model import Json

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024


@method("getFile")
def get_file(call: Call) -> Json:
    file_id = call.parameters.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    if file_id not in call.world.tables.files:
        raise bad_request("invalid file_id")
    stored = files.find(call.world, file_id)
    if stored.size > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


@method("getUserProfilePhotos")
def get_user_profile_photos(call: Call) -> Json:
    user = call.world.user(call.user_id())
    photos = [photo_sizes(call.world, user.photo_id)] if user.photo_id else []
    return {"total_count": len(photos), "photos": photos}
