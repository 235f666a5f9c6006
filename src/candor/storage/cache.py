"""Two caches behind one port: this process's memory, and Redis when `REDIS_URL` names one.

A cache only saves work. Neither of them ever raises for an unreachable server, and a miss is
always a right answer.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from candor.common.clock import Clock

log = structlog.get_logger(__name__)

MAX_ENTRIES = 10_000
MAX_BYTES = 64 * 1024 * 1024
_ANSWER_SECONDS = 0.25
"""A cache slower than this costs more than it saves."""
_BREAK_SECONDS = 5.0
"""After a failure Redis is left alone for this long; everything is a miss meanwhile."""
_NAMESPACE = "candor:"

Answer = TypeVar("Answer")


class MemoryCache:
    """Least recently used entries go first when there are too many or they are too big."""

    def __init__(
        self, clock: Clock, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES
    ) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()
        self._bytes = 0

    async def get(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        ends, value = entry
        if self._clock.now() >= ends:
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        """Keep `value` for `ttl`; a value beyond the cache's size is not kept at all."""
        self._remove(key)
        if len(value) > self._max_bytes or ttl <= timedelta():
            return
        self._entries[key] = (self._clock.now() + ttl, value)
        self._bytes += len(value)
        while self._bytes > self._max_bytes or len(self._entries) > self._max_entries:
            self._remove(next(iter(self._entries)))

    async def drop(self, *keys: str) -> None:
        for key in keys:
            self._remove(key)

    async def drop_prefix(self, prefix: str) -> None:
        await self.drop(*[key for key in self._entries if key.startswith(prefix)])

    async def is_reachable(self) -> bool:
        return True

    async def close(self) -> None:
        self._entries.clear()
        self._bytes = 0

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= len(entry[1])


class RedisCache:
    """Any server that speaks Redis' protocol; shared by all processes of the installation.

    What could not be dropped while the server was away must not come back as a stale answer: the
    keys are remembered and dropped before the first use after it.
    """

    def __init__(self, url: str, *, namespace: str = _NAMESPACE) -> None:
        # Late: a sixteenth of a start's CPU time, for a server that most installations do without.
        from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import RedisError  # noqa: PLC0415

        self._failures = (RedisError, OSError, TimeoutError)
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=20,
            timeout=_ANSWER_SECONDS,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        self._redis = Redis(connection_pool=pool)
        self._namespace = namespace
        self._closed_until = 0.0
        self._owed_keys: set[str] = set()
        self._owed_prefixes: set[str] = set()

    async def get(self, key: str) -> bytes | None:
        value = await self._ask(lambda: self._redis.get(self._namespace + key))
        return value if isinstance(value, bytes) else None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        if ttl <= timedelta():
            await self.drop(key)
            return
        milliseconds = max(1, int(ttl.total_seconds() * 1000))
        await self._ask(lambda: self._redis.set(self._namespace + key, value, px=milliseconds))

    async def drop(self, *keys: str) -> None:
        self._owed_keys.update(keys)
        if len(self._owed_keys) > MAX_ENTRIES:
            self._owed_keys.clear()
            self._owed_prefixes.add("")
        await self._ask(self._nothing)

    async def drop_prefix(self, prefix: str) -> None:
        self._owed_prefixes.add(prefix)
        await self._ask(self._nothing)

    async def is_reachable(self) -> bool:
        """Asks the server itself, also while it is being left alone."""
        self._closed_until = 0.0
        return await self._ask(self._ping) is True

    async def close(self) -> None:
        with suppress(*self._failures):
            await self._redis.aclose()

    async def _ask(self, question: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """Pay what is owed, then ask; None when the server is away or too slow."""
        if time.monotonic() < self._closed_until:
            return None
        try:
            await self._pay_debts()
            return await question()
        except self._failures as error:
            self._closed_until = time.monotonic() + _BREAK_SECONDS
            log.warning("cache_unreachable", error=type(error).__name__, seconds=_BREAK_SECONDS)
            return None

    async def _pay_debts(self) -> None:
        while self._owed_keys:
            keys = list(self._owed_keys)
            await self._redis.delete(*[self._namespace + key for key in keys])
            self._owed_keys.difference_update(keys)
        while self._owed_prefixes:
            prefix = next(iter(self._owed_prefixes))
            pattern = self._namespace + _escape(prefix) + "*"
            async for found in self._redis.scan_iter(match=pattern, count=500):
                await self._redis.delete(found)
            self._owed_prefixes.discard(prefix)

    async def _ping(self) -> bool:
        return bool(await self._redis.ping())

    async def _nothing(self) -> None:
        return None


def _escape(prefix: str) -> str:
    """Redis' patterns know * ? [ ] and a backslash."""
    return "".join("\\" + letter if letter in "*?[]\\" else letter for letter in prefix)
