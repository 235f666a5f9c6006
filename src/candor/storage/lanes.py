"""Lanes in PostgreSQL: the slice of a unit of work that wakes them.

Wake-ups are gathered and written as the unit's last statement, sorted by key: one round trip for
all of them, their rows are locked for the shortest time, and two units can't deadlock over them.
The notice that goes out with the commit tells kind and time, so that a worker sets its timer
without asking the database. The claiming side is `lane_store`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.storage.lean import lean

LANES_CHANNEL = "candor_lanes"
"""The payload is the kind that was woken and when it is due: `sales.answer_client 1772442000000`."""

_INSERT = """
    WITH woken AS (
        INSERT INTO lanes AS l (kind, key, status, due_at)
        SELECT kind, key, 'waiting', at FROM unnest(
            CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:times AS timestamptz[])
        ) AS d (kind, key, at)
        ON CONFLICT (kind, key) DO UPDATE SET
            status = CASE l.status WHEN 'running' THEN 'running' ELSE 'waiting' END,
            due_at = CASE l.status
                WHEN 'running' THEN l.due_at
                WHEN 'waiting' THEN {waiting}
                ELSE excluded.due_at END,
            woken_at = CASE l.status WHEN 'running' THEN {running} END,
            attempts = CASE l.status WHEN 'failed' THEN 0 ELSE l.attempts END,
            failed_at = NULL
        RETURNING 1
    )
    SELECT pg_notify('candor_lanes', notice) FROM unnest(CAST(:notices AS text[])) AS notice
"""
_WAKE = lean(
    text(
        _INSERT.format(
            waiting="LEAST(l.due_at, excluded.due_at)", running="LEAST(l.woken_at, excluded.due_at)"
        )
    )
)
_POSTPONE = lean(text(_INSERT.format(waiting="excluded.due_at", running="excluded.due_at")))
_DROP = text(
    "DELETE FROM lanes USING unnest(CAST(:kinds AS text[]), CAST(:keys AS text[])) AS d (kind, key)"
    " WHERE lanes.kind = d.kind AND lanes.key = d.key"
)

_Key = tuple[str, str]


class PgLanes:
    """`candor.common.lanes.Lanes` on the connection of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._woken: dict[_Key, datetime] = {}
        self._postponed: dict[_Key, datetime] = {}
        self._dropped: set[_Key] = set()

    async def wake(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at`, or leave it due earlier. A failed lane gets a fresh start."""
        name = (kind, str(key))
        self._dropped.discard(name)
        if name in self._postponed:
            self._postponed[name] = min(self._postponed[name], at)
        else:
            self._woken[name] = min(self._woken.get(name, at), at)

    async def wake_all(self, kind: str, keys: Sequence[object], *, at: datetime) -> None:
        """Wake many lanes of one kind (a sweep, a broadcast)."""
        for key in keys:
            await self.wake(kind, key, at=at)

    async def postpone(self, kind: str, key: object, *, at: datetime) -> None:
        """Make the lane due at `at`, also if it was due earlier."""
        name = (kind, str(key))
        self._forget(name)
        self._postponed[name] = at

    async def drop(self, kind: str, key: object) -> None:
        """Forget the lane. A holder at work finishes and its outcome is written nowhere."""
        name = (kind, str(key))
        self._forget(name)
        self._dropped.add(name)

    async def flush(self) -> None:
        """Write what was gathered; the unit of work calls it before it commits."""
        if self._woken:
            await self._connection.execute(_WAKE, _as_columns(self._woken))
        if self._postponed:
            await self._connection.execute(_POSTPONE, _as_columns(self._postponed))
        if self._dropped:
            await self._connection.execute(_DROP, _identify(sorted(self._dropped)))

    def _forget(self, name: _Key) -> None:
        self._woken.pop(name, None)
        self._postponed.pop(name, None)
        self._dropped.discard(name)


def notice(kind: str, at: datetime) -> str:
    """What is notified for a lane of `kind` that is due at `at`."""
    return f"{kind} {int(at.timestamp() * 1000)}"


def _identify(names: Iterable[_Key]) -> dict[str, object]:
    listed = list(names)
    return {"kinds": [kind for kind, _ in listed], "keys": [key for _, key in listed]}


def _as_columns(times: Mapping[_Key, datetime]) -> dict[str, object]:
    names = sorted(times)
    earliest: dict[str, datetime] = {}
    for name in names:
        kind, at = name[0], times[name]
        earliest[kind] = min(earliest.get(kind, at), at)
    return {
        **_identify(names),
        "times": [times[name] for name in names],
        "notices": [notice(kind, at) for kind, at in earliest.items()],
    }
