"""`candor client`: a client's rights, from the command line."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from candor.commands.running import DEFAULT_DATA_DIR, DataDir, say, with_container
from candor.common.ids import ClientId

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

app = typer.Typer(help="What is kept about a client.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="The client's number.")]


@app.command()
def export(number: Number, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Print every row about a client as JSON."""

    async def work(container: "Container") -> None:
        record = await container.client_rights.export(ClientId(number))
        say(json.dumps(record, ensure_ascii=False, indent=2, default=str))

    with_container(data_dir, work)


@app.command()
def erase(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Erase a client everywhere; only a salted opt-out hash stays."""
    if not yes:
        typer.confirm(f"Erase client {number} for good?", abort=True)

    async def work(container: "Container") -> None:
        await container.client_rights.erase(ClientId(number), source="cli")
        say(f"Client {number} is erased.")

    with_container(data_dir, work)
