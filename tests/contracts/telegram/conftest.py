"""The ports to Telegram, each under one contract, on the sandbox and on servers that are named.

Always: the sandbox over real HTTP, and the double of an MTProto server on the same world. By the
environment: `TELEGRAM_BOT_API_URL` with `CANDOR_TEST_BOT_TOKEN` and `CANDOR_TEST_CHAT_ID` (a bot there
and a person who has started it); `TELEGRAM_MTPROTO_SERVER` and what `mtproto_servers` names. A server
that is not named is not collected, so nothing is skipped.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from tests.contracts.telegram.mtproto_servers import (
    USER_SERVERS,
    UserServerUnderTest,
    user_server_of,
)

from candor.common.clock import MovableClock
from candor.common.ids import AccountId, TelegramChatId
from candor.messaging.gateway import Gateway
from candor.sandbox.server import SandboxServer
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.gateway import BotGateway


@dataclass
class Peer:
    """A gateway with a chat it may write to, and (in the sandbox) a hand on the world."""

    gateway: Gateway
    chat_id: TelegramChatId
    dialogue: int
    server: SandboxServer
    restricted: list[str]
    connections: BotConnections
    server_url: str = ""

    async def post(self, path: str, **body: Any) -> Any:
        status, answer = await self.server.control("POST", path, body, {})
        assert status < 300, (status, answer)
        return answer

    async def fault(self, kind: str, *, method: str = "sendMessage", **more: Any) -> None:
        await self.post("/faults", method=method, kind=kind, **more)

    async def texts(self) -> list[str]:
        status, answer = await self.server.control(
            "GET", f"/chats/{self.dialogue}/messages", None, {}
        )
        assert status == 200, answer
        return [item["text"] for item in answer if item["from"]["is_bot"]]


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A bot in the sandbox and Anna, who has started it."""
    server = SandboxServer(MovableClock())
    url = await server.start()
    connections = BotConnections(url, answer_seconds=0.5)
    made = Peer(None, TelegramChatId(0), 0, server, [], connections, url)  # type: ignore[arg-type]
    token = (await made.post("/bots", username="school_bot", name="Bot"))["token"]
    anna = (await made.post("/users", first_name="Анна"))["id"]
    sent = await made.post("/messages", **{"from": anna, "to": "school_bot", "text": "/start"})

    async def restricted(account_id: AccountId, signal: str) -> None:
        made.restricted.append(signal)

    made.gateway = BotGateway(
        connections.client(SecretStr(token)),
        account_id=AccountId(1),
        on_restricted=restricted,
    )
    made.chat_id, made.dialogue = TelegramChatId(anna), sent["chat_id"]
    yield made
    await connections.close()
    await server.stop()


NAMED = ("TELEGRAM_BOT_API_URL", "CANDOR_TEST_BOT_TOKEN", "CANDOR_TEST_CHAT_ID")
BOT_PEERS = ["sandbox", *(["named server"] if all(os.environ.get(name) for name in NAMED) else [])]
PEERS = [*BOT_PEERS, *USER_SERVERS]


async def _bot_anywhere(where: str, peer: Peer) -> AsyncIterator[tuple[Gateway, TelegramChatId]]:
    if where == "sandbox":
        yield peer.gateway, peer.chat_id
        return
    url, token, chat = (os.environ[name] for name in NAMED)
    connections = BotConnections(url)
    client = connections.client(SecretStr(token))
    yield BotGateway(client, account_id=AccountId(1)), TelegramChatId(int(chat))
    await connections.close()


@pytest.fixture(params=PEERS)
async def anywhere(
    request: pytest.FixtureRequest, peer: Peer
) -> AsyncIterator[tuple[Gateway, TelegramChatId]]:
    """A gateway and a chat that it may write to: a bot's and a user session's, on every server."""
    if request.param in USER_SERVERS:
        async with user_server_of(request.param) as server:
            yield await server.gateway(), TelegramChatId(server.client_id)
        return
    async for found in _bot_anywhere(request.param, peer):
        yield found


@pytest.fixture(params=BOT_PEERS)
async def bot_anywhere(
    request: pytest.FixtureRequest, peer: Peer
) -> AsyncIterator[tuple[Gateway, TelegramChatId]]:
    """The same for what only bots do."""
    async for found in _bot_anywhere(request.param, peer):
        yield found


@pytest.fixture(params=USER_SERVERS)
async def mtproto(request: pytest.FixtureRequest) -> AsyncIterator[UserServerUnderTest]:
    """An MTProto server with the owner's account and a client who has written to it."""
    async with user_server_of(request.param) as server:
        yield server
