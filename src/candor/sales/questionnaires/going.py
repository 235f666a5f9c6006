"""From question to question: reading an answer, where it leads, what came of it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from candor.clients.diagnostics import GivenAnswer
from candor.disclosure.visible_text import visible
from candor.sales.questionnaires.document import (
    NumberAnswer,
    Option,
    Question,
    QuestionnaireDocument,
)
from candor.sales.templates import holds

Control = Literal["back", "skip", "leave", "resume"]
Misfit = Literal["no_option", "no_number", "out_of_range", "too_long", "no_text"]

_CONTROLS: Final[Mapping[str, Control]] = {
    **dict.fromkeys(("назад", "вернуться", "предыдущий вопрос", "back", "go back"), "back"),
    **dict.fromkeys(("пропустить", "пропусти", "дальше", "skip", "skip it", "next"), "skip"),
    **dict.fromkeys(
        (
            "пропустить опрос", "без опроса", "не хочу отвечать", "хватит", "закончить опрос",
            "хватит вопросов", "skip the questions", "no questions", "enough", "stop the questions",
            "i do not want to answer", "i don't want to answer",
        ),
        "leave",
    ),
    **dict.fromkeys(
        ("продолжить", "продолжим", "давайте продолжим", "continue", "go on", "let's continue"),
        "resume",
    ),
}  # fmt: skip
_GREETINGS: Final = frozenset(
    {
        "привет", "здравствуйте", "здравствуй", "добрый", "день", "доброе", "утро", "вечер", "вы",
        "тут", "я", "вернулся", "вернулась", "hello", "hi", "hey", "good", "morning", "afternoon",
        "evening", "i", "am", "back",
    }
)  # fmt: skip
_NUMBER: Final = re.compile(
    r"(?P<sign>[-−–])?\s?(?P<digits>\d(?:[\d\s\u00a0.,]*\d)?)\s?(?P<thousands>тыс\w*|т\.?р\.?|[kк])?(?!\w)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")
_LONGEST_GREETING: Final = 30


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the answers."""

    fields: Mapping[str, str | int | float]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Each answer as the person gave it, by question."""
    script: str | None = None
    """Key of the sales script to follow from here."""


def control_of(text: str) -> Control | None:
    """A word that steers the questionnaire instead of answering."""
    return _CONTROLS.get(visible(text).strip(" .!,…"))


def is_greeting(text: str) -> bool:
    """Somebody who comes back and says hello has not answered the question."""
    words = re.findall(r"[^\W\d_]+", visible(text))
    return len(text) <= _LONGEST_GREETING and bool(words) and set(words) <= _GREETINGS


def read_answer(question: Question, text: str) -> GivenAnswer | Misfit:
    """What a written message answers, or why it does not."""
    said = text.strip()
    if not visible(said):
        return "no_text"
    if question.options:
        option = _option_meant(question.options, said)
        return "no_option" if option is None else chosen(question, option)
    if question.number is not None:
        return _number_meant(question, question.number, said)
    most = question.text.max_length if question.text else 500
    return GivenAnswer(question.key, said, said) if len(said) <= most else "too_long"


def chosen(question: Question, option: Option) -> GivenAnswer:
    return GivenAnswer(question.key, option.stored, option.label)


def following(
    document: QuestionnaireDocument, question: Question, answers: Sequence[GivenAnswer]
) -> str:
    """Key of the question that follows the last answer, or `end`."""
    last = answers[-1] if answers else None
    if last is not None and last.value is not None:
        for option in question.options:
            if option.stored == last.value and option.label == last.label and option.to:
                return option.to
    values = {"answers": values_of(answers)}
    for way in question.next:
        if way.is_default or holds(way.when, values):
            return way.to
    return document.below(question)


def values_of(answers: Sequence[GivenAnswer]) -> dict[str, str | int | float]:
    """What conditions and templates may say as `answers`; skipped questions are not there."""
    return {answer.question: answer.value for answer in answers if answer.value is not None}


def result_of(document: QuestionnaireDocument, answers: Sequence[GivenAnswer]) -> Result:
    """The fields, every rule that holds applied in its order."""
    values = values_of(answers)
    fields: dict[str, str | int | float] = dict(values)
    script: str | None = None
    for rule in document.results:
        if rule.is_default or holds(rule.when, {"answers": values}):
            fields |= rule.set
            script = rule.script or script
    labels = {answer.question: answer.label for answer in answers if answer.value is not None}
    return Result(fields, labels, script)


def _option_meant(options: Sequence[Option], text: str) -> Option | None:
    """The option of that number, name or synonym; else the only one whose name holds the words."""
    said = visible(text).strip(" .!,…)(\"'«»")
    if said.isdigit() and said.isascii() and not any(said == visible(o.label) for o in options):
        place = int(said) - 1 if len(said) < 4 else -1
        return options[place] if 0 <= place < len(options) else None
    for option in options:
        if said in {visible(word) for word in (option.label, option.stored, *option.also)}:
            return option
    near = [option for option in options if _is_near(said, option)]
    return near[0] if len(near) == 1 else None


def _is_near(said: str, option: Option) -> bool:
    """One holds the other whole, word by word."""
    heard = _spaced(said)
    for name in (option.label, *option.also):
        words = _spaced(visible(name))
        if len(heard) > 4 and heard in words:
            return True
        if len(words) > 4 and words in heard and len(heard) < len(words) + 40:
            return True
    return False


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(text))} "


def _number_meant(question: Question, wanted: NumberAnswer, text: str) -> GivenAnswer | Misfit:
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return "no_number"
    number = _value(found[0])
    if number is None:
        return "no_number"
    if not wanted.min <= number <= wanted.max:
        return "out_of_range"
    stored = int(number) if number == int(number) else number
    return GivenAnswer(question.key, stored, text[:200])


def _value(found: re.Match[str]) -> float | None:
    """`15 000`, `15,000` and `15.000` are thousands; `1,5` and `1.5` are not."""
    digits = re.sub(r"\s", "", found["digits"])
    digits = re.sub(r"[.,](?=\d{3}(?!\d))", "", digits).replace(",", ".")
    try:
        number = float(digits)
    except ValueError:
        return None
    if found["thousands"]:
        number *= 1000
    return -number if found["sign"] else number
