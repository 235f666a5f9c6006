"""A server may send whatever it likes: the client is answered, the call counted, the owner told why."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from candor.bench.stub_model import MODEL, StubModelServer
from candor.common.clock import FrozenClock
from candor.common.llm import Usage
from candor.common.llm_prices import OwnPrice
from candor.common.unit_guard import OpenUnitError, enter_unit, leave_unit
from candor.llm.administration import LanguageAdministration
from candor.llm.chat_model import ChatMessage, ConnectionReport
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.ports import StoredUsage
from candor.llm.price_book import PriceBook
from candor.llm.prompts import PromptLibrary
from candor.llm.resilient import ResilientLLMService
from candor.llm.usage import MemoryUsageStore, UsageLedger
from candor.storage.unit_of_work import Units

from .conftest import writing

ASK = (ChatMessage("system", "JSON"), ChatMessage("user", "?"))
GOOD: dict[str, Any] = {"reply": "Понимаю вас. Какая у вас цель?", "action": "none"}
COUNTED: dict[str, Any] = {"prompt_tokens": 1000, "completion_tokens": 200}
Answer = tuple[int, object, Mapping[str, str]]


def said(
    text: str | None,
    *,
    usage: object = COUNTED,
    model: object = MODEL,
    ending: str = "stop",
    **message: object,
) -> dict[str, Any]:
    choice = {"message": {"content": text, **message}, "finish_reason": ending}
    return {"model": model, "choices": [choice], "usage": usage}


def ok(answer: object = GOOD, **more: Any) -> dict[str, Any]:
    return said(json.dumps(answer, ensure_ascii=False), **more)


@dataclass
class RawServer:
    """Answers with exactly what a test gives: bytes, or JSON, a status and headers."""

    answer: Callable[[Mapping[str, Any]], object] = lambda body: ok()
    models: object = field(default_factory=lambda: {"data": [{"id": MODEL}]})
    bodies: list[Mapping[str, Any]] = field(default_factory=list)
    hangs_at_models: bool = False
    base_url: str = ""

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.path.endswith("/models"):
            if self.hangs_at_models:
                await asyncio.Event().wait()
            return self._response(self.models)
        self.bodies.append(json.loads(await request.read()))
        return self._response(self.answer(self.bodies[-1]))

    def _response(self, given: object) -> web.Response:
        status, content, headers = given if isinstance(given, tuple) else (200, given, {})
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return web.Response(status=status, body=body, headers=headers)


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    server = RawServer()
    runner = web.ServerRunner(web.Server(server.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield server
    await runner.cleanup()


@pytest.fixture
async def one(raw: RawServer) -> AsyncIterator[OpenAICompatibleModel]:
    made = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=raw.base_url, call_seconds=1)
    yield made
    await made.close()


@pytest.fixture
def lone(
    one: OpenAICompatibleModel,
    encoder: UseEncoder,
    clock: FrozenClock,
    store: MemoryUsageStore,
    prompts: PromptLibrary,
) -> ResilientLLMService:
    """A service with one model, which is the usual installation."""
    prices = PriceBook([OwnPrice(MODEL, Decimal(1), Decimal(1))])
    engine = ModelEngine(model=one, prompts=prompts, encoder=encoder, prices=prices)
    ledger = UsageLedger(store=store, clock=clock)
    return ResilientLLMService(encoder=encoder, clock=clock, engines=(engine,), ledger=ledger)


class TestNobodyIsLeftWithoutAnswer:
    @pytest.mark.parametrize("intents", [[{"name": "question"}], [["question"]], [None, 5], "x"])
    async def test_that_odd_intents_are_dropped(
        self, lone: ResilientLLMService, raw: RawServer, intents: object
    ) -> None:
        raw.answer = lambda body: ok(GOOD | {"intents": intents})
        assert (await lone.write_reply(writing())).engine == "model"

    @pytest.mark.parametrize(
        "body",
        [b"[" * 150_000, b'{"choices":' * 20_000, b'{"choices": 5}', b'{"choices": ["x"]}', b"5"],
    )
    async def test_that_what_is_no_completion_is_answered_by_script(
        self, lone: ResilientLLMService, raw: RawServer, body: bytes
    ) -> None:
        raw.answer = lambda asked: body
        draft = await lone.write_reply(writing())
        assert (draft.engine, bool(draft.text)) == ("offline", True)
        assert "no chat completion" in draft.note

    async def test_that_a_refusal_nested_too_deep_is_a_refusal(
        self, lone: ResilientLLMService, raw: RawServer
    ) -> None:
        raw.answer = lambda body: (400, b"[" * 150_000, {})
        assert "HTTP 400" in (await lone.write_reply(writing())).note

    async def test_that_a_reply_which_draws_nothing_is_none(
        self, lone: ResilientLLMService, raw: RawServer
    ) -> None:
        raw.answer = lambda body: ok(GOOD | {"reply": " \u200b\u200b "})
        draft = await lone.write_reply(writing())
        assert (draft.engine, "empty answer" in draft.note) == ("offline", True)

    async def test_that_what_nobody_foresaw_is_answered_by_script(
        self, lone: ResilientLLMService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(*args: object, **named: object) -> object:
            raise KeyError("nobody thought of this")

        monkeypatch.setattr("candor.llm.model_service.settled", breaks)
        draft = await lone.write_reply(writing())
        assert (draft.engine, "could not be used" in draft.note) == ("offline", True)
        assert len((await lone.status()).reason) == 0

    async def test_that_our_own_mistakes_are_not_hidden(self, lone: ResilientLLMService) -> None:
        await lone.status()  # What is spent is known, so nothing is read of it inside the unit.
        token = enter_unit()
        try:
            with pytest.raises(OpenUnitError):
                await lone.write_reply(writing(client_id=0))
        finally:
            leave_unit(token)

    @pytest.mark.parametrize("name", ["stub\x00large", "stub\ud83d", "m" * 20_000, 5, None, ""])
    @pytest.mark.parametrize("tokens", [1000, 3_000_000_000, 10**30])
    async def test_that_what_it_says_of_itself_can_be_stored(
        self,
        raw: RawServer,
        one: OpenAICompatibleModel,
        encoder: UseEncoder,
        clock: FrozenClock,
        prompts: PromptLibrary,
        units: Units,
        name: object,
        tokens: int,
    ) -> None:
        usage = {"prompt_tokens": tokens, "completion_tokens": 5}
        raw.answer = lambda body: ok(model=name, usage=usage)
        engine = ModelEngine(model=one, prompts=prompts, encoder=encoder)
        stored = StoredUsage(units)
        ledger = UsageLedger(store=stored, clock=clock)
        service = ResilientLLMService(
            encoder=encoder, clock=clock, engines=(engine,), ledger=ledger
        )
        draft = await service.write_reply(writing(client_id=0))
        await service.close()
        assert draft.engine == "model"
        assert 0 < len(draft.model) <= 100
        at = clock.now() - timedelta(hours=1)
        assert (await stored.sums(day_from=at, month_from=at)).calls_today == 1


class TestPaidCallsAreCounted:
    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (said("", ending="length"), "length limit"),
            (said('{"reply": "Здрав', ending="length"), "length limit"),
            (said("<think>so", ending="length"), "length limit"),
            (said(None, ending="content_filter"), "content filter"),
            (said("I can't.", ending="content_filter"), "content filter"),
            (said(None, refusal="I'm sorry."), "content filter"),
            ({"choices": [], "usage": COUNTED}, "empty answer"),
            (said(None, ending="tool_calls", tool_calls=[{"id": "1"}]), "asked for a tool"),
            (said(None), "empty answer"),
            (said("Sure!"), "without JSON"),
        ],
    )
    async def test_that_an_answer_of_no_use_is_paid_for_and_explained(
        self,
        lone: ResilientLLMService,
        raw: RawServer,
        store: MemoryUsageStore,
        answer: object,
        reason: str,
    ) -> None:
        raw.answer = lambda body: answer
        draft = await lone.write_reply(writing())
        await lone.close()
        assert draft.engine == "offline"
        assert reason in draft.note
        assert len(store.rows) == len(raw.bodies)
        assert all(row.usage.prompt_tokens == 1000 for row in store.rows)

    @pytest.mark.parametrize(
        ("usage", "kind", "prompt"),
        [
            ({"prompt_tokens": 1000.0, "completion_tokens": 200.0}, "exact", 1000),
            (COUNTED, "exact", 1000),
            ({"prompt_tokens": None, "completion_tokens": None}, "estimated", None),
            ({"prompt_tokens": 1000.5, "completion_tokens": 200}, "estimated", None),
            ({"prompt_tokens": "1000", "completion_tokens": 200}, "estimated", None),
            ({"prompt_tokens": float("inf"), "completion_tokens": 200}, "estimated", None),
            ({"prompt_tokens": True, "completion_tokens": 200}, "estimated", None),
            (None, "estimated", None),
            ("much", "estimated", None),
        ],
    )
    async def test_that_only_what_was_told_counts_as_exact(
        self,
        lone: ResilientLLMService,
        raw: RawServer,
        store: MemoryUsageStore,
        usage: object,
        kind: str,
        prompt: int | None,
    ) -> None:
        raw.answer = lambda body: ok(usage=usage)
        await lone.write_reply(writing())
        await lone.close()
        kept: Usage = store.rows[0].usage
        assert kept.cost_kind == kind
        assert kept.prompt_tokens == prompt if prompt else 0 < kept.prompt_tokens < 1000


FILTERED = {"error": {"message": "content management policy", "code": "content_filter"}}
TOO_LONG = {
    "error": {
        "message": "'max_tokens' or 'max_completion_tokens' is too large: 600. This model's "
        "maximum context length is 4096 tokens and your request has 4000 input tokens."
    }
}


class TestOneClientsWords:
    @pytest.mark.parametrize(
        ("answer", "calls"),
        [
            ((400, FILTERED, {}), 1),
            ((400, TOO_LONG, {}), 1),
            ((413, {}, {}), 1),
            ((422, {"detail": "no"}, {}), 2),
            (said("<html>"), 2),
            (ok({"reply": "これはあなたの質問への答えです", "action": "none"}), 2),
            (said(None, ending="content_filter"), 1),
        ],
    )
    async def test_that_they_do_not_take_the_model_from_others(
        self, lone: ResilientLLMService, raw: RawServer, answer: object, calls: int
    ) -> None:
        raw.answer = lambda body: (
            answer if "БОМБА" in json.dumps(body, ensure_ascii=False) else ok()
        )
        assert (await lone.write_reply(writing(client_id=7, message="БОМБА"))).engine == "offline"
        assert len(raw.bodies) == calls
        for _ in range(4):
            await lone.write_reply(writing(client_id=7, message="БОМБА"))
        assert (await lone.write_reply(writing(client_id=8))).engine == "model"
        assert (await lone.write_reply(writing(client_id=7))).engine == "model"
        assert (await lone.status()).engine == "model"

    async def test_that_what_fails_for_everybody_is_the_servers_fault(
        self, lone: ResilientLLMService, raw: RawServer
    ) -> None:
        raw.answer = lambda body: said("Sure!")
        for client in range(1, 6):
            assert (await lone.write_reply(writing(client_id=client))).engine == "offline"
        status = await lone.status()
        assert (status.engine, "without JSON" in status.reason) == ("offline", True)
        assert len(raw.bodies) == 6

    @pytest.mark.parametrize(
        ("told", "reason"),
        [
            ("API key not valid. Please pass a valid API key.", "Check OPENAI_API_KEY"),
            ("stub-huge is not a valid model ID", "Check CANDOR_LLM_MODEL"),
        ],
    )
    async def test_that_a_wrong_key_or_model_concerns_everybody_whatever_its_status(
        self, lone: ResilientLLMService, raw: RawServer, told: str, reason: str
    ) -> None:
        raw.answer = lambda body: (400, {"error": {"message": told}}, {})
        assert reason in (await lone.write_reply(writing(client_id=7))).note
        assert reason in (await lone.write_reply(writing(client_id=8))).note
        assert len(raw.bodies) == 1

    async def test_that_the_length_field_is_changed_once_at_most(
        self, one: OpenAICompatibleModel, raw: RawServer
    ) -> None:
        told = {"error": "unsupported: 'max_tokens', 'max_completion_tokens'"}
        raw.answer = lambda body: (400, told, {})
        with pytest.raises(Exception, match="HTTP 400"):
            await one.complete(ASK, max_tokens=5)
        fields = ["max_tokens" in body for body in raw.bodies]
        assert fields[:2] == [True, False]
        assert sorted(fields[1:]) == [False] * len(fields[1:])


class TestServersWithoutFormat:
    @pytest.mark.parametrize(
        "refusal",
        [
            (422, {"detail": [{"loc": ["body", "response_format"], "msg": "not permitted"}]}, {}),
            (400, {"error": {"message": "Bad request"}}, {}),
            (422, b"no", {}),
        ],
    )
    async def test_that_it_is_learnt_from_any_refusal(
        self, lone: ResilientLLMService, raw: RawServer, refusal: Answer
    ) -> None:
        raw.answer = lambda body: refusal if "response_format" in body else ok()
        for _ in range(3):
            assert (await lone.write_reply(writing())).engine == "model"
        assert ["response_format" in body for body in raw.bodies] == [True, False, False, False]

    async def test_that_it_is_tried_once_only_and_not_taken_from_who_has_it(
        self, lone: ResilientLLMService, raw: RawServer
    ) -> None:
        answers: list[object] = [(400, b"x", {}), (400, b"x", {}), (400, b"x", {}), ok()]
        raw.answer = lambda body: answers.pop(0)
        engines = [(await lone.write_reply(writing())).engine for _ in range(3)]
        assert engines == ["offline", "offline", "model"]
        has_format = ["response_format" in body for body in raw.bodies]
        assert has_format == [True, False, True, True]


class TestWaiting:
    @pytest.mark.parametrize(
        ("status", "headers", "seconds"),
        [
            (429, {"Retry-After": "30"}, 30),
            (503, {"Retry-After": "30"}, 30),
            (
                429,
                {
                    "Date": "Wed, 21 Oct 2026 07:27:00 GMT",
                    "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT",
                },
                90,
            ),
        ],
    )
    async def test_that_nobody_asks_before_the_time_that_a_server_names(
        self,
        lone: ResilientLLMService,
        raw: RawServer,
        clock: FrozenClock,
        status: int,
        headers: Mapping[str, str],
        seconds: int,
    ) -> None:
        raw.answer = lambda body: (status, {}, headers)
        await lone.write_reply(writing())
        clock.advance(timedelta(seconds=seconds - 1))
        await lone.write_reply(writing())
        assert len(raw.bodies) == 1
        raw.answer = lambda body: ok()
        clock.advance(timedelta(seconds=1))
        assert (await lone.write_reply(writing())).engine == "model"

    @pytest.mark.parametrize("told", ["soon", "nan", "inf", "", "Wed, 99 Oct 2026", "-5"])
    async def test_that_a_time_that_is_none_breaks_nothing(
        self, lone: ResilientLLMService, raw: RawServer, told: str
    ) -> None:
        raw.answer = lambda body: (429, {}, {"Retry-After": told})
        assert (await lone.write_reply(writing())).engine == "offline"
        assert len(raw.bodies) == 1


class TestRoads:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_that_no_words_follow_a_redirect(
        self, lone: ResilientLLMService, raw: RawServer, server: StubModelServer, status: int
    ) -> None:
        elsewhere = {"Location": f"{server.base_url}/chat/completions"}
        raw.answer = lambda body: (status, {}, elsewhere)
        draft = await lone.write_reply(writing())
        assert (draft.engine, server.calls) == ("offline", [])
        assert "redirects elsewhere. Check OPENAI_BASE_URL" in draft.note
        assert (await lone.status()).engine == "offline"

    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("https://127.0.0.1:{port}/v1", "No encrypted connection"),
            ("http://me:PASSW0RD@127.0.0.1:{port}/v1", "holds a password beside OPENAI_API_KEY"),
        ],
    )
    async def test_that_a_wrong_address_has_its_own_reason(
        self, raw: RawServer, address: str, reason: str
    ) -> None:
        port = raw.base_url.split(":")[2].split("/")[0]
        model = OpenAICompatibleModel(
            model=MODEL, api_key="k", base_url=address.format(port=port), call_seconds=2
        )
        report = await model.connection_test()
        await model.close()
        assert not report.is_ok
        assert reason in report.message
        assert "PASSW0RD" not in report.message

    async def test_that_a_certificate_of_nobody_has_its_own_reason(
        self, raw: RawServer, tmp_path: Path
    ) -> None:
        runner = web.ServerRunner(web.Server(raw.handle), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=_untrusted(tmp_path)).start()
        address = f"https://127.0.0.1:{runner.addresses[0][1]}/v1"
        model = OpenAICompatibleModel(model=MODEL, api_key="k", base_url=address)
        report = await model.connection_test()
        await model.close()
        await runner.cleanup()
        assert not report.is_ok
        assert "certificate is not trusted" in report.message


def _untrusted(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS whose certificate nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wrong.example")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    made = made.public_key(key.public_key()).not_valid_before(begin)
    signed = made.not_valid_after(begin + timedelta(days=36_500)).sign(key, hashes.SHA256())
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(plain + signed.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


class TestConnectionTest:
    async def tested(self, one: OpenAICompatibleModel) -> ConnectionReport:
        report = await one.connection_test()
        assert report.is_ok, report.message
        return report

    @pytest.mark.parametrize(
        ("answer", "is_schema"),
        [
            (said('{"ok": true}'), True),
            (said("Sure, that is fine."), False),
            (said('{"ok": tr'), False),
            (said('{"ok": "yes"}'), False),
            (said('{"reply": "yes"}'), False),
            (said("[]"), False),
            (b"[" * 150_000, False),
            ((400, b"no", {}), False),
        ],
    )
    async def test_that_a_schema_is_what_the_answer_keeps_to(
        self, one: OpenAICompatibleModel, raw: RawServer, answer: object, is_schema: bool
    ) -> None:
        def respond(body: Mapping[str, Any]) -> object:
            return answer if "json_schema" in json.dumps(body) else ok({"ok": True})

        raw.answer = respond
        report = await self.tested(one)
        assert (report.capabilities.json_mode == "json_schema") is is_schema

    @pytest.mark.parametrize(
        "models",
        [
            (500, {}, {}),
            b"[" * 150_000,
            {"data": 5},
            [],
            b"x",
            {"data": [{"id": 5}, {"id": "\ud83d"}, 5]},
        ],
    )
    async def test_that_a_missing_list_of_models_spoils_nothing(
        self, one: OpenAICompatibleModel, raw: RawServer, models: object
    ) -> None:
        raw.models = models
        assert (await self.tested(one)).models == ()

    async def test_that_a_list_that_never_comes_spoils_nothing(
        self, one: OpenAICompatibleModel, raw: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("candor.llm.openai_compatible.LIST_SECONDS", 0.05)
        raw.hangs_at_models = True
        assert (await self.tested(one)).models == ()

    async def test_that_a_model_that_answers_no_json_is_not_called_well(
        self, one: OpenAICompatibleModel, raw: RawServer
    ) -> None:
        raw.answer = lambda body: said("Sure, that is fine.")
        report = await one.connection_test()
        assert (report.is_ok, report.message) == (False, "The model answered without JSON.")

    @pytest.mark.parametrize(("cached", "has_cache"), [(0, None), (640, True), (None, None)])
    async def test_that_a_cache_is_known_from_what_came_from_it(
        self,
        one: OpenAICompatibleModel,
        raw: RawServer,
        cached: int | None,
        has_cache: bool | None,
    ) -> None:
        usage = COUNTED | {"prompt_tokens_details": {"cached_tokens": cached}}
        raw.answer = lambda body: ok({"ok": True}, usage=usage)
        assert (await self.tested(one)).capabilities.has_caching is has_cache

    async def test_that_a_good_test_gives_clients_the_model_back_at_once(
        self,
        lone: ResilientLLMService,
        one: OpenAICompatibleModel,
        raw: RawServer,
        units: Units,
        clock: FrozenClock,
    ) -> None:
        office = LanguageAdministration(units=units, clock=clock, model=one)
        office.watch(lone)
        raw.answer = lambda body: (401, {}, {})
        await lone.write_reply(writing())
        assert not (await office.connection()).is_ok
        assert (await lone.write_reply(writing())).engine == "offline"
        raw.answer = lambda body: ok()
        assert (await office.connection()).is_ok
        assert (await office.engine()).engine == "model"
        assert (await lone.write_reply(writing())).engine == "model"
