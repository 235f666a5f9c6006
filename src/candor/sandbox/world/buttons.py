"""Taps on inline buttons and their answers."""

import secrets

from candor.sandbox.world.events import ButtonAnswered, ButtonPressed
from candor.sandbox.world.model import Callback, Json, Message
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

ANSWER_WITHIN_SECONDS = 15 * 60
KEPT_CALLBACKS = 10_000


def find(message: Message, button: str | int) -> Json:
    """The inline button with this text, callback data or number (0 is the first)."""
    rows = (message.reply_markup or {}).get("inline_keyboard") or []
    flat: list[Json] = [item for row in rows for item in row]
    if isinstance(button, int):
        if 0 <= button < len(flat):
            return flat[button]
        raise Refusal(Reason.WRONG_BUTTON)
    for key in ("callback_data", "text", "url"):
        for item in flat:
            if item.get(key) == button:
                return item
    raise Refusal(Reason.WRONG_BUTTON)


def press(world: World, message: Message, *, user_id: int, data: str) -> Callback:
    """Tap a callback button; the bot that sent the message hears of it."""
    bot_id = message.business_bot_id or message.posted_by or 0
    if not world.is_bot(bot_id):
        raise Refusal(Reason.WRONG_BUTTON)
    callback = Callback(
        id=str(secrets.randbits(62)),
        user_id=user_id,
        bot_id=bot_id,
        chat_id=message.chat_id,
        message_id=message.id,
        data=data,
        date=world.now(),
    )
    world.callbacks[callback.id] = callback
    if len(world.callbacks) > KEPT_CALLBACKS:
        del world.callbacks[next(iter(world.callbacks))]
    world.emit(ButtonPressed(callback))
    return callback


def answer(world: World, callback_id: str, *, bot_id: int, given: Json) -> None:
    """Answer a tap; an unknown or old one is refused."""
    callback = world.callbacks.get(callback_id)
    if callback is None or callback.bot_id != bot_id or callback.answer is not None:
        raise Refusal(Reason.CALLBACK_INVALID)
    if callback.date < world.now() - ANSWER_WITHIN_SECONDS:
        raise Refusal(Reason.CALLBACK_INVALID)
    callback.answer = given
    world.emit(ButtonAnswered(callback))
