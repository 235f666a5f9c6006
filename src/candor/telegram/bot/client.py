"""One HTTP session for all bots of a process, and a client per token on top of it.

Sending and polling, the calls that happen all the time, go out as plain JSON and come back as plain
JSON; the rest uses aiogram's typed methods over the same connections.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.methods import TelegramMethod
from pydantic import SecretStr

from candor.common.errors import CandorError
from candor.common.unit_guard import assert_no_open_unit
from candor.telegram.bot.refusals import from_aiogram, from_answer, from_network

T = TypeVar("T")

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 20.0
_KEEP_OPEN_SECONDS: Final = 30.0
_JSON: Final = {"Content-Type": "application/json"}


class BotConnections:
    """The process's connections to the Bot API server at `api_url`; opened at first use."""

    def __init__(self, api_url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.server = TelegramAPIServer.from_base(api_url.rstrip("/"))
        self._answer_seconds = answer_seconds
        self._http: aiohttp.ClientSession | None = None
        self._session = _SharedSession(self)

    def client(self, token: SecretStr) -> "BotClient":
        return BotClient(self, token)

    def bot(self, token: SecretStr) -> Bot:
        """aiogram's Bot over the shared connections."""
        return Bot(token.get_secret_value(), session=self._session)

    def http(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, ttl_dns_cache=300, keepalive_timeout=_KEEP_OPEN_SECONDS
                ),
                timeout=self.timeout(),
            )
        return self._http

    def timeout(self, answer_seconds: float | None = None) -> aiohttp.ClientTimeout:
        """Time to connect apart, so that it is known whether a request has left."""
        answer = self._answer_seconds if answer_seconds is None else answer_seconds
        return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=answer)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()


class BotClient:
    """Calls of one bot. Raises the errors of messaging's gateway and nothing of a vendor."""

    def __init__(self, connections: BotConnections, token: SecretStr) -> None:
        self._connections = connections
        self._token = token
        self.bot = connections.bot(token)

    def __repr__(self) -> str:
        return f"BotClient({self.bot.id})"

    async def call(
        self,
        method: str,
        parameters: Mapping[str, object],
        *,
        is_repeatable: bool,
        answer_seconds: float | None = None,
    ) -> Any:
        """Call `method` with JSON and answer its `result` as JSON values."""
        assert_no_open_unit(f"Telegram's {method}")
        url = self._connections.server.api_url(self._token.get_secret_value(), method)
        timeout = self._connections.timeout(answer_seconds)
        try:
            async with self._connections.http().post(
                url,
                data=json.dumps(parameters, ensure_ascii=False).encode(),
                headers=_JSON,
                timeout=timeout,
            ) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise from_network(error, is_repeatable=is_repeatable) from None
        return _result(status, body, is_repeatable=is_repeatable)

    async def do(self, method: TelegramMethod[T], *, is_repeatable: bool) -> T:
        """Call one of aiogram's typed methods."""
        assert_no_open_unit(f"Telegram's {type(method).__name__}")
        try:
            return await self.bot(method)
        except AiogramError as error:
            raise from_aiogram(error, is_repeatable=is_repeatable) from None


class _SharedSession(AiohttpSession):
    """aiogram's session on the process's connections; closing a bot leaves them open."""

    def __init__(self, connections: BotConnections) -> None:
        super().__init__(api=connections.server)
        self._connections = connections

    async def create_session(self) -> aiohttp.ClientSession:
        return self._connections.http()

    async def close(self) -> None:
        return None


def _result(status: int, body: bytes, *, is_repeatable: bool) -> Any:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise _unreadable(status, is_repeatable=is_repeatable)
    if answer.get("ok") and status < 300:
        return answer.get("result")
    parameters = answer.get("parameters") or {}
    raise from_answer(
        status,
        str(answer.get("description", "")),
        is_repeatable=is_repeatable,
        retry_after=parameters.get("retry_after"),
        migrate_to=parameters.get("migrate_to_chat_id"),
    )


def _unreadable(status: int, *, is_repeatable: bool) -> CandorError:
    """A proxy's page or half an answer: below 300 the call may well have been carried out."""
    return from_answer(
        status if status >= 300 else 502, "no JSON in the answer", is_repeatable=is_repeatable
    )
