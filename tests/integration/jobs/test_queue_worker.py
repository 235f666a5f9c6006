"""Queued jobs run, are tried again, end inspectable, and are taken back from dead workers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Protocol

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import SystemClock
from candor.common.errors import TemporaryError
from candor.common.lanes import MAX_ATTEMPTS
from candor.common.queue import JobArguments
from candor.jobs.queue_worker import OnJobFailed, QueueWorker
from candor.storage.job_admin import PgJobAdmin
from candor.storage.unit_of_work import Units

Until = Callable[..., Awaitable[None]]


class MakeQueueWorker(Protocol):
    def __call__(
        self, *, on_failed: OnJobFailed | None = None, stalled_seconds: float = 20.0
    ) -> QueueWorker: ...


@pytest.fixture
async def make_jobs(database_url: str, engine: AsyncEngine) -> AsyncIterator[MakeQueueWorker]:
    async with AsyncExitStack() as stack:

        def make(
            *, on_failed: OnJobFailed | None = None, stalled_seconds: float = 20.0
        ) -> QueueWorker:
            worker = QueueWorker(
                database_url,
                PgJobAdmin(engine),
                SystemClock(),
                on_failed=on_failed,
                stalled_seconds=stalled_seconds,
                sweep_seconds=0.2,
            )
            stack.push_async_callback(worker.stop, within=0.5)
            return worker

        yield make


async def test_that_a_deferred_job_runs_with_its_arguments_and_is_then_gone(
    units: Units, engine: AsyncEngine, make_jobs: MakeQueueWorker, until: Until
) -> None:
    ran: list[JobArguments] = []

    async def handle(arguments: JobArguments) -> None:
        ran.append(arguments)

    worker = make_jobs()
    worker.register("commenting.consider_post", handle)
    await worker.start()
    async with units() as unit:
        await unit.jobs.defer("commenting.consider_post", {"post": 7, "why": "новый"})
    await until(lambda: bool(ran), within=2)
    assert ran == [{"post": 7, "why": "новый"}]
    await worker.stop()
    assert await PgJobAdmin(engine).count() == {}


async def test_that_a_job_with_a_time_waits_for_it(
    units: Units, make_jobs: MakeQueueWorker, until: Until
) -> None:
    ran: list[JobArguments] = []

    async def handle(arguments: JobArguments) -> None:
        ran.append(arguments)

    worker = make_jobs()
    worker.register("a.job", handle)
    await worker.start()
    async with units() as unit:
        soon = SystemClock().now() + timedelta(hours=1)
        await unit.jobs.defer("a.job", {"n": 1}, at=soon)
        await unit.jobs.defer("a.job", {"n": 2}, at=SystemClock().now())
    await until(lambda: bool(ran), within=4)
    assert ran == [{"n": 2}]


async def test_that_the_earlier_time_of_two_like_jobs_counts(
    units: Units, make_jobs: MakeQueueWorker, until: Until
) -> None:
    ran: list[JobArguments] = []

    async def handle(arguments: JobArguments) -> None:
        ran.append(arguments)

    async with units() as unit:
        soon = SystemClock().now() + timedelta(hours=1)
        await unit.jobs.defer("a.job", {"n": 1}, at=soon, once="n")
    async with units() as unit:
        await unit.jobs.defer("a.job", {"n": 1}, once="n")
    worker = make_jobs()
    worker.register("a.job", handle)
    await worker.start()
    await until(lambda: bool(ran), within=4)


async def test_that_a_poisoned_job_ends_failed_with_its_reason_and_can_be_retried(
    units: Units,
    engine: AsyncEngine,
    make_jobs: MakeQueueWorker,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("candor.jobs.retries.PAUSES", (timedelta(),))
    monkeypatch.setattr("candor.jobs.queue_worker.POLL_SECONDS", 0.05)
    alerts: list[tuple[str, str]] = []
    runs = 0
    is_cured = False

    async def alert(name: str, error: str) -> None:
        alerts.append((name, error))

    async def handle(arguments: JobArguments) -> None:
        nonlocal runs
        runs += 1
        if not is_cured:
            raise ValueError("a poisonous post")

    worker = make_jobs(on_failed=alert)
    worker.register("a.job", handle)
    await worker.start()
    async with units() as unit:
        await unit.jobs.defer("a.job", {"post": 7})
    await until(lambda: bool(alerts))
    assert runs == MAX_ATTEMPTS
    assert alerts == [("a.job", "ValueError: a poisonous post")]
    admin = PgJobAdmin(engine)
    failed = await admin.list_failed()
    while not failed:
        failed = await admin.list_failed()
    assert failed[0].error == "ValueError: a poisonous post"
    assert failed[0].arguments == {"post": 7}
    is_cured = True
    assert await admin.retry(failed[0].id)
    await until(lambda: runs == MAX_ATTEMPTS + 1)
    assert not await admin.retry(failed[0].id)


async def test_that_a_temporary_failure_is_tried_again(
    units: Units, make_jobs: MakeQueueWorker, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candor.jobs.queue_worker.POLL_SECONDS", 0.05)
    runs = 0

    async def handle(arguments: JobArguments) -> None:
        nonlocal runs
        runs += 1
        if runs < MAX_ATTEMPTS + 2:
            raise TemporaryError("away", retry_after=timedelta())

    worker = make_jobs()
    worker.register("a.job", handle)
    await worker.start()
    async with units() as unit:
        await unit.jobs.defer("a.job", {})
    await until(lambda: runs == MAX_ATTEMPTS + 2)


async def test_that_jobs_of_a_worker_that_died_run_again(
    units: Units, engine: AsyncEngine, make_jobs: MakeQueueWorker, until: Until
) -> None:
    ran: list[JobArguments] = []

    async def handle(arguments: JobArguments) -> None:
        ran.append(arguments)

    async with units() as unit:
        await unit.jobs.defer("a.job", {"n": 1})
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL search_path = procrastinate"))
        await connection.execute(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '1 minute')"
            )
        )
        await connection.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing',"
                " worker_id = (SELECT max(id) FROM procrastinate_workers)"
            )
        )
    worker = make_jobs()
    worker.register("a.job", handle)
    await worker.start()
    await until(lambda: bool(ran), within=5)


async def test_that_two_handlers_for_one_name_are_refused(make_jobs: MakeQueueWorker) -> None:
    async def handle(arguments: JobArguments) -> None: ...

    worker = make_jobs()
    worker.register("a.job", handle)
    with pytest.raises(ValueError, match=r"a\.job"):
        worker.register("a.job", handle)
