"""Messaging's `Gateways` over both edges: whoever asks does not know which one it got."""

from candor.accounts.sessions import AccountSessionManager
from candor.common.ids import AccountId
from candor.messaging.gateway import Gateway, Gateways, NotReachedError


class AccountGateways:
    """Bots and business accounts through `bots`, user accounts through `users` (None: off)."""

    def __init__(
        self, sessions: AccountSessionManager, *, bots: Gateways, users: Gateways | None = None
    ) -> None:
        self._sessions = sessions
        self._bots = bots
        self._users = users

    async def of(self, account_id: AccountId) -> Gateway:
        """Raises NotReachedError when the account is paused, or held by no process right now."""
        account = await self._sessions.active(account_id)
        if account is None:
            raise NotReachedError("This account is paused.")
        if account.kind != "user":
            return await self._bots.of(account_id)
        if self._users is None:
            raise NotReachedError("User sessions are off: TELEGRAM_API_ID is not set.")
        return await self._users.of(account_id)
