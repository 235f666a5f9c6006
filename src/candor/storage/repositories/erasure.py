"""Everything about one client, found by the foreign keys that lead from a table to `users`.

Tables that know a person by Telegram's id only (`sender_id`) are found by that.

A table of the retention classes `client` or `conversation` that leads there is exported and erased;
one that holds client data without leading there is a mistake that a test finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    delete,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.erasure import Erased
from candor.common.errors import NotFoundError
from candor.common.ids import ClientId
from candor.storage.metadata import Retention, metadata
from candor.storage.tables.clients import users
from candor.storage.tables.lanes import lanes

_PERSONAL = (Retention.CLIENT.value, Retention.CONVERSATION.value)
_INTERNAL = frozenset(
    {"random_id", "version", "label_due_version", "claimed_version"}
    | {column.name for column in users.columns if column.computed is not None}
)
"""Bookkeeping that says nothing about the person, or the same again for a search."""
_TELEGRAM_IDS = frozenset({"sender_id", "telegram_user_id"})
"""Columns that name a person by Telegram's id, in tables of people who may not be clients yet."""


@cache
def personal_tables() -> tuple[Table, ...]:
    """The tables that hold a client's data, those that others point at last."""
    import candor.storage.tables  # noqa: F401, PLC0415 - completes the metadata

    reached = {users} | {
        table
        for table in metadata.tables.values()
        if table.info["retention"] in _PERSONAL and _TELEGRAM_IDS & set(table.columns.keys())
    }
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


class PgErasureRepository:
    """`candor.clients.erasure.ErasureRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def export(self, client_id: ClientId) -> Mapping[str, object] | None:
        found: dict[str, object] = {}
        for table, condition in (await self._rows_of(client_id)).items():
            columns = [column for column in table.columns if column.name not in _INTERNAL]
            rows = await self._connection.execute(
                select(*columns).where(condition).order_by(*table.primary_key)
            )
            found[table.name] = [dict(row) for row in rows.mappings()]
        return found if found.get(users.name) else None

    async def erase(self, client_id: ClientId, *, hashes: Sequence[bytes], now: datetime) -> Erased:
        known = await self._connection.execute(
            select(users.c.id)
            .where(or_(users.c.id == client_id, users.c.merged_into == client_id))
            .with_for_update()
        )
        if client_id not in {row.id for row in known}:
            raise NotFoundError(f"There is no client {client_id}.")
        for hash in hashes:
            await self._connection.execute(_REMEMBER, {"hash": hash, "now": now})
        found = await self._rows_of(client_id)
        rows = {"parked_updates": await self._erase_parked(client_id)}
        rows["lanes"] = await self._drop_lanes(found)
        await self._connection.execute(_ERASE_CONTACTS, {"client": client_id})
        for table, condition in reversed(found.items()):
            gone = await self._connection.execute(delete(table).where(condition))
            rows[table.name] = gone.rowcount
        return Erased(rows)

    async def _erase_parked(self, client_id: ClientId) -> int:
        """Updates that could not be handled are kept as they came; some may be this person's."""
        gone = await self._connection.execute(_ERASE_PARKED, {"client": client_id})
        return gone.rowcount

    async def _drop_lanes(self, found: Mapping[Table, ColumnElement[bool]]) -> int:
        """The queue points at conversations, chats and groups by their numbers."""
        dropped = 0
        for table, condition in found.items():
            if table.name not in LANES_OF:
                continue
            keys = select(cast(table.c.id, Text)).where(condition)
            gone = await self._connection.execute(
                delete(lanes).where(lanes.c.kind.in_(LANES_OF[table.name]), lanes.c.key.in_(keys))
            )
            dropped += gone.rowcount
        return dropped

    async def _rows_of(self, client_id: ClientId) -> dict[Table, ColumnElement[bool]]:
        """Which rows of which table are the client's, those that others point at first.

        The keys are read table by table, so that each step goes by an index.
        """
        accounts = await self._connection.execute(
            select(users.c.id, users.c.telegram_user_id).where(
                or_(users.c.id == client_id, users.c.merged_into == client_id)
            )
        )
        known = accounts.all()
        # Other accounts of the same person were merged into this one.
        mine, people = [row.id for row in known], [row.telegram_user_id for row in known]
        conditions: dict[Table, ColumnElement[bool]] = {users: _one_of(users.c.id, mine)}
        keys: dict[Table, list[int]] = {users: mine}
        for table in reversed(personal_tables()):
            if table is users:
                continue
            ways = list(_ways(table, keys, people))
            if not ways:
                continue
            conditions[table] = or_(*ways)
            if table in _pointed_at():
                rows = await self._connection.scalars(select(table.c.id).where(conditions[table]))
                keys[table] = list(rows)
        return conditions


def _ways(
    table: Table, keys: Mapping[Table, list[int]], people: Sequence[int]
) -> Iterator[ColumnElement[bool]]:
    """The columns by which rows of this table may belong to the client."""
    for column in table.columns:
        parent = _parent(column)
        if column.name in _TELEGRAM_IDS and people:
            yield _one_of(column, people)
        elif parent is not None and parent is not table and keys.get(parent):
            yield _one_of(column, keys[parent])


def _one_of(column: Column[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
    return column == any_(bindparam(None, list(numbers), type_=ARRAY(BigInteger)))


@cache
def _pointed_at() -> frozenset[Table]:
    """Personal tables that other personal tables point at."""
    personal = personal_tables()
    parents = (_parent(column) for table in personal for column in table.columns)
    return frozenset(parent for parent in parents if parent is not None and parent in personal)


LANES_OF: Mapping[str, tuple[str, ...]] = {
    "client_conversations": (
        "sales.answer_client",
        "sales.follow_up",
        "education.open_group",
        "education.decline_group",
    ),
    "chats": ("messaging.deliver",),
    "education_groups": (
        "education.lead_group",
        "education.answer_group",
        "education.pin_welcome",
        "education.freshen_group",
    ),
    "direct_messages": ("commenting.answer_reply",),
}
"""Kinds of lanes whose keys are the numbers of these rows; a test knows when one is missing."""
_ERASE_PARKED = text(
    """
    DELETE FROM parked_updates p USING users u
    WHERE (u.id = :client OR u.merged_into = :client)
        AND p.body ~ ('"id"\\s*:\\s*' || u.telegram_user_id || '\\D')
    """
)
_ERASE_CONTACTS = text(
    """
    DELETE FROM imported_contacts c USING users u
    WHERE (u.id = :client OR u.merged_into = :client) AND c.client_id IS NULL
        AND u.username <> '' AND c.username = lower(u.username)
    """
)
_REMEMBER = text("INSERT INTO opt_outs (hash, at) VALUES (:hash, :now) ON CONFLICT DO NOTHING")
