"""A running sandbox, a control client and aiogram bots for the tests of this room."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update

from candor.common.clock import MovableClock
from candor.sandbox.server import SandboxServer


@dataclass
class Sandbox:
    """The server under test with short ways to its control API."""

    server: SandboxServer
    url: str
    bots: list[Bot]

    async def post(self, path: str, expect: int | None = None, /, **body: Any) -> Any:
        return await self.call("POST", path, body, expect)

    async def put(self, path: str, expect: int | None = None, /, **body: Any) -> Any:
        return await self.call("PUT", path, body, expect)

    async def get(self, path: str, **query: Any) -> Any:
        status, answer = await self.server.control(
            "GET", path, None, {key: str(value) for key, value in query.items()}
        )
        assert status == 200, answer
        return answer

    async def call(self, verb: str, path: str, body: Any, expect: int | None = None) -> Any:
        status, answer = await self.server.control(verb, path, body, {})
        assert status == expect if expect else status < 300, (status, answer)
        return answer

    async def person(self, name: str = "Анна", username: str | None = None, **more: Any) -> int:
        body = {"first_name": name, "username": username, **more}
        return int((await self.post("/users", **body))["id"])

    async def bot(self, username: str = "school_bot", name: str = "Школа", **more: Any) -> Bot:
        made = await self.post("/bots", username=username, name=name, **more)
        server = TelegramAPIServer.from_base(self.url)
        bot = Bot(made["token"], session=AiohttpSession(api=server))
        self.bots.append(bot)
        return bot

    async def write(self, person: int, to: str | int, text: str, **more: Any) -> Any:
        return await self.post("/messages", **{"from": person, "to": to, "text": text, **more})

    async def dialogue(self) -> tuple[Bot, int, int]:
        """A bot, a person who has started it, and the id of their dialogue; nothing is queued."""
        bot, person = await self.bot(), await self.person(username="anna")
        sent = await self.write(person, "school_bot", "/start")
        await drain(bot)
        return bot, person, sent["chat_id"]

    async def texts(self, chat_id: int, **query: Any) -> list[str]:
        return [item["text"] for item in await self.get(f"/chats/{chat_id}/messages", **query)]


async def drain(bot: Bot, **options: Any) -> list[Update]:
    """All waiting updates, confirmed."""
    updates = await bot.get_updates(timeout=0, **options)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0, limit=1)
    return updates


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    server = SandboxServer(MovableClock())
    running = Sandbox(server, await server.start(), [])
    yield running
    for bot in running.bots:
        await bot.session.close()
    await server.stop()


@pytest.fixture
def drained() -> Callable[..., Awaitable[list[Update]]]:
    return drain
