"""The language room of this process: opened with the settings, warmed before clients are served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from candor.bootstrap.foundation import Foundation
from candor.clients.consent import ModelConsent
from candor.common.ids import ClientId
from candor.common.llm import Encoder
from candor.common.settings import Settings
from candor.llm.administration import LanguageAdministration
from candor.llm.assembly import ModelAccess, open_language
from candor.llm.chat_model import ConnectionReport
from candor.llm.resilient import ClientConsent, EngineStatus, ResilientLLMService


@dataclass(frozen=True, slots=True)
class LanguageRoom:
    """What reads and writes, and what the owner administrates of it."""

    service: ResilientLLMService
    encoder: Encoder
    administration: LanguageAdministration
    has_model: bool

    async def warm(self) -> None:
        """Load the encoder, so that the first client does not wait for it (about 2 s of CPU)."""
        await self.service.warm()

    async def status(self) -> EngineStatus:
        """Who writes now: a model or the offline engine, and why."""
        return await self.service.status()

    async def connection_test(self) -> ConnectionReport:
        """Reach the first model's server; says so when none is configured."""
        return await self.administration.connection()


@asynccontextmanager
async def open_language_room(foundation: Foundation) -> AsyncIterator[LanguageRoom]:
    """Build the engines; nothing is loaded before it is used or warmed."""
    settings = foundation.settings
    async with open_language(
        _access(settings),
        units=foundation.units,
        clock=foundation.clock,
        cache=foundation.cache,
        reload=foundation.hot_reload,
        timezone=settings.timezone,
        encoder_name=settings.encoder,
        consent=_consent(foundation),
    ) as language:
        yield LanguageRoom(
            language.service, language.encoder, language.administration, settings.has_model
        )


def outside_provider(settings: Settings) -> str | None:
    """The host that clients' words would go to; None without a model or with one of one's own."""
    access = _access(settings)
    if access.model is None or access.is_local:
        return None
    return urlsplit(access.base_url or "").hostname or "api.openai.com"


def _consent(foundation: Foundation) -> ClientConsent | None:
    consent = ModelConsent(outside_provider(foundation.settings))
    if consent.provider is None:
        return None

    async def allows(client_id: int) -> bool:
        async with foundation.units() as unit:
            return await consent.allows(unit, ClientId(client_id))

    return allows


def _access(settings: Settings) -> ModelAccess:
    if not settings.has_model:
        return ModelAccess()
    key = settings.openai_api_key
    return ModelAccess(
        model=settings.writing_model,
        small_model=settings.llm_model_small,
        api_key=key.get_secret_value() if key else None,
        base_url=settings.openai_base_url,
    )
