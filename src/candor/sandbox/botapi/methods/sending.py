"""sendMessage and what all sending methods share."""

from dataclasses import replace

from candor.sandbox.botapi import formatting
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world import posting
from candor.sandbox.world.events import Typing
from candor.sandbox.world.model import BusinessConnection, Chat, Json, Message
from candor.sandbox.world.posting import Draft
from candor.sandbox.world.refusals import Reason, Refusal

BUSINESS_REPLY_SECONDS = 24 * 3600

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def deliver(call: Call, content: Json, *, offer_slug: str | None = None) -> Message:
    """Post `content` with the common parameters of all sending methods, under the limits."""
    chat = call.target_chat()
    draft = draft_for(call, chat, content)
    if offer_slug:
        draft = replace(draft, offer_slug=offer_slug)
    posting.check(call.world, draft)
    call.api.count_sending(call.bot, chat)
    return posting.post(call.world, draft)


def draft_for(call: Call, chat: Chat, content: Json) -> Draft:
    """The draft that the common parameters describe."""
    parameters = call.parameters
    connection = call.connection()
    if connection:
        check_business(call, chat, connection)
    return Draft(
        chat_id=chat.id,
        sender_id=connection.user_id if connection else call.bot.id,
        content=content,
        reply=formatting.reply(call.world, parameters),
        thread_id=parameters.integer("message_thread_id"),
        direct_topic_id=parameters.integer("direct_messages_topic_id"),
        reply_markup=formatting.reply_markup(parameters),
        connection_id=connection.id if connection else None,
        business_bot_id=call.bot.id if connection else None,
        protect=parameters.boolean("protect_content"),
    )


def check_business(call: Call, chat: Chat, connection: BusinessConnection) -> None:
    """A bot answers in a person's name only with the right, and only within 24 h of the client."""
    if not connection.rights.get("can_reply"):
        raise Refusal(Reason.BUSINESS_NO_RIGHT)
    client_id = chat.peer_of(connection.user_id)
    if client_id in connection.excluded:
        raise Refusal(Reason.BUSINESS_PEER_MISSING)
    since = call.world.now() - BUSINESS_REPLY_SECONDS
    recent = reversed(call.world.history(chat.id).values())
    for message in recent:
        if message.date < since:
            break
        if message.sender_id == client_id:
            return
    raise Refusal(Reason.BUSINESS_PEER_MISSING)


@method("sendMessage")
def send_message(call: Call) -> Json:
    if not call.parameters.text("text"):
        call.target_chat()
        raise bad_request("message text is empty")
    return call.show(deliver(call, formatting.text_content(call.world, call.parameters)))


@method("sendMessageDraft")
def send_message_draft(call: Call) -> bool:
    chat = call.target_chat()
    if not call.parameters.integer("draft_id"):
        raise bad_request("DRAFT_ID_INVALID")
    call.world.emit(Typing(chat.id, call.bot.id, "typing"))
    return True


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    action = call.parameters.text("action") or ""
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = call.target_chat()
    if chat.peers is None:
        chat = call.joined_chat()
    connection = call.connection()
    sender_id = connection.user_id if connection else call.bot.id
    call.world.emit(Typing(chat.id, sender_id, action))
    return True
