"""The owner's own Telegram accounts in this process. Imported only when it is switched on.

What other rooms need of them (sign-in, a way out, making groups) is here from the start; the running
sessions come with the role `telegram`, which holds them. Until then an account is not reached.
"""

from collections.abc import Sequence

from candor.accounts.sessions import AccountSessionManager
from candor.common.clock import Clock
from candor.common.errors import ConfigurationError
from candor.common.ids import AccountId, TelegramChatId
from candor.common.settings import Settings
from candor.messaging.gateway import Gateway, NotReachedError
from candor.telegram.flags import OnRestricted
from candor.telegram.ports import Listeners
from candor.telegram.user.assembly import UserEdge, open_user_edge
from candor.telegram.user.connections import UserConnections, user_server
from candor.telegram.user.runtime import UserRuntime
from candor.telegram.user.sign_in import TelethonSignIn


class UserSessions:
    """Fulfils messaging's `Gateways` for user accounts and education's `GroupMaker`."""

    def __init__(self, connections: UserConnections) -> None:
        self._connections = connections
        self.sign_in = TelethonSignIn(connections)
        self._edge: UserEdge | None = None

    def open(
        self, *, listeners: Listeners, clock: Clock, on_restricted: OnRestricted
    ) -> UserRuntime:
        """The runner that this process's role `telegram` gives its session manager."""
        self._edge = open_user_edge(
            self._connections, listeners=listeners, clock=clock, on_restricted=on_restricted
        )
        return self._edge.runtime

    def kept_by(self, sessions: AccountSessionManager) -> None:
        """Changed sessions are stored by this manager."""
        if self._edge is not None:
            self._edge.runtime.keeper = sessions

    async def of(self, account_id: AccountId) -> Gateway:
        """Raises NotReachedError while this process holds no user sessions."""
        if self._edge is None:
            raise NotReachedError("This account is held by another process.")
        return await self._edge.runtime.of(account_id)

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        """A new group made by the owner's account; None while none is signed in here."""
        if self._edge is None:
            return None
        return await self._edge.maker.make_group(title=title, about=about, bots=bots)


def open_user_sessions(settings: Settings) -> UserSessions:
    """By TELEGRAM_API_ID and TELEGRAM_API_HASH; raises ConfigurationError when one is missing."""
    if settings.telegram_api_id is None or settings.telegram_api_hash is None:
        raise ConfigurationError(
            "User sessions need both TELEGRAM_API_ID and TELEGRAM_API_HASH (my.telegram.org)."
        )
    server = user_server(
        api_id=settings.telegram_api_id,
        api_hash=settings.telegram_api_hash,
        server=settings.telegram_mtproto_server,
        public_key=settings.telegram_mtproto_public_key,
        dc=settings.telegram_mtproto_dc,
    )
    return UserSessions(UserConnections(server))
