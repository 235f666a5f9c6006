"""Changing what was said: edit, delete, pin, react."""

from candor.sandbox.world import rights
from candor.sandbox.world.chats import add_service_message
from candor.sandbox.world.events import ChatChanged, MessageEdited, MessagesDeleted, ReactionChanged
from candor.sandbox.world.model import Chat, Json, Message
from candor.sandbox.world.posting import check_length
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

DELETE_WITHIN_SECONDS = 48 * 3600
EDIT_WITHIN_SECONDS = 48 * 3600

REACTIONS = frozenset(
    [
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)
"""What the Bot API accepts as an emoji reaction."""


def edit(
    world: World,
    message: Message,
    *,
    by: int,
    content: Json | None = None,
    reply_markup: Json | None = None,
    keep_markup: bool = False,
) -> Message:
    """Put new content and buttons in place; the same again is refused, as Telegram does."""
    check_may_edit(world, message, by)
    new_content = message.content if content is None else content
    markup = message.reply_markup if keep_markup else reply_markup
    check_length(new_content)
    if new_content == message.content and (markup or None) == (message.reply_markup or None):
        raise Refusal(Reason.NOT_MODIFIED)
    if new_content != message.content:
        message.edit_date = world.now()
    message.content = new_content
    message.reply_markup = markup or None
    world.save("messages", message)
    world.emit(MessageEdited(message, by))
    _edit_forward(world, message, by)
    return message


def check_may_edit(world: World, message: Message, by: int) -> None:
    """Only the author edits, in a channel also administrators who may edit messages."""
    chat = world.chat(message.chat_id)
    author = message.business_bot_id or message.posted_by
    if message.is_service or (message.forward_origin and not message.is_automatic_forward):
        raise Refusal(Reason.CANT_EDIT)
    if author == by:
        return
    if chat.type == "channel" and rights.has_right(chat.members.get(by), "can_edit_messages"):
        return
    raise Refusal(Reason.CANT_EDIT)


def delete(world: World, chat: Chat, message_ids: list[int], *, by: int) -> None:
    """Delete all of these or none."""
    history = world.history(chat.id)
    found = [history[message_id] for message_id in message_ids if message_id in history]
    if not found:
        raise Refusal(Reason.MESSAGE_NOT_FOUND, "delete")
    for message in found:
        _check_may_delete(world, chat, message, by)
    for message in found:
        del history[message.id]
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
        world.save("deleted_messages", message)
    world.emit(MessagesDeleted(chat.id, tuple(message.id for message in found), by))


def pin(world: World, chat: Chat, message: Message, *, by: int) -> None:
    """Pin a message; groups show a service message about it."""
    _check_may_pin(chat, by)
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    world.save("chats", chat)
    world.emit(ChatChanged(chat.id))
    add_service_message(world, chat, by, {"pinned_message_id": message.id}, reply_to=message.id)


def unpin(world: World, chat: Chat, message_id: int | None, *, by: int) -> None:
    """Unpin one message, or the latest."""
    _check_may_pin(chat, by)
    if message_id is None:
        if chat.pinned:
            chat.pinned.pop()
    elif message_id in chat.pinned:
        chat.pinned.remove(message_id)
    else:
        raise Refusal(Reason.MESSAGE_NOT_FOUND, "unpin")
    world.save("chats", chat)
    world.emit(ChatChanged(chat.id))


def unpin_all(world: World, chat: Chat, *, by: int, thread_id: int | None = None) -> None:
    """Unpin everything, or everything of one topic."""
    _check_may_pin(chat, by)
    history = world.history(chat.id)
    chat.pinned = [
        message_id
        for message_id in chat.pinned
        if thread_id is not None and (history[message_id].thread_id or 1) != thread_id
    ]
    world.save("chats", chat)
    world.emit(ChatChanged(chat.id))


def react(world: World, message: Message, *, by: int, reactions: list[Json]) -> None:
    """Set all reactions of one user to one message; an empty list takes them back."""
    for reaction in reactions:
        if reaction.get("type") == "emoji" and reaction.get("emoji") not in REACTIONS:
            raise Refusal(Reason.REACTION_INVALID)
    before = message.reactions.get(by, [])
    if before == reactions:
        return
    if reactions:
        message.reactions[by] = reactions
    else:
        message.reactions.pop(by, None)
    world.save("messages", message)
    world.emit(ReactionChanged(message.chat_id, message.id, by, tuple(before), tuple(reactions)))


def _edit_forward(world: World, message: Message, by: int) -> None:
    """An edited channel post changes in the discussion group too."""
    chat = world.chat(message.chat_id)
    if message.discussion_message_id is None or chat.linked_chat_id is None:
        return
    forward = world.history(chat.linked_chat_id).get(message.discussion_message_id)
    if forward is None:
        return
    forward.content, forward.edit_date = message.content, message.edit_date
    world.save("messages", forward)
    world.emit(MessageEdited(forward, by))


def _check_may_delete(world: World, chat: Chat, message: Message, by: int) -> None:
    is_own = by in (message.posted_by, message.sender_id, message.business_bot_id)
    if rights.has_right(chat.members.get(by), "can_delete_messages"):
        return
    is_bot = world.is_bot(by)
    if is_bot and message.date < world.now() - DELETE_WITHIN_SECONDS:
        raise Refusal(Reason.CANT_DELETE)
    if chat.is_private and chat.peers and by in chat.peers:
        return
    if is_own and not (is_bot and message.is_service):
        return
    raise Refusal(Reason.CANT_DELETE)


def _check_may_pin(chat: Chat, by: int) -> None:
    if chat.is_private:
        return
    member = chat.members.get(by)
    if member is None or not member.is_present:
        raise rights.absence(chat, member)
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    if not rights.may(chat, member, right):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, right)
