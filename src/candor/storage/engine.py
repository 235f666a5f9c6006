"""The one async engine of a process: psycopg 3, UTC, short waits, dead connections noticed."""

import json
import select
from collections.abc import Mapping
from functools import partial
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from candor.common.errors import ConfigurationError

DRIVER = "postgresql+psycopg"
POOL_SIZE = 20
"""Connections of a process, opened as they are needed and then kept: one beyond a smaller pool would be
closed after each use, and opening it anew costs as much as a turn's statements."""
CHECKOUT_SECONDS = 30.0
"""How long a unit waits for a free connection before it fails."""
CONNECT_SECONDS = 10
STATEMENT_MILLISECONDS = 30_000
IDLE_IN_TRANSACTION_MILLISECONDS = 60_000

_dump_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def database_url(address: str) -> URL:
    """Read a `DATABASE_URL` (`postgres://`, `postgresql://`, with or without a driver)."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise ConfigurationError(
            "DATABASE_URL is not a database address. It looks like "
            "postgresql://user:password@host:5432/candor."
        ) from error
    if url.drivername.split("+")[0] not in ("postgres", "postgresql"):
        raise ConfigurationError(
            f"DATABASE_URL names {url.drivername}; Candor works with PostgreSQL 14 or newer only."
        )
    return url.set(drivername=DRIVER)


def libpq_url(url: URL) -> str:
    """The same address for psycopg, procrastinate and the PostgreSQL tools."""
    rendered = url.set(drivername="postgresql").render_as_string(hide_password=False)
    address, mark, query = rendered.partition("?")
    # libpq does not read a plus as a space, as SQLAlchemy writes it.
    return address + mark + query.replace("+", "%20")


def make_engine(
    address: str,
    *,
    pool_size: int = POOL_SIZE,
    pooled: bool = True,
    settings: Mapping[str, str] | None = None,
) -> AsyncEngine:
    """Make an engine; it connects at first use. `settings` are server settings per connection.

    `pooled=False` is for programs that make one connection (migrations, tools).
    """
    pool: dict[str, Any] = (
        {
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_timeout": CHECKOUT_SECONDS,
            "pool_use_lifo": True,
        }
        if pooled
        else {"poolclass": NullPool}
    )
    engine = create_async_engine(
        database_url(address),
        json_serializer=_dump_json,
        connect_args={
            "options": _server_options(settings or {}),
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "candor",
        },
        **pool,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead_connection)
    return engine


def _server_options(settings: Mapping[str, str]) -> str:
    merged = {
        "timezone": "UTC",
        "statement_timeout": str(STATEMENT_MILLISECONDS),
        "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MILLISECONDS),
    } | dict(settings)
    return " ".join(f"-c {name}={value}" for name, value in merged.items())


def _refuse_dead_connection(adapted: Any, record: object, proxy: object) -> None:
    """Before a pooled connection is handed out: has the server closed it meanwhile?

    An idle connection has nothing to read; when it does, the server said goodbye (restart) and the
    pool makes a new one. Costs a system call instead of a round trip.
    """
    connection = adapted.driver_connection
    if connection.closed or connection.pgconn.transaction_status == TransactionStatus.UNKNOWN:
        raise DisconnectionError("The database connection is closed.")
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError("The server has ended this connection.")
