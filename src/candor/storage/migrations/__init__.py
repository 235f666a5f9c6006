"""The database's schema over time: Alembic migrations and what is asked about them.

Until the first migration exists, `prepare_empty_database` makes the tables from the metadata.
"""

from pathlib import Path

from sqlalchemy import create_engine

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.storage.engine import database_url
from candor.storage.metadata import metadata

FOLDER = Path(__file__).parent
QUEUE_SCHEMA = "procrastinate"


def queue_schema_statements() -> str:
    """SQL that makes the job queue's schema, hardened, in its own namespace."""
    parts = [(FOLDER / "sql" / "procrastinate_03_10.sql").read_text(encoding="utf-8")]
    parts.append((FOLDER / "sql" / "procrastinate_hardening.sql").read_text(encoding="utf-8"))
    return (
        f"CREATE SCHEMA {QUEUE_SCHEMA};\nSET LOCAL search_path = {QUEUE_SCHEMA};\n"
        + "\n".join(parts)
        + "\nSET LOCAL search_path = public;\n"
    )


def prepare_empty_database(address: str) -> None:
    """Make all tables in an empty database (for tests)."""
    engine = create_engine(database_url(address))
    try:
        with engine.begin() as connection:
            _leave_out_unmade_references()
            metadata.create_all(connection)
            connection.exec_driver_sql(queue_schema_statements().replace("%", "%%"))
    finally:
        engine.dispose()


def _leave_out_unmade_references() -> None:
    """Before the first migration areas may name tables that are still to come."""
    for table in metadata.tables.values():
        for key in list(table.foreign_keys):
            if key.target_fullname.rpartition(".")[0] not in metadata.tables and key.constraint:
                table.constraints.discard(key.constraint)
                table.foreign_keys.discard(key)
                key.parent.foreign_keys.discard(key)
