"""Sending limits as the owner sets them: read and saved, shared by the page and the API."""

from candor.accounts.own_limits import SENDING_SETTING, OwnLimits, stored_limits
from candor.panel.overrides import save_setting, stored_setting


def read_limits() -> OwnLimits:
    return stored_limits(stored_setting(SENDING_SETTING))


def save_limits(chosen: OwnLimits, *, actor: str) -> OwnLimits:
    save_setting(SENDING_SETTING, chosen.as_data(), actor=actor)
    return chosen
