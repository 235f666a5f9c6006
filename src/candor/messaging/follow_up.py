"""One reminder in a dialogue that went quiet: when it may come, and what keeps it from coming.

A reminder belongs to one message of the client: the newest one when it was planned. It is sent at most
once for that message, only while the AI handles the dialogue, only in the hours that the script allows
in the client's own time zone, and seldom: the ceiling of the script counts per dialogue, `ONE_PER` per
person. All of it is looked at again right before sending.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from candor.common.ids import ClientId, ConversationId, FollowUpId, MessageRowId, OutboxId

FollowUpStatus = Literal["planned", "queued", "sent", "cancelled"]
FOLLOW_UP_STATUSES: tuple[FollowUpStatus, ...] = ("planned", "queued", "sent", "cancelled")
SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=30)
EARLIEST: Final = time(8)
LATEST: Final = time(22)

_AFTER: Final = re.compile(r"(\d{1,3})\s*([hdчд])", re.IGNORECASE)
_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class FollowUp:
    id: FollowUpId
    conversation_id: ConversationId
    client_id: ClientId
    after_message: MessageRowId
    """The client's newest message when it was planned."""
    due_at: datetime
    hours: str
    status: FollowUpStatus
    created_at: datetime
    outbox: OutboxId | None = None
    reason: str = ""
    """Why it was cancelled."""
    settled_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.status in ("planned", "queued")


class FollowUpRepository(Protocol):
    """One live reminder per conversation, one at all per message of the client."""

    async def plan(
        self,
        conversation_id: ConversationId,
        *,
        after_message: MessageRowId,
        due_at: datetime,
        hours: str,
        at_most: int,
        now: datetime,
    ) -> bool:
        """In the place of one that is planned; False when the ceiling is reached."""
        ...

    async def get(self, follow_up_id: FollowUpId) -> FollowUp | None: ...

    async def live(self, conversation_id: ConversationId) -> FollowUp | None: ...

    async def latest(self, conversation_id: ConversationId) -> FollowUp | None:
        """To be shown: the live one, else what became of the last."""
        ...

    async def queue(self, follow_up_id: FollowUpId, outbox: OutboxId) -> None: ...

    async def settle(
        self, follow_up_id: FollowUpId, status: FollowUpStatus, *, reason: str, now: datetime
    ) -> None: ...

    async def withdraw(
        self, conversation_id: ConversationId, *, reason: str, now: datetime
    ) -> bool:
        """Take back what has not begun to be sent; False when there was nothing."""
        ...

    async def withdraw_for_client(
        self, client_id: ClientId, *, reason: str, now: datetime
    ) -> int: ...

    async def newest_inbound(self, conversation_id: ConversationId) -> MessageRowId | None: ...

    async def was_reminded(
        self, client_id: ClientId, *, since: datetime, apart_from: FollowUpId
    ) -> bool: ...

    async def overdue(self, before: datetime, *, limit: int) -> Sequence[ConversationId]:
        """Planned ones whose moment has passed: for the sweep."""
        ...


def silence_of(after: str) -> timedelta | None:
    """`20h` or `2d` (also `20ч`, `2д`) from an hour to 30 days; None for anything else."""
    found = _AFTER.fullmatch(after.strip())
    if found is None:
        return None
    number, unit = int(found[1]), found[2].lower()
    silence = timedelta(hours=number) if unit in "hч" else timedelta(days=number)
    return silence if SHORTEST <= silence <= LONGEST else None


def hours_of(text: str) -> tuple[time, time] | None:
    """`10:00-20:00` within 08:00 and 22:00; None for anything else."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return None
    numbers = [int(part) for part in found.groups()]
    if max(numbers[0], numbers[2]) > 23 or max(numbers[1], numbers[3]) > 59:
        return None
    start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    return (start, end) if EARLIEST <= start < end <= LATEST else None


def next_allowed(at: datetime, *, hours: str, zone: str) -> datetime:
    """The moment itself, or the next beginning of the allowed hours in that time zone."""
    start, end = hours_of(hours) or (time(10), time(20))
    local = at.astimezone(ZoneInfo(zone))
    if start <= local.time() < end:
        return at
    day = local.date() if local.time() < start else local.date() + timedelta(days=1)
    begins = datetime.combine(day, start, tzinfo=ZoneInfo(zone))
    return begins.astimezone(at.tzinfo)
