"""The role `worker`: lanes and queued jobs of one process, started and stopped together."""

import asyncio

from candor.common.lanes import LaneHandler
from candor.common.queue import JobHandler
from candor.jobs.lanes import LaneWorker
from candor.jobs.queue_worker import QueueWorker


class Worker:
    """Register everything, `start`, and `stop` in the end."""

    def __init__(self, lanes: LaneWorker, jobs: QueueWorker) -> None:
        self.lanes = lanes
        self.jobs = jobs

    def on_lane(self, kind: str, handler: LaneHandler, *, concurrency: int) -> None:
        """Work on lanes of `kind`, up to `concurrency` at once in this process."""
        self.lanes.register(kind, handler, concurrency=concurrency)

    def on_job(self, name: str, handler: JobHandler, *, cron: str | None = None) -> None:
        """Run jobs called `name`; with `cron` also at these times (five fields, UTC)."""
        self.jobs.register(name, handler, cron=cron)

    async def start(self) -> None:
        await self.jobs.start()
        self.lanes.start()

    async def stop(self, *, within: float = 10.0) -> None:
        """Finish what runs within so many seconds, give the rest back, let go of the database."""
        await asyncio.gather(self.lanes.stop(within=within), self.jobs.stop(within=within))
