"""What every command stands on: the data folder, the database, the keys, the cache."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.errors import KeysError
from candor.accounts.keys import KEY_FILE, KeyRing, load_keys
from candor.common.cache import Cache
from candor.common.clock import Clock
from candor.common.hot_reload import HotReloadService
from candor.common.settings import Settings
from candor.storage import migrations
from candor.storage.cache import MemoryCache, RedisCache
from candor.storage.data_dir import prepare_data_dir
from candor.storage.embedded import server
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units

Progress = Callable[[str], None]
NO_KEY: Final = bytes(4)
"""No key has this id: every sealed value is of another one."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where the database is, and its binaries' folder when it is ours."""

    address: SecretStr
    binaries: Path | None
    is_embedded: bool


@dataclass(frozen=True, slots=True)
class Foundation:
    settings: Settings
    data_dir: Path
    clock: Clock
    database: Database
    engine: AsyncEngine
    units: Units
    keys: KeyRing
    cache: Cache
    hot_reload: HotReloadService


@asynccontextmanager
async def open_database(
    settings: Settings, *, data_dir: Path, progress: Progress
) -> AsyncIterator[Database]:
    """The configured server, or the embedded one of the data folder, started if need be."""
    prepare_data_dir(data_dir)
    if settings.database_url is not None:
        yield Database(settings.database_url, binaries=None, is_embedded=False)
        return
    started = await server.start(server.folder_in(data_dir), progress)
    try:
        yield Database(SecretStr(started.url), started.binaries.folder, is_embedded=True)
    finally:
        await started.stop()


@asynccontextmanager
async def open_foundation(
    settings: Settings,
    *,
    data_dir: Path,
    clock: Clock,
    progress: Progress,
    migrate: bool = True,
) -> AsyncIterator[Foundation]:
    """Open everything below the services; closes it in reverse order."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(settings, data_dir=data_dir, progress=progress)
        )
        address = database.address.get_secret_value()
        if migrate:
            await migrations.upgrade(address, progress=progress)
        engine = make_engine(address)
        stack.push_async_callback(engine.dispose)
        units = Units(engine)
        cache = make_cache(settings, clock)
        stack.push_async_callback(cache.close)
        yield Foundation(
            settings=settings,
            data_dir=data_dir,
            clock=clock,
            database=database,
            engine=engine,
            units=units,
            keys=await open_keys(settings, data_dir=data_dir, units=units),
            cache=cache,
            hot_reload=HotReloadService(),
        )


async def open_keys(settings: Settings, *, data_dir: Path, units: Units) -> KeyRing:
    """The keys of the settings or the data folder; made once, beside a database that holds no secret.

    Raises KeysError when they are missing: a lost key is never replaced in silence.
    """
    named = settings.secret_keys is not None or settings.secret_keys_file is not None
    path = data_dir / KEY_FILE
    if not named and not path.exists() and await _holds_secrets(units):
        raise KeysError(
            f"The key file {path} is missing, and the database holds tokens or sessions that only its "
            "key opens. Put the file back, or name it in CANDOR_SECRET_KEYS_FILE. If it is lost for "
            f"good: (umask 077; python -c 'import secrets; print(secrets.token_urlsafe(32))' > {path}), "
            "then enter the tokens and sign in again."
        )
    return load_keys(data_dir, keys=settings.secret_keys, file=settings.secret_keys_file)


async def _holds_secrets(units: Units) -> bool:
    async with units() as unit:
        return bool(await unit.accounts.outdated(key_id=NO_KEY, limit=1))


def make_cache(settings: Settings, clock: Clock) -> Cache:
    """Redis when it is named, this process's memory otherwise."""
    if settings.redis_url is not None:
        return RedisCache(settings.redis_url.get_secret_value())
    return MemoryCache(clock)
