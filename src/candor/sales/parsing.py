"""From text to a checked script document, or to all of its mistakes at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from candor.common.errors import Problem
from candor.common.llm import Language
from candor.sales.checks import check_document, warn_about
from candor.sales.document import (
    DoneWhen,
    Expectation,
    FollowUp,
    Invoice,
    NextRule,
    Reaction,
    ScriptDocument,
    ScriptFact,
    ScriptStep,
    ScriptTest,
    ScriptTrigger,
)
from candor.sales.mistakes import (
    Shape,
    errors_of,
    guessed_language,
    in_order,
    refused,
    without_lines,
    worded,
)
from candor.sales.repair import mentions_filling, repaired
from candor.sales.source import Source, read_source, text_of
from candor.sales.wording import problem

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
    "follow_up": FollowUp,
}
_SHAPE = Shape(ScriptDocument, _PARTS)


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
    source = read_source(text, language=language or guessed_language(text))
    return _report(source, language)


def parse_script_data(
    data: Mapping[str, object], *, language: Language | None = None
) -> CheckReport:
    """Read a script from data, as an API body brings it; problems have paths and no lines."""
    kept = {key: value for key, value in data.items() if key not in API_FIELDS}
    report = parse_script(text_of(kept), language=language)
    return CheckReport(
        report.document, without_lines(report.problems), without_lines(report.warnings)
    )


def accepted(report: CheckReport) -> ScriptDocument:
    """The document, or InvalidInputError that names every problem with its line and mend."""
    if report.document is not None and not report.problems:
        return report.document
    raise refused("The script", report.problems)


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
        found = [worded(details, source, chosen, _SHAPE) for details in errors_of(error)]
        deeper = _deeper_problems(source, error, chosen)
        return CheckReport(None, in_order([*source.problems, *found, *deeper]))
    problems = [*source.problems, *check_document(document, source, chosen)]
    if problems:
        return CheckReport(None, in_order(problems))
    return CheckReport(document, (), tuple(warn_about(document, source, chosen)))


def _deeper_problems(source: Source, error: ValidationError, language: Language) -> list[Problem]:
    """References and templates are checked as well, in a copy whose wrong values are filled in."""
    document = repaired(source.value, error)
    if document is None:
        return []
    found = check_document(document, source, language)
    return [wrong for wrong in found if not mentions_filling(wrong.context)]


def _language_of(value: object) -> Language:
    return "en" if isinstance(value, dict) and value.get("language") == "en" else "ru"
