"""From a questionnaire's text to its document, or to every mistake with its line and mend."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from candor.common.errors import Problem
from candor.common.llm import Language
from candor.sales.mistakes import (
    Shape,
    errors_of,
    guessed_language,
    in_order,
    refused,
    without_lines,
    worded,
)
from candor.sales.questionnaires.checks import check_questionnaire
from candor.sales.questionnaires.document import (
    NumberAnswer,
    Option,
    Question,
    QuestionFollowUp,
    QuestionnaireDocument,
    ResultRule,
    TextAnswer,
    WayOn,
)
from candor.sales.source import Source, read_source, text_of
from candor.sales.wording import problem

API_FIELDS = ("id", "version", "updated_at", "is_newest", "warnings")
"""What the API adds to a document it hands out, and takes back without a word."""
_PARTS: dict[str, type[BaseModel]] = {
    "questions": Question,
    "options": Option,
    "number": NumberAnswer,
    "text": TextAnswer,
    "next": WayOn,
    "results": ResultRule,
    "follow_up": QuestionFollowUp,
}
_SHAPE = Shape(QuestionnaireDocument, _PARTS)


@dataclass(frozen=True, slots=True)
class QuestionnaireReport:
    """Outcome of reading. `document` is there only without problems."""

    document: QuestionnaireDocument | None
    problems: tuple[Problem, ...] = ()


def parse_questionnaire(text: str, *, language: Language | None = None) -> QuestionnaireReport:
    """Read YAML or JSON text. Never raises; `language` is that of the messages, by default the
    questionnaire's own."""
    source = read_source(text, language=language or guessed_language(text))
    return _report(source, language or _language_of(source.value))


def parse_questionnaire_data(
    data: Mapping[str, object], *, language: Language | None = None
) -> QuestionnaireReport:
    """Read data, as an API body brings it; problems have paths and no lines."""
    kept = {key: value for key, value in data.items() if key not in API_FIELDS}
    report = parse_questionnaire(text_of(kept), language=language)
    return QuestionnaireReport(report.document, without_lines(report.problems))


def accepted(report: QuestionnaireReport) -> QuestionnaireDocument:
    """The document, or InvalidInputError that names every problem with its line and mend."""
    if report.document is not None and not report.problems:
        return report.document
    raise refused("The questionnaire", report.problems)


def _report(source: Source, language: Language) -> QuestionnaireReport:
    if source.value is None:
        return QuestionnaireReport(
            None, tuple(_own_words(item, language) for item in source.problems)
        )
    if not isinstance(source.value, dict):
        wrong = problem("not_a_mapping", language, line=source.line_of(()))
        return QuestionnaireReport(None, (*source.problems, wrong))
    try:
        document = QuestionnaireDocument.model_validate(source.value)
    except ValidationError as error:
        found = [worded(details, source, language, _SHAPE) for details in errors_of(error)]
        return QuestionnaireReport(None, in_order([*source.problems, *found]))
    problems = [*source.problems, *check_questionnaire(document, source, language)]
    if problems:
        return QuestionnaireReport(None, in_order(problems))
    return QuestionnaireReport(document)


def _own_words(found: Problem, language: Language) -> Problem:
    if found.context.get("code") == "empty":
        return problem("questionnaire_empty", language, line=found.line, path=found.path)
    return found


def _language_of(value: object) -> Language:
    return "en" if isinstance(value, dict) and value.get("language") == "en" else "ru"
