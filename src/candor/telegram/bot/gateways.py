"""The ways out of bots and of the business accounts behind them, found by account."""

from candor.accounts.sessions import AccountSessionManager
from candor.common.errors import CandorError
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import AccountId
from candor.messaging.gateway import Gateway, NotReachedError
from candor.telegram.bot.client import BotClient, BotConnections
from candor.telegram.bot.gateway import BotGateway
from candor.telegram.flags import OnRestricted


class BotGateways:
    """Messaging's `Gateways` for bots and business accounts, from any process.

    A bot's sends need no holder: Telegram takes them from everywhere. What was looked up is kept
    until an account changes.
    """

    def __init__(
        self,
        connections: BotConnections,
        sessions: AccountSessionManager,
        *,
        on_restricted: OnRestricted | None = None,
    ) -> None:
        self._connections = connections
        self._sessions = sessions
        self._on_restricted = on_restricted
        self._clients: dict[AccountId, BotClient] = {}
        self._gateways: dict[AccountId, BotGateway] = {}

    def follow(self, changes: HotReloadService) -> None:
        changes.on_change("account", self._forget)

    async def of(self, account_id: AccountId) -> Gateway:
        """Raises NotReachedError when the account is paused or is no bot."""
        known = self._gateways.get(account_id)
        if known is not None:
            return known
        account = await self._sessions.active(account_id)
        if account is None or account.kind == "user":
            raise NotReachedError("This account is paused.")
        via = account.via_account_id if account.kind == "business" else account.id
        if via is None or (account.kind == "business" and not account.can_reply):
            raise NotReachedError("The owner does not let the bot answer in this account now.")
        gateway = BotGateway(
            await self.client_of(via),
            account_id=via,
            on_restricted=self._on_restricted,
            business_connection_id=account.business_connection_id,
        )
        self._gateways[account_id] = gateway
        return gateway

    async def client_of(self, account_id: AccountId) -> BotClient:
        """The client of a bot at work; raises NotReachedError."""
        known = self._clients.get(account_id)
        if known is not None:
            return known
        account = await self._sessions.active(account_id)
        if account is None or account.kind != "bot":
            raise NotReachedError("This bot is paused.")
        try:
            secret = await self._sessions.secret_of(account_id)
        except CandorError as error:
            raise NotReachedError("This bot's token can't be read.") from error
        client = self._connections.client(secret)
        self._clients[account_id] = client
        return client

    def _forget(self, change: Change) -> None:
        self._clients.clear()
        self._gateways.clear()
