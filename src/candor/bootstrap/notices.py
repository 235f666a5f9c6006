"""What the owner is told: alerts go to the activity log, which the panel shows, and to the log.

An account that stopped is told in the linked Telegram chats as well: nothing goes out until then.
"""

import structlog

from candor.accounts.account import Account
from candor.accounts.limits import PAUSE_REASONS, Signal, pause_for
from candor.accounts.management import AccountManagementService
from candor.clients.activity import Activity
from candor.common.clock import Clock
from candor.common.ids import AccountId
from candor.common.lanes import Lane
from candor.messaging.outbox import Outbox
from candor.messaging.owner_chats import OwnerChats
from candor.storage.unit_of_work import Units

log = structlog.get_logger(__name__)


class OwnerNoticeBoard:
    """Fulfils the areas' ports for alerts: accounts that stopped, groups in trouble, failed work."""

    def __init__(self, *, units: Units, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def tell(self, kind: str, text: str) -> None:
        """Something of `kind` needs a person; `text` holds no message bodies."""
        await self._record(f"alert.{kind}", {"text": text})

    async def account_stopped(self, account: Account, *, words: str, mend: str) -> None:
        await self._record(
            "alert.account_stopped",
            {"account": account.title, "text": words, "mend": mend},
            account_id=account.id,
        )
        await self._write_to_owners(account)

    async def lane_failed(self, lane: Lane, error: str) -> None:
        """A lane was given up after its last attempt."""
        await self._record(
            "alert.work_failed", {"kind": lane.kind, "key": lane.key, "error": error[:500]}
        )

    async def job_failed(self, name: str, error: str) -> None:
        await self._record("alert.work_failed", {"kind": name, "error": error[:500]})

    async def _write_to_owners(self, account: Account) -> None:
        """Into each linked chat but those of the account itself, which can't speak now."""
        if account.pause_reason not in PAUSE_REASONS:
            return
        chats = OwnerChats(self._units, self._clock, Outbox(self._clock), language="en")
        async with self._units() as unit:
            for chat in await unit.owner_chats.linked():
                if chat.account_id == account.id:
                    continue
                pause = pause_for(account.pause_reason, language=chat.language)
                words = f"{account.title}: {pause.words}\n{pause.mend}"
                await chats.write(unit, chat, words, note="account stopped")

    async def _record(
        self, kind: str, details: dict[str, object], *, account_id: AccountId | None = None
    ) -> None:
        log.warning(kind, account_id=account_id, **details)
        async with self._units() as unit:
            await unit.activity.record(
                Activity(
                    kind=kind,
                    at=self._clock.now(),
                    account_id=account_id,
                    level="warning",
                    details=details,
                )
            )


class Restrictions:
    """H9 in one place: whoever notices a flag on an account stops it here, and it stays stopped."""

    def __init__(self, management: AccountManagementService) -> None:
        self._management = management

    async def stop(self, account_id: AccountId, signal: Signal) -> None:
        await self._management.stop_for(account_id, signal, actor="telegram")
