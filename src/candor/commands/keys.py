"""`candor keys`: the encryption keys of tokens, sessions and phones."""

from typing import TYPE_CHECKING, Annotated

import typer

from candor.commands.operator import ACTOR
from candor.commands.running import (
    DEFAULT_DATA_DIR,
    EXIT_FAILED,
    DataDir,
    say,
    with_container,
)

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

app = typer.Typer(help="Encryption keys.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Encryption keys."""


@app.command()
def rotate(
    drop_old: Annotated[
        bool,
        typer.Option(
            "--drop-old", help="Forget the old keys afterwards; older backups can't be opened then."
        ),
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Re-encrypt every secret under a new key, while everything goes on running."""

    async def work(container: "Container") -> bool:
        report = await container.security.rotate(actor=ACTOR, drop_old=drop_old)
        say(f"Re-encrypted {report.values} values under a new key.")
        for place in report.unreadable:
            say(f"Could not be opened with any key: {place.table} {place.row} {place.column}")
        return not report.unreadable

    if not with_container(data_dir, work):
        raise typer.Exit(EXIT_FAILED)
