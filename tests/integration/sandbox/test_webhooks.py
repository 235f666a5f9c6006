"""Webhooks: the secret, order, retries, answers that call a method, the info."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiohttp import web
from tests.integration.sandbox.conftest import Sandbox

SECRET = "tr_us-ted"


@dataclass
class Receiver:
    """A webhook that answers with the planned statuses, then 200."""

    url: str = ""
    planned: list[int] = field(default_factory=list)
    answer: Any = None
    calls: "asyncio.Queue[tuple[str | None, Any]]" = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        await self.calls.put((secret, json.loads(await request.read())))
        if self.planned:
            return web.Response(status=self.planned.pop(0))
        return web.json_response(self.answer or {})

    async def next(self) -> tuple[str | None, Any]:
        return await asyncio.wait_for(self.calls.get(), 5)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    await runner.cleanup()


async def test_that_updates_come_in_order_with_the_secret(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    await sandbox.write(person, "school_bot", "before")
    await bot.set_webhook(receiver.url, secret_token=SECRET)
    await sandbox.write(person, "school_bot", "after")
    first, second = await receiver.next(), await receiver.next()
    assert (first[0], first[1]["message"]["text"]) == (SECRET, "before")
    assert second[1]["message"]["text"] == "after"
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (receiver.url, 0)


async def test_that_a_failed_delivery_is_repeated_and_told(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.planned = [500, 502]
    bot, person = await sandbox.bot(), await sandbox.person()
    await bot.set_webhook(receiver.url)
    await sandbox.write(person, "school_bot", "Привет")
    ids = [(await receiver.next())[1]["update_id"] for _ in range(3)]
    assert len(set(ids)) == 1
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 502 Bad Gateway"


async def test_that_an_unreachable_webhook_keeps_the_updates(sandbox: Sandbox) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await sandbox.write(person, "school_bot", "Привет")
    async with asyncio.timeout(5):
        while not (info := await bot.get_webhook_info()).last_error_message:
            assert info.pending_update_count == 1
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


async def test_that_a_method_in_the_answer_is_called(sandbox: Sandbox, receiver: Receiver) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    receiver.answer = {"method": "sendMessage", "chat_id": person, "text": "Ответ"}
    await bot.set_webhook(receiver.url)
    last = (await sandbox.get("/events"))["last"]
    sent = await sandbox.write(person, "school_bot", "Вопрос")
    await receiver.next()
    async with asyncio.timeout(5):
        while "Ответ" not in await sandbox.texts(sent["chat_id"]):
            last = (await sandbox.get("/events", after=last, timeout=1))["last"]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://127.0.0.1/x", "An HTTPS URL must be provided"),
        ("https://example.org/x", "loopback only"),
        ("http://10.0.0.1/x", "loopback only"),
        ("http://[bad", "URL host is empty"),
        ("http://127.0.0.1:99999/x", "URL host is empty"),
    ],
)
async def test_that_a_wrong_address_is_refused(sandbox: Sandbox, url: str, error: str) -> None:
    bot = await sandbox.bot()
    with pytest.raises(TelegramBadRequest, match=error):
        await bot.set_webhook(url)
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:9/x", secret_token="кириллица")
