"""`fit`: script-fit AUC, precision and recall, and agreement, on a labelled file."""

import json
from collections.abc import Mapping
from pathlib import Path

from candor.common.errors import FieldError, InvalidInputError
from candor.llm.encoder import UseEncoder
from candor.llm.evaluation import evaluate


async def run(file: Path) -> list[dict[str, object]]:
    """The figures of one file; deterministic, so one run says it all."""
    return [dict(await evaluate(_lines(file), encoder=UseEncoder()))]


def _lines(file: Path) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except ValueError as error:
            message = f"Line {number} is no JSON: {error}."
            raise InvalidInputError(message, errors=(FieldError("", message, number),)) from error
    return found
