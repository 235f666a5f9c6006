"""What a killed worker held is taken up by another; a database that restarts is found again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from candor.common.clock import SystemClock
from candor.common.errors import TemporaryError
from candor.common.lanes import LEASE, Lane
from candor.common.queue import JobArguments
from candor.jobs.lanes import LaneWorker
from candor.jobs.queue_worker import STALLED_SECONDS, QueueWorker
from candor.jobs.worker import Worker
from candor.storage.embedded.server import EmbeddedServer, start_blocking
from candor.storage.engine import make_engine
from candor.storage.job_admin import PgJobAdmin
from candor.storage.lane_store import PgLaneStore
from candor.storage.migrations import prepare_empty_database
from candor.storage.notifications import PgNotifications
from candor.storage.unit_of_work import Units

Until = Callable[..., Awaitable[None]]
CRASHING = Path(__file__).with_name("crashing.py")
KIND = "a.kind"
CLOCK = SystemClock()


def _worker(address: str, notifications: PgNotifications, lease: float) -> Worker:
    return Worker(
        LaneWorker(
            PgLaneStore(address),
            notifications,
            CLOCK,
            lease=timedelta(seconds=lease),
            sweep_seconds=min(5.0, lease / 4),
        ),
        QueueWorker(
            address,
            PgJobAdmin(make_engine(address)),
            CLOCK,
            stalled_seconds=lease,
            sweep_seconds=min(5.0, lease / 4),
        ),
    )


@pytest.mark.parametrize(
    "lease",
    [2.0, pytest.param(LEASE.total_seconds(), marks=[pytest.mark.slow, pytest.mark.timeout(90)])],
)
async def test_that_what_a_killed_worker_held_is_taken_up_within_thirty_seconds(
    units: Units, database_url: str, until: Until, lease: float
) -> None:
    async with units() as unit:
        await unit.lanes.wake_all(KIND, range(20), at=CLOCK.now())
        for number in range(5):
            await unit.jobs.defer("a.job", {"n": number})
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(CRASHING), database_url, str(lease), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    held = {await process.stdout.readline() for _ in range(25)}
    assert len(held) == 25
    process.kill()
    await process.wait()
    killed = time.monotonic()

    taken: set[str] = set()

    async def take_lane(lane: Lane) -> None:
        taken.add(f"lane {lane.key}")

    async def take_job(arguments: JobArguments) -> None:
        taken.add(f"job {arguments['n']}")

    notifications = PgNotifications(database_url)
    worker = _worker(database_url, notifications, lease)
    worker.on_lane(KIND, take_lane, concurrency=50)
    worker.on_job("a.job", take_job)
    await notifications.start()
    await worker.start()
    await until(lambda: len(taken) == 25, within=40)
    assert time.monotonic() - killed < 30
    await worker.stop()
    await notifications.stop()


def test_that_the_default_times_keep_the_promise() -> None:
    assert LEASE.total_seconds() + 5 < 30
    assert STALLED_SECONDS + 5 < 30


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
async def test_that_workers_and_units_find_a_restarted_database_again(
    tmp_path: Path, until: Until, end: signal.Signals
) -> None:
    done: list[str] = []

    async def take_lane(lane: Lane) -> None:
        done.append(f"lane {lane.key}")

    async def take_job(arguments: JobArguments) -> None:
        done.append(f"job {arguments['n']}")

    async with AsyncExitStack() as stack:
        server = await _start(tmp_path, stack)
        prepare_empty_database(server.url)
        engine = make_engine(server.url)
        stack.push_async_callback(engine.dispose)
        units = Units(engine)

        async def add(number: int) -> None:
            async with units() as unit:
                await unit.lanes.wake(KIND, number, at=CLOCK.now())
                await unit.jobs.defer("a.job", {"n": number})

        notifications = PgNotifications(server.url)
        worker = _worker(server.url, notifications, 2.0)
        worker.on_lane(KIND, take_lane, concurrency=5)
        worker.on_job("a.job", take_job)
        await notifications.start()
        stack.push_async_callback(notifications.stop)
        await worker.start()
        stack.push_async_callback(worker.stop, within=1.0)
        await add(1)
        await until(lambda: len(done) == 2)
        os.kill(server.pid, end)
        again = await _start(tmp_path, stack)
        assert again.pid != server.pid
        await add(2)
        await until(lambda: {"lane 2", "job 2"} <= set(done), within=20)


async def _start(home: Path, stack: AsyncExitStack) -> EmbeddedServer:
    server = await asyncio.to_thread(start_blocking, home / "postgres", lambda line: None)
    stack.push_async_callback(server.stop)
    return server


async def test_that_an_absent_database_is_told_as_temporary(tmp_path: Path) -> None:
    store = PgLaneStore(f"postgresql://candor@/candor?host={tmp_path}")
    with pytest.raises(TemporaryError, match="database"):
        await store.turn([], {KIND: 1}, now=CLOCK.now(), lease=LEASE)
