"""What the owner sets in the panel: kept as overrides by name, read and saved in one place."""

from candor.common.clock import Clock
from candor.common.hot_reload import Change
from candor.common.operators import SettingOverride
from candor.panel.inward import run, services
from candor.panel.ports import PanelUnits


def stored_setting(key: str) -> object:
    """As it was saved, from JSON; None when nobody has set it."""
    return run(_read(services().units, key))


def save_setting(key: str, value: object, *, actor: str) -> None:
    """Every process hears of it."""
    run(_save(services().units, services().clock, key, value, actor))


async def _read(units: PanelUnits, key: str) -> object:
    async with units() as unit:
        stored = await unit.setting_overrides.get(key)
    return stored.value if stored else None


async def _save(units: PanelUnits, clock: Clock, key: str, value: object, actor: str) -> None:
    async with units() as unit:
        await unit.setting_overrides.put(SettingOverride(key, value, clock.now(), actor))
        await unit.announcements.announce(Change("settings", key))
