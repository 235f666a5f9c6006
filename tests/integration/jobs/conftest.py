"""Workers on a real database, with short leases where a test waits for one to end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Protocol

import pytest

from candor.common.clock import SystemClock
from candor.common.lanes import LEASE
from candor.jobs.lanes import LaneWorker, OnFailed
from candor.storage.lane_store import PgLaneStore
from candor.storage.notifications import PgNotifications


class MakeWorker(Protocol):
    async def __call__(
        self,
        *,
        lease: timedelta = LEASE,
        sweep_seconds: float = 5.0,
        on_failed: OnFailed | None = None,
        is_alone: bool = False,
    ) -> LaneWorker: ...


@pytest.fixture
async def make_worker(database_url: str) -> AsyncIterator[MakeWorker]:
    """Workers with a connection each; stopped after the test. `start` is the test's."""
    async with AsyncExitStack() as stack:

        async def make(
            *,
            lease: timedelta = LEASE,
            sweep_seconds: float = 5.0,
            on_failed: OnFailed | None = None,
            is_alone: bool = False,
        ) -> LaneWorker:
            notifications = PgNotifications(database_url)
            await notifications.start()
            stack.push_async_callback(notifications.stop)
            worker = LaneWorker(
                PgLaneStore(database_url),
                notifications,
                SystemClock(),
                lease=lease,
                sweep_seconds=sweep_seconds,
                on_failed=on_failed,
                is_alone=is_alone,
            )
            stack.push_async_callback(worker.stop, within=0.2)
            return worker

        yield make


async def until(holds: Callable[[], bool], *, within: float = 60.0) -> None:
    """Let other tasks run until `holds()`; fails the test after `within` seconds."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.005)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., object]:
    return until
