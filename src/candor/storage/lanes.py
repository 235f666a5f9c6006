"""Lanes in PostgreSQL: the slice of a unit of work that wakes them.

The claiming side is `lane_store`. Every statement notifies in passing, so waking costs one round
trip; PostgreSQL folds equal notifications of one transaction into one.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LANES_CHANNEL = "candor_lanes"
"""The payload is the kind of lane that was woken."""

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
        RETURNING kind
    )
    SELECT pg_notify('candor_lanes', kind) FROM woken LIMIT 1
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
        RETURNING kind
    )
    SELECT pg_notify('candor_lanes', kind) FROM woken
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

    async def wake_all(self, kind: str, keys: "list[object]", *, at: datetime) -> None:
        """Wake many lanes of one kind in one statement (a sweep, a broadcast)."""
        if keys:
            names = sorted({str(key) for key in keys})
            await self._connection.execute(_WAKE, {"kind": kind, "keys": names, "at": at})

    async def postpone(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at`, also if it was due earlier."""
        await self._connection.execute(_POSTPONE, {"kind": kind, "key": str(key), "at": at})

    async def drop(self, kind: str, key: object) -> None:
        """Forget the lane. A holder at work finishes and its outcome is written nowhere."""
        await self._connection.execute(_DROP, {"kind": kind, "key": str(key)})
