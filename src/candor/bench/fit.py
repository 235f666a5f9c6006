"""`fit`: script-fit AUC, precision and recall, and agreement, on a labelled file."""

import json
from collections.abc import Mapping
from pathlib import Path

from candor.common.errors import FieldError, InvalidInputError
from candor.llm.encoder import UseEncoder
from candor.llm.evaluation import evaluate


async def run(file: Path) -> dict[str, object]:
    """The figures of one file, in all and per language."""
    return dict(await evaluate(_lines(file), encoder=UseEncoder()))


def _lines(file: Path) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise _wrong(number, f"is no JSON: {error}") from error
        if not isinstance(value, dict):
            raise _wrong(number, "is no JSON object")
        found.append(value)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} can't be read: {error}.") from error


def _wrong(number: int, what: str) -> InvalidInputError:
    message = f"Line {number} {what}."
    return InvalidInputError(message, errors=(FieldError("", message, number),))
