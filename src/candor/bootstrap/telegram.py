"""The ways to Telegram of one process: connections, sessions, gateways, chats, and the running bots."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from candor.accounts.chats import AccountChats
from candor.accounts.ports import AccountRunner
from candor.accounts.security import AccountSecurityService
from candor.accounts.sessions import AccountSessionManager
from candor.bootstrap.foundation import Foundation
from candor.bootstrap.notices import Restrictions
from candor.messaging.gateway import Gateways
from candor.storage.account_holds import PgAccountHolds
from candor.telegram.bot.chats import BotChats
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.gateways import BotGateways
from candor.telegram.bot.runtime import BotRuntime, BotWebhooks
from candor.telegram.bot.updates import UpdateDesk
from candor.telegram.flags import OnRestricted
from candor.telegram.gateways import AccountGateways
from candor.telegram.ports import Listeners

if TYPE_CHECKING:
    from candor.bootstrap.user_sessions import UserSessions


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What any role needs to speak through the accounts."""

    connections: BotConnections
    sessions: AccountSessionManager
    gateways: AccountGateways
    chats: BotChats

    async def close(self) -> None:
        await self.connections.close()


@dataclass(frozen=True, slots=True)
class AccountsAtWork:
    """The role `telegram`: bots polled or called by webhook, and user sessions."""

    sessions: AccountSessionManager
    webhooks: BotWebhooks

    async def start(self) -> None:
        await self.sessions.start()

    async def stop(self) -> None:
        await self.sessions.close()


def open_ways_out(
    foundation: Foundation,
    *,
    connections: BotConnections,
    security: AccountSecurityService,
    restrictions: Restrictions,
    users: Gateways | None,
) -> WaysOut:
    """Gateways that send; they hold no account and run nothing."""
    sessions = _sessions(foundation, security, runners={}, on_restricted=restrictions.stop)
    bots = BotGateways(connections, sessions, on_restricted=restrictions.stop)
    bots.follow(foundation.hot_reload)
    sessions.follow(foundation.hot_reload)
    return WaysOut(
        connections=connections,
        sessions=sessions,
        gateways=AccountGateways(sessions, bots=bots, users=users),
        chats=BotChats(bots.client_of, on_restricted=restrictions.stop),
    )


def put_accounts_to_work(
    foundation: Foundation,
    *,
    connections: BotConnections,
    security: AccountSecurityService,
    restrictions: Restrictions,
    listeners: Listeners,
    chats: AccountChats,
    user_sessions: "UserSessions | None",
) -> AccountsAtWork:
    """Build the role `telegram`; `start` begins to hold and run accounts."""
    desk = UpdateDesk(listeners, foundation.clock)
    runtime = BotRuntime(
        connections=connections,
        desk=desk,
        security=security,
        on_restricted=restrictions.stop,
        public_url=foundation.settings.public_url,
    )
    runners: dict[str, AccountRunner] = {"bot": runtime}
    if user_sessions is not None:
        user_sessions.open(listeners=listeners, on_restricted=restrictions.stop, our_chats=chats)
        runners["user"] = user_sessions
    sessions = _sessions(foundation, security, runners=runners, on_restricted=restrictions.stop)
    if user_sessions is not None:
        user_sessions.kept_by(sessions)
    sessions.follow(foundation.hot_reload)
    webhooks = BotWebhooks(connections=connections, desk=desk, security=security, sessions=sessions)
    return AccountsAtWork(sessions=sessions, webhooks=webhooks)


def _sessions(
    foundation: Foundation,
    security: AccountSecurityService,
    *,
    runners: dict[str, AccountRunner],
    on_restricted: OnRestricted,
) -> AccountSessionManager:
    return AccountSessionManager(
        units=foundation.units,
        security=security,
        holds=PgAccountHolds(foundation.database.address.get_secret_value()),
        runners=runners,
        cache=foundation.cache,
        on_restricted=on_restricted,
    )
