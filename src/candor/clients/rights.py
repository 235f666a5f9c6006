"""A client's rights: everything about a person as data, and its erasure."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from candor.clients.activity import Activity, ActivityLog
from candor.clients.erasure import Erased, ErasureRepository, opt_out_hash
from candor.clients.profile import UserRepository
from candor.common.clock import Clock
from candor.common.errors import NotFoundError
from candor.common.events import BusinessEvent, Events
from candor.common.ids import ClientId


class RightsUnit(Protocol):
    """The slice of a unit of work that this needs."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def erasure(self) -> ErasureRepository: ...

    @property
    def activity(self) -> ActivityLog: ...

    @property
    def events(self) -> Events: ...


class ClientRights:
    """What `/export` and `/delete` do, for the panel and the command line."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[RightsUnit]],
        clock: Clock,
        *,
        salt: bytes,
    ) -> None:
        """`salt`: the installation's secret for opt-out hashes, the same as the inbox's."""
        self._units = units
        self._clock = clock
        self._salt = salt

    async def export(self, client_id: ClientId, *, source: str) -> Mapping[str, object]:
        """Every row about the client; raises NotFoundError. `source` says who took it."""
        async with self._units() as unit:
            record = await unit.erasure.export(client_id)
            if record is None:
                raise NotFoundError("There is no such client.")
            await unit.activity.record(
                Activity(
                    kind="client.exported",
                    at=self._clock.now(),
                    client_id=client_id,
                    details={"source": source},
                )
            )
        return record

    async def erase(self, client_id: ClientId, *, source: str) -> Erased:
        """Remove the client everywhere; only a salted opt-out hash stays. Raises NotFoundError.

        `source` says who asked (`cli`, `operator:3`) and is all that the log keeps of it.
        """
        now = self._clock.now()
        async with self._units() as unit:
            client = await unit.users.get(client_id)
            if client is None:
                raise NotFoundError("There is no such client.")
            accounts = await unit.users.telegram_ids_of(client_id)
            erased = await unit.erasure.erase(
                client_id,
                hashes=tuple(opt_out_hash(account, self._salt) for account in accounts),
                now=now,
            )
            await unit.events.publish(
                BusinessEvent(
                    kind="client.erased", at=now, client_id=None, data={"client_id": client_id}
                )
            )
            await unit.activity.record(
                Activity(
                    kind="client.erased", at=now, details={"source": source, "rows": erased.total}
                )
            )
            return erased
