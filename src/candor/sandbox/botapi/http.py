"""HTTP routes of the Bot API, with injected faults."""

import asyncio
import json
import re

from aiohttp import web

from candor.sandbox.botapi import requests
from candor.sandbox.botapi.api import BotApi
from candor.sandbox.botapi.calls import Answer
from candor.sandbox.botapi.errors import ApiError
from candor.sandbox.botapi.faults import Fault, FaultKind
from candor.sandbox.world.model import Bot, Json

_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{10,80}")
_BEFORE = (FaultKind.TIMEOUT_BEFORE, FaultKind.DISCONNECT)
_HOLDS = (FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER)


class BotApiRoutes:
    """Serves `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, api: BotApi, closing: asyncio.Event) -> None:
        self._api = api
        self._closing = closing

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self.call)
        app.router.add_get("/file/bot{token}/{path:.+}", self.download)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One call of one method."""
        try:
            bot = self._bot(request.match_info["token"])
            method = request.match_info["method"]
            parameters = await requests.read(request)
            fault = self._api.faults.take(method.lower(), bot.id)
            if fault:
                await self._fail_before(request, fault)
            result = await self._api.run(bot, method, parameters)
            if fault:
                await self._lose_answer(request, fault)
        except ApiError as error:
            return _answer(error.status, error.answer())
        return _answer(200, _ok(result))

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file that `getFile` gave a path for."""
        try:
            self._bot(request.match_info["token"])
        except ApiError as error:
            return _answer(error.status, error.answer())
        content = self._api.world.contents.get(request.match_info["path"])
        if content is None:
            return _answer(404, ApiError(404, "Not Found").answer())
        return web.Response(body=content, content_type="application/octet-stream")

    def _bot(self, token: str) -> Bot:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        bot = self._api.world.bot_by_token(token)
        if bot is None:
            raise ApiError(401, "Unauthorized")
        return bot

    async def _fail_before(self, request: web.Request, fault: Fault) -> None:
        if fault.kind is FaultKind.ERROR_429:
            text = f"Too Many Requests: retry after {fault.retry_after}"
            raise ApiError(429, text, {"retry_after": fault.retry_after})
        if fault.kind is FaultKind.ERROR_500:
            raise ApiError(500, "Internal Server Error")
        if fault.kind is FaultKind.BLOCKED:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if fault.kind in _BEFORE:
            await self._hang_up(request, fault)

    async def _lose_answer(self, request: web.Request, fault: Fault) -> None:
        if fault.kind in (FaultKind.TIMEOUT_AFTER, FaultKind.DISCONNECT_AFTER):
            await self._hang_up(request, fault)

    async def _hang_up(self, request: web.Request, fault: Fault) -> None:
        """Say nothing for a while (a timeout) or at once, and cut the line."""
        if fault.kind in _HOLDS:
            try:
                async with asyncio.timeout(fault.seconds):
                    await self._closing.wait()
            except TimeoutError:
                pass
        if request.transport:
            request.transport.abort()
        raise asyncio.CancelledError


def _ok(result: Answer) -> Json:
    if isinstance(result, tuple):
        result, description = result
        return {"ok": True, "result": result, "description": description}
    return {"ok": True, "result": result}


def _answer(status: int, body: Json) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        content_type="application/json",
    )
