"""What the tests of the language room share: a stub server over real HTTP and engines before it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from candor.bench.stub_model import MODEL, SMALL_MODEL, StubModelServer
from candor.common.clock import FrozenClock
from candor.common.llm import Fact, MessageAnalysis, Step, WritingRequest
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.prompts import PromptLibrary
from candor.llm.resilient import ResilientLLMService
from candor.llm.usage import Budget, MemoryUsageStore, UsageLedger
from candor.storage.cache import MemoryCache

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STEP = Step(
    key="need",
    say="Спасибо! Подскажите, для чего вам английский: для работы, поездок или учёбы?",
    must_say=("вопрос о цели",),
    fits=("для работы", "для поездок", "для учёбы", "к экзамену", "для себя"),
    alternatives=("Понимаю вас. А какая у вас цель: работа, поездки или учёба?",),
)


@pytest.fixture(scope="package")
def encoder() -> UseEncoder:
    return UseEncoder()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
async def server() -> AsyncIterator[StubModelServer]:
    async with StubModelServer() as running:
        yield running


@pytest.fixture
def patience() -> float:
    """Seconds that a call may take; short, since some tests let calls hang."""
    return 0.5


@pytest.fixture
async def model(server: StubModelServer, patience: float) -> AsyncIterator[OpenAICompatibleModel]:
    made = OpenAICompatibleModel(
        model=MODEL, api_key="sk-test", base_url=server.base_url, call_seconds=patience
    )
    yield made
    await made.close()


@pytest.fixture
def store() -> MemoryUsageStore:
    return MemoryUsageStore(Budget())


@pytest.fixture
def prompts(clock: FrozenClock) -> PromptLibrary:
    return PromptLibrary(cache=MemoryCache(clock))


@pytest.fixture
def service(
    model: OpenAICompatibleModel,
    encoder: UseEncoder,
    clock: FrozenClock,
    store: MemoryUsageStore,
    prompts: PromptLibrary,
) -> ResilientLLMService:
    engines = [
        ModelEngine(model=one, prompts=prompts, encoder=encoder)
        for one in (model, model.sibling(SMALL_MODEL))
    ]
    ledger = UsageLedger(store=store, clock=clock)
    return ResilientLLMService(encoder=encoder, clock=clock, engines=engines, ledger=ledger)


def analysis(**changes: object) -> MessageAnalysis:
    given: dict[str, object] = {
        "main_idea": "для работы",
        "keywords": (),
        "tone": "neutral",
        "script_fit_score": 0.9,
        "step": "need",
        "triggers": (),
        "language": "ru",
    }
    return MessageAnalysis(**(given | changes))  # type: ignore[arg-type]


def writing(**changes: object) -> WritingRequest:
    given: dict[str, object] = {
        "strategy": "script_80",
        "language": "ru",
        "business": "Маяк",
        "message": "мне для работы",
        "analysis": analysis(),
        "step": STEP,
        "facts": (Fact("f1", "Курс длится 6 недель.", "https://example.org"),),
        "script_rules": f"# Знакомство\n## need\n{STEP.say}\n- вопрос о цели",
        "client_id": 7,
    }
    return WritingRequest(**(given | changes))  # type: ignore[arg-type]
