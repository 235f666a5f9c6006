"""What every command stands on: the data folder, the database, the keys, the cache."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.keys import KeyRing, load_keys
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
        cache = make_cache(settings, clock)
        stack.push_async_callback(cache.close)
        yield Foundation(
            settings=settings,
            data_dir=data_dir,
            clock=clock,
            database=database,
            engine=engine,
            units=Units(engine),
            keys=load_keys(data_dir, keys=settings.secret_keys, file=settings.secret_keys_file),
            cache=cache,
            hot_reload=HotReloadService(),
        )


def make_cache(settings: Settings, clock: Clock) -> Cache:
    """Redis when it is named, this process's memory otherwise."""
    if settings.redis_url is not None:
        return RedisCache(settings.redis_url.get_secret_value())
    return MemoryCache(clock)
