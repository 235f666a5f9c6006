"""Looking after the queue: failed jobs with their reason, another try, tidying up."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.queue import FailedJob

_RECORD = text(
    """
    INSERT INTO job_failures (job_id, name, error, failed_at)
    VALUES (:job_id, :name, :error, :now)
    ON CONFLICT (job_id) DO UPDATE SET error = excluded.error, failed_at = excluded.failed_at
    """
)
_FAILED = text(
    """
    SELECT j.id, j.task_name, j.args, j.attempts, COALESCE(f.error, ''), f.failed_at
    FROM procrastinate.procrastinate_jobs AS j LEFT JOIN job_failures AS f ON f.job_id = j.id
    WHERE j.status IN ('failed', 'aborted') ORDER BY j.id DESC LIMIT :limit
    """
)
_RETRY = text(
    """
    UPDATE procrastinate.procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL
    WHERE id = :job_id AND status IN ('failed', 'aborted')
        AND NOT EXISTS (
            SELECT 1 FROM procrastinate.procrastinate_jobs AS twin
            WHERE twin.queueing_lock = procrastinate_jobs.queueing_lock AND twin.status = 'todo')
    """
)
_NOTIFY = text(
    "SELECT pg_notify('procrastinate_any_queue_v1',"
    " json_build_object('type', 'job_inserted', 'job_id', CAST(:job_id AS bigint))::text)"
)
_DISCARD = text(
    "DELETE FROM procrastinate.procrastinate_jobs"
    " WHERE id = :job_id AND status IN ('failed', 'aborted')"
)
_FORGET = text("DELETE FROM job_failures WHERE job_id = :job_id")
_TIDY = text(
    """
    DELETE FROM procrastinate.procrastinate_jobs AS j
    WHERE j.status IN ('succeeded', 'cancelled', 'failed', 'aborted') AND NOT EXISTS (
        SELECT 1 FROM procrastinate.procrastinate_events AS e
        WHERE e.job_id = j.id AND e.at >= :before)
    """
)
_TIDY_FAILURES = text("DELETE FROM job_failures WHERE failed_at < :before")
_COUNT = text("SELECT status::text, count(*) FROM procrastinate.procrastinate_jobs GROUP BY status")


class PgJobAdmin:
    """Short transactions of its own; not part of a unit of work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def record_failure(self, job_id: int, name: str, error: str, *, now: datetime) -> None:
        """Keep why a job was given up."""
        values = {"job_id": job_id, "name": name, "error": error, "now": now}
        async with self._engine.begin() as connection:
            await connection.execute(_RECORD, values)

    async def list_failed(self, *, limit: int = 200) -> list[FailedJob]:
        """The jobs that were given up, the newest first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(_FAILED, {"limit": limit})
            return [FailedJob(*row) for row in rows]

    async def retry(self, job_id: int) -> bool:
        """Queue a failed job again; False when it is not failed or one like it waits already."""
        async with self._engine.begin() as connection:
            done = await connection.execute(_RETRY, {"job_id": job_id})
            if done.rowcount != 1:
                return False
            await connection.execute(_FORGET, {"job_id": job_id})
            await connection.execute(_NOTIFY, {"job_id": job_id})
            return True

    async def discard(self, job_id: int) -> bool:
        """Delete a failed job; False when it is not failed (any more)."""
        async with self._engine.begin() as connection:
            await connection.execute(_FORGET, {"job_id": job_id})
            return (await connection.execute(_DISCARD, {"job_id": job_id})).rowcount == 1

    async def tidy(self, *, before: datetime) -> int:
        """Delete jobs that ended before `before`, however they ended; answers how many."""
        async with self._engine.begin() as connection:
            deleted = await connection.execute(_TIDY, {"before": before})
            await connection.execute(_TIDY_FAILURES, {"before": before})
            return deleted.rowcount

    async def count(self) -> dict[str, int]:
        """How many jobs there are by status."""
        async with self._engine.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(_COUNT)}
