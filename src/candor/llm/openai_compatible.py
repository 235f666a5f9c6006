"""A model of any OpenAI-compatible server: the request's form, learnt from refusals, and the answer's."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from candor.common.unit_guard import assert_no_open_unit
from candor.llm.chat_model import (
    Capabilities,
    ChatMessage,
    Completion,
    ConnectionReport,
    JsonMode,
    ModelDownError,
)
from candor.llm.model_server import ModelServer, RefusedError

CALL_SECONDS: Final = 20.0
"""For one call as a whole; clients wait no longer before the next engine answers."""
TEST_SECONDS: Final = 20.0
_CHAT: Final = "/chat/completions"
_FALLBACKS: Final[dict[JsonMode, JsonMode]] = {"json_schema": "json_object", "json_object": "plain"}
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
        for _ in range(4):
            body = self._body(messages, max_tokens, temperature, schema)
            try:
                return _completion(await self._server.post(_CHAT, body), self._model)
            except RefusedError as error:
                if not self._learned_from(str(error).lower()):
                    reason = "The model server refused the request (HTTP 400)."
                    raise ModelDownError(reason, is_lasting=True) from error
        raise ModelDownError("The model server refuses every form of the request.", is_lasting=True)

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

    def _learned_from(self, said: str) -> bool:
        """Whether the refusal names a field that can be left out; remembered for later calls."""
        if "max_tokens" in said or "max_completion_tokens" in said:
            other = (
                "max_completion_tokens" if self._can.length_field == "max_tokens" else "max_tokens"
            )
            if f"'{other}'" in said or "unsupported" in said or "unrecognized" in said:
                self._can = replace(self._can, length_field=other)  # type: ignore[arg-type]
                return True
        if "temperature" in said and self._can.has_temperature:
            self._can = replace(self._can, has_temperature=False)
            return True
        if any(hint in said for hint in _HINTS) and self._can.json_mode in _FALLBACKS:
            self._can = replace(self._can, json_mode=_FALLBACKS[self._can.json_mode])
            return True
        return False

    async def connection_test(self) -> ConnectionReport:
        """Reach the server, ask for one small JSON answer, find out what it can do."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(TEST_SECONDS):
                models = await self._models()
                await self.complete(_PROBE, max_tokens=50, temperature=0.0)
                streams = await self._streams()
        except (ModelDownError, TimeoutError) as error:
            reason = (
                error.reason if isinstance(error, ModelDownError) else "The server is too slow."
            )
            return ConnectionReport(
                False, self._model, reason, _mend(reason), _since(started), self._can
            )
        schema = await self._has_schema()
        self._can = replace(
            self._can,
            has_streaming=streams,
            json_mode="json_schema" if schema else self._can.json_mode,
        )
        note = (
            "" if not models or self._model in models else " (not in the server's list of models)"
        )
        return ConnectionReport(
            True,
            self._model,
            f"The model {self._model} answers{note}.",
            milliseconds=_since(started),
            capabilities=replace(self._can, json_mode=self._reported_mode(schema)),
            models=models,
        )

    def _reported_mode(self, schema: bool) -> JsonMode:
        """Schemas stand in the prompt (they share the prefix cache there), so JSON mode is used."""
        mode: JsonMode = "json_schema" if schema else self._can.json_mode
        self._can = replace(self._can, json_mode="json_object" if schema else self._can.json_mode)
        return mode

    async def _models(self) -> tuple[str, ...]:
        try:
            listed = json.loads(await self._server.get("/models"))
        except (RefusedError, ModelDownError, ValueError):
            return ()
        data = listed.get("data", []) if isinstance(listed, dict) else []
        return tuple(str(item["id"]) for item in data if isinstance(item, dict) and "id" in item)

    async def _streams(self) -> bool:
        body = self._body(_PROBE, 20, 0.0, None) | {"stream": True}
        try:
            answer = await self._server.post(_CHAT, body)
        except (RefusedError, ModelDownError):
            return False
        return answer.lstrip().startswith(b"data:")

    async def _has_schema(self) -> bool:
        schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
        format_ = {"type": "json_schema", "json_schema": {"name": "probe", "schema": schema}}
        body = self._body(_PROBE, 20, 0.0, None) | {"response_format": format_}
        try:
            await self._server.post(_CHAT, body)
        except (RefusedError, ModelDownError):
            return False
        return True


_PROBE: Final = (
    ChatMessage("system", 'Answer in JSON with the one key "ok".'),
    ChatMessage("user", 'Answer {"ok": true}.'),
)


def _completion(body: bytes, model: str) -> Completion:
    """Read a response body; ModelDownError for anything that is no chat completion."""
    try:
        data: Any = json.loads(body)
        choice = data["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ModelDownError(
            "The model server sent no chat completion (cut or of another form).", may_repeat=True
        ) from error
    if not isinstance(text, str) or not text.strip():
        raise ModelDownError("The model sent an empty answer.", may_repeat=True)
    usage = data.get("usage")
    return Completion(
        text=text,
        model=str(data.get("model") or model),
        is_cut=choice.get("finish_reason") == "length",
        **_tokens(usage if isinstance(usage, dict) else {}),
    )


def _tokens(usage: Mapping[str, Any]) -> dict[str, Any]:
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return {
        "prompt_tokens": _whole(usage.get("prompt_tokens")),
        "completion_tokens": _whole(usage.get("completion_tokens")),
        "cached_tokens": _whole(cached),
        "has_usage": "prompt_tokens" in usage,
    }


def _whole(value: object) -> int:
    return max(0, value) if isinstance(value, int) else 0


def _mend(reason: str) -> str:
    if "OPENAI_API_KEY" in reason:
        return "Set a valid OPENAI_API_KEY."
    if "CANDOR_LLM_MODEL" in reason:
        return "Set CANDOR_LLM_MODEL to a model of this server."
    if "reached" in reason:
        return "Check OPENAI_BASE_URL and that the server runs."
    return "Until then the offline engine answers by script."


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
