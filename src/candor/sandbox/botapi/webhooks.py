"""Webhook delivery: in order, with the secret header, tried again with growing pauses."""

import asyncio
import json
from typing import TYPE_CHECKING

import aiohttp

from candor.common.tasks import spawn, stop
from candor.sandbox.botapi.errors import ApiError
from candor.sandbox.botapi.parameters import Parameters
from candor.sandbox.world.model import Bot, Json, Webhook

if TYPE_CHECKING:
    from candor.sandbox.botapi.api import BotApi

ANSWER_SECONDS = 60
MAX_ANSWER_BYTES = 1_000_000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name, no secret
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Webhooks:
    """One delivery task per bot with a webhook, once `start` was called."""

    def __init__(self, api: "BotApi") -> None:
        self._api = api
        self._tasks: dict[int, tuple[Webhook, asyncio.Task[object]]] = {}
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Begin to deliver; needs the running loop."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        self.refresh()

    async def stop(self) -> None:
        """End all deliveries; what was not answered stays queued."""
        await stop(*(task for _, task in self._tasks.values()))
        self._tasks.clear()
        if self._session:
            await self._session.close()
            self._session = None

    def refresh(self) -> None:
        """Bring the running tasks in step with the bots' webhooks."""
        if self._session is None:
            return
        for bot_id, (hook, task) in list(self._tasks.items()):
            bot = self._api.world.tables.bots.get(bot_id)
            if bot is None or bot.webhook is not hook:
                task.cancel()
                del self._tasks[bot_id]
        for bot in self._api.world.tables.bots.values():
            if bot.webhook and bot.id not in self._tasks:
                task = spawn(self._deliver(bot, bot.webhook), name=f"webhook-{bot.id}")
                self._tasks[bot.id] = (bot.webhook, task)

    async def _deliver(self, bot: Bot, hook: Webhook) -> None:
        queues = self._api.queues
        signal = queues.webhook_signal(bot.id)
        failures = 0
        while True:
            signal.clear()
            batch = queues.batch(bot.id, 1)
            if not batch:
                await signal.wait()
            elif error := await self._send(bot, hook, batch[0]):
                hook.last_error_date = self._api.world.now()
                hook.last_error_message = error
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
            else:
                failures = 0
                queues.confirm(bot.id, before=batch[0]["update_id"] + 1)

    async def _send(self, bot: Bot, hook: Webhook, update: Json) -> str | None:
        """None when the webhook took the update, else what went wrong."""
        headers = {"Content-Type": "application/json"}
        if hook.secret_token:
            headers[SECRET_HEADER] = hook.secret_token
        if self._session is None:
            return "The server is stopping"
        try:
            async with self._session.post(
                hook.url, data=json.dumps(update), headers=headers, allow_redirects=False
            ) as response:
                body = await response.content.read(MAX_ANSWER_BYTES)
                if response.status // 100 != 2:
                    return f"Wrong response from the webhook: {response.status} {response.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientConnectionError:
            return "Connection refused"
        except aiohttp.ClientError as error:
            return f"Connection failed: {type(error).__name__}"
        await self._run_answer(bot, body)
        return None

    async def _run_answer(self, bot: Bot, body: bytes) -> None:
        """A method in the webhook's answer is called; its result is lost, as on Telegram."""
        try:
            call = json.loads(body)
        except (ValueError, RecursionError):
            return
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):
            return
        method = call.pop("method")
        try:
            await self._api.run(bot, method, Parameters(call))
        except ApiError:
            return
