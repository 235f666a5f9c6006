"""Answers to tapped buttons."""

from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world import buttons

MAX_ANSWER = 200


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    text = call.parameters.text("text") or ""
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    given = {
        "text": text,
        "show_alert": call.parameters.boolean("show_alert"),
        "url": call.parameters.text("url"),
    }
    callback_id = call.parameters.text("callback_query_id") or ""
    buttons.answer(call.world, callback_id, bot_id=call.bot.id, given=given)
    return True
