"""`user_activity_log`: what clients and Candor did, without a word of what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from candor.common.ids import AccountId, ClientId, ConversationId

Level = Literal["info", "warning", "error"]
LEVELS: tuple[Level, ...] = ("info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One event. `details` are ids, counts and reasons, never bodies, names or secrets."""

    kind: str
    """`area.past_tense`: `message.received`, `client.opted_out`, `delivery.unconfirmed`."""
    at: datetime
    client_id: ClientId | None = None
    account_id: AccountId | None = None
    conversation_id: ConversationId | None = None
    level: Level = "info"
    """`warning` and `error` are alerts: the panel shows them to the owner."""
    details: Mapping[str, object] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """What to list; None and empty mean any. `q` is looked for in the kind and the details."""

    kind: str | None = None
    account_id: AccountId | None = None
    client_id: ClientId | None = None
    conversation_id: ConversationId | None = None
    level: Level | None = None
    q: str = ""


class ActivityLog(Protocol):
    """Writes and lists the events."""

    async def record(self, activity: Activity) -> None: ...

    async def page(
        self, wanted: ActivityFilter, *, limit: int, offset: int = 0
    ) -> tuple[Sequence[Activity], int]:
        """Newest first, and how many there are (counted to 10,000 at most)."""
        ...
