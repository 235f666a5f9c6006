"""Connections: by every address that PostgreSQL's own tools take, and never handed out once closed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.storage.engine import POOL_SIZE, make_engine
from candor.storage.unit_of_work import Units


async def test_that_units_survive_connections_the_server_closed(
    units: Units, engine: AsyncEngine
) -> None:
    async with units() as unit:
        await unit.lanes.wake("a.kind", 1, at=datetime.now(UTC))
    async with engine.connect() as other, engine.connect() as killer:
        pid = (await other.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await other.rollback()
        await killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    for _ in range(3):
        async with units() as unit:
            await unit.lanes.wake("a.kind", 1, at=datetime.now(UTC))


async def test_that_the_session_is_utc_and_json_keeps_cyrillic(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert (await connection.execute(text("SHOW timezone"))).scalar_one() == "UTC"
        now = (await connection.execute(text("SELECT now()"))).scalar_one()
        assert now.utcoffset() == timedelta()


async def test_that_a_second_burst_opens_no_new_connection(engine: AsyncEngine) -> None:
    async def burst() -> set[int]:
        open_now = [await engine.connect() for _ in range(POOL_SIZE)]
        pids = {await one.scalar(text("SELECT pg_backend_pid()")) for one in open_now}
        for one in open_now:
            await one.close()
        return pids

    assert await burst() == await burst()


@pytest.mark.parametrize(
    "options",
    [
        "sslmode=prefer&connect_timeout=5",
        "channel_binding=prefer&application_name=mine",
        "keepalives_idle=30&options=-c%20work_mem%3D5MB",
    ],
)
async def test_that_options_of_an_address_are_no_settings_of_the_server(
    database_url: str, options: str
) -> None:
    engine = make_engine(f"{database_url}&{options}")
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT current_setting('timezone')")) == "UTC"
        if "work_mem" in options:
            assert await connection.scalar(text("SELECT current_setting('work_mem')")) == "5MB"
    await engine.dispose()
