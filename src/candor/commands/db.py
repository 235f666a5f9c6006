"""`candor db`: migrations, backup and restore."""

from pathlib import Path
from typing import Annotated

import anyio
import typer

from candor.bootstrap.foundation import open_database
from candor.commands.running import DEFAULT_DATA_DIR, DataDir, progress, say
from candor.common.settings import load_settings
from candor.storage import backup as copies
from candor.storage import migrations

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Bring the schema to this version's."""

    async def work() -> None:
        async with open_database(load_settings(), data_dir=data_dir, progress=progress) as database:
            await migrations.upgrade(database.address.get_secret_value(), progress=progress)
            say(f"Schema {await migrations.current(database.address.get_secret_value())}.")

    anyio.run(work)


@app.command()
def current(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Print the schema's version."""

    async def work() -> None:
        async with open_database(load_settings(), data_dir=data_dir, progress=progress) as database:
            say(str(await migrations.current(database.address.get_secret_value())))

    anyio.run(work)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.", dir_okay=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write a consistent copy of the database with the schema's version; keys are not in it."""

    async def work() -> None:
        async with open_database(load_settings(), data_dir=data_dir, progress=progress) as database:
            await copies.backup(
                database.address.get_secret_value(), file, binaries=database.binaries
            )
            say(f"Backup written to {file}. Keep the key file of the data folder with it, apart.")

    anyio.run(work)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Put a backup into an empty database; refuses one of a newer version."""

    async def work() -> None:
        async with open_database(load_settings(), data_dir=data_dir, progress=progress) as database:
            address = database.address.get_secret_value()
            await copies.restore(address, file, binaries=database.binaries)
            await migrations.upgrade(address, progress=progress)
            say(f"Restored from {file}.")

    anyio.run(work)


@app.command(hidden=True)
def revision(
    message: Annotated[str, typer.Argument(help="What changes.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write a migration from the difference between tables and database."""

    async def work() -> None:
        async with open_database(load_settings(), data_dir=data_dir, progress=progress) as database:
            address = database.address.get_secret_value()
            await migrations.upgrade(address, progress=progress)
            say(str(await migrations.revision(address, message)))

    anyio.run(work)
