"""`candor bench NAME`: measures the product and writes JSON."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from candor.commands.running import DataDir, progress, table
from candor.common.errors import InvalidInputError

if TYPE_CHECKING:
    from candor.bench.running import Options

NAMES: Final = (
    "turns",
    "reload",
    "delivery",
    "groups",
    "grow",
    "crash",
    "fit",
    "start",
    "panel",
    "comments",
    "bots",
)
EXIT_USAGE: Final = 2


def bench(  # noqa: PLR0917 - the options of a command line
    name: Annotated[str, typer.Argument(help=f"{', '.join(NAMES)}.")],
    file: Annotated[Path | None, typer.Argument(help="fit: the labelled file.")] = None,
    data_dir: DataDir = Path("data/bench"),
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the result here.", metavar="FILE")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="How often it is measured.")] = 3,
    concurrency: Annotated[
        str, typer.Option(help="turns: dialogues at once, comma-separated.")
    ] = "8,50,128,500",
    dialogues: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="turns: dialogues per level, at least those at once; panel: dialogues stored.",
        ),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="turns: a model server of yours instead of the stub.")
    ] = None,
    kills: Annotated[int, typer.Option(min=1, help="crash: kills, over all runs.")] = 200,
    saves: Annotated[int, typer.Option(min=1, help="reload: saves per run.")] = 200,
    chats: Annotated[int, typer.Option(min=1, help="delivery: chats per run.")] = 300,
    groups: Annotated[int, typer.Option(min=1, help="groups: active groups per run.")] = 1000,
    channels: Annotated[
        int, typer.Option(min=10, help="comments: channels, of 20 posts each.")
    ] = 500,
    bots: Annotated[int, typer.Option(min=1, help="bots: bots that one process holds.")] = 200,
    sizes: Annotated[
        str, typer.Option(help="grow: stored conversations, comma-separated.")
    ] = "1000,100000,1000000",
) -> None:
    """Run a benchmark: prints the medians and, with --json, writes every run.

    Each run has a new database in a folder of its own inside the data dir; your data are not touched.
    """
    _refuse_unknown(name, file)
    # Late, so that `candor --help` does not load the product.
    from candor.bench.running import Options  # noqa: PLC0415

    options = Options(
        data_dir=data_dir,
        runs=runs,
        file=file,
        kills=kills,
        saves=saves,
        chats=chats,
        channels=channels,
        bots=bots,
        groups=groups,
        sizes=_numbers(sizes, "--sizes"),
        concurrency=_numbers(concurrency, "--concurrency"),
        dialogues=dialogues,
        base_url=base_url,
    )
    _measure(name, options, json_file)


def _refuse_unknown(name: str, file: Path | None) -> None:
    if name not in NAMES:
        progress(f"there is no benchmark {name!r}. There are: {', '.join(NAMES)}.")
        raise typer.Exit(EXIT_USAGE)
    if name == "fit" and file is None:
        progress("fit needs a labelled file: candor bench fit FILE.")
        raise typer.Exit(EXIT_USAGE)


def _measure(name: str, options: "Options", json_file: Path | None) -> None:
    from candor.bench import results  # noqa: PLC0415
    from candor.bench.running import run  # noqa: PLC0415

    _check_target(json_file)
    progress(f"measuring {name}, {options.runs} runs ...")

    def keep(finished: Sequence[results.Figures]) -> None:
        if json_file is not None:
            results.write(json_file, results.result(name, finished))

    outcome = results.result(name, asyncio.run(run(name, replace(options, on_run=keep))))
    median = outcome["median"]
    if isinstance(median, Mapping):
        table((name, f"median of {options.runs}"), list(_rows(median)))
    if json_file is not None:
        results.write(json_file, outcome)
        progress(f"written to {json_file}.")


def _rows(figures: Mapping[str, object], before: str = "") -> Iterator[tuple[object, ...]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _rows(value, f"{before}{name} ")
        else:
            is_whole = isinstance(value, float) and value.is_integer()
            yield f"{before}{name}", int(value) if is_whole else value  # type: ignore[call-overload]


def _numbers(text: str, option: str) -> tuple[int, ...]:
    try:
        found = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        found = ()
    if not found or min(found) < 1:
        raise typer.BadParameter(f"{option} takes whole numbers from 1, such as 8,50")
    return found


def _check_target(json_file: Path | None) -> None:
    """Before an hour of measuring, not after it."""
    if json_file is None:
        return
    folder = json_file.absolute().parent
    if not folder.is_dir():
        raise InvalidInputError(f"{json_file.parent} is no folder. Make it first.")
    if json_file.is_dir():
        raise InvalidInputError(f"{json_file} is a folder. Name a file in it.")
    if not os.access(json_file if json_file.exists() else folder, os.W_OK):
        raise InvalidInputError(f"{json_file} can't be written. Name another file.")
