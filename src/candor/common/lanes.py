"""Lanes: keyed wake-ups that live in the database, beside the data they point at.

A lane is "look at conversation 7". Its truth lies elsewhere (unanswered messages, unsent outbox
rows), so a lane may run twice, late or by the sweep without harm. One lane key is worked on by one
holder at a time, under a lease; a holder that dies loses it after `LEASE`.
"""

from collections.abc import Awaitable, Callable, Sequence
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane in the hands of one holder."""

    lane: Lane
    generation: int
    """Counts the claims of this lane: tells this claim from the next one of another holder."""


@dataclass(frozen=True, slots=True)
class LaneOutcome:
    """What came of a claim, to be written back."""

    claim: Claim
    again_at: datetime | None = None
    """When to look again; None: not before it is woken."""
    error: str | None = None
    """Why it failed; None for a success and for a postponement."""
    is_retry: bool = False
    """True when it did not come through: `again_at` then holds, also against earlier wake-ups."""


@dataclass(frozen=True, slots=True)
class LaneTurn:
    """The answer to one visit of a worker."""

    claims: Sequence[Claim]
    next_due: datetime | None
    """When the next lane is due, as far as this turn looked; None: nothing waits."""
    unwritten: Sequence[LaneOutcome] = ()
    """Outcomes whose row somebody held just now (a unit that wakes the lane): hand them in again."""


@dataclass(frozen=True, slots=True)
class FailedLane:
    """A lane that was given up after MAX_ATTEMPTS."""

    kind: str
    key: str
    attempts: int
    error: str
    failed_at: datetime


class Lanes(Protocol):
    """The slice of a unit of work that wakes lanes: committed or rolled back with the data."""

    async def wake(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at` or earlier if it already is due earlier. Idempotent."""
        ...

    async def wake_all(self, kind: str, keys: Sequence[object], *, at: datetime) -> None:
        """Wake many lanes of one kind in one statement."""
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
