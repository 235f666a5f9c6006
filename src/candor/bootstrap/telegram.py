"""The ways to Telegram of one process: connections, sessions, gateways, chats, and the running bots."""

from dataclasses import dataclass

from candor.accounts.security import AccountSecurityService
from candor.accounts.sessions import AccountSessionManager
from candor.bootstrap.foundation import Foundation
from candor.bootstrap.notices import Restrictions
from candor.storage.account_holds import PgAccountHolds
from candor.telegram.bot.chats import BotChats
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.gateways import BotGateways
from candor.telegram.bot.runtime import BotRuntime, BotWebhooks
from candor.telegram.bot.updates import UpdateDesk
from candor.telegram.ports import Listeners


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What any role needs to speak through the accounts."""

    connections: BotConnections
    sessions: AccountSessionManager
    gateways: BotGateways
    chats: BotChats

    async def close(self) -> None:
        await self.connections.close()


@dataclass(frozen=True, slots=True)
class BotsAtWork:
    """The role `telegram`: bots that are polled here, or called by webhook."""

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
) -> WaysOut:
    """Gateways that send; they hold no account and run nothing."""
    sessions = _sessions(foundation, security, runners={})
    gateways = BotGateways(connections, sessions, on_restricted=restrictions.stop)
    gateways.follow(foundation.hot_reload)
    sessions.follow(foundation.hot_reload)
    return WaysOut(
        connections=connections,
        sessions=sessions,
        gateways=gateways,
        chats=BotChats(gateways.client_of, on_restricted=restrictions.stop),
    )


def put_bots_to_work(
    foundation: Foundation,
    *,
    connections: BotConnections,
    security: AccountSecurityService,
    restrictions: Restrictions,
    listeners: Listeners,
) -> BotsAtWork:
    """Build the role `telegram`; `start` begins to hold and run accounts."""
    desk = UpdateDesk(listeners, foundation.clock)
    runtime = BotRuntime(
        connections=connections,
        desk=desk,
        security=security,
        on_restricted=restrictions.stop,
        public_url=foundation.settings.public_url,
    )
    sessions = _sessions(foundation, security, runners={"bot": runtime})
    sessions.follow(foundation.hot_reload)
    webhooks = BotWebhooks(connections=connections, desk=desk, security=security, sessions=sessions)
    return BotsAtWork(sessions=sessions, webhooks=webhooks)


def _sessions(
    foundation: Foundation, security: AccountSecurityService, *, runners: dict[str, BotRuntime]
) -> AccountSessionManager:
    return AccountSessionManager(
        units=foundation.units,
        security=security,
        holds=PgAccountHolds(foundation.database.address.get_secret_value()),
        runners=dict(runners),
        cache=foundation.cache,
    )
