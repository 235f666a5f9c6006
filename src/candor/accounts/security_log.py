"""The chain of the security log: each line's digest covers the one before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from candor.accounts.account import SecurityEvent
from candor.accounts.ports import LoggedEvent

GENESIS: Final = bytes(32)
"""What the first line is chained to."""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`broken_at` is the number of the first line that does not fit, None when all do."""

    checked: int
    broken_at: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None


def digest_of(event: SecurityEvent, *, previous: bytes) -> bytes:
    """SHA-256 over the line before and the event's fields, times in UTC to the microsecond."""
    fields = [
        event.account_id,
        event.event,
        event.actor,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        sorted(event.details.items()),
    ]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode()).digest()


def first_break(
    lines: Iterable[LoggedEvent], *, number: int = 0, previous: bytes = GENESIS
) -> int | None:
    """The first line that was changed, or that follows a missing one; lines are numbered from 1."""
    for line in lines:
        number += 1
        if (
            line.number != number
            or line.previous != previous
            or line.digest != digest_of(line.event, previous=previous)
        ):
            return number
        previous = line.digest
    return None
