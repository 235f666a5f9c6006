"""The job queue's port: background work that has no order to keep (see `lanes` for what has)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

JobArguments = Mapping[str, str | int | float | bool | None]


JobHandler = Callable[[JobArguments], Awaitable[None]]
"""Does one job. TemporaryError: tried again after its `retry_after`; any other exception counts as a
failure and is tried again with growing pauses, then given up. May be run twice."""


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up."""

    id: int
    name: str
    arguments: JobArguments
    attempts: int
    error: str
    failed_at: datetime | None


class JobQueue(Protocol):
    """The slice of a unit of work that defers jobs: committed or rolled back with the data."""

    async def defer(
        self,
        name: str,
        arguments: JobArguments,
        *,
        at: datetime | None = None,
        once: str | None = None,
    ) -> None:
        """Queue the job `area.verb_object`; `once` coalesces: one waiting job per such key."""
        ...
