"""When the recurring work of the queue itself runs. Areas name the times of theirs in `tasks/`."""

from datetime import timedelta
from typing import Protocol

from candor.common.clock import Clock
from candor.common.queue import JobArguments
from candor.jobs.ports import JobAdmin
from candor.jobs.worker import Worker

TIDY = "jobs.tidy"
TIDY_AT = "17 3 * * *"
KEEP_ENDED_JOBS = timedelta(days=14)
"""Failed jobs stay to be looked at for so long."""


class IdleLanes(Protocol):
    """Deletes the lanes that have nothing to do."""

    async def prune_idle(self) -> int: ...


def schedule_tidying(worker: Worker, admin: JobAdmin, lanes: IdleLanes, clock: Clock) -> None:
    """Each night: ended jobs and resting lanes go."""

    async def tidy(arguments: JobArguments) -> None:
        await admin.tidy(before=clock.now() - KEEP_ENDED_JOBS)
        await lanes.prune_idle()

    worker.on_job(TIDY, tidy, cron=TIDY_AT)
