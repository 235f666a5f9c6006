"""A worker process that takes lanes and jobs, says so, and never finishes one: it will be killed."""

import asyncio
import sys
from datetime import timedelta

from candor.common.clock import SystemClock
from candor.common.lanes import Lane
from candor.common.queue import JobArguments
from candor.jobs.lanes import LaneWorker
from candor.jobs.queue_worker import QueueWorker
from candor.jobs.worker import Worker
from candor.storage.engine import make_engine
from candor.storage.job_admin import PgJobAdmin
from candor.storage.lane_store import PgLaneStore
from candor.storage.notifications import PgNotifications


async def main(address: str, lease_seconds: str) -> None:
    clock = SystemClock()
    lease = timedelta(seconds=float(lease_seconds))
    notifications = PgNotifications(address)
    admin = PgJobAdmin(make_engine(address))
    worker = Worker(
        LaneWorker(PgLaneStore(address), notifications, clock, lease=lease),
        QueueWorker(address, admin, clock, stalled_seconds=lease.total_seconds()),
    )

    async def hold_lane(lane: Lane) -> None:
        sys.stdout.write(f"lane {lane.key}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    async def hold_job(arguments: JobArguments) -> None:
        sys.stdout.write(f"job {arguments['n']}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    worker.on_lane("a.kind", hold_lane, concurrency=50)
    worker.on_job("a.job", hold_job)
    await notifications.start()
    await worker.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
