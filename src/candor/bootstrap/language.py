"""The language room: the encoder, the configured models, the offline engine behind them, the budget."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from candor.bootstrap.foundation import Foundation
from candor.common.errors import TemporaryError
from candor.common.settings import Settings
from candor.llm.chat_model import ConnectionReport
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.prompts import PromptLibrary
from candor.llm.resilient import EngineStatus, ResilientLLMService
from candor.llm.usage import MemoryUsageStore, UsageLedger


@dataclass(frozen=True, slots=True)
class LanguageRoom:
    """What reads and writes, and who pays for it."""

    service: ResilientLLMService
    encoder: UseEncoder
    models: tuple[OpenAICompatibleModel, ...]
    ledger: UsageLedger
    prompts: PromptLibrary

    async def warm(self, progress: Callable[[str], None]) -> None:
        """Load the encoder, so that the first client does not wait for it."""
        progress("loading the sentence encoder ...")
        await self.service.warm()

    async def status(self) -> EngineStatus:
        """Who writes now: a model or the offline engine, and why."""
        return await self.service.status()

    async def connection_test(self) -> ConnectionReport:
        """Reach the first model's server. Raises TemporaryError when none is configured."""
        if not self.models:
            raise TemporaryError("No model is configured; the offline engine answers by script.")
        return await self.models[0].connection_test()


class ConfiguredModel:
    """The panel's `ModelStatus`: the first model's name and a test a person can read."""

    def __init__(self, model: OpenAICompatibleModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    async def test(self) -> str:
        """What the server can do; raises TemporaryError with what is wrong and the mend."""
        report = await self._model.connection_test()
        if not report.is_ok:
            raise TemporaryError(f"{report.message} {report.mend}".strip())
        return report.message


@asynccontextmanager
async def open_language(foundation: Foundation) -> AsyncIterator[LanguageRoom]:
    """Build the engines; nothing is loaded before it is used or warmed."""
    settings = foundation.settings
    encoder = UseEncoder()
    prompts = PromptLibrary(cache=foundation.cache)
    ledger = UsageLedger(
        store=MemoryUsageStore(), clock=foundation.clock, timezone=settings.timezone
    )
    async with AsyncExitStack() as stack:
        models = _models(settings)
        for model in models:
            stack.push_async_callback(model.close)
        service = ResilientLLMService(
            encoder=encoder,
            clock=foundation.clock,
            engines=[
                ModelEngine(
                    model=model,
                    prompts=prompts,
                    encoder=encoder,
                    is_local=settings.openai_base_url is not None,
                )
                for model in models
            ],
            ledger=ledger,
        )
        stack.push_async_callback(service.close)
        yield LanguageRoom(service, encoder, models, ledger, prompts)


def _models(settings: Settings) -> tuple[OpenAICompatibleModel, ...]:
    """The large one that writes, then the small one that stands in for it."""
    if not settings.has_model:
        return ()
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    names = dict.fromkeys(
        name for name in (settings.llm_model, settings.llm_model_small) if name is not None
    )
    return tuple(
        OpenAICompatibleModel(model=name, api_key=key, base_url=settings.openai_base_url)
        for name in names
    )
