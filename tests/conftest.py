"""What all tests share: one embedded PostgreSQL per run, one database per xdist worker.

A test asks for `units` (or `engine`, `database_url`) and finds empty tables. `fresh_database_url`
gives a database of its own to tests that restart, migrate or break it.
"""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import FrozenClock
from candor.storage.embedded.locks import held
from candor.storage.embedded.server import EmbeddedServer, start_blocking
from candor.storage.engine import database_url as parse_url
from candor.storage.engine import libpq_url, make_engine
from candor.storage.migrations import prepare_empty_database
from candor.storage.unit_of_work import Units

# CI judges a change by the same examples every time; at a desk each run looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

TEMPLATE = "candor_template"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[EmbeddedServer]:
    """The server of this run, shared by all xdist workers. Nothing of it survives a power cut."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    server = start_blocking(
        shared / "server" / "postgres",
        lambda line: None,
        durable=False,
        settings={"max_connections": "400", "shared_buffers": "64MB", "autovacuum": "off"},
    )
    yield server
    server.stop_blocking()


@pytest.fixture(scope="session")
def template_database(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with all tables and no rows, made once per run."""
    lock = postgres.folder.with_name("template.lock")
    with held(lock, within=120), _admin(postgres) as admin:
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if found.fetchone() is None:
            building = f"{TEMPLATE}_building"
            _create(admin, building, template="template1")
            prepare_empty_database(_address(postgres, building))
            admin.execute(f"ALTER DATABASE {building} RENAME TO {TEMPLATE}")
    return TEMPLATE


@pytest.fixture(scope="session")
def worker_database(
    postgres: EmbeddedServer, template_database: str, worker_id: str
) -> Iterator["CleanDatabase"]:
    name = f"candor_{worker_id}"
    with _admin(postgres) as admin:
        _create(admin, name, template=template_database)
    database = CleanDatabase(_address(postgres, name))
    yield database
    database.close()


@pytest.fixture
def database_url(worker_database: "CleanDatabase") -> Iterator[str]:
    """The address of a database with all tables, all empty."""
    yield worker_database.address
    worker_database.clean()


@pytest.fixture(scope="module")
def module_database_url(
    postgres: EmbeddedServer, template_database: str, worker_id: str
) -> Iterator[str]:
    """As `fresh_database_url`, for all tests of a file."""
    name = f"candor_{worker_id}_module_{next(_numbers)}"
    with _admin(postgres) as admin:
        _create(admin, name, template=template_database)
        yield _address(postgres, name)
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def fresh_database_url(
    postgres: EmbeddedServer, template_database: str, worker_id: str
) -> Iterator[str]:
    """A database of this test's own, with all tables; dropped afterwards."""
    name = f"candor_{worker_id}_{next(_numbers)}"
    with _admin(postgres) as admin:
        _create(admin, name, template=template_database)
        yield _address(postgres, name)
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def empty_database_url(postgres: EmbeddedServer, worker_id: str) -> Iterator[str]:
    """A database without a single table: for migrations."""
    name = f"candor_{worker_id}_empty_{next(_numbers)}"
    with _admin(postgres) as admin:
        _create(admin, name, template="template1")
        yield _address(postgres, name)
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine of this test's loop."""
    made = make_engine(database_url)
    yield made
    await made.dispose()


@pytest.fixture
def units(engine: AsyncEngine) -> Units:
    """`async with units() as unit:` on empty tables."""
    return Units(engine)


@pytest.fixture
def clock() -> FrozenClock:
    """Stands at Monday, 2 March 2026, 09:00 UTC (noon in Moscow) until it is advanced."""
    return FrozenClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


class CleanDatabase:
    """Empties what a test filled, without touching the tables it did not use."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("SET lock_timeout = '3s'")
        tables = self._connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE tablename <> 'alembic_version'"
            " AND schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        self._tables = [sql.Identifier(schema, table) for schema, table in tables]
        self._filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(number), table)
            for number, table in enumerate(self._tables)
        )

    def clean(self) -> None:
        try:
            self._delete()
        except psycopg.errors.LockNotAvailable:
            self._connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            self._delete()

    def close(self) -> None:
        self._connection.close()

    def _delete(self) -> None:
        if not self._tables:
            return
        for (number,) in self._connection.execute(self._filled).fetchall():
            self._connection.execute(sql.SQL("DELETE FROM {}").format(self._tables[number]))
        self._connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )


def _admin(postgres: EmbeddedServer) -> psycopg.Connection:
    return psycopg.connect(_address(postgres, "postgres"), autocommit=True)


def _address(postgres: EmbeddedServer, database: str) -> str:
    return libpq_url(parse_url(postgres.url).set(database=database))


def _create(admin: psycopg.Connection, name: str, *, template: str) -> None:
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )
