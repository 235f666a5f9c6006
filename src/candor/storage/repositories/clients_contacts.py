"""Imported contacts: kept until their person writes, then joined with the client."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.contacts import Contact
from candor.common.ids import ClientId, TelegramUserId
from candor.storage.lean import lean
from candor.storage.tables.clients import imported_contacts


class PgContactRepository:
    """`candor.clients.contacts.ContactRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(
        self, contacts: Sequence[Contact], *, by: str, now: datetime
    ) -> tuple[int, int, int]:
        added = updated = matched = 0
        for contact in contacts:
            values = _values(contact, by=by, now=now)
            done = (await self._connection.execute(_PUT, values)).mappings().one()
            added += done["added"]
            updated += done["updated"]
            client = await self._connection.scalar(
                _CLIENT_OF, {"number": contact.telegram_user_id, "username": contact.username}
            )
            if client is not None:
                await self._join(done["id"], client, now)
                matched += 1
        return added, updated, matched

    async def recognise(
        self,
        client_id: ClientId,
        telegram_user_id: TelegramUserId,
        username: str | None,
        *,
        now: datetime,
    ) -> Contact | None:
        wanted = {"number": telegram_user_id, "username": (username or "").lower()}
        row = (await self._connection.execute(_WAITING, wanted)).mappings().first()
        if row is None:
            return None
        await self._join(row["id"], client_id, now)
        return _contact(row)

    async def opted_out(self, hashes: Mapping[bytes, int]) -> frozenset[int]:
        rows = await self._connection.scalars(_OPTED_OUT, {"hashes": list(hashes)})
        return frozenset(hashes[bytes(row)] for row in rows)

    async def waiting(self) -> int:
        table = imported_contacts
        found = await self._connection.scalar(
            select(func.count()).select_from(table).where(table.c.client_id.is_(None))
        )
        return int(found or 0)

    async def _join(self, contact: int, client: int, now: datetime) -> None:
        await self._connection.execute(_JOIN, {"contact": contact, "client": client, "now": now})


_PUT: Final = text(
    """
    WITH known AS (
        SELECT id FROM imported_contacts WHERE client_id IS NULL AND (
            telegram_user_id = CAST(:number AS bigint) OR username = :username AND :username <> '')
        ORDER BY id LIMIT 1
    ), changed AS (
        UPDATE imported_contacts c SET
            telegram_user_id = COALESCE(CAST(:number AS bigint), c.telegram_user_id),
            username = COALESCE(NULLIF(:username, ''), c.username),
            name = COALESCE(NULLIF(:name, ''), c.name), tags = CAST(:tags AS text[]), note = :note,
            external_id = COALESCE(NULLIF(:external_id, ''), c.external_id), source = :source,
            imported_by = :by, imported_at = :now
        FROM known WHERE c.id = known.id RETURNING c.id
    ), made AS (
        INSERT INTO imported_contacts (telegram_user_id, username, name, tags, note, external_id,
            source, imported_by, imported_at)
        SELECT CAST(:number AS bigint), :username, :name, CAST(:tags AS text[]), :note,
            :external_id, :source, :by, :now
        WHERE NOT EXISTS (SELECT 1 FROM known) RETURNING id
    )
    SELECT COALESCE((SELECT id FROM made), (SELECT id FROM changed)) AS id,
        (SELECT count(*) FROM made) AS added, (SELECT count(*) FROM changed) AS updated
    """
)
_CLIENT_OF: Final = text(
    """
    SELECT COALESCE(merged_into, id) FROM users
    WHERE telegram_user_id = CAST(:number AS bigint) OR CAST(:number AS bigint) IS NULL
        AND :username <> '' AND lower(username) = :username
    ORDER BY id LIMIT 1
    """
)
_WAITING: Final = lean(
    text(
        """
    SELECT * FROM imported_contacts WHERE client_id IS NULL AND (
        telegram_user_id = :number
        OR telegram_user_id IS NULL AND username = :username AND username <> '')
    ORDER BY telegram_user_id NULLS LAST, id LIMIT 1
    """
    )
)
_JOIN: Final = text(
    """
    WITH joined AS (
        UPDATE imported_contacts SET client_id = :client, matched_at = :now
        WHERE id = :contact AND client_id IS NULL RETURNING *
    ), tagged AS (
        UPDATE users u SET tags = ARRAY(
            SELECT tag FROM unnest(u.tags || joined.tags) WITH ORDINALITY AS t (tag, place)
            GROUP BY tag ORDER BY min(place))
        FROM joined WHERE u.id = :client
    )
    INSERT INTO client_notes (client_id, author, text, created_at)
    SELECT :client, 'import: ' || source, note, :now FROM joined WHERE note <> ''
    """
)
_OPTED_OUT: Final = text("SELECT hash FROM opt_outs WHERE hash = ANY(CAST(:hashes AS bytea[]))")


def _values(contact: Contact, *, by: str, now: datetime) -> dict[str, object]:
    return {
        "number": contact.telegram_user_id,
        "username": contact.username,
        "name": contact.name,
        "tags": list(contact.tags),
        "note": contact.note,
        "external_id": contact.external_id,
        "source": contact.source,
        "by": by,
        "now": now,
    }


def _contact(row: RowMapping) -> Contact:
    return Contact(
        telegram_user_id=row["telegram_user_id"],
        username=row["username"],
        name=row["name"],
        tags=tuple(row["tags"]),
        note=row["note"],
        external_id=row["external_id"],
        source=row["source"],
    )
