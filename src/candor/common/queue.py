"""The job queue's port: background work that has no order to keep (see `lanes` for what has)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

JobArguments = Mapping[str, str | int | float | bool | None]


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
