"""Telegram's sending limits as times: when a chat and an account may send again.

Nothing here sleeps: a text whose moment has not come makes its lane due at that moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from candor.accounts.limits import DEFAULT_LIMITS, TelegramLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast one account and one chat may be written to."""

    account_burst: int
    """So many messages of one account ..."""
    account_window: timedelta
    """... within so much time."""
    chat_gap: timedelta
    group_gap: timedelta

    def gap(self, *, is_group: bool) -> timedelta:
        """The least time between two messages in one chat."""
        return max(self.chat_gap, self.group_gap) if is_group else self.chat_gap


def pace_of(
    limits: TelegramLimits = DEFAULT_LIMITS, *, margin: timedelta = timedelta(milliseconds=30)
) -> Pace:
    """Limits as a pace. `margin` keeps the network's jitter from squeezing two windows into one."""
    return Pace(
        account_burst=max(1, int(limits.per_account_per_second)),
        account_window=timedelta(seconds=1) + margin,
        chat_gap=limits.per_chat_interval + margin,
        group_gap=timedelta(seconds=60 / limits.per_group_per_minute) + margin,
    )


DEFAULT_PACE = pace_of()

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)


def pause_before_retry(attempts: int) -> timedelta:
    """1 s, 2 s, 4 s ... up to 5 minutes, for sends that certainly did not happen."""
    doubled: timedelta = _FIRST_PAUSE * int(2 ** min(max(attempts, 0), 16))
    return min(doubled, _LONGEST_PAUSE)


def retry_at(now: datetime, attempts: int) -> datetime:
    return now + pause_before_retry(attempts)
