"""The questionnaire document: what an author writes as YAML or JSON, and nothing else.

Questions lead forward only: a way back into an earlier one is a loop and a mistake. That is what makes
every questionnaire end.
"""

from typing import Annotated, Final

from pydantic import Field, StringConstraints, model_validator

from candor.common.llm import Language
from candor.sales.document import Key, Part, Sentence, Words

END: Final = "end"
"""A way on that ends the questionnaire."""
QuestionnaireKey = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)
]
"""Stands in deep links, where Telegram allows letters, digits, `-` and `_` only."""
Field_ = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]*$", max_length=32)
]
"""A name that templates and conditions can say: `answers.level`, `client.diagnosis.level`."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Condition = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Ask = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]


class Option(Part):
    """One button."""

    label: Label
    value: Value | None = None
    """What stands in the result; without it the label."""
    also: Annotated[tuple[Sentence, ...], Field(max_length=30)] = ()
    """Other ways of writing the same answer."""
    to: Field_ | None = None
    """The question that follows this answer, or `end`."""

    @property
    def stored(self) -> str:
        return self.value or self.label


class NumberAnswer(Part):
    """Any whole or decimal number within the range."""

    min: float = 0
    max: float = 1_000_000_000
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    """Said with the range when the answer is out of it: `₽`, `hours`."""

    @model_validator(mode="after")
    def _is_a_range(self) -> "NumberAnswer":
        if self.min > self.max:
            raise ValueError(f"{self.min:g} > {self.max:g}")
        return self


class TextAnswer(Part):
    """The client's own words."""

    max_length: Annotated[int, Field(ge=1, le=2000)] = 500


class WayOn(Part):
    """Where a question leads. The first that holds is taken."""

    when: Condition = ""
    """`default`, or a condition over the answers so far: `answers.budget < 5000`."""
    to: Field_

    @property
    def is_default(self) -> bool:
        return self.when in ("", "default")


class Question(Part):
    key: Field_
    ask: Ask
    """The question, a template over `client`, `business` and the `answers` so far."""
    hint: Sentence | None = None
    """Said when an answer did not fit."""
    options: Annotated[tuple[Option, ...], Field(max_length=12)] = ()
    number: NumberAnswer | None = None
    text: TextAnswer | None = None
    optional: bool = False
    """This question may be skipped (the whole questionnaire always may)."""
    next: Annotated[tuple[WayOn, ...], Field(max_length=20)] = ()
    """Without it the question below follows, the last one ends."""


class ResultRule(Part):
    """What follows from the answers. Every rule that holds is applied, top to bottom."""

    when: Condition = "default"
    set: Annotated[dict[Field_, Value], Field(max_length=20)] = Field(default_factory=dict)
    """Fields of the result: `client.diagnosis.level`."""
    script: Key | None = None
    """The sales script that the dialogue follows from here."""

    @property
    def is_default(self) -> bool:
        return self.when in ("", "default")


class QuestionFollowUp(Part):
    """One reminder for a client who went quiet at a question."""

    after: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)]
    """The silence before it: `20h`, `2d`."""
    say: Words
    """What stands before the question that is asked again, a template."""
    hours: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = "10:00-20:00"
    """When it may come, in the client's time zone."""


class QuestionnaireDocument(Part):
    key: QuestionnaireKey
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    language: Language
    intro: Words | None = None
    """Said once before the first question, a template."""
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=50)]
    results: Annotated[tuple[ResultRule, ...], Field(max_length=50)] = ()
    finish: Words | None = None
    """Said after the last answer, a template that may name `result` as well."""
    follow_up: QuestionFollowUp | None = None

    def question(self, key: str | None) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def below(self, question: Question) -> str:
        """The question written below it, or the end."""
        place = self.questions.index(question)
        following = self.questions[place + 1 : place + 2]
        return following[0].key if following else END
