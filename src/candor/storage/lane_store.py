"""The claiming side of lanes: what a worker asks, on a connection of its own.

One statement claims for all kinds at once and tells the next due time; outcomes are written in
batches just before it. Leases run by the database's clock, which all machines share.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import TextClause, text

from candor.common.errors import TemporaryError
from candor.common.lanes import MAX_ATTEMPTS, Claim, FailedLane, Lane, LaneOutcome, LaneTurn
from candor.storage.direct import DirectConnection
from candor.storage.engine import DRIVER_ERRORS
from candor.storage.lanes import notice
from candor.storage.lean import LeanDriver, lean

_CLAIM = lean(
    text("""
    WITH want (kind, room) AS (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:rooms AS integer[]))),
    due AS (
        SELECT found.kind, found.key FROM want CROSS JOIN LATERAL (
            SELECT kind, key FROM lanes
            WHERE kind = want.kind AND status = 'waiting' AND due_at <= :now
            ORDER BY due_at LIMIT want.room FOR UPDATE SKIP LOCKED
        ) AS found
    ),
    claimed AS (
        UPDATE lanes AS l SET
            status = 'running', holder = :holder, woken_at = NULL,
            generation = l.generation + 1,
            lease_until = clock_timestamp() + CAST(:lease AS interval)
        FROM due WHERE l.kind = due.kind AND l.key = due.key
        RETURNING l.kind, l.key, l.attempts, l.generation
    )
    SELECT kind, key, attempts, generation, NULL::timestamptz FROM claimed
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, min(later.due_at) FROM want CROSS JOIN LATERAL (
        SELECT due_at FROM lanes
        WHERE kind = want.kind AND status = 'waiting' AND due_at > :now
        ORDER BY due_at LIMIT 1
    ) AS later
""")
)
# Units that wake lanes hold their rows until they commit. Nothing here waits for them, since a
# worker that waits for one row while it holds others is half of a deadlock.
_FINISH = lean(
    text("""
    WITH d AS (
        SELECT * FROM unnest(
            CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:generations AS integer[]),
            CAST(:agains AS timestamptz[]), CAST(:errors AS text[]), CAST(:retries AS boolean[]),
            CAST(:failures AS boolean[])
        ) AS d (kind, key, generation, again, error, retry, failed)
    ),
    free AS (
        SELECT l.kind, l.key FROM lanes AS l
        JOIN d ON l.kind = d.kind AND l.key = d.key AND l.generation = d.generation
        WHERE l.status = 'running' FOR UPDATE OF l SKIP LOCKED
    )
    UPDATE lanes AS l SET
        status = CASE
            WHEN d.failed THEN 'failed'
            WHEN d.retry OR COALESCE(d.again, l.woken_at) IS NOT NULL THEN 'waiting'
            ELSE 'idle' END,
        due_at = CASE
            WHEN d.failed THEN NULL
            WHEN d.retry THEN d.again
            ELSE LEAST(d.again, l.woken_at) END,
        attempts = CASE
            WHEN d.error IS NOT NULL THEN l.attempts + 1
            WHEN d.retry THEN l.attempts
            ELSE 0 END,
        last_error = d.error,
        failed_at = CASE WHEN d.failed THEN CAST(:now AS timestamptz) END,
        holder = NULL, lease_until = NULL, woken_at = NULL
    FROM free JOIN d ON d.kind = free.kind AND d.key = free.key
    WHERE l.kind = free.kind AND l.key = free.key
    RETURNING l.kind, l.key, l.due_at
""")
)
_HELD_ROWS = """
    SELECT l.kind, l.key, l.generation FROM lanes AS l
    JOIN unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:generations AS integer[]))
        AS d (kind, key, generation)
        ON l.kind = d.kind AND l.key = d.key AND l.generation = d.generation
    WHERE l.status = 'running'
"""
_HELD = lean(text(_HELD_ROWS))
# A row that is locked just now keeps its old lease till the next renewal; there are three in time.
_RENEW = lean(
    text(f"""
    WITH free AS ({_HELD_ROWS} FOR UPDATE OF l SKIP LOCKED)
    UPDATE lanes AS l SET lease_until = clock_timestamp() + CAST(:lease AS interval)
    FROM free WHERE l.kind = free.kind AND l.key = free.key
""")
)
_RECLAIM = lean(
    text("""
    WITH lost AS (
        SELECT kind, key FROM lanes
        WHERE status = 'running'
            AND (lease_until < clock_timestamp() OR (:alone AND holder <> :holder))
        ORDER BY lease_until LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    UPDATE lanes AS l SET
        status = CASE WHEN l.attempts + 1 >= :most THEN 'failed' ELSE 'waiting' END,
        due_at = CASE WHEN l.attempts + 1 >= :most THEN NULL ELSE CAST(:now AS timestamptz) END,
        failed_at = CASE WHEN l.attempts + 1 >= :most THEN CAST(:now AS timestamptz) END,
        attempts = l.attempts + 1,
        last_error = 'The worker that held it ended or lost the database.',
        holder = NULL, lease_until = NULL, woken_at = NULL
    FROM lost WHERE l.kind = lost.kind AND l.key = lost.key
    RETURNING l.kind, l.key, l.attempts, l.status, l.last_error
""")
)
_FAILED = lean(
    text("""
    SELECT kind, key, attempts, COALESCE(last_error, ''), failed_at FROM lanes
    WHERE status = 'failed' AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    ORDER BY failed_at DESC LIMIT :limit
""")
)
_RETRY = lean(
    text("""
    UPDATE lanes SET status = 'waiting', due_at = :now, attempts = 0, failed_at = NULL
    WHERE kind = :kind AND key = :key AND status = 'failed'
    RETURNING pg_notify('candor_lanes', :notice)
""")
)
_DISCARD = lean(text("DELETE FROM lanes WHERE kind = :kind AND key = :key AND status = 'failed'"))
_PRUNE = lean(text("DELETE FROM lanes WHERE status = 'idle'"))
_BACKLOG = lean(
    text("""
    SELECT kind, status, count(*), min(due_at) FROM lanes WHERE status <> 'idle'
    GROUP BY kind, status
""")
)

_Values = Mapping[str, object]

# The planner's statistics of a table that fills in bursts are always stale: it must use the indexes.
_SETTINGS = {"enable_seqscan": "off", "statement_timeout": "15000", "plan_cache_mode": "auto"}


class PgLaneStore:
    """What a `LaneWorker` needs; one per process, with a holder id of its own."""

    def __init__(self, address: str) -> None:
        self._direct = DirectConnection(address, name="candor lanes", settings=_SETTINGS)
        self.holder: UUID = uuid4()

    async def turn(
        self,
        outcomes: Sequence[LaneOutcome],
        rooms: Mapping[str, int],
        *,
        now: datetime,
        lease: timedelta,
    ) -> LaneTurn:
        """Write outcomes, claim up to `rooms[kind]` due lanes per kind.

        Raises TemporaryError when the database is away; the outcomes may be handed in again.
        """
        finish = _as_columns(outcomes, now) if outcomes else None
        claim = self._claim_values(rooms, now, lease) if any(rooms.values()) else None
        async with self._use() as connection:
            done = await _rows(connection, _FINISH, finish)
            found = await _rows(connection, _CLAIM, claim)
            unwritten = await self._find_unwritten(connection, outcomes, done)
        claims = [
            Claim(Lane(row[0], row[1], row[2]), row[3]) for row in found if row[0] is not None
        ]
        dues = [row[4] for row in found if row[4] is not None]
        dues += [row[2] for row in done if row[2] is not None]
        return LaneTurn(claims, min(dues, default=None), unwritten)

    async def _find_unwritten(
        self,
        connection: LeanDriver,
        outcomes: Sequence[LaneOutcome],
        done: Sequence[Any],
    ) -> list[LaneOutcome]:
        if len(done) == len(outcomes):
            return []
        names = {(row[0], row[1]) for row in done}
        missed = [o for o in outcomes if (o.claim.lane.kind, o.claim.lane.key) not in names]
        rows = await connection.execute(_HELD, _identify([outcome.claim for outcome in missed]))
        held = {tuple(row) for row in rows}
        return [outcome for outcome in missed if _name(outcome.claim) in held]

    def _claim_values(
        self, rooms: Mapping[str, int], now: datetime, lease: timedelta
    ) -> dict[str, object]:
        return {
            "kinds": list(rooms),
            "rooms": list(rooms.values()),
            "now": now,
            "holder": self.holder,
            "lease": lease,
        }

    async def renew(self, claims: Sequence[Claim], *, lease: timedelta) -> set[Claim]:
        """Keep the leases; answers the claims that still are this holder's."""
        named = _identify(claims)
        async with self._use() as connection:
            await connection.execute(_RENEW, {**named, "lease": lease})
            held = {tuple(row) for row in await connection.execute(_HELD, named)}
        return {claim for claim in claims if _name(claim) in held}

    async def reclaim_lost(
        self, *, now: datetime, is_alone: bool = False
    ) -> tuple[int, list[FailedLane]]:
        """Take lanes back whose lease ran out; answers how many, and those given up with it.

        `is_alone`: no other worker can be alive, so nobody else's lease is waited for.
        """
        values = {"now": now, "most": MAX_ATTEMPTS, "alone": is_alone, "holder": self.holder}
        async with self._use() as connection:
            rows = (await connection.execute(_RECLAIM, values)).all()
        given_up = [
            FailedLane(kind=row[0], key=row[1], attempts=row[2], error=row[4], failed_at=now)
            for row in rows
            if row[3] == "failed"
        ]
        return len(rows), given_up

    async def list_failed(self, *, kind: str | None = None, limit: int = 200) -> list[FailedLane]:
        """The lanes that were given up, the newest first."""
        async with self._use() as connection:
            rows = await connection.execute(_FAILED, {"kind": kind, "limit": limit})
        return [FailedLane(*row) for row in rows]

    async def retry(self, kind: str, key: str, *, now: datetime) -> bool:
        """Give a failed lane a fresh start; False when it is not failed (any more)."""
        values = {"kind": kind, "key": key, "now": now, "notice": notice(kind, now)}
        async with self._use() as connection:
            return (await connection.execute(_RETRY, values)).rowcount == 1

    async def discard(self, kind: str, key: str) -> bool:
        """Forget a failed lane for good; False when it is not failed (any more)."""
        async with self._use() as connection:
            return (await connection.execute(_DISCARD, {"kind": kind, "key": key})).rowcount == 1

    async def prune_idle(self) -> int:
        """Delete the lanes that have nothing to do; a later wake-up makes them anew."""
        async with self._use() as connection:
            return (await connection.execute(_PRUNE)).rowcount

    async def count(self) -> dict[tuple[str, str], int]:
        """How many lanes there are by kind and status, idle ones left out."""
        async with self._use() as connection:
            rows = await connection.execute(_BACKLOG)
        return {(row[0], row[1]): row[2] for row in rows}

    async def close(self) -> None:
        await self._direct.drop()

    def _use(self) -> "_Use":
        return _Use(self._direct)


async def _rows(connection: LeanDriver, statement: TextClause, values: _Values | None) -> list[Any]:
    return [] if values is None else (await connection.execute(statement, values)).all()


class _Use:
    """The direct connection for one statement; a broken one is dropped and told as temporary."""

    def __init__(self, direct: DirectConnection) -> None:
        self._direct = direct

    async def __aenter__(self) -> LeanDriver:
        await self._direct.lock.acquire()
        try:
            return await self._direct.get()
        except BaseException:
            self._direct.lock.release()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                await self._direct.drop()
        finally:
            self._direct.lock.release()
        if isinstance(error, DRIVER_ERRORS):
            raise TemporaryError(
                "The database can't be reached. It is tried again by itself."
            ) from error


def _name(claim: Claim) -> tuple[str, str, int]:
    return claim.lane.kind, claim.lane.key, claim.generation


def _identify(claims: Sequence[Claim]) -> dict[str, object]:
    return {
        "kinds": [claim.lane.kind for claim in claims],
        "keys": [claim.lane.key for claim in claims],
        "generations": [claim.generation for claim in claims],
    }


def _as_columns(outcomes: Sequence[LaneOutcome], now: datetime) -> dict[str, object]:
    return {
        **_identify([outcome.claim for outcome in outcomes]),
        "now": now,
        "agains": [outcome.again_at for outcome in outcomes],
        "errors": [outcome.error for outcome in outcomes],
        "retries": [outcome.is_retry for outcome in outcomes],
        "failures": [is_last_attempt(outcome) for outcome in outcomes],
    }


def is_last_attempt(outcome: LaneOutcome) -> bool:
    """Whether this outcome ends the lane's attempts."""
    return outcome.error is not None and outcome.claim.lane.attempt + 1 >= MAX_ATTEMPTS
