"""Jobs deferred inside a unit of work: a row of the queue's table on the unit's own connection."""

import json
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.queue import JobArguments

QUEUE = "candor"
SCHEMA = "procrastinate"

# The conflict updates the waiting job, which locks it until this unit ends: a worker skips it till
# then, so it can't run on the data as it was before this unit.
_DEFER = text(
    f"""
    INSERT INTO {SCHEMA}.procrastinate_jobs AS j
        (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
    VALUES ('{QUEUE}', :name, 0, :once, CAST(:arguments AS jsonb), :at)
    ON CONFLICT (queueing_lock) WHERE status = 'todo'
    DO UPDATE SET scheduled_at = CASE
        WHEN j.scheduled_at IS NULL OR excluded.scheduled_at IS NULL THEN NULL
        ELSE LEAST(j.scheduled_at, excluded.scheduled_at) END
    """
)


class PgJobQueue:
    """`candor.common.queue.JobQueue` on the connection of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def defer(
        self,
        name: str,
        arguments: JobArguments,
        *,
        at: datetime | None = None,
        once: str | None = None,
    ) -> None:
        """Queue the job `name`; it exists only if the unit commits.

        With `once`, a job of the same name and key that still waits is kept instead of a second
        one, due at the earlier of the two times.
        """
        await self._connection.execute(
            _DEFER,
            {
                "name": name,
                "once": None if once is None else f"{name}:{once}",
                "arguments": json.dumps(dict(arguments), ensure_ascii=False),
                "at": at,
            },
        )
