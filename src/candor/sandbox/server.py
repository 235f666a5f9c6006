"""`SandboxServer`: the whole room behind three calls: start, stop, control."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from candor.common.clock import MovableClock
from candor.common.tasks import spawn, stop
from candor.sandbox.botapi.api import BotApi
from candor.sandbox.botapi.http import BotApiRoutes
from candor.sandbox.botapi.requests import MAX_REQUEST_BYTES
from candor.sandbox.control.desk import ControlDesk
from candor.sandbox.control.http import ControlRoutes
from candor.sandbox.page import http as page
from candor.sandbox.state_file import StateFile
from candor.sandbox.world import people
from candor.sandbox.world.events import Event, WorldReplaced
from candor.sandbox.world.world import MOVED_SECONDS, World

STATE_WRITTEN_EVERY = 0.5
"""Seconds between two writes of what changed by itself; an answered call is written at once."""


class SandboxServer:
    """A Telegram of its own on one loopback port.

    `clock` is shared with whoever must live in the same time. `state_file`: keep the world there over
    restarts; without it the world lives in memory. All calls belong to one event loop.
    """

    def __init__(self, clock: MovableClock, *, state_file: Path | None = None) -> None:
        self.world = World(clock)
        people.add_service_account(self.world)
        self.api = BotApi(self.world)
        self._closing = asyncio.Event()
        self.desk = ControlDesk(self.world, self.api, clock)
        self._state = StateFile(state_file, self.world, self.api.queues) if state_file else None
        self._writer: asyncio.Task[object] | None = None
        self.world.subscribe(self._on_event)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen and give the base URL, such as http://127.0.0.1:40123. Raises OSError if taken."""
        if self._state:
            self._state.open()
            moved = self.world.tables.counters.get(MOVED_SECONDS, 0)
            self.desk.clock.advance(timedelta(seconds=moved))
            self._writer = spawn(self._keep_state(self._state), name="sandbox-state")
        app = web.Application(client_max_size=MAX_REQUEST_BYTES, middlewares=[self._written])
        BotApiRoutes(self.api, self._closing).add_to(app)
        ControlRoutes(self.desk).add_to(app)
        page.add_to(app)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, shutdown_timeout=1)
        await site.start()
        self.api.webhooks.start()
        bound = self._runner.addresses[0]
        return f"http://{host}:{bound[1]}"

    async def stop(self) -> None:
        """Answer what waits, close all lines, write the last changes."""
        self._closing.set()
        self.api.queues.end_all_polls()
        self.desk.feed.close()
        await self.api.webhooks.stop()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        if self._state and self._writer:
            await stop(self._writer)
            self._state.flush()

    @web.middleware
    async def _written(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What a caller was told outlives a kill -9."""
        answer = await handler(request)
        self._write()
        return answer

    def _write(self) -> None:
        if self._state and self._writer:
            self._state.flush()

    async def _keep_state(self, state: StateFile) -> None:
        while True:
            await asyncio.sleep(STATE_WRITTEN_EVERY)
            state.flush()

    def _on_event(self, event: Event) -> None:
        if self._state and isinstance(event, WorldReplaced):
            self._state.rewrite()

    async def control(
        self, method: str, path: str, body: object, query: Mapping[str, str]
    ) -> tuple[int, object]:
        """The control API in process: `path` as after `/api/sandbox`. Gives status and JSON value."""
        answer = await self.desk.handle(method, path, body, query)
        self._write()
        return answer
