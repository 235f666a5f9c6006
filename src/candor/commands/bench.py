"""`candor bench NAME`: measures the product and writes JSON."""

from pathlib import Path
from typing import Annotated

import typer

from candor.commands.running import DataDir, say


def bench(
    name: Annotated[str, typer.Argument(help="turns, reload, delivery, grow, crash or fit.")],
    data_dir: DataDir = Path("data/bench"),
) -> None:
    """Run a benchmark; prints a table and writes JSON."""
    say(name)
    del data_dir
