"""A test of a script may say what a questionnaire has told of the client."""

from dataclasses import replace
from typing import Any

import pytest

from candor.common.clock import FrozenClock
from candor.common.errors import InvalidInputError
from candor.sales.answering import AnswerWriter
from candor.sales.export import as_text
from candor.sales.parsing import accepted, parse_script
from candor.sales.rehearsal import Rehearsal, RehearsedReply, diagnosis_of, script_for_rehearsal
from candor.sales.script_records import Script

SCRIPT = """
key: by-level
kind: sales
title: По уровню
language: ru
steps:
  - key: greeting
    say: "Здравствуйте!{% if client.diagnosis.level %} Ваш уровень: {{ client.diagnosis.labels.level }}.{% endif %} Когда удобно?"
    fits: [вечером, утром]
    next:
      - {when: "client.diagnosis.budget and client.diagnosis.budget < 5000", to: small}
      - {when: default, to: usual}
  - {key: small, say: "Есть самостоятельный курс. Подойдёт?", fits: ["да"]}
  - {key: usual, say: "Есть занятия в группе. Подойдёт?", fits: ["да"]}
tests:
  - name: знает об уровне и бюджете
    diagnosis: {level: beginner, budget: "4000", labels: {level: "С нуля"}}
    says: [здравствуйте, вечером]
    expects: [{stage: greeting, contains: "С нуля"}, {stage: small, contains: самостоятельный}]
  - name: без опроса
    says: [здравствуйте, вечером]
    expects: [{stage: greeting, contains: "Здравствуйте! Когда"}, {stage: usual}]
"""


@pytest.fixture
def by_level(script: Script) -> Script:
    document = accepted(parse_script(SCRIPT))
    return script_for_rehearsal(document, clock=FrozenClock(script.updated_at))


async def test_that_templates_and_conditions_see_the_diagnosis_of_a_case(
    rehearsal: Rehearsal, by_level: Script
) -> None:
    outcomes = await rehearsal.run_tests(by_level)
    assert [(outcome.name, outcome.misses) for outcome in outcomes] == [
        ("знает об уровне и бюджете", ()),
        ("без опроса", ()),
    ]


async def test_that_a_case_with_another_diagnosis_fails_where_it_matters(
    rehearsal: Rehearsal, by_level: Script
) -> None:
    case = by_level.document.tests[0]
    richer = case.model_copy(update={"diagnosis": {**case.diagnosis, "budget": "9000"}})
    document = by_level.document.model_copy(update={"tests": (richer,)})
    (outcome,) = await rehearsal.run_tests(replace(by_level, document=document))
    assert {miss.field for miss in outcome.misses} == {"stage", "contains"}


class Moody(Rehearsal):
    """Misses what was expected in the given runs, as a model would now and then."""

    def miss_in(self, *runs: int) -> None:
        self._wrong, self._run = runs, 0

    async def try_messages(self, *args: Any, **options: Any) -> tuple[RehearsedReply, ...]:
        self._run += 1
        replies = await super().try_messages(*args, **options)
        if self._run not in self._wrong:
            return replies
        return tuple(replace(reply, answer="?", stage="lost") for reply in replies)


@pytest.mark.parametrize(
    ("wrong", "runs", "needed", "passed"),
    [
        ((), 3, 2, True),
        ((1,), 3, 2, True),
        ((3,), 3, 2, True),
        ((1, 3), 3, 2, False),
        ((1, 2, 3), 3, 1, False),
        ((1, 2), 3, 1, True),
        ((2,), 3, 3, False),
        ((), 1, 1, True),
        ((1,), 1, 1, False),
    ],
)
async def test_that_a_case_passes_when_enough_of_its_runs_do(
    wrong: tuple[int, ...],
    runs: int,
    needed: int,
    passed: bool,
    writer: AnswerWriter,
    clock: FrozenClock,
    by_level: Script,
) -> None:
    moody = Moody(writer=writer, clock=clock, business="Школа")
    moody.miss_in(*wrong)
    found = await moody.run_test(by_level, by_level.document.tests[0], runs=runs, needed=needed)
    assert (found.passed, found.passes, found.runs) == (passed, runs - len(wrong), runs)
    assert bool(found.misses) == bool(wrong)


@pytest.mark.parametrize(
    ("messages", "paths"),
    [
        ([], ["messages"]),
        (["здравствуйте"] * 51, ["messages"]),
        (["здравствуйте", "  ", "вечером", ""], ["messages.1", "messages.3"]),
        (["а" * 4_097], ["messages.0"]),
    ],
)
async def test_that_messages_that_can_not_be_tried_are_named(
    messages: list[str], paths: list[str], rehearsal: Rehearsal, by_level: Script
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await rehearsal.try_messages(by_level, messages)
    assert [error.path for error in refused.value.errors] == paths


@pytest.mark.parametrize(
    ("says", "expects", "warned"),
    [
        ("[здравствуйте, вечером]", "[{stage: greeting}]", "1 из 2"),
        ("[здравствуйте, вечером]", "[]", ""),
        ("[здравствуйте, вечером, да]", "[{stage: greeting}, {stage: usual}]", "2 из 3"),
        ("[здравствуйте, вечером]", "[{stage: greeting}, {stage: usual}]", ""),
        ("[здравствуйте]", "[{stage: greeting}]", ""),
    ],
)
def test_that_a_message_without_expectation_is_warned_of(
    says: str, expects: str, warned: str
) -> None:
    source = (
        SCRIPT[: SCRIPT.index("tests:")]
        + f"tests:\n  - {{name: a, says: {says}, expects: {expects}}}\n"
    )
    report = parse_script(source)
    found = [one for one in report.warnings if one.path == "tests.0.expects"]
    assert [warned in one.message for one in found] == ([True] if warned else [])
    assert all(one.line == source.splitlines().index("tests:") + 2 for one in found)


async def test_that_a_dry_run_takes_a_diagnosis(rehearsal: Rehearsal, by_level: Script) -> None:
    told = {"level": "beginner", "labels": {"level": "С нуля"}}
    (reply,) = await rehearsal.try_messages(by_level, ["здравствуйте"], diagnosis=told)
    assert "Ваш уровень: С нуля." in reply.answer


def test_that_a_written_case_reads_back_the_same() -> None:
    document = accepted(parse_script(SCRIPT))
    written = as_text(document.model_dump(mode="json", exclude_defaults=True), "yaml")
    assert accepted(parse_script(written)).tests == document.tests


def test_that_a_wrong_diagnosis_is_a_mistake_with_its_line() -> None:
    report = parse_script(SCRIPT.replace("{level: beginner, ", "{2nd: beginner, "))
    (problem,) = report.problems
    assert problem.line == 17
    assert problem.path.startswith("tests.0.diagnosis")


@pytest.mark.parametrize(
    ("told", "stored"),
    [("5000", 5000), ("1.5", 1.5), ("-3", -3), ("B1", "B1"), ("", ""), ("١٢", "١٢")],
)
def test_that_what_reads_as_a_number_is_one(told: str, stored: object) -> None:
    assert diagnosis_of({"budget": told}) == {"budget": stored}
    assert diagnosis_of({"labels": {"budget": told}}) == {"labels": {"budget": told}}
