"""How a question looks to the client: its words, its buttons, and what a tap on one means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from candor.clients.diagnostics import GivenAnswer, QuestionnaireRun
from candor.messaging.gateway import Button, Keyboard
from candor.sales.questionnaires.document import Question, QuestionnaireDocument
from candor.sales.questionnaires.going import Control, Result, values_of
from candor.sales.questionnaires.wording import phrase
from candor.sales.views import BusinessCard, ClientCard, filled

PRESS_PREFIX: Final = "q:"
_PRESSED: Final = re.compile(r"q:(\d{1,18}):(\d{1,9}):(?:(\d{1,2})|([bsx]))")
_CONTROLS: Final[Mapping[str, Control]] = {"b": "back", "s": "skip", "x": "leave"}
_SHORT: Final = 16
"""Two such labels stand side by side."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button's data says."""

    run: int
    turn: int
    option: int | None = None
    control: Control | None = None


def pressed_of(data: str) -> Pressed | None:
    """None for data that we never made."""
    found = _PRESSED.fullmatch(data)
    if found is None:
        return None
    run, turn, option, control = found.groups()
    return Pressed(
        int(run),
        int(turn),
        int(option) if option is not None else None,
        _CONTROLS[control] if control else None,
    )


def keyboard_for(
    document: QuestionnaireDocument, question: Question, run: QuestionnaireRun
) -> Keyboard:
    """The answers, then back, skip and the way out."""
    head = f"{PRESS_PREFIX}{run.id or 0}:{run.turn}:"
    answers = [
        Button(option.label, data=f"{head}{place}") for place, option in enumerate(question.options)
    ]
    language = document.language
    steering = []
    if run.answers:
        steering.append(Button(phrase("back", language), data=f"{head}b"))
    if question.optional:
        steering.append(Button(phrase("skip", language), data=f"{head}s"))
    steering.append(Button(phrase("leave", language), data=f"{head}x"))
    return (*_rows(answers), tuple(steering))


def question_text(
    document: QuestionnaireDocument,
    question: Question,
    answers: Sequence[GivenAnswer],
    client: ClientCard,
    business: BusinessCard,
    *,
    before: str = "",
) -> str:
    """The question filled in; `before` is a template that goes first."""
    values = _values(answers, client, business)
    parts = (filled(before, values), filled(question.ask, values) or question.ask)
    return "\n\n".join(part for part in parts if part)


def finish_text(
    document: QuestionnaireDocument,
    answers: Sequence[GivenAnswer],
    result: Result,
    client: ClientCard,
    business: BusinessCard,
) -> str:
    """The questionnaire's own last words; empty when it has none."""
    values = {
        **_values(answers, client, business),
        "result": {**result.fields, "labels": result.labels, "script": result.script or ""},
    }
    return filled(document.finish, values)


def _values(
    answers: Sequence[GivenAnswer], client: ClientCard, business: BusinessCard
) -> dict[str, object]:
    """What a question's template may say."""
    return {
        "answers": values_of(answers),
        "client": {
            "first_name": client.first_name,
            "last_name": client.last_name,
            "name": f"{client.first_name} {client.last_name}".strip(),
            "username": client.username or "",
            "language": client.language,
        },
        "business": {
            "name": business.name,
            "language": business.language,
            "timezone": business.timezone,
            "site": business.site,
            "contact": business.contact,
        },
    }


def _rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """In pairs where all labels are short, else one under the other."""
    if len(buttons) > 2 and all(len(button.text) <= _SHORT for button in buttons):
        pairs = [tuple(buttons[place : place + 2]) for place in range(0, len(buttons), 2)]
        return tuple(pairs)
    return tuple((button,) for button in buttons)
