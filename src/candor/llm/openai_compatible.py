"""Any OpenAI-compatible server through the official SDK's low-level `post`.

The SDK keeps authentication, connection pooling and error classes. Its typed `create` is left out, and
its aiohttp transport taken, because a call then costs a third of the CPU: as little as bare aiohttp.
This is the only module that knows the SDK. Every call has a deadline for the whole answer and a length
beyond which no body is read, so an endless one ends as well.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import httpx2
import openai
from openai import AsyncOpenAI

from candor.common.unit_guard import assert_no_open_unit
from candor.llm.chat_model import (
    Capabilities,
    ChatMessage,
    Completion,
    ConnectionReport,
    JsonMode,
    ModelDownError,
)

CALL_SECONDS: Final = 20.0
"""For one call as a whole; clients wait no longer before the next engine answers."""
CONNECT_SECONDS: Final = 5.0
TEST_SECONDS: Final = 20.0
MAX_ANSWER: Final = 400_000
"""Bytes of a response body beyond which it is taken for broken."""
_PLACEHOLDER_KEY: Final = "no-key-needed"
_FALLBACKS: Final[dict[JsonMode, JsonMode]] = {"json_schema": "json_object", "json_object": "plain"}
_HINTS: Final = ("response_format", "json_object", "json_schema", "json mode", "grammar")


class OpenAICompatibleModel:
    """One model of one server; several may share a client by `sibling`."""

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
        self._seconds = call_seconds
        deadlines = openai.Timeout(call_seconds, connect=CONNECT_SECONDS)
        self._client = AsyncOpenAI(
            api_key=api_key or _PLACEHOLDER_KEY,
            base_url=base_url,
            timeout=deadlines,
            max_retries=0,
            http_client=openai.DefaultAioHttpClient(
                timeout=deadlines, event_hooks={"response": [_bound]}
            ),
        )
        is_openai = base_url is None or "api.openai.com" in base_url
        self._can = capabilities or Capabilities(
            length_field="max_completion_tokens" if is_openai else "max_tokens"
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
        other._model, other._seconds = model, self._seconds
        other._client, other._can = self._client, self._can
        return other

    async def close(self) -> None:
        await self._client.close()

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
                return _completion(await self._post(body), self._model)
            except openai.BadRequestError as error:
                if not self._learned_from(error):
                    raise _down(error) from error
        raise ModelDownError("The model server refuses every form of the request.", is_lasting=True)

    async def _post(self, body: dict[str, object]) -> str:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._client.post("/chat/completions", cast_to=str, body=body)
        except TimeoutError as error:
            seconds = f"{self._seconds:g}"
            raise ModelDownError(f"The model did not answer within {seconds} s.") from error
        except openai.BadRequestError:
            raise
        except openai.OpenAIError as error:
            raise _down(error) from error
        except UnicodeDecodeError as error:
            raise ModelDownError("The model server sent no readable text.") from error

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

    def _learned_from(self, error: openai.BadRequestError) -> bool:
        """Whether the refusal names a field that can be left out; remembered for later calls."""
        said = str(error).lower()
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
            listed = json.loads(await self._client.get("/models", cast_to=str))
        except (openai.OpenAIError, ModelDownError, ValueError):
            return ()
        data = listed.get("data", []) if isinstance(listed, dict) else []
        return tuple(str(item["id"]) for item in data if isinstance(item, dict) and "id" in item)

    async def _streams(self) -> bool:
        body = self._body(_PROBE, 20, 0.0, None) | {"stream": True}
        try:
            text = await self._client.post("/chat/completions", cast_to=str, body=body)
        except (openai.OpenAIError, ModelDownError):
            return False
        return text.lstrip().startswith("data:")

    async def _has_schema(self) -> bool:
        schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
        format_ = {"type": "json_schema", "json_schema": {"name": "probe", "schema": schema}}
        body = self._body(_PROBE, 20, 0.0, None) | {"response_format": format_}
        try:
            await self._client.post("/chat/completions", cast_to=str, body=body)
        except (openai.OpenAIError, ModelDownError):
            return False
        return True


_PROBE: Final = (
    ChatMessage("system", 'Answer in JSON with the one key "ok".'),
    ChatMessage("user", 'Answer {"ok": true}.'),
)


def _completion(body: str, model: str) -> Completion:
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


class _Bounded(httpx2.AsyncByteStream):
    """A body that is read up to `MAX_ANSWER` bytes."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for part in self._body:
            length += len(part)
            if length > MAX_ANSWER:
                raise ModelDownError("The model server sent far too long an answer.")
            yield part

    async def aclose(self) -> None:
        await self._body.aclose()


async def _bound(response: httpx2.Response) -> None:
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


def _down(error: openai.OpenAIError) -> ModelDownError:
    """The vendor's error as ours; the words are for the owner and hold no key."""
    if isinstance(error.__cause__, httpx2.ConnectTimeout):  # also a refused connection
        return ModelDownError("The model server can't be reached.")
    if isinstance(error, openai.APITimeoutError):
        return ModelDownError("The model server did not answer in time.")
    if isinstance(error, openai.APIConnectionError):
        return ModelDownError("The model server can't be reached.")
    if isinstance(error, openai.APIStatusError):
        return _down_by_status(error)
    return ModelDownError(f"The model call failed ({type(error).__name__}).")


def _down_by_status(error: openai.APIStatusError) -> ModelDownError:
    status = error.status_code
    if status in (401, 403):
        return ModelDownError(
            f"The model server refuses the key (HTTP {status}). Check OPENAI_API_KEY.",
            is_lasting=True,
        )
    if status == 404:
        return ModelDownError(
            "The model server knows no such model or address (HTTP 404). Check CANDOR_LLM_MODEL "
            "and OPENAI_BASE_URL.",
            is_lasting=True,
            may_try_other=True,
        )
    if status == 429:
        return ModelDownError(
            "The model server limits us or the credit is used up (HTTP 429).",
            retry_after=_retry_after(error),
            may_try_other=True,
        )
    if status >= 500:
        return ModelDownError(f"The model server has an error (HTTP {status}).", may_repeat=True)
    return ModelDownError(f"The model server refused the request (HTTP {status}).", is_lasting=True)


def _retry_after(error: openai.APIStatusError) -> timedelta | None:
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return timedelta(seconds=min(max(seconds, 1.0), 3_600.0))


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
