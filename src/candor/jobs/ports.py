"""What the worker asks of the outside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from candor.common.lanes import Claim, FailedLane, LaneOutcome, LaneTurn


class LaneStore(Protocol):
    """Claims lanes and writes their outcomes. TemporaryError when the database is away."""

    async def turn(
        self,
        outcomes: Sequence[LaneOutcome],
        rooms: Mapping[str, int],
        *,
        now: datetime,
        lease: timedelta,
    ) -> LaneTurn: ...

    async def renew(self, claims: Sequence[Claim], *, lease: timedelta) -> set[Claim]: ...

    async def reclaim_lost(
        self, *, now: datetime, is_alone: bool = False
    ) -> tuple[int, list[FailedLane]]: ...

    async def close(self) -> None: ...


class Notifications(Protocol):
    """Hands on what the database notifies; `on_gap` after some may have been missed."""

    def subscribe(
        self,
        channel: str,
        receive: Callable[[str], None],
        *,
        on_gap: Callable[[], None] | None = None,
    ) -> None: ...


class JobAdmin(Protocol):
    """Keeps why jobs were given up and tidies the queue."""

    async def record_failure(
        self, job_id: int, name: str, error: str, *, now: datetime
    ) -> None: ...

    async def tidy(self, *, before: datetime) -> int: ...
