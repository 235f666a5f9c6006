"""Groups and channels: creating, linking, changing, and growing a group into a supergroup."""

from candor.sandbox.world import people, rights
from candor.sandbox.world.events import ChatChanged, MemberChanged, MessageSent
from candor.sandbox.world.model import Chat, ChatType, Json, Member, Message, Status, Topic
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import (
    CHANNEL_PREFIX,
    FIRST_CHANNEL_NUMBER,
    FIRST_GROUP_NUMBER,
    World,
)

GENERAL_TOPIC_ID = 1
TOPIC_COLOR = 0x6FB9F0


def create(
    world: World,
    *,
    kind: ChatType,
    title: str,
    owner_id: int,
    username: str | None = None,
    is_forum: bool = False,
) -> Chat:
    """A new group, supergroup or channel with its owner in it."""
    owner = world.user(owner_id)
    if owner.is_bot:
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "create a chat")
    people.check_username(world, username)
    chat = _register(world, kind=kind, title=title, username=username, owner_id=owner_id)
    if is_forum:
        make_forum(world, chat)
    service: Json = {
        "group": {"group_chat_created": True},
        "supergroup": {"supergroup_chat_created": True},
        "channel": {"channel_chat_created": True},
    }[kind]
    add_service_message(world, chat, owner_id, service)
    return chat


def create_channel(
    world: World, *, title: str, owner_id: int, username: str | None, discussion: bool = True
) -> Chat:
    """A channel; with `discussion` also the linked group in which its posts can be commented."""
    channel = create(world, kind="channel", title=title, owner_id=owner_id, username=username)
    if discussion:
        group = create(world, kind="supergroup", title=f"{title} Chat", owner_id=owner_id)
        link(world, channel=channel, group=group)
    return channel


def link(world: World, *, channel: Chat, group: Chat) -> None:
    """Make `group` the discussion group of `channel`."""
    if channel.type != "channel" or group.type != "supergroup":
        raise Refusal(Reason.NOT_A_GROUP)
    channel.linked_chat_id, group.linked_chat_id = group.id, channel.id
    for chat in (channel, group):
        world.save("chats", chat)
        world.emit(ChatChanged(chat.id))


def unlink(world: World, channel: Chat) -> None:
    """Take the discussion group away from a channel."""
    if channel.linked_chat_id is None:
        return
    group = world.chat(channel.linked_chat_id)
    channel.linked_chat_id = group.linked_chat_id = None
    for chat in (channel, group):
        world.save("chats", chat)
        world.emit(ChatChanged(chat.id))


def open_direct_messages(world: World, channel: Chat) -> Chat:
    """The channel's direct messages chat, made if there is none yet."""
    if channel.type != "channel":
        raise Refusal(Reason.NOT_A_GROUP)
    if channel.direct_chat_id is not None:
        return world.chat(channel.direct_chat_id)
    owner_id = next(m.user_id for m in channel.members.values() if m.status is Status.CREATOR)
    direct = _register(
        world, kind="supergroup", title=str(channel.title), username=None, owner_id=owner_id
    )
    direct.is_direct_messages = True
    direct.parent_chat_id = channel.id
    direct.members = channel.members
    channel.direct_chat_id = direct.id
    for member in channel.members.values():
        world.note_member(direct, member.user_id, is_present=member.is_admin)
    for chat in (channel, direct):
        world.save("chats", chat)
        world.emit(ChatChanged(chat.id))
    return direct


def make_forum(world: World, chat: Chat) -> None:
    """Turn topics on."""
    if chat.type != "supergroup":
        raise Refusal(Reason.NOT_A_GROUP)
    chat.is_forum = True
    chat.topics.setdefault(GENERAL_TOPIC_ID, Topic(GENERAL_TOPIC_ID, "General", TOPIC_COLOR))
    chat.last_message_id = max(chat.last_message_id, GENERAL_TOPIC_ID)
    world.save("chats", chat)
    world.emit(ChatChanged(chat.id))


def migrate(world: World, group: Chat) -> Chat:
    """Grow a basic group into a supergroup; the old id only points to the new one afterwards."""
    if group.type != "group":
        raise Refusal(Reason.NOT_A_GROUP)
    if group.migrated_to:
        return world.chat(group.migrated_to)
    owner_id = next(m.user_id for m in group.members.values() if m.status is Status.CREATOR)
    new = _register(
        world, kind="supergroup", title=str(group.title), username=None, owner_id=owner_id
    )
    new.members = {
        user_id: Member(**{name: getattr(member, name) for name in Member.__slots__})
        for user_id, member in group.members.items()
    }
    new.permissions = dict(group.permissions)
    new.migrated_from = group.id
    for member in new.members.values():
        world.note_member(new, member.user_id, is_present=member.is_present)
        world.note_member(group, member.user_id, is_present=False)
    add_service_message(world, group, owner_id, {"migrate_to_chat_id": new.id})
    group.migrated_to = new.id
    add_service_message(world, new, owner_id, {"migrate_from_chat_id": group.id})
    for chat in (group, new):
        world.save("chats", chat)
        world.emit(ChatChanged(chat.id))
    return new


def change(
    world: World,
    chat: Chat,
    *,
    by: int,
    title: str | None = None,
    description: str | None = None,
    photo_id: str | None = None,
) -> None:
    """Change what is given; a new title or photo leaves a service message."""
    if description is not None:
        chat.description = description or None
    if title is not None and title != chat.title:
        chat.title = title
        add_service_message(world, chat, by, {"new_chat_title": title})
    if photo_id is not None:
        chat.photo_id = photo_id or None
        service = {"new_chat_photo_id": photo_id} if photo_id else {"delete_chat_photo": True}
        add_service_message(world, chat, by, service)
    world.save("chats", chat)
    world.emit(ChatChanged(chat.id))


def add_service_message(
    world: World,
    chat: Chat,
    by: int,
    content: Json,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
) -> Message:
    """A message the chat itself shows: somebody joined, a title was changed, a topic was opened."""
    in_channel = chat.type == "channel"
    message = Message(
        chat_id=chat.id,
        id=world.next_message_id(chat),
        date=world.now(),
        sender_id=None if in_channel else by,
        sender_chat_id=chat.id if in_channel else None,
        content=content,
        thread_id=thread_id,
        is_topic_message=thread_id is not None,
        reply_to=reply_to,
    )
    world.history(chat.id)[message.id] = message
    world.save("messages", message)
    world.save("chats", chat)
    world.emit(MessageSent(message))
    return message


def _register(
    world: World, *, kind: ChatType, title: str, username: str | None, owner_id: int
) -> Chat:
    chat = Chat(
        id=_new_chat_id(world, kind),
        type=kind,
        title=title,
        username=username,
        permissions={} if kind == "channel" else rights.default_permissions(),
    )
    owner = Member(owner_id, Status.CREATOR)
    chat.members[owner_id] = owner
    world.add_chat(chat)
    world.emit(MemberChanged(chat.id, owner_id, Member(owner_id, Status.LEFT), owner))
    return chat


def _new_chat_id(world: World, kind: ChatType) -> int:
    if kind == "group":
        return -world.next_id("groups", FIRST_GROUP_NUMBER)
    return CHANNEL_PREFIX - world.next_id("channels", FIRST_CHANNEL_NUMBER)
