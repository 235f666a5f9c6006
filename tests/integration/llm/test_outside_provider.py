"""No client's words leave the business for somebody else's model before the client has agreed."""

import pytest
from tests.integration.llm.conftest import STEP, writing

from candor.bench.stub_model import StubModelServer
from candor.bootstrap.language import outside_provider
from candor.common.clock import FrozenClock
from candor.common.llm import GroupReplyRequest
from candor.common.settings import load_settings
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.prompts import PromptLibrary
from candor.llm.resilient import ResilientLLMService

AGREED = 7


@pytest.fixture
def service(
    model: OpenAICompatibleModel, encoder: UseEncoder, clock: FrozenClock, prompts: PromptLibrary
) -> ResilientLLMService:
    async def consent(client_id: int) -> bool:
        return client_id == AGREED

    engine = ModelEngine(model=model, prompts=prompts, encoder=encoder)
    return ResilientLLMService(encoder=encoder, clock=clock, engines=[engine], consent=consent)


def in_group(client_id: int | None) -> GroupReplyRequest:
    return GroupReplyRequest(
        speaker="teacher",
        speaker_role="teacher",
        language="ru",
        business="Маяк",
        message="что делать дальше?",
        step=STEP,
        task="",
        facts=(),
        client_id=client_id,
    )


async def test_that_the_script_answers_who_has_not_agreed(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    draft = await service.write_reply(writing(client_id=8))

    assert draft.engine == "offline"
    assert draft.text
    assert "has not agreed" in draft.note
    assert server.calls == []


async def test_that_the_model_answers_who_has_agreed(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    draft = await service.write_reply(writing(client_id=AGREED))

    assert draft.engine == "model"
    assert server.calls


@pytest.mark.parametrize("client_id", [8, None])
async def test_that_it_holds_in_groups_where_nobody_else_could_have_agreed(
    service: ResilientLLMService, server: StubModelServer, client_id: int | None
) -> None:
    draft = await service.answer_in_group(in_group(client_id))

    assert draft.engine == "offline"
    assert server.calls == []


async def test_that_a_rehearsal_is_the_author_s_own_words(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    await service.write_reply(writing(client_id=0))

    assert server.calls


@pytest.mark.parametrize(
    ("settings", "provider"),
    [
        ({}, None),
        ({"OPENAI_API_KEY": "sk-x"}, "api.openai.com"),
        ({"OPENAI_BASE_URL": "https://llm.example.org/v1"}, "llm.example.org"),
        ({"OPENAI_BASE_URL": "http://localhost:1234/v1"}, None),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1234/v1"}, None),
        ({"OPENAI_BASE_URL": "http://192.168.1.20/v1"}, None),
        ({"OPENAI_BASE_URL": "http://models.internal/v1"}, None),
        ({"OPENAI_BASE_URL": "https://8.8.8.8/v1"}, "8.8.8.8"),
    ],
)
def test_that_only_somebody_else_s_server_needs_a_consent(
    settings: dict[str, str], provider: str | None
) -> None:
    assert outside_provider(load_settings(settings)) == provider
