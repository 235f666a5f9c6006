"""What people say, change, delete, tap and react with."""

import base64
import binascii

from candor.sandbox.botapi import formatting
from candor.sandbox.control import views
from candor.sandbox.control.errors import ControlError, wrong_field
from candor.sandbox.control.fields import Fields, find_chat, find_user
from candor.sandbox.control.routing import Answer, Request, route
from candor.sandbox.world import buttons, dialogues, editing, files, posting
from candor.sandbox.world.model import Chat, Json, Message, User
from candor.sandbox.world.posting import Draft, Reply
from candor.sandbox.world.refusals import Reason, Refusal

DEFAULT_PAGE = 500
MAX_FILE_BYTES = 50 * 1024 * 1024


@route("POST", "/messages")
def send(request: Request) -> Answer:
    """`{from, to, text, reply_to?, quote?, thread_id?, topic_id?, media?}`."""
    body = request.body
    sender = body.person(request.world, "from")
    chat = destination(request, sender)
    message = posting.post(
        request.world,
        Draft(
            chat_id=chat.id,
            sender_id=sender.id,
            content=message_content(request, body),
            reply=_reply(body),
            thread_id=body.integer("thread_id"),
            direct_topic_id=body.integer("topic_id"),
        ),
    )
    mark_read(request, chat, sender.id)
    return 201, {"chat_id": chat.id, "message_id": message.id}


def destination(request: Request, sender: User) -> Chat:
    """Where `to` leads: a dialogue with the user it names, or the chat."""
    to = request.body.raw("to")
    user = find_user(request.world, to, "to")
    if user is not None:
        if user.id == sender.id:
            raise wrong_field("to", "is the sender")
        return dialogues.open_between(request.world, sender.id, user.id)
    chat = find_chat(request.world, str(to), sender.id)
    if chat.peers and sender.id not in chat.peers:
        raise Refusal(Reason.NOT_A_MEMBER)
    return chat


def _reply(body: Fields) -> Reply | None:
    message_id = body.integer("reply_to")
    return None if message_id is None else Reply(message_id, quote=body.text("quote"))


def message_content(request: Request, body: Fields) -> Json:
    media = body.mapping("media")
    name = "caption" if media else "text"
    given = body.text("text") if media else body.needed_text("text")
    text, entities = formatting.formatted(request.world, given or "", mode=None, given=None)
    content: Json = {}
    if media is not None:
        content |= media_content(request, Fields(media))
    if text:
        content[name] = text
    if entities:
        content["entities" if name == "text" else "caption_entities"] = entities
    return content


def media_content(request: Request, media: Fields) -> Json:
    """A file that a person sends: known by `file_id`, or new with `content_base64`."""
    kind = media.one_of("kind", sorted(files.KINDS), default="document")
    file_id = media.text("file_id")
    if file_id:
        return files.content_of(files.find(request.world, file_id), kind)
    try:
        content = base64.b64decode(media.needed_text("content_base64", longest=80_000_000))
    except (binascii.Error, ValueError) as error:
        raise wrong_field("media.content_base64", "is no base64") from error
    if not content or len(content) > MAX_FILE_BYTES:
        raise wrong_field("media.content_base64", "must hold 1 byte to 50 MB")
    duration = media.integer("duration", least=0, most=86_400)
    stored = files.store(
        request.world,
        kind=kind,
        name=media.text("name", longest=255) or "file",
        content=content,
        mime_type=media.text("mime_type", longest=100),
        details={"duration": duration} if duration and kind != "document" else None,
    )
    return files.content_of(stored)


@route("GET", "/chats/{chat}/messages")
def history(request: Request) -> Answer:
    """The last messages, oldest first; `before` and `limit` page back, `thread_id` keeps to a topic."""
    chat, viewer = request.chat(), request.viewer_id
    check_may_read(request, chat, viewer)
    limit = request.query.integer("limit", least=1, most=2000, default=DEFAULT_PAGE) or 1
    before = request.query.integer("before")
    thread = request.query.integer("thread_id")
    topic = request.query.integer("topic_id")
    if chat.is_direct_messages and viewer and not _manages(chat, viewer):
        topic = viewer
    found: list[Message] = []
    for message in reversed(request.world.history(chat.id).values()):
        if before is not None and message.id >= before:
            continue
        if not _belongs(message, thread, topic):
            continue
        found.append(message)
        if len(found) >= limit:
            break
    if viewer is not None and request.query.boolean("mark_read", default=True):
        mark_read(request, chat, viewer)
    return 200, [views.message(request.world, item, viewer) for item in reversed(found)]


def _manages(chat: Chat, viewer_id: int) -> bool:
    member = chat.members.get(viewer_id)
    return bool(member and member.is_admin)


def _belongs(message: Message, thread: int | None, topic: int | None) -> bool:
    if topic is not None and message.direct_topic_id != topic:
        return False
    if thread is None:
        return True
    if thread == 1:
        return not message.is_topic_message
    return thread in (message.thread_id, message.id)


def check_may_read(request: Request, chat: Chat, viewer_id: int | None) -> None:
    """People see their dialogues and groups, and whatever is public."""
    if viewer_id is None:
        return
    if chat.peers:
        if viewer_id not in chat.peers:
            raise Refusal(Reason.NOT_A_MEMBER)
        return
    member = chat.members.get(viewer_id)
    if (member and member.is_present) or chat.is_direct_messages:
        return
    linked = request.world.chat(chat.linked_chat_id) if chat.linked_chat_id else None
    is_public = bool(chat.username or (linked and linked.username))
    is_out = member is not None and member.status == "kicked"
    reads_channel = linked is not None and viewer_id in linked.members
    if is_out or not (is_public or reads_channel):
        raise Refusal(Reason.NOT_A_MEMBER)


def mark_read(request: Request, chat: Chat, viewer_id: int) -> None:
    """The person has the chat open: nothing is unread, channel posts are seen."""
    if chat.type == "channel":
        for message in reversed(request.world.history(chat.id).values()):
            if viewer_id in message.seen_by:
                break
            message.seen_by.add(viewer_id)
            request.world.save("messages", message)
    if chat.read.get(viewer_id) != chat.last_message_id:
        chat.read[viewer_id] = chat.last_message_id
        request.world.save("chats", chat)


@route("GET", "/chats/{chat}/messages/{message}")
def show(request: Request) -> Answer:
    """One message."""
    chat = request.chat()
    check_may_read(request, chat, request.viewer_id)
    message = request.world.message(chat.id, request.number("message"))
    return 200, views.message(request.world, message, request.viewer_id)


@route("PUT", "/chats/{chat}/messages/{message}")
def edit(request: Request) -> Answer:
    """`{user_id, text}`: the author changes the text (or the caption)."""
    person = request.body.person(request.world, "user_id")
    chat = find_chat(request.world, request.path["chat"], person.id)
    message = request.world.message(chat.id, request.number("message"))
    text, entities = formatting.formatted(
        request.world, request.body.needed_text("text"), mode=None, given=None
    )
    name = "text" if "text" in message.content else "caption"
    listed = "entities" if name == "text" else "caption_entities"
    kept = {key: value for key, value in message.content.items() if key not in (name, listed)}
    content = kept | {name: text} | ({listed: entities} if entities else {})
    editing.edit(request.world, message, by=person.id, content=content, keep_markup=True)
    return 200, views.message(request.world, message, person.id)


@route("DELETE", "/chats/{chat}/messages/{message}")
def delete(request: Request) -> Answer:
    """`?user_id=` or `{user_id}`: deletes for everybody."""
    source = request.body if request.body.has("user_id") else request.query
    person = source.person(request.world, "user_id")
    chat = find_chat(request.world, request.path["chat"], person.id)
    editing.delete(request.world, chat, [request.number("message")], by=person.id)
    return 200, {"deleted": True}


@route("POST", "/press")
def press(request: Request) -> Answer:
    """`{user_id, chat_id, message_id, button}`; `button` is a text, its callback data or a number."""
    person, message = tapped(request)
    button = buttons.find(message, _button(request))
    if "url" in button:
        return 200, {"url": button["url"]}
    if "callback_data" not in button:
        raise ControlError(400, "wrong_button", "This button is not one to press here.")
    callback = buttons.press(
        request.world, message, user_id=person.id, data=str(button["callback_data"])
    )
    return 200, {"callback_query_id": callback.id, "answer": callback.answer}


def _button(request: Request) -> str | int:
    given = request.body.raw("button")
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    return request.body.needed_text("button", longest=300)


def tapped(request: Request) -> tuple[User, Message]:
    """The person and the message that `user_id`, `chat_id` and `message_id` name."""
    person = request.body.person(request.world, "user_id")
    if not request.body.has("chat_id"):
        raise wrong_field("chat_id", "is needed")
    chat = find_chat(request.world, str(request.body.raw("chat_id")), person.id)
    check_may_read(request, chat, person.id)
    message_id = request.body.needed_integer("message_id")
    return person, request.world.message(chat.id, message_id)


@route("GET", "/callbacks/{callback}")
def callback_answer(request: Request) -> Answer:
    """What the bot answered to a tap; `answer` is null until it did."""
    found = request.world.callbacks.get(request.path["callback"])
    if found is None:
        raise ControlError(404, "not_found", "There is no such tap.")
    return 200, {"callback_query_id": found.id, "answer": found.answer}


@route("POST", "/reactions")
def react(request: Request) -> Answer:
    """`{user_id, chat_id, message_id, emoji}`; no emoji takes the reaction back."""
    person, message = tapped(request)
    emoji = request.body.text("emoji", longest=8)
    given = [{"type": "emoji", "emoji": emoji}] if emoji else []
    editing.react(request.world, message, by=person.id, reactions=given)
    return 200, views.message(request.world, message, person.id)


@route("POST", "/pins")
def pin(request: Request) -> Answer:
    """`{user_id, chat_id, message_id, is_pinned}`."""
    person, message = tapped(request)
    chat = request.world.chat(message.chat_id)
    if request.body.boolean("is_pinned", default=True):
        editing.pin(request.world, chat, message, by=person.id)
    else:
        editing.unpin(request.world, chat, message.id, by=person.id)
    return 200, {"pinned": list(chat.pinned)}


@route("GET", "/files/{file}")
def show_file(request: Request) -> Answer:
    """A file with its bytes in base64."""
    stored = files.find(request.world, request.path["file"])
    content = request.world.contents.get(stored.path, b"")
    return 200, {
        "file_id": stored.id,
        "name": stored.name,
        "kind": stored.kind,
        "size": stored.size,
        "mime_type": stored.details.get("mime_type"),
        "content_base64": base64.b64encode(content).decode(),
    }
