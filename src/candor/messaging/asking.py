"""The port by which the inbox hands a client's words and taps to whoever asks questions."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.ports import MessagingUnit, StoredInbound

Unit_contra = TypeVar("Unit_contra", bound=MessagingUnit, contravariant=True)
StorePress = Callable[[IncomingMessage, bool], Awaitable[StoredInbound | None]]
"""Stores a tap as the client's words in the same unit; the flag says that nothing is left to answer.
None: that tap is stored already."""


class Asker(Protocol[Unit_contra]):
    """Asks a client questions one by one. All of it happens in the unit that stores the answer."""

    async def begin(self, unit: Unit_contra, key: str, stored: StoredInbound) -> bool:
        """A deep link names the questionnaire `key`; False when there is none."""
        ...

    async def take(
        self, unit: Unit_contra, message: IncomingMessage, stored: StoredInbound, *, is_start: bool
    ) -> bool:
        """Whether the message was dealt with here; False leaves it to the turn that answers."""
        ...

    def is_ours(self, press: IncomingPress) -> bool: ...

    async def press(
        self, unit: Unit_contra, press: IncomingPress, store: StorePress
    ) -> PressAnswer: ...
