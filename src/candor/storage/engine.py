"""The one async engine of a process: asyncpg, UTC, short waits, dead connections noticed."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from candor.common.errors import ConfigurationError

DRIVER = "postgresql+psycopg"
"""Of what runs without an event loop: migrations, tools."""
ASYNC_DRIVER = "postgresql+asyncpg"
POOL_SIZE = 20
"""Connections of a process, opened as they are needed and then kept: one beyond a smaller pool would be
closed after each use, and opening it anew costs as much as a turn's statements."""
CHECKOUT_SECONDS = 30.0
"""How long a unit waits for a free connection before it fails."""
CONNECT_SECONDS = 10
STATEMENT_MILLISECONDS = 30_000
IDLE_IN_TRANSACTION_MILLISECONDS = 60_000

_ONLY_OF_LIBPQ = [
    "channel_binding",
    "connect_timeout",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "min_protocol_version",
    "max_protocol_version",
    "require_auth",
    "requirepeer",
    "sslcertmode",
    "sslcompression",
    "sslsni",
    "tcp_user_timeout",
]
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""All that a statement fails with when it goes straight to the driver; a TimeoutError is an OSError."""
_SERVER_SETTINGS = {
    "application_name": "candor",
    "timezone": "UTC",
    "statement_timeout": str(STATEMENT_MILLISECONDS),
    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MILLISECONDS),
}

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
        database_url(address).set(drivername=ASYNC_DRIVER),
        json_serializer=_dump_json,
        async_creator=partial(connect, address, _SERVER_SETTINGS | dict(settings or {})),
        **pool,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead_connection)
    return engine


async def connect(address: str, settings: Mapping[str, str]) -> asyncpg.Connection:
    """A connection by libpq's rules (sockets, `sslmode`, `PGPASSFILE`), with these server settings.

    Raises one of `DRIVER_ERRORS`.
    """
    # libpq checks them when the migrations connect; to asyncpg they would be the server's settings.
    dsn = libpq_url(database_url(address).difference_update_query(_ONLY_OF_LIBPQ))
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings=dict(settings))
    except OSError as error:
        raise asyncpg.InterfaceError(f"The database can't be reached: {error}") from error


def _refuse_dead_connection(adapted: Any, record: object, proxy: object) -> None:
    """Before a pooled connection is handed out: has the server closed it meanwhile (a restart)?"""
    if adapted.driver_connection.is_closed():
        raise DisconnectionError("The server has ended this connection.")
