"""`candor db`: migrations, backup and restore."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from candor.commands.running import DEFAULT_DATA_DIR, DataDir, progress, say
from candor.common.settings import load_settings

if TYPE_CHECKING:
    from candor.bootstrap.database_tools import DatabaseTools

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Bring the schema to this version's."""
    say(f"Schema {anyio.run(_tools(data_dir).upgrade)}.")


@app.command()
def current(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Print the schema's version."""
    say(anyio.run(_tools(data_dir).current))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.", dir_okay=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write a consistent copy of the database with the schema's version; keys are not in it."""
    anyio.run(_tools(data_dir).backup, file)
    say(f"Backup written to {file}. Keep the key file of the data folder too, in another place.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Put a backup into an empty database; refuses one of a newer version."""
    anyio.run(_tools(data_dir).restore, file)
    say(
        f"Restored from {file}. Its key file (secret.keys) belongs into {data_dir} before the start."
    )


@app.command(hidden=True)
def revision(
    message: Annotated[str, typer.Argument(help="What changes.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write a migration from the difference between tables and database."""
    say(str(anyio.run(_tools(data_dir).revision, message)))


def _tools(data_dir: Path) -> "DatabaseTools":
    # Late, so that `--help` does not load the whole product.
    from candor.bootstrap.database_tools import DatabaseTools  # noqa: PLC0415

    return DatabaseTools(load_settings(), data_dir, progress)
