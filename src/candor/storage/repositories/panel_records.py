"""What the panel writes down as it works: the audit log and the answers to repeated requests."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.operators import AuditEntry, StoredAnswer
from candor.storage.tables.panel import audit_log, idempotency_keys


class PgAuditRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entry: AuditEntry) -> None:
        await self._connection.execute(
            insert(audit_log).values(
                at=entry.at,
                actor=entry.actor,
                action=entry.action,
                subject=entry.subject,
                ip=entry.ip,
                details=dict(entry.details),
            )
        )

    async def page(
        self, *, q: str = "", limit: int, offset: int
    ) -> tuple[tuple[AuditEntry, ...], int]:
        columns = (audit_log.c.actor, audit_log.c.action, audit_log.c.subject)
        wanted = or_(*(column.icontains(q, autoescape=True) for column in columns))
        statement = select(audit_log).order_by(audit_log.c.at.desc(), audit_log.c.id.desc())
        total = select(func.count()).select_from(audit_log)
        if q:
            statement, total = statement.where(wanted), total.where(wanted)
        result = await self._connection.execute(statement.limit(limit).offset(offset))
        entries = tuple(AuditEntry(**row) for row in result.mappings())
        return entries, int(await self._connection.scalar(total) or 0)


class PgIdempotencyKeyRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(
        self, scope: str, key: str, request_hash: str, *, now: datetime
    ) -> StoredAnswer | None:
        table = idempotency_keys
        inserted = await self._connection.execute(
            insert(table)
            .values(scope=scope, key=key, request_hash=request_hash, created_at=now)
            .on_conflict_do_nothing()
            .returning(table.c.key)
        )
        if inserted.one_or_none() is not None:
            return None
        result = await self._connection.execute(
            select(table.c.request_hash, table.c.status, table.c.body).where(
                table.c.scope == scope, table.c.key == key
            )
        )
        row = result.mappings().one_or_none()
        return StoredAnswer(request_hash, None, "") if row is None else StoredAnswer(**row)

    async def store(self, scope: str, key: str, *, status: int, body: str) -> None:
        table = idempotency_keys
        await self._connection.execute(
            update(table)
            .where(table.c.scope == scope, table.c.key == key)
            .values(status=status, body=body)
        )

    async def release(self, scope: str, key: str) -> None:
        table = idempotency_keys
        await self._connection.execute(
            delete(table).where(table.c.scope == scope, table.c.key == key)
        )

    async def remove_older(self, than: datetime) -> int:
        statement = delete(idempotency_keys).where(idempotency_keys.c.created_at < than)
        return int((await self._connection.execute(statement)).rowcount)
