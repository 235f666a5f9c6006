"""Alembic's entry: runs the steps on the connection that `candor.storage.migrations` hands over."""

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.schema import SchemaItem

from candor.storage.metadata import metadata
from candor.storage.migrations.steps import is_textual


def _run() -> None:
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("Migrations run through `candor db upgrade`.")
    existing = _existing_indexes(connection)

    def is_compared(
        item: SchemaItem,
        name: str | None,
        kind: str,
        reflected: bool,
        compare_to: SchemaItem | None,
    ) -> bool:
        """Indexes over expressions look different at every comparison: only new ones count."""
        return not (kind == "index" and name in existing and is_textual(item))

    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        include_object=is_compared,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _existing_indexes(connection: Connection) -> set[str]:
    rows = connection.execute(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"))
    names = {str(row[0]) for row in rows}
    connection.rollback()
    return names


_run()
