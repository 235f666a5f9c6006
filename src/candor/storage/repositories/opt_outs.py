"""The sealed secrets behind the hashes of people who said stop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.ports import Place, SealedValue
from candor.storage.tables.clients import opt_out_salts

_TABLE: Final = "opt_out_salts"
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('opt_out_salts'))")


def salt_place(row: int) -> Place:
    """Where a salt lies; bound into its ciphertext."""
    return Place(_TABLE, row, "sealed")


class PgOptOutSaltRepository:
    """Few rows: one, and one more for each machine that had marked with a secret of its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """Until the unit ends nobody else adds one: machines that start at once agree."""
        await self._connection.execute(_LOCK)

    async def all(self) -> Sequence[SealedValue]:
        """The oldest first: that one marks."""
        rows = await self._connection.execute(
            select(opt_out_salts.c.id, opt_out_salts.c.sealed).order_by(opt_out_salts.c.id)
        )
        return tuple(SealedValue(salt_place(row.id), bytes(row.sealed)) for row in rows)

    async def next_id(self) -> int:
        sequence = text("SELECT nextval(pg_get_serial_sequence('opt_out_salts', 'id'))")
        return int((await self._connection.execute(sequence)).scalar_one())

    async def add(self, row: int, sealed: bytes, *, at: datetime) -> None:
        await self._connection.execute(
            insert(opt_out_salts).values(id=row, sealed=sealed, created_at=at)
        )

    async def outdated(self, *, key_id: bytes, limit: int) -> Sequence[SealedValue]:
        """Those not sealed under `key_id`: for the rotation of keys."""
        column = opt_out_salts.c.sealed
        rows = await self._connection.execute(
            select(opt_out_salts.c.id, column)
            .where(func.substring(column, 2, 4) != key_id)
            .order_by(opt_out_salts.c.id)
            .limit(limit)
        )
        return tuple(SealedValue(salt_place(row.id), bytes(row.sealed)) for row in rows)

    async def replace(self, value: SealedValue, *, sealed: bytes, lookup: bytes | None) -> bool:
        done = await self._connection.execute(
            update(opt_out_salts)
            .where(opt_out_salts.c.id == value.place.row, opt_out_salts.c.sealed == value.sealed)
            .values(sealed=sealed)
        )
        return bool(done.rowcount)
