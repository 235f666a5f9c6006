"""`ResilientLLMService`: the model while it is there, healthy and inside the budget, else the script.

The switch happens within the turn, both ways: a failing call is answered by the offline engine at once,
and the breaker lets one call through from time to time to see whether the model is back. An ordinary
turn makes one call, a failing one two at most.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal, Protocol, TypeVar

import structlog

from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.llm import (
    CALLS_PER_TURN,
    CommentDraft,
    CommentRequest,
    DraftReply,
    Encoder,
    GroupReplyRequest,
    Language,
    Line,
    MessageAnalysis,
    PostSummary,
    ReadingRequest,
    Usage,
    WritingRequest,
)
from candor.common.llm_usage import Purpose, UsageRow
from candor.common.unit_guard import OpenUnitError
from candor.llm.breaker import CircuitBreaker
from candor.llm.chat_model import ModelDownError
from candor.llm.model_service import ModelEngine, UsageListener
from candor.llm.offline import OfflineLLMService
from candor.llm.post_reading import sensitive_matters
from candor.llm.reading.reader import Reader
from candor.llm.usage import MemoryUsageStore, UsageLedger

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
_Ask = Callable[[ModelEngine, int, UsageListener], Awaitable[Result]]
_ENOUGH: Final = "The model was asked twice in this turn already."
_BROKE: Final = "The model's answer could not be used. The log has the details."


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """For the panel: who writes now, and why not the model."""

    engine: Literal["model", "offline"]
    model: str = ""
    reason: str = ""
    spent_today: Decimal = Decimal(0)
    spent_month: Decimal = Decimal(0)
    day_budget: Decimal | None = None
    month_budget: Decimal | None = None
    encoder: str = ""


class StatusListener(Protocol):
    """Hears which engine answers: at the first answer of a process and once per change."""

    def __call__(self, status: EngineStatus) -> None: ...


ClientConsent = Callable[[int], Awaitable[bool]]
"""Whether the client's words may go to an outside provider."""


class ResilientLLMService:
    """The `LLMService` that everybody gets.

    `engines` are the models in the order of preference (large, small); empty means: offline by choice.
    """

    def __init__(
        self,
        *,
        encoder: Encoder,
        clock: Clock,
        engines: Sequence[ModelEngine] = (),
        ledger: UsageLedger | None = None,
        on_switch: StatusListener | None = None,
        consent: ClientConsent | None = None,
    ) -> None:
        """`consent`: asked before a client's words go to an outside provider; None for a model of
        the business's own."""
        self._encoder = encoder
        self._reader = Reader(encoder)
        self._offline = OfflineLLMService(encoder)
        self._engines = tuple(engines)
        self._clock = clock
        self._ledger = ledger or UsageLedger(store=MemoryUsageStore(), clock=clock)
        self._breaker = CircuitBreaker(clock=clock)
        self._on_switch = on_switch
        self._consent = consent
        self._last_engine: Literal["model", "offline"] | None = None

    async def warm(self) -> None:
        """Load the encoder and its examples before the first client writes."""
        await self._reader.warm()

    async def analyze_message(self, request: ReadingRequest) -> MessageAnalysis:
        """Always local: what it leaves open, `write_reply`'s one call settles."""
        return await self._reader.read(request)

    async def write_reply(self, request: WritingRequest) -> DraftReply:
        asked = 0

        async def ask(engine: ModelEngine, attempts: int, hear: UsageListener) -> DraftReply:
            nonlocal asked
            asked += 1
            return await engine.write_reply(request, attempts=attempts, on_usage=hear)

        calls = min(1 if request.must_mend else CALLS_PER_TURN, request.calls_left)
        if self._engines and calls < 1:
            return replace(await self._offline.write_reply(request), note=_ENOUGH)
        # Without a client it is a rehearsal: the author's own words.
        why_not = await self._objection(request.client_id) if request.client_id else ""
        if not why_not:
            draft, why_not = await self._asked(
                "reply", ask, client_id=request.client_id, calls=calls
            )
            if draft is not None:
                return replace(draft, calls=asked)
        return replace(await self._offline.write_reply(request), note=why_not, calls=asked)

    async def summarize_dialogue(self, history: Sequence[Line], *, language: Language) -> str:
        """Taken from the client's own sentences: a call less per turn, and nothing is invented."""
        return await self._offline.summarize_dialogue(history, language=language)

    async def summarize_post(self, text: str) -> PostSummary:
        async def ask(engine: ModelEngine, attempts: int, hear: UsageListener) -> PostSummary:
            return await engine.summarize_post(text, attempts=attempts, on_usage=hear)

        summary, _ = await self._asked("post", ask, small_first=True)
        if summary is None:
            return await self._offline.summarize_post(text)
        # What the rules see counts whatever the model says.
        sensitive = tuple(dict.fromkeys((*sensitive_matters(text), *summary.sensitive)))
        return replace(summary, sensitive=sensitive)

    async def write_comments(self, request: CommentRequest) -> tuple[CommentDraft, ...]:
        """Raises TemporaryError while no model can be asked."""

        async def ask(
            engine: ModelEngine, attempts: int, hear: UsageListener
        ) -> tuple[CommentDraft, ...]:
            return await engine.write_comments(request, attempts=attempts, on_usage=hear)

        drafts, why_not = await self._asked("comment", ask)
        if drafts is None:
            if not why_not:
                return await self._offline.write_comments(request)
            raise TemporaryError(f"No comment can be written now. {why_not}")
        return drafts

    async def answer_in_group(self, request: GroupReplyRequest) -> DraftReply:
        async def ask(engine: ModelEngine, attempts: int, hear: UsageListener) -> DraftReply:
            return await engine.answer_in_group(request, attempts=attempts, on_usage=hear)

        why_not = await self._objection(request.client_id)
        if not why_not:
            draft, why_not = await self._asked("group", ask)
            if draft is not None:
                return draft
        return replace(await self._offline.answer_in_group(request), note=why_not)

    async def status(self) -> EngineStatus:
        """Who would write the next answer."""
        sums, budget = await self._ledger.spent()
        reason = self._breaker.reason if self._breaker.is_open else await self._ledger.refusal(None)
        is_model = bool(self._engines) and not reason
        return EngineStatus(
            engine="model" if is_model else "offline",
            model=self._engines[0].model if self._engines else "",
            reason=reason if self._engines else "No model is configured.",
            spent_today=sums.day,
            spent_month=sums.month,
            day_budget=budget.day,
            month_budget=budget.month,
            encoder=self._encoder.name,
        )

    async def close(self) -> None:
        """Store the usage rows that still wait."""
        await self._ledger.close()

    def model_answered(self) -> None:
        """The connection test found the model well: whoever waits for the breaker needs not."""
        self._breaker.succeeded()

    async def _objection(self, client_id: int | None) -> str:
        """Why these words may not leave the business; empty when they may."""
        if self._consent is None or not self._engines:
            return ""
        if client_id is not None and await self._consent(client_id):
            return ""
        return "The model was not asked: the person has not agreed to an outside provider."

    async def _asked(
        self,
        purpose: Purpose,
        ask: _Ask[Result],
        *,
        client_id: int | None = None,
        calls: int = CALLS_PER_TURN,
        small_first: bool = False,
    ) -> tuple[Result | None, str]:
        """The model's result, or None and why it was not asked or failed (empty: none configured)."""
        if not self._engines:
            return None, ""
        if used_up := await self._used_up(client_id):
            return None, f"The model was not asked: {used_up}"
        if refusal := self._breaker.refusal():
            self._switched("offline", refusal)
            return None, f"The model was not asked: {refusal}"
        engines = self._engines[::-1] if small_first else self._engines
        try:
            result = await self._first_answer(_chain(engines, calls), purpose, ask, client_id)
        except ModelDownError as error:
            self._failed(error, client=purpose if client_id is None else str(client_id))
            return None, f"The model failed: {error.reason}"
        self._breaker.succeeded()
        self._switched("model", "")
        return result, ""

    async def _first_answer(
        self,
        chain: Sequence[ModelEngine],
        purpose: Purpose,
        ask: _Ask[Result],
        client_id: int | None,
    ) -> Result:
        """Of the first engine that has one; raises the last one's ModelDownError."""
        failure: ModelDownError | None = None
        asked: ModelEngine | None = None
        for engine in chain:
            if failure is not None and not _is_worth_asking(engine, asked, failure):
                break
            try:
                return await self._answer(engine, purpose, ask, client_id)
            except ModelDownError as error:
                reason = error.reason
                log.warning("model_failed", model=engine.model, purpose=purpose, reason=reason)
                failure, asked = error, engine
        raise failure or ModelDownError("The model was not asked.")

    async def _answer(
        self, engine: ModelEngine, purpose: Purpose, ask: _Ask[Result], client_id: int | None
    ) -> Result:
        """One engine's answer, paid for in the ledger; one that breaks our reading of it is none."""
        heard: list[Usage] = []
        started = time.monotonic()
        try:
            return await ask(engine, 1, heard.append)
        except (TemporaryError, OpenUnitError):
            raise
        except Exception as error:
            log.exception("model_answer_broke", model=engine.model, purpose=purpose)
            raise ModelDownError(_BROKE, is_of_request=True) from error
        finally:
            await self._record(purpose, heard, client_id, started)

    async def _used_up(self, client_id: int | None) -> str:
        """Why no budget is left; one client's own budget does not switch the engine for others."""
        if refusal := await self._ledger.refusal(None):
            self._switched("offline", refusal)
            return refusal
        return "" if client_id is None else await self._ledger.refusal(client_id)

    def _failed(self, error: ModelDownError, *, client: str) -> None:
        """The server's fault concerns everybody, a request's own only whoever made it."""
        if error.is_of_request:
            self._breaker.failed_for(client, error.reason)
        else:
            self._breaker.failed(
                error.reason, is_lasting=error.is_lasting, retry_after=error.retry_after
            )
        if self._breaker.is_open or not error.is_of_request:
            self._switched("offline", error.reason)

    async def _record(
        self, purpose: Purpose, heard: Sequence[Usage], client_id: int | None, started: float
    ) -> None:
        milliseconds = int((time.monotonic() - started) * 1000)
        for usage in heard:
            row = UsageRow(self._clock.now(), purpose, usage, client_id, milliseconds)
            await self._ledger.record(row)

    def _switched(self, engine: Literal["model", "offline"], reason: str) -> None:
        if engine == self._last_engine:
            return
        self._last_engine = engine
        log.info("engine_switched", engine=engine, reason=reason)
        if self._on_switch is not None:
            self._on_switch(
                EngineStatus(engine, self._engines[0].model, reason, encoder=self._encoder.name)
            )


def _is_worth_asking(
    engine: ModelEngine, asked: ModelEngine | None, failure: ModelDownError
) -> bool:
    """Whether this engine may do better than the one that failed."""
    return failure.may_try_other if engine is not asked else failure.may_repeat


def _chain(engines: Sequence[ModelEngine], calls: int) -> list[ModelEngine]:
    """Who is asked in turn: another model where there is one, else the same once more."""
    return [engines[min(at, len(engines) - 1)] for at in range(calls)]
