"""SQL of `account_security_logs`, which only grows, and of updates that could not be handled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.account import SecurityEvent
from candor.accounts.ports import LoggedEvent
from candor.accounts.security_log import GENESIS, digest_of
from candor.common.ids import AccountId
from candor.storage.tables.accounts import account_security_logs, parked_updates

_CHAIN_LOCK: Final = 0x43414E444F52
"""Key of the transaction lock under which the security log grows."""


class PgSecurityLogRepository:
    """`candor.accounts.ports.SecurityLogRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, event: SecurityEvent) -> None:
        await self._connection.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))
        logs = account_security_logs.c
        last = (
            await self._connection.execute(
                select(logs.id, logs.digest).order_by(logs.id.desc()).limit(1)
            )
        ).first()
        previous = GENESIS if last is None else bytes(last.digest)
        await self._connection.execute(
            account_security_logs.insert().values(
                id=1 if last is None else last.id + 1,
                account_id=event.account_id,
                event=event.event,
                actor=event.actor,
                at=event.at,
                details=dict(event.details),
                previous=previous,
                digest=digest_of(event, previous=previous),
            )
        )

    async def after(self, number: int, *, limit: int) -> Sequence[LoggedEvent]:
        logs = account_security_logs.c
        statement = select(account_security_logs).where(logs.id > number).order_by(logs.id)
        return [_logged(row) for row in await self._connection.execute(statement.limit(limit))]

    async def recent(
        self, *, account_id: AccountId | None = None, limit: int = 50, before: int | None = None
    ) -> Sequence[LoggedEvent]:
        logs = account_security_logs.c
        statement = select(account_security_logs).order_by(logs.id.desc()).limit(limit)
        if account_id is not None:
            statement = statement.where(logs.account_id == account_id)
        if before is not None:
            statement = statement.where(logs.id < before)
        return [_logged(row) for row in await self._connection.execute(statement)]


class PgParkedUpdateRepository:
    """Updates that could not be handled."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, account_id: AccountId, update_id: int, *, body: str, error: str, at: datetime
    ) -> None:
        await self._connection.execute(
            insert(parked_updates)
            .values(
                account_id=account_id, update_id=update_id, body=body, error=error, parked_at=at
            )
            .on_conflict_do_nothing()
        )

    async def count(self) -> int:
        statement = select(func.count()).select_from(parked_updates)
        return int((await self._connection.execute(statement)).scalar_one())


def _logged(row: Row[Any]) -> LoggedEvent:
    event = SecurityEvent(
        account_id=None if row.account_id is None else AccountId(row.account_id),
        event=row.event,
        actor=row.actor,
        at=row.at,
        details=row.details,
    )
    return LoggedEvent(row.id, event, bytes(row.previous), bytes(row.digest))
