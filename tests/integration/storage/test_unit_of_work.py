"""Leaving a unit commits, an exception rolls back, with everything deferred in it."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import TextClause, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import FrozenClock
from candor.common.unit_guard import OpenUnitError, assert_no_open_unit
from candor.storage.engine import make_engine
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


async def test_that_cancelled_units_give_their_connections_back(
    units: Units, engine: AsyncEngine, clock: FrozenClock
) -> None:
    async def linger() -> None:
        async with units() as unit:
            await unit.lanes.wake("a.kind", 1, at=clock.now())
            await unit.lanes.flush()
            async with asyncio.timeout(0.02):
                await asyncio.Event().wait()

    for _ in range(3):
        outcomes = await asyncio.gather(*(linger() for _ in range(15)), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {TimeoutError}
    assert await _count_lanes(engine) == 0
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_that_two_units_waking_the_same_lanes_in_any_order_never_deadlock(
    units: Units, engine: AsyncEngine, clock: FrozenClock
) -> None:
    async def wake(keys: Iterable[int]) -> None:
        async with units() as unit:
            for key in keys:
                await unit.lanes.wake("a.kind", key, at=clock.now())
                await unit.lanes.wake("b.kind", key, at=clock.now())

    await asyncio.gather(
        *(wake(range(30) if number % 2 else reversed(range(30))) for number in range(20))
    )
    assert await _count_lanes(engine) == 60


async def test_that_the_last_word_about_a_lane_in_a_unit_counts(
    units: Units, engine: AsyncEngine, clock: FrozenClock
) -> None:
    later = clock.now() + timedelta(hours=1)
    async with units() as unit:
        await unit.lanes.wake("a.kind", "woken", at=clock.now())
        await unit.lanes.wake("a.kind", "woken", at=later)
        await unit.lanes.wake("a.kind", "postponed", at=clock.now())
        await unit.lanes.postpone("a.kind", "postponed", at=later)
        await unit.lanes.wake("a.kind", "dropped", at=clock.now())
        await unit.lanes.drop("a.kind", "dropped")
    async with engine.connect() as connection:
        found = await connection.execute(select(lanes.c.key, lanes.c.due_at))
        assert dict(found.tuples().all()) == {"woken": clock.now(), "postponed": later}


_OURS = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kept'")
_END = text(
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE application_name = 'kept'"
)


async def _ask(units: Units, statement: TextClause) -> int:
    async with units() as unit:
        return int(await unit._connection.scalar(statement) or 0)


async def _many(units: Units, count: int) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(units())


async def test_that_units_share_few_connections_and_leave_none_behind(
    engine: AsyncEngine, database_url: str
) -> None:
    other = make_engine(database_url, pool_size=6, settings={"application_name": "kept"})
    units = Units(other)
    await _many(units, 6)
    for _ in range(5):
        await _ask(units, _OURS)
    assert other.pool.checkedout() == 2  # type: ignore[attr-defined]
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(other.connect())
    await other.dispose()
    async with engine.connect() as connection:
        assert await connection.scalar(_OURS) == 0


async def test_that_a_unit_does_not_get_a_connection_that_the_server_has_ended(
    engine: AsyncEngine, database_url: str
) -> None:
    other = make_engine(database_url, settings={"application_name": "kept"})
    units = Units(other)
    await _many(units, 3)
    async with engine.connect() as connection:
        assert await connection.scalar(_END) == 3
    for _ in range(4):
        assert await _ask(units, _OURS) == 1
    await other.dispose()


async def test_that_a_unit_in_the_pools_queue_gets_what_others_give_back(
    database_url: str,
) -> None:
    other = make_engine(database_url, pool_size=3)
    units = Units(other)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(other.connect())
        first = units()
        await first.__aenter__()
        queued = asyncio.ensure_future(_ask(units, text("SELECT 7")))
        await _until(lambda: units._kept._asking == 1)
        await first.__aexit__(None, None, None)
        async with asyncio.timeout(10):
            assert await queued == 7
    await other.dispose()


async def test_that_a_connection_of_before_a_disposal_is_not_kept(
    engine: AsyncEngine, database_url: str
) -> None:
    other = make_engine(database_url, settings={"application_name": "kept"})
    async with Units(other)() as unit:
        await unit._connection.scalar(text("SELECT 1"))
        await other.dispose()
    await other.dispose()
    async with engine.connect() as connection:
        assert await connection.scalar(_OURS) == 0


async def _until(is_so: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + 10
    while not is_so():
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.01)
