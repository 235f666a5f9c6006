"""People, chats and messages as the control API shows them."""

from datetime import UTC, datetime

from candor.sandbox.botapi.delivery import reaction_counts
from candor.sandbox.world.model import (
    Bot,
    BusinessConnection,
    Chat,
    Invite,
    Json,
    Member,
    Message,
    Payment,
    User,
)
from candor.sandbox.world.world import World

_HIDDEN = frozenset({"entities", "caption_entities", "text", "caption", "link_preview_options"})


def iso(seconds: int) -> str:
    """Unix seconds as ISO 8601 UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def user(found: User) -> Json:
    """A user as a card: id, name, username, is_bot."""
    name = " ".join(part for part in (found.first_name, found.last_name) if part)
    return {"id": found.id, "name": name, "username": found.username, "is_bot": found.is_bot}


def person(found: User) -> Json:
    """A person with everything the page may show and change."""
    return user(found) | {
        "first_name": found.first_name,
        "last_name": found.last_name,
        "language_code": found.language_code,
        "is_premium": found.is_premium,
        "stars": found.stars,
        "blocked": sorted(found.blocked),
        "photo": found.photo_id,
    }


def bot(world: World, found: Bot, *, with_token: bool = False) -> Json:
    """A bot with the settings of its owner."""
    body = user(world.user(found.id)) | {
        "privacy_mode": found.privacy_mode,
        "bot_to_bot": found.bot_to_bot,
        "can_join_groups": found.can_join_groups,
        "can_connect_to_business": found.can_connect_to_business,
        "description": found.texts.get("description:", ""),
        "short_description": found.texts.get("short_description:", ""),
    }
    return body | {"token": found.token} if with_token else body


def sender(world: World, message: Message) -> Json | None:
    """Who stands above a message: a user, or a chat that speaks for itself."""
    if message.is_automatic_forward or message.sender_id is None:
        place = world.tables.chats.get(message.sender_chat_id or 0)
        if place:
            return {
                "id": place.id,
                "name": place.title,
                "username": place.username,
                "is_bot": False,
                "is_chat": True,
            }
    found = world.tables.users.get(message.sender_id or 0)
    return user(found) if found else None


def message(world: World, found: Message, viewer_id: int | None = None) -> Json:
    """A message as a member sees it."""
    body: Json = {
        "message_id": found.id,
        "chat_id": found.chat_id,
        "from": sender(world, found),
        "text": found.text,
        "date": iso(found.date),
        "reply_to": found.reply_to,
        "buttons": buttons(found),
        "entities": found.entities,
        "edited_at": iso(found.edit_date) if found.edit_date else None,
        "reactions": _reactions(found, viewer_id),
        "is_service": found.is_service,
    }
    media = {key: value for key, value in found.content.items() if key not in _HIDDEN}
    if media:
        body["service" if found.is_service else "media"] = _named(world, media)
    _add_position(world, found, body)
    if found.forward_origin and not found.is_automatic_forward:
        body["forwarded_from"] = _origin_name(world, found.forward_origin)
    if found.reply_markup and "inline_keyboard" not in found.reply_markup:
        body["keyboard"] = found.reply_markup
    if found.business_bot_id and viewer_id in (None, found.sender_id):
        body["via_business_bot"] = user(world.user(found.business_bot_id))
    return body


def _add_position(world: World, found: Message, body: Json) -> None:
    optional = {
        "thread_id": found.thread_id,
        "topic_id": found.direct_topic_id,
        "quote": found.quote["text"] if found.quote else None,
        "media_group_id": found.media_group_id,
        "external_reply": found.external_reply,
    }
    body.update({key: value for key, value in optional.items() if value is not None})
    if found.is_automatic_forward:
        body["is_automatic_forward"] = True
    chat = world.chat(found.chat_id)
    if chat.type == "channel" and not found.is_service:
        body["views"] = len(found.seen_by)
        if found.discussion_message_id is not None:
            body["comments"] = found.comments
            body["discussion_chat_id"] = chat.linked_chat_id
            body["discussion_message_id"] = found.discussion_message_id


def buttons(found: Message) -> list[list[Json]]:
    """The rows of inline buttons."""
    rows = (found.reply_markup or {}).get("inline_keyboard") or []
    return [[dict(item) for item in row] for row in rows]


def _reactions(found: Message, viewer_id: int | None) -> list[Json]:
    mine = found.reactions.get(viewer_id or 0, [])
    return [
        {
            "emoji": entry["type"].get("emoji", "⭐"),
            "count": entry["total_count"],
            "is_mine": entry["type"] in mine,
        }
        for entry in reaction_counts(found)
    ]


def _named(world: World, media: Json) -> Json:
    """Service fields with names in place of ids."""
    named = dict(media)
    if "new_chat_member_ids" in named:
        named["new_chat_members"] = [
            user(world.user(user_id)) for user_id in named.pop("new_chat_member_ids")
        ]
    if "left_chat_member_id" in named:
        named["left_chat_member"] = user(world.user(named.pop("left_chat_member_id")))
    return named


def _origin_name(world: World, origin: Json) -> str:
    if "chat_id" in origin:
        return str(world.chat(origin["chat_id"]).title)
    if "user_id" in origin:
        return str(user(world.user(origin["user_id"]))["name"])
    return str(origin.get("sender_user_name", ""))


def chat(world: World, found: Chat, viewer_id: int | None = None) -> Json:
    """A chat as a line of the dialog list."""
    body: Json = {
        "id": found.id,
        "type": found.type,
        "title": found.title,
        "username": found.username,
        "is_forum": found.is_forum,
        "is_direct_messages": found.is_direct_messages,
        "linked_chat_id": found.linked_chat_id,
        "direct_chat_id": found.direct_chat_id,
        "parent_chat_id": found.parent_chat_id,
        "migrated_to": found.migrated_to,
    }
    if found.peers:
        body |= _dialogue(world, found, viewer_id)
    else:
        body |= _group(found, viewer_id)
    last = next(reversed(world.history(found.id).values()), None)
    if last and found.is_direct_messages and not body["can_manage"]:
        mine = (m for m in world.history(found.id).values() if m.direct_topic_id == viewer_id)
        last = max(mine, key=lambda item: item.id, default=None)
    body["last_message"] = message(world, last, viewer_id) if last else None
    body["unread"] = _unread(world, found, viewer_id)
    return body


def _dialogue(world: World, found: Chat, viewer_id: int | None) -> Json:
    first, second = found.peers or (0, 0)
    if viewer_id is None:
        viewer_id = second if world.is_bot(first) else first
    if viewer_id not in (first, second):
        viewer_id = first
    peer = world.user(found.peer_of(viewer_id))
    viewer = world.user(viewer_id)
    return {
        "title": user(peer)["name"],
        "username": peer.username,
        "peer": user(peer),
        "user": user(viewer),
        "is_blocked": peer.id in viewer.blocked,
        "is_started": viewer_id in found.started_by,
    }


def _group(found: Chat, viewer_id: int | None) -> Json:
    member = found.members.get(viewer_id or 0)
    return {
        "member_count": sum(entry.is_present for entry in found.members.values()),
        "status": str(member.status) if member else "left",
        "is_member": bool(member and member.is_present),
        "can_manage": bool(member and member.is_admin),
        "description": found.description,
        "pinned": list(found.pinned),
        "photo": found.photo_id,
    }


def _unread(world: World, found: Chat, viewer_id: int | None) -> int:
    if viewer_id is None:
        return 0
    count = 0
    read = found.read.get(viewer_id, 0)
    for entry in reversed(world.history(found.id).values()):
        if entry.id <= read or count >= 99:
            break
        if found.is_direct_messages and viewer_id not in found.members:
            count += entry.direct_topic_id == viewer_id and entry.sender_id != viewer_id
        else:
            count += viewer_id not in (entry.sender_id, entry.posted_by)
    return count


def member(world: World, found: Member) -> Json:
    """A member with standing and rights."""
    return user(world.user(found.user_id)) | {
        "status": str(found.status),
        "custom_title": found.custom_title,
        "rights": [name for name, value in found.rights.items() if value],
    }


def invite(found: Invite) -> Json:
    """An invite link."""
    return {
        "invite_link": found.link,
        "chat_id": found.chat_id,
        "name": found.name,
        "creates_join_request": found.creates_join_request,
        "is_revoked": found.is_revoked,
        "member_limit": found.member_limit,
        "expires_at": iso(found.expire_date) if found.expire_date else None,
        "used_by": len(found.used_by),
    }


def payment(found: Payment) -> Json:
    """A payment and how far it is."""
    return {
        "id": found.id,
        "user_id": found.user_id,
        "bot_id": found.bot_id,
        "chat_id": found.chat_id,
        "message_id": found.message_id,
        "amount": found.amount,
        "currency": "XTR",
        "state": found.state,
        "error": found.error,
        "charge_id": found.charge_id or None,
    }


def connection(world: World, found: BusinessConnection) -> Json:
    """A business connection."""
    return {
        "id": found.id,
        "user": user(world.user(found.user_id)),
        "bot": user(world.user(found.bot_id)),
        "is_enabled": found.is_enabled,
        "rights": [name for name, value in found.rights.items() if value],
        "excluded": sorted(found.excluded),
    }
