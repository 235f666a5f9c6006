"""The business as the owner sets it: read and saved, shared by the page and the API."""

from dataclasses import dataclass

from candor.common.business import BUSINESS_SETTING, BusinessSettings, stored_business
from candor.panel.inward import panel_settings
from candor.panel.overrides import save_setting, stored_setting


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
        stored_business(stored_setting(BUSINESS_SETTING)),
        settings.business_name,
        settings.language,
        settings.timezone,
    )


def save_business(chosen: BusinessSettings, *, actor: str) -> BusinessNow:
    save_setting(BUSINESS_SETTING, chosen.as_data(), actor=actor)
    return read_business()
