"""Two records of one person become one.

Every table that points at `users` is found by its foreign key, so a new table is merged by being a
table. The other record stays as a Telegram account of the person, so that a message from there finds
the record that was kept. Rows that can't stand twice (a second present stage, a second standing
consent) are ended, never deleted.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import Table, TextClause, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.journey import MILESTONES
from candor.common.errors import ConflictError, InvalidInputError, NotFoundError
from candor.common.ids import ClientId
from candor.storage.metadata import metadata
from candor.storage.repositories.clients import note_standing_consents
from candor.storage.tables.clients import users


async def merge_clients(
    connection: AsyncConnection, kept: ClientId, other: ClientId, *, now: datetime
) -> None:
    """Raises NotFoundError, ConflictError for records that were merged before."""
    if kept == other:
        raise InvalidInputError("These are one and the same record.")
    rows = await connection.execute(_LOCK, {"ids": sorted((kept, other))})
    found = {row.id: row for row in rows}
    if kept not in found or other not in found:
        raise NotFoundError("There is no such client.")
    if any(row.merged_into is not None for row in found.values()):
        raise ConflictError("One of these records was merged into another one already.")
    values = {"kept": kept, "other": other, "now": now}
    await connection.execute(_END_CONSENTS, values)
    for statement in _moving():
        await connection.execute(statement, values)
    for statement in (_END_STAGES, _END_VISITS):
        await connection.execute(statement, values)
    furthest = max((found[kept].milestone, found[other].milestone), key=MILESTONES.index)
    await connection.execute(_JOIN, {**values, "milestone": furthest})
    for client_id in (kept, other):
        await note_standing_consents(connection, client_id)


@cache
def _moving() -> tuple[TextClause, ...]:
    """One statement per table whose rows belong to a client."""
    return tuple(
        text(_move(table, column))
        for table in metadata.sorted_tables
        if table is not users
        for column in _columns_to_users(table)
    )


def _columns_to_users(table: Table) -> Iterator[str]:
    for key in table.foreign_keys:
        if key.column.table is users:
            yield key.parent.name


def _move(table: Table, column: str) -> str:
    """Rows whose place at the kept record is taken stay with the other account."""
    clashes = " ".join(
        f"AND NOT EXISTS (SELECT 1 FROM {table.name} taken WHERE taken.{column} = :kept {same})"
        for same in _same_elsewhere(table, column)
    )
    return f"UPDATE {table.name} AS mine SET {column} = :kept WHERE {column} = :other {clashes}"


def _same_elsewhere(table: Table, column: str) -> Iterator[str]:
    keys = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    groups = [(tuple(key.columns.keys()), "") for key in (*keys, table.primary_key)]
    for index in table.indexes:
        where = index.dialect_options["postgresql"].get("where")
        if index.unique:
            groups.append((tuple(index.columns.keys()), "" if where is None else str(where)))
    for names, where in groups:
        if column in names:
            same = [f"AND taken.{name} = mine.{name}" for name in names if name != column]
            both = [f"AND ({_qualified(where, table, row)})" for row in ("taken", "mine") if where]
            yield " ".join(same + both)


def _qualified(where: str, table: Table, row: str) -> str:
    """A partial index speaks of columns without a table; here two rows of it are compared."""
    words = where.split(" ")
    return " ".join(f"{row}.{word}" if word in table.columns else word for word in words)


_LOCK: Final = text(
    "SELECT id, milestone, merged_into FROM users WHERE id = ANY(CAST(:ids AS bigint[]))"
    " ORDER BY id FOR UPDATE"
)
_END_CONSENTS: Final = text(
    """
    UPDATE user_consents o SET withdrawn_at = GREATEST(:now, o.granted_at)
    WHERE o.client_id = :other AND o.withdrawn_at IS NULL AND EXISTS (
        SELECT 1 FROM user_consents k WHERE k.client_id = :kept AND k.purpose = o.purpose
            AND k.withdrawn_at IS NULL) AND CAST(:kept AS bigint) <> CAST(:other AS bigint)
    """
)
_END_STAGES: Final = text(
    """
    UPDATE journey_progress j SET left_at = :now
    WHERE j.client_id = :kept AND j.left_at IS NULL AND EXISTS (
        SELECT 1 FROM journey_progress later WHERE later.client_id = :kept
            AND later.journey = j.journey AND later.left_at IS NULL
            AND (later.entered_at, later.id) > (j.entered_at, j.id))
        AND CAST(:other AS bigint) IS NOT NULL
    """
)
_END_VISITS: Final = text(
    """
    UPDATE user_sessions s SET ended_at = GREATEST(s.started_at, :now)
    WHERE s.client_id = :kept AND s.ended_at IS NULL AND EXISTS (
        SELECT 1 FROM user_sessions later WHERE later.client_id = :kept AND later.ended_at IS NULL
            AND (later.started_at, later.id) > (s.started_at, s.id))
        AND CAST(:other AS bigint) IS NOT NULL
    """
)
_JOIN: Final = text(
    """
    WITH gone AS (
        UPDATE users SET merged_into = :kept WHERE id = :other OR merged_into = :other
        RETURNING id, created_at, last_seen_at, source, source_details, tags, owner_id, time_zone,
            opted_out_at
    ), first AS (
        SELECT min(created_at) AS created_at, max(last_seen_at) AS last_seen_at,
            min(opted_out_at) AS opted_out_at FROM gone
    ), o AS (SELECT * FROM gone WHERE id = :other)
    UPDATE users k SET
        milestone = :milestone,
        source = CASE WHEN o.created_at < k.created_at THEN o.source ELSE k.source END,
        source_details = CASE WHEN o.created_at < k.created_at THEN o.source_details
            ELSE k.source_details END,
        created_at = LEAST(k.created_at, first.created_at),
        last_seen_at = GREATEST(k.last_seen_at, first.last_seen_at),
        opted_out_at = COALESCE(k.opted_out_at, first.opted_out_at),
        owner_id = COALESCE(k.owner_id, o.owner_id),
        time_zone = COALESCE(k.time_zone, o.time_zone),
        tags = ARRAY(SELECT tag FROM unnest(k.tags || o.tags) WITH ORDINALITY AS t (tag, place)
            GROUP BY tag ORDER BY min(place))
    FROM o, first WHERE k.id = :kept AND CAST(:now AS timestamptz) IS NOT NULL
    """
)
