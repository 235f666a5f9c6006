"""The slices of a unit of work that this room needs; the storage room satisfies them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from candor.clients.activity import ActivityLog
from candor.common.hot_reload import Announcements
from candor.common.llm_prices import PRICES_SETTING, OwnPrice, prices_from
from candor.common.llm_usage import (
    BUDGET_SETTING,
    Budget,
    PromptRepository,
    PromptVersion,
    Sums,
    UsageRepository,
    UsageRow,
)
from candor.common.operators import SettingOverride
from candor.common.units import Units


class SettingOverrides(Protocol):
    async def get(self, key: str) -> SettingOverride | None: ...

    async def put(self, override: SettingOverride) -> None: ...


class LanguageUnit(Protocol):
    @property
    def llm_usage(self) -> UsageRepository: ...

    @property
    def prompt_versions(self) -> PromptRepository: ...

    @property
    def setting_overrides(self) -> SettingOverrides: ...

    @property
    def announcements(self) -> Announcements: ...

    @property
    def activity(self) -> ActivityLog: ...


LanguageUnits = Units[LanguageUnit]


class StoredUsage:
    """`UsageStore` over units of work."""

    def __init__(self, units: LanguageUnits) -> None:
        self._units = units

    async def add(self, rows: Sequence[UsageRow]) -> None:
        async with self._units.apart() as unit:
            await unit.llm_usage.add(rows)

    async def sums(self, *, day_from: datetime, month_from: datetime) -> Sums:
        async with self._units.apart() as unit:
            return await unit.llm_usage.sums(day_from=day_from, month_from=month_from)

    async def client_sums(self, client_id: int, *, since: datetime) -> tuple[Decimal, int]:
        async with self._units.apart() as unit:
            return await unit.llm_usage.client_sums(client_id, since=since)

    async def budget(self) -> Budget:
        async with self._units.apart() as unit:
            stored = await unit.setting_overrides.get(BUDGET_SETTING)
        return Budget.from_setting(stored.value if stored else None)


class StoredPrices:
    """`PriceStore` over units of work."""

    def __init__(self, units: LanguageUnits) -> None:
        self._units = units

    async def prices(self) -> tuple[OwnPrice, ...]:
        async with self._units.apart() as unit:
            stored = await unit.setting_overrides.get(PRICES_SETTING)
        return prices_from(stored.value if stored else None)


class StoredPrompts:
    """`PromptOverrides` over units of work."""

    def __init__(self, units: LanguageUnits) -> None:
        self._units = units

    async def current(self, name: str) -> PromptVersion | None:
        async with self._units() as unit:
            return await unit.prompt_versions.current(name)
