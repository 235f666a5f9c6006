"""Long polling of one bot. The offset moves only after everything before it is stored."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from candor.common.errors import CandorError, TemporaryError
from candor.common.tasks import keep_running, spawn
from candor.messaging.gateway import AccountRestrictedError
from candor.telegram.bot.refusals import PolledElsewhereError
from candor.telegram.bot.seat import Seat
from candor.telegram.bot.updates import ALLOWED_UPDATES, UpdateDesk
from candor.telegram.flags import OnRestricted, signal_of

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 25
BATCH: Final = 100
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_FINISH_SECONDS: Final = 3.0


class BotPolling:
    """Asks for updates for ever: `start`, then `stop`, which finishes what it has in hand."""

    def __init__(
        self, seat: Seat, desk: UpdateDesk, *, on_restricted: OnRestricted | None = None
    ) -> None:
        self._seat = seat
        self._desk = desk
        self._on_restricted = on_restricted
        self._offset = 0
        self._failures = 0
        self._is_asking = False
        self._is_stopping = False
        self._task: asyncio.Task[object] | None = None

    def start(self) -> None:
        name = f"polling {self._seat.account_id}"
        self._task = spawn(keep_running(self._poll_for_ever, name=name), name=name)

    async def stop(self) -> None:
        """End the open request at once; updates in hand are stored and acknowledged first."""
        self._is_stopping = True
        if self._task is None:
            return
        if self._is_asking:
            self._task.cancel()
        done, _ = await asyncio.wait([self._task], timeout=_FINISH_SECONDS)
        if not done:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_FINISH_SECONDS)

    async def _poll_for_ever(self) -> None:
        while not self._is_stopping:
            try:
                updates = await self._ask(POLL_SECONDS, BATCH)
                self._failures = 0
            except AccountRestrictedError as error:
                await self._give_up(error)
                return
            except CandorError as error:
                await self._pause(error)
                continue
            if updates:
                await self._desk.take_all(updates, self._seat)
                self._offset = max(int(update["update_id"]) for update in updates) + 1
        if self._offset:
            with suppress(CandorError):
                await self._ask(0, 1)

    async def _ask(self, seconds: int, limit: int) -> Sequence[Mapping[str, Any]]:
        parameters = {
            "offset": self._offset,
            "limit": limit,
            "timeout": seconds,
            "allowed_updates": ALLOWED_UPDATES,
        }
        self._is_asking = True
        try:
            updates = await self._seat.client.call(
                "getUpdates", parameters, is_repeatable=True, answer_seconds=seconds + 10
            )
        finally:
            self._is_asking = False
        return updates if isinstance(updates, list) else []

    async def _pause(self, error: CandorError) -> None:
        pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        self._failures += 1
        if isinstance(error, TemporaryError) and error.retry_after is not None:
            pause = max(pause, error.retry_after.total_seconds())
        loudly = isinstance(error, PolledElsewhereError) or self._failures == len(_PAUSES)
        (log.warning if loudly else log.info)(
            "polling_interrupted",
            account_id=self._seat.account_id,
            error=error.code,
            again_in=pause,
        )
        self._is_asking = True  # may be cancelled while it waits
        try:
            await asyncio.sleep(pause)
        finally:
            self._is_asking = False

    async def _give_up(self, error: AccountRestrictedError) -> None:
        log.error("polling_ended", account_id=self._seat.account_id, error=error.code)
        if self._on_restricted is not None:
            await self._on_restricted(self._seat.account_id, signal_of(error))
