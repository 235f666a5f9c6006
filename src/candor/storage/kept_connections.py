"""Connections that units of work hand to each other, past the pool.

Giving a connection back to SQLAlchemy's pool and taking it again costs as much CPU as two statements,
and a turn has half a dozen units. So a few stay out; they go when the engine is disposed of. In a rush
a unit waits a moment for one of them: a connection that was never used prepares every statement anew.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

import asyncpg
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_SHARE: Final = 3
"""A third of the pool may stay out, so that others always find connections in it."""
_PATIENCE_SECONDS: Final = 0.02
"""For a connection of another unit; then one of the pool is taken, so that nobody waits for ever."""


class KeptConnections:
    """Open connections in autocommit mode: who takes one begins and ends transactions himself."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        size = getattr(engine.pool, "size", None)
        self._most = size() // _SHARE if size is not None else 0
        self._idle: list[AsyncConnection] = []
        self._taken = 0
        self._asking = 0
        """Units that wait in the pool's own queue: what is given back goes there."""
        self._pool = engine.pool
        self._waiting: deque[asyncio.Future[None]] = deque()
        event.listen(engine.sync_engine, "engine_disposed", self._let_go)

    async def take(self) -> AsyncConnection:
        """The one used last, or one of the pool. Raises DBAPIError or SQLAlchemy's TimeoutError."""
        if not self._idle and self._taken + self._asking >= self._most > 0:
            await self._wait()
        connection = await self._open()
        self._taken += 1
        return connection

    async def give(self, connection: AsyncConnection) -> None:
        """Keep it for the next unit, outside of any transaction."""
        try:
            if self._may_keep(connection):
                if connection.in_transaction():
                    await connection.rollback()
                self._idle.append(connection)
            else:
                await connection.close()
        finally:
            self.leave()

    def _may_keep(self, connection: AsyncConnection) -> bool:
        # An engine that was disposed of has a new pool: what the old one lent is not kept.
        is_current = self._pool is self._engine.pool
        has_room = not self._asking and len(self._idle) < self._most
        return is_current and has_room and not connection.invalidated

    def leave(self) -> None:
        """A connection that was taken is given back, or closed: the next one who waits may go on."""
        self._taken -= 1
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return

    async def _open(self) -> AsyncConnection:
        while self._idle:
            connection = self._idle.pop()
            if not driver_of(connection).is_closed():
                return connection
            await connection.invalidate()
            await connection.close()
        self._asking += 1
        try:
            return await self._engine.connect()
        finally:
            self._asking -= 1

    async def _wait(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await waiting

    def _let_go(self, engine: Engine) -> None:
        """The pool is gone: what it lent is closed with it."""
        self._pool = self._engine.pool
        while self._idle:
            if (sync := self._idle.pop().sync_connection) is not None:
                sync.invalidate()
                sync.close()


def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's connection under SQLAlchemy's; raises RuntimeError where none is open."""
    sync = connection.sync_connection
    if sync is None:
        raise RuntimeError("A unit needs an open connection.")
    return sync.connection.driver_connection
