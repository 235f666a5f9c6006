"""What the public interface says of all commands holds for each, also for one added tomorrow."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from candor.cli import app

SCRIPT = "key: tea\nkind: sales\ntitle: Tea\nlanguage: en\nsteps: [{key: hello, say: Hello!}]\n"
QUESTIONNAIRE = """
key: goals
title: Goals
language: en
questions: [{key: goal, ask: What for?, options: [{label: Work}, {label: Fun}]}]
"""


def commands(command: object, name: str = "candor") -> Iterator[tuple[str, TyperCommand]]:
    """Every command that does something, hidden ones too, by its whole name."""
    if isinstance(command, TyperGroup):
        for part, inner in command.commands.items():
            yield from commands(inner, f"{name} {part}")
    elif isinstance(command, TyperCommand):
        yield name, command


ALL = dict(commands(typer.main.get_command(app)))


def test_that_all_commands_are_found() -> None:
    assert len(ALL) > 30
    assert {"candor up", "candor script check", "candor model serve"} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_that_every_command_takes_a_data_dir_and_explains_itself(name: str) -> None:
    command = ALL[name]
    assert "--data-dir" in {option for param in command.params for option in param.opts}
    assert command.help


@pytest.mark.parametrize(
    ("arguments", "text"),
    [(("script", "check"), SCRIPT), (("questionnaire", "check"), QUESTIONNAIRE)],
)
def test_that_a_check_takes_a_data_dir_and_makes_none(
    arguments: tuple[str, ...], text: str, tmp_path: Path
) -> None:
    file, folder = tmp_path / "file.yaml", tmp_path / "data"
    file.write_text(text, encoding="utf-8")
    said = CliRunner().invoke(app, [*arguments, str(file), "--data-dir", str(folder)])
    assert said.exit_code == 0, said.output
    assert not folder.exists()


def test_that_logs_do_not_stand_between_results() -> None:
    code = (
        "import structlog, candor.cli as cli\n"
        "cli.app = lambda: (structlog.get_logger('x').warning('away'), print('ok'))\n"
        "cli.main()"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout == "ok\n"
    assert "away" in said.stderr
