"""`QueueWorker`: runs queued jobs, takes back those of workers that ended, tells of given-up ones."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker as ProcrastinateWorker

from candor.common.clock import Clock
from candor.common.lanes import MAX_ATTEMPTS
from candor.common.queue import JobHandler
from candor.common.tasks import keep_running, spawn, stop
from candor.jobs.app import JobSpec, RetryPauses, make_app
from candor.jobs.metrics import JOB_RUNS, JOBS_RECLAIMED
from candor.jobs.ports import JobAdmin
from candor.jobs.retries import tell

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 3.0
STALLED_SECONDS = 16.0
"""A worker silent for so long is taken for dead; its jobs run again elsewhere."""
SWEEP_SECONDS = 3.0
POLL_SECONDS = 2.0
"""How late a job with a time may start; jobs without one are notified."""
RESTART_SECONDS = 1.0

OnJobFailed = Callable[[str, str], Awaitable[None]]
"""Told the name and the error of a job that was given up."""


class QueueWorker:
    """Runs the registered jobs until it is stopped. One per process."""

    def __init__(
        self,
        address: str,
        admin: JobAdmin,
        clock: Clock,
        *,
        concurrency: int = 10,
        on_failed: OnJobFailed | None = None,
        stalled_seconds: float = STALLED_SECONDS,
        sweep_seconds: float = SWEEP_SECONDS,
        is_alone: bool = False,
    ) -> None:
        """`is_alone`: no other worker lives, so what a killed one ran is queued again at once."""
        self._address = address
        self._admin = admin
        self._clock = clock
        self._concurrency = concurrency
        self._on_failed = on_failed
        self._stalled_seconds = stalled_seconds
        self._sweep_seconds = sweep_seconds
        self._is_alone = is_alone
        self._jobs: dict[str, JobSpec] = {}
        self._app: App | None = None
        self._worker: ProcrastinateWorker | None = None
        self._tasks: list[asyncio.Task[object]] = []
        self._grace = 10.0
        self._is_stopping = False

    def register(self, name: str, handler: JobHandler, *, cron: str | None = None) -> None:
        """Run jobs called `name`, and defer one by itself at the times of `cron` (UTC)."""
        if name in self._jobs:
            raise ValueError(f"Two handlers for jobs called {name}.")
        self._jobs[name] = JobSpec(name, handler, cron)

    async def start(self) -> None:
        """Begin; raises when the database can't be reached at the start."""
        self._app = make_app(self._address, self._jobs)
        await self._app.open_async()
        if self._is_alone:
            await self._take_back_stalled(silent_seconds=0)
        self._tasks = [
            spawn(keep_running(self._run, name="jobs"), name="jobs"),
            spawn(keep_running(self._sweep, name="jobs_sweep"), name="jobs_sweep"),
        ]

    async def stop(self, *, within: float = 10.0) -> None:
        """Take nothing new, let what runs finish for `within` seconds, queue the rest again."""
        self._is_stopping = True
        if self._worker is not None:
            self._worker.shutdown_graceful_timeout = within
            self._worker.stop()  # type: ignore[no-untyped-call]
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=within + 5.0)
        await stop(*self._tasks)
        if self._app is not None:
            await self._app.close_async()

    async def _run(self) -> None:
        """One procrastinate worker after the other: it ends when it loses the database."""
        while not self._is_stopping:
            self._worker = ProcrastinateWorker(
                app=self._opened,
                name="candor",
                concurrency=self._concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_SECONDS,
                abort_job_polling_interval=60.0,
                shutdown_graceful_timeout=self._grace,
                delete_jobs="successful",
                update_heartbeat_interval=min(HEARTBEAT_SECONDS, self._stalled_seconds / 4),
                stalled_worker_timeout=self._stalled_seconds,
                worker_middleware=[self._around],
            )
            await self._run_once(self._worker)
            if not self._is_stopping:
                log.warning("jobs_interrupted", restart_in=RESTART_SECONDS)
                await asyncio.sleep(RESTART_SECONDS)

    async def _run_once(self, worker: ProcrastinateWorker) -> None:
        try:
            await worker.run()  # type: ignore[no-untyped-call]
        except ConnectorException as error:
            # Cancelled while the database is away, it raises this instead of the cancellation.
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError from error
            log.warning("jobs_lost_database", error=repr(error))

    @property
    def _opened(self) -> App:
        if self._app is None:
            raise RuntimeError("Start the worker first.")
        return self._app

    async def _around(
        self,
        call_next: Callable[[], Awaitable[Any]],
        context: JobContext,
        worker: ProcrastinateWorker,
    ) -> object:
        """Around every job: log context, counters, and the reason when it is given up."""
        job = context.job
        with structlog.contextvars.bound_contextvars(job=job.task_name, job_id=job.id):
            try:
                result: object = await call_next()
            except Exception as error:
                JOB_RUNS.labels(job.task_name, "failed").inc()
                log.error("job_failed", attempt=job.attempts + 1, error=repr(error), exc_info=error)
                if RetryPauses().get_retry_decision(exception=error, job=job) is None:
                    await self._give_up(job, tell(error))
                raise
        JOB_RUNS.labels(job.task_name, "done").inc()
        return result

    async def _give_up(self, job: Job, error: str) -> None:
        log.error("job_given_up", job=job.task_name, job_id=job.id, error=error)
        if job.id is not None:
            now = self._clock.now()
            await self._admin.record_failure(job.id, job.task_name, error, now=now)
        if self._on_failed is not None:
            spawn(_call(self._on_failed, job.task_name, error), name="job_given_up_alert")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_seconds)
            try:
                await self._take_back_stalled(silent_seconds=self._stalled_seconds)
            except ConnectorException as error:
                log.warning("jobs_sweep_failed", error=repr(error))

    async def _take_back_stalled(self, *, silent_seconds: float) -> None:
        manager = self._opened.job_manager
        stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds)
        for job in stalled:
            try:
                if job.attempts + 1 >= MAX_ATTEMPTS:
                    await manager.finish_job(job, Status.FAILED, delete_job=False)
                    await self._give_up(job, "The worker that ran it ended, each time.")
                else:
                    await manager.retry_job(job)
                    JOBS_RECLAIMED.inc()
            except ConnectorException:
                # Another worker's sweep was faster: the job is not running any more.
                log.info("job_taken_back_elsewhere", job_id=job.id)


async def _call(on_failed: OnJobFailed, name: str, error: str) -> None:
    await on_failed(name, error)
