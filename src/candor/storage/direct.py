"""A connection of one's own, beside the engine's pool: autocommit, prepared statements, reopened.

For the two things that live as long as the process and speak all the time: the lanes and the
notifications. SQLAlchemy would cost them more than the database does.
"""

import asyncio
from collections.abc import Mapping

from psycopg import AsyncConnection, OperationalError

from candor.common.errors import TemporaryError
from candor.storage.engine import CONNECT_SECONDS, database_url, libpq_url


class DirectConnection:
    """Opens at first use and again after the server closed it; one user at a time."""

    def __init__(self, address: str, *, name: str, settings: Mapping[str, str]) -> None:
        self._address = libpq_url(database_url(address))
        self._name = name
        self._options = " ".join(
            f"-c {key}={value}" for key, value in ({"timezone": "UTC"} | dict(settings)).items()
        )
        self._connection: AsyncConnection | None = None
        self.lock = asyncio.Lock()

    async def get(self) -> AsyncConnection:
        """The open connection. Raises TemporaryError when the server can't be reached."""
        if self._connection is None or self._connection.closed:
            try:
                self._connection = await AsyncConnection.connect(
                    self._address,
                    autocommit=True,
                    connect_timeout=CONNECT_SECONDS,
                    application_name=self._name,
                    options=self._options,
                    prepare_threshold=1,
                )
            except OperationalError as error:
                raise TemporaryError(
                    "The database can't be reached. It is tried again by itself."
                ) from error
        return self._connection

    async def drop(self) -> None:
        """Close it; the next `get` opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
