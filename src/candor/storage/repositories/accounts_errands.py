"""SQL of `account_errands`: questions to whichever process holds a user session."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import AccountId
from candor.storage.tables.accounts import account_errands

_errands: Final = account_errands.c
_TAKE: Final = text(
    """
    UPDATE account_errands SET taken_at = :now WHERE id IN (
        SELECT id FROM account_errands
        WHERE account_id = ANY(:accounts) AND taken_at IS NULL AND expires_at > :now
        ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
    ) RETURNING id, account_id, task, arguments
    """
).bindparams(bindparam("accounts"))


class PgErrandRepository:
    """What `telegram.user.errands` keeps between two processes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(
        self,
        account_id: AccountId,
        task: str,
        arguments: Mapping[str, object],
        *,
        expires_at: datetime,
    ) -> int:
        row = await self._connection.execute(
            insert(account_errands)
            .values(account_id=account_id, task=task, arguments=arguments, expires_at=expires_at)
            .returning(_errands.id)
        )
        return int(row.scalar_one())

    async def take(
        self, accounts: Sequence[AccountId], *, now: datetime, limit: int
    ) -> Sequence[Any]:
        """The oldest that nobody has taken, in order; each is handed out once."""
        wanted = {"accounts": list(accounts), "now": now, "limit": limit}
        rows = await self._connection.execute(_TAKE, wanted)
        return sorted(rows.all(), key=lambda row: int(row.id))

    async def settle(self, errand: int, outcome: Mapping[str, object]) -> None:
        await self._connection.execute(
            update(account_errands).where(_errands.id == errand).values(outcome=outcome)
        )

    async def outcome(self, errand: int) -> Mapping[str, Any] | None:
        """The answer, which is gone from the table then; None while there is none."""
        gone = await self._connection.execute(
            delete(account_errands)
            .where(_errands.id == errand, _errands.outcome.is_not(None))
            .returning(_errands.outcome)
        )
        found: Mapping[str, Any] | None = gone.scalar_one_or_none()
        return found

    async def withdraw(self, errand: int) -> bool:
        """Ask for it no longer; True when nobody had begun with it."""
        gone = await self._connection.execute(
            delete(account_errands)
            .where(_errands.id == errand, _errands.taken_at.is_(None))
            .returning(_errands.id)
        )
        return gone.scalar_one_or_none() is not None

    async def is_taken(self, errand: int) -> bool:
        found = await self._connection.scalar(
            select(_errands.taken_at).where(_errands.id == errand)
        )
        return found is not None

    async def forget(self, before: datetime) -> int:
        """Drop those whose asker is gone."""
        gone = await self._connection.execute(
            delete(account_errands).where(_errands.expires_at < before)
        )
        return gone.rowcount
