"""Things of the world as TL objects, seen by one person."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from telethon import types, utils

from candor.telegram.user.double.attachments import media_of
from candor.telegram.user.double.world import (
    PhoneWorld,
    WorldChat,
    WorldMessage,
    WorldUser,
)

_MASK: Final = (1 << 62) - 1


def access_hash(number: int) -> int:
    """The key that goes with an id; a wrong one is as good as a stranger's id."""
    return (abs(number) * 0x9E3779B97F4A7C15 + 0x7F4A7C15) & _MASK


def when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def user(person: WorldUser, *, viewer: int) -> Any:
    return types.User(
        id=person.id,
        is_self=person.id == viewer,
        bot=person.is_bot,
        bot_info_version=1 if person.is_bot else None,
        access_hash=access_hash(person.id),
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
    )


def chat(found: WorldChat, *, viewer: int, world: PhoneWorld) -> Any:
    number, kind = utils.resolve_id(found.id)
    title, date = found.title or "", when(world.now())
    if kind is types.PeerChat:
        return types.Chat(number, title, types.ChatPhotoEmpty(), 2, date, 1)
    is_owner = world.is_owner(found.id, viewer)
    return types.Channel(
        id=number,
        title=title,
        photo=types.ChatPhotoEmpty(),
        date=date,
        creator=is_owner,
        left=viewer not in world.readers_of(found.id),
        broadcast=found.type == "channel",
        megagroup=found.type == "supergroup",
        has_link=found.linked_chat_id is not None,
        access_hash=access_hash(found.id),
        username=found.username,
    )


def peer(found: WorldChat, *, viewer: int, world: PhoneWorld) -> Any:
    if found.type == "private":
        return types.PeerUser(world.peer_of(found.id, viewer))
    number, kind = utils.resolve_id(found.id)
    return kind(number)


def message(said: WorldMessage, *, viewer: int, world: PhoneWorld) -> Any:
    place = peer(world.chat(said.chat_id), viewer=viewer, world=world)
    if said.is_service:
        return types.MessageEmpty(id=said.id, peer_id=place)
    is_own = said.sender_id == viewer
    return types.Message(
        id=said.id,
        peer_id=place,
        date=when(said.date),
        message=said.text,
        media=media_of(said),
        out=is_own,
        post=world.chat(said.chat_id).type == "channel",
        from_id=_from(said, place, is_own=is_own),
        reply_to=_reply(said),
        fwd_from=_forward(said),
        views=len(said.seen_by) or None,
        replies=types.MessageReplies(replies=said.comments, replies_pts=0),
        edit_date=None if said.edit_date is None else when(said.edit_date),
        reactions=_reactions(said),
        entities=[],
    )


def around(
    messages: Iterable[WorldMessage], *, viewer: int, world: PhoneWorld
) -> tuple[list[Any], list[Any]]:
    """Users and chats that the messages speak of, as every answer carries them."""
    people, places = {viewer: None}, dict[int, None]()
    for said in messages:
        found = world.chat(said.chat_id)
        if found.type == "private":
            people[world.peer_of(found.id, viewer)] = None
        else:
            places[found.id] = None
        if said.sender_id is not None:
            people[said.sender_id] = None
        for chat_id in (said.sender_chat_id, (said.forward_origin or {}).get("chat_id")):
            if chat_id is not None:
                places[chat_id] = None
    known = (world.user(number) for number in people)
    users = [user(person, viewer=viewer) for person in known if person is not None]
    return users, [chat(world.chat(number), viewer=viewer, world=world) for number in places]


def _from(said: WorldMessage, place: Any, *, is_own: bool) -> Any:
    if said.sender_chat_id is not None:
        number, kind = utils.resolve_id(said.sender_chat_id)
        return kind(number)
    if isinstance(place, types.PeerUser) or said.sender_id is None:
        return None
    return types.PeerUser(said.sender_id)


def _reply(said: WorldMessage) -> Any:
    if said.reply_to is None:
        return None
    top = said.thread_id if said.thread_id != said.reply_to else None
    return types.MessageReplyHeader(reply_to_msg_id=said.reply_to, reply_to_top_id=top)


def _forward(said: WorldMessage) -> Any:
    origin = said.forward_origin
    if origin is None or not said.is_automatic_forward:
        return None
    number, kind = utils.resolve_id(origin["chat_id"])
    return types.MessageFwdHeader(
        date=when(origin["date"]),
        from_id=kind(number),
        channel_post=origin["message_id"],
        saved_from_peer=kind(number),
        saved_from_msg_id=origin["message_id"],
    )


def _reactions(said: WorldMessage) -> Any:
    count = sum(len(given) for given in said.reactions.values())
    if not count:
        return None
    thumb = types.ReactionCount(types.ReactionEmoji("👍"), count)
    return types.MessageReactions(results=[thumb])
