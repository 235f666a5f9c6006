"""How a command gets its system: settings, data folder, database, services, and out again."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from candor.common.errors import CandorError
from candor.common.settings import load_settings

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

EXIT_FAILED = 1
Result = TypeVar("Result")

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", help="Where Candor keeps its data (made with mode 0700)."),
]
"""Every command takes it, so that a script of one's own can give it to each; a few have no use for it
and name it `_data_dir`."""
DEFAULT_DATA_DIR = Path("data")


def say(text: str) -> None:
    """A line for the person at the terminal."""
    typer.echo(text)


def progress(text: str) -> None:
    """A line about what is going on; stderr, so that stdout can be piped."""
    typer.echo(f"candor: {text}", err=True)


def print_error(error: CandorError) -> None:
    """The message, then each wrong field with its line and path."""
    typer.echo(f"candor: {error.message}", err=True)
    for item in error.errors:
        place = f"line {item.line}: " if item.line else ""
        path = f"{item.path}: " if item.path else ""
        typer.echo(f"  {place}{path}{item.message}", err=True)


def with_container(data_dir: Path, work: Callable[["Container"], Awaitable[Result]]) -> Result:
    """Open the system without starting any role, do `work`, close it again."""
    # Late, so that `--help` and `script check` do not load the whole product.
    from candor.bootstrap.container import open_container  # noqa: PLC0415

    async def run() -> Result:
        async with open_container(
            load_settings(), data_dir=data_dir, progress=progress, is_serving=False
        ) as opened:
            return await work(opened)

    return asyncio.run(run())


def read_secret(prompt: str) -> str:
    """A secret from a pipe, or typed without echo at a terminal; never from the command line."""
    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True)).strip()
    return sys.stdin.readline().strip()


def table(headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """A plain table on stdout, readable by `cut` and `awk` as well as by people."""
    cells = [headings, *(tuple("" if c is None else str(c) for c in row) for row in rows)]
    widths = [max(len(str(line[i])) for line in cells) for i in range(len(headings))]
    for line in cells:
        say(
            "  ".join(
                str(cell).ljust(width) for cell, width in zip(line, widths, strict=True)
            ).rstrip()
        )
