"""What the owner does with the language room: prompts with diff and rollback, budgets, prices, spend."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from candor.clients.activity import Activity, ActivityFilter, Level
from candor.common.clock import Clock
from candor.common.errors import CandorError, NotFoundError
from candor.common.hot_reload import Change
from candor.common.llm_prices import (
    PRICES_SETTING,
    ModelPricing,
    OwnPrice,
    prices_setting,
)
from candor.common.llm_usage import (
    BUDGET_SETTING,
    Budget,
    ClientSpend,
    EngineSwitch,
    PromptVersion,
    SpendLine,
)
from candor.common.operators import SettingOverride
from candor.common.tasks import spawn
from candor.llm.chat_model import ChatModel, ConnectionReport
from candor.llm.ports import LanguageUnits, StoredPrices
from candor.llm.price_book import PriceBook
from candor.llm.prompts import NAMES, check_prompt, left_out, shipped_prompt
from candor.llm.resilient import EngineStatus

_TO_MODEL = "engine.model"
_TO_OFFLINE = "engine.offline"
_DEAREST = 10
MODEL_ANSWERED = "model_answered"
"""Announced among the settings: a connection test found the model well."""


class ModelTestError(CandorError):
    """The connection test failed; the message says why and what to do."""

    code = "model_test_failed"


class WatchedService(Protocol):
    """Who answers clients in this process."""

    async def status(self) -> EngineStatus: ...

    def model_answered(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PromptInUse:
    """One prompt as the settings page shows it."""

    name: str
    label: str
    text: str
    shipped: str
    is_own: bool
    versions: tuple[PromptVersion, ...]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Placeholders of the shipped text that this one lacks."""
        return left_out(self.name, self.text)

    @property
    def difference(self) -> str:
        """What the owner changed against the shipped text, as a unified diff."""
        return difference(self.shipped, self.text)


class LanguageAdministration:
    """Prompts, budgets, prices and the connection test. `model` None: the offline engine by choice."""

    def __init__(
        self,
        *,
        units: LanguageUnits,
        clock: Clock,
        model: ChatModel | None,
        small_model: ChatModel | None = None,
        prices: PriceBook | None = None,
        timezone: str = "UTC",
    ) -> None:
        self._units = units
        self._clock = clock
        self._model = model
        self._configured = tuple(one.name for one in (model, small_model) if one is not None)
        self._stored_prices = StoredPrices(units)
        self._prices = prices or PriceBook(store=self._stored_prices)
        self._timezone = timezone
        self._service: WatchedService | None = None

    def watch(self, service: WatchedService) -> None:
        """Show this service's status on the panel, and tell it when a test finds the model well."""
        self._service = service

    @property
    def name(self) -> str:
        """The model's name, empty without one."""
        return self._model.name if self._model else ""

    async def test(self) -> str:
        """Ask the model for a word; raises ModelTestError that says what is wrong."""
        report = await self.connection()
        if not report.is_ok:
            raise ModelTestError(f"{report.message} {report.mend}".strip())
        can = report.capabilities
        streams = "streams" if can.has_streaming else "no streaming"
        return f"{report.message} {report.milliseconds} ms; {can.json_mode}, {streams}."

    async def connection(self) -> ConnectionReport:
        if self._model is None:
            return ConnectionReport(
                False,
                "",
                "No model is configured: the offline engine answers by script.",
                "Set CANDOR_LLM_MODEL with OPENAI_API_KEY or OPENAI_BASE_URL.",
            )
        report = await self._model.connection_test()
        if report.is_ok and self._service is not None:
            self._service.model_answered()
            # Other processes wait for their own breakers.
            async with self._units() as unit:
                await unit.announcements.announce(Change("settings", MODEL_ANSWERED))
        return report

    async def engine(self) -> EngineStatus:
        """Who would write the next answer of this process, and what is spent."""
        if self._service is not None:
            return await self._service.status()
        if self._model is None:
            return EngineStatus("offline", "", "No model is configured.")
        return EngineStatus("model", self.name)

    async def switches(self) -> tuple[EngineSwitch, ...]:
        """The last changes between model and offline engine, of all processes, newest first."""
        async with self._units() as unit:
            found, _ = await unit.activity.page(ActivityFilter(q="engine."), limit=20)
        return tuple(
            EngineSwitch(
                one.at,
                "model" if one.kind == _TO_MODEL else "offline",
                str(one.details.get("model", "")),
                str(one.details.get("reason", "")),
            )
            for one in found
            if one.kind in (_TO_MODEL, _TO_OFFLINE)
        )

    def note_switch(self, status: EngineStatus) -> None:
        """Keep that this process answers with another engine now; the panel shows it."""
        is_model = status.engine == "model"
        self._record(
            _TO_MODEL if is_model else _TO_OFFLINE,
            {"model": status.model, "reason": status.reason[:300]},
            is_alert=not is_model,
        )

    def note_budget(self, period: str, spent: Decimal, limit: Decimal) -> None:
        """Tell the owner that a budget is nearly used."""
        details: dict[str, object] = {"period": period, "spent": str(spent), "limit": str(limit)}
        self._record("alert.budget_nearly_used", details, is_alert=True)

    def _record(self, kind: str, details: dict[str, object], *, is_alert: bool) -> None:
        level: Level = "warning" if is_alert else "info"
        at = self._clock.now()

        async def store() -> None:
            async with self._units() as unit:
                await unit.activity.record(Activity(kind=kind, at=at, level=level, details=details))

        spawn(store(), name="note-engine")

    async def compared(self, name: str, *, older: int, newer: int) -> tuple[str, str]:
        """The texts of two versions; 0 is the shipped one. Raises NotFoundError."""
        found = await self.prompt(name)
        texts = {0: found.shipped} | {
            version.version: version.text or found.shipped for version in found.versions
        }
        for version in (older, newer):
            if version not in texts:
                raise NotFoundError(f"The prompt {name} has no version {version}.")
        return texts[older], texts[newer]

    async def prompts(self) -> tuple[PromptInUse, ...]:
        return tuple([await self.prompt(name) for name in NAMES])

    async def prompt(self, name: str) -> PromptInUse:
        """Raises NotFoundError for a name that is none of the prompts."""
        if name not in NAMES:
            raise NotFoundError(f"There is no prompt {name!r}.")
        shipped = shipped_prompt(name)
        async with self._units() as unit:
            versions = await unit.prompt_versions.versions(name)
        own = versions[0] if versions and versions[0].text is not None else None
        return PromptInUse(
            name=name,
            label=f"{name}@own-{own.version}" if own else shipped.label,
            text=(own.text if own else None) or shipped.text,
            shipped=shipped.text,
            is_own=own is not None,
            versions=versions,
        )

    async def save_prompt(self, name: str, text: str, *, by: str) -> PromptVersion:
        """A new version, used by the next turn of every process. Raises InvalidInputError."""
        check_prompt(name, text)
        return await self._add(name, text.strip(), by)

    async def restore_prompt(self, name: str, version: int | None, *, by: str) -> PromptVersion:
        """Roll back to an own version, or with 0 or None to the shipped text; either is a new version.
        Raises InvalidInputError for one that was saved before its faults were known."""
        found = await self.prompt(name)
        if not version:
            return await self._add(name, None, by)
        for old in found.versions:
            if old.version == version:
                if old.text is not None:
                    check_prompt(name, old.text)
                return await self._add(name, old.text, by)
        raise NotFoundError(f"The prompt {name} has no version {version}.")

    async def budget(self) -> Budget:
        async with self._units() as unit:
            stored = await unit.setting_overrides.get(BUDGET_SETTING)
        return Budget.from_setting(stored.value if stored else None)

    async def set_budget(self, budget: Budget, *, by: str) -> None:
        async with self._units() as unit:
            await unit.setting_overrides.put(
                SettingOverride(BUDGET_SETTING, budget.to_setting(), self._clock.now(), by)
            )
            await unit.announcements.announce(Change("settings", BUDGET_SETTING))

    async def prices(self) -> tuple[OwnPrice, ...]:
        """The owner's own prices."""
        return await self._stored_prices.prices()

    async def set_prices(self, prices: Sequence[OwnPrice], *, by: str) -> None:
        """These and no others; used by the next call of every process."""
        async with self._units() as unit:
            await unit.setting_overrides.put(
                SettingOverride(PRICES_SETTING, prices_setting(prices), self._clock.now(), by)
            )
            await unit.announcements.announce(Change("settings", PRICES_SETTING))
        self._prices.forget()

    async def pricing(self) -> tuple[ModelPricing, ...]:
        """At what the calls of each configured model are counted now."""
        return tuple([await self._prices.pricing(name) for name in self._configured])

    async def spend(self, *, since: datetime, until: datetime) -> tuple[SpendLine, ...]:
        async with self._units() as unit:
            return await unit.llm_usage.spend(since=since, until=until, timezone=self._timezone)

    async def dearest(self, *, since: datetime, until: datetime) -> tuple[ClientSpend, ...]:
        """The ten clients whose dialogues cost most."""
        async with self._units() as unit:
            return await unit.llm_usage.dearest(since=since, until=until, limit=_DEAREST)

    async def _add(self, name: str, text: str | None, by: str) -> PromptVersion:
        async with self._units() as unit:
            version = await unit.prompt_versions.add(name, text, by=by, now=self._clock.now())
            await unit.announcements.announce(Change("prompt", name))
        return version


def difference(old: str, new: str) -> str:
    """A unified diff of two prompt texts; empty when they are the same."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), "shipped", "own", lineterm="", n=2
    )
    return "\n".join(lines)
