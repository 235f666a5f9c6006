"""The queue's app: procrastinate on a connection pool of its own, hardened.

As it comes, its fetch falls from hundreds to 20 jobs a second once jobs pile up, because the
planner's statistics of such a table are always stale; so this pool forbids the plans that read
everything. It also spends four round trips a statement; autocommit without a liveness check leaves
one. See docs/decisions/0002-lanes-for-ordered-work.md.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from candor.common.clock import SystemClock
from candor.common.errors import TemporaryError
from candor.common.lanes import MAX_ATTEMPTS
from candor.common.queue import JobArguments, JobHandler
from candor.jobs.retries import pause_after, temporary_pause

QUEUE = "candor"
_PLANNER = ("sort", "bitmapscan", "seqscan", "hashjoin", "mergejoin")
_OPTIONS = " ".join(f"-c enable_{name}=off" for name in _PLANNER) + (
    " -c search_path=procrastinate -c timezone=UTC -c statement_timeout=30000"
)


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job that this process can run."""

    name: str
    handler: JobHandler
    cron: str | None = None
    """Five fields, UTC; None for a job that runs only when it is deferred."""


class RetryPauses(BaseRetryStrategy):
    """Temporary failures for ever, others MAX_ATTEMPTS times with growing pauses."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        now = SystemClock().now()  # the queue runs by the database's time, never the sandbox's
        if isinstance(exception, TemporaryError):
            return RetryDecision(retry_at=now + temporary_pause(exception))
        if not isinstance(exception, Exception):
            # Cancelled by a stop: due at once for another worker.
            return RetryDecision(retry_at=now)
        if job.attempts + 1 >= MAX_ATTEMPTS:
            return None
        return RetryDecision(retry_at=now + pause_after(job.attempts))


def make_app(address: str, jobs: Mapping[str, JobSpec]) -> procrastinate.App:
    """The app with all jobs registered; `address` is a `postgresql://` address."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    connector = procrastinate.PsycopgConnector(
        pool_factory=_make_pool,
        conninfo=address,
        kwargs={
            "options": _OPTIONS,
            "application_name": "candor jobs",
            "connect_timeout": 10,
            "prepare_threshold": 2,
        },
        configure=_set_autocommit,
        min_size=1,
        max_size=4,
        timeout=10.0,
    )
    app = procrastinate.App(connector=connector)
    for spec in jobs.values():
        _register(app, spec)
    return app


def _make_pool(**arguments: Any) -> AsyncConnectionPool:
    arguments.pop("check", None)
    return AsyncConnectionPool(**arguments)


async def _set_autocommit(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)


def _register(app: procrastinate.App, spec: JobSpec) -> None:
    async def run(**arguments: str | float | bool | None) -> None:
        arguments.pop("timestamp", None)
        given: JobArguments = arguments
        await spec.handler(given)

    once = f"{spec.name}:periodic" if spec.cron else None
    task = app.task(name=spec.name, queue=QUEUE, retry=RetryPauses(), queueing_lock=once)(run)
    if spec.cron is not None:
        # The task takes the timestamp among its arguments, which the types can't see.
        app.periodic(cron=spec.cron)(task)  # type: ignore[arg-type]
