"""Forum topics."""

from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world import editing, topics
from candor.sandbox.world.chats import TOPIC_COLOR
from candor.sandbox.world.model import Chat, Json, Topic

MAX_NAME = 128


def _topic(call: Call) -> tuple[Chat, Topic]:
    chat = call.joined_chat()
    return chat, topics.find(chat, call.parameters.integer("message_thread_id"))


def _general(call: Call) -> tuple[Chat, Topic]:
    chat = call.joined_chat()
    return chat, topics.find(chat, 1)


def _name(call: Call, *, is_needed: bool) -> str | None:
    name = (call.parameters.text("name") or "").strip()
    if len(name) > MAX_NAME or (is_needed and not name):
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    return name or None


@method("createForumTopic")
def create_forum_topic(call: Call) -> Json:
    chat = call.joined_chat()
    topic = topics.create(
        call.world,
        chat,
        by=call.bot.id,
        name=_name(call, is_needed=True) or "",
        icon_color=call.parameters.integer("icon_color") or TOPIC_COLOR,
        icon_custom_emoji_id=call.parameters.text("icon_custom_emoji_id") or None,
    )
    body: Json = {
        "message_thread_id": topic.id,
        "name": topic.name,
        "icon_color": topic.icon_color,
    }
    if topic.icon_custom_emoji_id:
        body["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    return body


@method("editForumTopic")
def edit_forum_topic(call: Call) -> bool:
    chat, topic = _topic(call)
    name = _name(call, is_needed=False)
    icon = call.parameters.text("icon_custom_emoji_id")
    topics.edit(call.world, chat, topic, by=call.bot.id, name=name, icon=icon)
    return True


@method("closeForumTopic")
def close_forum_topic(call: Call) -> bool:
    chat, topic = _topic(call)
    topics.set_closed(call.world, chat, topic, by=call.bot.id, is_closed=True)
    return True


@method("reopenForumTopic")
def reopen_forum_topic(call: Call) -> bool:
    chat, topic = _topic(call)
    topics.set_closed(call.world, chat, topic, by=call.bot.id, is_closed=False)
    return True


@method("deleteForumTopic")
def delete_forum_topic(call: Call) -> bool:
    chat, topic = _topic(call)
    topics.delete(call.world, chat, topic, by=call.bot.id)
    return True


@method("unpinAllForumTopicMessages")
def unpin_all_forum_topic_messages(call: Call) -> bool:
    chat, topic = _topic(call)
    editing.unpin_all(call.world, chat, by=call.bot.id, thread_id=topic.id)
    return True


@method("editGeneralForumTopic")
def edit_general_forum_topic(call: Call) -> bool:
    chat, topic = _general(call)
    name = _name(call, is_needed=True)
    topics.edit(call.world, chat, topic, by=call.bot.id, name=name, icon=None)
    return True


@method("closeGeneralForumTopic")
def close_general_forum_topic(call: Call) -> bool:
    chat, topic = _general(call)
    topics.set_closed(call.world, chat, topic, by=call.bot.id, is_closed=True)
    return True


@method("reopenGeneralForumTopic")
def reopen_general_forum_topic(call: Call) -> bool:
    chat, topic = _general(call)
    topics.set_closed(call.world, chat, topic, by=call.bot.id, is_closed=False)
    return True


@method("hideGeneralForumTopic")
def hide_general_forum_topic(call: Call) -> bool:
    chat, _ = _general(call)
    topics.set_hidden(call.world, chat, by=call.bot.id, is_hidden=True)
    return True


@method("unhideGeneralForumTopic")
def unhide_general_forum_topic(call: Call) -> bool:
    chat, _ = _general(call)
    topics.set_hidden(call.world, chat, by=call.bot.id, is_hidden=False)
    return True


@method("unpinAllGeneralForumTopicMessages")
def unpin_all_general_forum_topic_messages(call: Call) -> bool:
    chat, topic = _general(call)
    editing.unpin_all(call.world, chat, by=call.bot.id, thread_id=topic.id)
    return True


@method("getForumTopicIconStickers")
def get_forum_topic_icon_stickers(call: Call) -> list[Json]:
    return []
