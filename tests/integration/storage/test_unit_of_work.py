"""Leaving a unit commits, an exception rolls back, with everything deferred in it."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import FrozenClock
from candor.common.unit_guard import OpenUnitError, assert_no_open_unit
from candor.storage.tables.lanes import lanes
from candor.storage.unit_of_work import Units


async def _count_lanes(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(lanes))).scalar_one()


async def test_that_leaving_a_unit_commits(
    units: Units, engine: AsyncEngine, clock: FrozenClock
) -> None:
    async with units() as unit:
        await unit.lanes.wake("sales.answer_client", 7, at=clock.now())
    assert await _count_lanes(engine) == 1


async def test_that_an_exception_rolls_back_data_and_jobs(
    units: Units, engine: AsyncEngine, clock: FrozenClock
) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with units() as unit:
            await unit.lanes.wake("sales.answer_client", 7, at=clock.now())
            await unit.jobs.defer("sales.refresh", {"id": 1}, once="1")
            raise ZeroDivisionError
    assert await _count_lanes(engine) == 0
    async with engine.connect() as connection:
        jobs = await connection.execute(
            text("SELECT count(*) FROM procrastinate.procrastinate_jobs")
        )
        assert jobs.scalar_one() == 0


async def test_that_a_job_that_waits_already_is_not_queued_twice(
    units: Units, engine: AsyncEngine, clock: FrozenClock
) -> None:
    for _ in range(2):
        async with units() as unit:
            await unit.jobs.defer("sales.refresh", {"id": 1}, once="1")
            await unit.jobs.defer("sales.refresh", {"id": 1}, once="1")
    async with engine.connect() as connection:
        jobs = await connection.execute(
            text("SELECT count(*) FROM procrastinate.procrastinate_jobs")
        )
        assert jobs.scalar_one() == 1


async def test_that_outside_calls_are_refused_inside_a_unit(units: Units) -> None:
    assert_no_open_unit("the model")
    async with units():
        with pytest.raises(OpenUnitError, match="the model"):
            assert_no_open_unit("the model")
    assert_no_open_unit("the model")
