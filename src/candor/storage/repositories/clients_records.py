"""The list of clients with its segments, the client's page, the time line."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    RowMapping,
    Select,
    Text,
    cast,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.record import (
    ClientAccount,
    ClientChange,
    ClientChat,
    ClientFilter,
    ClientNote,
    ClientRecord,
    TimelineEntry,
    counted_to,
)
from candor.common.ids import ClientId
from candor.storage.repositories.clients_merge import merge_clients
from candor.storage.repositories.clients_timeline import read_timeline
from candor.storage.tables.clients import (
    SEARCHED_NAME,
    client_notes,
    user_consents,
    users,
)
from candor.storage.tables.messaging import client_conversations
from candor.storage.tables.panel import operators

TAG_SAMPLE: Final = 20_000
_SEARCHED: Final = f"{SEARCHED_NAME} @@ to_tsquery('simple', :words)"
_WORD: Final = re.compile(r"[^\W_]+")


class PgClientRecords:
    """`candor.clients.record.ClientRecords`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, wanted: ClientFilter, *, limit: int, offset: int = 0
    ) -> tuple[Sequence[ClientRecord], int]:
        conditions, counted = _conditions(wanted), counted_to(offset + limit)
        # Without an order the planner takes the filter's own index; a rare filter searched in the
        # order of numbers would read the whole table for its fifty rows. Whoever was seen of late
        # stands at the end of the table: they are looked for from there.
        some = select(users.c.id).where(*conditions).limit(counted)
        if wanted.active_since is not None:
            some = some.order_by(*_newest_first(wanted))
        capped = some.subquery()
        newest = aggregate_order_by(capped.c.id, capped.c.id.desc())
        numbers = func.array_agg(newest, type_=ARRAY(BigInteger))[offset + 1 : offset + limit]
        row = (await self._connection.execute(select(func.count(), numbers))).one()
        total, found = int(row[0]), row[1] or ()
        if total < counted:
            chosen = select(func.unnest(cast(list(found), ARRAY(BigInteger))).label("id"))
            return await self._records(chosen), total
        ordered = select(users.c.id).where(*conditions).order_by(*_newest_first(wanted))
        return await self._records(ordered.limit(limit).offset(offset)), total

    async def batch(
        self, wanted: ClientFilter, *, before: ClientId | None, limit: int
    ) -> Sequence[ClientRecord]:
        conditions = _conditions(wanted)
        if before is not None:
            conditions.append(users.c.id < before)
        return await self._records(
            select(users.c.id).where(*conditions).order_by(users.c.id.desc()).limit(limit)
        )

    async def count(self, wanted: ClientFilter) -> int:
        conditions = _conditions(wanted)
        found = await self._connection.scalar(
            select(func.count()).select_from(users).where(*conditions)
        )
        return int(found or 0)

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


def _conditions(wanted: ClientFilter) -> list[Any]:
    exact = {
        users.c.milestone: wanted.milestone,
        users.c.source: wanted.source,
        users.c.owner_id: wanted.owner_id,
        users.c.language: wanted.language,
    }
    found: list[Any] = [users.c.merged_into.is_(None)]
    found += [column == value for column, value in exact.items() if value is not None]
    if wanted.q:
        words = " & ".join(f"{word}:*" for word in _WORD.findall(wanted.q))
        found.append(text(_SEARCHED).bindparams(words=words) if words else false())
    if wanted.tag:
        found.append(users.c.tags.op("@>")(cast([wanted.tag], ARRAY(Text))))
    if wanted.opted_out is not None:
        said_stop = users.c.opted_out_at.is_not(None)
        found.append(said_stop if wanted.opted_out else ~said_stop)
    if wanted.consent is not None:
        found.append(users.c.id.in_(_with_consent(wanted.consent)))
    if wanted.active_since is not None:
        found.append(users.c.last_seen_at >= wanted.active_since)
    if wanted.quiet_since is not None:
        # Nobody is seen before they are there: said again in a column that has an order.
        found.append(users.c.last_seen_at < wanted.quiet_since)
        found.append(users.c.created_at < wanted.quiet_since)
    return found


def _newest_first(wanted: ClientFilter) -> tuple[Any, ...]:
    """By number; those who are quiet are all old, so they are looked for from that day backwards."""
    if wanted.quiet_since is not None:
        return (users.c.created_at.desc(), users.c.id.desc())
    return (users.c.id.desc(),)


def _with_consent(purpose: str) -> Select[Any]:
    return select(user_consents.c.client_id).where(
        user_consents.c.purpose == purpose, user_consents.c.withdrawn_at.is_(None)
    )


def _record_columns(chosen: Any) -> Select[Any]:
    talks = (
        select(func.count()).where(client_conversations.c.client_id == users.c.id).scalar_subquery()
    )
    consents = (
        select(func.array_agg(user_consents.c.purpose))
        .where(user_consents.c.client_id == users.c.id, user_consents.c.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            users,
            operators.c.email.label("owner"),
            talks.label("conversations"),
            consents.label("consents"),
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
        consents=tuple(sorted(row["consents"] or ())),
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
