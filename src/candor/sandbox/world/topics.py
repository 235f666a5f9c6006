"""Forum topics."""

from candor.sandbox.world import rights
from candor.sandbox.world.chats import TOPIC_COLOR, add_service_message
from candor.sandbox.world.events import ChatChanged, MessagesDeleted
from candor.sandbox.world.model import Chat, Json, Topic
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World


def create(
    world: World,
    chat: Chat,
    *,
    by: int,
    name: str,
    icon_color: int = TOPIC_COLOR,
    icon_custom_emoji_id: str | None = None,
) -> Topic:
    """Open a topic with its first service message."""
    check_may_manage(chat, by, "create a topic")
    created: Json = {"name": name, "icon_color": icon_color}
    if icon_custom_emoji_id:
        created["icon_custom_emoji_id"] = icon_custom_emoji_id
    topic = Topic(chat.last_message_id + 1, name, icon_color, icon_custom_emoji_id)
    chat.topics[topic.id] = topic
    add_service_message(world, chat, by, {"forum_topic_created": created}, thread_id=topic.id)
    world.emit(ChatChanged(chat.id))
    return topic


def find(chat: Chat, topic_id: int | None) -> Topic:
    """The topic of a forum."""
    if not chat.is_forum:
        raise Refusal(Reason.NOT_A_FORUM)
    found = chat.topics.get(topic_id or 0)
    if found is None:
        raise Refusal(Reason.THREAD_NOT_FOUND)
    return found


def edit(
    world: World, chat: Chat, topic: Topic, *, by: int, name: str | None, icon: str | None
) -> None:
    """Rename a topic or change its icon."""
    check_may_manage(chat, by, "edit the topic")
    change: Json = {}
    if name and name != topic.name:
        topic.name = change["name"] = name
    if icon is not None and icon != (topic.icon_custom_emoji_id or ""):
        topic.icon_custom_emoji_id = icon or None
        change["icon_custom_emoji_id"] = icon
    if not change:
        raise Refusal(Reason.TOPIC_NOT_MODIFIED)
    _note(world, chat, topic, by, {"forum_topic_edited": change})


def set_closed(world: World, chat: Chat, topic: Topic, *, by: int, is_closed: bool) -> None:
    """Close or reopen a topic."""
    check_may_manage(chat, by, "close or open the topic")
    if topic.is_closed == is_closed:
        raise Refusal(Reason.TOPIC_NOT_MODIFIED)
    topic.is_closed = is_closed
    _note(world, chat, topic, by, {f"forum_topic_{'closed' if is_closed else 'reopened'}": {}})


def set_hidden(world: World, chat: Chat, *, by: int, is_hidden: bool) -> None:
    """Hide or show the general topic; hiding closes it."""
    check_may_manage(chat, by, "close or open the topic")
    topic = find(chat, 1)
    if topic.is_hidden == is_hidden:
        raise Refusal(Reason.TOPIC_NOT_MODIFIED)
    topic.is_hidden = topic.is_closed = is_hidden
    key = "general_forum_topic_hidden" if is_hidden else "general_forum_topic_unhidden"
    _note(world, chat, topic, by, {key: {}})


def delete(world: World, chat: Chat, topic: Topic, *, by: int) -> None:
    """Remove a topic with all its messages."""
    if not rights.has_right(chat.members.get(by), "can_delete_messages"):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "delete the topic")
    history = world.history(chat.id)
    gone = [item for item in history.values() if topic.id in (item.thread_id, item.id)]
    for message in gone:
        del history[message.id]
        world.save("deleted_messages", message)
    del chat.topics[topic.id]
    world.save("chats", chat)
    world.emit(MessagesDeleted(chat.id, tuple(message.id for message in gone), by))
    world.emit(ChatChanged(chat.id))


def check_may_manage(chat: Chat, user_id: int, what: str) -> None:
    """Topics need a forum and the right to manage them; `what` is the action of the refusal."""
    if not chat.is_forum:
        raise Refusal(Reason.NOT_A_FORUM)
    member = chat.members.get(user_id)
    if member is None or not member.is_present:
        raise rights.absence(chat, member)
    if not rights.may(chat, member, "can_manage_topics"):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, what)


def _note(world: World, chat: Chat, topic: Topic, by: int, content: Json) -> None:
    add_service_message(world, chat, by, content, thread_id=None if topic.id == 1 else topic.id)
    world.save("chats", chat)
    world.emit(ChatChanged(chat.id))
