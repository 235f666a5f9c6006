"""Whatever the model server does, the client is answered in this very turn, and the owner sees why."""

import asyncio
import json
from base64 import b64encode
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp import web

from candor.bench.stub_model import MODEL, SMALL_MODEL, Fault, StubModelServer
from candor.common.clock import FrozenClock
from candor.common.llm import Step
from candor.common.llm_prices import OwnPrice
from candor.common.unit_guard import OpenUnitError, enter_unit, leave_unit
from candor.llm.chat_model import ChatMessage, ModelDownError
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.price_book import PriceBook
from candor.llm.prompts import PromptLibrary
from candor.llm.resilient import EngineStatus, ResilientLLMService
from candor.llm.usage import Budget, MemoryUsageStore, UsageLedger

from .conftest import STEP, analysis, writing

ALL_FAULTS: tuple[Fault, ...] = (
    "http_400", "http_401", "http_404", "http_429", "http_500", "hang", "endless", "too_long", "disconnect", "cut_json",
    "broken_body", "no_json", "wrong_action", "empty", "wrong_language", "missing_reply",
)  # fmt: skip
ASK = (ChatMessage("system", "JSON"), ChatMessage("user", "?"))


@pytest.mark.parametrize("fault", ALL_FAULTS)
async def test_that_a_lasting_fault_is_answered_by_script_in_at_most_two_calls(
    service: ResilientLLMService, server: StubModelServer, fault: Fault
) -> None:
    server.fail(fault, count=5)
    draft = await service.write_reply(writing())
    assert draft.engine == "offline"
    assert "английский" in draft.text
    assert draft.note
    assert len(server.calls) <= 2


@pytest.mark.parametrize(
    "fault", ["http_500", "cut_json", "no_json", "wrong_action", "empty", "wrong_language"]
)
async def test_that_a_fault_that_passes_costs_one_more_call(
    service: ResilientLLMService, server: StubModelServer, fault: Fault
) -> None:
    server.fail(fault)
    draft = await service.write_reply(writing())
    assert draft.engine == "model"
    assert [call.model for call in server.calls] == [MODEL, SMALL_MODEL]


async def test_that_an_ordinary_turn_is_one_call(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    draft = await service.write_reply(writing())
    assert draft.source == "model"
    assert draft.covered_points == ("вопрос о цели",)
    assert draft.prompt_version == "sales/reply@2"
    assert len(server.calls) == 1


async def test_that_an_answer_asked_again_is_one_call_more_at_most(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    server.fail("http_500", count=3)
    await service.write_reply(writing(must_mend=("These points are missing: a.",)))
    assert len(server.calls) == 1


async def test_that_the_breaker_spares_a_dead_server_and_notices_its_return(
    service: ResilientLLMService, server: StubModelServer, clock: FrozenClock
) -> None:
    server.is_down = True
    for _ in range(6):
        assert (await service.write_reply(writing())).engine == "offline"
    spared = len(server.calls)
    assert spared <= 3
    server.mend()
    clock.advance(timedelta(minutes=1))
    assert (await service.write_reply(writing())).engine == "model"


@pytest.mark.parametrize("patience", [20.0])
async def test_that_the_provider_may_vanish_in_the_middle_of_fifty_dialogues(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    server.delay = 0.05

    async def dialogue(number: int) -> list[str]:
        engines = []
        for turn in range(4):
            if number == 25 and turn == 1:
                server.is_down = True
            draft = await service.write_reply(writing(client_id=number))
            assert draft.text
            engines.append(draft.engine)
        return engines

    said = await asyncio.gather(*(dialogue(number) for number in range(50)))
    engines = {engine for dialogue_engines in said for engine in dialogue_engines}
    assert engines == {"model", "offline"}


async def test_that_a_server_without_json_mode_is_adapted_to(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    server.accepts_format = False
    assert (await service.write_reply(writing())).engine == "model"
    assert (await service.write_reply(writing())).engine == "model"
    assert "response_format" not in server.calls[-1].body


async def test_that_a_server_with_another_length_field_is_adapted_to(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    server.accepts_max_tokens = False
    assert (await service.write_reply(writing())).engine == "model"
    assert "max_completion_tokens" in server.calls[-1].body


async def test_that_an_unsure_reading_is_settled_by_the_same_call(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    server.respond = lambda call: {
        "reply": "Какая у вас цель?",
        "fits": True,
        "intents": ["question"],
    }
    draft = await service.write_reply(
        writing(analysis=analysis(script_fit_score=0.6, is_sure=False))
    )
    assert len(server.calls) == 1
    assert draft.analysis is not None
    assert draft.analysis.script_fit_score > 0.7
    assert draft.analysis.source == "model"


@pytest.mark.parametrize(
    ("fits", "covered"), [(True, ("вопрос об уровне",)), (False, ("вопрос о цели",))]
)
async def test_that_the_points_are_those_of_the_step_that_the_model_chose(
    service: ResilientLLMService, server: StubModelServer, fits: bool, covered: tuple[str, ...]
) -> None:
    level = Step("level", "А какой у вас уровень?", must_say=("вопрос об уровне",))
    words = level.say if fits else STEP.say
    server.respond = lambda call: {"reply": words, "fits": fits}
    unsure = analysis(script_fit_score=0.6, is_sure=False)
    draft = await service.write_reply(writing(analysis=unsure, if_fits=level, stage="need"))
    assert draft.covered_points == covered


async def test_that_a_model_is_never_asked_inside_a_unit_of_work(
    model: OpenAICompatibleModel,
) -> None:
    token = enter_unit()
    try:
        with pytest.raises(OpenUnitError):
            await model.complete(ASK, max_tokens=5)
    finally:
        leave_unit(token)


async def test_that_errors_hold_no_key(server: StubModelServer) -> None:
    server.api_key = "the-right-one"
    model = OpenAICompatibleModel(model=MODEL, api_key="sk-wrong", base_url=server.base_url)
    with pytest.raises(ModelDownError) as caught:
        await model.complete(ASK, max_tokens=5)
    assert caught.value.is_lasting
    assert "sk-wrong" not in str(caught.value)
    assert "OPENAI_API_KEY" in caught.value.reason
    await model.close()


@pytest.mark.parametrize(
    ("variable", "scheme"),
    [("http_proxy", "http://"), ("http_proxy", ""), ("all_proxy", "http://")],
)
async def test_that_a_proxy_of_the_environment_is_used_with_its_password(
    server: StubModelServer, monkeypatch: pytest.MonkeyPatch, variable: str, scheme: str
) -> None:
    heard: list[tuple[str, str]] = []

    async def forward(request: web.BaseRequest) -> web.Response:
        heard.append((str(request.url), request.headers.get("Proxy-Authorization", "")))
        return web.json_response({"choices": [{"message": {"content": "through"}}]})

    runner = web.ServerRunner(web.Server(forward))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    monkeypatch.setenv(variable, f"{scheme}me:secret@127.0.0.1:{port}")
    monkeypatch.setenv("no_proxy", "example.org")
    model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url="http://models.test/v1")
    assert (await model.complete(ASK, max_tokens=5)).text == "through"
    await model.close()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=server.base_url)
    await model.complete(ASK, max_tokens=5)
    await model.close()
    await runner.cleanup()
    basic = "Basic " + b64encode(b"me:secret").decode()
    assert heard == [("http://models.test/v1/chat/completions", basic)]
    assert len(server.calls) == 1


async def test_that_a_refusal_is_understood_behind_jsons_escapes() -> None:
    heard: list[dict[str, object]] = []

    async def refuse(request: web.BaseRequest) -> web.Response:
        body = json.loads(await request.read())
        heard.append(body)
        if "max_tokens" in body:
            told = r'{"error": "\u0027max_tokens\u0027: use \u0027max_completion_tokens\u0027"}'
            return web.Response(status=400, body=told, headers={"Retry-After": "nan"})
        return web.json_response({"choices": [{"message": {"content": "learnt"}}]})

    runner = web.ServerRunner(web.Server(refuse))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=address)
    assert (await model.complete(ASK, max_tokens=5)).text == "learnt"
    await model.close()
    await runner.cleanup()
    assert ["max_tokens" in body for body in heard] == [True, False]


class TestBudgets:
    """A budget stops calls, not answers."""

    async def test_that_a_used_up_day_is_answered_by_script_until_the_next(
        self,
        model: OpenAICompatibleModel,
        server: StubModelServer,
        encoder: UseEncoder,
        clock: FrozenClock,
        prompts: PromptLibrary,
    ) -> None:
        price = Decimal(1000)
        store = MemoryUsageStore(Budget(day=Decimal("0.4")))
        engine = ModelEngine(
            model=model,
            prompts=prompts,
            encoder=encoder,
            prices=PriceBook([OwnPrice(MODEL, price, price)]),
        )
        heard: list[EngineStatus] = []
        service = ResilientLLMService(
            encoder=encoder,
            clock=clock,
            engines=(engine,),
            ledger=UsageLedger(store=store, clock=clock),
            on_switch=heard.append,
        )
        assert (await service.write_reply(writing())).engine == "model"
        await service.close()
        assert store.rows[0].usage.cost_kind == "exact"
        stopped = await service.write_reply(writing())
        assert stopped.engine == "offline"
        assert "budget" in stopped.note
        assert len(server.calls) == 1
        assert [status.engine for status in heard] == ["model", "offline"]
        clock.advance(timedelta(days=1))
        assert (await service.write_reply(writing())).engine == "model"
        clock.advance(timedelta(days=-3))
        assert (await service.write_reply(writing())).text

    async def test_that_a_price_given_while_candor_runs_stops_the_next_days_calls(
        self,
        model: OpenAICompatibleModel,
        encoder: UseEncoder,
        clock: FrozenClock,
        prompts: PromptLibrary,
    ) -> None:
        given: list[OwnPrice] = []

        class Given:
            async def prices(self) -> tuple[OwnPrice, ...]:
                return tuple(given)

        book = PriceBook(store=Given())
        store = MemoryUsageStore(Budget(day=Decimal("0.4")))
        service = ResilientLLMService(
            encoder=encoder,
            clock=clock,
            engines=(ModelEngine(model=model, prompts=prompts, encoder=encoder, prices=book),),
            ledger=UsageLedger(store=store, clock=clock),
        )
        assert (await service.write_reply(writing())).engine == "model"
        given.append(OwnPrice(MODEL, Decimal(1000), Decimal(1000)))
        book.forget()
        assert (await service.write_reply(writing())).engine == "model"
        stopped = await service.write_reply(writing())
        assert (stopped.engine, "budget" in stopped.note) == ("offline", True)
        await service.close()
        assert [row.usage.cost_kind for row in store.rows] == ["unknown", "exact"]

    async def test_that_one_client_can_not_use_up_the_calls_of_all(
        self,
        model: OpenAICompatibleModel,
        encoder: UseEncoder,
        clock: FrozenClock,
        prompts: PromptLibrary,
    ) -> None:
        store = MemoryUsageStore(Budget(client_calls_day=2))
        service = ResilientLLMService(
            encoder=encoder,
            clock=clock,
            engines=(ModelEngine(model=model, prompts=prompts, encoder=encoder),),
            ledger=UsageLedger(store=store, clock=clock),
        )
        engines = [(await service.write_reply(writing())).engine for _ in range(3)]
        assert engines == ["model", "model", "offline"]
        assert (await service.write_reply(writing(client_id=8))).engine == "model"


class TestConnection:
    """The connection test tells what the server can do, and what to mend."""

    async def test_that_a_good_server_is_described(self, model: OpenAICompatibleModel) -> None:
        report = await model.connection_test()
        assert report.is_ok
        assert report.capabilities.json_mode == "json_schema"
        assert report.capabilities.has_streaming
        assert MODEL in report.models

    async def test_that_a_wrong_key_names_its_setting(self, server: StubModelServer) -> None:
        server.api_key = "right"
        model = OpenAICompatibleModel(model=MODEL, api_key="wrong", base_url=server.base_url)
        report = await model.connection_test()
        assert not report.is_ok
        assert "OPENAI_API_KEY" in report.mend
        await model.close()

    async def test_that_a_body_without_end_is_read_only_so_far(
        self, server: StubModelServer
    ) -> None:
        server.fail("too_long", count=5)
        model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=server.base_url)
        report = await model.connection_test()
        assert "too long" in report.message
        await model.close()

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1:9/v1", "localhost:9/v1", "http://:9/v1", "my server"]
    )
    async def test_that_a_missing_server_is_told(self, address: str) -> None:
        model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=address)
        report = await model.connection_test()
        assert not report.is_ok
        assert "reached" in report.message
        await model.close()


async def test_that_nothing_of_a_post_is_kept_that_no_database_holds(
    service: ResilientLLMService, server: StubModelServer, store: MemoryUsageStore
) -> None:
    server.respond = lambda call: {
        "main_idea": "Идея\0 поста",
        "keywords": ["сло\0ва", "\0", "карточки"],
        "topics": ["Язык\0"],
        "sensitive": ["война\0"],
    }
    summary = await service.summarize_post("Как запоминать английские слова по дороге на работу?")
    await service.close()
    assert summary.main_idea == "Идея поста"
    assert summary.keywords == ("слова", "карточки")
    assert (summary.topics, summary.sensitive) == (("язык",), ("война",))
    assert "\0" not in store.rows[0].usage.model
