"""A script's failed test says why the trigger that it waited for stayed silent."""

from datetime import UTC, datetime

import pytest

from candor.common.clock import FrozenClock
from candor.llm.encoder import UseEncoder
from candor.llm.offline import OfflineLLMService
from candor.sales.answering import AnswerWriter
from candor.sales.parsing import accepted, parse_script
from candor.sales.rehearsal import Rehearsal, script_for_rehearsal
from candor.sales.views import BusinessCard

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
SCRIPT = """
key: quiet
kind: sales
title: Курс
language: ru
steps:
  - key: need
    say: Для чего вам английский?
    fits: [для работы, для поездок, для себя, для учёбы, для экзамена, переезжаю]
    next: [{{when: default, to: invite}}]
  - key: invite
    say: Есть бесплатная группа. Прислать приглашение?
    fits: ["да", присылайте, давайте, хочу в группу, согласна, можно]
facts: [{{id: price, text: Курс стоит 4900 рублей., evidence: прайс}}]
triggers:
  - {{key: joins, fits: [хочу в группу, присылайте приглашение], unless: [не хочу в группу], action: open_group, script: lessons, invited_at: [invite]}}
  - {{key: price, fits: [сколько стоит курс, какая цена], action: go_to, step: need}}
  - {{key: leaves, at: [invite], fits: [не интересно], action: close}}
tests:
  - name: молчание
    says: [здравствуйте, {says}]
    expects: [{{stage: need}}, {{trigger: {trigger}}}]
"""


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    writer = AnswerWriter(llm=OfflineLLMService(UseEncoder()), business=BusinessCard("Маяк"))
    return Rehearsal(writer=writer, clock=CLOCK, business="Маяк")


@pytest.mark.parametrize(
    ("says", "trigger", "why"),
    [
        ("для работы", "joins", "it waits for a yes, and none is heard"),
        ("а когда группа?", "joins", "it waits for a yes, and the client asks"),
        ("давайте", "joins", "a yes to something else"),
        ("дорого, но вступлю потом", "joins", "it waits for a yes, and none is heard"),
        ("давайте в группу за 300 рублей", "joins", "names a sum that the script doesn't name"),
        ("у меня синий кот", "price", "too unlike its examples (0."),
        ("не интересно", "leaves", "it listens only at invite"),
        ("вы бот?", "joins", "code answered before the script was read"),
    ],
)
async def test_that_a_failed_test_says_why_the_trigger_stayed_silent(
    says: str, trigger: str, why: str, rehearsal: Rehearsal
) -> None:
    said = SCRIPT.format(says=f'"{says}"', trigger=trigger)
    script = script_for_rehearsal(accepted(parse_script(said)), clock=CLOCK)
    (case,) = await rehearsal.run_tests(script)
    reasons = [miss.reasons[0] for miss in case.misses if miss.field == "trigger"]
    assert reasons
    assert reasons[0].startswith(f"Trigger {trigger} is silent: ")
    assert why in reasons[0]
