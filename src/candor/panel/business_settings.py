"""The business as the owner sets it: read and saved, shared by the page and the API."""

from dataclasses import dataclass

from candor.common.business import BUSINESS_SETTING, BusinessSettings, stored_business
from candor.common.clock import Clock
from candor.common.hot_reload import Change
from candor.common.operators import SettingOverride
from candor.panel.inward import panel_settings, run, services
from candor.panel.ports import PanelUnits


@dataclass(frozen=True, slots=True)
class BusinessNow:
    """What was set, and what this process works with."""

    chosen: BusinessSettings
    name: str
    language: str
    timezone: str

    @property
    def waits_for_restart(self) -> bool:
        wanted = (
            (self.chosen.name, self.name),
            (self.chosen.language, self.language),
            (self.chosen.timezone, self.timezone),
        )
        return any(chosen is not None and chosen != now for chosen, now in wanted)


def read_business() -> BusinessNow:
    settings = panel_settings()
    return BusinessNow(
        run(_read(services().units)), settings.business_name, settings.language, settings.timezone
    )


def save_business(chosen: BusinessSettings, *, actor: str) -> BusinessNow:
    run(_save(services().units, services().clock, chosen, actor))
    return read_business()


async def _read(units: PanelUnits) -> BusinessSettings:
    async with units() as unit:
        stored = await unit.setting_overrides.get(BUSINESS_SETTING)
    return stored_business(stored.value if stored else None)


async def _save(units: PanelUnits, clock: Clock, chosen: BusinessSettings, actor: str) -> None:
    override = SettingOverride(BUSINESS_SETTING, chosen.as_data(), clock.now(), actor)
    async with units() as unit:
        await unit.setting_overrides.put(override)
        await unit.announcements.announce(Change("settings", BUSINESS_SETTING))
