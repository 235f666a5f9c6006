"""`candor doctor`: what works, what is off, what is broken and how to mend it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from candor.accounts.errors import KeysError
from candor.commands.running import (
    DEFAULT_DATA_DIR,
    EXIT_FAILED,
    DataDir,
    print_error,
    say,
    table,
    with_container,
)
from candor.common.errors import CandorError
from candor.common.settings import describe_settings, load_settings
from candor.storage.data_dir import prepare_data_dir

if TYPE_CHECKING:
    from candor.bootstrap.container import Container
    from candor.bootstrap.doctor import Finding


def doctor(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Check database, cache, keys, Telegram, model, clock and disk; each failed line says the mend."""
    settings = load_settings()
    rows: list[tuple[object, ...]] = [
        (item.name, item.value, item.source) for item in describe_settings(settings)
    ]
    table(("SETTING", "VALUE", "SOURCE"), rows)
    say("")
    if not _report(data_dir):
        raise typer.Exit(EXIT_FAILED)


def _report(data_dir: Path) -> bool:
    from candor.bootstrap.doctor import examine  # noqa: PLC0415 - loads the whole product

    async def work(container: "Container") -> tuple["Finding", ...]:
        return await examine(container)

    part = "data folder"
    try:
        prepare_data_dir(data_dir)
        part = "database"
        findings = with_container(data_dir, work)
    except CandorError as error:
        say(f"FAILED  {'keys' if isinstance(error, KeysError) else part}")
        print_error(error)
        return False
    for finding in findings:
        say(f"{finding.state.upper():<7} {finding.name}: {finding.detail}")
        if finding.mend and finding.state == "failed":
            say(f"        {finding.mend}")
    return all(finding.state != "failed" for finding in findings)
