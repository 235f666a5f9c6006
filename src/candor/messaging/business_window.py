"""A business account's chat may be answered only while its owner allows it and Telegram's window is open.

Asked right before sending, so Telegram never has to refuse. What may not be sent is not lost: a person
is asked to look, who can write from the phone at any time.
"""

from datetime import datetime
from typing import Final

from candor.accounts.limits import may_answer_business_chat
from candor.clients.activity import Activity
from candor.messaging.outgoing import Cancel
from candor.messaging.ports import Due, MessagingUnit

WINDOW_CLOSED: Final = "the business chat's 24 hours are over"
NOT_ALLOWED: Final = "the owner does not let the bot answer in business chats"
REASONS: Final = frozenset({WINDOW_CLOSED, NOT_ALLOWED})


def business_refusal(due: Due, now: datetime) -> Cancel | None:
    """Why this may not go out through a business connection; None when it may, or is none."""
    rights = due.business
    if rights is None:
        return None
    if may_answer_business_chat(rights, last_in_at=due.chat.last_in_at, now=now):
        return None
    return Cancel(WINDOW_CLOSED if rights.is_enabled and rights.can_reply else NOT_ALLOWED)


async def call_a_person(unit: MessagingUnit, due: Due, reason: str, now: datetime) -> None:
    """The dialogue waits for its owner; the panel shows it first and says why."""
    conversation_id = due.item.conversation_id
    if conversation_id is None:
        return
    conversation = await unit.conversations.lock(conversation_id)
    if conversation.handling == "ai":
        await unit.conversations.set_handling(conversation_id, "human", now=now, reason=reason)
    await unit.activity.record(
        Activity(
            kind="conversation.person_wanted",
            at=now,
            level="warning",
            client_id=conversation.client_id,
            account_id=due.item.account_id,
            conversation_id=conversation_id,
            details={"reason": reason},
        )
    )
