"""The world as one bot sees it, in the Bot API's JSON."""

from candor.sandbox.world.model import (
    BusinessConnection,
    Callback,
    Chat,
    Invite,
    JoinRequest,
    Json,
    Member,
    Message,
    Status,
    User,
)
from candor.sandbox.world.rights import PERMISSIONS
from candor.sandbox.world.world import World

CHANNEL_BOT_ID = 136817688


def user(world: World, user_id: int) -> Json:
    """A `User`."""
    found = world.tables.users.get(user_id)
    if found is None:
        return _stand_in(user_id)
    body: Json = {"id": found.id, "is_bot": found.is_bot, "first_name": found.first_name}
    for name in ("last_name", "username", "language_code"):
        if value := getattr(found, name):
            body[name] = value
    if found.is_premium:
        body["is_premium"] = True
    return body


def _stand_in(user_id: int) -> Json:
    if user_id == CHANNEL_BOT_ID:
        return {"id": user_id, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
    return {
        "id": user_id,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }


def chat(world: World, found: Chat, viewer_id: int) -> Json:
    """A `Chat`. A dialogue appears as the other person, under that person's id."""
    if found.peers:
        return _person_as_chat(world.user(found.peer_of(viewer_id)))
    body: Json = {"id": found.id, "title": found.title, "type": found.type}
    if found.username:
        body["username"] = found.username
    if found.is_forum:
        body["is_forum"] = True
    if found.is_direct_messages:
        body["is_direct_messages"] = True
    return body


def _person_as_chat(person: User) -> Json:
    body: Json = {"id": person.id, "first_name": person.first_name, "type": "private"}
    if person.last_name:
        body["last_name"] = person.last_name
    if person.username:
        body["username"] = person.username
    return body


def message(world: World, found: Message, viewer_id: int, *, with_reply: bool = True) -> Json:
    """A `Message` as the bot `viewer_id` sees it."""
    place = world.chat(found.chat_id)
    body: Json = {
        "message_id": found.id,
        "date": found.date,
        "chat": chat(world, place, _perspective(world, found, viewer_id)),
    }
    _add_sender(world, found, place, viewer_id, body)
    _add_position(world, found, body)
    _add_marks(found, body)
    if found.forward_origin:
        body["forward_origin"] = origin(world, found.forward_origin, viewer_id)
    if with_reply:
        _add_reply(world, found, viewer_id, body)
    body.update(_content(world, found, viewer_id))
    return body


def _perspective(world: World, found: Message, viewer_id: int) -> int:
    """Whose side of a dialogue is shown: the bot's own, or that of the person it works for."""
    if found.connection_id is None:
        place = world.chat(found.chat_id)
        if place.peers is None or viewer_id in place.peers:
            return viewer_id
        return place.peers[0]
    connection = world.tables.connections.get(found.connection_id)
    return connection.user_id if connection else viewer_id


def _add_sender(world: World, found: Message, place: Chat, viewer_id: int, body: Json) -> None:
    if found.sender_id is not None:
        body["from"] = user(world, found.sender_id)
    elif place.type != "channel":
        is_own = found.sender_chat_id == found.chat_id
        body["from"] = _stand_in(1087968824 if is_own else CHANNEL_BOT_ID)
    if found.sender_chat_id is not None:
        body["sender_chat"] = chat(world, world.chat(found.sender_chat_id), viewer_id)
    if found.author_signature:
        body["author_signature"] = found.author_signature
    if found.connection_id:
        body["business_connection_id"] = found.connection_id
    if found.business_bot_id:
        body["sender_business_bot"] = user(world, found.business_bot_id)


def _add_position(world: World, found: Message, body: Json) -> None:
    if found.thread_id is not None:
        body["message_thread_id"] = found.thread_id
    if found.is_topic_message:
        body["is_topic_message"] = True
    if found.direct_topic_id is not None:
        topic: Json = {"topic_id": found.direct_topic_id}
        if found.direct_topic_id in world.tables.users:
            topic["user"] = user(world, found.direct_topic_id)
        body["direct_messages_topic"] = topic


def _add_marks(found: Message, body: Json) -> None:
    if found.edit_date:
        body["edit_date"] = found.edit_date
    if found.is_automatic_forward:
        body["is_automatic_forward"] = True
    if found.has_protected_content:
        body["has_protected_content"] = True
    if found.media_group_id:
        body["media_group_id"] = found.media_group_id
    if found.reply_markup and "inline_keyboard" in found.reply_markup:
        body["reply_markup"] = found.reply_markup


def _add_reply(world: World, found: Message, viewer_id: int, body: Json) -> None:
    if found.reply_to is not None:
        target = world.history(found.chat_id).get(found.reply_to)
        if target and "pinned_message_id" not in found.content:
            body["reply_to_message"] = message(world, target, viewer_id, with_reply=False)
    if found.external_reply:
        body["external_reply"] = _external(world, found.external_reply, viewer_id)
    if found.quote:
        body["quote"] = found.quote


def _external(world: World, reference: Json, viewer_id: int) -> Json:
    source = world.history(reference["chat_id"]).get(reference["message_id"])
    place = world.chat(reference["chat_id"])
    body: Json = {
        "origin": origin(world, origin_of(source, place), viewer_id)
        if source
        else {"type": "hidden_user", "sender_user_name": "?", "date": world.now()},
    }
    if not place.is_private:
        body |= {"chat": chat(world, place, viewer_id), "message_id": reference["message_id"]}
    return body


def origin_of(found: Message, place: Chat) -> Json:
    """Where a message comes from, as it is kept in a forward of it."""
    if found.forward_origin:
        return found.forward_origin
    if place.type == "channel":
        return {
            "type": "channel",
            "date": found.date,
            "chat_id": place.id,
            "message_id": found.id,
        }
    if found.sender_id is None:
        return {"type": "chat", "date": found.date, "chat_id": found.sender_chat_id}
    return {"type": "user", "date": found.date, "user_id": found.sender_id}


def origin(world: World, kept: Json, viewer_id: int) -> Json:
    """A `MessageOrigin` from what `origin_of` kept."""
    body = {key: value for key, value in kept.items() if key not in ("chat_id", "user_id")}
    if kept["type"] == "channel":
        body["chat"] = chat(world, world.chat(kept["chat_id"]), viewer_id)
    elif kept["type"] == "chat":
        body["sender_chat"] = chat(world, world.chat(kept["chat_id"]), viewer_id)
    elif kept["type"] == "user":
        body["sender_user"] = user(world, kept["user_id"])
    return body


def _content(world: World, found: Message, viewer_id: int) -> Json:
    content = found.content
    if not found.is_service:
        return content
    body: Json = {}
    for key, value in content.items():
        if key == "new_chat_member_ids":
            body["new_chat_members"] = [user(world, user_id) for user_id in value]
        elif key == "left_chat_member_id":
            body["left_chat_member"] = user(world, value)
        elif key == "pinned_message_id":
            body["pinned_message"] = pinned(world, found.chat_id, value, viewer_id)
        elif key == "new_chat_photo_id":
            body["new_chat_photo"] = photo_sizes(world, value)
        else:
            body[key] = value
    return body


def photo_sizes(world: World, file_id: str) -> list[Json]:
    """One size of a stored photo."""
    stored = world.tables.files[file_id]
    size = {"width": stored.details.get("width", 1), "height": stored.details.get("height", 1)}
    return [{"file_id": file_id, "file_unique_id": stored.unique_id, **size}]


def pinned(world: World, chat_id: int, message_id: int, viewer_id: int) -> Json:
    """A `MaybeInaccessibleMessage`."""
    if target := world.history(chat_id).get(message_id):
        return message(world, target, viewer_id, with_reply=False)
    return {
        "chat": chat(world, world.chat(chat_id), viewer_id),
        "message_id": message_id,
        "date": 0,
    }


def member(world: World, found: Member) -> Json:
    """A `ChatMember`."""
    body: Json = {"user": user(world, found.user_id), "status": str(found.status)}
    if found.status in (Status.CREATOR, Status.ADMINISTRATOR):
        body["is_anonymous"] = found.is_anonymous
        if found.custom_title:
            body["custom_title"] = found.custom_title
    if found.status is Status.ADMINISTRATOR:
        body["can_be_edited"] = False
        body.update({name: value for name, value in found.rights.items() if name != "is_anonymous"})
    elif found.status is Status.RESTRICTED:
        body |= {"is_member": found.is_inside, "until_date": found.until}
        body.update({name: found.permissions.get(name, False) for name in PERMISSIONS})
    elif found.status is Status.KICKED:
        body["until_date"] = found.until
    return body


def invite(world: World, found: Invite) -> Json:
    """A `ChatInviteLink`."""
    body: Json = {
        "invite_link": found.link,
        "creator": user(world, found.creator_id),
        "creates_join_request": found.creates_join_request,
        "is_primary": found.is_primary,
        "is_revoked": found.is_revoked,
    }
    optional = ("name", "expire_date", "member_limit", "subscription_period", "subscription_price")
    body.update({key: getattr(found, key) for key in optional if getattr(found, key) is not None})
    waiting = sum(request.link == found.link for request in world.tables.join_requests.values())
    if waiting:
        body["pending_join_request_count"] = waiting
    return body


def join_request(world: World, found: JoinRequest, viewer_id: int) -> Json:
    """A `ChatJoinRequest`."""
    body: Json = {
        "chat": chat(world, world.chat(found.chat_id), viewer_id),
        "from": user(world, found.user_id),
        "user_chat_id": found.user_id,
        "date": found.date,
    }
    if found.bio:
        body["bio"] = found.bio
    if found.link:
        body["invite_link"] = invite(world, world.tables.invites[found.link])
    return body


def callback(world: World, found: Callback) -> Json:
    """A `CallbackQuery`."""
    return {
        "id": found.id,
        "from": user(world, found.user_id),
        "chat_instance": str(hash((found.bot_id, found.chat_id)) & 0x7FFFFFFFFFFFFFFF),
        "message": pinned_with_reply(world, found),
        "data": found.data,
    }


def pinned_with_reply(world: World, found: Callback) -> Json:
    """The message under whose button was tapped."""
    if target := world.history(found.chat_id).get(found.message_id):
        return message(world, target, found.bot_id)
    return pinned(world, found.chat_id, found.message_id, found.bot_id)


def business_connection(world: World, found: BusinessConnection) -> Json:
    """A `BusinessConnection`."""
    return {
        "id": found.id,
        "user": user(world, found.user_id),
        "user_chat_id": found.user_id,
        "date": found.date,
        "is_enabled": found.is_enabled,
        "rights": {name: True for name, value in found.rights.items() if value},
    }
