"""Saying something: checks, threads, replies, and the forwarding of channel posts for comments."""

from dataclasses import dataclass, replace

from candor.sandbox.world import dialogues, rights
from candor.sandbox.world.events import CommentsCounted, MessageSent
from candor.sandbox.world.model import Chat, Json, Message
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import SERVICE_USER_ID, World

MAX_TEXT = 4096
MAX_CAPTION = 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message answers: a message of this chat, or of another one (`chat_id`)."""

    message_id: int
    chat_id: int | None = None
    quote: str | None = None
    quote_entities: tuple[Json, ...] = ()
    quote_position: int | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be. `as_chat` writes in the name of a channel or group."""

    chat_id: int
    sender_id: int
    content: Json
    reply: Reply | None = None
    thread_id: int | None = None
    direct_topic_id: int | None = None
    reply_markup: Json | None = None
    forward_origin: Json | None = None
    media_group_id: str | None = None
    connection_id: str | None = None
    business_bot_id: int | None = None
    protect: bool = False
    as_chat: bool = False
    offer_slug: str | None = None


def post(world: World, draft: Draft) -> Message:
    """Store the message, tell everybody, forward a channel post into the discussion group."""
    chat = check(world, draft)
    message = _compose(world, chat, draft)
    _store(world, chat, message)
    if chat.type == "channel" and chat.linked_chat_id and not message.is_service:
        _forward_to_discussion(world, chat, message)
    return message


def check(world: World, draft: Draft) -> Chat:
    """The chat, if this sender may put this into it; else the `Refusal`."""
    chat = world.chat(draft.chat_id)
    if chat.migrated_to:
        raise Refusal(Reason.MIGRATED, chat_id=chat.migrated_to)
    check_length(draft.content)
    if chat.is_private:
        if not world.is_bot(draft.sender_id) and draft.connection_id is None:
            dialogues.check_person_may_write(world, chat, draft.sender_id)
    elif chat.is_direct_messages:
        _check_direct(chat, draft)
    else:
        _check_group(world, chat, draft)
    return chat


def check_length(content: Json) -> None:
    """Texts hold 1-4096 UTF-16 units, captions up to 1024."""
    if "text" in content:
        if not str(content["text"]).strip():
            raise Refusal(Reason.MESSAGE_EMPTY)
        if utf16_length(str(content["text"])) > MAX_TEXT:
            raise Refusal(Reason.MESSAGE_TOO_LONG)
    if utf16_length(str(content.get("caption", ""))) > MAX_CAPTION:
        raise Refusal(Reason.CAPTION_TOO_LONG)


def utf16_length(text: str) -> int:
    """Length as Telegram counts: a character outside the basic plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def discussion_root(world: World, channel_id: int, post_id: int) -> Message | None:
    """The automatic forward of a channel post, under which its comments stand."""
    channel = world.chat(channel_id)
    post_message = world.message(channel_id, post_id)
    if channel.linked_chat_id is None or post_message.discussion_message_id is None:
        return None
    return world.history(channel.linked_chat_id).get(post_message.discussion_message_id)


def _check_direct(chat: Chat, draft: Draft) -> None:
    member = chat.members.get(draft.sender_id)
    if rights.has_right(member, "can_manage_direct_messages"):
        if draft.direct_topic_id is None and draft.reply is None:
            raise Refusal(Reason.DIRECT_TOPIC_REQUIRED)
    elif draft.direct_topic_id not in (None, draft.sender_id):
        raise Refusal(Reason.NEED_ADMIN, "channel")


def _check_group(world: World, chat: Chat, draft: Draft) -> None:
    member = chat.members.get(draft.sender_id)
    is_guest = member is None or not member.is_present
    if is_guest and _is_open_discussion(world, chat, draft):
        if chat.permissions.get(rights.permission_for(draft.content), True):
            return
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "send text messages")
    rights.check_may_send(chat, draft.sender_id, draft.content)
    topic = chat.topics.get(draft.thread_id or 1) if chat.is_forum else None
    if topic and topic.is_closed and not rights.has_right(member, "can_manage_topics"):
        raise Refusal(Reason.TOPIC_CLOSED)


def _is_open_discussion(world: World, chat: Chat, draft: Draft) -> bool:
    """Anybody who reads a public channel may comment without joining its group, people only."""
    if chat.linked_chat_id is None or world.is_bot(draft.sender_id):
        return False
    member = chat.members.get(draft.sender_id)
    if member is not None and member.status == "kicked":
        return False
    return draft.reply is not None or draft.thread_id is not None


def _compose(world: World, chat: Chat, draft: Draft) -> Message:
    replied, external, quote = _resolve_reply(world, chat, draft)
    thread_id, in_topic = _thread(world, chat, draft, replied)
    member = chat.members.get(draft.sender_id)
    as_chat = chat.type == "channel" or draft.as_chat or bool(member and member.is_anonymous)
    return Message(
        chat_id=chat.id,
        id=world.next_message_id(chat),
        date=world.now(),
        sender_id=None if as_chat else draft.sender_id,
        sender_chat_id=chat.id if as_chat else None,
        content=draft.content,
        reply_to=replied.id if replied else None,
        quote=quote,
        external_reply=external,
        thread_id=thread_id,
        is_topic_message=in_topic,
        direct_topic_id=_direct_topic(chat, draft, replied),
        reply_markup=draft.reply_markup,
        forward_origin=draft.forward_origin,
        media_group_id=draft.media_group_id,
        connection_id=draft.connection_id,
        business_bot_id=draft.business_bot_id,
        has_protected_content=draft.protect or chat.has_protected_content,
        posted_by=draft.sender_id,
        offer_slug=draft.offer_slug,
    )


def _resolve_reply(
    world: World, chat: Chat, draft: Draft
) -> tuple[Message | None, Json | None, Json | None]:
    reply = draft.reply
    if reply is None:
        return None, None, None
    source_id = reply.chat_id or chat.id
    found = world.history(source_id).get(reply.message_id)
    if found is None:
        if reply.is_optional:
            return None, None, None
        raise Refusal(Reason.REPLY_NOT_FOUND)
    quote = _quote(found, reply)
    if source_id != chat.id:
        return None, {"chat_id": source_id, "message_id": found.id}, quote
    return found, None, quote


def _quote(found: Message, reply: Reply) -> Json | None:
    if reply.quote is None:
        return None
    position = found.text.find(reply.quote)
    if position < 0 or not reply.quote:
        raise Refusal(Reason.QUOTE_NOT_FOUND)
    quote: Json = {
        "text": reply.quote,
        "position": utf16_length(found.text[:position]),
        "is_manual": True,
    }
    if reply.quote_entities:
        quote["entities"] = list(reply.quote_entities)
    return quote


def _thread(
    world: World, chat: Chat, draft: Draft, replied: Message | None
) -> tuple[int | None, bool]:
    if chat.type != "supergroup" or chat.is_direct_messages:
        return None, False
    if chat.is_forum:
        wanted = draft.thread_id or (replied.thread_id if replied else None)
        if wanted is None or wanted == 1:
            return None, False
        if wanted not in chat.topics:
            raise Refusal(Reason.THREAD_NOT_FOUND)
        return wanted, True
    if draft.thread_id is not None and draft.thread_id not in world.history(chat.id):
        raise Refusal(Reason.THREAD_NOT_FOUND)
    if replied is None:
        return draft.thread_id, False
    return replied.thread_id or replied.id, False


def _direct_topic(chat: Chat, draft: Draft, replied: Message | None) -> int | None:
    if not chat.is_direct_messages:
        return None
    if draft.direct_topic_id is not None:
        return draft.direct_topic_id
    return replied.direct_topic_id if replied else draft.sender_id


def _store(world: World, chat: Chat, message: Message) -> None:
    world.history(chat.id)[message.id] = message
    if message.sender_id is not None:
        if chat.is_direct_messages:
            world.note_member(chat, message.sender_id, is_present=True)
        if chat.is_private and message.sender_id not in chat.started_by:
            chat.started_by.add(message.sender_id)
        if message.sender_id in world.tables.bots:
            chat.last_speaking_bot = message.sender_id
    if message.thread_id is not None:
        _count_comment(world, chat, message.thread_id)
    world.save("messages", message)
    world.save("chats", chat)
    world.emit(MessageSent(message))


def _count_comment(world: World, chat: Chat, thread_id: int) -> None:
    root = world.history(chat.id).get(thread_id)
    if root is None or not root.is_automatic_forward or chat.linked_chat_id is None:
        return
    origin_id = int((root.forward_origin or {}).get("message_id", 0))
    if original := world.history(chat.linked_chat_id).get(origin_id):
        original.comments += 1
        world.save("messages", original)
        world.emit(CommentsCounted(original.chat_id, original.id))


def _forward_to_discussion(world: World, channel: Chat, message: Message) -> Message:
    group = world.chat(channel.linked_chat_id or 0)
    origin: Json = {
        "type": "channel",
        "date": message.date,
        "chat_id": channel.id,
        "message_id": message.id,
    }
    forward = replace(
        message,
        chat_id=group.id,
        id=world.next_message_id(group),
        sender_id=SERVICE_USER_ID,
        sender_chat_id=channel.id,
        reply_to=None,
        forward_origin=origin,
        is_automatic_forward=True,
        reactions={},
        seen_by=set(),
        votes={},
    )
    message.discussion_message_id = forward.id
    world.save("messages", message)
    _store(world, group, forward)
    return forward
