"""The outbox: a text that is to be sent is stored with the decision to send it, in one unit."""

import secrets

from candor.common.clock import Clock
from candor.common.errors import InvalidInputError
from candor.common.ids import OutboxId
from candor.disclosure.visible_text import visible
from candor.messaging.lanes import DELIVER
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import MessagingUnit


class Outbox:
    """The only way to have something sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def put(self, unit: MessagingUnit, outgoing: Outgoing) -> OutboxId:
        """Store the text and wake the chat's lane; raises InvalidInputError for an empty text.

        Nothing is sent unless the unit commits. The label is added by delivery, not by the caller.
        """
        if not visible(outgoing.text):
            raise InvalidInputError("An empty text can't be sent. Write something first.")
        now = self._clock.now()
        random_id = secrets.randbits(63) or 1
        stored = await unit.outbox.put(outgoing, random_id=random_id, now=now)
        due = max(now, outgoing.not_before or now)
        await unit.lanes.wake(DELIVER, outgoing.chat, at=due)
        return stored
