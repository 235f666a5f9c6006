"""The records: an endpoint of the business, and one event on its way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, Protocol

from candor.common.ids import ClientId

EndpointId = NewType("EndpointId", int)
DeliveryId = NewType("DeliveryId", int)
EndpointStatus = Literal["active", "paused", "auto_paused"]
ENDPOINT_STATUSES: tuple[EndpointStatus, ...] = ("active", "paused", "auto_paused")
"""`paused`: by a person; `auto_paused`: nothing came through for days. Events are kept meanwhile."""
DeliveryStatus = Literal["pending", "delivered", "dropped"]
DELIVERY_STATUSES: tuple[DeliveryStatus, ...] = ("pending", "delivered", "dropped")
"""`dropped`: the receiver said 410 Gone, or an owner skipped it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the business wants to be told. The signing secret is never part of it."""

    id: EndpointId
    title: str
    url: str
    events: tuple[str, ...]
    """Kinds of events; see `common.events`."""
    status: EndpointStatus
    status_at: datetime
    created_at: datetime
    created_by: str
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    waiting: int = 0
    """Events that wait to be delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """A row to be; `id` comes from `next_id`, since the sealed secret is bound to it."""

    id: EndpointId
    title: str
    url: str
    events: tuple[str, ...]
    secret: bytes
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one endpoint."""

    id: DeliveryId
    endpoint_id: EndpointId
    event_id: str
    """`evt_...`: the same at every attempt, so that the receiver can tell a repeat."""
    kind: str
    body: str
    """The JSON that is signed and sent, byte for byte."""
    created_at: datetime
    status: DeliveryStatus
    attempts: int
    next_at: datetime | None = None
    attempted_at: datetime | None = None
    settled_at: datetime | None = None
    answer_status: int | None = None
    error: str = ""
    milliseconds: int | None = None
    client_id: ClientId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one try ended."""

    at: datetime
    is_delivered: bool
    answer_status: int | None = None
    error: str = ""
    milliseconds: int = 0
    next_at: datetime | None = None
    """When to try again; None when it was delivered or dropped."""
    is_dropped: bool = False


class WebhookRepository(Protocol):
    """Endpoints and what is on its way to them."""

    async def next_id(self) -> EndpointId: ...

    async def add(self, new: NewEndpoint) -> None: ...

    async def get(self, endpoint_id: EndpointId) -> Endpoint | None: ...

    async def all(self) -> Sequence[Endpoint]:
        """Oldest first, each with how many events wait."""
        ...

    async def update(
        self, endpoint_id: EndpointId, *, title: str, url: str, events: Sequence[str]
    ) -> None: ...

    async def set_status(
        self, endpoint_id: EndpointId, status: EndpointStatus, *, now: datetime
    ) -> None:
        """Leaving a pause starts the count of failures anew."""
        ...

    async def remove(self, endpoint_id: EndpointId) -> bool:
        """With everything that waits for it."""
        ...

    async def sealed_secret(self, endpoint_id: EndpointId) -> bytes | None: ...

    async def set_secret(self, endpoint_id: EndpointId, secret: bytes) -> None: ...

    async def first_pending(self, endpoint_id: EndpointId) -> Delivery | None:
        """The oldest event that has not come through."""
        ...

    async def settle(self, delivery: Delivery, attempt: Attempt) -> None:
        """Store how a try ended, at the delivery and at its endpoint."""
        ...

    async def retry_now(self, endpoint_id: EndpointId, *, now: datetime) -> None:
        """What waits is due at once."""
        ...

    async def enqueue(
        self,
        endpoint_id: EndpointId,
        *,
        event_id: str,
        kind: str,
        body: str,
        now: datetime,
    ) -> None:
        """One event for one endpoint only (a test, a repeat)."""
        ...

    async def deliveries(
        self, endpoint_id: EndpointId, *, limit: int, offset: int
    ) -> tuple[Sequence[Delivery], int]:
        """Newest first, and how many there are (counted to 10,000 at most)."""
        ...
