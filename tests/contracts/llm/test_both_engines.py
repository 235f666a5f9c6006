"""One suite for whoever fulfils `LLMService`: the offline engine, the model, the model that is down."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from candor.bench.stub_model import MODEL, StubModelServer
from candor.common.clock import FrozenClock
from candor.common.errors import TemporaryError
from candor.common.llm import (
    CommentRequest,
    DraftReply,
    Fact,
    GroupReplyRequest,
    Line,
    LLMService,
    MessageAnalysis,
    ReadingRequest,
    Step,
    Strategy,
    Trigger,
    WritingRequest,
)
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.offline import OfflineLLMService
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.prompts import PromptLibrary
from candor.llm.reading.points import is_enough
from candor.llm.resilient import ResilientLLMService
from candor.storage.cache import MemoryCache

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEED = Step(
    key="need",
    say="Спасибо! Подскажите, для чего вам английский: для работы, поездок или учёбы?",
    must_say=("вопрос о цели",),
    fits=(
        "для работы", "для путешествий", "готовлюсь к экзамену", "хочу смотреть фильмы", "переезжаю", "для учёбы"
    ),
    alternatives=("Понимаю вас. А какая у вас цель: работа, поездки или учёба?",),
)  # fmt: skip
OFFER = Step(
    key="offer",
    say="Предлагаю курс на 6 недель. Добавить вас в группу?",
    must_say=("курс на 6 недель", "вопрос о группе"),
    fits=("звучит хорошо", "расскажите подробнее", "да", "сколько стоит", "когда начало"),
)
AGREES = Trigger("agrees", ("да, добавляйте", "согласен"), ("не сейчас", "подумаю"), "open_group")
FACTS = (
    Fact("f1", "Курс длится 6 недель, занятия два раза в неделю.", "https://example.org/program"),
    Fact("f2", "Цена курса 4900 ₽.", "https://example.org/price"),
)


@dataclass(frozen=True, slots=True)
class Engine:
    name: str
    service: LLMService
    writes_comments: bool


@pytest.fixture(scope="module")
def encoder() -> UseEncoder:
    return UseEncoder()


@pytest.fixture(params=["offline", "model", "model-down", "not-configured"])
async def engine(request: pytest.FixtureRequest, encoder: UseEncoder) -> AsyncIterator[Engine]:
    if request.param == "offline":
        yield Engine("offline", OfflineLLMService(encoder), False)
        return
    async with StubModelServer() as server:
        server.is_down = request.param == "model-down"
        model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=server.base_url)
        writer = ModelEngine(
            model=model, prompts=PromptLibrary(cache=MemoryCache(FrozenClock(NOW))), encoder=encoder
        )
        service = ResilientLLMService(
            encoder=encoder,
            clock=FrozenClock(NOW),
            engines=(writer,) if request.param != "not-configured" else (),
        )
        yield Engine(request.param, service, request.param == "model")
        await model.close()


def reading(text: str, step: Step | None = NEED) -> ReadingRequest:
    return ReadingRequest(
        text=text,
        script_key="first",
        script_version=1,
        script_language="ru",
        step=step,
        steps=(NEED, OFFER),
        triggers=(AGREES,),
    )


async def written(
    service: LLMService,
    text: str,
    strategy: Strategy,
    *,
    step: Step = NEED,
    history: Sequence[Line] = (),
) -> tuple[MessageAnalysis, DraftReply]:
    analysis = await service.analyze_message(reading(text))
    request = WritingRequest(
        strategy=strategy,
        language=analysis.language,
        business="Маяк",
        message=text,
        analysis=replace(analysis, is_sure=True),
        step=step,
        facts=FACTS,
        history=tuple(history),
        script_rules=f"## need\n{NEED.say}\n- вопрос о цели\n## offer\n{OFFER.say}",
    )
    return analysis, await service.write_reply(request)


async def test_that_an_expected_reply_fits_and_an_alien_one_does_not(engine: Engine) -> None:
    fits = await engine.service.analyze_message(reading("мне для работы с иностранцами"))
    alien = await engine.service.analyze_message(reading("кто вчера выиграл в хоккей?"))
    assert fits.script_fit_score > 0.7 >= alien.script_fit_score
    assert fits.is_calibrated
    assert fits.language == "ru"


async def test_that_a_greeting_fits_the_first_step(engine: Engine) -> None:
    analysis = await engine.service.analyze_message(reading("Здравствуйте!", step=None))
    assert analysis.script_fit_score > 0.7


async def test_that_agreement_fires_its_trigger_and_postponement_does_not(engine: Engine) -> None:
    yes = await engine.service.analyze_message(reading("почему бы и нет", OFFER))
    later = await engine.service.analyze_message(reading("да, но не сейчас", OFFER))
    assert yes.triggers == ("agrees",)
    assert later.triggers == ()
    assert "postponement" in later.intents


async def test_that_a_script_answer_carries_the_points(engine: Engine) -> None:
    _, draft = await written(engine.service, "для работы", "script_80", step=OFFER)
    assert is_enough(draft.covered_points, OFFER.must_say)
    assert draft.text


async def test_that_a_free_answer_is_given_in_the_clients_language(engine: Engine) -> None:
    _, draft = await written(engine.service, "а сколько это стоит?", "free_20")
    assert draft.text
    assert draft.engine == ("model" if engine.name == "model" else "offline")


@pytest.mark.parametrize("engine", ["offline", "model-down", "not-configured"], indirect=True)
async def test_that_the_same_answer_is_not_given_twice_in_a_row(engine: Engine) -> None:
    """By the offline engine; what a model says is compared by sales, which asks again."""
    said: list[Line] = []
    for _ in range(5):
        _, draft = await written(engine.service, "для работы", "script_80", history=said)
        assert not said or draft.text != said[-1].text
        said += [Line("client", "для работы", NOW), Line("ai", draft.text, NOW)]
        said = [line for line in said if line.author == "ai"]


async def test_that_a_model_that_is_down_is_named_in_the_note(engine: Engine) -> None:
    _, draft = await written(engine.service, "для работы", "script_80")
    assert bool(draft.note) == (engine.name == "model-down")


async def test_that_without_a_model_and_a_fitting_sentence_there_is_no_comment(
    engine: Engine,
) -> None:
    summary = await engine.service.summarize_post("Почему трудно заговорить на новом языке?")
    request = CommentRequest("Почему трудно заговорить?", summary, "Маяк", {}, variants=1)
    if engine.writes_comments:
        assert len(await engine.service.write_comments(request)) == 1
    else:
        with pytest.raises(TemporaryError):
            await engine.service.write_comments(request)


async def test_that_a_group_question_is_answered_from_the_facts_or_handed_over(
    engine: Engine,
) -> None:
    request = GroupReplyRequest(
        "teacher", "", "ru", "Маяк", "сколько длится курс?", None, "задание", FACTS
    )
    draft = await engine.service.answer_in_group(request)
    if draft.engine == "offline":
        assert "6 недель" in draft.text


async def test_that_a_dialogue_is_summed_up_by_what_the_client_said(engine: Engine) -> None:
    lines = [Line("client", "Хочу учить английский для работы.", NOW), Line("ai", "Хорошо!", NOW)]
    summary = await engine.service.summarize_dialogue(lines, language="ru")
    assert "английский" in summary
