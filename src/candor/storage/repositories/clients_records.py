"""The list of clients with its segments, the client's page, the time line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    RowMapping,
    Select,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.record import (
    ClientAccount,
    ClientChange,
    ClientChat,
    ClientFilter,
    ClientNote,
    ClientRecord,
    TimelineEntry,
)
from candor.common.ids import ClientId
from candor.common.paging import Cut, Part, Place, read_part
from candor.storage.repositories.clients_merge import merge_clients
from candor.storage.repositories.clients_segments import PgSegment, day_of
from candor.storage.repositories.clients_timeline import read_timeline
from candor.storage.tables.clients import (
    client_notes,
    users,
)
from candor.storage.tables.messaging import client_conversations
from candor.storage.tables.panel import operators

TAG_SAMPLE: Final = 20_000


class PgClientRecords:
    """`candor.clients.record.ClientRecords`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, wanted: ClientFilter, cut: Cut) -> Part[ClientRecord]:
        segment = PgSegment(self._connection, wanted)

        async def fetch(part: Cut) -> Sequence[ClientRecord]:
            numbers = await segment.read(part)
            found = {record.id: record for record in await self._records(_listed(numbers))}
            return [found[ClientId(number)] for number in numbers]

        found = await read_part(fetch, cut, _place)
        return replace(found, total=segment.total)

    async def batch(
        self, wanted: ClientFilter, *, before: ClientId | None, limit: int
    ) -> Sequence[ClientRecord]:
        return await self._records(PgSegment(self._connection, wanted).older(before, limit))

    async def count(self, wanted: ClientFilter) -> int:
        return await PgSegment(self._connection, wanted).size()

    async def get(self, client_id: ClientId) -> ClientRecord | None:
        kept = select(func.coalesce(users.c.merged_into, users.c.id)).where(users.c.id == client_id)
        found = await self._records(kept)
        return found[0] if found else None

    async def change(self, client_id: ClientId, change: ClientChange) -> None:
        values: dict[str, object] = {}
        if change.tags is not None:
            values["tags"] = list(change.tags)
        if change.language is not None:
            values["language"] = change.language
        if change.time_zone is not None:
            values["time_zone"] = change.time_zone or None
        if change.clears_owner or change.owner_id is not None:
            values["owner_id"] = None if change.clears_owner else change.owner_id
        if values:
            await self._connection.execute(
                update(users).where(users.c.id == client_id).values(values)
            )

    async def tags(self, *, limit: int = 50) -> Sequence[tuple[str, int]]:
        rows = await self._connection.execute(_TAGS, {"sample": TAG_SAMPLE, "limit": limit})
        return tuple((row.tag, row.clients) for row in rows)

    async def accounts_of(self, client_id: ClientId) -> Sequence[ClientAccount]:
        rows = await self._connection.execute(
            select(users)
            .where(or_(users.c.id == client_id, users.c.merged_into == client_id))
            .order_by(users.c.merged_into.is_not(None), users.c.id)
        )
        return tuple(_account(row) for row in rows.mappings())

    async def chats_of(self, client_id: ClientId) -> Sequence[ClientChat]:
        rows = await self._connection.execute(_CHATS, {"client": client_id})
        return tuple(ClientChat(**row) for row in rows.mappings())

    async def add_note(
        self, client_id: ClientId, text: str, *, author: str, now: datetime
    ) -> ClientNote:
        made = await self._connection.execute(
            insert(client_notes)
            .values(client_id=client_id, author=author, text=text, created_at=now)
            .returning(*client_notes.c)
        )
        return ClientNote(**made.mappings().one())

    async def notes_of(self, client_id: ClientId, *, limit: int = 100) -> Sequence[ClientNote]:
        rows = await self._connection.execute(
            select(client_notes)
            .where(client_notes.c.client_id == client_id)
            .order_by(client_notes.c.id.desc())
            .limit(limit)
        )
        return tuple(ClientNote(**row) for row in rows.mappings())

    async def remove_note(self, client_id: ClientId, note_id: int) -> bool:
        gone = await self._connection.execute(
            delete(client_notes).where(
                client_notes.c.id == note_id, client_notes.c.client_id == client_id
            )
        )
        return gone.rowcount > 0

    async def timeline(
        self, client_id: ClientId, *, before: datetime | None = None, limit: int = 100
    ) -> Sequence[TimelineEntry]:
        return await read_timeline(self._connection, client_id, before=before, limit=limit)

    async def merge(self, kept: ClientId, other: ClientId, *, now: datetime) -> None:
        await merge_clients(self._connection, kept, other, now=now)

    async def _records(self, ids: Select[Any]) -> Sequence[ClientRecord]:
        """The records of these numbers; what hangs on them is looked up for this page only."""
        chosen = ids.subquery()
        rows = await self._connection.execute(_record_columns(chosen))
        return tuple(_record(row) for row in rows.mappings())


def _place(record: ClientRecord) -> Place:
    return Place((day_of(record.last_seen_at), record.id))


def _listed(numbers: Sequence[int]) -> Select[Any]:
    return select(func.unnest(cast(list(numbers), ARRAY(BigInteger))).label("id"))


def _record_columns(chosen: Any) -> Select[Any]:
    talks = (
        select(func.count()).where(client_conversations.c.client_id == users.c.id).scalar_subquery()
    )
    return (
        select(
            users,
            operators.c.email.label("owner"),
            talks.label("conversations"),
        )
        .join(chosen, chosen.c[0] == users.c.id)
        .outerjoin(operators, operators.c.id == users.c.owner_id)
        .order_by(users.c.id.desc())
    )


def _name(row: RowMapping) -> str:
    full = f"{row['first_name']} {row['last_name']}".strip()
    return full or (f"@{row['username']}" if row["username"] else f"#{row['id']}")


def _record(row: RowMapping) -> ClientRecord:
    return ClientRecord(
        id=row["id"],
        telegram_user_id=row["telegram_user_id"],
        name=_name(row),
        username=row["username"] or None,
        language=row["language"],
        time_zone=row["time_zone"],
        source=row["source"],
        source_details=row["source_details"],
        milestone=row["milestone"],
        tags=tuple(row["tags"]),
        owner_id=row["owner_id"],
        owner=row["owner"],
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
        opted_out_at=row["opted_out_at"],
        conversations=row["conversations"],
        consents=tuple(row["consents"]),
    )


def _account(row: RowMapping) -> ClientAccount:
    return ClientAccount(
        telegram_user_id=row["telegram_user_id"],
        name=_name(row),
        username=row["username"] or None,
        is_main=row["merged_into"] is None,
    )


_TAGS: Final = text(
    """
    SELECT tag, count(*) AS clients
    FROM (SELECT tags FROM users WHERE tags <> '{}' ORDER BY id DESC LIMIT :sample) AS newest,
        unnest(tags) AS tag
    GROUP BY tag ORDER BY clients DESC, tag LIMIT :limit
    """
)
_CHATS: Final = text(
    """
    SELECT c.id AS chat, c.account_id, a.title AS account, a.kind AS account_kind, c.type,
        v.id AS conversation_id, v.handling, c.last_in_at, c.blocked_at
    FROM chats c JOIN telegram_account_sessions a ON a.id = c.account_id
        LEFT JOIN client_conversations v ON v.chat = c.id
    WHERE c.client_id = :client ORDER BY c.last_in_at DESC NULLS LAST, c.id LIMIT 100
    """
)
