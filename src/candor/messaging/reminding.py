"""What is looked at right before a reminder is sent: delivery's rule for the purpose `follow_up`."""

from datetime import datetime, timedelta
from typing import Final

from candor.common.ids import ConversationId, FollowUpId, MessageRowId
from candor.messaging.follow_up import FollowUp, next_allowed
from candor.messaging.lanes import FOLLOW_UP
from candor.messaging.outgoing import Cancel, Outcome, Postpone, Send, Verdict
from candor.messaging.ports import Due, MessagingUnit
from candor.messaging.rules import HANDED_OVER, OPTED_OUT

ONE_PER: Final = timedelta(days=7)
"""Nobody is reminded more often than that, over all their dialogues."""
TOO_LATE: Final = timedelta(days=3)
"""A reminder that could not go out for so long is dropped."""
CLIENT_WROTE: Final = "the client has written since"
WITHDRAWN: Final = "the reminder was cancelled"
TOO_OFTEN: Final = "the client was reminded not long ago"
OUT_OF_DATE: Final = "it could not go out in time"


class FollowUpRule:
    """Delivery's rule for the purpose `follow_up`."""

    has_rows = True

    def __init__(self, *, zone: str) -> None:
        """`zone`: of the business, for clients whose own is not known."""
        self._zone = zone

    async def decide(self, unit: MessagingUnit, due: Due, *, now: datetime) -> Verdict:
        if due.is_opted_out or due.handling == "opted_out":
            return Cancel(OPTED_OUT)
        if due.handling != "ai":
            return Cancel(HANDED_OVER)
        found = await unit.follow_ups.get(FollowUpId(due.item.subject or 0))
        if found is None or found.status != "queued":
            return Cancel(WITHDRAWN)
        if (reason := await why_not(unit, found, now=now)) is not None:
            return Cancel(reason)
        client = await unit.users.get(found.client_id)
        zone = (client.time_zone if client else None) or self._zone
        allowed = next_allowed(now, hours=found.hours, zone=zone)
        return Send() if allowed <= now else Postpone(allowed, "outside the hours")

    async def settled(self, unit: MessagingUnit, due: Due, outcome: Outcome) -> None:
        """A text that may have arrived counts as sent."""
        is_out = outcome.status in ("sent", "unconfirmed")
        await unit.follow_ups.settle(
            FollowUpId(due.item.subject or 0),
            "sent" if is_out else "cancelled",
            reason="" if is_out else outcome.error,
            now=outcome.at,
        )


async def plan_reminder(
    unit: MessagingUnit,
    conversation_id: ConversationId,
    *,
    silence: timedelta,
    hours: str,
    zone: str,
    at_most: int,
    after_message: MessageRowId,
    now: datetime,
) -> None:
    """Should the client fall silent after what is said now, this is when they are reminded."""
    due = next_allowed(now + silence, hours=hours, zone=zone)
    if await unit.follow_ups.plan(
        conversation_id,
        after_message=after_message,
        due_at=due,
        hours=hours,
        at_most=at_most,
        now=now,
    ):
        await unit.lanes.postpone(FOLLOW_UP, conversation_id, at=due)


async def why_not(unit: MessagingUnit, found: FollowUp, *, now: datetime) -> str | None:
    """What stands against this reminder now, beside the dialogue's handling; None: nothing does."""
    if await unit.follow_ups.newest_inbound(found.conversation_id) != found.after_message:
        return CLIENT_WROTE
    if now > found.due_at + TOO_LATE:
        return OUT_OF_DATE
    if await unit.follow_ups.was_reminded(
        found.client_id, since=now - ONE_PER, apart_from=found.id
    ):
        return TOO_OFTEN
    return None
