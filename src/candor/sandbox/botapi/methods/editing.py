"""Editing and deleting messages."""

from candor.sandbox.botapi import formatting
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world import editing, rights
from candor.sandbox.world.model import Chat, Json, Message
from candor.sandbox.world.refusals import Reason, Refusal

MAX_DELETED = 100


def edited_message(call: Call) -> Message:
    """The message that `chat_id` and `message_id` name."""
    if call.parameters.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    return call.message(_place(call), "edit")


def _place(call: Call) -> Chat:
    return call.target_chat() if call.connection() else call.joined_chat()


@method("editMessageText")
def edit_message_text(call: Call) -> Json:
    message = edited_message(call)
    if not call.parameters.text("text"):
        raise bad_request("message text is empty")
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    content = formatting.text_content(call.world, call.parameters)
    return apply(call, message, content)


@method("editMessageCaption")
def edit_message_caption(call: Call) -> Json:
    message = edited_message(call)
    if "text" in message.content or message.is_service:
        raise bad_request("there is no caption in the message to edit")
    kept = {
        key: value
        for key, value in message.content.items()
        if key not in ("caption", "caption_entities", "show_caption_above_media")
    }
    return apply(call, message, kept | formatting.caption_content(call.world, call.parameters))


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> Json:
    return apply(call, edited_message(call), None)


def apply(call: Call, message: Message, content: Json | None) -> Json:
    """Edit, and show the message as it now is."""
    markup = formatting.reply_markup(call.parameters)
    editing.edit(call.world, message, by=call.bot.id, content=content, reply_markup=markup)
    return call.show(message)


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    chat = call.joined_chat()
    message = call.message(chat, "delete")
    editing.delete(call.world, chat, [message.id], by=call.bot.id)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> bool:
    chat = call.joined_chat()
    editing.delete(call.world, chat, _ids(call), by=call.bot.id)
    return True


@method("deleteBusinessMessages")
def delete_business_messages(call: Call) -> bool:
    connection = call.connection()
    if connection is None:
        raise Refusal(Reason.BUSINESS_CONNECTION_INVALID)
    for message_id in _ids(call):
        chat, message = _find_business(call, connection.user_id, message_id)
        own = message.business_bot_id == call.bot.id
        needed = "can_delete_sent_messages" if own else "can_delete_all_messages"
        if not connection.rights.get(needed) and not connection.rights.get(
            "can_delete_all_messages"
        ):
            raise Refusal(Reason.BUSINESS_NO_RIGHT)
        editing.delete(call.world, chat, [message.id], by=connection.user_id)
    return True


def _find_business(call: Call, user_id: int, message_id: int) -> tuple[Chat, Message]:
    for chat_id in call.world.chats_of_user.get(user_id, ()):
        chat = call.world.chat(chat_id)
        if chat.peers and (found := call.world.history(chat_id).get(message_id)):
            return chat, found
    raise Refusal(Reason.MESSAGE_NOT_FOUND, "delete")


def _ids(call: Call) -> list[int]:
    ids = call.parameters.integers("message_ids")
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MAX_DELETED:
        raise bad_request("too many message identifiers specified")
    return ids


@method("pinChatMessage")
def pin_chat_message(call: Call) -> bool:
    chat = _place(call)
    editing.pin(call.world, chat, call.message(chat, "pin"), by=call.bot.id)
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> bool:
    chat = _place(call)
    editing.unpin(call.world, chat, call.parameters.integer("message_id"), by=call.bot.id)
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(call: Call) -> bool:
    editing.unpin_all(call.world, call.joined_chat(), by=call.bot.id)
    return True


@method("setMessageReaction")
def set_message_reaction(call: Call) -> bool:
    chat = call.joined_chat()
    message = call.message(chat, "react")
    given = call.parameters.mappings("reaction") or []
    if len(given) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if chat.peers is None and not rights.may(
        chat, chat.members.get(call.bot.id), "can_react_to_messages"
    ):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "send reactions")
    editing.react(call.world, message, by=call.bot.id, reactions=given)
    return True
