"""`candor client`: a client's rights, from the command line."""

import json
import sys
from pathlib import Path
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
        record = await container.client_rights.export(ClientId(number), source="cli")
        say(json.dumps(record, ensure_ascii=False, indent=2, default=str))

    with_container(data_dir, work)


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="A CSV file; - reads from the standard input.")],
    name: Annotated[str, typer.Option("--name", help="What to call the list.")] = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Read a contact list. Nobody on it can be written to before they write; they are recognised then.

    Columns: telegram_id or username, and name, tags, note, external_id. Broken rows are named and left
    out, the good ones kept.
    """
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"There is no file {file}.")
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()

    async def work(container: "Container") -> None:
        report = await container.records.desk.import_contacts(
            content, source=name or file.name, actor="command line"
        )
        say(
            f"{report.added} new, {report.updated} updated, {report.matched} clients already, "
            f"{report.refused} asked never to be written to, {len(report.broken)} broken."
        )
        for row in report.broken:
            typer.echo(f"line {row.line}: {row.reason}", err=True)

    with_container(data_dir, work)


@app.command()
def purge(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Remove now what is older than its retention period, as every night."""

    async def work(container: "Container") -> None:
        purged = await container.records.retention.purge()
        for table, rows in sorted(purged.rows.items()):
            say(f"{table}: {rows}")
        say(f"{purged.total} rows removed." + ("" if purged.is_complete else " More next time."))

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
