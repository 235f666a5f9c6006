"""What needs Alembic: going up and down, writing a step, comparing. Loaded when there is work."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Engine, Index, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.common.errors import ConfigurationError
from candor.storage.engine import database_url
from candor.storage.metadata import metadata
from candor.storage.migrations import FOLDER, newest, queue_schema_statements


def run_upgrade(address: str, to: str) -> None:
    """Go up to the step `to`; the caller holds the lock."""
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            command.upgrade(_config(connection), to)
    except OperationalError as error:
        raise ConfigurationError(
            "The database's schema could not be brought up to date: "
            f"{str(error.orig).strip().splitlines()[0]}. Nothing of the failed step was kept; start "
            "again when the cause is gone."
        ) from error
    finally:
        engine.dispose()


def run_downgrade(address: str, to: str) -> None:
    """Go down to the step `to`."""
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            command.downgrade(_config(connection), to)
    finally:
        engine.dispose()


def write_revision(address: str, message: str) -> Path:
    """Write the next step and answer its file."""
    number = int(newest() or 0) + 1
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


def make_declared_tables(address: str) -> None:
    """Make all tables as the code declares them and mark the database as newest."""
    engine = _engine(address)
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql(queue_schema_statements().replace("%", "%%"))
        with engine.connect() as connection:
            command.stamp(_config(connection), "head")
    finally:
        engine.dispose()


def find_differences(address: str) -> list[str]:
    """Differences that Alembic sees between the tables in the code and the database."""
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            return [
                repr(difference)
                for difference in compare_metadata(context, metadata)
                if not (str(difference[0]).endswith("_index") and is_textual(difference[1]))
            ]
    finally:
        engine.dispose()


def is_textual(item: object) -> bool:
    """Whether an index is over an expression, which Alembic can't compare."""
    return isinstance(item, Index) and any(
        not isinstance(expression, Column) for expression in item.expressions
    )


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


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
