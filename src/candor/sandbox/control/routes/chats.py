"""Dialog lists, groups and channels."""

from candor.sandbox.control import views
from candor.sandbox.control.errors import ControlError
from candor.sandbox.control.fields import find_chat
from candor.sandbox.control.routes.messages import check_may_read, media_content, message_content
from candor.sandbox.control.routing import Answer, Request, route
from candor.sandbox.world import chats, dialogues, membership, posting, topics
from candor.sandbox.world.model import Chat, Json, Topic
from candor.sandbox.world.posting import Draft
from candor.sandbox.world.refusals import Reason, Refusal

LONGEST_TITLE = 128


@route("GET", "/chats")
def list_chats(request: Request) -> Answer:
    """All chats, those a person sees (`user_id`), or those with a public name (`public=true`)."""
    viewer = request.viewer_id
    world = request.world
    ids = world.tables.chats if viewer is None else world.chats_of_user.get(viewer, set())
    found = [world.chat(chat_id) for chat_id in ids]
    if request.query.boolean("public"):
        found = [chat for chat in found if chat.username]
    shown = [views.chat(world, chat, viewer) for chat in found if chat.migrated_to is None]
    shown.sort(key=lambda item: (item["last_message"] or {}).get("date", ""), reverse=True)
    return 200, shown


@route("GET", "/chats/{chat}")
def show_chat(request: Request) -> Answer:
    """A chat with its topics and pinned messages."""
    chat = request.chat()
    check_may_read(request, chat, request.viewer_id)
    body = views.chat(request.world, chat, request.viewer_id)
    body["topics"] = [_topic(topic) for topic in chat.topics.values()]
    body["pinned_messages"] = [
        views.message(request.world, request.world.message(chat.id, message_id))
        for message_id in chat.pinned
        if message_id in request.world.history(chat.id)
    ]
    return 200, body


def _topic(topic: Topic) -> Json:
    return {"id": topic.id, "name": topic.name, "is_closed": topic.is_closed}


@route("POST", "/chats")
def create_chat(request: Request) -> Answer:
    """`{type: group/supergroup/channel/private, title, owner_id, username?, is_forum?, members?}`."""
    body, world = request.body, request.world
    kind = body.one_of("type", ("group", "supergroup", "channel", "private"), default="group")
    owner = body.person(world, "owner_id")
    if kind == "private":
        peer = body.user(world, "peer")
        chat = dialogues.open_between(world, owner.id, peer.id)
        return 201, views.chat(world, chat, owner.id)
    chat = chats.create(
        world,
        kind=kind,  # type: ignore[arg-type]
        title=body.needed_text("title", longest=LONGEST_TITLE),
        owner_id=owner.id,
        username=body.text("username"),
        is_forum=body.boolean("is_forum"),
    )
    for reference in body.sequence("members"):
        member = type(body)({"user": reference}).user(world, "user")
        membership.add(world, chat, user_id=member.id, by=owner.id)
    return 201, views.chat(world, chat, owner.id)


@route("PUT", "/chats/{chat}")
def change_chat(request: Request) -> Answer:
    """`{user_id, title?, description?, username?, is_forum?, photo?, permissions?, protect?}`."""
    body, world = request.body, request.world
    person = body.person(world, "user_id")
    chat = find_chat(world, request.path["chat"], person.id)
    _check_manages(chat, person.id)
    photo = body.mapping("photo")
    if photo is not None:
        stored = media_content(request, type(body)({**photo, "kind": "photo"}))
        chats.change(world, chat, by=person.id, photo_id=stored["photo"][0]["file_id"])
    chats.change(
        world,
        chat,
        by=person.id,
        title=body.text("title", longest=LONGEST_TITLE),
        description=body.text("description", longest=255),
    )
    if body.has("username"):
        world.rename(chat, body.text("username") or None)
    if body.boolean("is_forum"):
        chats.make_forum(world, chat)
    if permissions := body.mapping("permissions"):
        chat.permissions |= {name: bool(value) for name, value in permissions.items()}
    chat.has_protected_content = body.boolean("protect", default=chat.has_protected_content)
    world.save("chats", chat)
    return 200, views.chat(world, chat, person.id)


def _check_manages(chat: Chat, user_id: int) -> None:
    member = chat.members.get(user_id)
    if member is None or not member.is_admin:
        raise Refusal(Reason.NEED_ADMIN)


@route("POST", "/chats/{chat}/migrate")
def migrate(request: Request) -> Answer:
    """A group becomes a supergroup with a new id."""
    new = chats.migrate(request.world, request.chat())
    return 200, views.chat(request.world, new)


@route("POST", "/chats/{chat}/topics")
def create_topic(request: Request) -> Answer:
    """`{user_id, name}`: a forum topic."""
    person = request.body.person(request.world, "user_id")
    name = request.body.needed_text("name", longest=LONGEST_TITLE)
    topic = topics.create(request.world, request.chat(), by=person.id, name=name)
    return 201, _topic(topic)


@route("POST", "/channels")
def create_channel(request: Request) -> Answer:
    """`{username, title, owner_id, discussion: true, direct_messages: false}`."""
    body, world = request.body, request.world
    owner = body.person(world, "owner_id")
    name = body.text("username")
    channel = chats.create_channel(
        world,
        title=body.needed_text("title", longest=LONGEST_TITLE),
        owner_id=owner.id,
        username=name.removeprefix("@") if name else None,
        discussion=body.boolean("discussion", default=True),
    )
    if body.boolean("direct_messages"):
        chats.open_direct_messages(world, channel)
    return 201, views.chat(world, channel, owner.id) | {
        "discussion_chat_id": channel.linked_chat_id
    }


def _channel(request: Request) -> Chat:
    chat = find_chat(request.world, request.path["channel"])
    if chat.type != "channel":
        raise ControlError(404, "chat_not_found", "There is no such channel.")
    return chat


@route("POST", "/channels/{channel}/posts")
def post(request: Request) -> Answer:
    """`{text, user_id?, media?}`: a post by its owner (or another administrator)."""
    channel, world = _channel(request), request.world
    author = (
        request.body.person(world, "user_id").id
        if request.body.has("user_id")
        else next(m.user_id for m in channel.members.values() if m.status == "creator")
    )
    message = posting.post(
        world,
        Draft(
            chat_id=channel.id,
            sender_id=author,
            content=message_content(request, request.body),
        ),
    )
    return 201, {
        "message_id": message.id,
        "chat_id": channel.id,
        "discussion_chat_id": channel.linked_chat_id,
        "discussion_message_id": message.discussion_message_id,
    }


@route("GET", "/channels/{channel}/posts")
def posts(request: Request) -> Answer:
    """The posts of a channel with views and comments."""
    channel = _channel(request)
    check_may_read(request, channel, request.viewer_id)
    found = request.world.history(channel.id).values()
    return 200, [
        views.message(request.world, item, request.viewer_id)
        for item in found
        if not item.is_service
    ]


@route("POST", "/channels/{channel}/discussion")
def set_discussion(request: Request) -> Answer:
    """`{chat_id}` links a discussion group, `{chat_id: null}` takes it away."""
    channel = _channel(request)
    if request.body.has("chat_id"):
        group = find_chat(request.world, str(request.body.raw("chat_id")))
        chats.link(request.world, channel=channel, group=group)
    else:
        chats.unlink(request.world, channel)
    return 200, views.chat(request.world, channel)


@route("POST", "/channels/{channel}/direct-messages")
def open_direct_messages(request: Request) -> Answer:
    """Let readers write to the channel."""
    direct = chats.open_direct_messages(request.world, _channel(request))
    return 200, views.chat(request.world, direct)
