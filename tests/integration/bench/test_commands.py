"""`candor bench` from the command line: what it refuses, what it prints, what it writes."""

import json
from pathlib import Path

from typer.testing import CliRunner

from candor.bench.running import BENCHMARKS
from candor.cli import app
from candor.commands.bench import NAMES

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


def test_that_a_result_that_can_not_be_written_is_said_before_measuring(tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text(json.dumps(LINES[0]), encoding="utf-8")
    missing = tmp_path / "nowhere" / "fit.json"
    outcome = CliRunner().invoke(app, ["bench", "fit", str(labelled), "--json", str(missing)])
    assert outcome.exit_code != 0
    assert "Make it first" in str(outcome.exception)
