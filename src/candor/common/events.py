"""Events of the business that other programs may want to hear of, and the port that takes them.

An area publishes in the unit that makes the event true: both are stored, or neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from candor.common.ids import ClientId

EventKind = Literal[
    "client.first_touch",
    "client.agreed",
    "client.opted_out",
    "client.erased",
    "conversation.handed_off",
    "conversation.given_back",
    "conversation.closed",
    "group.joined",
    "task.done",
    "group.completed",
]
EVENT_KINDS: tuple[EventKind, ...] = (
    "client.first_touch",
    "client.agreed",
    "client.opted_out",
    "client.erased",
    "conversation.handed_off",
    "conversation.given_back",
    "conversation.closed",
    "group.joined",
    "task.done",
    "group.completed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessEvent:
    """Something that happened. `data` holds ids, names of steps and reasons, never message bodies."""

    kind: EventKind
    at: datetime
    client_id: ClientId | None
    """Whose it is: what is stored of the event goes with the person. None after an erasure."""
    data: Mapping[str, object] = field(default_factory=dict)


class Events(Protocol):
    """The slice of a unit of work that takes events."""

    async def publish(self, event: BusinessEvent) -> None:
        """Stored with the unit, for every endpoint that asked for its kind."""
        ...
