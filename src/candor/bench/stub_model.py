"""An OpenAI-compatible server of fixed delay that misbehaves on request: for benchmarks and tests.

Answers `/v1/chat/completions` (also streamed) and `/v1/models` on the loopback. What it says is
taken from the prompt: the script step that is to be said, or a polite question.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import web

Fault = Literal[
    "http_400", "http_401", "http_404", "http_429", "http_500", "hang", "endless", "too_long", "disconnect", "cut_json",
    "broken_body", "no_json", "wrong_action", "empty", "wrong_language", "missing_reply",
]  # fmt: skip
MODEL: Final = "stub-large"
SMALL_MODEL: Final = "stub-small"
_STATUS: Final[dict[str, tuple[int, str]]] = {
    "http_400": (400, "This request can't be read."),
    "http_401": (401, "Incorrect API key provided."),
    "http_404": (404, "The model does not exist."),
    "http_429": (429, "Rate limit reached."),
    "http_500": (500, "The server had an error."),
}
_STEP: Final = re.compile(r"Say step (\S+) in your words")
_WORDS: Final = re.compile(
    r"Its words: (.+?)(?=\nIf not: |\s+Known: |\s+Also fill |\s+Mend your |$)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class StubCall:
    """One request as it came in."""

    model: str
    messages: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any]
    raw: str
    """The body's bytes as text: shows whether Cyrillic stands literally."""

    @property
    def prompt(self) -> str:
        return "\n".join(str(message["content"]) for message in self.messages)


@dataclass(slots=True)
class StubModelServer:
    """Start it with `async with`; `base_url` is what OPENAI_BASE_URL takes.

    `delay` is in seconds per answer; `respond` may replace what is said: it gets the call and gives
    the reply's text or a whole JSON object.
    """

    delay: float = 0.0
    respond: Callable[[StubCall], str | dict[str, Any]] | None = None
    accepts_format: bool = True
    accepts_max_tokens: bool = True
    reports_usage: bool = True
    api_key: str | None = None
    calls: list[StubCall] = field(default_factory=list)
    keeps_calls: bool = True
    is_down: bool = False
    base_url: str = ""
    _faults: deque[tuple[Fault, float]] = field(default_factory=deque)
    _runner: web.AppRunner | None = None

    def fail(self, kind: Fault, *, count: int = 1, retry_after: float = 1.0) -> None:
        """The next `count` answers fail so."""
        self._faults.extend([(kind, retry_after)] * count)

    def mend(self) -> None:
        """Forget the faults that were not used."""
        self._faults.clear()
        self.is_down = False

    async def __aenter__(self) -> "StubModelServer":
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        listed = [{"id": name, "object": "model"} for name in (MODEL, SMALL_MODEL)]
        return web.json_response({"object": "list", "data": listed})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        body = json.loads(raw)
        call = StubCall(str(body.get("model")), tuple(body.get("messages", ())), body, raw)
        if self.keeps_calls:
            self.calls.append(call)
        if refusal := self._refusal(request, body):
            return refusal
        kind, wait = self._faults.popleft() if self._faults else (None, 0.0)
        if broken := await self._broken(request, kind, wait):
            return broken
        if self.delay:
            await asyncio.sleep(self.delay)
        text = self._text(call, kind)
        if body.get("stream"):
            return await _streamed(request, text, call.model)
        return web.json_response(self._completion(call, text))

    async def _broken(
        self, request: web.Request, kind: Fault | None, wait: float
    ) -> web.StreamResponse | None:
        """The response of a fault that isn't one of the answer's text."""
        if self.is_down or kind == "disconnect":
            return _cut_off(request)
        if kind in _STATUS:
            return _error(*_STATUS[str(kind)], retry_after=wait if kind == "http_429" else None)
        if kind in ("hang", "endless", "too_long"):
            return await _without_end(request, kind)
        if kind == "broken_body":
            cut = '{"id": "x", "choices": [{"mess'
            return web.Response(text=cut, content_type="application/json")
        return None

    def _refusal(self, request: web.Request, body: Mapping[str, Any]) -> web.Response | None:
        if self.api_key and request.headers.get("Authorization") != f"Bearer {self.api_key}":
            return _error(*_STATUS["http_401"])
        if "response_format" in body and not self.accepts_format:
            return _error(400, "response_format is not supported by this server.")
        if "max_tokens" in body and not self.accepts_max_tokens:
            return _error(
                400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            )
        return None

    def _text(self, call: StubCall, fault: Fault | None) -> str:
        if fault in _BAD_TEXTS:
            return _BAD_TEXTS[fault]
        if _asks_by_schema(call.body):
            return '{"ok": true}'
        answer = self.respond(call) if self.respond is not None else _said(call)
        if isinstance(answer, str):
            answer = {"reply": answer, "action": "none", "facts": []}
        text = json.dumps(answer, ensure_ascii=False)
        return text[: len(text) // 2] if fault == "cut_json" else text

    def _completion(self, call: StubCall, text: str) -> dict[str, Any]:
        done: dict[str, Any] = {
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "model": call.model,
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": text},
                }
            ],
        }
        if self.reports_usage:
            prompt = len(call.prompt) // 3
            done["usage"] = {
                "prompt_tokens": prompt,
                "completion_tokens": len(text) // 3,
                "total_tokens": prompt + len(text) // 3,
                "prompt_tokens_details": {"cached_tokens": 0},
            }
        return done


_BAD_TEXTS: Final[dict[Fault | None, str]] = {
    "no_json": "Sure, here is your answer!",
    "wrong_action": '{"reply": "Хорошо, готово. Done.", "action": "transfer_money"}',
    "empty": "",
    "wrong_language": '{"reply": "これはあなたの質問への答えです", "action": "none"}',
    "missing_reply": '{"action": "none"}',
}


def _asks_by_schema(body: Mapping[str, Any]) -> bool:
    """The connection test's question whether answers keep to a schema: one with nothing but `ok`."""
    format_ = body.get("response_format") or {}
    schema = (format_.get("json_schema") or {}).get("schema") or {}
    return list(schema.get("properties") or ()) == ["ok"]


def _said(call: StubCall) -> str | dict[str, Any]:
    """The step's own words where the prompt names a step, else a question in the asked language."""
    last = str(call.messages[-1]["content"]) if call.messages else ""
    if "comments in" in last:
        is_russian = "in Russian" in last
        text = (
            "Хорошая мысль, а что было самым трудным?"
            if is_russian
            else "What was the hardest part?"
        )
        return {"comments": [text]}
    if own := _WORDS.search(last):
        return own.group(1).strip()
    step = _STEP.search(last)
    system = str(call.messages[0]["content"]) if call.messages else ""
    if step and (
        found := re.search(
            rf"## {re.escape(step.group(1))}\n(.+?)(?=\n(?:- |## )|\Z)", system, re.DOTALL
        )
    ):
        return re.sub(r"\{\{.*?\}\}[,.]?\s*|\{%.*?%\}", "", found.group(1)).strip()
    if "Answer in Russian" in last:
        return "Понимаю вас. Что для вас сейчас важнее всего?"
    return "I understand. What matters most to you right now?"


def _error(status: int, message: str, *, retry_after: float | None = None) -> web.Response:
    headers = {"Retry-After": f"{retry_after:g}"} if retry_after is not None else {}
    error = {"message": message, "type": "stub_error", "code": None, "param": None}
    return web.json_response({"error": error}, status=status, headers=headers)


def _cut_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _without_end(request: web.Request, kind: str) -> web.StreamResponse:
    """`hang`: no byte ever comes. `endless`: spaces keep coming; `too_long`: as fast as they are read."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    if kind != "hang":
        await response.prepare(request)
    while request.transport is not None and not request.transport.is_closing():
        if kind != "hang":
            await response.write(b" " * (64 if kind == "endless" else 65_536))
        await asyncio.sleep(0.02 if kind != "too_long" else 0)
    return response


async def _streamed(request: web.Request, text: str, model: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for part in (text[: len(text) // 2], text[len(text) // 2 :]):
        delta = {"choices": [{"index": 0, "delta": {"content": part}}], "model": model}
        await response.write(f"data: {json.dumps(delta, ensure_ascii=False)}\n\n".encode())
    await response.write(b"data: [DONE]\n\n")
    return response
