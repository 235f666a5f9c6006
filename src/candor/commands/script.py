"""`candor script`: scripts as files."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from candor.commands.operator import ACTOR
from candor.commands.running import (
    DEFAULT_DATA_DIR,
    EXIT_FAILED,
    DataDir,
    say,
    with_container,
)
from candor.common.errors import InvalidInputError, Problem
from candor.common.settings import load_settings
from candor.sales.parsing import accepted, parse_script

if TYPE_CHECKING:
    from candor.bootstrap.container import Container
    from candor.sales.rehearsal import CaseOutcome

MOST_RUNS: Final = 20
app = typer.Typer(help="Scripts as YAML.", no_args_is_help=True)
ScriptFile = Annotated[
    Path, typer.Argument(help="A script as YAML or JSON.", exists=True, dir_okay=False)
]


@app.command("import")
def import_(file: ScriptFile, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Make it a new script, or a new version of the script with that key."""
    source = read_text(file)

    async def work(container: "Container") -> None:
        saved = await container.scripts.import_script(
            source, author=ACTOR, language=container.settings.language
        )
        state = "saved" if saved.is_new_version else "unchanged"
        say(f"{saved.script.key}: version {saved.script.version}, {state}.")

    with_container(data_dir, work)


@app.command()
def export(
    key: Annotated[str, typer.Argument(help="The script's key.")],
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Print a script as YAML."""

    async def work(container: "Container") -> None:
        say((await container.scripts.export(key, version=version)).rstrip("\n"))

    with_container(data_dir, work)


@app.command()
def check(file: ScriptFile, _data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Name every mistake with its line and the mend; needs no database."""
    report = parse_script(read_text(file), language=load_settings().language)
    for problem in report.problems:
        say(line_of(file, problem, kind="error"))
    for problem in report.warnings:
        say(line_of(file, problem, kind="warning"))
    if report.problems:
        raise typer.Exit(EXIT_FAILED)
    say(f"{file}: no mistakes.")


@app.command("test")
def run_tests(
    file: ScriptFile,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    runs: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_RUNS, help="How often each test runs; 1, with a model 3."),
    ] = None,
    needed: Annotated[
        int | None,
        typer.Option("--pass", min=1, help="In how many of them it must pass; more than half."),
    ] = None,
) -> None:
    """Run the `tests:` of a script through the same pipeline as production; no client is touched.

    The offline engine answers the same every time, a model does not: with one each test runs three
    times and passes when two of them do.
    """
    from candor.sales.rehearsal import MODEL_RUNS  # noqa: PLC0415 - loads the engines

    count = runs or (MODEL_RUNS if load_settings().has_model else 1)
    least = needed or count // 2 + 1
    if least > count:
        raise typer.BadParameter(f"--pass {least} is more than --runs {count}")
    if not with_container(data_dir, _testing(file, read_text(file), count, least)):
        raise typer.Exit(EXIT_FAILED)


def _testing(
    file: Path, source: str, runs: int, needed: int
) -> Callable[["Container"], Awaitable[bool]]:
    from candor.sales.rehearsal import script_for_rehearsal  # noqa: PLC0415 - loads the engines

    async def work(container: "Container") -> bool:
        report = await container.scripts.check(source, language=container.settings.language)
        script = script_for_rehearsal(accepted(report), clock=container.clock)
        cases = await container.rehearsal.run_tests(script, runs=runs, needed=needed)
        if not cases:
            say(f"{file}: no tests. Write some under `tests:`.")
        for case in cases:
            _tell(case)
        return all(case.passed for case in cases)

    return work


def _tell(case: "CaseOutcome") -> None:
    counted = f" ({case.passes} of {case.runs} runs)" if case.runs > 1 else ""
    say(f"{'ok    ' if case.passed else 'FAILED'} {case.name}{counted}")
    if case.passed:
        return
    for miss in case.misses:
        say(f"       “{miss.message}”: {miss.field} is {miss.found}, not {miss.expected}")
        for reason in miss.reasons:
            say(f"         {reason}")


def read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{file} is not UTF-8 text.") from error


def line_of(file: Path, problem: Problem, *, kind: str) -> str:
    place = f"{file}:{problem.line}" if problem.line else str(file)
    mend = f" {problem.mend}" if problem.mend else ""
    path = f"{problem.path}: " if problem.path else ""
    return f"{place}: {kind}: {path}{problem.message}{mend}"
