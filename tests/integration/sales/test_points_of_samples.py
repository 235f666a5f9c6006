"""The 80 % rule on the sample scripts: their own words pass, other words don't, a turn is one call."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from candor.bench.stub_model import MODEL, StubModelServer
from candor.common.clock import FrozenClock
from candor.common.llm import Step
from candor.disclosure.claims import find_claims
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.prompts import PromptLibrary
from candor.llm.reading.points import PointsCheck, is_enough
from candor.llm.resilient import ResilientLLMService
from candor.sales.answering import AnswerWriter
from candor.sales.drafts import proof_for
from candor.sales.rehearsal import Rehearsal
from candor.sales.views import BusinessCard, step_views, values_for
from candor.storage.cache import MemoryCache

from .test_samples import SALES, sample

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
UNRELATED = (
    "Погода сегодня прекрасная, а у кошки родились котята. Вечером испечём пирог.",
    "The weather is lovely today and the cat had kittens. We will bake a pie tonight.",
    "Понимаю вас. Что для вас сейчас важнее всего?",
    "I understand. What matters most to you right now?",
    "Спасибо за сообщение! Хорошего дня.",
)


class _Client:
    first_name, last_name, username, language = "Ольга", "", None, "ru"


def steps_of(name: str) -> tuple[Step, ...]:
    script = sample(name)
    values = values_for(script, _Client(), BusinessCard("Маяк"))  # type: ignore[arg-type]
    return step_views(script.document, values)


@pytest.fixture(scope="module")
def encoder() -> Iterator[UseEncoder]:
    made = UseEncoder()
    yield made
    made.close()


@pytest.mark.parametrize("name", SALES)
async def test_that_the_authors_own_words_say_the_points(name: str, encoder: UseEncoder) -> None:
    check = PointsCheck(encoder)
    missed = [
        (step.key, wording)
        for step in steps_of(name)
        for wording in (step.say, *step.alternatives)
        if not is_enough(await check.covered_points(wording, step), step.must_say)
    ]
    assert missed == []


@pytest.mark.parametrize("name", SALES)
def test_that_a_point_may_be_said_as_it_stands(name: str) -> None:
    script = sample(name)
    values = values_for(script, _Client(), BusinessCard("Маяк"))  # type: ignore[arg-type]
    proof = proof_for(script.document, values, ())
    points = [point for step in steps_of(name) for point in step.must_say]
    stopped = [c.explanation for point in points for c in find_claims(f"{point}.", proof)]
    assert points
    assert stopped == []
    assert find_claims("Скидка 15 % до пятницы. We give 15% off until Friday.", proof)


@pytest.mark.parametrize("name", SALES)
async def test_that_words_about_something_else_do_not(name: str, encoder: UseEncoder) -> None:
    check = PointsCheck(encoder)
    passed = [
        (step.key, text)
        for step in steps_of(name)
        for text in UNRELATED
        if is_enough(await check.covered_points(text, step), step.must_say)
    ]
    assert passed == []


@pytest.fixture
async def server() -> AsyncIterator[StubModelServer]:
    """Says the step that it is asked for in the script's words."""
    async with StubModelServer() as running:
        yield running


@pytest.fixture
async def writer(server: StubModelServer, encoder: UseEncoder) -> AsyncIterator[AnswerWriter]:
    model = OpenAICompatibleModel(model=MODEL, api_key="none", base_url=server.base_url)
    prompts = PromptLibrary(cache=MemoryCache(CLOCK))
    engine = ModelEngine(model=model, prompts=prompts, encoder=encoder)
    llm = ResilientLLMService(encoder=encoder, clock=CLOCK, engines=(engine,))
    yield AnswerWriter(llm=llm, business=BusinessCard("Маяк"))
    await model.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "first-contact",
            ["здравствуйте", "хочу для работы", "учил в школе, всё забыл", "вечером"],
        ),
        ("first-contact-en", ["hello", "I need it for work", "school level", "in the evening"]),
    ],
)
async def test_that_an_ordinary_turn_is_one_call(
    name: str, said: list[str], writer: AnswerWriter, server: StubModelServer
) -> None:
    rehearsal = Rehearsal(writer=writer, clock=CLOCK, business="Маяк")
    replies = await rehearsal.try_messages(sample(name), said)
    assert len(replies) == len(said)
    assert len(server.calls) == len(said)
