"""Business accounts: the owner's own account, answered through a bot that the owner connected.

Everything here is told by Telegram's `business_connection` updates. The chats look like the owner's,
so each text carries the label (disclosure), and only chats with an incoming message of the last 24
hours may be answered (`limits.may_answer_business_chat`).
"""

from dataclasses import dataclass
from datetime import datetime

from candor.accounts.account import Account, AccountStatus
from candor.accounts.limits import BusinessRights
from candor.accounts.management import AccountTools, found, set_status
from candor.accounts.ports import AccountUnit, NewAccount
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import AccountId, TelegramChatId, TelegramUserId


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessConnection:
    """The owner connected, changed or took away a bot of ours in Telegram's settings."""

    via_account_id: AccountId
    connection_id: str
    owner_id: TelegramUserId
    owner_chat_id: TelegramChatId
    owner_name: str
    owner_username: str | None
    is_enabled: bool
    can_reply: bool
    at: datetime


class BusinessAccounts:
    """Keeps an account per connected owner, and knows whose connection an update belongs to."""

    def __init__(self, tools: AccountTools) -> None:
        self._tools = tools
        self._known: dict[str, Account] = {}

    def follow(self, changes: HotReloadService) -> None:
        changes.on_change("account", self._forget)

    async def connection_changed(self, connection: BusinessConnection) -> Account:
        """Store the state that Telegram tells; the same update twice changes nothing more."""
        async with self._tools.units() as unit:
            via = await found(unit, connection.via_account_id)
            account = await self._ensure(unit, connection)
            if connection.is_enabled and via.disclosed_at is not None:
                await unit.accounts.mark_labelled(account.id, via.disclosed_at)
            await set_status(
                unit,
                account.id,
                _status(account, connection, via),
                reason=None if connection.is_enabled else "connection_ended",
                clock=self._tools.clock,
            )
            await self._tools.security.record(
                unit,
                "business_connected" if connection.is_enabled else "business_disconnected",
                account_id=account.id,
                actor="telegram",
                details={"can_reply": str(connection.can_reply).lower()},
            )
            return await found(unit, account.id)

    async def account_of(self, connection_id: str) -> AccountId | None:
        """The business account of a connection; None when it is unknown or was taken away."""
        account = await self._find(connection_id)
        return None if account is None or account.status == "logged_out" else account.id

    async def owner_of(self, connection_id: str) -> TelegramUserId | None:
        account = await self._find(connection_id)
        return None if account is None else account.telegram_id

    async def rights_of(self, account_id: AccountId) -> BusinessRights:
        """What the owner allows now; nothing for an account that is no business connection."""
        async with self._tools.units() as unit:
            account = await unit.accounts.find(account_id)
        if account is None or account.kind != "business":
            return BusinessRights(is_enabled=False, can_reply=False)
        return BusinessRights(is_enabled=account.is_working, can_reply=account.can_reply)

    # --- parts

    async def _find(self, connection_id: str) -> Account | None:
        known = self._known.get(connection_id)
        if known is not None:
            return known
        async with self._tools.units() as unit:
            account = await unit.accounts.find_business(connection_id)
        if account is not None:
            self._known[connection_id] = account
        return account

    async def _ensure(self, unit: AccountUnit, connection: BusinessConnection) -> Account:
        account = await unit.accounts.find_business(connection.connection_id)
        account = account or await unit.accounts.find_by_telegram_id(
            "business", connection.owner_id
        )
        if account is None:
            account = await self._add(unit, connection)
        elif await unit.accounts.find(account.id, for_update=True) is None:
            await unit.accounts.revive(account.id, title=account.title, role=account.role)
        await unit.accounts.set_business(
            account.id,
            connection_id=connection.connection_id,
            via_account_id=connection.via_account_id,
            can_reply=connection.can_reply,
        )
        return account

    async def _add(self, unit: AccountUnit, connection: BusinessConnection) -> Account:
        return await unit.accounts.add(
            NewAccount(
                id=await unit.accounts.next_id(),
                kind="business",
                role="sales",
                title=connection.owner_name[:64] or "Business",
                status="unlabelled",
                created_at=connection.at,
                username=connection.owner_username,
                telegram_id=connection.owner_id,
                via_account_id=connection.via_account_id,
                business_connection_id=connection.connection_id,
                can_reply=connection.can_reply,
            )
        )

    def _forget(self, change: Change) -> None:
        self._known.clear()


def _status(account: Account, connection: BusinessConnection, via: Account) -> AccountStatus:
    """The owner's own pause in the panel and H9 outlast what Telegram tells."""
    if not connection.is_enabled:
        return "paused"
    if account.status == "restricted" or account.pause_reason == "owner":
        return account.status
    return "active" if via.disclosed_at is not None else "unlabelled"
