"""`ParkedUpdates` in the database: an update that nobody could handle waits there for a look."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from candor.common.ids import AccountId
from candor.telegram.ports import ParkedUpdate


class ParkedUpdateRepository(Protocol):
    async def add(
        self, account_id: AccountId, update_id: int, *, body: str, error: str, at: datetime
    ) -> None: ...


class ParkingUnit(Protocol):
    @property
    def parked_updates(self) -> ParkedUpdateRepository: ...


class ParkingUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[ParkingUnit]: ...


class DatabaseParking:
    """Stores each update once, in a unit of its own."""

    def __init__(self, units: ParkingUnits) -> None:
        self._units = units

    async def park(self, update: ParkedUpdate) -> None:
        async with self._units() as unit:
            await unit.parked_updates.add(
                update.account_id,
                update.update_id,
                body=update.update,
                error=update.error,
                at=update.parked_at,
            )
