"""What passes by itself is told as temporary at the edge of the unit; mistakes stay mistakes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.errors import TemporaryError
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units


def _raise(state: str) -> str:
    return f"DO $$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '{state}'; END $$"


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("53100", "disk is full"),
        ("53300", "busy"),
        ("40P01", "same rows"),
        ("40001", "same rows"),
        ("57P01", "reached"),
    ],
)
async def test_that_a_passing_failure_is_told_as_temporary(
    units: Units, state: str, says: str
) -> None:
    with pytest.raises(TemporaryError, match=says):
        async with units() as unit:
            await unit.lanes._connection.execute(text(_raise(state)))


@pytest.mark.parametrize("state", ["23505", "22P02", "57014", "42501"])
async def test_that_a_mistake_stays_one(units: Units, state: str) -> None:
    with pytest.raises(DBAPIError):
        async with units() as unit:
            await unit.lanes._connection.execute(text(_raise(state)))


async def test_that_a_connection_lost_inside_a_unit_is_temporary(
    units: Units, engine: AsyncEngine
) -> None:
    with pytest.raises(TemporaryError, match="reached"):  # noqa: PT012 - the block is what is tested
        async with units() as unit:
            pid = await unit.lanes._connection.execute(text("SELECT pg_backend_pid()"))
            async with engine.connect() as killer:
                await killer.execute(
                    text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid.scalar_one()}
                )
            await unit.lanes.wake("a.kind", 1, at=datetime.now(UTC))


async def test_that_a_server_that_is_away_is_temporary(tmp_path: Path) -> None:
    engine = make_engine(f"postgresql://candor@/candor?host={tmp_path}")
    with pytest.raises(TemporaryError, match="reached"):
        async with Units(engine)():
            pass
    await engine.dispose()


async def test_that_too_few_connections_are_temporary(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candor.storage.engine.CHECKOUT_SECONDS", 0.05)
    engine = make_engine(database_url, pool_size=1)
    units = Units(engine)
    async with units():
        with pytest.raises(TemporaryError, match="busy"):
            async with units():
                pass
    await engine.dispose()


async def test_that_other_exceptions_pass_unchanged(units: Units) -> None:
    with pytest.raises(ProgrammingError):
        async with units() as unit:
            await unit.lanes._connection.execute(text("SELECT nonsense"))
