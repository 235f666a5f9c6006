"""Makes Telethon clients for Telegram, for a test server, or for the double that a demo uses."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.network import ConnectionTcpFull

from candor.common.errors import ConfigurationError
from candor.common.unit_guard import assert_no_open_unit
from candor.messaging.gateway import NotReachedError
from candor.telegram.user.client import SettledClient
from candor.telegram.user.refusals import translated
from candor.telegram.user.session import KeptSession

_log = logging.getLogger("candor.telethon")
_log.setLevel(logging.WARNING)
CONNECT_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class UserServer:
    """Where user sessions live. Without `host`: Telegram itself."""

    api_id: int
    api_hash: SecretStr
    host: str | None = None
    port: int = 443
    public_key: Path | None = None
    dc: int = 2


def user_server(
    *,
    api_id: int,
    api_hash: SecretStr,
    server: str | None = None,
    public_key: Path | None = None,
    dc: int | None = None,
) -> UserServer:
    """Read TELEGRAM_MTPROTO_SERVER (`host:port`) and its key; raises ConfigurationError."""
    if server is None:
        return UserServer(api_id, api_hash)
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigurationError("TELEGRAM_MTPROTO_SERVER is written as host:port.")
    if public_key is None or not public_key.is_file():
        raise ConfigurationError(
            "TELEGRAM_MTPROTO_SERVER needs TELEGRAM_MTPROTO_PUBLIC_KEY: the server's RSA key (PEM)."
        )
    return UserServer(api_id, api_hash, host, int(port), public_key, dc or 2)


class UserConnections:
    """`client` makes a client from a stored session; `visiting` lends one for a few calls.

    `wire` puts another wire behind every new client (the sandbox's double): it is handed the client
    before it connects.
    """

    def __init__(
        self, server: UserServer, *, wire: Callable[[TelegramClient], None] | None = None
    ) -> None:
        self._server = server
        self._wire = wire
        if server.public_key is not None:
            rsa.add_key(server.public_key.read_text(encoding="ascii"), old=False)

    @property
    def api_id(self) -> int:
        return self._server.api_id

    @property
    def api_hash(self) -> SecretStr:
        return self._server.api_hash

    def client(self, session: SecretStr | None, *, with_updates: bool) -> SettledClient:
        """Raises SessionUnreadableError. Waits that Telegram asks for are never slept here."""
        kept = KeptSession.load(session)
        if self._server.host is not None and not kept.server_address:
            kept.set_dc(self._server.dc, self._server.host, self._server.port)
        client = SettledClient(
            kept,
            self._server.api_id,
            self._server.api_hash.get_secret_value(),
            connection=ConnectionTcpFull,
            timeout=CONNECT_SECONDS,
            request_retries=1,
            connection_retries=5,
            retry_delay=1,
            sequential_updates=True,
            flood_sleep_threshold=0,
            raise_last_call_error=True,
            device_model="Candor",
            app_version="1",
            receive_updates=with_updates,
            catch_up=with_updates,
            base_logger=_log,
        )
        client.remember_loaded()
        if self._wire is not None:
            self._wire(client)
        return client

    @asynccontextmanager
    async def visiting(self, session: SecretStr | None) -> AsyncIterator[TelegramClient]:
        """A connected client for one step; the caller reads its session before it leaves."""
        assert_no_open_unit("Telegram (a user session)")
        client = self.client(session, with_updates=False)
        try:
            await connect(client)
            with translated(is_repeatable=True):
                yield client
        finally:
            with suppress(OSError):
                await client.disconnect()


async def connect(client: Any) -> None:
    """Raises NotReachedError, or AccountRestrictedError for a session that was ended."""
    try:
        with translated(is_repeatable=True):
            await client.connect()
    except OSError as error:
        raise NotReachedError("Telegram can't be reached. It is tried again by itself.") from error
