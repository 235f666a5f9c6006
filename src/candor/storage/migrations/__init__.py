"""The database's schema over time: Alembic migrations and what is asked about them.

`versions/` holds one file per step. A step is expand, backfill or contract, never two of them, and
waits at most a few seconds for a lock.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Column, Connection, Engine, Index, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.common.errors import ConfigurationError
from candor.storage.engine import database_url
from candor.storage.metadata import metadata

FOLDER = Path(__file__).parent
QUEUE_SCHEMA = "procrastinate"
OLDEST_POSTGRES = 14
_LOCK_NUMBER = 0x63616E646F72
"""The advisory lock that lets one process migrate while the others wait for it."""

Progress = Callable[[str], None]
Answer = TypeVar("Answer")


async def upgrade(address: str, *, progress: Progress | None = None) -> None:
    """Bring the schema to the newest step; several processes may ask at once.

    Raises ConfigurationError when the database is newer than this Candor, too old a PostgreSQL, or
    can't be reached.
    """
    await asyncio.to_thread(upgrade_blocking, address, progress=progress)


def upgrade_blocking(address: str, *, progress: Progress | None = None, to: str = "head") -> None:
    """The same without an event loop; `to` names another step than the newest."""
    engine = _engine(address)
    try:
        with engine.begin() as guard:
            _check_server(guard)
            guard.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK_NUMBER})
            found = _revision(guard)
            _refuse_newer(found)
            if found == newest() and to == "head":
                return
            if progress:
                progress("Bringing the database's schema up to date ...")
            with engine.connect() as connection:
                command.upgrade(_config(connection), to)
    except OperationalError as error:
        raise ConfigurationError(_not_reached(error)) from error
    finally:
        engine.dispose()


def downgrade_blocking(address: str, *, to: str = "base") -> None:
    """Go back to the step `to`; for tests of the steps, data of later steps are lost."""
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            command.downgrade(_config(connection), to)
    finally:
        engine.dispose()


async def current(address: str) -> str | None:
    """The step the database is at; None for an empty database."""
    return await asyncio.to_thread(_read, address, _revision)


def newest() -> str | None:
    """The newest step that this Candor knows."""
    return _scripts().get_current_head()


async def is_newer_than_code(address: str) -> bool:
    """Whether the database was migrated by a newer Candor than this one."""
    found = await current(address)
    return found is not None and not is_known(found)


async def revision(address: str, message: str) -> Path:
    """Write a new step from the difference between the tables and the database at `address`."""
    return await asyncio.to_thread(_write_revision, address, message)


async def drift(address: str) -> list[str]:
    """What differs between the tables in the code and the database; empty when all is well."""
    return await asyncio.to_thread(_read, address, _differences)


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


def prepare_empty_database(address: str) -> None:
    """Make all tables in an empty database as the code declares them, for tests.

    A test holds the steps to exactly these tables; so a table under work needs no step yet.
    """
    engine = _engine(address)
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql(queue_schema_statements().replace("%", "%%"))
        with engine.connect() as connection:
            command.stamp(_config(connection), "head")
    finally:
        engine.dispose()


def _engine(address: str) -> Engine:
    return create_engine(
        database_url(address),
        poolclass=NullPool,
        connect_args={
            "connect_timeout": 10,
            "application_name": "candor migrations",
            "options": "-c timezone=UTC",
        },
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def is_known(name: str) -> bool:
    """Whether this Candor knows the step `name`."""
    try:
        return _scripts().get_revision(name) is not None
    except CommandError:
        return False


def _refuse_newer(found: str | None) -> None:
    if found is not None and not is_known(found):
        raise ConfigurationError(
            f"The database is at schema {found}, which this Candor does not know: it was used by a "
            f"newer version. Start that version, or restore a backup made by this one "
            f"(schema {newest()})."
        )


def _check_server(connection: Connection) -> None:
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < OLDEST_POSTGRES * 10_000:
        raise ConfigurationError(
            f"The database server is PostgreSQL {number // 10_000}; Candor needs "
            f"{OLDEST_POSTGRES} or newer."
        )


def _read(address: str, question: Callable[[Connection], Answer]) -> Answer:
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            return question(connection)
    except OperationalError as error:
        raise ConfigurationError(_not_reached(error)) from error
    finally:
        engine.dispose()


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return [
        repr(difference)
        for difference in compare_metadata(context, metadata)
        if not (str(difference[0]).endswith("_index") and is_textual(difference[1]))
    ]


def is_textual(item: object) -> bool:
    """Whether an index is over an expression, which Alembic can't compare."""
    return isinstance(item, Index) and any(
        not isinstance(expression, Column) for expression in item.expressions
    )


def _write_revision(address: str, message: str) -> Path:
    number = len(list(_scripts().walk_revisions())) + 1
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            written = command.revision(
                _config(connection), message=message, autogenerate=True, rev_id=f"{number:04d}"
            )
    finally:
        engine.dispose()
    if written is None or isinstance(written, list):
        raise ConfigurationError("Alembic wrote no migration; is there more than one newest step?")
    return Path(written.path)


def _not_reached(error: DBAPIError) -> str:
    reason = str(error.orig).strip().splitlines()[0] if error.orig else "no reason was given"
    return f"The database can't be reached: {reason}. Check DATABASE_URL and the server."
