"""A test of a script may say what a questionnaire has told of the client."""

from dataclasses import replace

import pytest

from candor.common.clock import FrozenClock
from candor.sales.export import as_text
from candor.sales.parsing import accepted, parse_script
from candor.sales.rehearsal import Rehearsal, diagnosis_of, script_for_rehearsal
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
