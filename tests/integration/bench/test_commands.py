"""`candor bench` from the command line: what it refuses, what it prints, what it writes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from candor.bench.running import BENCHMARKS
from candor.cli import app
from candor.commands.bench import NAMES
from candor.common.errors import InvalidInputError

LINES = (
    {"type": "step", "lang": "en", "step": "goal", "say": "What do you need English for?",
     "fits": ["for work", "for travelling", "to pass an exam", "to watch films", "for my studies"]},
    {"type": "reply", "lang": "en", "step": "goal", "text": "for my new job", "fits": True},
    {"type": "reply", "lang": "en", "step": "goal", "text": "my cat is orange", "fits": False},
    {"type": "agreement", "lang": "en", "text": "yes, add me", "agrees": True},
    {"type": "agreement", "lang": "en", "text": "not now", "agrees": False},
)  # fmt: skip


def test_that_an_unknown_benchmark_is_wrong_usage_and_named_with_those_there_are() -> None:
    outcome = CliRunner().invoke(app, ["bench", "speed"])
    assert outcome.exit_code == 2
    assert all(name in outcome.output for name in ("turns", "reload", "delivery", "crash", "fit"))


def test_that_fit_without_a_file_is_wrong_usage() -> None:
    outcome = CliRunner().invoke(app, ["bench", "fit"])
    assert outcome.exit_code == 2
    assert "FILE" in outcome.output


def test_that_the_command_knows_every_benchmark_without_loading_it() -> None:
    assert set(NAMES) == set(BENCHMARKS)


def test_that_levels_that_are_no_numbers_are_wrong_usage() -> None:
    outcome = CliRunner().invoke(app, ["bench", "turns", "--concurrency", "many"])
    assert outcome.exit_code == 2


def test_that_fit_prints_its_medians_and_writes_every_run(tmp_path: Path) -> None:
    labelled, written = tmp_path / "labelled.jsonl", tmp_path / "fit.json"
    labelled.write_text("\n".join(json.dumps(line) for line in LINES), encoding="utf-8")
    outcome = CliRunner().invoke(
        app, ["bench", "fit", str(labelled), "--runs", "1", "--json", str(written)]
    )
    assert outcome.exit_code == 0, outcome.output
    result = json.loads(written.read_text(encoding="utf-8"))
    assert result["name"] == "fit"
    assert result["machine"]["cores"] >= 1
    assert "python" in result["versions"]
    assert len(result["runs"]) == 1
    figures = {
        "auc", "precision", "recall", "agreement_precision", "agreement_recall", "agreement_f1",
    }  # fmt: skip
    assert figures <= set(result["median"])
    assert figures <= set(result["median"]["languages"]["en"])
    assert "agreement_f1" in outcome.output


def fit(file: Path, written: bytes, *more: str) -> str:
    """What the command says of a labelled file that it refuses, with exit code 1."""
    file.write_bytes(written)
    outcome = CliRunner().invoke(app, ["bench", "fit", str(file), "--runs", "1", *more])
    assert isinstance(outcome.exception, InvalidInputError), outcome.output
    assert "auc" not in outcome.output
    listed = [f"{error.line}: {error.path}: {error.message}" for error in outcome.exception.errors]
    return "\n".join([outcome.exception.message, *listed])


def as_lines(*rows: object) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"", "holds no lines"),
        (b"\n  \n\t\n", "holds no lines"),
        (b"\xef\xbb\xbf", "holds no lines"),
        (as_lines(LINES[0]), "nothing to measure"),
        (b"\n\nnonsense\n", "Line 3: It is no JSON"),
        (b"\n[1]\n", "Line 2: It is no JSON object"),
        (b"[" * 100_000, "Line 1: "),
        (b"{}\n", "Line 1: type: It is none of step, reply, agreement."),
        ("пары".encode("cp1251"), "can't be read"),
    ],
)
def test_that_a_file_of_another_kind_is_refused_with_its_line(
    written: bytes, told: str, tmp_path: Path
) -> None:
    assert told in fit(tmp_path / "labelled.jsonl", written)


def test_that_every_wrong_line_is_named_by_its_place_in_the_file(tmp_path: Path) -> None:
    rows = as_lines(*LINES, {**LINES[1], "fits": "false"}, {**LINES[3], "text": None})
    said = fit(tmp_path / "labelled.jsonl", rows.replace(b"\n", b"\n\n"))
    assert "2 mistakes; nothing was measured." in said
    assert "11: fits: It must be true or false" in said
    assert "13: text: It must be text" in said


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n\n \n"])
def test_that_ways_of_saving_a_file_change_no_figure(line_end: str, tmp_path: Path) -> None:
    """A byte order mark, Windows line ends, blank lines, separators inside a text, no last line end."""
    labelled, result = tmp_path / "labelled.jsonl", tmp_path / "fit.json"
    rows = [*LINES, {**LINES[3], "text": "yes,\u2028add\x85 me\x0c"}]
    text = line_end.join(json.dumps(row, ensure_ascii=False) for row in rows)
    labelled.write_bytes(("\ufeff" + text).encode())
    outcome = CliRunner().invoke(
        app, ["bench", "fit", str(labelled), "--runs", "1", "--json", str(result)]
    )
    assert outcome.exit_code == 0, outcome.output
    assert json.loads(result.read_text(encoding="utf-8"))["median"]["lines"] == 6


def test_that_a_folder_for_the_result_is_said_before_measuring(tmp_path: Path) -> None:
    said = fit(tmp_path / "labelled.jsonl", as_lines(*LINES), "--json", str(tmp_path))
    assert "is a folder. Name a file in it." in said


def test_that_a_result_that_can_not_be_written_is_said_before_measuring(tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text(json.dumps(LINES[0]), encoding="utf-8")
    missing = tmp_path / "nowhere" / "fit.json"
    outcome = CliRunner().invoke(app, ["bench", "fit", str(labelled), "--json", str(missing)])
    assert outcome.exit_code != 0
    assert "Make it first" in str(outcome.exception)
