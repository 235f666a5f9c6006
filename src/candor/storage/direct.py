"""A connection of one's own, beside the engine's pool: autocommit, prepared statements, reopened.

For what lives as long as the process and speaks all the time or holds locks: the lanes, the
notifications, the holds of accounts. SQLAlchemy would cost them more than the database does.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from candor.common.errors import TemporaryError
from candor.storage.engine import DRIVER_ERRORS, connect
from candor.storage.lean import LeanDriver

_CLOSE_SECONDS = 2.0


class DirectConnection:
    """Opens at first use and again after the server closed it; one user at a time."""

    def __init__(self, address: str, *, name: str, settings: Mapping[str, str]) -> None:
        self._address = address
        self._settings = {"application_name": name, "timezone": "UTC"} | dict(settings)
        self._connection: LeanDriver | None = None
        self.lock = asyncio.Lock()

    async def get(self) -> LeanDriver:
        """The open connection. Raises TemporaryError when the server can't be reached."""
        if self._connection is None or self._connection.driver.is_closed():
            try:
                self._connection = LeanDriver(await connect(self._address, self._settings))
            except DRIVER_ERRORS as error:
                raise TemporaryError(
                    "The database can't be reached. It is tried again by itself."
                ) from error
        return self._connection

    async def drop(self) -> None:
        """Close it; the next `get` opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*DRIVER_ERRORS):
                await connection.driver.close(timeout=_CLOSE_SECONDS)
