"""From text to a checked script document, or to all of its mistakes at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from candor.common.errors import FieldError, InvalidInputError, Problem
from candor.common.llm import Language
from candor.sales.checks import check_document, warn_about
from candor.sales.document import (
    DoneWhen,
    Expectation,
    Invoice,
    NextRule,
    Reaction,
    ScriptDocument,
    ScriptFact,
    ScriptStep,
    ScriptTest,
    ScriptTrigger,
)
from candor.sales.repair import errors_of, mentions_filling, real_path, repaired
from candor.sales.source import Path, Source, dotted, read_source, text_of
from candor.sales.wording import hint, problem

API_FIELDS = ("id", "version", "updated_at")
"""What the API adds to a document it hands out, and takes back without a word."""
_PARTS: dict[str, type[BaseModel]] = {
    "steps": ScriptStep,
    "triggers": ScriptTrigger,
    "facts": ScriptFact,
    "tests": ScriptTest,
    "next": NextRule,
    "reactions": Reaction,
    "expects": Expectation,
    "done_when": DoneWhen,
    "invoice": Invoice,
}
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
class CheckReport:
    """Outcome of reading a script. `document` is there only without problems."""

    document: ScriptDocument | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """Worth knowing, does not stop the saving."""


def parse_script(text: str, *, language: Language | None = None) -> CheckReport:
    """Read a script from YAML or JSON text. Never raises; `language` is that of the messages,
    by default the script's own."""
    source = read_source(text, language=language or _guessed_language(text))
    return _report(source, language)


def parse_script_data(
    data: Mapping[str, object], *, language: Language | None = None
) -> CheckReport:
    """Read a script from data, as an API body brings it; problems have paths and no lines."""
    kept = {key: value for key, value in data.items() if key not in API_FIELDS}
    report = parse_script(text_of(kept), language=language)
    return CheckReport(
        report.document, _without_lines(report.problems), _without_lines(report.warnings)
    )


def accepted(report: CheckReport) -> ScriptDocument:
    """The document, or InvalidInputError that names every problem with its line and mend."""
    if report.document is not None and not report.problems:
        return report.document
    errors = tuple(
        FieldError(found.path, f"{found.message} {found.mend}".strip(), found.line)
        for found in report.problems
    )
    raise InvalidInputError(
        f"The script has {len(errors)} mistake(s). Nothing was saved.",
        errors=errors,
        details={"problems": [_as_data(found) for found in report.problems]},
    )


def _as_data(found: Problem) -> dict[str, object]:
    return {
        "message": found.message,
        "mend": found.mend,
        "line": found.line,
        "path": found.path,
        "code": found.context.get("code", ""),
    }


def _report(source: Source, language: Language | None) -> CheckReport:
    chosen = language or _language_of(source.value)
    if source.value is None:
        return CheckReport(None, tuple(source.problems))
    if not isinstance(source.value, dict):
        wrong = problem("not_a_mapping", chosen, line=source.line_of(()))
        return CheckReport(None, (*source.problems, wrong))
    try:
        document = ScriptDocument.model_validate(source.value)
    except ValidationError as error:
        found = [_worded(details, source, chosen) for details in errors_of(error)]
        deeper = _deeper_problems(source, error, chosen)
        return CheckReport(None, _sorted([*source.problems, *found, *deeper]))
    problems = [*source.problems, *check_document(document, source, chosen)]
    if problems:
        return CheckReport(None, _sorted(problems))
    return CheckReport(document, (), tuple(warn_about(document, source, chosen)))


def _deeper_problems(source: Source, error: ValidationError, language: Language) -> list[Problem]:
    """References and templates are checked as well, in a copy whose wrong values are filled in."""
    document = repaired(source.value, error)
    if document is None:
        return []
    found = check_document(document, source, language)
    return [wrong for wrong in found if not mentions_filling(wrong.context)]


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    unique = {(found.line, found.path, found.message): found for found in problems}
    return tuple(sorted(unique.values(), key=lambda found: (found.line or 0, found.path)))


def _worded(details: ErrorDetails, source: Source, language: Language) -> Problem:
    """One pydantic error as a problem with line and mend."""
    path = real_path(source.value, details["loc"])
    line = source.line_of(path)
    kind = details["type"]
    context: dict[str, Any] = dict(details.get("ctx", {}))
    if kind == "extra_forbidden":
        return _unknown_key(path, line, language)
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


def _unknown_key(path: Path, line: int | None, language: Language) -> Problem:
    name = str(path[-1])
    parents = [part for part in path[:-1] if isinstance(part, str)]
    part: type[BaseModel] = _PARTS.get(parents[-1], ScriptDocument) if parents else ScriptDocument
    allowed = tuple(part.model_fields)
    near = next(iter(get_close_matches(name, allowed, n=1, cutoff=0.6)), None)
    suggestion = hint(language, near=near, allowed=allowed)
    return problem(
        "unknown_key", language, line=line, path=dotted(path), name=name, hint=suggestion
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _language_of(value: object) -> Language:
    return "en" if isinstance(value, dict) and value.get("language") == "en" else "ru"


def _guessed_language(text: str) -> Language:
    letters = text[:4000]
    is_russian = any("а" <= char.lower() <= "я" for char in letters)
    return "ru" if is_russian else "en"


def _without_lines(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(
        Problem(found.message, None, found.path, found.mend, found.context) for found in problems
    )
