"""The gateways under one contract. Always the sandbox over real HTTP; others by the environment.

`TELEGRAM_BOT_API_URL`, `CANDOR_TEST_BOT_TOKEN` and `CANDOR_TEST_CHAT_ID` name a Bot API server, a bot
there and a chat with a person who has started it.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

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
    made = Peer(None, TelegramChatId(0), 0, server, [], connections)  # type: ignore[arg-type]
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
PEERS = ["sandbox", *(["named server"] if all(os.environ.get(name) for name in NAMED) else [])]


@pytest.fixture(params=PEERS)
async def anywhere(
    request: pytest.FixtureRequest, peer: Peer
) -> AsyncIterator[tuple[Gateway, TelegramChatId]]:
    """A gateway on the sandbox and on the Bot API server that the environment names."""
    if request.param == "sandbox":
        yield peer.gateway, peer.chat_id
        return
    url, token, chat = (os.environ[name] for name in NAMED)
    connections = BotConnections(url)
    client = connections.client(SecretStr(token))
    yield BotGateway(client, account_id=AccountId(1)), TelegramChatId(int(chat))
    await connections.close()
