"""Lanes: keyed wake-ups that live in the database, beside the data they point at.

A lane is "look at conversation 7". Its truth lies elsewhere (unanswered messages, unsent outbox
rows), so a lane may run twice, late or by the sweep without harm. One lane key is worked on by one
holder at a time, under a lease; a holder that dies loses it after `LEASE`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

LEASE = timedelta(seconds=20)
"""How long a claimed lane stays with a holder that does not renew; renewed every quarter of it."""
MAX_ATTEMPTS = 8
"""After so many failures in a row a lane is parked as failed and the owner is told."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A claimed lane."""

    kind: str
    """What to do, `area.verb_object`: `sales.answer_client`, `messaging.deliver`."""
    key: str
    """Whom for; with `kind` unique."""
    attempt: int
    """0 for the first try."""


class Lanes(Protocol):
    """The slice of a unit of work that wakes lanes: committed or rolled back with the data."""

    async def wake(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at` or earlier if it already is due earlier. Idempotent."""
        ...

    async def postpone(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at`, also if it was due earlier (a burst is still growing)."""
        ...

    async def drop(self, kind: str, key: object) -> None:
        """Forget the lane; a holder at work finishes, but is not woken again."""
        ...


LaneHandler = Callable[[Lane], Awaitable[datetime | None]]
"""Does one lane's work. Returns when to look again, or None when nothing is left.

Raises TemporaryError to be tried again after its `retry_after`; any other exception counts as a
failure and is retried with growing pauses up to MAX_ATTEMPTS.
"""
