"""The `candor` command: assembles the commands of `candor.commands`."""

import sys

import typer

from candor.commands import (
    account,
    bench,
    client,
    db,
    doctor,
    keys,
    model,
    operator,
    questionnaire,
    script,
    token,
    up,
)
from candor.commands.running import EXIT_FAILED, print_error
from candor.common.errors import CandorError
from candor.common.logs import LoggingService

app = typer.Typer(
    name="candor",
    help="A self-hosted AI sales and marketing team for Telegram, always open about being AI.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("up")(up.up)
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
for name, group in {
    "db": db.app,
    "operator": operator.app,
    "token": token.app,
    "account": account.app,
    "script": script.app,
    "questionnaire": questionnaire.app,
    "keys": keys.app,
    "model": model.app,
    "client": client.app,
}.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line: an expected failure is one clear message and exit code 1.

    What a command has to say goes to stdout, logs to stderr; `up` sets its own up from the settings.
    """
    LoggingService(level="warning").configure()
    try:
        app()
    except CandorError as error:
        print_error(error)
        sys.exit(EXIT_FAILED)
