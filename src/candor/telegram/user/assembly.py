"""The user-session edge put together. Import it only when it is switched on: Telethon is heavy."""

from dataclasses import dataclass

from candor.common.clock import Clock
from candor.telegram.flags import OnRestricted
from candor.telegram.ports import Listeners
from candor.telegram.user.chats import UserChats, UserEngagement, UserGroupMaker
from candor.telegram.user.connections import UserConnections
from candor.telegram.user.listeners import OurChats
from candor.telegram.user.runtime import UserRuntime
from candor.telegram.user.sign_in import TelethonSignIn


@dataclass(frozen=True, slots=True)
class UserEdge:
    """`runtime` is the runner of kind `user` and the `Gateways` of user accounts.

    Set `runtime.keeper` to the `AccountSessionManager` that was given `runtime` as its runner.
    `maker` is education's `GroupMaker`, `engagement` commenting's `EngagementSource`.
    """

    runtime: UserRuntime
    sign_in: TelethonSignIn
    chats: UserChats
    maker: UserGroupMaker
    engagement: UserEngagement


def open_user_edge(
    connections: UserConnections,
    *,
    listeners: Listeners,
    clock: Clock,
    on_restricted: OnRestricted | None = None,
    our_chats: OurChats | None = None,
) -> UserEdge:
    """Build the edge; nothing connects before an account starts or a sign-in begins."""
    runtime = UserRuntime(
        connections=connections,
        listeners=listeners,
        clock=clock,
        on_restricted=on_restricted,
        our_chats=our_chats,
    )
    chats = UserChats(runtime.client_of)
    return UserEdge(
        runtime=runtime,
        sign_in=TelethonSignIn(connections),
        chats=chats,
        maker=UserGroupMaker(chats, runtime.first),
        engagement=UserEngagement(chats, runtime.first),
    )
