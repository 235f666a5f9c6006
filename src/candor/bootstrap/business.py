"""The owner's own settings over those of the environment, and what a new name asks for."""

from dataclasses import replace

import structlog

from candor.accounts.management import AccountManagementService
from candor.bootstrap.foundation import Foundation
from candor.common.business import BUSINESS_SETTING, stored_business
from candor.common.errors import CandorError
from candor.common.operators import SettingOverride

log = structlog.get_logger(__name__)
LABELLED_AS = "labelled_as"
"""Key of the override that holds the name which the accounts' profiles show."""


async def with_owner_settings(foundation: Foundation) -> Foundation:
    """The same with what was set in the panel; read once, at the start."""
    async with foundation.units() as unit:
        stored = await unit.setting_overrides.get(BUSINESS_SETTING)
    own = stored_business(stored.value if stored else None)
    known = {
        "business_name": own.name,
        "language": own.language,
        "timezone": own.timezone,
    }
    changes = {name: value for name, value in known.items() if value is not None}
    return replace(foundation, settings=foundation.settings.model_copy(update=changes))


async def label_anew(
    foundation: Foundation, accounts: AccountManagementService, *, business: str
) -> None:
    """H1: after a new name no account works under the old one.

    Each working account gets its label with the new name, verified; one where that fails is stopped.
    """
    async with foundation.units() as unit:
        stored = await unit.setting_overrides.get(LABELLED_AS)
    if stored is not None and stored.value != business:
        for account in await accounts.list_accounts():
            if account.status != "active" or account.kind == "business":
                continue
            try:
                await accounts.label(account.id, actor="start")
            except CandorError as error:
                log.warning("label_not_renewed", account=account.id, error=repr(error))
                await accounts.stop_for(account.id, "label_lost", actor="start")
    if stored is None or stored.value != business:
        async with foundation.units() as unit:
            await unit.setting_overrides.put(
                SettingOverride(LABELLED_AS, business, foundation.clock.now(), "start")
            )
