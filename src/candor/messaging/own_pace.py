"""The pace of deliveries: Telegram's limits, made slower by the owner, used from the next text on."""

from candor.accounts.own_limits import SENDING_SETTING, slower_of, stored_limits
from candor.common.hot_reload import Change, HotReloadService
from candor.messaging.pacing import Pace, pace_of
from candor.messaging.ports import MessagingUnit


class OwnPace:
    """Read once and kept until the owner changes it."""

    def __init__(self, hot_reload: HotReloadService) -> None:
        self._kept: Pace | None = None
        self._generation = 0
        hot_reload.on_change("settings", self._forget)

    async def read(self, unit: MessagingUnit) -> Pace:
        if self._kept is not None:
            return self._kept
        generation = self._generation
        stored = await unit.setting_overrides.get(SENDING_SETTING)
        pace = pace_of(slower_of(stored_limits(stored.value if stored else None)))
        if generation == self._generation:
            self._kept = pace
        return pace

    def _forget(self, change: Change) -> None:
        if change.key in (SENDING_SETTING, "*"):
            self._generation += 1
            self._kept = None
