"""Lanes in PostgreSQL: the slice of a unit of work that wakes them.

The claiming side is `lane_store`. Every statement notifies in passing, so waking costs one round
trip. The notice tells kind and time, so a worker sets its timer without asking the database.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LANES_CHANNEL = "candor_lanes"
"""The payload is the kind that was woken and when it is due: `sales.answer_client 1772442000000`."""

_WAKE = text(
    """
    WITH woken AS (
        INSERT INTO lanes AS l (kind, key, status, due_at)
        SELECT :kind, key, 'waiting', :at FROM unnest(CAST(:keys AS text[])) AS key ORDER BY key
        ON CONFLICT (kind, key) DO UPDATE SET
            status = CASE l.status WHEN 'running' THEN 'running' ELSE 'waiting' END,
            due_at = CASE l.status
                WHEN 'running' THEN l.due_at
                WHEN 'waiting' THEN LEAST(l.due_at, excluded.due_at)
                ELSE excluded.due_at END,
            woken_at = CASE l.status
                WHEN 'running' THEN LEAST(l.woken_at, excluded.due_at) END,
            attempts = CASE l.status WHEN 'failed' THEN 0 ELSE l.attempts END,
            failed_at = NULL
        RETURNING 1
    )
    SELECT pg_notify('candor_lanes', :notice) FROM woken LIMIT 1
    """
)
_POSTPONE = text(
    """
    WITH woken AS (
        INSERT INTO lanes AS l (kind, key, status, due_at) VALUES (:kind, :key, 'waiting', :at)
        ON CONFLICT (kind, key) DO UPDATE SET
            status = CASE l.status WHEN 'running' THEN 'running' ELSE 'waiting' END,
            due_at = CASE l.status WHEN 'running' THEN l.due_at ELSE excluded.due_at END,
            woken_at = CASE l.status WHEN 'running' THEN excluded.due_at END,
            attempts = CASE l.status WHEN 'failed' THEN 0 ELSE l.attempts END,
            failed_at = NULL
        RETURNING 1
    )
    SELECT pg_notify('candor_lanes', :notice) FROM woken
    """
)
_DROP = text("DELETE FROM lanes WHERE kind = :kind AND key = :key")


class PgLanes:
    """`candor.common.lanes.Lanes` on the connection of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wake(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at`, or leave it due earlier. A failed lane gets a fresh start."""
        await self.wake_all(kind, [key], at=at)

    async def wake_all(self, kind: str, keys: Sequence[object], *, at: datetime) -> None:
        """Wake many lanes of one kind in one statement (a sweep, a broadcast)."""
        if keys:
            names = sorted({str(key) for key in keys})
            values = {"kind": kind, "keys": names, "at": at, "notice": _notice(kind, at)}
            await self._connection.execute(_WAKE, values)

    async def postpone(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at`, also if it was due earlier."""
        values = {"kind": kind, "key": str(key), "at": at, "notice": _notice(kind, at)}
        await self._connection.execute(_POSTPONE, values)

    async def drop(self, kind: str, key: object) -> None:
        """Forget the lane. A holder at work finishes and its outcome is written nowhere."""
        await self._connection.execute(_DROP, {"kind": kind, "key": str(key)})


def _notice(kind: str, at: datetime) -> str:
    return f"{kind} {int(at.timestamp() * 1000)}"
