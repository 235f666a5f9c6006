"""Forwarding and copying."""

from dataclasses import replace

from candor.sandbox.botapi import formatting
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.methods.editing import MAX_DELETED
from candor.sandbox.botapi.methods.sending import draft_for
from candor.sandbox.botapi.render import origin_of
from candor.sandbox.world import posting
from candor.sandbox.world.model import Chat, Json, Message
from candor.sandbox.world.refusals import Reason, Refusal


def _source(call: Call, what: str, message_id: int | None) -> Message:
    chat = call.joined_chat("from_chat_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    found = call.world.history(chat.id).get(message_id)
    if found is None:
        raise Refusal(Reason.MESSAGE_NOT_FOUND, what)
    if found.is_service or "invoice" in found.content:
        raise bad_request(f"the message can't be {'forwarded' if what == 'forward' else 'copied'}")
    if found.has_protected_content:
        raise Refusal(Reason.PROTECTED_CONTENT)
    return found


def _forward(call: Call, chat: Chat, found: Message) -> Message:
    origin = origin_of(found, call.world.chat(found.chat_id))
    draft = replace(
        draft_for(call, chat, dict(found.content)), forward_origin=origin, reply_markup=None
    )
    posting.check(call.world, draft)
    call.api.count_sending(call.bot, chat)
    return posting.post(call.world, draft)


@method("forwardMessage")
def forward_message(call: Call) -> Json:
    chat = call.target_chat()
    found = _source(call, "forward", call.parameters.integer("message_id"))
    return call.show(_forward(call, chat, found))


@method("forwardMessages")
def forward_messages(call: Call) -> list[Json]:
    chat = call.target_chat()
    found = _several(call, "forward")
    return [{"message_id": _forward(call, chat, message).id} for message in found]


@method("copyMessage")
def copy_message(call: Call) -> Json:
    chat = call.target_chat()
    found = _source(call, "copy", call.parameters.integer("message_id"))
    content = dict(found.content)
    if "caption" in call.parameters.values and "text" not in content:
        content = _without_caption(content)
        content |= formatting.caption_content(call.world, call.parameters)
    return {"message_id": _copy(call, chat, content).id}


@method("copyMessages")
def copy_messages(call: Call) -> list[Json]:
    chat = call.target_chat()
    found = _several(call, "copy")
    remove = call.parameters.boolean("remove_caption")
    contents = [
        _without_caption(message.content) if remove else dict(message.content) for message in found
    ]
    return [{"message_id": _copy(call, chat, content).id} for content in contents]


def _copy(call: Call, chat: Chat, content: Json) -> Message:
    draft = draft_for(call, chat, content)
    posting.check(call.world, draft)
    call.api.count_sending(call.bot, chat)
    return posting.post(call.world, draft)


def _without_caption(content: Json) -> Json:
    return {
        key: value for key, value in content.items() if key not in ("caption", "caption_entities")
    }


def _several(call: Call, what: str) -> list[Message]:
    """Messages that are missing or can't be passed on are skipped, as Telegram does."""
    ids = call.parameters.integers("message_ids") or []
    if not 1 <= len(ids) <= MAX_DELETED or ids != sorted(set(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    found = []
    for message_id in ids:
        try:
            found.append(_source(call, what, message_id))
        except Refusal as refusal:
            if refusal.reason not in (Reason.MESSAGE_NOT_FOUND, Reason.PROTECTED_CONTENT):
                raise
    if not found:
        raise bad_request(f"there are no messages to {what}")
    return found
