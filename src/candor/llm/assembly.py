"""Puts the language room together: what `bootstrap` opens once per process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from candor.common.cache import Cache
from candor.common.clock import Clock
from candor.common.hot_reload import Change, HotReloadService
from candor.common.llm import Encoder
from candor.common.llm_prices import PRICES_SETTING
from candor.common.llm_usage import BUDGET_SETTING
from candor.common.tasks import spawn
from candor.llm.administration import MODEL_ANSWERED, LanguageAdministration
from candor.llm.e5 import E5Encoder
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import ModelEngine
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.ports import LanguageUnits, StoredPrices, StoredPrompts, StoredUsage
from candor.llm.price_book import PriceBook
from candor.llm.prompts import PromptLibrary
from candor.llm.resilient import ClientConsent, ResilientLLMService, StatusListener
from candor.llm.usage import UsageLedger

EncoderName = Literal["use", "e5"]


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """Where the model is. `model` None: the offline engine, by choice."""

    model: str | None = None
    small_model: str | None = None
    api_key: str | None = None
    base_url: str | None = None

    @property
    def is_local(self) -> bool:
        """A server on this machine or network costs nothing per token."""
        host = urlsplit(self.base_url or "").hostname or ""
        if host == "localhost" or host.endswith((".local", ".internal", ".localhost")):
            return True
        try:
            return ip_address(host).is_private
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Language:
    """The room's doors: the service, the encoder, and what the owner administrates."""

    service: ResilientLLMService
    encoder: Encoder
    administration: LanguageAdministration
    prompts: PromptLibrary
    ledger: UsageLedger


@asynccontextmanager
async def open_language(
    access: ModelAccess,
    *,
    units: LanguageUnits,
    clock: Clock,
    cache: Cache,
    reload: HotReloadService | None = None,
    encoder: Encoder | None = None,
    encoder_name: EncoderName = "use",
    timezone: str = "UTC",
    on_switch: StatusListener | None = None,
    consent: ClientConsent | None = None,
) -> AsyncIterator[Language]:
    """Open the room; on leaving, usage rows are stored and connections closed.

    Call `service.warm()` before clients are served (0.6 s of CPU in the encoder's thread).
    """
    found = encoder or encoder_named(encoder_name)
    prompts = PromptLibrary(cache=cache, overrides=StoredPrompts(units))
    models = _models(access)
    prices = PriceBook(store=StoredPrices(units), is_local=access.is_local)
    engines = tuple(
        ModelEngine(model=model, prompts=prompts, encoder=found, prices=prices) for model in models
    )
    administration = LanguageAdministration(
        units=units,
        clock=clock,
        model=models[0] if models else None,
        small_model=models[1] if len(models) > 1 else None,
        prices=prices,
        timezone=timezone,
    )
    ledger = UsageLedger(
        store=StoredUsage(units),
        clock=clock,
        timezone=timezone,
        on_warning=administration.note_budget,
    )
    service = ResilientLLMService(
        encoder=found,
        clock=clock,
        engines=engines,
        ledger=ledger,
        on_switch=on_switch or administration.note_switch,
        consent=consent,
    )
    administration.watch(service)
    if reload is not None:
        _listen(reload, prompts, ledger, prices, service)
    try:
        yield Language(service, found, administration, prompts, ledger)
    finally:
        await service.close()
        if models:
            await models[0].close()
        if isinstance(found, UseEncoder) and encoder is None:
            found.close()


def encoder_named(name: EncoderName) -> UseEncoder:
    """Raises ConfigurationError where the encoder's extra is not installed."""
    return E5Encoder() if name == "e5" else UseEncoder()


def _models(access: ModelAccess) -> tuple[OpenAICompatibleModel, ...]:
    """Large first, then small; both over the same connections."""
    if not access.model:
        return ()
    large = OpenAICompatibleModel(
        model=access.model, api_key=access.api_key, base_url=access.base_url
    )
    if not access.small_model or access.small_model == access.model:
        return (large,)
    return (large, large.sibling(access.small_model))


def _listen(
    reload: HotReloadService,
    prompts: PromptLibrary,
    ledger: UsageLedger,
    prices: PriceBook,
    service: ResilientLLMService,
) -> None:
    def prompt_changed(change: Change) -> None:
        spawn(prompts.forget(change), name="forget-prompt")

    def settings_changed(change: Change) -> None:
        if change.key in (BUDGET_SETTING, "*"):
            ledger.forget()
        if change.key in (PRICES_SETTING, "*"):
            prices.forget()
        if change.key == MODEL_ANSWERED:
            service.model_answered()

    reload.on_change("prompt", prompt_changed)
    reload.on_change("settings", settings_changed)
