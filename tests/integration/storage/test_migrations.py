"""Migrating makes exactly the tables of the code, goes down and up again, and refuses strangers."""

import asyncio

import psycopg
import pytest

from candor.common.errors import ConfigurationError
from candor.storage import migrations

_SHAPE = """
    SELECT 'column', table_name || '.' || column_name,
        concat_ws(' ', data_type, is_nullable, column_default, is_identity)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'table', relname, COALESCE(array_to_string(reloptions, ','), '')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    ORDER BY 1, 2, 3
"""


def _shape(address: str) -> set[tuple[str, str, str]]:
    with psycopg.connect(address) as connection:
        rows = connection.execute(_SHAPE).fetchall()
    return {(row[0], row[1], row[2]) for row in rows if "alembic_version" not in row[1]}


def test_that_the_steps_make_exactly_the_tables_of_the_code(
    fresh_database_url: str, empty_database_url: str
) -> None:
    migrations.upgrade_blocking(empty_database_url)
    migrated, declared = _shape(empty_database_url), _shape(fresh_database_url)
    assert migrated - declared == set(), "The migrations make what the code does not declare."
    assert declared - migrated == set(), 'Write a migration: make migrate M="what changes".'


def test_that_every_step_goes_down_and_up_again(empty_database_url: str) -> None:
    migrations.upgrade_blocking(empty_database_url)
    before = _shape(empty_database_url)
    migrations.downgrade_blocking(empty_database_url)
    assert _shape(empty_database_url) == set()
    migrations.upgrade_blocking(empty_database_url)
    assert _shape(empty_database_url) == before


async def test_that_many_processes_may_migrate_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrations.upgrade(empty_database_url) for _ in range(4)))
    assert await migrations.current(empty_database_url) == migrations.newest()
    assert not await migrations.is_newer_than_code(empty_database_url)


async def test_that_a_database_of_a_newer_version_is_refused(fresh_database_url: str) -> None:
    with psycopg.connect(fresh_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert await migrations.is_newer_than_code(fresh_database_url)
    with pytest.raises(ConfigurationError, match="newer version"):
        await migrations.upgrade(fresh_database_url)


async def test_that_a_server_that_is_away_is_told_with_the_mend() -> None:
    with pytest.raises(ConfigurationError, match="Check DATABASE_URL"):
        await migrations.upgrade("postgresql://candor@127.0.0.1:1/candor?connect_timeout=2")


async def test_that_progress_is_told_only_when_there_is_some(fresh_database_url: str) -> None:
    lines: list[str] = []
    await migrations.upgrade(fresh_database_url, progress=lines.append)
    assert lines == []
