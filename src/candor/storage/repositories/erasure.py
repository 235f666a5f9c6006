"""Everything about one client, found by the foreign keys that lead from a table to `users`.

A table of the retention classes `client` or `conversation` that leads there is exported and erased;
one that holds client data without leading there is a mistake that a test finds.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import Column, ColumnElement, Table, delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.erasure import Erased
from candor.common.errors import NotFoundError
from candor.common.ids import ClientId
from candor.storage.metadata import Retention, metadata
from candor.storage.tables.clients import users

_PERSONAL = (Retention.CLIENT.value, Retention.CONVERSATION.value)
_INTERNAL = frozenset({"random_id", "version", "label_due_version", "claimed_version"})
"""Bookkeeping that says nothing about the person."""


@cache
def personal_tables() -> tuple[Table, ...]:
    """The tables that hold a client's data, those that others point at last."""
    import candor.storage.tables  # noqa: F401, PLC0415 - completes the metadata

    reached = {users}
    while more := {
        table
        for table in metadata.tables.values()
        if table not in reached
        and table.info["retention"] in _PERSONAL
        and any(_parent(column) in reached for column in table.columns)
    }:
        reached |= more
    ordered = [table for table in reversed(metadata.sorted_tables) if table in reached]
    return tuple(ordered)


def _parent(column: Column[object]) -> Table | None:
    for key in column.foreign_keys:
        return key.column.table
    return None


def _of_client(table: Table, client_id: ClientId) -> ColumnElement[bool]:
    """The rows of a table that belong to a client, directly or through the tables it points at."""
    if table is users:
        return users.c.id == client_id
    personal = personal_tables()
    ways: list[ColumnElement[bool]] = []
    for column in table.columns:
        parent = _parent(column)
        if parent is users:
            ways.append(column == client_id)
        elif parent is not None and parent in personal and parent is not table:
            ways.append(column.in_(select(parent.c.id).where(_of_client(parent, client_id))))
    return or_(*ways)


class PgErasureRepository:
    """`candor.clients.erasure.ErasureRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def export(self, client_id: ClientId) -> Mapping[str, object] | None:
        found: dict[str, object] = {}
        for table in reversed(personal_tables()):
            columns = [column for column in table.columns if column.name not in _INTERNAL]
            rows = await self._connection.execute(
                select(*columns).where(_of_client(table, client_id)).order_by(*table.primary_key)
            )
            found[table.name] = [dict(row) for row in rows.mappings()]
        return found if found[users.name] else None

    async def erase(self, client_id: ClientId, *, hash: bytes, now: datetime) -> Erased:
        known = await self._connection.execute(
            select(users.c.id).where(users.c.id == client_id).with_for_update()
        )
        if known.first() is None:
            raise NotFoundError(f"There is no client {client_id}.")
        await self._connection.execute(_REMEMBER, {"hash": hash, "now": now})
        rows: dict[str, int] = {}
        for table in personal_tables():
            gone = await self._connection.execute(delete(table).where(_of_client(table, client_id)))
            rows[table.name] = gone.rowcount
        return Erased(rows)


_REMEMBER = text("INSERT INTO opt_outs (hash, at) VALUES (:hash, :now) ON CONFLICT DO NOTHING")
