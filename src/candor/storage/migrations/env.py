"""Alembic's entry: runs the steps on the connection that `candor.storage.migrations` hands over."""

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

from candor.storage.metadata import metadata


def _is_ours(
    item: SchemaItem,
    name: str | None,
    kind: str,
    reflected: bool,
    compare_to: SchemaItem | None,
) -> bool:
    return not (kind == "table" and name == "alembic_version")


def _run() -> None:
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("Migrations run through `candor db upgrade`.")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        include_object=_is_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
