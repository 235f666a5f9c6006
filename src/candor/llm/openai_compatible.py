"""A model of any OpenAI-compatible server: the request's form, learnt from refusals, and the answer's."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pydantic import BaseModel, ConfigDict

from candor.common.unit_guard import assert_no_open_unit
from candor.llm.answers import REFUSED_BY_FILTER, read_answer, schema_of
from candor.llm.chat_model import (
    Capabilities,
    ChatMessage,
    Completion,
    ConnectionReport,
    JsonMode,
    LengthField,
    ModelDownError,
)
from candor.llm.completions import read_completion, read_json, readable_name
from candor.llm.model_server import ModelServer, RefusedError, wrong_key, wrong_model

CALL_SECONDS: Final = 20.0
"""For one call as a whole; clients wait no longer before the next engine answers."""
TEST_SECONDS: Final = 20.0
LIST_SECONDS: Final = 5.0
ABILITY_SECONDS: Final = 8.0
"""For each question of the connection test about what else the server can do."""
_CHAT: Final = "/chat/completions"
_FALLBACKS: Final[dict[JsonMode, JsonMode]] = {"json_schema": "json_object", "json_object": "plain"}
_PROBE_TOKENS: Final = 200
"""Room enough for a model that thinks before it answers."""
_UNNAMED: Final = "unnamed"
"""Tried when a refusal names no field: the answer's format is what servers know least."""
_UNKNOWN: Final = ("unsupported", "unrecognized", "not permitted")
_TOO_LONG: Final = ("context length", "context_length", "context window", "context size")
_FILTERED: Final = ("content_filter", "content management policy", "content_policy")
_WRONG_KEY: Final = ("api key not valid", "invalid api key", "api_key_invalid", "invalid_api_key")
_WRONG_MODEL: Final = ("model_not_found", "not a valid model", "invalid model", "unknown model")
_HINTS: Final = ("response_format", "json_object", "json_schema", "json mode", "grammar")


class OpenAICompatibleModel:
    """One model of one server; several may share its connections by `sibling`."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None,
        base_url: str | None = None,
        call_seconds: float = CALL_SECONDS,
        capabilities: Capabilities | None = None,
    ) -> None:
        self._model = model
        self._server = ModelServer(base_url=base_url, api_key=api_key, call_seconds=call_seconds)
        self._can = capabilities or Capabilities(
            length_field="max_completion_tokens" if self._server.is_openai else "max_tokens"
        )
        self._is_format_settled = False
        """Whether it is known that the server takes, or does not take, `response_format`."""

    @property
    def name(self) -> str:
        return self._model

    @property
    def capabilities(self) -> Capabilities:
        return self._can

    def sibling(self, model: str) -> "OpenAICompatibleModel":
        """Another model of the same server, over the same connections."""
        other = object.__new__(OpenAICompatibleModel)
        other._model, other._server, other._can = model, self._server, self._can
        other._is_format_settled = False
        return other

    async def close(self) -> None:
        await self._server.close()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float = 0.4,
        schema: dict[str, object] | None = None,
    ) -> Completion:
        """One call; a server that refuses a field is asked again without it, once per field."""
        assert_no_open_unit("The language model")
        before, tried = self._can, set[str]()
        while True:
            body = self._body(messages, max_tokens, temperature, schema)
            has_format = "response_format" in body
            try:
                answer = await self._server.post(_CHAT, body)
            except RefusedError as error:
                if not self._learned_from(str(error).lower(), tried, has_format=has_format):
                    # What was left out in vain is sent again next time.
                    self._can = before
                    self._is_format_settled |= _UNNAMED in tried
                    raise _refusal(error) from error
            else:
                self._is_format_settled |= has_format or _UNNAMED in tried
                return self._noted(read_completion(answer, self._model))

    def _noted(self, completion: Completion) -> Completion:
        """What came from a cache shows that the server has one; no figure shows nothing."""
        if completion.cached_tokens and not self._can.has_caching:
            self._can = replace(self._can, has_caching=True)
        return completion

    def _body(
        self,
        messages: Sequence[ChatMessage],
        max_tokens: int,
        temperature: float,
        schema: dict[str, object] | None,
    ) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            self._can.length_field: max_tokens,
        }
        if self._can.has_temperature:
            body["temperature"] = temperature
        if self._can.json_mode == "json_schema" and schema is not None:
            named = {"name": "answer", "schema": schema, "strict": False}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self._can.json_mode != "plain":
            body["response_format"] = {"type": "json_object"}
        return body

    def _learned_from(self, said: str, tried: set[str], *, has_format: bool) -> bool:
        """Whether the refusal names a field that can be left out; remembered for later calls."""
        if _names_no_field(said):
            return False
        for field, simpler in self._simpler_forms(said, has_format=has_format):
            if field not in tried:
                tried.add(field)
                self._can = simpler
                return True
        return False

    def _simpler_forms(self, said: str, *, has_format: bool) -> Iterator[tuple[str, Capabilities]]:
        """The form without each field that the refusal may mean, the named ones first."""
        can = self._can
        other: LengthField = (
            "max_completion_tokens" if can.length_field == "max_tokens" else "max_tokens"
        )
        is_length = "max_tokens" in said or "max_completion_tokens" in said
        if is_length and (f"'{other}'" in said or any(word in said for word in _UNKNOWN)):
            yield "length", replace(can, length_field=other)
        if "temperature" in said and can.has_temperature:
            yield "temperature", replace(can, has_temperature=False)
        if any(hint in said for hint in _HINTS) and can.json_mode in _FALLBACKS:
            yield can.json_mode, replace(can, json_mode=_FALLBACKS[can.json_mode])
        elif has_format and not self._is_format_settled:
            yield _UNNAMED, replace(can, json_mode="plain")

    async def connection_test(self) -> ConnectionReport:
        """Reach the server, ask for one small JSON answer, find out what it can do."""
        started = time.monotonic()
        models = await self._models()
        try:
            async with asyncio.timeout(TEST_SECONDS):
                completion = await self.complete(_PROBE, max_tokens=_PROBE_TOKENS, temperature=0.0)
            read_answer(completion, _AnyObject)
        except (ModelDownError, TimeoutError) as error:
            reason = (
                error.reason if isinstance(error, ModelDownError) else "The server is too slow."
            )
            return ConnectionReport(
                False, self._model, reason, _mend(reason), _since(started), self._can, models
            )
        return await self._described(models, _since(started))

    async def _described(self, models: tuple[str, ...], milliseconds: int) -> ConnectionReport:
        """The report on a server that answers, with what else it can do."""
        streams, has_schema = await self._streams(), await self._has_schema()
        self._can = replace(self._can, has_streaming=streams)
        # Schemas stand in the prompt (they share the prefix cache there), so JSON mode is used.
        told = replace(self._can, json_mode="json_schema") if has_schema else self._can
        if has_schema:
            self._can = replace(self._can, json_mode="json_object")
        is_listed = not models or self._model in models
        note = "" if is_listed else " (not in the server's list of models)"
        return ConnectionReport(
            True,
            self._model,
            f"The model {self._model} answers{note}.",
            milliseconds=milliseconds,
            capabilities=told,
            models=models,
        )

    async def _models(self) -> tuple[str, ...]:
        """The server's list; some have none, and one that hangs must not spoil the test."""
        try:
            async with asyncio.timeout(LIST_SECONDS):
                listed = read_json(await self._server.get("/models"))
        except (RefusedError, ModelDownError, TimeoutError, ValueError):
            return ()
        data = listed.get("data") if isinstance(listed, dict) else None
        found = data if isinstance(data, list) else []
        names = (readable_name(item.get("id")) for item in found if isinstance(item, dict))
        return tuple(name for name in names if name)

    async def _streams(self) -> bool:
        body = self._body(_PROBE, _PROBE_TOKENS, 0.0, None) | {"stream": True}
        answer = await self._probed(body)
        return answer is not None and answer.lstrip().startswith(b"data:")

    async def _has_schema(self) -> bool:
        """Whether an answer by schema has the schema's form: many servers take the field in vain."""
        named = {"name": "probe", "schema": schema_of(_Probe), "strict": False}
        format_ = {"type": "json_schema", "json_schema": named}
        body = self._body(_PROBE, _PROBE_TOKENS, 0.0, None) | {"response_format": format_}
        answer = await self._probed(body)
        try:
            return answer is not None and bool(
                _Probe.model_validate_json(read_completion(answer, self._model).text)
            )
        except (ModelDownError, ValueError):
            return False

    async def _probed(self, body: dict[str, object]) -> bytes | None:
        """The answer to a question about an ability; None is a no."""
        try:
            async with asyncio.timeout(ABILITY_SECONDS):
                return await self._server.post(_CHAT, body)
        except (RefusedError, ModelDownError, TimeoutError):
            return None


class _AnyObject(BaseModel):
    """Any JSON object will do: the model can answer in JSON."""


class _Probe(BaseModel):
    model_config = ConfigDict(strict=True)

    ok: bool


_PROBE: Final = (
    ChatMessage("system", 'Answer in JSON with the one key "ok".'),
    ChatMessage("user", 'Answer {"ok": true}.'),
)


def _names_no_field(said: str) -> bool:
    """Whether the refusal tells its reason, and it is none that another form would mend."""
    return any(hint in said for hint in (*_TOO_LONG, *_FILTERED, *_WRONG_KEY, *_WRONG_MODEL))


def _refusal(error: RefusedError) -> ModelDownError:
    """What no other form of the request mends concerns its words, so only this request.

    Some servers refuse a key or a model's name by the same status: that concerns everybody.
    """
    said = str(error).lower()
    if any(hint in said for hint in _FILTERED):
        reason = REFUSED_BY_FILTER
    elif any(hint in said for hint in _TOO_LONG):
        reason = "The request is longer than this model can read. Choose one with a longer context."
    elif any(hint in said for hint in _WRONG_KEY):
        return wrong_key(error.status)
    elif any(hint in said for hint in _WRONG_MODEL):
        return wrong_model(error.status)
    else:
        reason = f"The model server refused the request (HTTP {error.status})."
    return ModelDownError(reason, is_of_request=True)


def _mend(reason: str) -> str:
    if "Check OPENAI_API_KEY" in reason:
        return "Set a valid OPENAI_API_KEY."
    if "CANDOR_LLM_MODEL" in reason:
        return "Set CANDOR_LLM_MODEL to a model of this server."
    if "reached" in reason:
        return "Check OPENAI_BASE_URL and that the server runs."
    return "Until then the offline engine answers by script."


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
