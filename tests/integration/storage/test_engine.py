"""The engine connects by the addresses that PostgreSQL's own tools take."""

import pytest
from sqlalchemy import text

from candor.storage.engine import make_engine


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
