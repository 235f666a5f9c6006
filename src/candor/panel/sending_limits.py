"""Sending limits as the owner sets them: read and saved, shared by the page and the API."""

from candor.accounts.own_limits import SENDING_SETTING, OwnLimits, stored_limits
from candor.common.clock import Clock
from candor.common.hot_reload import Change
from candor.common.operators import SettingOverride
from candor.panel.inward import run, services
from candor.panel.ports import PanelUnits


def read_limits() -> OwnLimits:
    return run(_read(services().units))


def save_limits(chosen: OwnLimits, *, actor: str) -> OwnLimits:
    run(_save(services().units, services().clock, chosen, actor))
    return chosen


async def _read(units: PanelUnits) -> OwnLimits:
    async with units() as unit:
        stored = await unit.setting_overrides.get(SENDING_SETTING)
    return stored_limits(stored.value if stored else None)


async def _save(units: PanelUnits, clock: Clock, chosen: OwnLimits, actor: str) -> None:
    override = SettingOverride(SENDING_SETTING, chosen.as_data(), clock.now(), actor)
    async with units() as unit:
        await unit.setting_overrides.put(override)
        await unit.announcements.announce(Change("settings", SENDING_SETTING))
