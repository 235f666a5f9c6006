"""`fit`: script-fit AUC, precision and recall, and agreement, on a labelled file."""

import json
from collections.abc import Mapping
from pathlib import Path

from candor.common.errors import FieldError, InvalidInputError
from candor.llm.encoder import UseEncoder
from candor.llm.evaluation import evaluate
from candor.llm.labelled import refused


async def run(file: Path) -> dict[str, object]:
    """The figures of one file, in all and per language. Raises InvalidInputError that names what is
    wrong with it, before anything is measured."""
    lines = _lines(_text(file))
    if not lines:
        raise InvalidInputError(f"{file} holds no lines.")
    return await evaluate(lines.values(), numbers=lines, encoder=UseEncoder())


def _lines(text: str) -> dict[int, Mapping[str, object]]:
    """By number; blank lines count. Only line feeds end a line: a text may hold other separators."""
    found: dict[int, Mapping[str, object]] = {}
    errors: list[FieldError] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found[number] = _object(line)
        except (ValueError, RecursionError) as error:
            errors.append(FieldError("", str(error), number))
    if errors:
        raise refused(errors)
    return found


def _object(line: str) -> Mapping[str, object]:
    """Raises ValueError that tells what else it is."""
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"It is no JSON: {error.msg} at character {error.pos + 1}.") from None
    if not isinstance(value, dict):
        raise ValueError("It is no JSON object.")
    return value


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} can't be read: {error}.") from error
