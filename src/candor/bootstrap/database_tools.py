"""What `candor db` does: each tool opens the database, works, and lets go of it again."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from candor.bootstrap.foundation import Database, open_database
from candor.common.settings import Settings
from candor.storage import backup as copies
from candor.storage import migrations

Progress = Callable[[str], None]


class DatabaseTools:
    """Migrations, backup and restore of the database that the settings and the data folder name."""

    def __init__(self, settings: Settings, data_dir: Path, progress: Progress) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._progress = progress

    async def upgrade(self) -> str:
        """Bring the schema to this version's; answers it."""
        async with self._open() as database:
            address = database.address.get_secret_value()
            await migrations.upgrade(address, progress=self._progress)
            return str(await migrations.current(address))

    async def current(self) -> str:
        async with self._open() as database:
            return str(await migrations.current(database.address.get_secret_value()))

    async def backup(self, file: Path) -> None:
        async with self._open() as database:
            address = database.address.get_secret_value()
            await copies.backup(address, file, binaries=database.binaries)

    async def restore(self, file: Path) -> None:
        """Into an empty database; raises for a backup of a newer version."""
        async with self._open() as database:
            address = database.address.get_secret_value()
            await copies.restore(address, file, binaries=database.binaries)
            await migrations.upgrade(address, progress=self._progress)

    async def revision(self, message: str) -> Path:
        """Write a migration from the difference between tables and database."""
        async with self._open() as database:
            address = database.address.get_secret_value()
            await migrations.upgrade(address, progress=self._progress)
            return await migrations.revision(address, message)

    def _open(self) -> AbstractAsyncContextManager[Database]:
        return open_database(self._settings, data_dir=self._data_dir, progress=self._progress)
