"""The sweep: finds work that no lane points at any more and wakes it.

Lanes are wake-ups, the truth is rows. Should a wake-up ever be lost, the client is answered all the
same, a little later.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from candor.common.clock import Clock
from candor.messaging.lanes import ANSWER_CLIENT, DELIVER
from candor.messaging.ports import MessagingUnit

FORGOTTEN_AFTER: Final = timedelta(seconds=30)
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """How many conversations and chats were woken."""

    conversations: int
    chats: int


class MessagingSweep:
    """Called by the clock every half minute; harmless when nothing is forgotten."""

    def __init__(
        self, units: Callable[[], AbstractAsyncContextManager[MessagingUnit]], clock: Clock
    ) -> None:
        self._units = units
        self._clock = clock

    async def sweep(self) -> Swept:
        now = self._clock.now()
        before = now - FORGOTTEN_AFTER
        async with self._units() as unit:
            waiting = await unit.conversations.unanswered_since(before, limit=AT_ONCE)
            for conversation in sorted(waiting):
                await unit.lanes.wake(ANSWER_CLIENT, conversation, at=now)
        async with self._units() as unit:
            unsent = await unit.outbox.unsent_since(before, limit=AT_ONCE)
            for chat in sorted(unsent):
                await unit.lanes.wake(DELIVER, chat, at=now)
        return Swept(len(waiting), len(unsent))
