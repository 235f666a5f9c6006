"""The owner's own Telegram accounts, off until they are configured and loaded when first needed.

Telethon takes seconds and much memory to load, so this file stands in front of it: whoever starts
Candor without such an account pays nothing for it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from candor.accounts.account import Account
from candor.accounts.chats import SeenChat
from candor.accounts.ports import CodeSent, PasswordNeeded, QrShown, SignedIn
from candor.accounts.sessions import AccountSessionManager
from candor.bootstrap.foundation import Foundation
from candor.commenting.comment import Engagement
from candor.common.errors import ConfigurationError
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.common.settings import Settings
from candor.disclosure.profile import AccountProfile
from candor.messaging.gateway import Gateway
from candor.telegram.flags import OnRestricted
from candor.telegram.ports import ArrivedPost, Listeners

if TYPE_CHECKING:
    from candor.bootstrap.user_edge import UserEdge
    from candor.telegram.user.connections import UserConnections
    from candor.telegram.user.listeners import OurChats

Connect = Callable[[], "UserConnections"]
"""Makes the way to Telegram; imports Telethon."""


@dataclass(frozen=True, slots=True)
class _Role:
    """What the role `telegram` gives to the sessions that run in this process."""

    listeners: Listeners
    on_restricted: OnRestricted
    our_chats: "OurChats"


class UserSessions:
    """Fulfils `UserSignIn`, messaging's `Gateways`, education's `GroupMaker`, commenting's
    `EngagementSource`, `ChatDirectory`, and is the runner of kind `user` once `open` was called."""

    def __init__(self, foundation: Foundation, connect: Connect) -> None:
        self._foundation = foundation
        self._connect = connect
        self._edge: UserEdge | None = None
        self._loading = asyncio.Lock()
        self._role: _Role | None = None
        self._sessions: AccountSessionManager | None = None

    # --- the role `telegram`

    def open(
        self, *, listeners: Listeners, on_restricted: OnRestricted, our_chats: "OurChats"
    ) -> None:
        """Sessions may run in this process from now on."""
        self._role = _Role(listeners, on_restricted, our_chats)

    def kept_by(self, sessions: AccountSessionManager) -> None:
        """Changed sessions are stored by this manager."""
        self._sessions = sessions

    async def start(self, account: Account, secret: SecretStr) -> None:
        edge = await self._loaded()
        if edge.runtime is None:
            raise ConfigurationError("User sessions run in the role telegram only.")
        await edge.runtime.start(account, secret)

    async def stop(self, account_id: AccountId) -> None:
        if self._edge is not None and self._edge.runtime is not None:
            await self._edge.runtime.stop(account_id)

    async def close(self) -> None:
        if self._edge is not None:
            await self._edge.close()

    # --- speaking and looking

    async def of(self, account_id: AccountId) -> Gateway:
        """Of an account held by any process; its calls raise NotReachedError while none holds it."""
        return await (await self._loaded()).of(account_id)

    async def is_at_work(self) -> bool:
        """Whether an account of the owner is signed in and working, in any process."""
        return await self._has_working()

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        """A new group made by the owner's account; None while none is at work."""
        if not await self._has_working():
            return None
        return await (await self._loaded()).make_group(title=title, about=about, bots=bots)

    async def look(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None:
        if not await self._has_working():
            return None
        return await (await self._loaded()).look(chat_id, message_id)

    async def history(
        self,
        account_id: AccountId,
        channel_id: TelegramChatId,
        *,
        after: TelegramMessageId | None = None,
    ) -> tuple[ArrivedPost, ...]:
        """Posts of a channel that the caller has found permitted, oldest first."""
        return await (await self._loaded()).history(account_id, channel_id, after=after)

    async def discussion_of(
        self, account_id: AccountId, channel_id: TelegramChatId, message_id: TelegramMessageId
    ) -> tuple[TelegramChatId, TelegramMessageId] | None:
        """Group and message under which a post's comments stand; None without comments."""
        return await (await self._loaded()).discussion_of(account_id, channel_id, message_id)

    async def own_chats(self, account_id: AccountId) -> Sequence[SeenChat]:
        return await (await self._loaded()).own_chats(account_id)

    async def find_chat(self, account_id: AccountId, username: str) -> SeenChat | None:
        return await (await self._loaded()).find_chat(account_id, username)

    # --- signing in

    async def send_code(self, phone: SecretStr, *, session: SecretStr | None = None) -> CodeSent:
        return await (await self._loaded()).send_code(phone, session=session)

    async def enter_code(
        self, phone: SecretStr, code: SecretStr, *, code_hash: SecretStr, session: SecretStr
    ) -> SignedIn | PasswordNeeded:
        edge = await self._loaded()
        return await edge.enter_code(phone, code, code_hash=code_hash, session=session)

    async def enter_password(self, password: SecretStr, *, session: SecretStr) -> SignedIn:
        return await (await self._loaded()).enter_password(password, session=session)

    async def show_qr(
        self, *, session: SecretStr | None = None
    ) -> QrShown | SignedIn | PasswordNeeded:
        return await (await self._loaded()).show_qr(session=session)

    async def log_out(self, account_id: AccountId, session: SecretStr) -> None:
        await (await self._loaded()).log_out(account_id, session)

    async def write_profile(
        self, account_id: AccountId, session: SecretStr, profile: AccountProfile
    ) -> None:
        await (await self._loaded()).write_profile(account_id, session, profile)

    async def read_profile(self, account_id: AccountId, session: SecretStr) -> AccountProfile:
        return await (await self._loaded()).read_profile(account_id, session)

    # --- parts

    async def _loaded(self) -> "UserEdge":
        async with self._loading:
            if self._edge is None:
                module: Any = await asyncio.to_thread(import_module, "candor.bootstrap.user_edge")
                edge: UserEdge = module.UserEdge(self._foundation, self._connect())
                if self._role is not None:
                    edge.open(
                        listeners=self._role.listeners,
                        on_restricted=self._role.on_restricted,
                        our_chats=self._role.our_chats,
                    )
                if self._sessions is not None:
                    edge.kept_by(self._sessions)
                self._edge = edge
            return self._edge

    async def _has_working(self) -> bool:
        async with self._foundation.units() as unit:
            accounts = await unit.accounts.list_all()
        return any(account.kind == "user" and account.is_working for account in accounts)


def open_user_sessions(
    foundation: Foundation, *, demo: Connect | None = None
) -> UserSessions | None:
    """By TELEGRAM_API_ID and TELEGRAM_API_HASH, in the demo by its double; None: they are off.

    Raises ConfigurationError when one of the two is missing, or the server's key.
    """
    if demo is not None:
        return UserSessions(foundation, demo)
    settings = foundation.settings
    if settings.telegram_api_id is None and settings.telegram_api_hash is None:
        return None
    if settings.telegram_api_id is None or settings.telegram_api_hash is None:
        raise ConfigurationError(
            "User sessions need both TELEGRAM_API_ID and TELEGRAM_API_HASH (my.telegram.org)."
        )
    return UserSessions(foundation, _to_telegram(settings))


def _to_telegram(settings: Settings) -> Connect:
    def connect() -> "UserConnections":
        from candor.telegram.user.connections import UserConnections, user_server  # noqa: PLC0415

        server = user_server(
            api_id=settings.telegram_api_id or 0,
            api_hash=settings.telegram_api_hash or SecretStr(""),
            server=settings.telegram_mtproto_server,
            public_key=settings.telegram_mtproto_public_key,
            dc=settings.telegram_mtproto_dc,
        )
        return UserConnections(server)

    return connect
