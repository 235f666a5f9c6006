"""The database's schema over time: Alembic migrations and what is asked about them.

`versions/` holds one file per step, `NNNN_what_changes.py`. A step is expand, backfill or contract,
never two of them, and waits at most a few seconds for a lock. Alembic itself is loaded only when
there is something to do: most starts find the schema up to date.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg

from candor.common.errors import ConfigurationError
from candor.storage.engine import database_url, libpq_url

FOLDER = Path(__file__).parent
QUEUE_SCHEMA = "procrastinate"
OLDEST_POSTGRES = 14
_LOCK_NUMBER = 0x63616E646F72
"""The advisory lock that lets one process migrate while the others wait for it."""

Progress = Callable[[str], None]


async def upgrade(address: str, *, progress: Progress | None = None) -> None:
    """Bring the schema to the newest step; several processes may ask at once.

    Raises ConfigurationError when the database is newer than this Candor, too old a PostgreSQL, or
    can't be reached.
    """
    await asyncio.to_thread(upgrade_blocking, address, progress=progress)


def upgrade_blocking(address: str, *, progress: Progress | None = None, to: str = "head") -> None:
    """The same without an event loop; `to` names another step than the newest."""
    with _connect(address) as guard:
        _check_server(guard)
        guard.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_NUMBER])
        found = _read_current(guard)
        _refuse_newer(found)
        if found == newest() and to == "head":
            return
        if progress:
            progress("bringing the database's schema up to date ...")
        _steps().run_upgrade(address, to)


def downgrade_blocking(address: str, *, to: str = "base") -> None:
    """Go back to the step `to`; for tests of the steps, data of later steps are lost."""
    _steps().run_downgrade(address, to)


async def current(address: str) -> str | None:
    """The step the database is at; None for an empty database."""
    return await asyncio.to_thread(_current, address)


def newest() -> str | None:
    """The newest step that this Candor knows."""
    return max(_known(), default=None)


def is_known(name: str) -> bool:
    """Whether this Candor knows the step `name`."""
    return name in _known()


async def is_newer_than_code(address: str) -> bool:
    """Whether the database was migrated by a newer Candor than this one."""
    found = await current(address)
    return found is not None and not is_known(found)


async def revision(address: str, message: str) -> Path:
    """Write a new step from the difference between the tables and the database at `address`."""
    written: Path = await asyncio.to_thread(_steps().write_revision, address, message)
    return written


async def drift(address: str) -> list[str]:
    """What differs between the tables in the code and the database; empty when all is well."""
    found: list[str] = await asyncio.to_thread(_steps().find_differences, address)
    return found


def prepare_empty_database(address: str) -> None:
    """Make all tables in an empty database as the code declares them, for tests.

    A test holds the steps to exactly these tables; so a table under work needs no step yet.
    """
    _steps().make_declared_tables(address)


def queue_schema_statements() -> str:
    """SQL that makes the job queue's schema, hardened, in its own namespace."""
    folder = FOLDER / "sql"
    parts = [
        (folder / name).read_text(encoding="utf-8")
        for name in ("procrastinate_03_10.sql", "procrastinate_hardening.sql")
    ]
    return (
        f"CREATE SCHEMA {QUEUE_SCHEMA};\nSET LOCAL search_path = {QUEUE_SCHEMA};\n"
        + "\n".join(parts)
        + "\nSET LOCAL search_path = public;\n"
    )


def _steps() -> Any:
    return import_module("candor.storage.migrations.steps")


def _known() -> set[str]:
    return {path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py")}


def _connect(address: str) -> psycopg.Connection:
    try:
        return psycopg.connect(
            libpq_url(database_url(address)),
            connect_timeout=10,
            application_name="candor migrations",
        )
    except psycopg.OperationalError as error:
        raise ConfigurationError(_why_unreachable(str(error))) from error


def _why_unreachable(said: str) -> str:
    reason = (said.strip().splitlines() or ["no reason was given"])[0]
    if "No space left on device" in said:
        return (
            f"The database's disk is full: {reason}. Make room there. A Candor that runs goes on by "
            "itself then, and answers what came meanwhile."
        )
    return f"The database can't be reached: {reason}. Check DATABASE_URL and the server."


def _current(address: str) -> str | None:
    with _connect(address) as connection:
        return _read_current(connection)


def _read_current(connection: psycopg.Connection) -> str | None:
    there = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if there is None or there[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _refuse_newer(found: str | None) -> None:
    if found is not None and not is_known(found):
        raise ConfigurationError(
            f"The database is at schema {found}, which this Candor does not know: it was used by a "
            f"newer version. Start that version, or restore a backup made by this one "
            f"(schema {newest()})."
        )


def _check_server(connection: psycopg.Connection) -> None:
    major = connection.info.server_version // 10_000
    if major < OLDEST_POSTGRES:
        raise ConfigurationError(
            f"The database server is PostgreSQL {major}; Candor needs {OLDEST_POSTGRES} or newer."
        )
