"""When a failed lane or job is tried again, and how its error is kept."""

from datetime import timedelta

from candor.common.errors import TemporaryError

TEMPORARY_PAUSE = timedelta(seconds=5)
"""For a temporary failure that does not say when to try again."""
PAUSES = tuple(timedelta(seconds=s) for s in (1, 3, 9, 27, 81, 243, 300))
"""Before the second, third ... attempt of what failed; about eleven minutes in all."""
LONGEST_ERROR = 2_000
"""Characters of an error that are kept."""


def pause_after(attempt: int) -> timedelta:
    """How long to wait after the failure of `attempt` (0 is the first)."""
    return PAUSES[min(attempt, len(PAUSES) - 1)]


def temporary_pause(error: TemporaryError) -> timedelta:
    """How long a temporary failure asks to wait."""
    return TEMPORARY_PAUSE if error.retry_after is None else error.retry_after


def tell(error: BaseException) -> str:
    """The error in one line that PostgreSQL can store."""
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR].replace("\x00", "")
