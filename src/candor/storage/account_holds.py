"""`AccountHolds` by advisory locks of one connection: they vanish with the process that held them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from candor.common.errors import TemporaryError
from candor.common.ids import AccountId
from candor.storage.direct import DirectConnection
from candor.storage.engine import DRIVER_ERRORS

log = structlog.get_logger(__name__)

_SPACE: Final = 0x43414E44 << 32
"""The upper half of our lock keys, apart from others' in the same database."""
_SETTINGS: Final = {
    # The server notices a machine that fell silent after 5 + 2 x 2 seconds and frees its locks.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "9000",
    "statement_timeout": "5000",
}
_TAKE: Final = (
    "SELECT id FROM unnest($1::bigint[]) AS id WHERE pg_try_advisory_lock($2::bigint + id)"
)
_COUNT: Final = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
)
_RELEASE: Final = "SELECT pg_advisory_unlock($1::bigint)"


class PgAccountHolds:
    """`candor.accounts.ports.AccountHolds`. One holder per account over all machines."""

    def __init__(self, address: str) -> None:
        self._direct = DirectConnection(address, name="candor accounts", settings=_SETTINGS)
        self._held: set[AccountId] = set()

    async def take(self, wanted: Sequence[AccountId]) -> frozenset[AccountId]:
        """Try to hold each of `wanted`; answers those of them that are held now."""
        async with self._direct.lock:
            if not await self._is_alive():
                self._held.clear()
            missing = [account_id for account_id in wanted if account_id not in self._held]
            if missing:
                self._held |= await self._take(missing)
            return frozenset(self._held & set(wanted))

    async def release(self, account_id: AccountId) -> None:
        async with self._direct.lock:
            if account_id not in self._held:
                return
            self._held.discard(account_id)
            try:
                connection = await self._direct.get()
                await connection.driver.execute(_RELEASE, _SPACE + account_id)
            except (*DRIVER_ERRORS, TemporaryError):
                await self._direct.drop()
                self._held.clear()

    async def held(self) -> frozenset[AccountId]:
        """What is really held: asks the server, since locks are gone with a lost connection."""
        async with self._direct.lock:
            if self._held and not await self._is_alive():
                self._held.clear()
            return frozenset(self._held)

    async def close(self) -> None:
        """Free everything now: the server notices a closed connection only a moment later."""
        async with self._direct.lock:
            if self._held:
                with suppress(*DRIVER_ERRORS, TemporaryError):
                    await (await self._direct.get()).driver.execute(
                        "SELECT pg_advisory_unlock_all()"
                    )
            self._held.clear()
            await self._direct.drop()

    async def _take(self, wanted: Sequence[AccountId]) -> set[AccountId]:
        connection = await self._direct.get()
        rows = await connection.driver.fetch(_TAKE, list(wanted), _SPACE)
        return {AccountId(row[0]) for row in rows}

    async def _is_alive(self) -> bool:
        if not self._held:
            return True
        try:
            connection = await self._direct.get()
            count = await connection.driver.fetchval(_COUNT)
        except (*DRIVER_ERRORS, TemporaryError) as error:
            log.warning("account_holds_lost", error=type(error).__name__)
            await self._direct.drop()
            return False
        return int(count) >= len(self._held)
