"""Polls."""

from candor.sandbox.botapi import formatting
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.methods.editing import edited_message
from candor.sandbox.botapi.methods.sending import deliver
from candor.sandbox.world import editing, polls
from candor.sandbox.world.model import Json

MAX_QUESTION = 300
MAX_OPTION = 100
MAX_OPTIONS = 12


@method("sendPoll")
def send_poll(call: Call) -> Json:
    parameters = call.parameters
    question = parameters.needed_text("question")
    if len(question) > MAX_QUESTION:
        raise bad_request("poll question length must not exceed 300")
    options = [_option(item) for item in parameters.sequence("options") or []]
    if not 1 <= len(options) <= MAX_OPTIONS:
        raise bad_request("poll must have at least 1 option" if not options else "too many options")
    kind = parameters.text("type") or "regular"
    if kind not in ("regular", "quiz"):
        raise bad_request("unsupported poll type specified")
    anonymous = parameters.boolean("is_anonymous") or not parameters.has("is_anonymous")
    settings: Json = {
        "type": kind,
        "is_anonymous": anonymous,
        "allows_multiple_answers": parameters.boolean("allows_multiple_answers"),
    }
    if kind == "quiz":
        settings |= _quiz(call, len(options))
    return call.show(deliver(call, {"poll": polls.make(question, options, settings)}))


def _option(item: object) -> Json:
    text = item.get("text") if isinstance(item, dict) else item
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_OPTION:
        raise bad_request("poll options must be non-empty and at most 100 characters long")
    return {"text": text}


def _quiz(call: Call, count: int) -> Json:
    old = call.parameters.integer("correct_option_id")
    ids = call.parameters.integers("correct_option_ids") or ([] if old is None else [old])
    if not ids or any(not 0 <= number < count for number in ids):
        raise bad_request("wrong correct option ID specified")
    quiz: Json = {"correct_option_ids": ids}
    if explanation := call.parameters.text("explanation"):
        quiz["explanation"] = explanation
    return quiz


@method("stopPoll")
def stop_poll(call: Call) -> Json:
    message = edited_message(call)
    editing.check_may_edit(call.world, message, call.bot.id)
    if "poll" not in message.content:
        raise bad_request("message with poll to stop not found")
    message.reply_markup = formatting.reply_markup(call.parameters)
    return polls.stop(call.world, message, call.bot.id)
