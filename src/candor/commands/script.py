"""`candor script`: scripts as files."""

from pathlib import Path
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
from candor.common.errors import InvalidInputError, Problem
from candor.common.settings import load_settings
from candor.sales.parsing import accepted, parse_script

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

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
def run_tests(file: ScriptFile, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Run the `tests:` of a script through the same pipeline as production; no client is touched."""
    source = read_text(file)

    from candor.sales.rehearsal import script_for_rehearsal  # noqa: PLC0415 - loads the engines

    async def work(container: "Container") -> bool:
        report = await container.scripts.check(source, language=container.settings.language)
        script = script_for_rehearsal(accepted(report), clock=container.clock)
        cases = await container.rehearsal.run_tests(script)
        for case in cases:
            say(f"{'ok    ' if case.passed else 'FAILED'} {case.name}")
            for miss in case.misses:
                say(f"       “{miss.message}”: {miss.field} is {miss.found}, not {miss.expected}")
                for reason in miss.reasons:
                    say(f"         {reason}")
        return all(case.passed for case in cases)

    if not with_container(data_dir, work):
        raise typer.Exit(EXIT_FAILED)


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
