"""Statements that go straight to the driver: the same values, transaction and errors as all others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Integer, bindparam, event, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.errors import TemporaryError
from candor.storage.engine import make_engine
from candor.storage.lean import lean
from candor.storage.metadata import Json
from candor.storage.unit_of_work import Units, UnitScope

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PLAIN = text("SELECT CAST(:document AS jsonb) AS d, :n + 1 AS n, CAST(:at AS timestamptz) AS at")
_SHOWN = _PLAIN.bindparams(bindparam("document", type_=Json))
_LEAN = lean(text(str(_PLAIN)).bindparams(bindparam("document", type_=Json)))
_PUT = lean(text("INSERT INTO lean_test (n) VALUES (:n)"))
_COUNT = text("SELECT count(*) FROM lean_test")
_WRONG = lean(text("SELECT 1 / CAST(:n AS int)"))
_GONE = lean(text("SELECT pg_terminate_backend(pg_backend_pid())"))

_PLANS = text(
    "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
    " WHERE statement LIKE 'INSERT INTO lean_test%' "
)
_TEXTS = text("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%word%'")
_CONSTANT = lean(select(literal("a waiting word")).where(bindparam("n", None, Integer) == 1))


@pytest.fixture
async def units(engine: AsyncEngine) -> AsyncIterator[Units]:
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS lean_test"))
        await connection.execute(text("CREATE TABLE lean_test (n bigint)"))
    yield Units(engine)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE lean_test"))


def on(unit: Any) -> Any:
    """What a unit's repositories execute on."""
    return unit._connection


@pytest.mark.parametrize("document", [{"имя": "Ольга", "n": [1, None]}, None])
async def test_that_values_come_back_as_by_sqlalchemy(units: Units, document: object) -> None:
    values = {"document": document, "n": 41, "at": NOON}
    async with units() as unit:
        shown = (await on(unit).execute(_SHOWN, values)).mappings().one()
        found = (await on(unit).execute(_LEAN, values)).mappings().one()
        row = (await on(unit).execute(_LEAN, values)).one()
    assert found == dict(shown) == {"d": document, "n": 42, "at": NOON}
    assert (row.n, row.at) == (42, NOON)


async def put_one(units: Units) -> None:
    async with units() as unit:
        await on(unit).execute(_PUT, {"n": 1})


async def put_and_fail(units: Units) -> None:
    async with units() as unit:
        await on(unit).execute(_PUT, {"n": 3})
        raise RuntimeError("never mind")


async def put_and_divide(units: Callable[[], UnitScope]) -> None:
    async with units() as unit:
        await on(unit).execute(_PUT, {"n": 1})
        await on(unit).execute(_WRONG, {"n": 0})


async def test_that_both_ways_share_one_transaction(units: Units) -> None:
    async with units() as unit:
        await on(unit).execute(_PUT, {"n": 1})
        assert await on(unit).scalar(_COUNT) == 1
        await on(unit).execute(_PUT, {"n": 2})
    with pytest.raises(RuntimeError, match="never mind"):
        await put_and_fail(units)
    async with units() as unit:
        await on(unit).execute(_PUT, {"n": 4})
    async with units() as unit:
        assert await on(unit).scalar(_COUNT) == 3


async def test_that_a_mistake_is_told_and_the_connection_goes_on(units: Units) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        await put_and_divide(units)
    async with units() as unit:
        assert await on(unit).scalar(_COUNT) == 0


async def test_that_a_lost_connection_passes_by_itself(units: Units) -> None:
    with pytest.raises(TemporaryError):
        async with units() as unit:
            await on(unit).scalar(_GONE)
    async with units() as unit:
        assert await on(unit).scalar(_COUNT) == 0


async def test_that_a_statement_is_planned_once_and_not_at_each_run(units: Units) -> None:
    """The server planned every statement of every turn anew: unnamed, it was prepared each time."""
    runs = 12
    for n in range(runs):
        async with units() as unit:
            await on(unit).execute(_PUT, {"n": n})
    async with units() as unit:
        found = await on(unit).execute(_PLANS)
        assert [tuple(row) for row in found] == [(runs,)]


async def test_that_a_constant_may_choose_the_index_of_a_plan_for_all_values(units: Units) -> None:
    """As a parameter it kept partial indexes out of the plan, so that no plan could be kept."""
    async with units() as unit:
        assert await on(unit).scalar(_CONSTANT, {"n": 1}) == "a waiting word"
        found = (await on(unit).execute(_TEXTS)).all()
    assert [row for row in found if "$1" in row[0] and "a waiting word" in row[0]]


async def test_that_a_unit_cancelled_anywhere_leaves_no_transaction_behind(
    database_url: str, units: Units, engine: AsyncEngine
) -> None:
    """Cancelled while it began, it handed its connection on within an open transaction."""
    lone = make_engine(database_url, pool_size=1)
    alone = Units(lone)
    for steps in range(40):
        task = asyncio.create_task(put_one(alone))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with alone.apart() as unit:
            await on(unit).execute(_PUT, {"n": 1000 + steps})
    await lone.dispose()
    async with engine.connect() as connection:
        seen = await connection.scalar(text("SELECT count(*) FROM lean_test WHERE n >= 1000"))
    assert seen == 40


async def test_that_a_unit_apart_keeps_what_each_statement_wrote(units: Units) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        await put_and_divide(units.apart)
    async with units() as unit:
        assert await on(unit).scalar(_COUNT) == 1


async def test_that_a_listener_sees_every_statement(units: Units, engine: AsyncEngine) -> None:
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        async with units() as unit:
            await on(unit).execute(_PUT, {"n": 1})
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
    assert any("lean_test" in statement for statement in seen)
