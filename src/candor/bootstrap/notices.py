"""What the owner is told: alerts go to the activity log, which the panel shows, and to the log."""

import structlog

from candor.accounts.account import Account
from candor.accounts.limits import Signal
from candor.accounts.management import AccountManagementService
from candor.clients.activity import Activity
from candor.common.clock import Clock
from candor.common.ids import AccountId
from candor.common.lanes import Lane
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

    async def lane_failed(self, lane: Lane, error: str) -> None:
        """A lane was given up after its last attempt."""
        await self._record(
            "alert.work_failed", {"kind": lane.kind, "key": lane.key, "error": error[:500]}
        )

    async def job_failed(self, name: str, error: str) -> None:
        await self._record("alert.work_failed", {"kind": name, "error": error[:500]})

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
