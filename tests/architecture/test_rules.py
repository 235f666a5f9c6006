"""House rules that neither the type checker nor the linter knows. Each failure teaches the mend."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "candor"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "versions" not in path.parts)
BANNED_NAMES = {"utils.py", "helpers.py", "service.py", "services.py", "manager.py", "misc.py"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAY_START_TASKS = {"common/tasks.py"}
MAY_READ_THE_CLOCK = {"common/clock.py"}
MAY_COMMIT = {"storage/unit_of_work.py"}
OUTWARD = {"_llm", "_gateways", "_gateway", "_typing", "_model", "gateway"}


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def _offences(ending: tuple[str, ...], allowed: set[str]) -> list[str]:
    return [
        f"{_name(path)}:{line} {call}"
        for path in FILES
        if _name(path) not in allowed
        for line, call in _calls(ast.parse(path.read_text(encoding="utf-8")))
        if call.endswith(ending)
    ]


def test_that_tasks_are_started_only_by_the_guarded_creator() -> None:
    found = _offences((".create_task", ".ensure_future"), MAY_START_TASKS)
    assert not found, f"Use candor.common.tasks.spawn, which logs an unexpected end: {found}"


def test_that_time_comes_from_the_clock() -> None:
    found = _offences(
        ("datetime.now", "datetime.utcnow", "date.today", "time.time"), MAY_READ_THE_CLOCK
    )
    assert not found, f"Ask the Clock port, so that tests and the sandbox can move time: {found}"


def test_that_only_the_unit_of_work_commits() -> None:
    found = _offences((".commit",), MAY_COMMIT)
    assert not found, f"Leaving `async with units()` commits; nobody else does: {found}"


def test_that_no_file_is_named_after_a_pattern() -> None:
    found = [_name(path) for path in FILES if path.name in BANNED_NAMES]
    assert not found, f"Name the file by what it can do: {found}"


def test_that_files_stay_readable() -> None:
    long = {
        _name(path): lines
        for path in FILES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }
    assert not long, f"Cut by capability (at most {MAX_FILE_LINES} lines): {long}"


def test_that_functions_stay_readable() -> None:
    long = [
        f"{_name(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long, f"Split these (at most {MAX_FUNCTION_LINES} lines): {long}"


def _units_with_outward_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.AsyncWith):
            continue
        opened = " ".join(ast.unparse(item.context_expr) for item in node.items)
        if "units(" not in opened:
            continue
        for line, call in _calls(ast.Module(body=node.body, type_ignores=[])):
            if any(part in OUTWARD for part in call.split(".")[:-1]):
                yield f"{_name(path)}:{line} {call}"


def test_that_no_model_or_telegram_call_happens_inside_an_open_unit() -> None:
    found = [offence for path in FILES for offence in _units_with_outward_calls(path)]
    assert not found, (
        "A model or Telegram may take many seconds while the unit holds a connection and locks. "
        f"Read, close, call out, then open a second unit: {found}"
    )


@pytest.mark.parametrize(
    "room", sorted(p.parent for p in SOURCE.glob("*/__init__.py")), ids=lambda p: p.name
)
def test_that_every_room_has_a_door_sign(room: Path) -> None:
    sign = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert sign, f"Write in {room.name}/__init__.py what the room is for and what it does not do."
    assert len(sign) > 40


def test_that_nothing_committed_is_left_unfinished() -> None:
    marks = ("TODO", "FIXME", "XXX", "NotImplementedError")
    found = [
        f"{_name(path)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert not found, f"Finish it, or say what is missing in the documentation: {found}"
