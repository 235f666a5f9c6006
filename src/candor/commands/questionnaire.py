"""`candor questionnaire`: questionnaires as files."""

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
from candor.commands.script import line_of, read_text
from candor.common.settings import load_settings
from candor.sales.questionnaires.reading import parse_questionnaire

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

app = typer.Typer(help="Questionnaires as YAML.", no_args_is_help=True)
QuestionnaireFile = Annotated[
    Path, typer.Argument(help="A questionnaire as YAML or JSON.", exists=True, dir_okay=False)
]


@app.command("import")
def import_(file: QuestionnaireFile, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Make it a new questionnaire, or a new version of the one with that key."""
    source = read_text(file)

    async def work(container: "Container") -> None:
        saved = await container.questionnaires.import_(
            source, author=ACTOR, language=container.settings.language
        )
        made = saved.questionnaire
        state = "saved" if saved.is_new_version else "unchanged"
        say(f"{made.key}: version {made.version}, {state}.")
        for problem in saved.warnings:
            say(line_of(file, problem, kind="warning"))

    with_container(data_dir, work)


@app.command()
def export(
    key: Annotated[str, typer.Argument(help="The questionnaire's key.")],
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Print a questionnaire as YAML."""

    async def work(container: "Container") -> None:
        say((await container.questionnaires.export(key, version=version)).rstrip("\n"))

    with_container(data_dir, work)


@app.command("check")
@app.command("validate")
def check(file: QuestionnaireFile, _data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Name every mistake with its line and the mend; needs no database."""
    report = parse_questionnaire(read_text(file), language=load_settings().language)
    for problem in report.problems:
        say(line_of(file, problem, kind="error"))
    if report.problems:
        raise typer.Exit(EXIT_FAILED)
    say(f"{file}: no mistakes.")
