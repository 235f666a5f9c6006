"""Pydantic's errors as problems with line and mend: what scripts and questionnaires share."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from candor.common.errors import FieldError, InvalidInputError, Problem
from candor.common.llm import Language
from candor.sales.source import Path, Source, dotted
from candor.sales.wording import hint, problem

_CODES = {
    "missing": "missing",
    "string_type": "not_text",
    "tuple_type": "not_a_list",
    "list_type": "not_a_list",
    "dict_type": "not_a_mapping",
    "model_type": "not_a_mapping",
    "model_attributes_type": "not_a_mapping",
    "literal_error": "not_a_choice",
    "string_pattern_mismatch": "bad_key",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "int_parsing": "not_a_number",
    "float_parsing": "not_a_number",
    "int_type": "not_a_number",
    "float_type": "not_a_number",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A document and the parts in it, by the key that holds them."""

    document: type[BaseModel]
    parts: Mapping[str, type[BaseModel]]


def refused(what: str, problems: tuple[Problem, ...]) -> InvalidInputError:
    """The error that names every problem with its line and mend."""
    errors = tuple(
        FieldError(found.path, f"{found.message} {found.mend}".strip(), found.line)
        for found in problems
    )
    return InvalidInputError(
        f"{what} has {len(errors)} mistake(s). Nothing was saved.",
        errors=errors,
        details={"problems": [_as_data(found) for found in problems]},
    )


def _as_data(found: Problem) -> dict[str, object]:
    return {
        "message": found.message,
        "mend": found.mend,
        "line": found.line,
        "path": found.path,
        "code": found.context.get("code", ""),
    }


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Each once, by line."""
    unique = {(found.line, found.path, found.message): found for found in problems}
    return tuple(sorted(unique.values(), key=lambda found: (found.line or 0, found.path)))


def errors_of(error: ValidationError) -> list[ErrorDetails]:
    """Pydantic's errors, without "too short" for lists whose items are wrong themselves."""
    found = error.errors(include_url=False)
    places = [details["loc"] for details in found]

    def is_echo(details: ErrorDetails) -> bool:
        here = details["loc"]
        return details["type"] == "too_short" and any(
            len(place) > len(here) and place[: len(here)] == here for place in places
        )

    return [details for details in found if not is_echo(details)]


def worded(details: ErrorDetails, source: Source, language: Language, shape: Shape) -> Problem:
    """One pydantic error as a problem with line and mend."""
    path = real_path(source.value, details["loc"])
    line = source.line_of(path)
    kind = details["type"]
    context: dict[str, Any] = dict(details.get("ctx", {}))
    if kind == "extra_forbidden":
        return _unknown_key(path, line, language, shape)
    code = _CODES.get(kind)
    if code is None and kind.startswith(("greater_than", "less_than")):
        code = "number_range"
    return problem(
        code or "wrong_value",
        language,
        line=line,
        path=dotted(path),
        name=str(path[-1]) if path else "",
        value=_short(details.get("input")),
        said=details["msg"],
        allowed=str(context.get("expected", "")).replace(" or ", ", ").replace("'", ""),
        limit=context.get("max_length", ""),
        example="3",
    )


def _unknown_key(path: Path, line: int | None, language: Language, shape: Shape) -> Problem:
    name = str(path[-1])
    parents = [part for part in path[:-1] if isinstance(part, str)]
    part = shape.parts.get(parents[-1], shape.document) if parents else shape.document
    allowed = tuple(part.model_fields)
    near = next(iter(get_close_matches(name, allowed, n=1, cutoff=0.6)), None)
    suggestion = hint(language, near=near, allowed=allowed)
    return problem(
        "unknown_key", language, line=line, path=dotted(path), name=name, hint=suggestion
    )


def real_path(root: Mapping[str, Any], location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """As much of the location as exists, and one missing key at its end: pydantic adds marks of its
    own for unions and mapping keys."""
    holder: Any = root
    path: list[str | int] = []
    for place, part in enumerate(location):
        is_there = (isinstance(holder, dict) and part in holder) or (
            isinstance(holder, list) and isinstance(part, int) and part < len(holder)
        )
        if not is_there:
            if place == len(location) - 1 and isinstance(holder, dict):
                path.append(part)
            break
        path.append(part)
        holder = holder[part]
    return tuple(path) or location[:1]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def guessed_language(text: str) -> Language:
    """Of a document that may not be readable at all."""
    is_russian = any("а" <= char.lower() <= "я" for char in text[:4000])
    return "ru" if is_russian else "en"


def without_lines(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """For what came as data and was never on a line."""
    return tuple(
        Problem(found.message, None, found.path, found.mend, found.context) for found in problems
    )
