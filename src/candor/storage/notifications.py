"""What the database tells this process: one connection that listens, reopened for ever.

Notifications sent while the connection was away are lost, so everybody who listens names what to do
after a gap: the lanes look for themselves, the caches forget everything.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
import structlog

from candor.common.errors import TemporaryError
from candor.common.hot_reload import Change, HotReloadService
from candor.common.tasks import keep_running, spawn, stop
from candor.storage.announcements import CHANGES_CHANNEL
from candor.storage.direct import DirectConnection
from candor.storage.engine import CONNECT_SECONDS, DRIVER_ERRORS

log = structlog.get_logger(__name__)

_PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each try to reconnect; the last one repeats."""
_HEARTBEAT = 30.0
"""A silent connection is asked for life this often, so that a dead network is noticed."""


@dataclass(frozen=True, slots=True)
class _Listener:
    receive: Callable[[str], None]
    on_gap: Callable[[], None] | None


class PgNotifications:
    """Listens on the subscribed channels; receivers run in the loop's thread and return at once."""

    def __init__(self, address: str) -> None:
        self._direct = DirectConnection(address, name="candor listen", settings={})
        self._listeners: dict[str, list[_Listener]] = {}
        self._heard: set[str] = set()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[object] | None = None
        self._connected = asyncio.Event()

    def subscribe(
        self,
        channel: str,
        receive: Callable[[str], None],
        *,
        on_gap: Callable[[], None] | None = None,
    ) -> None:
        """Call `receive(payload)` for each notification; `on_gap` when some may have been missed.

        That is whenever the channel begins to be heard: at the start and after each reconnect.
        """
        self._listeners.setdefault(channel, []).append(_Listener(receive, on_gap))
        self._changed.set()

    async def start(self) -> None:
        """Begin to listen; returns once the channels subscribed so far are heard."""
        self._task = spawn(keep_running(self._run, name="notifications"), name="notifications")
        await self._connected.wait()

    async def stop(self) -> None:
        if self._task is not None:
            await stop(self._task)
        await self._direct.drop()

    @property
    def is_connected(self) -> bool:
        return self._connected.is_set()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                connection = (await self._direct.get()).driver
                await self._listen_anew(connection)
                if failures:
                    log.info("notifications_resumed")
                failures = 0
                self._connected.set()
                await self._receive(connection)
            except (*DRIVER_ERRORS, TemporaryError) as error:
                self._connected.clear()
                log.warning("notifications_interrupted", error=str(error))
                await self._direct.drop()
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1

    async def _listen_anew(self, connection: asyncpg.Connection) -> None:
        self._heard.clear()
        await self._listen_to_new(connection)

    async def _listen_to_new(self, connection: asyncpg.Connection) -> None:
        self._changed.clear()
        for channel in [name for name in self._listeners if name not in self._heard]:
            await connection.add_listener(channel, self._hand_on)
            self._heard.add(channel)
            self._tell_gap(channel)

    async def _receive(self, connection: asyncpg.Connection) -> None:
        connection.add_termination_listener(self._end)
        while not connection.is_closed():
            if self._changed.is_set():
                await self._listen_to_new(connection)
            try:
                async with asyncio.timeout(_HEARTBEAT):
                    await self._changed.wait()
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=CONNECT_SECONDS)
        raise TemporaryError("The connection that listens was closed.")

    def _end(self, connection: object) -> None:
        self._changed.set()

    def _hand_on(self, connection: object, process: int, channel: str, payload: str) -> None:
        for listener in self._listeners.get(channel, ()):
            try:
                listener.receive(payload)
            except Exception:  # one listener's mistake must not deafen the others
                log.exception("notification_not_handled", channel=channel)

    def _tell_gap(self, channel: str) -> None:
        for listener in self._listeners[channel]:
            if listener.on_gap is not None:
                listener.on_gap()


def carry_changes(notifications: PgNotifications, hot_reload: HotReloadService) -> None:
    """Let changes announced by any process reach this process's caches."""

    def receive(payload: str) -> None:
        topic, key = json.loads(payload)
        hot_reload.receive(Change(topic, key))

    notifications.subscribe(CHANGES_CHANNEL, receive, on_gap=hot_reload.forget_everything)
